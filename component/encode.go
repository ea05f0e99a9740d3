package component

import (
	"fmt"

	"github.com/witgen/witgen/internal/leb128"
)

// Encode returns the binary of c (Binary.md). What Decode read from a binary
// whose integers are all of the shortest form is encoded to the same bytes. It
// panics for a definition, sort or kind that the binary format does not have, which
// Decode never returns.
func (c *Component) Encode() []byte {
	var e encoder
	e.component(c)
	return e.buf
}

// encoder appends to buf.
type encoder struct{ buf []byte }

func (e *encoder) byte(b ...byte) { e.buf = append(e.buf, b...) }
func (e *encoder) u32(v uint32)   { e.buf = leb128.AppendUint32(e.buf, v) }
func (e *encoder) u64(v uint64)   { e.buf = leb128.AppendUint64(e.buf, v) }
func (e *encoder) s33(v int64)    { e.buf = leb128.AppendInt64(e.buf, v) }

func (e *encoder) flag(b bool) {
	if b {
		e.byte(1)
		return
	}
	e.byte(0)
}

func (e *encoder) name(s string) {
	e.u32(uint32(len(s)))
	e.buf = append(e.buf, s...)
}

func (e *encoder) indices(list []uint32) { encodeVec(e, list, e.u32) }

func encodeVec[T any](e *encoder, items []T, item func(T)) {
	e.u32(uint32(len(items)))
	for _, it := range items {
		item(it)
	}
}

// sized appends what body appends, with its length before it.
func (e *encoder) sized(body func()) {
	outer := e.buf
	e.buf = nil
	body()
	inner := e.buf
	e.buf = append(leb128.AppendUint32(outer, uint32(len(inner))), inner...)
}

func (e *encoder) component(c *Component) {
	e.byte(preamble[:]...)
	for _, s := range c.Sections {
		e.byte(byte(s.ID))
		e.sized(func() {
			if isVector[s.ID] {
				e.u32(uint32(len(s.Defs)))
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
		e.name(d.Name)
		e.byte(d.Data...)
	case *CoreModule:
		e.byte(d.Bytes...)
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
		e.u32(d.Func)
		e.indices(d.Args)
		e.u32(d.Results)
	case *Import:
		e.externName(d.Name)
		e.externType(d.Type)
	case *Export:
		e.externName(d.Name)
		e.sortIndex(d.Sort, d.Index)
		e.flag(d.Type != nil)
		if d.Type != nil {
			e.externType(*d.Type)
		}
	case *Value:
		e.valType(d.Type)
		e.u32(uint32(len(d.Data)))
		e.byte(d.Data...)
	default:
		panic(fmt.Sprintf("component: unhandled definition %T", d))
	}
}

func (e *encoder) coreInstance(i *CoreInstance) {
	if i.Exports != nil {
		e.byte(0x01)
		encodeVec(e, i.Exports, func(x CoreExport) {
			e.name(x.Name)
			e.sortByte(x.Sort)
			e.u32(x.Index)
		})
		return
	}
	e.byte(0x00)
	e.u32(i.Module)
	encodeVec(e, i.Args, func(a CoreArg) {
		e.name(a.Name)
		e.byte(0x12)
		e.u32(a.Instance)
	})
}

func (e *encoder) instance(i *Instance) {
	if i.Exports != nil {
		e.byte(0x01)
		encodeVec(e, i.Exports, func(x InlineExport) {
			e.externName(x.Name)
			e.sortIndex(x.Sort, x.Index)
		})
		return
	}
	e.byte(0x00)
	e.u32(i.Component)
	encodeVec(e, i.Args, func(a Arg) {
		e.name(a.Name)
		e.sortIndex(a.Sort, a.Index)
	})
}

func (e *encoder) sort(s Sort) {
	if s.Core() {
		e.byte(0x00)
	}
	e.sortByte(s)
}

func (e *encoder) sortByte(s Sort) {
	if int(s) >= len(sortBytes) {
		panic(fmt.Sprintf("component: unhandled sort %d", s))
	}
	e.byte(sortBytes[s])
}

func (e *encoder) sortIndex(s Sort, index uint32) {
	e.sort(s)
	e.u32(index)
}

func (e *encoder) alias(a *Alias) {
	e.sort(a.Sort)
	e.byte(byte(a.Target))
	if a.Target == AliasOuter {
		e.u32(a.Count)
		e.u32(a.Index)
		return
	}
	e.u32(a.Instance)
	e.name(a.Name)
}

func (e *encoder) externName(n ExternName) {
	switch {
	case n.Attributes != nil:
		e.byte(0x02)
	case n.Old:
		e.byte(0x01)
	default:
		e.byte(0x00)
	}
	e.name(n.Name)
	if n.Attributes != nil {
		encodeVec(e, n.Attributes, func(a Attribute) {
			e.byte(byte(a.Kind))
			e.name(a.Value)
		})
	}
}

func (e *encoder) externType(t ExternType) {
	e.sort(t.Sort)
	switch t.Sort {
	case SortCoreModule, SortFunc, SortComponent, SortInstance:
		e.u32(t.Index)
	case SortType:
		e.byte(byte(t.Bound))
		if t.Bound == BoundEq {
			e.u32(t.Index)
		}
	case SortValue:
		e.flag(t.Bound == BoundType)
		if t.Bound == BoundType {
			e.valType(t.Value)
		} else {
			e.u32(t.Index)
		}
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", t.Sort))
	}
}

func (e *encoder) canon(c *Canon) {
	e.byte(byte(c.Op))
	for _, imm := range canonForms[c.Op].imms {
		switch imm {
		case 'f':
			e.byte(0x00)
			e.u32(c.Func)
		case 't':
			e.u32(c.Type)
		case 'o':
			encodeVec(e, c.Options, func(o CanonOption) {
				e.byte(byte(o.Kind))
				if o.Kind.hasIndex() {
					e.u32(o.Index)
				}
			})
		case 'r':
			e.resultList(c.Result)
		case 'a':
			e.flag(c.Async)
		case 'c':
			e.flag(c.Cancellable)
		case 's':
			e.flag(c.Shared)
		case 'm':
			e.u32(c.Memory)
		case 'T':
			e.u32(c.Table)
		case 'v':
			e.coreValType(c.SlotType)
		case 'i':
			e.u32(c.Slot)
		default:
			panic("component: unhandled immediate " + string(imm))
		}
	}
}
