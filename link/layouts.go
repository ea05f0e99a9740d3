package link

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// layouts makes host.Layouts of the types of one component instance.
type layouts struct {
	abi      *abi.ABI
	resource func(wit.TypeID) *bind.ResourceType
	known    map[wit.TypeID]*bind.Layout
}

// record returns the layout of values that follow each other.
func (m *layouts) record(types []wit.Type) *bind.Layout {
	size, align, flat := m.abi.SizeOf(types)
	l := &bind.Layout{Kind: bind.LayoutRecord, Size: uint32(size), Align: align, Flat: int(flat), Offsets: m.abi.Offsets(types)}
	var end uint32
	plain := true
	for i, t := range types {
		part := m.layout(t)
		l.Parts = append(l.Parts, part)
		plain = plain && part.Plain && l.Offsets[i] == end
		end = l.Offsets[i] + part.Size
	}
	l.Plain = plain && end == l.Size // no byte is padding
	return l
}

func (m *layouts) layout(t wit.Type) *bind.Layout {
	t = m.abi.Resolve.Dealias(t)
	id, ok := t.(wit.TypeID)
	if !ok {
		return m.prim(t.(wit.Prim))
	}
	l := m.known[id]
	if l == nil {
		l = m.kind(id)
		m.known[id] = l
	}
	return l
}

func (m *layouts) prim(p wit.Prim) *bind.Layout {
	l := &bind.Layout{Size: uint32(m.abi.Size(p)), Align: m.abi.Align(p), Flat: int(m.abi.FlatCount(p))}
	switch p {
	case wit.Bool:
		l.Kind = bind.LayoutBool
	case wit.S8:
		l.Kind, l.Plain = bind.LayoutS8, true
	case wit.S16:
		l.Kind, l.Plain = bind.LayoutS16, true
	case wit.U8, wit.U16, wit.U32, wit.U64, wit.S32, wit.S64, wit.F32, wit.F64:
		l.Kind, l.Plain = bind.LayoutNumber, true
	case wit.Char:
		l.Kind = bind.LayoutChar
	case wit.String:
		l.Kind = bind.LayoutString
	default:
		panic(fmt.Sprintf("instance: unhandled primitive type %v", p))
	}
	return l
}

func (m *layouts) kind(id wit.TypeID) *bind.Layout {
	l := &bind.Layout{Size: uint32(m.abi.Size(id)), Align: m.abi.Align(id), Flat: int(m.abi.FlatCount(id))}
	switch k := m.abi.Resolve.Types[id].Kind.(type) {
	case *wit.Record:
		types := make([]wit.Type, len(k.Fields))
		for i, f := range k.Fields {
			types[i] = f.Type
		}
		return m.record(types)
	case *wit.Tuple:
		return m.record(k.Types)
	case *wit.List:
		l.Kind, l.Parts = bind.LayoutList, []*bind.Layout{m.layout(k.Type)}
	case *wit.Map:
		l.Kind, l.Parts = bind.LayoutList, []*bind.Layout{m.record([]wit.Type{k.Key, k.Value})}
	case *wit.FixedList:
		part := m.layout(k.Type)
		l.Kind, l.Count, l.Plain, l.Parts = bind.LayoutArray, k.Size, part.Plain, []*bind.Layout{part}
	case *wit.Enum:
		l.Kind, l.Count = bind.LayoutEnum, uint32(len(k.Cases))
	case *wit.Flags:
		l.Kind, l.Bits = bind.LayoutFlags, uint32(1<<len(k.Flags)-1)
	case *wit.Variant, *wit.Option, *wit.Result:
		l.Kind = bind.LayoutVariant
		l.Offsets = []uint32{m.abi.PayloadOffset(k)}
		for _, t := range abi.CaseTypes(k) {
			var part *bind.Layout
			if t != nil {
				part = m.layout(t)
			}
			l.Parts = append(l.Parts, part)
		}
		l.Count = uint32(len(l.Parts))
	case *wit.Own:
		l.Kind, l.Resource = bind.LayoutOwn, m.resource(k.Resource)
	case *wit.Borrow:
		l.Kind, l.Resource = bind.LayoutBorrow, m.resource(k.Resource)
	default:
		panic(fmt.Sprintf("instance: unhandled kind %T", k))
	}
	return l
}
