// Package checked has the types that validation makes of type definitions. Pointers
// are identities: exporting or importing a type makes a new identity of the same
// structure, so that what has an external name can be told from what has not.
package checked

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
)

// Type is *Value, *Func, *Instance, *Component or *ResourceType.
type Type interface {
	// Desc describes the kind of type in a message.
	Desc() string
}

// Desc returns "a value type".
func (*Value) Desc() string { return "a value type" }

// Desc returns "a function type".
func (*Func) Desc() string { return "a function type" }

// Desc returns "an instance type".
func (*Instance) Desc() string { return "an instance type" }

// Desc returns "a component type".
func (*Component) Desc() string { return "a component type" }

// Desc returns "a resource type".
func (*ResourceType) Desc() string { return "a resource type" }

// Resource is an abstract type: two resources are never the same.
type Resource struct {
	// Rep is the representation where the resource was defined by a component,
	// which is Owner; both are zero for imported and exported ones.
	Rep   wasm.ValType
	Owner *binary.Component
}

// ResourceType is a name for a resource.
type ResourceType struct {
	Resource *Resource
	// Alias is the type that this one was made from by an import or export.
	Alias *ResourceType
}

// Ref is a reference to a value type: a primitive, or a Value. The zero Ref is an
// absent payload.
type Ref struct {
	Prim  binary.Prim
	Value *Value
}

// Absent reports whether v is an absent payload.
func (v Ref) Absent() bool { return v.Prim == binary.NoPrim && v.Value == nil }

// Value is a defined value type.
type Value struct {
	// Def is the definition, which holds the labels. Its indices do not count.
	Def binary.Type
	// Parts are the types that Def refers to, in order. Absent payloads are
	// zero.
	Parts []Ref
	// Resource is that of a handle.
	Resource *ResourceType
	// Alias is the type that this one was made from by an import or export.
	Alias *Value
	Info  Info
	// Flat keeps the core types of the type, once they were asked for.
	Flat []wasm.ValType
}

// Origin follows aliases to the type that was defined.
func (t *Value) Origin() *Value {
	for t.Alias != nil {
		t = t.Alias
	}
	return t
}

// Named reports whether a type of this kind needs a name before it is used in an
// import or export (Explainer.md, "External Visibility of Types").
func (t *Value) Named() bool {
	switch def := t.Def.(type) {
	case *binary.Record, *binary.Variant, *binary.Enum, *binary.Flags:
		return true
	case *binary.PrimType, *binary.List, *binary.FixedList, *binary.Tuple, *binary.Option, *binary.Result, *binary.Map, *binary.Own, *binary.Borrow, *binary.Stream, *binary.Future:
		return false
	default:
		panic(fmt.Sprintf("checked: unhandled type %T", def))
	}
}

// Info is a summary of a type.
type Info struct {
	// Nodes is the number of types in it, counted anew for each use, and Depth the
	// longest path.
	Nodes uint64
	Depth int
	// Resources is true where a resource is inside, Borrow a borrow, List a list, a
	// string or a map.
	Resources, Borrow, List bool
	// Size and align are the element size and the alignment by CanonicalABI.md,
	// with pointers of 8 bytes. Size stops growing at SizeLimit.
	Size, align uint64
}

// SizeLimit is the size that no value type may have (Binary.md, "Type
// Definitions").
const SizeLimit = 1 << 28

// The largest types that are accepted. The specification sets no such limit; these
// are the ones that other implementations keep.
const (
	MaxTypeNodes = 1_000_000
	MaxTypeDepth = 100
)

// Add counts a part.
func (i *Info) Add(part Info) {
	i.Nodes += part.Nodes
	i.Depth = max(i.Depth, part.Depth)
	i.Resources = i.Resources || part.Resources
	i.Borrow = i.Borrow || part.Borrow
	i.List = i.List || part.List
}

// primSizes is the size of each primitive type.
var primSizes = map[binary.Prim]uint64{
	binary.Bool: 1, binary.S8: 1, binary.U8: 1, binary.S16: 2, binary.U16: 2, binary.S32: 4, binary.U32: 4, binary.S64: 8, binary.U64: 8, binary.F32: 4, binary.F64: 8, binary.Char: 4, binary.String: 16, binary.ErrorContextVal: 4,
}

// Info returns the summary of a type.
func (v Ref) Info() Info {
	switch {
	case v.Value != nil:
		return v.Value.Info
	case v.Prim == binary.NoPrim:
		return Info{align: 1}
	case v.Prim == binary.String:
		return Info{Nodes: 1, List: true, Size: 16, align: 8}
	default:
		size := primSizes[v.Prim]
		return Info{Nodes: 1, Size: size, align: size}
	}
}

// Func is the type of a function.
type Func struct {
	Async  bool
	Params []Param
	Result Ref
	Info   Info
}

// Param is a parameter of a function.
type Param struct {
	Name string
	Type Ref
}

// Item is a typed import or export.
type Item struct {
	Name binary.ExternName
	// Sort is SortCoreModule, SortFunc, SortValue, SortType, SortComponent or
	// SortInstance.
	Sort   binary.Sort
	Module *core.Module
	Ref    Ref
	// typ is the type of a function, component or instance. Of a type it is the
	// type itself, in the identity that the import or export made.
	Type Type
	// Fresh is true of a type that is a resource which this item introduces, with a
	// sub bound.
	Fresh bool
	// at is the offset of the import or export in the file.
	Offset int
}

// Items are imports or exports in order, found by name.
type Items struct {
	List  []*Item
	Index map[string]int
}

// Add adds an item, and reports false where its name is taken.
func (l *Items) Add(it *Item) bool {
	if _, twice := l.Index[it.Name.Name]; twice {
		return false
	}
	if l.Index == nil {
		l.Index = make(map[string]int)
	}
	l.Index[it.Name.Name] = len(l.List)
	l.List = append(l.List, it)
	return true
}

// Get returns the item of a name, or nil.
func (l *Items) Get(name string) *Item {
	if i, ok := l.Index[name]; ok {
		return l.List[i]
	}
	return nil
}

// Bound is a resource that an instance type or component type introduces, with
// the path of names under which it is found among its imports or exports.
type Bound struct {
	Resource *Resource
	Path     []string
}

// Instance is the type of an instance. What Defines lists is fresh for every
// instance of the type; the type of an actual instance has none.
type Instance struct {
	Exports Items
	Defines []Bound
	Info    Info
}

// Component is the type of a component: for all resources that it imports, an
// instance of exports with the fresh resources that it defines.
type Component struct {
	Imports, Exports  Items
	ImportedResources []Bound
	Defines           []Bound
	Info              Info
}

// WalkResources calls step for each of the items, and visit for the types of resources among exports, and in the
// instances among them, with their paths, which hold only during the visit.
func (l *Items) WalkResources(path []string, step func(), visit func(r *ResourceType, path []string)) {
	for _, it := range l.List {
		step()
		here := append(path, it.Name.Name)
		switch t := it.Type.(type) {
		case *ResourceType:
			if it.Sort == binary.SortType {
				visit(t, here)
			}
		case *Instance:
			if it.Sort == binary.SortInstance {
				t.Exports.WalkResources(here, step, visit)
			}
		case *Value, *Func, *Component, nil: // nil of a core module and of a constant
		default:
			panic(fmt.Sprintf("checked: unhandled type %T", t))
		}
	}
}

// Path follows a path of names through instances and returns the item at its end, or
// nil.
func (l *Items) Path(path []string) *Item {
	it := l.Get(path[0])
	for _, name := range path[1:] {
		if it == nil || it.Sort != binary.SortInstance {
			return nil
		}
		it = it.Type.(*Instance).Exports.Get(name)
	}
	return it
}
