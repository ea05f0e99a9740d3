package maker

import (
	"slices"

	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// Several worlds may import one interface at versions that are compatible, as a guest
// built for wasi:io 0.2.0 and an adapter for 0.2.12 do. A component imports it once, at
// the highest: a host that has that one has what either of them needs.

// mergeVersions has the world import one of the interfaces that are compatible, the one
// of the highest version. An interface that the world exports as well stays, for the two
// are one in the model, and so do those that use its types.
func (in *input) mergeVersions() {
	in.merged = make(map[wit.InterfaceID]wit.InterfaceID)
	highest := make(map[string]wit.InterfaceID)
	version := func(id wit.InterfaceID) string { return in.r.Packages[in.r.Interfaces[id].Package].Name.Version }
	for _, it := range in.world.Imports {
		if id, ok := it.KeyInterface(); ok && version(id) != "" {
			track := wit.InterfaceTrack(in.r.QualifiedName(id))
			if before, ok := highest[track]; !ok || wit.CompareVersions(version(before), version(id)) < 0 {
				highest[track] = id
			}
		}
	}
	for _, it := range in.world.Imports {
		id, ok := it.KeyInterface()
		if !ok || in.isExported(id) {
			continue
		}
		if to, ok := highest[wit.InterfaceTrack(in.r.QualifiedName(id))]; ok && to != id {
			in.merged[id] = to
		}
	}
	stays := func(id wit.InterfaceID) bool {
		to, ok := highest[wit.InterfaceTrack(in.r.QualifiedName(id))]
		_, merged := in.merged[id]
		return ok && to != id && !merged
	}
	for more := true; more; {
		more = false
		for id := range in.merged {
			if slices.ContainsFunc(witbin.InterfaceUses(in.r, id), stays) {
				delete(in.merged, id)
				more = true
			}
		}
	}
	if len(in.merged) > 0 {
		in.redirect()
	}
	in.world.Imports = slices.DeleteFunc(in.world.Imports, func(it *wit.WorldItem) bool {
		id, _ := it.KeyInterface()
		_, gone := in.merged[id]
		return gone && it.Name == ""
	})
}

// redirect checks that an interface that takes the place of another has all that this
// has, and has everything refer to its types.
func (in *input) redirect() {
	types := make(map[wit.TypeID]wit.TypeID)
	for from, to := range in.merged {
		for _, old := range in.r.Interfaces[from].Types {
			for _, t := range in.r.Interfaces[to].Types {
				if in.r.Types[t].Name == in.r.Types[old].Name {
					types[old] = t
				}
			}
		}
	}
	m := witbin.Matcher{R: in.r, Same: types}
	for _, from := range in.sortedMerged() {
		to := in.merged[from]
		differ := func(what, name, how string) {
			failNew("the worlds import %s and %s, and the newer cannot stand for the older: its %s %q %s", in.r.QualifiedName(from), in.r.QualifiedName(to), what, name, how)
		}
		for _, old := range in.r.Interfaces[from].Types {
			t, ok := types[old]
			if !ok {
				differ("type", in.r.Types[old].Name, "is missing")
			}
			if !m.Kind(in.r.Types[old].Kind, in.r.Types[t].Kind) {
				differ("type", in.r.Types[t].Name, "is another one")
			}
		}
		for _, old := range in.r.Interfaces[from].Functions {
			i := slices.IndexFunc(in.r.Interfaces[to].Functions, func(f *wit.Function) bool { return f.Name == old.Name })
			if i < 0 {
				differ("function", old.Name, "is missing")
			}
			if !m.Function(old, in.r.Interfaces[to].Functions[i]) {
				differ("function", old.Name, "is of another type")
			}
		}
	}
	in.replaceTypes(types)
}

// sortedMerged returns the interfaces that others stand for, in the order of the model.
func (in *input) sortedMerged() []wit.InterfaceID {
	var list []wit.InterfaceID
	for id := range in.r.Interfaces {
		if _, ok := in.merged[wit.InterfaceID(id)]; ok {
			list = append(list, wit.InterfaceID(id))
		}
	}
	return list
}

// replaceTypes has everything refer to types in the place of others.
func (in *input) replaceTypes(types map[wit.TypeID]wit.TypeID) {
	ref := func(t wit.Type) wit.Type {
		if id, ok := t.(wit.TypeID); ok {
			if to, ok := types[id]; ok {
				return to
			}
		}
		return t
	}
	for _, def := range in.r.Types {
		def.Kind = wit.Rewrite(def.Kind, ref)
	}
	function := func(f *wit.Function) {
		for i := range f.Params {
			f.Params[i].Type = ref(f.Params[i].Type)
		}
		if f.Result != nil {
			f.Result = ref(f.Result)
		}
		if to, ok := types[f.Resource]; ok {
			f.Resource = to
		}
	}
	for _, i := range in.r.Interfaces {
		for _, f := range i.Functions {
			function(f)
		}
	}
	for _, it := range slices.Concat(in.world.Imports, in.world.Exports) {
		if f, ok := it.Item.(*wit.Function); ok {
			function(f)
		}
	}
}

// mergedName returns the name of an item, and for an import that another version stands
// for that of this one.
func (in *input) mergedName(it *wit.WorldItem) string {
	if id, ok := it.KeyInterface(); ok {
		if to, ok := in.merged[id]; ok {
			return in.r.QualifiedName(to)
		}
	}
	return in.r.ItemName(it)
}
