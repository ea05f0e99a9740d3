package checked

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
)

// Measure fills in Info from the parts.
func (t *Value) Measure() {
	i := Info{align: 1}
	for _, p := range t.Parts {
		i.Add(p.Info())
	}
	i.Nodes++
	i.Depth++
	switch def := t.Def.(type) {
	case *binary.PrimType:
		i.Size, i.align = t.Parts[0].Info().Size, t.Parts[0].Info().align
	case *binary.Record, *binary.Tuple:
		i.layoutFields(t.Parts)
	case *binary.Variant:
		i.layoutCases(len(def.Cases), t.Parts)
	case *binary.Option:
		i.layoutCases(2, t.Parts)
	case *binary.Result:
		i.layoutCases(2, t.Parts)
	case *binary.Enum:
		i.Size = uint64(abi.DiscriminantSize(len(def.Labels)))
		i.align = i.Size
	case *binary.Flags:
		i.Size = uint64(abi.FlagsSize(len(def.Labels)))
		i.align = i.Size
	case *binary.List, *binary.Map:
		i.List = true
		i.Size, i.align = 16, 8
	case *binary.FixedList:
		elem := t.Parts[0].Info()
		i.align = elem.align
		i.Size = min(elem.Size*uint64(def.Length), SizeLimit) // both are below 2^32
	case *binary.Own, *binary.Borrow:
		i.Resources = true
		_, i.Borrow = t.Def.(*binary.Borrow)
		i.Size, i.align = 4, 4
	case *binary.Stream, *binary.Future:
		i.List = false
		i.Size, i.align = 4, 4
	default:
		panic(fmt.Sprintf("checked: unhandled type %T", def))
	}
	t.Info = i
}

func alignTo(n, align uint64) uint64 { return (n + align - 1) / align * align }

func (i *Info) layoutFields(parts []Ref) {
	for _, p := range parts {
		part := p.Info()
		i.align = max(i.align, part.align)
		i.Size = min(alignTo(i.Size, part.align)+part.Size, SizeLimit)
	}
	i.Size = min(alignTo(i.Size, i.align), SizeLimit)
}

func (i *Info) layoutCases(n int, parts []Ref) {
	disc := uint64(abi.DiscriminantSize(n))
	largest := uint64(0)
	i.align = disc
	payload := uint64(1)
	for _, p := range parts {
		part := p.Info()
		payload = max(payload, part.align)
		largest = max(largest, part.Size)
	}
	i.align = max(i.align, payload)
	i.Size = min(alignTo(alignTo(disc, payload)+largest, i.align), SizeLimit)
}
