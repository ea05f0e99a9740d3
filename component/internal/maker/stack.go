package maker

import (
	"slices"

	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/internal/wasm"
)

// The linker gives an adapter a stack pointer and no stack, for the memory is that of
// the main module. So memory is asked for when the adapter is instantiated: of the main
// module's realloc, or of the memory itself where the main module has none.

const (
	mainModule   = "__main_module__"
	mainRealloc  = "cabi_realloc" // as adapters import it
	stackPointer = "__stack_pointer"
	// allocationState is the global in which an adapter keeps whether its stack is there;
	// it does not run before.
	allocationState = "allocation_state"
	stackSize       = 1 << 16
)

// The values of allocationState.
const (
	stackMissing = iota
	stackComing
	stackThere
)

var (
	reallocType = wasm.FuncType([]wasm.ValType{wasm.I32, wasm.I32, wasm.I32, wasm.I32}, []wasm.ValType{wasm.I32})
	startType   = wasm.FuncType(nil, nil)
)

// trim returns an adapter with the exports that keep accepts and what they need, and
// with a stack where it needs one. realloc is true where the main module has a realloc
// to import. name is the adapter's.
func trim(name string, adapter []byte, realloc bool, keep func(name string) bool) []byte {
	t := takeApart(adapter)
	t.name = "wit-component:adapter:" + name
	t.mark(keep)
	var allocator *item
	for _, i := range t.items[funcSpace] {
		if i.imported != nil && i.imported.Module == mainModule && i.imported.Name == mainRealloc {
			allocator = i
		}
	}
	if sp := t.global(stackPointer); sp != nil {
		if allocator == nil {
			allocator = t.add(funcSpace, &item{name: mainRealloc, typ: t.typeOf(reallocType), imported: &wasm.Import{Module: mainModule, Name: mainRealloc}})
			t.imported = append(t.imported, allocator)
		}
		t.allocateStack(sp, allocator, realloc)
		t.spread()
	}
	if allocator != nil && allocator.live && !realloc {
		if len(t.items[memorySpace]) == 0 {
			failNew("an adapter imports %q of the main module, which has none, and no memory to take instead", mainRealloc)
		}
		t.growInstead(allocator)
	}
	t.spread()
	return t.bytes()
}

// global returns the mutable i32 that the name section calls so, where it is needed.
func (t *trimmer) global(name string) *item {
	for _, i := range t.items[globalSpace] {
		if i.live && i.name == name && i.imported == nil && wasm.NewCursor(i.raw, 0).Global() == (wasm.Global{Type: wasm.I32, Mutable: true}) {
			return i
		}
	}
	return nil
}

// typeOf returns the index of a function type.
func (t *trimmer) typeOf(f wasm.SubType) uint32 {
	for n, i := range t.items[typeSpace] {
		if i.group != nil && len(i.group.Types) == 1 {
			if g := i.group.Types[0]; g.Kind == f.Kind && g.Form == f.Form && slices.Equal(g.Params, f.Params) && slices.Equal(g.Results, f.Results) {
				return uint32(n)
			}
		}
	}
	return t.newType(f)
}

// newType adds a function type and returns its index.
func (t *trimmer) newType(f wasm.SubType) uint32 {
	t.add(typeSpace, &item{group: &wasm.RecGroup{Types: []wasm.SubType{f}}})
	return uint32(len(t.items[typeSpace]) - 1)
}

// indexOf returns the index of an item as those that were read count.
func (t *trimmer) indexOf(i *item) uint32 {
	for n, other := range t.items[i.space] {
		if other == i {
			return uint32(n)
		}
	}
	panic("maker: an item outside the module")
}

// allocateStack adds a function that allocates a stack, unless one was allocated before, and
// sets sp behind it. Each exported function calls it first where late is true: the main
// module's realloc may not work before the main module was started. Else it is the start
// function.
func (t *trimmer) allocateStack(sp, allocator *item, late bool) {
	missing := wasm.Seq(wasm.I(wasm.OpGlobalGet, t.indexOf(sp)), wasm.I(wasm.OpI32Eqz))
	set := func(int32) wasm.Code { return nil }
	if state := t.global(allocationState); state != nil {
		index := t.indexOf(state)
		missing = wasm.Seq(wasm.I(wasm.OpGlobalGet, index), wasm.I32Const(stackMissing), wasm.I(wasm.OpI32Eq))
		set = func(to int32) wasm.Code { return wasm.Seq(wasm.I32Const(to), wasm.I(wasm.OpGlobalSet, index)) }
	}
	code := wasm.Seq(missing, wasm.If(
		set(stackComing),
		wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(8), wasm.I32Const(stackSize),
		wasm.I(wasm.OpCall, t.indexOf(allocator)),
		wasm.I32Const(stackSize), wasm.I(wasm.OpI32Add),
		wasm.I(wasm.OpGlobalSet, t.indexOf(sp)),
		set(stackThere)))
	if !late && t.start != nil {
		code = wasm.Seq(code, wasm.I(wasm.OpCall, t.indexOf(t.start)))
	}
	allocate := t.add(funcSpace, &item{name: "allocate_stack", typ: t.newType(startType)})
	allocate.code = wasm.Body(nil, code)
	t.need(allocate)
	if !late {
		t.start = allocate
		return
	}
	first := wasm.I(wasm.OpCall, t.indexOf(allocate))
	done := make(map[*item]bool)
	for _, x := range t.exports {
		if f := t.at(space(x.Kind), x.Index); x.Kind == wasm.FuncKind && f.imported == nil && !done[f] {
			done[f] = true
			c := core.NewCursor(f.code, 0)
			locals := raw(c, func() { t.locals(c) })
			f.code = slices.Concat(locals, first, c.Rest())
		}
	}
}

// growInstead makes an import of a realloc a function that takes new pages of the
// memory. Nothing is freed, and nothing grows in its place.
func (t *trimmer) growInstead(allocator *item) {
	allocator.imported = nil
	allocator.code = wasm.Body([]wasm.ValType{wasm.I32},
		wasm.I(wasm.OpLocalGet, 0), wasm.I(wasm.OpLocalGet, 1), wasm.I(wasm.OpI32Or),
		wasm.If(wasm.I(wasm.OpUnreachable)),
		wasm.I(wasm.OpLocalGet, 3), wasm.I32Const(16), wasm.I(wasm.OpI32ShrU),
		wasm.I(wasm.OpLocalGet, 3), wasm.I32Const(1<<16-1), wasm.I(wasm.OpI32And), wasm.I(wasm.OpI32Eqz), wasm.I(wasm.OpI32Eqz), wasm.I(wasm.OpI32Add),
		wasm.I(wasm.OpMemoryGrow, 0), wasm.I(wasm.OpLocalTee, 4), wasm.I32Const(-1), wasm.I(wasm.OpI32Eq),
		wasm.If(wasm.I(wasm.OpUnreachable)),
		wasm.I(wasm.OpLocalGet, 4), wasm.I32Const(16), wasm.I(wasm.OpI32Shl))
	t.work = append(t.work, allocator)
}
