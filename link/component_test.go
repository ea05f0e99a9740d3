package link_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

type builder = hosttest.Builder

var u32Type = binary.ValType{Prim: binary.U32}

// funcType is a function of u32s.
func funcType(params int, result bool) *binary.Func {
	f := &binary.Func{}
	for i := range params {
		f.Params = append(f.Params, binary.Field{Name: string(rune('a' + i)), Type: u32Type})
	}
	if result {
		f.Result = &u32Type
	}
	return f
}

// coreExport, coreArg and arg make the parts of instances.
func coreExport(name string, sort binary.Sort, index uint32) binary.CoreExport {
	return binary.CoreExport{Name: name, Sort: sort, Index: index}
}

func coreArg(name string, instance uint32) binary.CoreArg {
	return binary.CoreArg{Name: name, Instance: instance}
}

func arg(name string, sort binary.Sort, index uint32) binary.Arg {
	return binary.Arg{Name: name, Sort: sort, Index: index}
}

// liftExport lifts a core function of an instance and exports it.
func liftExport(b *builder, instance uint32, name string, typ *binary.Func) uint32 {
	f := b.Lift(b.CoreAlias(binary.SortCoreFunc, instance, name), b.Type(typ))
	return b.Export(name, binary.SortFunc, f)
}

// open compiles and instantiates a component.
func open(t testing.TB, wasm []byte, imports dynamic.Imports) *dynamic.Instance {
	t.Helper()
	ctx := context.Background()
	plugin, err := dynamic.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	inst, err := plugin.Instantiate(ctx, imports)
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

// wants calls a function of u32s.
func wants(t testing.TB, inst *dynamic.Instance, want uint32, name string, args ...uint32) {
	t.Helper()
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
	}
	got, err := inst.Call(context.Background(), name, list...)
	if err != nil {
		t.Fatalf("%s%v: %v", name, args, err)
	}
	if got != want {
		t.Errorf("%s%v is %v, not %d", name, args, got, want)
	}
}

// counter is a module whose next counts its calls.
func counter() []byte {
	m := &wasmtest.Module{}
	g := m.Global("i32", wasmtest.I32(0))
	m.ExportFunc("next", "-> i32", "", wasmtest.GlobalGet(g), wasmtest.I32(1), wasmtest.I32Add, wasmtest.GlobalSet(g), wasmtest.GlobalGet(g))
	return m.Bytes()
}

// caller is a module whose function "f" of n parameters calls its import module
// "name".
func caller(module, name string, n int) []byte {
	m := &wasmtest.Module{}
	sig := ""
	code := []wasmtest.Code{}
	for i := range n {
		sig += "i32 "
		code = append(code, wasmtest.Get(uint32(i)))
	}
	f := m.Import(module, name, sig+"-> i32")
	m.ExportFunc("f", sig+"-> i32", "", append(code, wasmtest.Call(f))...)
	return m.Bytes()
}

// A component that is instantiated twice has its state twice.
func TestTwoInstances(t *testing.T) {
	inner := &builder{}
	liftExport(inner, inner.Core(inner.Module(counter())), "next", funcType(0, true))

	b := &builder{}
	c := b.Add(&inner.Component)
	for _, name := range []string{"first", "second"} {
		i := b.Instance(c)
		b.Export(name, binary.SortFunc, b.Alias(binary.SortFunc, i, "next"))
	}
	inst := open(t, b.Bytes(), nil)
	wants(t, inst, 1, "first")
	wants(t, inst, 2, "first")
	wants(t, inst, 1, "second")
	wants(t, inst, 3, "first")
}

// Core modules import from several instances under one name, under an empty name,
// and functions, memories, tables and globals of each other.
func TestCoreImports(t *testing.T) {
	provider := &wasmtest.Module{}
	memory := provider.Memory(1, -1)
	provider.Export("mem", wasmtest.KindMemory, memory)
	provider.Export("tab", wasmtest.KindTable, provider.Table(2, 2))
	provider.Export("glob", wasmtest.KindGlobal, provider.Global("i32", wasmtest.I32(7)))
	provider.ExportFunc("load", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Load32(0))

	user := &wasmtest.Module{}
	next := user.Import("", "", "-> i32")
	load := user.Import("", "l", "i32 -> i32")
	user.ImportItem("x", "m", wasmtest.KindMemory, wasmtest.Limits(1, -1))
	user.ImportItem("x", "t", wasmtest.KindTable, append([]byte{0x70}, wasmtest.Limits(2, 2)...))
	user.ImportItem("", "g", wasmtest.KindGlobal, []byte{0x7f, 1})
	user.Elements(0, next)
	user.ExportFunc("stored", "i32 -> i32", "", wasmtest.I32(8), wasmtest.Get(0), wasmtest.Store32(0), wasmtest.I32(8), wasmtest.Call(load))
	user.ExportFunc("global", "-> i32", "", wasmtest.GlobalGet(0))
	user.ExportFunc("indirect", "-> i32", "", wasmtest.I32(0), wasmtest.CallIndirect(user.Type("-> i32")))

	b := &builder{}
	count := b.Core(b.Module(counter()))
	p := b.Core(b.Module(provider.Bytes()))
	x := b.Bag(
		coreExport("m", binary.SortCoreMemory, b.CoreAlias(binary.SortCoreMemory, p, "mem")),
		coreExport("t", binary.SortCoreTable, b.CoreAlias(binary.SortCoreTable, p, "tab")))
	empty := b.Bag(
		coreExport("", binary.SortCoreFunc, b.CoreAlias(binary.SortCoreFunc, count, "next")),
		coreExport("l", binary.SortCoreFunc, b.CoreAlias(binary.SortCoreFunc, p, "load")),
		coreExport("g", binary.SortCoreGlobal, b.CoreAlias(binary.SortCoreGlobal, p, "glob")))
	u := b.Core(b.Module(user.Bytes()), coreArg("x", x), coreArg("", empty))
	liftExport(b, u, "stored", funcType(1, true))
	liftExport(b, u, "global", funcType(0, true))
	liftExport(b, u, "indirect", funcType(0, true))

	inst := open(t, b.Bytes(), nil)
	wants(t, inst, 42, "stored", 42)
	wants(t, inst, 7, "global")
	wants(t, inst, 1, "indirect")
	wants(t, inst, 2, "indirect")
}

// Modules and components are taken from outside by aliases, instances are made of
// instances and of single exports.
func TestNesting(t *testing.T) {
	inner := &builder{}
	inner.Add(&binary.Alias{Sort: binary.SortCoreModule, Target: binary.AliasOuter, Count: 1, Index: 0})
	inner.Add(&binary.Alias{Sort: binary.SortComponent, Target: binary.AliasOuter, Count: 1, Index: 0})
	liftExport(inner, inner.Core(0), "next", funcType(0, true))
	inner.Export("deep", binary.SortInstance, inner.Instance(0))

	leaf := &builder{}
	leaf.Add(&binary.Alias{Sort: binary.SortCoreModule, Target: binary.AliasOuter, Count: 1, Index: 0})
	liftExport(leaf, leaf.Core(0), "next", funcType(0, true))

	b := &builder{}
	b.Module(counter())
	b.Add(&leaf.Component)
	i := b.Instance(b.Add(&inner.Component))
	deep := b.Alias(binary.SortInstance, i, "deep")
	bag := b.Add(&binary.Instance{Exports: []binary.InlineExport{
		{Name: binary.Named("one"), Sort: binary.SortFunc, Index: b.Alias(binary.SortFunc, deep, "next")},
		{Name: binary.Named("two"), Sort: binary.SortFunc, Index: b.Alias(binary.SortFunc, i, "next")},
	}})
	b.Export("test:nesting/bag", binary.SortInstance, bag)

	inst := open(t, b.Bytes(), nil)
	wants(t, inst, 1, "one")
	wants(t, inst, 2, "one")
	wants(t, inst, 1, "two")
}

// The start functions of core modules run in order, and may call other modules,
// other component instances, and the host.
func TestStart(t *testing.T) {
	inner := &builder{}
	liftExport(inner, inner.Core(inner.Module(counter())), "next", funcType(0, true))

	starter := &wasmtest.Module{}
	next := starter.Import("env", "next", "-> i32")
	log := starter.Import("env", "log", "i32 ->")
	starter.Start(starter.Func("->", "", wasmtest.Call(next), wasmtest.Drop, wasmtest.Call(next), wasmtest.Call(log)))

	b := &builder{}
	hostLog := b.Add(&binary.Import{Name: binary.Named("log"), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(funcType(1, false))}})
	i := b.Instance(b.Add(&inner.Component))
	counted := b.Alias(binary.SortFunc, i, "next")
	env := b.Bag(coreExport("next", binary.SortCoreFunc, b.Lower(counted)), coreExport("log", binary.SortCoreFunc, b.Lower(hostLog)))
	b.Core(b.Module(starter.Bytes()), coreArg("env", env))
	b.Export("next", binary.SortFunc, counted)

	var logged []any
	inst := open(t, b.Bytes(), dynamic.Imports{"log": func(_ context.Context, args []any) (any, error) {
		logged = append(logged, args...)
		return nil, nil
	}})
	if len(logged) != 1 || logged[0] != uint32(2) {
		t.Errorf("the start function logged %v", logged)
	}
	wants(t, inst, 3, "next")
}
