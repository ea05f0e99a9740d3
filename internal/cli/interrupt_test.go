package cli

import (
	"errors"
	"slices"
	"testing"
)

func TestCleaner(t *testing.T) {
	var c cleaner
	var done []string
	undo := func(name string) func() { return func() { done = append(done, name) } }
	begin := func(name string) (ended func()) {
		ended, err := c.begin(func() error { return nil }, undo(name))
		if err != nil {
			t.Fatal(err)
		}
		return ended
	}
	begin("first")
	ended := begin("over")
	begin("last")
	failed := errors.New("failed")
	if _, err := c.begin(func() error { return failed }, undo("not begun")); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
	ended()
	if err := c.hold(func() error { return failed }); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
	c.clean()
	if want := []string{"last", "first"}; !slices.Equal(done, want) {
		t.Errorf("cleaned up are %v, want %v", done, want)
	}
	if c.mu.TryLock() {
		t.Error("the run may go on")
	}
}
