package bind_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// The place and the mark of a note are those of canonicalabi/guest: guests that were built
// before leave notes there.
const (
	noteAt   = 16
	noteMark = 0x7e57a1d0
)

// Before it traps, a guest leaves a note, which the Trap shows. Nothing that stands there
// harms the host.
func TestNotes(t *testing.T) {
	t.Parallel()
	const textAt, length = 64, 14
	for name, test := range map[string]struct {
		mark, number, text, length uint32
		want                       string
	}{
		"enum":                 {noteMark | 3, 17, textAt, length, `the guest gave 17, which is no case of quota exceeded`},
		"list":                 {noteMark | 1, 0, 0, 0, "a list of the guest's is too large to be lowered: wasm error"},
		"char":                 {noteMark | 2, 0xd800, 0, 0, "the guest gave rune 55296, which is not a Unicode scalar value"},
		"error":                {noteMark | 8, 0, textAt, length, `the guest returned the error "quota exceeded", which is not of the function's error type`},
		"error by place":       {noteMark | 10, 32, 0, 0, `the guest returned the error "quota exceeded", which is not of the function's error type`},
		"error of no text":     {noteMark | 10, 48, 0, 0, `the guest returned an error that is not of the function's error type`},
		"no note":              {0x1234, 0, 0, 0, "guest trapped: wasm error"},
		"unknown":              {noteMark | 15, 0, textAt, length, "guest trapped: wasm error"},
		"text out of bounds":   {noteMark | 8, 0, 0xffffffff, 5, `the guest returned an error that is not of`},
		"length out of bounds": {noteMark | 8, 0, 64, 0xffffffff, `the guest returned an error that is not of`},
		"place out of bounds":  {noteMark | 10, 0xffffffff, 64, 5, `the guest returned an error that is not of`},
		"long":                 {noteMark | 8, 0, 4096, 5000, `...", which is not of`},
		"not text":             {noteMark | 3, 1, 96, 4, "which is no case of \uFFFD\uFFFD\uFFFDx"},
	} {
		g := &hosttest.Guest{}
		g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
		g.Data(textAt, []byte("quota exceeded"))
		g.Data(96, []byte("\x1b\n\xffx"))
		g.Data(32, []byte{textAt, 0, 0, 0, length, 0, 0, 0})
		g.Data(48, []byte{96, 0, 0, 0, 4, 0, 0, 0})
		var code []wasmtest.Code
		for n, word := range []uint32{test.mark, test.number, test.text, test.length} {
			code = append(code, wasmtest.I32(noteAt+uint32(4*n)), wasmtest.I32(word), wasmtest.Store32(0))
		}
		g.Define("run", "", append(code, wasmtest.Unreachable)...)
		inst := start(t, g, &hosttest.Host{})
		_, err := inst.Run(t.Context(), 0)
		var trap *host.Trap
		if !errors.As(err, &trap) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v; want a Trap with %q", name, err, test.want)
		}
	}
}

// A guest that traps with a note, but not by unreachable, fails for another reason.
func TestNoteOfAnotherTrap(t *testing.T) {
	t.Parallel()
	g := &hosttest.Guest{}
	g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
	g.Define("run", "", wasmtest.I32(noteAt), wasmtest.I32(noteMark|1), wasmtest.Store32(0), wasmtest.I32(1), wasmtest.I32(0), wasmtest.I32DivS, wasmtest.I64ExtendU)
	inst := start(t, g, &hosttest.Host{})
	if _, err := inst.Run(t.Context(), 0); err == nil || strings.Contains(err.Error(), "too large") {
		t.Errorf("a division by zero: %v", err)
	}
}

// A guest that traps after memory.grow was refused fails with the limit and the remedy, if
// the refusal was in the same call.
func TestOutOfMemory(t *testing.T) {
	t.Parallel()
	run := func(code ...wasmtest.Code) *subject.Instance {
		g := &hosttest.Guest{}
		g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
		// run(1) ends after the code, and other calls trap.
		g.Define("run", "", wasmtest.Seq(code...), wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.If(wasmtest.Unreachable), wasmtest.I64(0))
		return start(t, g, &hosttest.Host{}, host.MemoryLimit(16<<20))
	}
	grow := func(pages uint32) wasmtest.Code {
		return wasmtest.Seq(wasmtest.I32(pages), wasmtest.MemoryGrow, wasmtest.Drop)
	}
	fails := func(name string, inst *subject.Instance, want string) {
		t.Helper()
		_, err := inst.Run(t.Context(), 0)
		var trap *host.Trap
		if !errors.As(err, &trap) || trap.Detail != want {
			t.Errorf("%s: got %v, want a Trap with %q", name, err, want)
		}
	}
	refused := func(size, more int64) string {
		return fmt.Sprintf("memory.grow was refused: the guest has %d bytes of memory, asked for %d more, and the limit is 16777216; raise it with host.MemoryLimit", size, more)
	}
	const pages = 1 // that the guest starts with
	fails("a guest that grows", run(grow(200), grow(100)), refused((200+pages)<<16, 100<<16))
	fails("a guest that asks for all there is", run(grow(0xffff)), refused(pages<<16, 0xffff<<16))
	fails("a guest that had a smaller growth after a refusal", run(grow(300), grow(10)), refused(pages<<16, 300<<16))
	fails("a guest with most of the memory", run(grow(200)), "")
	fails("a guest with plenty of memory", run(), "")

	// In a call after the one with the refusal.
	inst := run(wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.I32Eqz, wasmtest.If(grow(300)))
	if _, err := inst.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	fails("a guest that grew in an earlier call", inst, "")
}

// TestAllocatorRefuses: an allocator of the host's may refuse what the limit allows.
func TestAllocatorRefuses(t *testing.T) {
	t.Parallel()
	g := &hosttest.Guest{}
	g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
	g.Define("run", "", wasmtest.I32(2), wasmtest.MemoryGrow, wasmtest.Drop, wasmtest.Unreachable)
	_, err := start(t, g, &hosttest.Host{}, host.Memory(onePage{})).Run(t.Context(), 0)
	const want = "memory.grow was refused: the guest has 65536 bytes of memory, asked for 131072 more, and the machine, host.MemoryBudget or the allocator of host.Memory did not have them"
	var trap *host.Trap
	if !errors.As(err, &trap) || trap.Detail != want {
		t.Errorf("got %v, want a Trap with %q", err, want)
	}
}

// onePage allocates memories of one page that do not grow.
type onePage struct{}

func (onePage) Allocate(uint64, uint64) experimental.LinearMemory { return onePage{} }

func (onePage) Reallocate(size uint64) []byte {
	if size > 1<<16 {
		return nil
	}
	return make([]byte, size)
}

func (onePage) Free() {}
