package gogen

import (
	"slices"
	"strings"
	"testing"
)

func TestConcurrentlyCallsAll(t *testing.T) {
	done := make([]int, 100)
	Concurrently(len(done), func(i int) { done[i]++ })
	if slices.Min(done) != 1 || slices.Max(done) != 1 {
		t.Errorf("calls by number: %v", done)
	}
	Concurrently(0, func(int) { t.Error("a call of none") })
}

// A panic comes out of the goroutine that waits, where it can be recovered, and
// with the stack of the one that panicked.
func TestConcurrentlyPassesPanicsOn(t *testing.T) {
	defer func() {
		text, _ := recover().(string)
		if !strings.HasPrefix(text, "number 3") || !strings.Contains(text, "TestConcurrentlyPassesPanicsOn") {
			t.Errorf("recovered %q", text)
		}
	}()
	Concurrently(5, func(i int) {
		if i == 3 {
			panic("number 3")
		}
	})
}
