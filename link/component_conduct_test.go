package link_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// donut is a component around another one, which calls it back: run calls the
// child's g, which calls the parent's back. Where its argument is not 0, back
// calls g again. deep calls itself through a lowered function.
func donut() []byte {
	m := &wasmtest.Module{}
	sig := m.Type("i32 -> i32")
	m.Export("table", wasmtest.KindTable, m.Table(2, 2))
	through := func(entry uint32, x ...wasmtest.Code) wasmtest.Code {
		return wasmtest.Seq(wasmtest.Seq(x...), wasmtest.I32(entry), wasmtest.CallIndirect(sig))
	}
	less := wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub)
	m.ExportFunc("run", "i32 -> i32", "", through(0, wasmtest.Get(0)))
	m.ExportFunc("back", "i32 -> i32", "", wasmtest.Get(0), wasmtest.If(through(0, less), wasmtest.Return), wasmtest.I32(100))
	m.ExportFunc("deep", "i32 -> i32", "", wasmtest.Get(0), wasmtest.If(through(1, less), wasmtest.I32(1), wasmtest.I32Add, wasmtest.Return), wasmtest.I32(0))

	fixup := &wasmtest.Module{}
	g, deep := fixup.Import("f", "g", "i32 -> i32"), fixup.Import("f", "deep", "i32 -> i32")
	fixup.ImportItem("m", "table", wasmtest.KindTable, append([]byte{0x70}, wasmtest.Limits(2, 2)...))
	fixup.Elements(0, g, deep)

	childModule := &wasmtest.Module{}
	back := childModule.Import("p", "back", "i32 -> i32")
	childModule.ExportFunc("g", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(back), wasmtest.I32(1), wasmtest.I32Add)
	child := &builder{}
	imported := child.Add(&binary.Import{Name: binary.Named("back"), Type: binary.ExternType{Sort: binary.SortFunc, Index: child.Type(funcType(1, true))}})
	p := child.Bag(coreExport("back", binary.SortCoreFunc, child.Lower(imported)))
	liftExport(child, child.Core(child.Module(childModule.Bytes()), coreArg("p", p)), "g", funcType(1, true))

	b := &builder{}
	i := b.Core(b.Module(m.Bytes()))
	lift := func(name string) uint32 {
		return b.Lift(b.CoreAlias(binary.SortCoreFunc, i, name), b.Type(funcType(1, true)))
	}
	lifted := lift("deep")
	c := b.Instance(b.Add(&child.Component), arg("back", binary.SortFunc, lift("back")))
	functions := b.Bag(
		coreExport("g", binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, c, "g"))),
		coreExport("deep", binary.SortCoreFunc, b.Lower(lifted)))
	b.Core(b.Module(fixup.Bytes()), coreArg("m", i), coreArg("f", functions))
	b.Export("run", binary.SortFunc, lift("run"))
	b.Export("deep", binary.SortFunc, lifted)
	return b.Bytes()
}

// A child may call its parent back, and the parent must not enter the child again
// meanwhile (CanonicalABI.md, "Component Instances"). A component may call itself,
// so deep as the host allows.
func TestReentrance(t *testing.T) {
	inst := open(t, donut(), nil)
	wants(t, inst, 101, "run", 0)
	wants(t, inst, 10, "deep", 10)
	wants(t, inst, 1000, "deep", 1000)
	wants(t, inst, 101, "run", 0)
	wantsTrap(t, inst, host.RuleMayEnter, "in import g", "run", 1)

	inst = open(t, donut(), nil)
	_, err := inst.Call(context.Background(), "deep", uint32(1_000_000))
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "stack" {
		t.Errorf("a million calls deep: %v", err)
	}
}

// texts is a component whose function f takes a string from g of its child.
// misuse says where the child calls its import: in its realloc or post-return.
func texts(misuse string) []byte {
	childModule := &wasmtest.Module{}
	tick := childModule.Import("p", "tick", "->")
	at := func(place string) wasmtest.Code {
		if place == misuse {
			return wasmtest.Call(tick)
		}
		return wasmtest.Nop
	}
	childModule.Export("memory", wasmtest.KindMemory, childModule.Memory(1, -1))
	childModule.ExportFunc("realloc", "i32 i32 i32 i32 -> i32", "", at("realloc"), wasmtest.I32(1024))
	childModule.ExportFunc("post", "i32 ->", "", at("post-return"))
	// The string comes back as it is.
	childModule.ExportFunc("g", "i32 i32 -> i32", "",
		wasmtest.I32(16), wasmtest.Get(0), wasmtest.Store32(0), wasmtest.I32(16), wasmtest.Get(1), wasmtest.Store32(4), at("call"), wasmtest.I32(16))

	text := binary.ValType{Prim: binary.String}
	echo := &binary.Func{Params: []binary.Field{{Name: "s", Type: text}}, Result: &text}
	child := &builder{}
	imported := child.Add(&binary.Import{Name: binary.Named("tick"), Type: binary.ExternType{Sort: binary.SortFunc, Index: child.Type(funcType(0, false))}})
	i := child.Core(child.Module(childModule.Bytes()), coreArg("p", child.Bag(coreExport("tick", binary.SortCoreFunc, child.Lower(imported)))))
	options := func(b *builder, i uint32) []binary.CanonOption {
		return []binary.CanonOption{
			{Kind: binary.MemoryOption, Index: b.CoreAlias(binary.SortCoreMemory, i, "memory")},
			{Kind: binary.ReallocOption, Index: b.CoreAlias(binary.SortCoreFunc, i, "realloc")},
		}
	}
	post := binary.CanonOption{Kind: binary.PostReturnOption, Index: child.CoreAlias(binary.SortCoreFunc, i, "post")}
	child.Export("g", binary.SortFunc, child.Lift(child.CoreAlias(binary.SortCoreFunc, i, "g"), child.Type(echo), append(options(child, i), post)...))

	// The parent's memory is that of a module of its own, so that it is there when
	// g is lowered.
	memory := &wasmtest.Module{}
	memory.Export("memory", wasmtest.KindMemory, memory.Memory(1, -1))
	memory.Data(0, []byte("hello"))
	memory.ExportFunc("realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.I32(512))
	ticker := &wasmtest.Module{}
	ticker.ExportFunc("tick", "->", "")
	m := &wasmtest.Module{}
	g := m.Import("c", "g", "i32 i32 i32 ->")
	m.ImportItem("m", "memory", wasmtest.KindMemory, wasmtest.Limits(1, -1))
	m.ExportFunc("f", "-> i32", "", wasmtest.I32(0), wasmtest.I32(5), wasmtest.I32(64), wasmtest.Call(g),
		wasmtest.I32(64), wasmtest.Load32(0), wasmtest.Load8(4), wasmtest.I32(64), wasmtest.Load32(4), wasmtest.I32Add)

	b := &builder{}
	own := b.Core(b.Module(memory.Bytes()))
	t := b.Core(b.Module(ticker.Bytes()))
	lifted := b.Lift(b.CoreAlias(binary.SortCoreFunc, t, "tick"), b.Type(funcType(0, false)))
	c := b.Instance(b.Add(&child.Component), arg("tick", binary.SortFunc, lifted))
	lowered := b.Lower(b.Alias(binary.SortFunc, c, "g"), options(b, own)...)
	k := b.Core(b.Module(m.Bytes()), coreArg("m", own), coreArg("c", b.Bag(coreExport("g", binary.SortCoreFunc, lowered))))
	liftExport(b, k, "f", funcType(0, true))
	return b.Bytes()
}

// A component instance may call others, but not in its realloc and post-return.
func TestMayLeave(t *testing.T) {
	for _, misuse := range []string{"", "call"} {
		wants(t, open(t, texts(misuse), nil), 'o'+5, "f")
	}
	for _, misuse := range []string{"realloc", "post-return"} {
		wantsTrap(t, open(t, texts(misuse), nil), host.RuleMayLeave, "in import tick", "f")
	}
}

// What cannot be run is refused by name.
func TestRefused(t *testing.T) {
	async := funcType(0, false)
	async.Async = true
	for _, test := range []struct {
		name, text string
		make       func(b *builder)
	}{
		{"an async function", "async function", func(b *builder) {
			m := &wasmtest.Module{}
			m.ExportFunc("f", "->", "")
			liftExport(b, b.Core(b.Module(m.Bytes())), "f", async)
		}},
		{"an async option", "the option async", func(b *builder) {
			m := &wasmtest.Module{}
			m.ExportFunc("f", "-> i32", "", wasmtest.I32(0))
			m.ExportFunc("callback", "i32 i32 i32 -> i32", "", wasmtest.I32(0))
			i := b.Core(b.Module(m.Bytes()))
			callback := binary.CanonOption{Kind: binary.CallbackOption, Index: b.CoreAlias(binary.SortCoreFunc, i, "callback")}
			f := b.Lift(b.CoreAlias(binary.SortCoreFunc, i, "f"), b.Type(async), binary.CanonOption{Kind: binary.AsyncOption}, callback)
			b.Export("f", binary.SortFunc, f)
		}},
		{"an error context", "canon error-context.drop", func(b *builder) {
			b.Add(&binary.Canon{Op: binary.CanonErrorContextDrop})
		}},
		{"a waitable set", "canon waitable-set.new", func(b *builder) {
			b.Add(&binary.Canon{Op: binary.CanonWaitableSetNew})
		}},
		{"a module as import", `imports "m", a core module`, func(b *builder) {
			t := b.Add(&binary.CoreTypeDef{Module: &binary.ModuleType{}})
			b.Add(&binary.Import{Name: binary.Named("m"), Type: binary.ExternType{Sort: binary.SortCoreModule, Index: t}})
		}},
		{"too many instances", "more than 1000 component instances", func(b *builder) {
			c := &binary.Component{}
			for range 10 { // each has two of the one before it
				inner := &builder{}
				i := inner.Add(c)
				inner.Instance(i)
				inner.Instance(i)
				c = &inner.Component
			}
			b.Instance(b.Add(c))
		}},
		{"a start function", "start function", func(b *builder) {
			m := &wasmtest.Module{}
			m.ExportFunc("f", "->", "")
			liftExport(b, b.Core(b.Module(m.Bytes())), "f", funcType(0, false))
			b.Component.Add(&binary.Start{Func: 0})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &builder{}
			test.make(b)
			_, err := dynamic.Compile(context.Background(), b.Bytes())
			wantsLinkError(t, err, test.text)
		})
	}
}

// Only components whose calls can come back are watched for it.
func TestTracked(t *testing.T) {
	for _, test := range []struct {
		name string
		wasm []byte
		want bool
	}{
		{"siblings that share a resource", sharing(), false},
		{"a child that calls its parent", donut(), true},
		{"a parent that calls its child", spinning(), false},
		{"both", texts(""), true},
	} {
		got, err := plan.New(test.wasm)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got.Reentrant != test.want {
			t.Errorf("%s: reentrant is %t", test.name, got.Reentrant)
		}
	}
}
