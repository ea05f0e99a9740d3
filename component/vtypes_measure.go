package component

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
)

// measure fills in info from the parts.
func (t *valType) measure() {
	i := typeInfo{align: 1}
	for _, p := range t.parts {
		i.add(p.info())
	}
	i.nodes++
	i.depth++
	switch def := t.def.(type) {
	case *binary.PrimType:
		i.size, i.align = t.parts[0].info().size, t.parts[0].info().align
	case *binary.Record, *binary.Tuple:
		i.layoutFields(t.parts)
	case *binary.Variant:
		i.layoutCases(len(def.Cases), t.parts)
	case *binary.Option:
		i.layoutCases(2, t.parts)
	case *binary.Result:
		i.layoutCases(2, t.parts)
	case *binary.Enum:
		i.size = uint64(abi.DiscriminantSize(len(def.Labels)))
		i.align = i.size
	case *binary.Flags:
		i.size = uint64(abi.FlagsSize(len(def.Labels)))
		i.align = i.size
	case *binary.List, *binary.Map:
		i.list = true
		i.size, i.align = 16, 8
	case *binary.FixedList:
		elem := t.parts[0].info()
		i.align = elem.align
		i.size = min(elem.size*uint64(def.Length), sizeLimit) // both are below 2^32
	case *binary.Own, *binary.Borrow:
		i.resources = true
		_, i.borrow = t.def.(*binary.Borrow)
		i.size, i.align = 4, 4
	case *binary.Stream, *binary.Future:
		i.list = false
		i.size, i.align = 4, 4
	default:
		panic(fmt.Sprintf("component: unhandled type %T", def))
	}
	t.info = i
}

func alignTo(n, align uint64) uint64 { return (n + align - 1) / align * align }

func (i *typeInfo) layoutFields(parts []val) {
	for _, p := range parts {
		part := p.info()
		i.align = max(i.align, part.align)
		i.size = min(alignTo(i.size, part.align)+part.size, sizeLimit)
	}
	i.size = min(alignTo(i.size, i.align), sizeLimit)
}

func (i *typeInfo) layoutCases(n int, parts []val) {
	disc := uint64(abi.DiscriminantSize(n))
	largest := uint64(0)
	i.align = disc
	payload := uint64(1)
	for _, p := range parts {
		part := p.info()
		payload = max(payload, part.align)
		largest = max(largest, part.size)
	}
	i.align = max(i.align, payload)
	i.size = min(alignTo(alignTo(disc, payload)+largest, i.align), sizeLimit)
}
