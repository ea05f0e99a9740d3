package link_test

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/internal/wasm"
)

// heap returns the bytes of objects on the heap, those that are garbage among them.
func heap() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// TestMemoryOfDefinitions compares the most memory that it takes to read, validate and plan
// components of many small definitions with what Compile charges for these, 128 bytes for each of
// binary.DefinitionBytes: it may be four times as much.
func TestMemoryOfDefinitions(t *testing.T) {
	const n, charged, most = 60_000, 128, 4
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	section := func(id binary.SectionID, n int, item func(w *wasm.Writer, i int)) []byte {
		var w wasm.Writer
		w.Byte(byte(id))
		w.Sized(func() {
			w.Uint32(uint32(n))
			for i := range n {
				item(&w, i)
			}
		})
		return w.Buf
	}
	component := []byte{0, 'a', 's', 'm', 0x0d, 0, 1, 0}
	imports := joined(section(binary.TypeSection, 1, func(w *wasm.Writer, _ int) { w.Byte(0x42, 0) }),
		section(binary.ImportSection, n/8, func(w *wasm.Writer, i int) { w.Byte(0); w.Name(fmt.Sprint("f", i)); w.Byte(5, 0) }))
	for name, sections := range map[string][]byte{
		"lists":      section(binary.TypeSection, n, func(w *wasm.Writer, _ int) { w.Byte(0x70, 0x7d) }),
		"records":    section(binary.TypeSection, n/4, func(w *wasm.Writer, _ int) { w.Byte(0x72, 1, 1, 'a', 0x7d) }),
		"instances":  section(binary.InstanceSection, n, func(w *wasm.Writer, _ int) { w.Byte(1, 0) }),
		"imports":    imports,
		"components": bytes.Repeat(joined([]byte{4, 8}, component), n/4),
	} {
		file := joined(component, sections)
		runtime.GC()
		before := heap()
		var peak atomic.Int64
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				peak.Store(max(peak.Load(), heap()))
				select {
				case <-stop:
					return
				default:
					runtime.Gosched()
				}
			}
		}()
		_, err := plan.New(file)
		got := max(peak.Load(), heap()) - before
		close(stop)
		<-stopped
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if each := got / int64(binary.DefinitionBytes(file)); each > most*charged {
			t.Errorf("%s: %d bytes for each of definitions, and %d are charged", name, each, charged)
		} else {
			t.Logf("%s: %d bytes", name, each)
		}
	}
}

func joined(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
