package fuzztest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// FuzzCompile changes bytes of guests, and compiles, starts and calls what comes of
// it, under the default limits but for memory, and with a context that soon ends or
// with little fuel. Nothing panics, errors are of the documented types, everything
// returns, and to compile a mutant takes no more memory than its size allows.
func FuzzCompile(f *testing.F) {
	random := rand.New(rand.NewPCG(11, 12))
	for n := range bases() {
		f.Add(uint8(n), []byte{})
		for range 8 {
			f.Add(uint8(n), randomBytes(random, 40))
		}
	}
	f.Fuzz(func(t *testing.T, base uint8, edits []byte) {
		runMutant(t, bases()[int(base)%len(bases())], edits)
	})
}

// TestCompileMutants is FuzzCompile for random bytes.
func TestCompileMutants(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	ends := map[string]int{}
	for i := range 600 {
		edits := make([]byte, 5*(1+random.IntN(3)))
		for at := range edits {
			edits[at] = byte(random.Uint32())
		}
		ends[runMutant(t, bases()[i%len(bases())], edits)]++
	}
	t.Logf("%v", ends)
	for _, end := range []string{"refused", "started", "not started"} {
		if ends[end] == 0 {
			t.Errorf("no mutant is %s", end)
		}
	}
}

// bases are the guests that are changed.
var bases = sync.OnceValue(func() [][]byte {
	component, err := hosttest.Component(busyGuest())
	if err != nil {
		panic(err)
	}
	return [][]byte{puppet(), handleGuest(), busyGuest(), component, variedGuest()}
})

// variedGuest has code of many sorts, a start function, tables, globals and data.
func variedGuest() []byte {
	g := hosttest.NewGuest("log")
	g.Table(4, 100)
	g.Export("memory", wasmtest.KindMemory, g.Memory(1, 4))
	counter := g.Global("i64", wasmtest.I64(1<<40))
	add := g.Func("i32 i32 -> i32", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add)
	fill := g.Func("->", "i32", wasmtest.Loop(
		wasmtest.Get(0), wasmtest.Get(0), wasmtest.Store32(0), wasmtest.Get(0), wasmtest.I32(4), wasmtest.I32Add, wasmtest.Tee(0),
		wasmtest.I32(1000), wasmtest.I32LeU, wasmtest.BrIf(0)),
		wasmtest.I32(0), wasmtest.I32(64), wasmtest.I32(100), wasmtest.MemoryCopy, wasmtest.I32(0), wasmtest.I32(7), wasmtest.I32(10), wasmtest.MemoryFill)
	g.Elements(1, add, fill)
	g.Data(128, []byte("some text"))
	g.Start(g.Func("->", "", wasmtest.I32(2), wasmtest.CallIndirect(g.Type("->")), wasmtest.I32(128), wasmtest.I32(9), g.Call("log")))
	g.Define("run", "i64 f64", wasmtest.Block(wasmtest.Loop(
		wasmtest.GlobalGet(counter), wasmtest.I64(3), wasmtest.I64Add, wasmtest.GlobalSet(counter),
		wasmtest.F64(1.5), wasmtest.Set(2),
		wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.BrIf(1),
		wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Set(0), wasmtest.Br(0))),
		wasmtest.Get(0), wasmtest.I32(5), wasmtest.I32(1), wasmtest.CallIndirect(g.Type("i32 i32 -> i32")), wasmtest.Drop,
		wasmtest.GlobalGet(counter))
	g.Custom("name", []byte{0, 5, 4, 'n', 'a', 'm', 'e'})
	return g.Bytes()
}

// mutate changes bytes of a binary: each edit is a place in 24 bits, what to do, and
// a byte. Most edits put an instruction in the place of one of the same type, or
// change a constant, so that what comes of it is often valid.
func mutate(wasm, edits []byte) []byte {
	wasm = append([]byte(nil), wasm...)
	for ; len(edits) >= 5 && len(wasm) > 0; edits = edits[5:] {
		at := (int(edits[0]) | int(edits[1])<<8 | int(edits[2])<<16) % len(wasm)
		what, b := edits[3], edits[4]
		if code := codeOf(wasm); what%16 > 4 && code < len(wasm) {
			at = code + at%(len(wasm)-code)
		}
		switch what % 16 {
		case 0:
			wasm = slices.Insert(wasm, at, b)
		case 1:
			wasm = slices.Delete(wasm, at, min(at+1+int(b)%4, len(wasm)))
		case 2:
			copy(wasm[at:], wasm[int(b)*len(wasm)/256:][:min(16, len(wasm)-int(b)*len(wasm)/256)])
		case 3:
			wasm[at] ^= 1 << (b % 8)
		case 4:
			wasm[at] = b
		default:
			alike(wasm[at:], b)
		}
	}
	return wasm
}

// classes are instructions of the same type, from the first to the last.
var classes = [][2]byte{{0x46, 0x4f}, {0x51, 0x5a}, {0x6a, 0x78}, {0x7c, 0x8a}, {0xa0, 0xa6}, {0x0c, 0x0d}, {0x20, 0x22}, {0x23, 0x24}, {0x41, 0x41}, {0x42, 0x42}, {0x10, 0x10}}

// codeOf is where the code of the first module begins, or where it looks so.
func codeOf(wasm []byte) int {
	at := bytes.Index(wasm, []byte("\x00asm\x01\x00\x00\x00"))
	if at < 0 {
		return 0
	}
	for at += 8; at < len(wasm) && wasm[at] != 10; {
		size, n := binary.Uvarint(wasm[at+1:])
		if n <= 0 || size > uint64(len(wasm)) {
			return 0
		}
		at += 1 + n + int(size)
	}
	return at
}

// alike changes the first byte that may be an instruction of a class.
func alike(wasm []byte, by byte) {
	for at := range wasm[:max(len(wasm)-1, 0)] {
		for _, class := range classes {
			if first, last := class[0], class[1]; wasm[at] < first || wasm[at] > last {
				continue
			} else if n := last - first + 1; n > 3 {
				wasm[at] = first + by%n
			} else { // an operand
				wasm[at+1] = wasm[at+1]&0x80 | by&0x7f
			}
			return
		}
	}
}

// mutantBound is how many bytes Go may allocate to compile and start a mutant: several
// times what it takes for the guests as they are, and their size is all that there is
// to bound it.
const mutantBound = 8 << 20

// runMutant does everything with a mutant, and says how far it came. Of those with an
// even number of edits, what ends a call is a count.
func runMutant(t *testing.T, base, edits []byte) string {
	t.Helper()
	var memory countedMemory
	soon := len(edits)/5%2 == 1
	opts := []host.Option{host.MemoryLimit(16 << 20)}
	if !soon {
		opts = append(opts, host.Fuel(1<<20))
	}
	step := func(name string, f func(ctx context.Context) error) error {
		t.Helper()
		ctx, cancel := ctx, func() {}
		if soon {
			ctx, cancel = context.WithTimeout(ctx, 20*time.Millisecond)
		}
		defer cancel()
		err := f(ctx)
		if err != nil && !typed(err) {
			t.Errorf("%s fails with a %T: %v", name, err, err)
		}
		return err
	}
	bounded := func(name string, f func(ctx context.Context) error) error {
		t.Helper()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := step(name, f)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > mutantBound {
			t.Errorf("%s allocates %d bytes, more than %d", name, n, mutantBound)
		}
		return err
	}
	var plugin *subject.Plugin
	if bounded("Compile", func(ctx context.Context) (err error) {
		plugin, err = subject.Compile(ctx, mutate(base, edits), opts...)
		return err
	}) != nil {
		return "refused"
	}
	h := &hosttest.Host{}
	h.OnOpen = func(_ context.Context, n uint32) ([]store.Entry, error) { // n is the guest's
		if n > 1000 {
			return nil, errors.New("too many")
		}
		return make([]store.Entry, n), nil
	}
	var inst *subject.Instance
	end := "not started"
	if bounded("Instantiate", func(ctx context.Context) (err error) {
		inst, err = plugin.Instantiate(ctx, h.Imports(), host.Memory(&memory))
		return err
	}) == nil {
		end = "started"
		for n := range uint32(runCount) {
			_ = step("run", func(ctx context.Context) error { _, err := inst.Run(ctx, n); return err })
		}
		_ = step("add", func(ctx context.Context) error { _, err := inst.Values().Add(ctx, 1, 2); return err })
		_ = step("echo", func(ctx context.Context) error {
			_, err := inst.Values().EchoStrings(ctx, []string{"a", "b"})
			return err
		})
		_ = step("hand", func(ctx context.Context) error { _, err := inst.Shop().Hand(ctx, h.Make("a"), "b"); return err })
		_ = step("new item", func(ctx context.Context) error {
			item, err := inst.Shop().NewItem(ctx, 1)
			return errors.Join(err, closeItem(ctx, item))
		})
	}
	if err := plugin.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if used := memory.used.Load(); used != 0 {
		t.Errorf("%d bytes of memory are left", used)
	}
	return end
}

// typed reports whether an error is one that the runtime documents.
func typed(err error) bool {
	var trap *host.Trap
	var limit *host.LimitError
	var link *host.LinkError
	var refused *host.InstanceError
	return errors.As(err, &trap) || errors.As(err, &limit) || errors.As(err, &link) || errors.As(err, &refused)
}

func closeItem(ctx context.Context, item interface{ Close(context.Context) error }) error {
	if item == nil {
		return nil
	}
	return item.Close(ctx)
}
