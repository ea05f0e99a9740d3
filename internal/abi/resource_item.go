package abi

// ResourceGroup is an item of a world as hosts count them: an interface, or the
// world's own functions. K tells the owners of types apart.
type ResourceGroup[K comparable] struct {
	// Owner owns the types that the item defines.
	Owner K
	// World is true of the world's own functions, Plain of an interface under a plain
	// name.
	World, Plain bool
}

// ResourceItem returns the number of the item that defines a resource of owner, which
// item n of the exports, or of the imports, mentions, and whether it is an export: the
// item itself; for an exported interface, another export of the world; otherwise an
// import. What the world's own functions mention is imported, even where the interface
// is exported too. The number is -1 where no item defines the resource.
func ResourceItem[K comparable](imports, exports []ResourceGroup[K], export bool, n int, owner K) (item int, exported bool) {
	mentioning := imports
	if export {
		mentioning = exports
	}
	g := mentioning[n]
	if g.Owner == owner && !(export && g.World) {
		return n, export
	}
	if export && !g.World {
		if item := definer(exports, owner); item >= 0 {
			return item, true
		}
	}
	return definer(imports, owner), false
}

// definer returns the number of the item of an owner, the one under the interface's
// own name where there are two, and -1 where no item is of that owner.
func definer[K comparable](groups []ResourceGroup[K], owner K) int {
	best := -1
	for n, g := range groups {
		if g.Owner == owner && (best < 0 || !g.Plain) {
			best = n
		}
	}
	return best
}
