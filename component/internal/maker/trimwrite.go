package maker

import "github.com/witgen/witgen/internal/wasm"

// bytes returns the module with the items that are needed, imports first.
func (t *trimmer) bytes() []byte {
	var list [spaces][]*item
	for s := range list {
		for _, imported := range []bool{true, false} {
			for _, i := range t.items[s] {
				if (i.live || space(s) == typeSpace && t.keepTypes) && (i.imported != nil) == imported {
					i.index = uint32(len(list[s]))
					list[s] = append(list[s], i)
				}
			}
		}
	}
	ref := func(s space, index uint32) uint32 { return t.at(s, index).index }
	var w wasm.Writer
	w.Preamble()
	section := func(id wasm.SectionID, items []*item, write func(i *item)) {
		if len(items) > 0 {
			w.Section(id, func() { wasm.WriteVec(&w, items, write) })
		}
	}
	defined := func(s space) (items []*item) {
		for _, i := range list[s] {
			if i.imported == nil {
				items = append(items, i)
			}
		}
		return items
	}
	plain := func(i *item) { w.Byte(t.rewrite(i, ref)...) }
	var groups []*item
	for _, i := range list[typeSpace] {
		if i.group != nil {
			groups = append(groups, i)
		}
	}
	section(wasm.TypeSection, groups, plain)
	section(wasm.ImportSection, t.imports(), plain)
	section(wasm.FunctionSection, defined(funcSpace), func(i *item) { w.Uint32(ref(typeSpace, i.typ)) })
	section(wasm.TableSection, defined(tableSpace), plain)
	section(wasm.MemorySection, defined(memorySpace), plain)
	section(wasm.TagSection, defined(tagSpace), plain)
	section(wasm.GlobalSection, defined(globalSpace), plain)
	if len(t.exports) > 0 {
		w.Section(wasm.ExportSection, func() {
			wasm.WriteVec(&w, t.exports, func(x wasm.Export) {
				x.Index = ref(space(x.Kind), x.Index)
				w.Export(x)
			})
		})
	}
	if t.start != nil {
		w.Section(wasm.StartSection, func() { w.Uint32(t.start.index) })
	}
	section(wasm.ElementSection, list[elemSpace], plain)
	if t.counted {
		w.Section(wasm.DataCountSection, func() { w.Uint32(uint32(len(list[dataSpace]))) })
	}
	section(wasm.CodeSection, defined(funcSpace), func(i *item) { w.Bytes(t.rewrite(i, ref)) })
	section(wasm.DataSection, list[dataSpace], plain)
	t.writeNames(&w, list[funcSpace], list[globalSpace])
	for _, p := range t.producers {
		w.Custom("producers", p)
	}
	return w.Buf
}

// imports returns the imports that are needed, in the order in which they stood.
func (t *trimmer) imports() (list []*item) {
	for _, i := range t.imported {
		if i.live && i.imported != nil {
			list = append(list, i)
		}
	}
	return list
}

// writeNames writes a name section.
func (t *trimmer) writeNames(w *wasm.Writer, functions, globals []*item) {
	var names wasm.Writer
	names.Byte(wasm.NamesOfModule)
	names.Sized(func() { names.Name(t.name) })
	for _, sub := range []struct {
		id    byte
		items []*item
	}{{wasm.NamesOfFunctions, functions}, {wasm.NamesOfGlobals, globals}} {
		var named []*item
		for _, i := range sub.items {
			if i.name != "" {
				named = append(named, i)
			}
		}
		if len(named) == 0 {
			continue
		}
		names.Byte(sub.id)
		names.Sized(func() {
			wasm.WriteVec(&names, named, func(i *item) {
				names.Uint32(i.index)
				names.Name(i.name)
			})
		})
	}
	w.Custom("name", names.Buf)
}
