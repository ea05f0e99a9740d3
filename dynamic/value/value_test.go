package value_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/valuetest"
	"github.com/witgen/witgen/wit"
)

const source = `package test:value;
interface types {
  record inner { a: list<option<char>> }
  record outer { one: inner, pair: tuple<u8, string> }
  variant v { x(u8), y }
  enum e { red, green }
  flags f { read }
  resource r;
  type numbers = list<u16>;
  type three = list<s8, 3>;
  type many = list<s8, 268435455>;
  type words = map<string, list<f32>>;
  type res = result<_, e>;
  type handle = borrow<r>;
  type alias = numbers;
}`

func TestCheck(t *testing.T) {
	r, byName := valuetest.Types(t, source)
	outer := func(letters ...any) value.Record {
		return value.Record{"one": value.Record{"a": letters}, "pair": value.Tuple{uint8(1), "x"}}
	}
	for _, tt := range []struct {
		typ  string
		v    any
		want string // "" where the value is one of the type
	}{
		{"bool", true, ""},
		{"bool", 1, "bool is bool in Go, and this is int"},
		{"s64", int64(1), ""},
		{"s64", 1, "s64 is int64 in Go, and this is int"},
		{"char", 'x', ""},
		{"char", rune(0xd800), "U+D800 is not a Unicode scalar value"},
		{"char", rune(-1), "U+FFFFFFFF is not a Unicode scalar value"},
		{"string", "\xff", "the string is not valid UTF-8"},
		{"outer", outer(value.Some('x'), value.None()), ""},
		{"outer", outer(value.Some('x'), value.Some("y")), "one.a[1]: char is rune in Go, and this is string"},
		{"outer", outer('x'), "one.a[0]: option<char> is value.Option in Go, and this is int32"},
		{"outer", value.Record{"one": value.Record{"a": []any{}}, "pair": value.Tuple{uint8(1)}}, "pair: tuple<u8, string> has 2 elements, and this has 1"},
		{"outer", value.Record{"one": value.Record{"a": []any{}}, "pair": value.Tuple{uint8(1), 2}}, "pair[1]: string is string in Go, and this is int"},
		{"outer", map[string]any{}, "outer is value.Record in Go, and this is map[string]any"},
		{"v", value.Variant{Case: "x", Value: uint8(1)}, ""},
		{"v", value.Variant{Case: "x"}, "x: u8 is uint8 in Go, and this is nil"},
		{"v", value.Variant{Case: "y", Value: 1}, "the case y has no payload, and this is int"},
		{"v", value.Variant{Case: "z"}, `"z" is not a case of v: x, y`},
		{"e", "red", "e is value.Enum in Go, and this is string"},
		{"f", value.Flags(nil), ""},
		{"f", []string{"read"}, "f is value.Flags in Go, and this is []string"},
		{"numbers", []uint16(nil), ""},
		{"alias", []uint16{1}, ""},
		{"numbers", []any{uint16(1)}, "numbers is []uint16 in Go, and this is []any"},
		{"numbers", []uint32{1}, "numbers is []uint16 in Go, and this is []uint32"},
		{"three", []int8{1, 2, 3}, ""},
		{"three", []int8{1, 2}, "three has 3 elements, and this has 2"},
		{"many", []int8{1}, "many has 268435455 elements, and this has 1"},
		{"words", value.Map{"a": []float32{1}}, ""},
		{"words", value.Map{1: []float32{1}}, "[1]: string is string in Go, and this is int"},
		{"words", value.Map{"a": []float64{1}}, `["a"]: list<f32> is []float32 in Go, and this is []float64`},
		{"res", value.OK(nil), ""},
		{"res", value.OK(1), "the result ok has no payload, and this is int"},
		{"res", value.Err(value.Enum("blue")), `err: "blue" is not a case of e: red, green`},
		{"handle", 1, ""},
		{"handle", nil, "the handle is nil"},
	} {
		err := (&value.Checker{Resolve: r}).Check(byName[tt.typ], tt.v)
		if got := errorText(err); got != tt.want {
			t.Errorf("%#v as %s: %q, want %q", tt.v, tt.typ, got, tt.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A list is measured by its size in guest memory.
func TestCheckSize(t *testing.T) {
	r, byName := valuetest.Types(t, source)
	huge := &value.Checker{Resolve: r, Size: func(wit.Type) uint64 { return 1 << 27 }}
	if err := huge.Check(byName["numbers"], []uint16{1}); err != nil {
		t.Error(err)
	}
	for name, v := range map[string]any{"numbers": []uint16{1, 2}, "words": value.Map{"a": []float32{}}} {
		if err := huge.Check(byName[name], v); err == nil || !strings.Contains(err.Error(), "longer than the 268435455") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Random values of random types are values of these types, and of the Go types that
// GoType names.
func TestRandomValues(t *testing.T) {
	for seed := range uint64(2000) {
		g := valuetest.New(seed)
		typ := g.Type(3)
		v := g.Value(typ)
		if err := (&value.Checker{Resolve: g.Resolve}).Check(typ, v); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		name := strings.NewReplacer("value.Option", "types.Option[interface {}]", "value.Result", "types.Result[interface {},interface {}]", "[]any", "[]interface {}", "rune", "int32").
			Replace(value.GoType(g.Resolve, typ))
		if got := reflect.TypeOf(v).String(); got != name {
			t.Fatalf("seed %d: %s is %s and not %s", seed, g.Resolve.TypeString(typ), got, name)
		}
	}
}
