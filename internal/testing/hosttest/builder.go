package hosttest

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
)

// Builder makes a component definition by definition, and counts indices.
type Builder struct {
	Component binary.Component
	count     map[binary.Sort]uint32
}

// Add adds a definition and returns the index of what it defines.
func (b *Builder) Add(d binary.Def) uint32 {
	b.Component.Add(d)
	return b.next(sortOf(d))
}

// Bytes returns the component in binary.
func (b *Builder) Bytes() []byte { return b.Component.Encode() }

func (b *Builder) next(sort binary.Sort) uint32 {
	if b.count == nil {
		b.count = map[binary.Sort]uint32{}
	}
	index := b.count[sort]
	b.count[sort]++
	return index
}

func sortOf(d binary.Def) binary.Sort {
	switch d := d.(type) {
	case *binary.CoreModule:
		return binary.SortCoreModule
	case *binary.CoreInstance:
		return binary.SortCoreInstance
	case *binary.CoreTypeDef:
		return binary.SortCoreType
	case *binary.Component:
		return binary.SortComponent
	case *binary.Instance:
		return binary.SortInstance
	case *binary.Alias:
		return d.Sort
	case *binary.TypeDef:
		return binary.SortType
	case *binary.Canon:
		if d.Op == binary.CanonLift {
			return binary.SortFunc
		}
		return binary.SortCoreFunc
	case *binary.Import:
		return d.Type.Sort
	case *binary.Export:
		return d.Sort
	case *binary.Value:
		return binary.SortValue
	default:
		panic(fmt.Sprintf("hosttest: unhandled definition %T", d))
	}
}

// Module adds a core module.
func (b *Builder) Module(wasm []byte) uint32 { return b.Add(&binary.CoreModule{Bytes: wasm}) }

// Core instantiates a core module with instances by module name.
func (b *Builder) Core(module uint32, args ...binary.CoreArg) uint32 {
	return b.Add(&binary.CoreInstance{Module: module, Args: args})
}

// Bag makes a core instance of single exports.
func (b *Builder) Bag(exports ...binary.CoreExport) uint32 {
	if exports == nil {
		exports = []binary.CoreExport{}
	}
	return b.Add(&binary.CoreInstance{Exports: exports})
}

// CoreAlias takes an export of a core instance.
func (b *Builder) CoreAlias(sort binary.Sort, instance uint32, name string) uint32 {
	return b.Add(&binary.Alias{Sort: sort, Target: binary.AliasCoreExport, Instance: instance, Name: name})
}

// Alias takes an export of an instance.
func (b *Builder) Alias(sort binary.Sort, instance uint32, name string) uint32 {
	return b.Add(&binary.Alias{Sort: sort, Target: binary.AliasExport, Instance: instance, Name: name})
}

// Type adds a type.
func (b *Builder) Type(t binary.Type) uint32 { return b.Add(&binary.TypeDef{Type: t}) }

// Lift lifts a core function.
func (b *Builder) Lift(core, typ uint32, options ...binary.CanonOption) uint32 {
	return b.Add(&binary.Canon{Op: binary.CanonLift, Func: core, Type: typ, Options: options})
}

// Lower lowers a function.
func (b *Builder) Lower(f uint32, options ...binary.CanonOption) uint32 {
	return b.Add(&binary.Canon{Op: binary.CanonLower, Func: f, Options: options})
}

// Resource adds resource.new, resource.rep or resource.drop.
func (b *Builder) Resource(op binary.CanonOp, typ uint32) uint32 {
	return b.Add(&binary.Canon{Op: op, Type: typ})
}

// Instance instantiates a component.
func (b *Builder) Instance(c uint32, args ...binary.Arg) uint32 {
	return b.Add(&binary.Instance{Component: c, Args: args})
}

// Export exports a definition.
func (b *Builder) Export(name string, sort binary.Sort, index uint32) uint32 {
	return b.Add(&binary.Export{Name: binary.Named(name), Sort: sort, Index: index})
}
