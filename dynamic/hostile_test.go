package dynamic_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/valuetest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/wit"
)

// word is a number such as hostile guests return: pointers, lengths and
// discriminants are small, so that they are often right.
func word(g *valuetest.Gen) uint32 {
	switch g.IntN(8) {
	case 0:
		return g.Uint32()
	case 1, 2:
		return uint32(g.IntN(64 << 10))
	case 3, 4:
		return uint32(g.IntN(1<<10)) &^ 7
	default:
		return uint32(g.IntN(3))
	}
}

// words are n bytes of such numbers.
func words(g *valuetest.Gen, n int) []byte {
	var memory []byte
	for range n / 4 {
		memory = binary.LittleEndian.AppendUint32(memory, word(g))
	}
	return memory
}

// hostileGuest exports f of an interface, which returns whatever lies in memory,
// and run, which passes whatever it is to the imported f.
func hostileGuest(g *valuetest.Gen, f *wit.Function, memory []byte) []byte {
	a := abi.New(g.Resolve)
	lift, lower := a.Lift(f), a.Lower(f)
	m := &guest{}
	imported := m.Import("test:random/i", "f", lower.String())
	m.next = m.Global("i32", wasmtest.I32(32<<10))
	m.Data(0, memory)
	constants := func(types []abi.Core) wasmtest.Code {
		var code wasmtest.Code
		for _, t := range types {
			code = wasmtest.Seq(code, constant(t, uint64(word(g))|uint64(word(g))<<32))
		}
		return code
	}
	m.ExportFunc("test:random/i#f", lift.String(), "", constants(lift.Results))
	run := wasmtest.Seq(constants(lower.Params), wasmtest.Call(imported))
	for range lower.Results {
		run = wasmtest.Seq(run, wasmtest.Drop)
	}
	m.ExportFunc("run", "->", "", run)
	return m.finish(1)
}

// testHostile lets a guest return and pass what lies in memory, for a type by the
// seed. It returns how many values were lifted.
func testHostile(t *testing.T, seed uint64, g *valuetest.Gen, memory []byte) (lifted int) {
	r := g.Resolve
	f := &wit.Function{Name: "f", Resource: -1, Params: []wit.Param{{Name: "p", Type: g.Type(3)}}, Result: g.Type(3)}
	if _, _, bad := abi.New(r).TooLarge(f); bad {
		return 0
	}
	run := &wit.Function{Name: "run", Resource: -1}
	r.Packages = []*wit.Package{{Name: wit.PackageName{Namespace: "test", Name: "random"}}}
	r.Interfaces = []*wit.Interface{{Name: "i", Functions: []*wit.Function{f}, CloneOf: -1}}
	item := &wit.WorldItem{Item: wit.InterfaceID(0)}
	r.Worlds = []*wit.World{{Name: "w", Imports: []*wit.WorldItem{item}, Exports: []*wit.WorldItem{item, {Name: "run", Item: run}}}}
	checker := &value.Checker{Resolve: r}
	check := func(what string, typ wit.Type, v any) {
		lifted++
		if err := checker.Check(typ, v); err != nil {
			t.Fatalf("seed %d: the %s is no %s: %v", seed, what, r.TypeString(typ), err)
		}
	}
	imports := dynamic.Imports{"test:random/i#f": func(_ context.Context, args []any) (any, error) {
		check("parameter", f.Params[0].Type, args[0])
		return g.Value(f.Result), nil
	}}
	wasm := hostileGuest(g, f, memory)
	inst := start(t, wasm, r, 0, imports)
	v, err := inst.Call(ctx, "test:random/i#f", g.Value(f.Params[0].Type))
	if err == nil {
		check("result", f.Result, v)
	} else {
		wantRuntimeError(t, seed, err)
	}
	if inst.Err() != nil {
		inst = start(t, wasm, r, 0, imports)
	}
	if _, err := inst.Call(ctx, "run"); err != nil {
		wantRuntimeError(t, seed, err)
	}
	if err := inst.Plugin().Close(ctx); err != nil {
		t.Fatal(err)
	}
	return lifted
}

// Whatever a guest returns or passes, lifting it ends with values of the types or
// with an error of the runtime's.
func TestHostileValues(t *testing.T) {
	lifted := 0
	for seed := range uint64(500) {
		g := valuetest.New(seed)
		lifted += testHostile(t, seed, g, words(g, 2<<10))
	}
	if lifted < 300 {
		t.Errorf("only %d values were lifted", lifted)
	}
}

func FuzzLift(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, words(valuetest.New(seed), 256))
	}
	f.Fuzz(func(t *testing.T, seed uint64, memory []byte) {
		testHostile(t, seed, valuetest.New(seed), memory[:min(len(memory), 32<<10)])
	})
}

func wantRuntimeError(t *testing.T, seed uint64, err error) {
	t.Helper()
	var trap *host.Trap
	var limit *host.LimitError
	if !errors.As(err, &trap) && !errors.As(err, &limit) {
		t.Fatalf("seed %d: %v (%T)", seed, err, err)
	}
}

// What one call lifts takes no more of the host's memory than a few times its
// limit, whatever the types blow it up to.
func TestLiftedMemoryIsBounded(t *testing.T) {
	const limit = 8 << 20
	for _, typ := range []string{
		"list<u8>", "list<bool>", "list<char>", "list<string>", "list<tuple<bool, bool>>", "list<option<u8>>", "list<option<option<option<bool>>>>",
		"list<wide>", "list<many>", "list<list<u8>>", "list<bits>", "list<pick>", "map<u8, u8>", "map<u32, bool>", "list<result<u8, u8>>", "list<list<bool, 16>>",
	} {
		r, world := model(t, fmt.Sprintf(`package test:bound;
			interface i {
				record wide { a: bool, b: bool, c: bool, d: bool, e: bool, f: bool, g: bool, h: bool }
				enum many { x, y }
				flags bits { a, b, c, d, e, f, g, h }
				variant pick { x(bool), y }
				f: func() -> %s;
			}
			world w { export i; }`, typ))
		for _, n := range []uint32{1 << 10, 1 << 16, 1 << 20, 1 << 22} {
			m := &guest{next: 0}
			m.next = m.Global("i32", wasmtest.I32(heap))
			// A list of n zeros from 64 on, or of n empty strings or lists.
			m.ExportFunc("test:bound/i#f", "-> i32", "",
				wasmtest.I32(0), wasmtest.I32(64), wasmtest.Store32(0), wasmtest.I32(0), wasmtest.I32(n), wasmtest.Store32(4), wasmtest.I32(0))
			inst := start(t, m.finish(1024), r, world, nil, host.LiftLimit(limit))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := inst.Call(ctx, "f")
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 3*limit {
				t.Errorf("%s of %d elements: %d MiB were allocated: %v", typ, n, allocated>>20, err)
			}
			if err != nil {
				wantRuntimeError(t, 0, err)
			}
			if err := inst.Plugin().Close(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}
