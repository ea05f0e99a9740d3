package link

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// layouts makes host.Layouts of the types of one component instance.
type layouts struct {
	abi      *abi.ABI
	resource func(wit.TypeID) *host.ResourceType
	known    map[wit.TypeID]*host.Layout
}

// record returns the layout of values that follow each other.
func (m *layouts) record(types []wit.Type) *host.Layout {
	size, align, flat := m.abi.SizeOf(types)
	l := &host.Layout{Kind: host.LayoutRecord, Size: uint32(size), Align: align, Flat: int(flat), Offsets: m.abi.Offsets(types)}
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

func (m *layouts) layout(t wit.Type) *host.Layout {
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

func (m *layouts) prim(p wit.Prim) *host.Layout {
	l := &host.Layout{Size: uint32(m.abi.Size(p)), Align: m.abi.Align(p), Flat: int(m.abi.FlatCount(p))}
	switch p {
	case wit.Bool:
		l.Kind = host.LayoutBool
	case wit.S8:
		l.Kind, l.Plain = host.LayoutS8, true
	case wit.S16:
		l.Kind, l.Plain = host.LayoutS16, true
	case wit.U8, wit.U16, wit.U32, wit.U64, wit.S32, wit.S64, wit.F32, wit.F64:
		l.Kind, l.Plain = host.LayoutNumber, true
	case wit.Char:
		l.Kind = host.LayoutChar
	case wit.String:
		l.Kind = host.LayoutString
	default:
		panic(fmt.Sprintf("instance: unhandled primitive type %v", p))
	}
	return l
}

func (m *layouts) kind(id wit.TypeID) *host.Layout {
	l := &host.Layout{Size: uint32(m.abi.Size(id)), Align: m.abi.Align(id), Flat: int(m.abi.FlatCount(id))}
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
		l.Kind, l.Parts = host.LayoutList, []*host.Layout{m.layout(k.Type)}
	case *wit.Map:
		l.Kind, l.Parts = host.LayoutList, []*host.Layout{m.record([]wit.Type{k.Key, k.Value})}
	case *wit.FixedList:
		part := m.layout(k.Type)
		l.Kind, l.Count, l.Plain, l.Parts = host.LayoutFixed, k.Size, part.Plain, []*host.Layout{part}
	case *wit.Enum:
		l.Kind, l.Count = host.LayoutEnum, uint32(len(k.Cases))
	case *wit.Flags:
		l.Kind, l.Bits = host.LayoutFlags, uint32(1<<len(k.Flags)-1)
	case *wit.Variant, *wit.Option, *wit.Result:
		l.Kind = host.LayoutVariant
		l.Offsets = []uint32{m.abi.PayloadOffset(k)}
		for _, t := range abi.CaseTypes(k) {
			var part *host.Layout
			if t != nil {
				part = m.layout(t)
			}
			l.Parts = append(l.Parts, part)
		}
		l.Count = uint32(len(l.Parts))
	case *wit.Own:
		l.Kind, l.Resource = host.LayoutOwn, m.resource(k.Resource)
	case *wit.Borrow:
		l.Kind, l.Resource = host.LayoutBorrow, m.resource(k.Resource)
	default:
		panic(fmt.Sprintf("instance: unhandled kind %T", k))
	}
	return l
}
