package component

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component/binary"
)

// The types of this file are what validation makes of type definitions. Pointers
// are identities: exporting or importing a type makes a new identity of the same
// structure, so that what has an external name can be told from what has not.

// anyType is *valType, *funcType, *instanceType, *componentType or *resourceType.
type anyType interface{ desc() string }

func (*valType) desc() string       { return "a value type" }
func (*funcType) desc() string      { return "a function type" }
func (*instanceType) desc() string  { return "an instance type" }
func (*componentType) desc() string { return "a component type" }
func (*resourceType) desc() string  { return "a resource type" }

// resource is an abstract type: two resources are never the same.
type resource struct {
	// rep is the representation where the resource was defined by a component,
	// which is owner; both are zero for imported and exported ones.
	rep   wasm.ValType
	owner *binary.Component
}

// resourceType is a name for a resource.
type resourceType struct {
	res *resource
	// alias is the type that this one was made from by an import or export.
	alias *resourceType
}

// val is a reference to a value type: a primitive, or a valType. The zero val is
// an absent payload.
type val struct {
	prim binary.Prim
	t    *valType
}

func (v val) absent() bool { return v.prim == binary.NoPrim && v.t == nil }

// valType is a defined value type.
type valType struct {
	// def is the definition, which holds the labels. Its indices do not count.
	def binary.Type
	// parts are the types that def refers to, in order. Absent payloads are
	// zero.
	parts []val
	// res is the resource of a handle.
	res *resourceType
	// alias is the type that this one was made from by an import or export.
	alias *valType
	info  typeInfo
	// flat is what flat returned, once it was asked.
	flat []wasm.ValType
}

// origin follows aliases to the type that was defined.
func (t *valType) origin() *valType {
	for t.alias != nil {
		t = t.alias
	}
	return t
}

// named reports whether a type of this kind needs a name before it is used in an
// import or export (Explainer.md, "External Visibility of Types").
func (t *valType) named() bool {
	switch t.def.(type) {
	case *binary.Record, *binary.Variant, *binary.Enum, *binary.Flags:
		return true
	}
	return false
}

// typeInfo is what is known of a type without looking into it again.
type typeInfo struct {
	// nodes is the number of types in it, counted anew for each use, and depth
	// the longest path.
	nodes uint64
	depth int
	// resources says whether a resource is inside, borrow a borrow, list a list,
	// a string or a map.
	resources, borrow, list bool
	// size and align are the element size and the alignment by CanonicalABI.md,
	// with pointers of 8 bytes. size stops growing at sizeLimit.
	size, align uint64
}

// sizeLimit is the size that no value type may have (Binary.md, "Type
// Definitions").
const sizeLimit = 1 << 28

// The largest types that are accepted. The specification sets no such limit; these
// are the ones that other implementations keep.
const (
	maxTypeNodes = 1_000_000
	maxTypeDepth = 100
)

// add counts a part.
func (i *typeInfo) add(part typeInfo) {
	i.nodes += part.nodes
	i.depth = max(i.depth, part.depth)
	i.resources = i.resources || part.resources
	i.borrow = i.borrow || part.borrow
	i.list = i.list || part.list
}

// primInfo is the size of each primitive type.
var primSizes = map[binary.Prim]uint64{
	binary.Bool: 1, binary.S8: 1, binary.U8: 1, binary.S16: 2, binary.U16: 2, binary.S32: 4, binary.U32: 4, binary.S64: 8, binary.U64: 8, binary.F32: 4, binary.F64: 8, binary.Char: 4, binary.String: 16, binary.ErrorContextVal: 4,
}

func (v val) info() typeInfo {
	switch {
	case v.t != nil:
		return v.t.info
	case v.prim == binary.NoPrim:
		return typeInfo{align: 1}
	case v.prim == binary.String:
		return typeInfo{nodes: 1, list: true, size: 16, align: 8}
	default:
		size := primSizes[v.prim]
		return typeInfo{nodes: 1, size: size, align: size}
	}
}

// funcType is the type of a function.
type funcType struct {
	async  bool
	params []param
	result val
	info   typeInfo
}

type param struct {
	name string
	typ  val
}

// item is a typed import or export.
type item struct {
	name binary.ExternName
	// sort is SortCoreModule, SortFunc, SortValue, SortType, SortComponent or
	// SortInstance.
	sort   binary.Sort
	module *moduleType
	val    val
	// typ is the type of a function, component or instance. Of a type it is the
	// type itself, in the identity that the import or export made.
	typ anyType
	// fresh says of a type that it is a resource that this item introduces, with
	// a sub bound.
	fresh bool
	// at is the offset of the import or export in the file.
	at int
}

// items are imports or exports in order, found by name.
type items struct {
	list  []*item
	index map[string]int
}

func (l *items) add(it *item) bool {
	if _, twice := l.index[it.name.Name]; twice {
		return false
	}
	if l.index == nil {
		l.index = make(map[string]int)
	}
	l.index[it.name.Name] = len(l.list)
	l.list = append(l.list, it)
	return true
}

func (l *items) get(name string) *item {
	if i, ok := l.index[name]; ok {
		return l.list[i]
	}
	return nil
}

// bound is a resource that an instance type or component type introduces, with
// the path of names under which it is found among its imports or exports.
type bound struct {
	res  *resource
	path []string
}

// instanceType is the type of an instance. What defines lists is fresh for every
// instance of the type; the type of an actual instance has none.
type instanceType struct {
	exports items
	defines []bound
	info    typeInfo
}

// componentType is the type of a component: for all resources that it imports, an
// instance of exports with the fresh resources that it defines.
type componentType struct {
	imports, exports  items
	importedResources []bound
	defines           []bound
	info              typeInfo
}

// walkResources calls visit for the types of resources among exports, and in the
// instances among them, with their paths, which hold only during the visit.
func (l *items) walkResources(path []string, visit func(r *resourceType, path []string)) {
	for _, it := range l.list {
		here := append(path, it.name.Name)
		switch t := it.typ.(type) {
		case *resourceType:
			if it.sort == binary.SortType {
				visit(t, here)
			}
		case *instanceType:
			if it.sort == binary.SortInstance {
				t.exports.walkResources(here, visit)
			}
		}
	}
}

// at follows a path of names through instances.
func (l *items) at(path []string) *item {
	it := l.get(path[0])
	for _, name := range path[1:] {
		if it == nil || it.sort != binary.SortInstance {
			return nil
		}
		it = it.typ.(*instanceType).exports.get(name)
	}
	return it
}
