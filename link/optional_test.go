package link_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

// olderGuests export f of an interface, and the functions and interfaces that came later
// not, as a component and as a core module.
func olderGuests() map[string][]byte {
	m := &wasmtest.Module{}
	m.ExportFunc("test:old/i@0.1.0#f", "i32 -> i32", "", wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Add)
	b := &builder{}
	f := b.Lift(b.CoreAlias(binary.SortCoreFunc, b.Core(b.Module(m.Bytes())), "test:old/i@0.1.0#f"), b.Type(funcType(1, true)))
	b.Export("test:old/i@0.1.0", binary.SortInstance, b.Add(&binary.Instance{Exports: []binary.InlineExport{{Name: binary.Named("f"), Sort: binary.SortFunc, Index: f}}}))
	return map[string][]byte{"core module": m.Bytes(), "component": b.Bytes()}
}

// A guest may lack optional functions, and interfaces and resources that have no others. A
// call of one says so.
func TestOptional(t *testing.T) {
	ctx := context.Background()
	for name, wasm := range olderGuests() {
		for _, optional := range []bool{true, false} {
			function := func(name string, optional bool) bind.Function {
				return bind.Function{Name: name, Export: "i32 -> i32", Optional: optional}
			}
			world := &bind.World{Name: "test:old/w@0.1.1", Exports: []bind.Item{
				{Name: "test:old/i@0.1.1", Interface: &bind.Interface{
					Functions: []bind.Function{function("f", false), function("g", optional), function("[constructor]r", optional)}, Resources: []string{"r"},
				}, Resources: []bind.Resource{{Export: true, Name: "r"}}},
				{Name: "test:old/j@0.1.1", Interface: &bind.Interface{Functions: []bind.Function{function("h", optional)}}},
			}}
			plugin, err := link.Compile(ctx, wasm, world)
			if !optional {
				wantsLinkError(t, err, "the guest does not export this")
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			inst, err := plugin.Instantiate(ctx, nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f := plugin.Export(inst, 0).Func(0)
			if err := f.Missing(); err != nil {
				t.Errorf("%s: f: %v", name, err)
			}
			call := f.Begin(ctx)
			call.Stack[0] = 7
			if n, err := call.Finish(); n != 8 || err != nil {
				t.Errorf("%s: f(7) = %d, %v", name, n, err)
			}
			for _, test := range []struct {
				item, number int
				name         string
			}{{0, 1, "test:old/i@0.1.1#g"}, {0, 2, "test:old/i@0.1.1#[constructor]r"}, {1, 0, "test:old/j@0.1.1#h"}} {
				f := plugin.Export(inst, test.item).Func(test.number)
				var missing *host.MissingError
				if err := f.Missing(); !errors.As(err, &missing) || missing.Func != test.name {
					t.Errorf("%s: got %v; want a MissingError of %s", name, err, test.name)
				}
			}
			if err := plugin.Close(ctx); err != nil {
				t.Error(err)
			}
		}
	}
}
