package maker

import (
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
