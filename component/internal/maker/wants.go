package maker

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

// wants are what of the world the component imports.
type wants struct {
	// functions are those that core modules import, by the name of the item and the
	// name of the function; functions of the world itself are under "".
	functions map[string]map[string]bool
	// types are those that these functions or exports need.
	types *typeSet
}

// typeSet is a set of types, in the order in which they were met, each behind those that
// it refers to.
type typeSet struct {
	in    map[wit.TypeID]bool
	order []wit.TypeID
}

func newTypeSet() *typeSet { return &typeSet{in: make(map[wit.TypeID]bool)} }

// wants finds what the core modules and the exports need of the world.
func (in *input) wants(uses map[*part][]*coreUse) *wants {
	w := &wants{functions: make(map[string]map[string]bool), types: newTypeSet()}
	for _, it := range in.world.Imports {
		if id, ok := it.Item.(wit.TypeID); ok {
			in.mark(id, w.types)
		}
	}
	for _, p := range in.parts {
		for _, use := range uses[p] {
			switch use.kind {
			case useFunc:
				in.wantFunction(w, use.item, use.fn)
			case useDrop:
				in.mark(use.resource, w.types)
			case useExportedNew, useExportedRep, useExportedDrop, useAdapter, useMemory, useMainExport:
			default:
				panic(fmt.Sprintf("maker: unhandled use %d", use.kind))
			}
		}
	}
	for _, it := range in.world.Exports {
		switch what := it.Item.(type) {
		case *wit.Function:
			in.markFunction(what, w.types)
		case wit.InterfaceID:
			in.wantForExport(w, what)
		default:
			panic(fmt.Sprintf("maker: unhandled item %T", what))
		}
	}
	return w
}

// wantFunction records that a core module imports a function.
func (in *input) wantFunction(w *wants, it *wit.WorldItem, f *wit.Function) {
	item := ""
	if _, ok := it.Item.(wit.InterfaceID); ok {
		item = in.r.ItemName(it)
	}
	if w.functions[item] == nil {
		w.functions[item] = make(map[string]bool)
	}
	w.functions[item][f.Name] = true
	in.markFunction(f, w.types)
}

// wantForExport records the imported types that an exported interface uses.
func (in *input) wantForExport(w *wants, id wit.InterfaceID) {
	for _, t := range in.typesOf(id) {
		owner, ok := in.r.Types[t].Owner.(wit.InterfaceID)
		if ok && owner != id && !in.isExported(owner) {
			in.mark(t, w.types)
		}
	}
}

func (in *input) markFunction(f *wit.Function, set *typeSet) {
	if f.Kind == wit.Static { // Others have the resource among their types.
		in.mark(f.Resource, set)
	}
	for _, p := range f.Params {
		in.mark(p.Type, set)
	}
	if f.Result != nil {
		in.mark(f.Result, set)
	}
}

// mark adds a type and all that it refers to.
func (in *input) mark(t wit.Type, set *typeSet) {
	id, ok := t.(wit.TypeID)
	if !ok || set.in[id] {
		return
	}
	set.in[id] = true
	wit.EachType(in.r.Types[id].Kind, func(t wit.Type) { in.mark(t, set) })
	set.order = append(set.order, id)
}

// typesOf returns all types that an interface defines, uses or refers to.
func (in *input) typesOf(id wit.InterfaceID) []wit.TypeID {
	all := newTypeSet()
	for _, t := range in.r.Interfaces[id].Types {
		in.mark(t, all)
	}
	for _, f := range in.r.Interfaces[id].Functions {
		in.markFunction(f, all)
	}
	return all.order
}

// isExported reports whether the world exports an interface under its own name.
func (in *input) isExported(id wit.InterfaceID) bool {
	for _, it := range in.world.Exports {
		if x, ok := it.KeyInterface(); ok && x == id {
			return true
		}
	}
	return false
}
