// Package wit is the resolved model of WIT packages: packages, worlds,
// interfaces and types in arenas, which refer to each other by index.
//
// The model has the shape of wit-parser's Resolve, so that its JSON is the JSON
// that other component tooling prints. It is built by parser/resolve (from
// text) or component (from binaries) and not changed afterwards.
package wit

import "github.com/witgen/witgen/diag"

// Resolve holds everything that one set of WIT packages defines. The slices are
// arenas: a PackageID is an index of Packages, and so on. Packages stand in
// topological order, dependencies first.
type Resolve struct {
	Worlds     []*World
	Interfaces []*Interface
	Types      []*TypeDef
	Packages   []*Package
}

// Indices into the arenas of a Resolve.
type (
	PackageID   int
	WorldID     int
	InterfaceID int
	// TypeID is the Type that refers to an entry of Resolve.Types.
	TypeID int
)

// EmptyDocs is what Docs holds for a doc comment without text: Docs is "" only
// where there is no comment. Any other Docs has no newline at its end.
const EmptyDocs = "\n"

// NoPackage stands for the package of an item that belongs to none yet.
const NoPackage PackageID = -1

// Package is one WIT package.
type Package struct {
	Name PackageName
	Docs string
	// Interfaces and Worlds are in order of declaration, but for those that
	// others need: these come first. Inline interfaces are not among them.
	Interfaces []InterfaceID
	Worlds     []WorldID
	Span       diag.Span
}

// PackageName is the name of a package, namespace:name@version. Version is
// empty where the package has none.
type PackageName struct {
	Namespace string
	Name      string
	Version   string
}

// String returns the name as WIT spells it.
func (n PackageName) String() string {
	s := n.Namespace + ":" + n.Name
	if n.Version != "" {
		s += "@" + n.Version
	}
	return s
}

// World is one world. Imports and Exports are complete: what a type needs is
// among the imports (Explainer, "transitive imports"), and includes are spread.
type World struct {
	Name      string
	Docs      string
	Stability Stability
	Package   PackageID
	Imports   []*WorldItem
	Exports   []*WorldItem
	Span      diag.Span
}

// WorldItem is one import or export of a world: a function, an interface or
// (imports only) a type.
type WorldItem struct {
	// Name is the plain name of the item. It is empty where the item is an
	// interface known by its own name; see WorldItem.KeyInterface.
	Name string
	// Item says which of the three it is.
	Item Item
	// Docs, Stability and ExternalID belong to the item where it is an
	// interface; functions and types hold their own. ExternalIDText returns the text of
	// an ExternalID.
	Docs       string
	Stability  Stability
	ExternalID string
	// Span is that of the item's name or path in the world.
	Span diag.Span
}

// Item is *Function, InterfaceID or TypeID.
type Item interface{ isItem() }

func (*Function) isItem()   {}
func (InterfaceID) isItem() {}
func (TypeID) isItem()      {}

// KeyInterface returns the interface under whose own name the item stands, and
// false where the item has a plain name.
func (w *WorldItem) KeyInterface() (InterfaceID, bool) {
	id, ok := w.Item.(InterfaceID)
	return id, ok && w.Name == ""
}

// Interface is one interface. Name is empty where it stands inline in a world.
type Interface struct {
	Name      string
	Docs      string
	Stability Stability
	Package   PackageID
	// Types and Functions are in order of declaration, but that types which
	// others are made of come first. Types begins with those that the interface
	// uses from others.
	Types     []TypeID
	Functions []*Function
	// CloneOf is the interface that this one was made from where a world needs
	// its own copy of an interface, and -1 elsewhere.
	CloneOf InterfaceID
	Span    diag.Span
}

// Function is one function of an interface, a resource or a world.
type Function struct {
	// Name is the function's name as components spell it: "f",
	// "[constructor]r", "[method]r.f" or "[static]r.f".
	Name       string
	Kind       FuncKind
	Async      bool
	Resource   TypeID // of a constructor, method or static; else -1
	Params     []Param
	Result     Type // nil without a result
	Docs       string
	Stability  Stability
	ExternalID string
	Span       diag.Span
}

// FuncKind tells functions of resources from others.
type FuncKind uint8

// The kinds of functions.
const (
	Freestanding FuncKind = iota
	Method                // the first parameter is self, a borrow of the resource
	Static
	Constructor
)

// Param is a parameter of a function.
type Param struct {
	Name string
	Type Type
	Span diag.Span
}

// Stability is what gates and deprecations say of an item (WIT.md, "Feature
// Gates"). The zero Stability says nothing.
type Stability struct {
	Since      string // version of @since
	Feature    string // feature of @unstable
	Deprecated string // version of @deprecated
}

// TypeDef is one type: a named declaration, or an anonymous type that stands in
// a parameter, a field or another type.
type TypeDef struct {
	Name       string // empty where the type is anonymous
	Kind       Kind
	Owner      Owner
	Docs       string
	Stability  Stability
	ExternalID string
	Span       diag.Span
}

// Owner is the interface or world in which a named type is declared or used:
// InterfaceID, WorldID, or nil.
type Owner interface{ isOwner() }

func (InterfaceID) isOwner() {}
func (WorldID) isOwner()     {}

// Type is Prim or TypeID.
type Type interface{ isType() }

func (Prim) isType()   {}
func (TypeID) isType() {}

// Prim is a primitive type.
type Prim uint8

// The primitive types.
const (
	Bool Prim = iota
	U8
	U16
	U32
	U64
	S8
	S16
	S32
	S64
	F32
	F64
	Char
	String
	ErrorContext
)

var primNames = [...]string{"bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "error-context"}

// String returns the name of the type in WIT.
func (p Prim) String() string { return primNames[p] }

// Kind is the structure of a type: *Record, *Flags, *Variant, *Enum, *Tuple,
// *Option, *Result, *List, *FixedList, *Map, *Stream, *Future, *Own, *Borrow,
// *Resource or *Alias.
type Kind interface{ isKind() }

// The kinds of types. A nil Type is an absent payload.
type (
	// Record is record { ... }.
	Record struct{ Fields []Field }
	// Field is a field of a record.
	Field struct {
		Name string
		Type Type
		Docs string
		Span diag.Span
	}
	// Flags is flags { ... }.
	Flags struct{ Flags []Label }
	// Enum is enum { ... }.
	Enum struct{ Cases []Label }
	// Label is a flag or a case of an enum.
	Label struct {
		Name string
		Docs string
		Span diag.Span
	}
	// Variant is variant { ... }.
	Variant struct{ Cases []Case }
	// Case is a case of a variant. Type is nil where it has no payload.
	Case struct {
		Name string
		Type Type
		Docs string
		Span diag.Span
	}
	// Tuple is tuple<...>.
	Tuple struct{ Types []Type }
	// Option is option<Type>.
	Option struct{ Type Type }
	// Result is result<OK, Err>; either may be nil.
	Result struct{ OK, Err Type }
	// List is list<Type>.
	List struct{ Type Type }
	// FixedList is list<Type, Size>.
	FixedList struct {
		Type Type
		Size uint32
	}
	// Map is map<Key, Value>.
	Map struct{ Key, Value Type }
	// Stream is stream<Type>; Type may be nil.
	Stream struct{ Type Type }
	// Future is future<Type>; Type may be nil.
	Future struct{ Type Type }
	// Own is own<Resource>, or the bare name of a resource.
	Own struct{ Resource TypeID }
	// Borrow is borrow<Resource>.
	Borrow struct{ Resource TypeID }
	// Resource is resource r { ... }.
	Resource struct{}
	// Alias is type a = Type, or a type that is used from another interface.
	Alias struct{ Type Type }
)

func (*Record) isKind()    {}
func (*Flags) isKind()     {}
func (*Enum) isKind()      {}
func (*Variant) isKind()   {}
func (*Tuple) isKind()     {}
func (*Option) isKind()    {}
func (*Result) isKind()    {}
func (*List) isKind()      {}
func (*FixedList) isKind() {}
func (*Map) isKind()       {}
func (*Stream) isKind()    {}
func (*Future) isKind()    {}
func (*Own) isKind()       {}
func (*Borrow) isKind()    {}
func (*Resource) isKind()  {}
func (*Alias) isKind()     {}
