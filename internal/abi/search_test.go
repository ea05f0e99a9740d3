package abi_test

import (
	"testing"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// What is remembered of one function's types hides nothing in the next.
func TestSearchRemembers(t *testing.T) {
	r := &wit.Resolve{}
	add := func(k wit.Kind) wit.Type {
		r.Types = append(r.Types, &wit.TypeDef{Kind: k})
		return wit.TypeID(len(r.Types) - 1)
	}
	good := add(&wit.List{Type: wit.U8})
	stream := add(&wit.Stream{Type: good})
	bad := add(&wit.Tuple{Types: []wit.Type{good, stream}})
	huge := add(&wit.Tuple{Types: []wit.Type{good, add(&wit.FixedList{Type: wit.U64, Size: 1 << 28})}})
	a := abi.New(r)
	for range 2 {
		for _, tt := range []struct {
			typ         wit.Type
			unsupported string
			tooLarge    bool
		}{
			{typ: good}, {typ: bad, unsupported: "stream"}, {typ: good}, {typ: huge, tooLarge: true}, {typ: add(&wit.List{Type: bad}), unsupported: "stream"},
			{typ: add(&wit.List{Type: huge}), tooLarge: true},
		} {
			f := &wit.Function{Name: "f", Resource: -1, Params: []wit.Param{{Name: "p", Type: wit.U8}}, Result: tt.typ}
			what, _, found := a.Unsupported(f)
			if what != tt.unsupported || found != (tt.unsupported != "") {
				t.Errorf("type %v: unsupported %q, want %q", tt.typ, what, tt.unsupported)
			}
			if _, _, found := a.TooLarge(f); found != tt.tooLarge {
				t.Errorf("type %v: too large: %t, want %t", tt.typ, found, tt.tooLarge)
			}
		}
	}
}
