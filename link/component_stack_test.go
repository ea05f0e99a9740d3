package link_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// chain is a component of so many instances: f of each calls itself so often, with so many
// parameters, and calls f of the one before it with its own parameter and 1.
// If after is set it does so when it is back.
func chain(instances int, depth uint32, params int, after bool) []byte {
	module := func(first bool) []byte {
		m := &wasmtest.Module{}
		next := wasmtest.Seq(wasmtest.I32(0), wasmtest.Drop)
		if !first {
			next = wasmtest.Seq(wasmtest.I32(0), wasmtest.Call(m.Import("c", "f", "i32 -> i32")), wasmtest.Drop)
		}
		last := next
		if after {
			last = wasmtest.Nop
		}
		self := m.Declare("i32 " + strings.Repeat("i64 ", params) + "->")
		again := wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub)
		zeros := wasmtest.Seq()
		for n := range uint32(params) {
			again = wasmtest.Seq(again, wasmtest.Get(n+1), wasmtest.I64(1), wasmtest.I64Add)
			zeros = wasmtest.Seq(zeros, wasmtest.I64(0))
		}
		m.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(again, wasmtest.Call(self)), wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.If(last))
		if !after {
			next = wasmtest.Nop
		}
		m.ExportFunc("f", "i32 -> i32", "", wasmtest.I32(depth), zeros, wasmtest.Call(self), next, wasmtest.Get(0))
		return m.Bytes()
	}
	typ := funcType(1, true)
	first, other := &builder{}, &builder{}
	liftExport(first, first.Core(first.Module(module(true))), "f", typ)
	imported := other.Add(&binary.Import{Name: binary.Named("f"), Type: binary.ExternType{Sort: binary.SortFunc, Index: other.Type(typ)}})
	bag := other.Bag(coreExport("f", binary.SortCoreFunc, other.Lower(imported)))
	liftExport(other, other.Core(other.Module(module(false)), coreArg("c", bag)), "f", typ)

	b := &builder{}
	i := b.Instance(b.Add(&first.Component))
	c := b.Add(&other.Component)
	for range instances - 1 {
		i = b.Instance(c, arg("f", binary.SortFunc, b.Alias(binary.SortFunc, i, "f")))
	}
	b.Export("run", binary.SortFunc, b.Alias(binary.SortFunc, i, "f"))
	return b.Bytes()
}

// The stacks of all component instances have one limit together, however the calls are
// nested, and what they take is bounded while they grow: all that is allocated counts here,
// what was copied and left too.
func TestStacksOfInstances(t *testing.T) {
	const mostAllocated = 256 << 20 // four times the limit
	for _, test := range []struct {
		name              string
		instances, params int
		depth             uint32
		after, full       bool
	}{
		{"small calls", 500, 1, 1, false, false},
		{"33 instances with small stacks", 33, 900, 2, false, false},
		{"33 instances with large stacks", 33, 900, 1000, false, true},
		{"33 instances with stacks that were large", 33, 900, 300, true, true},
		{"200 instances with large frames", 200, 900, 30, false, true},
		{"300 instances that recurse", 300, 30, 1000, false, true},
		{"300 instances that have recursed", 300, 30, 1000, true, true},
		{"200 instances with medium frames", 200, 300, 100, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inst := open(t, chain(test.instances, test.depth, test.params, test.after), nil)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := inst.Call(context.Background(), "run", uint32(7))
			runtime.ReadMemStats(&after)
			var limit *host.LimitError
			switch {
			case !test.full && err != nil:
				t.Error(err)
			case test.full && !(errors.As(err, &limit) && limit.Limit == "stack" && errors.Is(inst.Err(), host.ErrDead)):
				t.Errorf("got %v; want a limit of the stack", err)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > mostAllocated {
				t.Errorf("%d MiB are allocated", n>>20)
			}
		})
	}
}

// The core modules of all component instances share the fuel of a call.
func TestSharedFuel(t *testing.T) {
	const instances, depth = 20, 100 // wazero's interpreter takes 16 KiB a call
	wasm := chain(instances, depth, 0, false)
	call := func(fuel uint64) error {
		plugin, err := dynamic.Compile(context.Background(), wasm, host.Fuel(fuel))
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(context.Background())
		inst, err := plugin.Instantiate(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // each call has as much
			_, err = inst.Call(context.Background(), "run", uint32(7))
		}
		return err
	}
	var limit *host.LimitError
	if err := call(4 * instances * depth); !errors.As(err, &limit) || limit.Limit != "fuel" {
		t.Errorf("%d modules that do %d calls each have %d: %v", instances, depth, 4*instances*depth, err)
	}
	if err := call(40 * instances * depth); err != nil {
		t.Error(err)
	}
}
