package maker

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// An interface that is both imported and exported has other types as an import than as
// an export, and so has one that is imported or exported under several names. What uses
// them uses those of the import, or, of an export, those of the export if there is one.

// ownInterfaces gives each import and export of the world an interface of its own, whose
// types stand for those of that import or export alone.
func (in *input) ownInterfaces() {
	seen := make(map[wit.InterfaceID]bool)
	copied := make(map[wit.InterfaceID]bool)
	used := make(map[wit.TypeID]wit.TypeID) // the types of copies that others use
	for _, items := range [][]*wit.WorldItem{in.world.Imports, in.world.Exports} {
		// Nothing uses types of an interface that has a plain name in the world.
		for _, plain := range []bool{false, true} {
			for _, it := range items {
				id, ok := it.Item.(wit.InterfaceID)
				if _, key := it.KeyInterface(); !ok || key == plain {
					continue
				}
				usesCopy := slices.ContainsFunc(witbin.InterfaceUses(in.r, id), func(dep wit.InterfaceID) bool { return copied[dep] })
				if !seen[id] && !usesCopy {
					seen[id] = true
					continue
				}
				own := witbin.CopyInterface(in.r, id, used)
				it.Item = own
				if !plain {
					copied[id] = true
					for i, t := range in.r.Interfaces[id].Types {
						used[t] = in.r.Interfaces[own].Types[i]
					}
				}
			}
		}
	}
}

// orderItems sorts the imports of the world by class and puts exported functions before
// interfaces, and interfaces behind those whose types they use.
func (in *input) orderItems() {
	slices.SortStableFunc(in.world.Imports, func(a, b *wit.WorldItem) int { return in.importClass(a) - in.importClass(b) })
	in.world.Imports = in.inOrder(in.world.Imports)
	var functions, interfaces []*wit.WorldItem
	for _, it := range in.world.Exports {
		if _, ok := it.Item.(wit.InterfaceID); ok {
			interfaces = append(interfaces, it)
		} else {
			functions = append(functions, it)
		}
	}
	in.world.Exports = append(functions, in.inOrder(interfaces)...)
}

// importClass returns a number for the class of an import, which may need those of lower
// classes: interfaces, types that the world uses of them, other types, functions, and
// functions of resources.
func (in *input) importClass(it *wit.WorldItem) int {
	switch what := it.Item.(type) {
	case wit.InterfaceID:
		return 0
	case wit.TypeID:
		if alias, ok := in.r.Types[what].Kind.(*wit.Alias); ok {
			if target, ok := alias.Type.(wit.TypeID); ok && in.r.Types[target].Owner != in.r.Types[what].Owner {
				return 1
			}
		}
		return 2
	case *wit.Function:
		if what.Kind == wit.Freestanding {
			return 3
		}
		return 4
	default:
		panic(fmt.Sprintf("maker: unhandled item %T", what))
	}
}

// inOrder returns items with each interface behind those whose types it uses, and else
// in the order in which they are.
func (in *input) inOrder(items []*wit.WorldItem) []*wit.WorldItem {
	byInterface := make(map[wit.InterfaceID]*wit.WorldItem)
	for _, it := range items {
		if id, ok := it.KeyInterface(); ok {
			byInterface[id] = it
		}
	}
	var list []*wit.WorldItem
	done := make(map[*wit.WorldItem]bool)
	var visit func(it *wit.WorldItem)
	visit = func(it *wit.WorldItem) {
		if done[it] {
			return
		}
		done[it] = true
		if id, ok := it.Item.(wit.InterfaceID); ok {
			for _, dep := range witbin.InterfaceUses(in.r, id) {
				if other := byInterface[dep]; other != nil {
					visit(other)
				}
			}
		}
		list = append(list, it)
	}
	for _, it := range items {
		visit(it)
	}
	return list
}

// checkMeaning refuses an export that uses a resource as its world imports it, if another
// world exports the interface of the resource: the export would then use that one.
func (in *input) checkMeaning(worlds []wit.WorldID) {
	for _, w := range worlds {
		exports := in.r.Worlds[w].Exports
		own := make(map[wit.InterfaceID]bool)
		for _, it := range exports {
			if id, ok := it.KeyInterface(); ok {
				own[id] = true
			}
		}
		for _, it := range exports {
			id, ok := it.Item.(wit.InterfaceID)
			if !ok {
				continue
			}
			for _, t := range in.typesOf(id) {
				_, resource := in.r.Types[t].Kind.(*wit.Resource)
				owner, ok := in.r.Types[t].Owner.(wit.InterfaceID)
				if resource && ok && owner != id && !own[owner] && in.isExported(owner) {
					failNew("a world exports %s with the resource %q of %s as an import, and the worlds export that as well", in.r.ItemName(it), in.r.Types[t].Name, in.r.QualifiedName(owner))
				}
			}
		}
	}
}
