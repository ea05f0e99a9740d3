package witbin

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/wit"
)

// applyDocs gives a package the documentation and gates that a section holds.
func applyDocs(r *wit.Resolve, id wit.PackageID, data []byte) {
	bad := func(format string, args ...any) {
		core.Malformed(-1, "the section %s: "+format, append([]any{docsSection}, args...)...)
	}
	if len(data) == 0 || data[0] > docsVersion {
		bad("the version is not 0 or %d", docsVersion)
	}
	var docs docsPackage
	if err := strictJSON(data[1:], &docs); err != nil {
		bad("%v", err)
	}
	a := docsApplier{r: r, bad: bad}
	pkg := r.Packages[id]
	setDocs(&pkg.Docs, docs.Docs)
	worlds := finder(pkg.Worlds, func(id wit.WorldID) string { return r.Worlds[id].Name })
	for i, name := range docs.Worlds.names {
		w := worlds(name)
		if w == nil {
			bad("the package has no world %q", name)
			return
		}
		a.world(r.Worlds[*w], docs.Worlds.values[i])
	}
	interfaces := finder(pkg.Interfaces, func(id wit.InterfaceID) string { return r.Interfaces[id].Name })
	for i, name := range docs.Interfaces.names {
		x := interfaces(name)
		if x == nil {
			bad("the package has no interface %q", name)
			return
		}
		a.iface(r.Interfaces[*x], docs.Interfaces.values[i])
	}
}

// finder returns a function that finds items of a list by name.
func finder[T any](list []T, nameOf func(T) string) func(name string) *T {
	index := make(map[string]int, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		index[nameOf(list[i])] = i
	}
	return func(name string) *T {
		if i, ok := index[name]; ok {
			return &list[i]
		}
		return nil
	}
}

type docsApplier struct {
	r   *wit.Resolve
	bad func(format string, args ...any)
}

func (a *docsApplier) iface(x *wit.Interface, docs docsInterface) {
	setDocs(&x.Docs, docs.Docs)
	x.Stability = docs.Stability.stability()
	types := finder(x.Types, func(id wit.TypeID) string { return a.r.Types[id].Name })
	for i, name := range docs.Types.names {
		t := types(name)
		if t == nil {
			a.bad("the interface has no type %q", name)
			return
		}
		a.typ(a.r.Types[*t], docs.Types.values[i])
	}
	functions := finder(x.Functions, func(f *wit.Function) string { return f.Name })
	for i, name := range docs.Funcs.names {
		f := functions(name)
		if f == nil {
			a.bad("the interface has no function %q", name)
			return
		}
		a.function(*f, docs.Funcs.values[i])
	}
}

func (a *docsApplier) function(f *wit.Function, docs docsFunc) {
	setDocs(&f.Docs, docs.Docs)
	f.Stability = docs.Stability.stability()
}

func (a *docsApplier) typ(t *wit.TypeDef, docs docsType) {
	setDocs(&t.Docs, docs.Docs)
	t.Stability = docs.Stability.stability()
	items := itemDocs(t.Kind)
	for i, name := range docs.Items.names {
		item := items[name]
		if item == nil {
			a.bad("the type %q has no %q", t.Name, name)
		}
		setDocs(item, &docs.Items.values[i])
	}
}

// itemDocs returns where the docs of fields, cases and flags are, by their names.
func itemDocs(k wit.Kind) map[string]*string {
	items := make(map[string]*string)
	switch k := k.(type) {
	case *wit.Record:
		for i := range k.Fields {
			items[k.Fields[i].Name] = &k.Fields[i].Docs
		}
	case *wit.Variant:
		for i := range k.Cases {
			items[k.Cases[i].Name] = &k.Cases[i].Docs
		}
	case *wit.Flags:
		for i := range k.Flags {
			items[k.Flags[i].Name] = &k.Flags[i].Docs
		}
	case *wit.Enum:
		for i := range k.Cases {
			items[k.Cases[i].Name] = &k.Cases[i].Docs
		}
	case *wit.Alias, *wit.Tuple, *wit.Option, *wit.Result, *wit.List, *wit.FixedList, *wit.Map, *wit.Own, *wit.Borrow, *wit.Resource, *wit.Stream, *wit.Future:
	default:
		panic(fmt.Sprintf("witbin: unhandled kind %T", k))
	}
	return items
}

func (a *docsApplier) world(w *wit.World, docs docsWorld) {
	setDocs(&w.Docs, docs.Docs)
	w.Stability = docs.Stability.stability()
	find := func(list []*wit.WorldItem) func(string) *wit.WorldItem {
		byName := finder(list, a.r.ItemName)
		return func(name string) *wit.WorldItem {
			it := byName(name)
			if it == nil {
				a.bad("the world %q has no %q", w.Name, name)
				return nil
			}
			return *it
		}
	}
	imports, exports := find(w.Imports), find(w.Exports)
	either := find(slices.Concat(w.Imports, w.Exports))
	inline := func(find func(string) *wit.WorldItem, m orderedMap[docsInterface]) {
		for i, name := range m.names {
			it := find(name)
			id, ok := it.Item.(wit.InterfaceID)
			if !ok {
				a.bad("%q is not an interface", name)
			}
			it.Stability = m.values[i].Stability.stability()
			a.iface(a.r.Interfaces[id], m.values[i])
		}
	}
	functions := func(find func(string) *wit.WorldItem, m orderedMap[docsFunc]) {
		for i, name := range m.names {
			f, ok := find(name).Item.(*wit.Function)
			if !ok {
				a.bad("%q is not a function", name)
			}
			a.function(f, m.values[i])
		}
	}
	inline(either, docs.Interfaces)
	inline(exports, docs.InterfaceExports)
	functions(either, docs.Funcs)
	functions(exports, docs.FuncExports)
	for i, name := range docs.Types.names {
		id, ok := imports(name).Item.(wit.TypeID)
		if !ok {
			a.bad("%q is not a type", name)
		}
		a.typ(a.r.Types[id], docs.Types.values[i])
	}
	for _, m := range []struct {
		find      func(string) *wit.WorldItem
		stability orderedMap[docsStability]
		docs      orderedMap[string]
	}{{imports, docs.ImportStability, docs.ImportDocs}, {exports, docs.ExportStability, docs.ExportDocs}} {
		for i, name := range m.stability.names {
			m.find(name).Stability = m.stability.values[i].stability()
		}
		for i, name := range m.docs.names {
			setDocs(&m.find(name).Docs, &m.docs.values[i])
		}
	}
}
