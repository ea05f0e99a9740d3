package cost_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
	"github.com/witgen/witgen/internal/testing/bombs"
)

// heap returns the bytes of objects on the heap, those that are garbage among them.
func heap() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// peak returns how much the heap grows at most while f runs, as far as it is looked at: all the
// time, in a goroutine. The collector runs as often as a program has it.
func peak(f func()) int64 {
	runtime.GC()
	before := heap()
	var most atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most.Store(max(most.Load(), heap()))
			select {
			case <-stop:
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	f()
	last := heap()
	close(stop)
	<-stopped
	return max(most.Load(), last) - before
}

// TestRewritingMemory compares the most memory that rewriting a module takes, with what is left of
// it, with the estimate.
func TestRewritingMemory(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, s := range bombs.Shapes() {
		switch s.Name {
		case "nested blocks", "growing of memory", "calls", "small types", "functions of a giant type", "custom sections", "loops with calls":
		default:
			continue
		}
		n := s.Size
		b := s.Build(n)
		for len(b) < 200_000 {
			n *= 2
			b = s.Build(n)
		}
		takes, err := cost.RewritingOf(context.Background(), b)
		if err != nil {
			t.Fatal(err)
		}
		var m *meter.Module
		got := peak(func() { m, err = meter.Rewrite(b, meter.Config{Stack: true}) })
		if err != nil {
			if !strings.Contains(err.Error(), "Frame") {
				t.Errorf("%s: %v", s.Name, err)
			}
			continue
		}
		want := int64(takes.Memory(uint64(len(m.Wasm))))
		t.Logf("%s: %d KiB take %d KiB, and the estimate is %d KiB", s.Name, len(b)>>10, got>>10, want>>10)
		if got > most*want {
			t.Errorf("%s: %d bytes take %d, and the estimate is %d", s.Name, len(b), got, want)
		}
	}
}
