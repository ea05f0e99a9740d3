// Package ast is the syntax tree of a WIT file: what was written, with the
// place of every part and with every comment. It knows nothing of what names
// mean; parser/resolve builds the model (package wit) from it.
//
// Names of node types and fields follow the grammar of WIT.md, "Lexical
// structure" and after.
package ast

import "github.com/witgen/witgen/diag"

// Node is a part of the tree that knows its place.
type Node interface{ Span() diag.Span }

// Pos is the place of the node that embeds it, from its first byte to its last.
// Docs and attributes before an item are not part of its place.
type Pos struct{ Where diag.Span }

// Span returns the place of the node.
func (p Pos) Span() diag.Span { return p.Where }

// File is one WIT file.
type File struct {
	Source *diag.File
	// Package is the declaration at the head of the file, and nil where the
	// file has none.
	Package *PackageDecl
	Items   []Item
	// Comments are all comments of the file in order. Docs of nodes are
	// sections of it.
	Comments []Comment
}

// Span returns the whole of the file.
func (f *File) Span() diag.Span {
	return diag.Span{File: f.Source, Start: 0, End: len(f.Source.Text)}
}

// Ident is an id. Text is the name without a leading %; the place includes it.
type Ident struct {
	Pos
	Text string
}

// Version is a semantic version as written after '@' or in a gate, without the '@'.
type Version struct {
	Pos
	Text string
}

// PackageName is namespace:name@version. In a PackageDecl and a NestedPackage
// its place covers all three; in a UsePath namespace and name only.
type PackageName struct {
	Pos
	Namespace, Name Ident
	Version         *Version // nil without a version
}

// PackageDecl is "package a:b@1.0.0;" at the head of a file.
type PackageDecl struct {
	Pos
	Docs Docs
	Name PackageName
}

// Item is what stands at the top level of a file or in a nested package:
// *NestedPackage, *TopUse, *Interface or *World.
type Item interface {
	Node
	isItem()
}

func (*NestedPackage) isItem() {}
func (*TopUse) isItem()        {}
func (*Interface) isItem()     {}
func (*World) isItem()         {}

// NestedPackage is "package a:b { ... }".
type NestedPackage struct {
	Pos
	Docs    Docs
	Keyword diag.Span // package
	Name    PackageName
	Items   []Item
}

// TopUse is "use path as name;" at the top level.
type TopUse struct {
	Pos
	Docs    Docs // comments before it; the model holds none
	Attrs   []*Attribute
	Keyword diag.Span // use
	Path    *UsePath
	As      *Ident // nil where the name is the path's
}

// UsePath is "name" or "namespace:package/name@version".
type UsePath struct {
	Pos
	Package *PackageName // nil for a bare name
	Name    Ident
}

// Interface is "interface name { ... }".
type Interface struct {
	Pos
	Docs  Docs
	Attrs []*Attribute
	Name  Ident
	Body  InterfaceBody
}

// InterfaceBody is the braces of an interface, named or inline.
type InterfaceBody struct {
	Pos
	Items []InterfaceItem
}

// InterfaceItem is *Use, *TypeDecl or *FuncDecl.
type InterfaceItem interface {
	Node
	isInterfaceItem()
}

func (*Use) isInterfaceItem()      {}
func (*TypeDecl) isInterfaceItem() {}
func (*FuncDecl) isInterfaceItem() {}

// World is "world name { ... }".
type World struct {
	Pos
	Docs  Docs
	Attrs []*Attribute
	Name  Ident
	Items []WorldItem
}

// WorldItem is *Extern, *Use, *TypeDecl or *Include.
type WorldItem interface {
	Node
	isWorldItem()
}

func (*Extern) isWorldItem()   {}
func (*Use) isWorldItem()      {}
func (*TypeDecl) isWorldItem() {}
func (*Include) isWorldItem()  {}

// Extern is an import or export of a world.
type Extern struct {
	Pos
	Docs    Docs
	Attrs   []*Attribute
	Export  bool
	Keyword diag.Span // import or export
	// Name is the plain name before the colon. It is nil where the item is
	// just a path, "import a:b/c;".
	Name *Ident
	Type ExternType
}

// ExternType is what an import or export has: *Func, *InlineInterface or
// *UsePath.
type ExternType interface {
	Node
	isExternType()
}

func (*Func) isExternType()            {}
func (*InlineInterface) isExternType() {}
func (*UsePath) isExternType()         {}

// InlineInterface is "interface { ... }" in a world.
type InlineInterface struct {
	Pos
	Body InterfaceBody
}

// Use is "use path.{a, b as c};" in an interface or a world.
type Use struct {
	Pos
	Docs    Docs // comments before it; the model holds none
	Attrs   []*Attribute
	Keyword diag.Span // use
	Path    *UsePath
	Names   []*UseName
}

// UseName is "a" or "a as b" in a use.
type UseName struct {
	Pos
	Name Ident
	As   *Ident // nil where it keeps its name
}

// Include is "include path;" or "include path with { a as b }" in a world.
type Include struct {
	Pos
	Docs    Docs // comments before it; the model holds none
	Attrs   []*Attribute
	Keyword diag.Span // include
	Path    *UsePath
	With    []*IncludeName
	HasWith bool
}

// IncludeName is "a as b" in an include.
type IncludeName struct {
	Pos
	Name, As Ident
}

// TypeDecl declares a named type.
type TypeDecl struct {
	Pos
	Docs    Docs
	Attrs   []*Attribute
	Keyword diag.Span // type, record, flags, variant, enum or resource
	Name    Ident
	Def     TypeDef
}

// TypeDef is the right side of a TypeDecl: *Alias, *Record, *Flags, *Variant,
// *Enum or *Resource.
type TypeDef interface {
	Node
	isTypeDef()
}

func (*Alias) isTypeDef()    {}
func (*Record) isTypeDef()   {}
func (*Flags) isTypeDef()    {}
func (*Variant) isTypeDef()  {}
func (*Enum) isTypeDef()     {}
func (*Resource) isTypeDef() {}

// The definitions. The place of those with braces is that of the braces.
type (
	// Alias is "type a = Type;".
	Alias struct {
		Pos
		Type Type
	}
	// Record is "record r { ... }".
	Record struct {
		Pos
		Fields []*Field
	}
	// Field is "a: Type" in a record.
	Field struct {
		Pos
		Docs Docs
		Name Ident
		Type Type
	}
	// Flags is "flags f { ... }".
	Flags struct {
		Pos
		Flags []*Label
	}
	// Enum is "enum e { ... }".
	Enum struct {
		Pos
		Cases []*Label
	}
	// Label is a flag or a case of an enum.
	Label struct {
		Pos
		Docs Docs
		Name Ident
	}
	// Variant is "variant v { ... }".
	Variant struct {
		Pos
		Cases []*Case
	}
	// Case is "a" or "a(Type)" in a variant; Type is nil for the first.
	Case struct {
		Pos
		Docs Docs
		Name Ident
		Type Type
	}
	// Resource is "resource r;" or "resource r { ... }".
	Resource struct {
		Pos
		Items   []*FuncDecl
		HasBody bool
	}
)

// FuncDecl is a function of an interface or a resource.
type FuncDecl struct {
	Pos
	Docs  Docs
	Attrs []*Attribute
	// Name is the function's name; of a constructor it is the keyword, with
	// the text "constructor".
	Name Ident
	Kind FuncKind
	Func *Func
}

// FuncKind says how a function of a resource is declared.
type FuncKind uint8

// The kinds of functions.
const (
	FuncPlain  FuncKind = iota // of an interface, or a method of a resource
	FuncStatic                 // "a: static func()"
	FuncConstructor
)

// Func is a func-type: "async func(a: u8) -> u8". Of a constructor it is what
// comes after the name.
type Func struct {
	Pos
	Async   bool
	Keyword diag.Span // func or constructor
	Params  []*Param
	Result  Type // nil without a result
}

// Param is "a: Type" in a parameter list.
type Param struct {
	Pos
	Name Ident
	Type Type
}

// Attribute is "@since(version = 1.0.0)" or another of the kinds below.
type Attribute struct {
	Pos
	Name Ident // since, unstable, deprecated or external-id
	Kind AttributeKind
	// Version is that of since and deprecated.
	Version *Version
	// Feature is that of unstable.
	Feature *Ident
	// ExternalID is the text of external-id, without quotes and escapes.
	ExternalID string
}

// AttributeKind tells the attributes apart.
type AttributeKind uint8

// The kinds of attributes.
const (
	Since      AttributeKind = iota // @since(version = 1.0.0)
	Unstable                        // @unstable(feature = name)
	Deprecated                      // @deprecated(version = 1.0.0)
	ExternalID                      // @external-id("text")
)
