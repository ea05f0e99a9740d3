package binary

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// Encode returns the binary of c (Binary.md). What Decode read from a binary
// whose integers are all of the shortest form is encoded to the same bytes. It
// panics for a definition, sort or kind that the binary format does not have, which
// Decode never returns.
func (c *Component) Encode() []byte {
	var e encoder
	e.component(c)
	return e.Buf
}

// encoder appends the parts of a component.
type encoder struct{ wasm.Writer }

func (e *encoder) component(c *Component) {
	e.Byte(preamble[:]...)
	for _, s := range c.Sections {
		e.Byte(byte(s.ID))
		e.Sized(func() {
			if isVector[s.ID] {
				e.Uint32(uint32(len(s.Defs)))
			}
			for _, d := range s.Defs {
				e.def(d)
			}
		})
	}
}

func (e *encoder) def(d Def) {
	switch d := d.(type) {
	case *Custom:
		e.Name(d.Name)
		e.Byte(d.Data...)
	case *CoreModule:
		e.Byte(d.Bytes...)
	case *CoreInstance:
		e.coreInstance(d)
	case *CoreTypeDef:
		e.coreTypeDef(d)
	case *Component:
		e.component(d)
	case *Instance:
		e.instance(d)
	case *Alias:
		e.alias(d)
	case *TypeDef:
		e.deftype(d.Type)
	case *Canon:
		e.canon(d)
	case *Start:
		e.Uint32(d.Func)
		e.Indices(d.Args)
		e.Uint32(d.Results)
	case *Import:
		e.externName(d.Name)
		e.externType(d.Type)
	case *Export:
		e.externName(d.Name)
		e.sortIndex(d.Sort, d.Index)
		e.Flag(d.Type != nil)
		if d.Type != nil {
			e.externType(*d.Type)
		}
	case *Value:
		e.valType(d.Type)
		e.Uint32(uint32(len(d.Data)))
		e.Byte(d.Data...)
	default:
		panic(fmt.Sprintf("binary: unhandled definition %T", d))
	}
}

func (e *encoder) coreInstance(i *CoreInstance) {
	if i.Exports != nil {
		e.Byte(0x01)
		wasm.WriteVec(&e.Writer, i.Exports, func(x CoreExport) {
			e.Name(x.Name)
			e.sortByte(x.Sort)
			e.Uint32(x.Index)
		})
		return
	}
	e.Byte(0x00)
	e.Uint32(i.Module)
	wasm.WriteVec(&e.Writer, i.Args, func(a CoreArg) {
		e.Name(a.Name)
		e.Byte(0x12)
		e.Uint32(a.Instance)
	})
}

func (e *encoder) instance(i *Instance) {
	if i.Exports != nil {
		e.Byte(0x01)
		wasm.WriteVec(&e.Writer, i.Exports, func(x InlineExport) {
			e.externName(x.Name)
			e.sortIndex(x.Sort, x.Index)
		})
		return
	}
	e.Byte(0x00)
	e.Uint32(i.Component)
	wasm.WriteVec(&e.Writer, i.Args, func(a Arg) {
		e.Name(a.Name)
		e.sortIndex(a.Sort, a.Index)
	})
}

func (e *encoder) sort(s Sort) {
	if s.Core() {
		e.Byte(0x00)
	}
	e.sortByte(s)
}

func (e *encoder) sortByte(s Sort) {
	if int(s) >= len(sortBytes) {
		panic(fmt.Sprintf("binary: unhandled sort %d", s))
	}
	e.Byte(sortBytes[s])
}

func (e *encoder) sortIndex(s Sort, index uint32) {
	e.sort(s)
	e.Uint32(index)
}

func (e *encoder) alias(a *Alias) {
	e.sort(a.Sort)
	e.Byte(byte(a.Target))
	if a.Target == AliasOuter {
		e.Uint32(a.Count)
		e.Uint32(a.Index)
		return
	}
	e.Uint32(a.Instance)
	e.Name(a.Name)
}

func (e *encoder) externName(n ExternName) {
	switch {
	case n.Attributes != nil:
		e.Byte(0x02)
	case n.Old:
		e.Byte(0x01)
	default:
		e.Byte(0x00)
	}
	e.Name(n.Name)
	if n.Attributes != nil {
		wasm.WriteVec(&e.Writer, n.Attributes, func(a Attribute) {
			e.Byte(byte(a.Kind))
			e.Name(a.Value)
		})
	}
}

func (e *encoder) externType(t ExternType) {
	e.sort(t.Sort)
	switch t.Sort {
	case SortCoreModule, SortFunc, SortComponent, SortInstance:
		e.Uint32(t.Index)
	case SortType:
		e.Byte(byte(t.Bound))
		if t.Bound == BoundEq {
			e.Uint32(t.Index)
		}
	case SortValue:
		e.Flag(t.Bound == BoundType)
		if t.Bound == BoundType {
			e.valType(t.Value)
		} else {
			e.Uint32(t.Index)
		}
	default:
		panic(fmt.Sprintf("binary: unhandled sort %s", t.Sort))
	}
}

func (e *encoder) canon(c *Canon) {
	e.Byte(byte(c.Op))
	for _, imm := range canonForms[c.Op].imms {
		switch imm {
		case 'f':
			e.Byte(0x00)
			e.Uint32(c.Func)
		case 't':
			e.Uint32(c.Type)
		case 'o':
			wasm.WriteVec(&e.Writer, c.Options, func(o CanonOption) {
				e.Byte(byte(o.Kind))
				if o.Kind.HasIndex() {
					e.Uint32(o.Index)
				}
			})
		case 'r':
			e.resultList(c.Result)
		case 'a':
			e.Flag(c.Async)
		case 'c':
			e.Flag(c.Cancellable)
		case 's':
			e.Flag(c.Shared)
		case 'm':
			e.Uint32(c.Memory)
		case 'T':
			e.Uint32(c.Table)
		case 'v':
			e.ValType(c.SlotType)
		case 'i':
			e.Uint32(c.Slot)
		default:
			panic("binary: unhandled immediate " + string(imm))
		}
	}
}
