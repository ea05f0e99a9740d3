package resolve

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// unit is one package between its syntax and the model: what the package defines,
// in arenas of its own, with names resolved as far as the package's own files
// tell. What other packages define is represented by stand-ins, which come
// first in each arena.
type unit struct {
	name     wit.PackageName
	nameSpan diag.Span
	docs     string

	types      []*wit.TypeDef // a stand-in has no Kind
	interfaces []*wit.Interface
	worlds     []*unitWorld

	// foreign are the packages referred to, in order of first mention.
	foreign []*foreignPackage
	// foreignInterfaces and foreignWorlds hold the originals of the stand-ins at
	// the same index of interfaces and worlds; the first foreignTypes types are
	// stand-ins.
	foreignInterfaces, foreignWorlds []*foreignItem
	foreignTypes                     int
	// handles are the uses of stand-ins as resources.
	handles []handleUse

	// broken tells that the package has mistakes, cyclic that it is among
	// packages that need each other: then only what it refers to is checked, or
	// nothing.
	broken, cyclic bool
	// binary tells that the package comes from a binary.
	binary bool
}

// foreignPackage is another package that a unit refers to.
type foreignPackage struct {
	name  wit.PackageName
	span  diag.Span // of the first mention
	items map[string]*foreignItem
}

// foreignItem is an interface or world of another package.
type foreignItem struct {
	pkg  *foreignPackage
	name string
	span diag.Span // of the name where it is first mentioned
	item item
	// gates are those of the statements that mention it.
	gates []wit.Stability
}

// item is an interface or a world of a unit.
type item struct {
	isWorld bool
	iface   wit.InterfaceID
	world   wit.WorldID
}

// handleUse is the use of a type as the resource of a handle.
type handleUse struct {
	resource wit.TypeID
	span     diag.Span
}

// unitWorld is a world of a unit, without what it includes.
type unitWorld struct {
	wit.World
	includes []include
}

// include is an include statement.
type include struct {
	world     wit.WorldID
	stability wit.Stability
	span      diag.Span // of the world's name
	names     []includeName
}

// includeName is a renaming by include ... with { name as as }.
type includeName struct {
	name, as string
	span     diag.Span
}
