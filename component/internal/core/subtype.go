package core

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// most supertypes that a type has above it (section "Sub Types" of the core
// specification's limits).
const maxDepth = 63

// abstract returns an abstract heap type by the byte of its shorthand.
func abstract(code byte) int64 { return int64(code) - 0x80 }

// heapSupers are the abstract heap types directly above each (section "Heap Types" of
// "Matching" in the core specification).
var heapSupers = map[int64][]int64{
	abstract(0x6d): {abstract(0x6e)},                                 // eq: any
	abstract(0x6c): {abstract(0x6d)},                                 // i31: eq
	abstract(0x6b): {abstract(0x6d)},                                 // struct: eq
	abstract(0x6a): {abstract(0x6d)},                                 // array: eq
	abstract(0x71): {abstract(0x6c), abstract(0x6b), abstract(0x6a)}, // none
	abstract(0x73): {abstract(0x70)},                                 // nofunc: func
	abstract(0x72): {abstract(0x6f)},                                 // noextern: extern
	abstract(0x74): {abstract(0x69)},                                 // noexn: exn
	abstract(0x75): {abstract(0x68)},                                 // nocont: cont
}

// formHeaps are the abstract heap type above the types of a form, and the bottom below.
var formHeaps = map[byte]struct{ top, bottom int64 }{
	wasm.FuncForm:   {abstract(0x70), abstract(0x73)},
	wasm.StructForm: {abstract(0x6b), abstract(0x71)},
	wasm.ArrayForm:  {abstract(0x6a), abstract(0x71)},
}

// wrongSuper returns what is wrong with the supertype that a type declares, and ""
// where nothing is (section "Sub Types" of "Validation" in the core specification).
func (c *Types) wrongSuper(id TypeID) string {
	t := c.All[id]
	if len(t.Supers) == 0 {
		return ""
	}
	if len(t.Supers) > 1 {
		return fmt.Sprintf("a type has %d supertypes, and may have one", len(t.Supers))
	}
	super := TypeID(t.Supers[0])
	if super >= id {
		return "the supertype of a type does not stand before it"
	}
	above := c.All[super]
	if above.Form != wasm.OpenForm {
		return "the supertype of a type is final"
	}
	for depth, s := 1, above; len(s.Supers) > 0; s = c.All[s.Supers[0]] {
		if depth++; depth > maxDepth {
			return fmt.Sprintf("a type has more than %d supertypes above it", maxDepth)
		}
	}
	if !c.matchType(t, above) {
		return "a type does not match the supertype that it declares"
	}
	return ""
}

// matchType reports whether the structure of a matches that of b.
func (c *Types) matchType(a, b wasm.SubType) bool {
	if a.Kind != b.Kind || len(a.Params) != len(b.Params) || len(a.Results) != len(b.Results) {
		return false
	}
	for i := range a.Params {
		if !c.matchVal(b.Params[i], a.Params[i]) {
			return false
		}
	}
	for i := range a.Results {
		if !c.matchVal(a.Results[i], b.Results[i]) {
			return false
		}
	}
	if len(a.Fields) < len(b.Fields) || a.Kind == wasm.ArrayForm && len(a.Fields) != len(b.Fields) {
		return false
	}
	for i, f := range b.Fields {
		g := a.Fields[i]
		if f.Mutable != g.Mutable || !c.matchVal(g.Type, f.Type) || f.Mutable && !c.matchVal(f.Type, g.Type) {
			return false
		}
	}
	return true
}

// matchVal reports whether values of type a are of type b, too.
func (c *Types) matchVal(a, b wasm.ValType) bool {
	heapA, nullA, isA := reference(a)
	heapB, nullB, isB := reference(b)
	if !isA || !isB {
		return a == b
	}
	return (!nullA || nullB) && c.matchHeap(heapA, heapB)
}

// reference takes a reference type apart: (ref null? heap).
func reference(t wasm.ValType) (heap int64, null, ok bool) {
	switch {
	case t.HasHeap():
		return t.Heap, t.Code == wasm.CodeRefNull, true
	case t.Code >= 0x68 && t.Code <= 0x75:
		return abstract(t.Code), true, true
	default:
		return 0, false, false
	}
}

// matchHeap reports whether heap type a matches b.
func (c *Types) matchHeap(a, b int64) bool {
	switch {
	case a == b:
		return true
	case a >= 0 && b >= 0:
		return c.isSub(TypeID(a), TypeID(b))
	case a >= 0:
		return c.matchHeap(formHeaps[c.All[a].Kind].top, b)
	case b >= 0:
		return formHeaps[c.All[b].Kind].bottom == a
	}
	for _, above := range heapSupers[a] {
		if c.matchHeap(above, b) {
			return true
		}
	}
	return false
}
