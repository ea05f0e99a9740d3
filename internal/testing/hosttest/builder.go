package hosttest

import (
	"fmt"

	"github.com/witgen/witgen/component"
)

// Builder makes a component definition by definition, and counts indices.
type Builder struct {
	Component component.Component
	count     map[component.Sort]uint32
}

// Add adds a definition and returns the index of what it defines.
func (b *Builder) Add(d component.Def) uint32 {
	b.Component.Add(d)
	return b.next(sortOf(d))
}

// Bytes returns the component in binary.
func (b *Builder) Bytes() []byte { return b.Component.Encode() }

func (b *Builder) next(sort component.Sort) uint32 {
	if b.count == nil {
		b.count = map[component.Sort]uint32{}
	}
	index := b.count[sort]
	b.count[sort]++
	return index
}

func sortOf(d component.Def) component.Sort {
	switch d := d.(type) {
	case *component.CoreModule:
		return component.SortCoreModule
	case *component.CoreInstance:
		return component.SortCoreInstance
	case *component.CoreTypeDef:
		return component.SortCoreType
	case *component.Component:
		return component.SortComponent
	case *component.Instance:
		return component.SortInstance
	case *component.Alias:
		return d.Sort
	case *component.TypeDef:
		return component.SortType
	case *component.Canon:
		if d.Op == component.CanonLift {
			return component.SortFunc
		}
		return component.SortCoreFunc
	case *component.Import:
		return d.Type.Sort
	case *component.Export:
		return d.Sort
	case *component.Value:
		return component.SortValue
	default:
		panic(fmt.Sprintf("hosttest: unhandled definition %T", d))
	}
}

// Module adds a core module.
func (b *Builder) Module(wasm []byte) uint32 { return b.Add(&component.CoreModule{Bytes: wasm}) }

// Core instantiates a core module with instances by module name.
func (b *Builder) Core(module uint32, args ...component.CoreArg) uint32 {
	return b.Add(&component.CoreInstance{Module: module, Args: args})
}

// Bag makes a core instance of single exports.
func (b *Builder) Bag(exports ...component.CoreExport) uint32 {
	if exports == nil {
		exports = []component.CoreExport{}
	}
	return b.Add(&component.CoreInstance{Exports: exports})
}

// CoreAlias takes an export of a core instance.
func (b *Builder) CoreAlias(sort component.Sort, instance uint32, name string) uint32 {
	return b.Add(&component.Alias{Sort: sort, Target: component.AliasCoreExport, Instance: instance, Name: name})
}

// Alias takes an export of an instance.
func (b *Builder) Alias(sort component.Sort, instance uint32, name string) uint32 {
	return b.Add(&component.Alias{Sort: sort, Target: component.AliasExport, Instance: instance, Name: name})
}

// Type adds a type.
func (b *Builder) Type(t component.Type) uint32 { return b.Add(&component.TypeDef{Type: t}) }

// Lift lifts a core function.
func (b *Builder) Lift(core, typ uint32, options ...component.CanonOption) uint32 {
	return b.Add(&component.Canon{Op: component.CanonLift, Func: core, Type: typ, Options: options})
}

// Lower lowers a function.
func (b *Builder) Lower(f uint32, options ...component.CanonOption) uint32 {
	return b.Add(&component.Canon{Op: component.CanonLower, Func: f, Options: options})
}

// Resource adds resource.new, resource.rep or resource.drop.
func (b *Builder) Resource(op component.CanonOp, typ uint32) uint32 {
	return b.Add(&component.Canon{Op: op, Type: typ})
}

// Instance instantiates a component.
func (b *Builder) Instance(c uint32, args ...component.Arg) uint32 {
	return b.Add(&component.Instance{Component: c, Args: args})
}

// Export exports a definition.
func (b *Builder) Export(name string, sort component.Sort, index uint32) uint32 {
	return b.Add(&component.Export{Name: component.Named(name), Sort: sort, Index: index})
}
