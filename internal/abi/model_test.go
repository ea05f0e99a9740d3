package abi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// model builds a Resolve by hand.
type model struct{ *wit.Resolve }

func newModel() model { return model{new(wit.Resolve)} }

func (m model) add(name string, k wit.Kind) wit.TypeID {
	m.Types = append(m.Types, &wit.TypeDef{Name: name, Kind: k})
	return wit.TypeID(len(m.Types) - 1)
}

func (m model) tuple(types ...wit.Type) wit.TypeID { return m.add("", &wit.Tuple{Types: types}) }
func (m model) list(t wit.Type) wit.TypeID         { return m.add("", &wit.List{Type: t}) }
func (m model) option(t wit.Type) wit.TypeID       { return m.add("", &wit.Option{Type: t}) }
func (m model) alias(t wit.Type) wit.TypeID        { return m.add("alias", &wit.Alias{Type: t}) }

func (m model) record(name string, types ...wit.Type) wit.TypeID {
	r := &wit.Record{}
	for i, t := range types {
		r.Fields = append(r.Fields, wit.Field{Name: fmt.Sprintf("f%d", i), Type: t})
	}
	return m.add(name, r)
}

func (m model) variant(name string, types ...wit.Type) wit.TypeID {
	v := &wit.Variant{}
	for i, t := range types {
		v.Cases = append(v.Cases, wit.Case{Name: fmt.Sprintf("c%d", i), Type: t})
	}
	return m.add(name, v)
}

func (m model) enum(n int) wit.TypeID {
	return m.add(fmt.Sprintf("enum%d", n), &wit.Enum{Cases: labels(n)})
}

func (m model) flags(n int) wit.TypeID {
	return m.add(fmt.Sprintf("flags%d", n), &wit.Flags{Flags: labels(n)})
}

func labels(n int) []wit.Label {
	list := make([]wit.Label, n)
	for i := range list {
		list[i].Name = fmt.Sprintf("l%d", i)
	}
	return list
}

func function(result wit.Type, params ...wit.Type) *wit.Function {
	f := &wit.Function{Name: "f", Result: result, Resource: -1}
	for i, t := range params {
		f.Params = append(f.Params, wit.Param{Name: fmt.Sprintf("p%d", i), Type: t})
	}
	return f
}

func coreString(types []abi.Core) string {
	names := make([]string, len(types))
	for i, c := range types {
		names[i] = c.String()
	}
	return strings.Join(names, " ")
}

func TestLayout(t *testing.T) {
	m := newModel()
	res := m.add("res", &wit.Resource{})
	tests := []struct {
		name  string
		t     wit.Type
		size  uint64
		align uint32
		flat  string
	}{
		{"u8", wit.U8, 1, 1, "i32"},
		{"s64", wit.S64, 8, 8, "i64"},
		{"char", wit.Char, 4, 4, "i32"},
		{"string", wit.String, 8, 4, "i32 i32"},
		{"error-context", wit.ErrorContext, 4, 4, "i32"},
		{"alias of alias", m.alias(m.alias(wit.F64)), 8, 8, "f64"},
		{"tuple pads", m.tuple(wit.U8, wit.U64, wit.U8), 24, 8, "i32 i64 i32"},
		{"record", m.record("r", wit.U8, wit.U16), 4, 2, "i32 i32"},
		{"empty tuple", m.tuple(), 0, 1, ""},
		{"list", m.list(wit.U64), 8, 4, "i32 i32"},
		{"fixed list", m.add("", &wit.FixedList{Type: m.tuple(wit.U32, wit.U8), Size: 3}), 24, 4, "i32 i32 i32 i32 i32 i32"},
		{"map", m.add("", &wit.Map{Key: wit.U8, Value: wit.U64}), 8, 4, "i32 i32"},
		{"option<u64>", m.option(wit.U64), 16, 8, "i32 i64"},
		{"result", m.add("", &wit.Result{}), 1, 1, "i32"},
		{"result<f32, u32>", m.add("", &wit.Result{OK: wit.F32, Err: wit.U32}), 8, 4, "i32 i32"},
		{"result<_, f64>", m.add("", &wit.Result{Err: wit.F64}), 16, 8, "i32 f64"},
		{"joins", m.variant("v", wit.F32, wit.F64, m.tuple(wit.U8, wit.F32), nil), 16, 8, "i32 i64 f32"},
		{"enum 256", m.enum(256), 1, 1, "i32"},
		{"enum 257", m.enum(257), 2, 2, "i32"},
		{"enum 65536", m.enum(65536), 2, 2, "i32"},
		{"enum 65537", m.enum(65537), 4, 4, "i32"},
		{"wide disc, small payload", m.variant("w", append(make([]wit.Type, 256), wit.U8)...), 4, 2, "i32 i32"},
		{"flags 8", m.flags(8), 1, 1, "i32"},
		{"flags 9", m.flags(9), 2, 2, "i32"},
		{"flags 17", m.flags(17), 4, 4, "i32"},
		{"own", m.add("", &wit.Own{Resource: res}), 4, 4, "i32"},
		{"borrow", m.add("", &wit.Borrow{Resource: res}), 4, 4, "i32"},
		{"stream", m.add("", &wit.Stream{Type: wit.U8}), 4, 4, "i32"},
		{"future", m.add("", &wit.Future{}), 4, 4, "i32"},
	}
	a := abi.New(m.Resolve)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a.Size(tt.t) != tt.size || a.Align(tt.t) != tt.align {
				t.Errorf("size %d, align %d, want %d, %d", a.Size(tt.t), a.Align(tt.t), tt.size, tt.align)
			}
			if got := coreString(a.Flat(tt.t)); got != tt.flat {
				t.Errorf("flat %s, want %s", got, tt.flat)
			}
			if n := a.FlatCount(tt.t); n != uint64(len(a.Flat(tt.t))) {
				t.Errorf("FlatCount is %d", n)
			}
		})
	}
}

func TestSignature(t *testing.T) {
	m := newModel()
	many := make([]wit.Type, 17)
	for i := range many {
		many[i] = wit.U8
	}
	tests := []struct {
		name                      string
		f                         *wit.Function
		liftParams, liftResults   string
		lowerParams, lowerResults string
	}{
		{name: "nothing", f: function(nil)},
		{name: "flat", f: function(wit.F64, wit.U8, wit.String), liftParams: "i32 i32 i32", liftResults: "f64", lowerParams: "i32 i32 i32", lowerResults: "f64"},
		{name: "16", f: function(nil, many[:16]...), liftParams: strings.Repeat("i32 ", 15) + "i32", lowerParams: strings.Repeat("i32 ", 15) + "i32"},
		{name: "17", f: function(wit.String, many...), liftParams: "i32", liftResults: "i32", lowerParams: "i32 i32"},
	}
	a := abi.New(m.Resolve)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lift, lower := a.Lift(tt.f), a.Lower(tt.f)
			got := []string{coreString(lift.Params), coreString(lift.Results), coreString(lower.Params), coreString(lower.Results)}
			want := []string{tt.liftParams, tt.liftResults, tt.lowerParams, tt.lowerResults}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A few lines of WIT describe types of more values than there is memory.
func TestDoublingTakesNoTime(t *testing.T) {
	m := newModel()
	double := wit.Type(wit.U64)
	for range 100 {
		double = m.alias(m.tuple(double, double))
	}
	lists := wit.Type(wit.U64)
	for range 100 {
		lists = m.tuple(m.list(lists), m.list(lists))
	}
	variants := wit.Type(wit.U64)
	for range 14 {
		variants = m.add("", &wit.Result{OK: variants, Err: variants})
	}
	fixed := wit.Type(wit.U64)
	for range 10 {
		fixed = m.add("", &wit.FixedList{Type: fixed, Size: 1 << 31})
	}
	a := abi.New(m.Resolve)
	for name, f := range map[string]*wit.Function{
		"tuples":            function(nil, double),
		"a list of it":      function(m.list(double)),
		"lists":             function(nil, lists),
		"variants":          function(nil, m.add("", &wit.Result{OK: variants, Err: variants}), variants),
		"fixed":             function(nil, fixed),
		"many flags":        function(m.flags(33)),
		"params in all":     function(nil, m.add("", &wit.FixedList{Type: wit.U8, Size: abi.MaxSize}), wit.U8),
		"empty fixed lists": function(nil, m.add("", &wit.FixedList{Type: m.tuple(), Size: 1 << 31})),
	} {
		what, _, ok := a.TooLarge(f)
		t.Log(name, what)
		if !ok {
			t.Errorf("%s: not too large", name)
		}
		a.Lift(f)
		a.Lower(f)
	}
	few := wit.Type(wit.U64)
	for range 9 {
		few = m.add("", &wit.Result{OK: few, Err: few})
	}
	if f := function(few, few); !verified(t, a, f) {
		t.Error("a few nested variants are too large")
	}
}

var functionKinds = []abi.Kind{abi.CallExport, abi.HandleImport, abi.CallImport, abi.HandleExport}

// verified makes and verifies every Program that f needs. It is false where f
// is too large for one.
func verified(t *testing.T, a *abi.ABI, f *wit.Function) bool {
	t.Helper()
	if _, _, ok := a.TooLarge(f); ok {
		return false
	}
	for _, kind := range functionKinds {
		p := a.Program(kind, f)
		if err := a.Verify(p); err != nil {
			t.Fatal(err)
		}
		for _, id := range a.NamedIn(p) {
			for _, kind := range a.TypeKinds(id) {
				if err := a.Verify(a.TypeProgram(kind, id)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return true
}

func everyType(m model) []wit.Type {
	res := m.add("res", &wit.Resource{})
	own, borrow := m.add("", &wit.Own{Resource: res}), m.add("", &wit.Borrow{Resource: res})
	rec := m.record("rec", wit.U8, wit.String, own)
	types := []wit.Type{
		wit.Bool, wit.U8, wit.S64, wit.F32, wit.F64, wit.Char, wit.String, own, borrow, rec,
		m.enum(300), m.flags(20),
		m.add("", &wit.FixedList{Type: wit.U16, Size: 3}),
		m.add("", &wit.Map{Key: wit.String, Value: rec}),
		m.add("", &wit.Result{OK: wit.F32, Err: m.option(wit.U64)}),
		m.variant("var", wit.F32, nil, rec, wit.F64),
	}
	for _, t := range types[:len(types):len(types)] {
		types = append(types, m.list(t), m.option(t), m.alias(m.tuple(t, wit.U8)), m.add("", &wit.FixedList{Type: t, Size: 5}))
	}
	return types
}

func TestProgramsVerify(t *testing.T) {
	m := newModel()
	types := everyType(m)
	a := abi.New(m.Resolve)
	for _, x := range types {
		for _, f := range []*wit.Function{function(x, x), function(nil, x, x, wit.String), function(x, types...)} {
			if !verified(t, a, f) {
				t.Fatal("too large")
			}
		}
	}
}
