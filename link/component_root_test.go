package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

// rootTypes is a component that exports a record and a function of it.
func rootTypes() []byte {
	m := &wasmtest.Module{}
	m.ExportFunc("f", "i32 i32 -> i32", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add)
	b := &builder{}
	i := b.Core(b.Module(m.Bytes()))
	rec := b.Type(&binary.Record{Fields: []binary.Field{{Name: "x", Type: u32Type}, {Name: "y", Type: u32Type}}})
	exp := b.Export("point", binary.SortType, rec)
	f := b.Lift(b.CoreAlias(binary.SortCoreFunc, i, "f"), b.Type(&binary.Func{Params: []binary.Field{{Name: "p", Type: binary.ValType{Index: exp}}}, Result: &u32Type}))
	b.Export("sum", binary.SortFunc, f)
	return b.Bytes()
}

// rootResource is a component that exports a resource, with a constructor and a method, and
// the sum of the resources that were destroyed.
func rootResource() []byte {
	d := &wasmtest.Module{}
	g := d.Global("i32", wasmtest.I32(0))
	d.ExportFunc("dtor", "i32 ->", "", wasmtest.GlobalGet(g), wasmtest.Get(0), wasmtest.I32Add, wasmtest.GlobalSet(g))
	d.ExportFunc("destroyed", "-> i32", "", wasmtest.GlobalGet(g))
	m := &wasmtest.Module{}
	makeNew := m.Import("r", "new", "i32 -> i32")
	m.ExportFunc("make", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(makeNew))
	m.ExportFunc("get", "i32 -> i32", "", wasmtest.Get(0))
	b := &builder{}
	i := b.Core(b.Module(d.Bytes()))
	dtor := b.CoreAlias(binary.SortCoreFunc, i, "dtor")
	r := b.Type(&binary.Resource{Rep: coretype.I32, Dtor: &dtor})
	k := b.Core(b.Module(m.Bytes()), coreArg("r", b.Bag(coreExport("new", binary.SortCoreFunc, b.Resource(binary.CanonResourceNew, r)))))
	exported := b.Export("thing", binary.SortType, r)
	own, borrow := b.Type(&binary.Own{Resource: exported}), b.Type(&binary.Borrow{Resource: exported})
	liftAs := func(core, name string, f *binary.Func) {
		l := b.Lift(b.CoreAlias(binary.SortCoreFunc, k, core), b.Type(f))
		b.Export(name, binary.SortFunc, l)
	}
	ownT := binary.ValType{Index: own}
	liftAs("make", "[constructor]thing", &binary.Func{Params: []binary.Field{{Name: "rep", Type: u32Type}}, Result: &ownT})
	liftAs("get", "[method]thing.get", &binary.Func{Params: []binary.Field{{Name: "self", Type: binary.ValType{Index: borrow}}}, Result: &u32Type})
	liftExport(b, i, "destroyed", funcType(0, true))
	return b.Bytes()
}

// reexport is a component that exports a function and an instance that it imports.
func reexport() []byte {
	b := &builder{}
	f := b.Add(&binary.Import{Name: binary.Named("log"), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(funcType(1, true))}})
	b.Export("again", binary.SortFunc, f)
	t := b.Type(&binary.InstanceType{Decls: []binary.Def{
		&binary.TypeDef{Type: funcType(1, true)},
		&binary.ExportDecl{Name: binary.Named("twice"), Type: binary.ExternType{Sort: binary.SortFunc}},
	}})
	i := b.Add(&binary.Import{Name: binary.Named("test:calc/math"), Type: binary.ExternType{Sort: binary.SortInstance, Index: t}})
	b.Export("test:calc/other", binary.SortInstance, i)
	return b.Bytes()
}

// The root of a component may export types and resources, which no world of WIT can.
func TestRootTypes(t *testing.T) {
	ctx := t.Context()
	inst := open(t, rootTypes(), nil)
	if got, err := inst.Call(ctx, "sum", value.Record{"x": uint32(2), "y": uint32(3)}); got != uint32(5) || err != nil {
		t.Errorf("sum: %v, %v", got, err)
	}
	inst = open(t, rootResource(), nil)
	made, err := inst.Call(ctx, "thing", uint32(7))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := inst.Call(ctx, "thing.get", made); got != uint32(7) || err != nil {
		t.Errorf("get: %v, %v", got, err)
	}
	wants(t, inst, 0, "destroyed")
	if err := made.(*dynamic.Resource).Close(ctx); err != nil {
		t.Error(err)
	}
	wants(t, inst, 7, "destroyed")
	if _, err := component.DecodeWIT(rootTypes()); err == nil || !strings.Contains(err.Error(), "has no world that WIT can say") {
		t.Errorf("as WIT: %v", err)
	}
}

// A component may export its imports as they are, functions and instances, which calls the
// host's functions.
func TestReexport(t *testing.T) {
	ctx := t.Context()
	failure := errors.New("broken")
	inst := open(t, reexport(), dynamic.Imports{
		"log": func(_ context.Context, args []any) (any, error) { return args[0].(uint32) + 1, nil },
		"test:calc/math#twice": func(_ context.Context, args []any) (any, error) {
			switch n := args[0].(uint32); n {
			case 0:
				return nil, failure
			case 1:
				return "one", nil
			case 2:
				return nil, &host.ExitError{Code: 3}
			default:
				return 2 * n, nil
			}
		},
	})
	wants(t, inst, 8, "again", 7)
	wants(t, inst, 14, "test:calc/other#twice", 7)
	var trap *host.Trap
	if _, err := inst.Call(ctx, "twice", uint32(0)); !errors.As(err, &trap) || !errors.Is(err, failure) {
		t.Errorf("a host function that fails: %v", err)
	}
	if _, err := inst.Call(ctx, "twice", uint32(1)); !errors.As(err, &trap) || !strings.Contains(err.Error(), "result") {
		t.Errorf("a host function with a result of another type: %v", err)
	}
	var exit *host.ExitError
	if _, err := inst.Call(ctx, "twice", uint32(2)); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("a host function that exits: %v", err)
	}
	var bad *host.BadValueError
	if _, err := inst.Call(ctx, "twice", "seven"); !errors.As(err, &bad) {
		t.Errorf("an argument of another type: %v", err)
	}
	if err := inst.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := inst.Call(ctx, "twice", uint32(7)); !errors.Is(err, host.ErrClosed) {
		t.Errorf("a closed instance: %v", err)
	}
}

// rootWorld returns a world that imports what reexport does and exports one function.
func rootWorld(item, function string, signature bind.Signature) *bind.World {
	world := doubling("1.0.0", "i32 -> i32")
	world.Imports[0].Name = "test:calc/math"
	world.Imports = append(world.Imports, bind.Item{Name: "$root", Interface: &bind.Interface{Functions: []bind.Function{{Name: "log", Import: "i32 -> i32"}}}})
	world.Exports = []bind.Item{{Name: item, Interface: &bind.Interface{Functions: []bind.Function{{Name: function, Export: signature}}}}}
	return world
}

// Generated bindings call guests only: an import that comes back is refused by name, as a
// function, in an instance and in an instance that the component makes.
func TestReexportTyped(t *testing.T) {
	_, err := link.Compile(t.Context(), reexport(), rootWorld("$root", "again", "i32 -> i32"))
	wantsLinkError(t, err, "export again: the guest exports its import log as it is, which is not supported")
	_, err = link.Compile(t.Context(), reexport(), rootWorld("test:calc/other", "twice", "i32 -> i32"))
	wantsLinkError(t, err, "export test:calc/other#twice: the guest exports its import test:calc/math#twice as it is, which is not supported")
	b := &builder{}
	f := b.Add(&binary.Import{Name: binary.Named("log"), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(funcType(1, true))}})
	made := b.Add(&binary.Instance{Exports: []binary.InlineExport{{Name: binary.Named("twice"), Sort: binary.SortFunc, Index: f}}})
	b.Export("test:calc/other", binary.SortInstance, made)
	_, err = link.Compile(t.Context(), b.Bytes(), rootWorld("test:calc/other", "twice", "i32 -> i32"))
	wantsLinkError(t, err, "export test:calc/other#twice: the guest exports its import log as it is, which is not supported")
}

// Generated bindings call what a component exports beside types and resources of its root,
// and beside imports that come back.
func TestRootTyped(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		wasm  []byte
		world *bind.World
		args  []uint64
		want  uint64
	}{
		"types":     {rootTypes(), rootWorld("$root", "sum", "i32 i32 -> i32"), []uint64{2, 3}, 5},
		"resources": {rootResource(), rootWorld("$root", "destroyed", "-> i32"), nil, 0},
		"an import": {besideReexport(), rootWorld("$root", "five", "-> i32"), nil, 5},
	} {
		plugin, err := link.Compile(ctx, test.wasm, test.world)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		defer plugin.Close(ctx)
		inst, err := plugin.Instantiate(ctx, []any{0, 0})
		if err != nil {
			t.Fatal(err)
		}
		f := plugin.Export(inst, 0).Func(0)
		c := f.Begin(ctx)
		copy(c.Stack, test.args)
		if got, err := c.Finish(); got != test.want || err != nil {
			t.Errorf("%s: %d, %v; want %d", name, got, err, test.want)
		}
	}
}

// besideReexport is a component with a function of its own that also exports an import.
func besideReexport() []byte {
	m := &wasmtest.Module{}
	m.ExportFunc("five", "-> i32", "", wasmtest.I32(5))
	b := &builder{}
	f := b.Add(&binary.Import{Name: binary.Named("log"), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(funcType(1, true))}})
	b.Export("again", binary.SortFunc, f)
	liftExport(b, b.Core(b.Module(m.Bytes())), "five", funcType(0, true))
	return b.Bytes()
}
