package wave_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/dynamic/wave"
	"github.com/witgen/witgen/internal/testing/valuetest"
	"github.com/witgen/witgen/wit"
)

// source has an alias for each type that the tests read.
const source = `package test:wave;
interface types {
  record person { name: string, age: u8, likes: option<string> }
  record maybe { a: option<u8>, b: option<option<u8>> }
  variant when { days(u32), forever, %none, err(string) }
  enum side { left, right, ok }
  flags perms { read, write, exec }
  resource thing;
  record nothing { made-empty: u8 }
  type pair = tuple<string, u16>;
  type bytes = list<u8>;
  type strings = list<string>;
  type three = list<s8, 3>;
  type many = list<s8, 268435455>;
  type ages = map<string, u8>;
  type opt = option<u8>;
  type opt-opt = option<option<u8>>;
  type opt-when = option<when>;
  type opt-bool = option<bool>;
  type res = result<u8, string>;
  type res-err = result<_, string>;
  type res-ok = result<u8>;
  type res-none = result;
  type res-side = result<side>;
  type handle = own<thing>;
  call: func(a: u8, b: option<u8>, c: option<string>);
}`

// sourceTypes returns the types of source. WIT has no empty record, but a model can.
func sourceTypes(t *testing.T) (*wit.Resolve, map[string]wit.Type) {
	t.Helper()
	r, byName := valuetest.Types(t, source)
	r.Types[byName["nothing"].(wit.TypeID)].Kind = &wit.Record{}
	return r, byName
}

func TestParse(t *testing.T) {
	r, byName := sourceTypes(t)
	person := value.Record{"name": "Ann", "age": uint8(7), "likes": value.None()}
	for _, tt := range []struct {
		typ, text string
		want      any
	}{
		{"bool", "true", true},
		{"bool", " // yes\n false // no", false},
		{"u8", "255", uint8(255)},
		{"u8", "-0", uint8(0)},
		{"s8", "-128", int8(-128)},
		{"u64", "18446744073709551615", uint64(math.MaxUint64)},
		{"s64", "-9223372036854775808", int64(math.MinInt64)},
		{"f32", "1", float32(1)},
		{"f64", "6.02e23", 6.02e23},
		{"f64", "-1.5E-3", -1.5e-3},
		{"f64", "1e-07", 1e-7},
		{"f64", "-inf", math.Inf(-1)},
		{"f64", "inf", math.Inf(1)},
		{"char", "'x'", 'x'},
		{"char", `'\''`, '\''},
		{"char", `'"'`, '"'},
		{"char", `'\u{1f30a}'`, '🌊'},
		{"char", `'\u{000041}'`, 'A'},
		{"char", "'☃'", '☃'},
		{"string", `""`, ""},
		{"string", `"a\tb\n\r\\\"'\u{2603}"`, "a\tb\n\r\\\"'☃"},
		{"string", "\"\"\"\n\"\"\"", ""},
		{"string", "\"\"\"\n  one\n   two\\n\n  \"\"\"", "one\n two\n"},
		{"string", "\"\"\"\r\none\r\ntwo\r\n\"\"\"", "one\ntwo"},
		{"string", "\"\"\"\n\n\"\"quoted\"\"\n\n\"\"\"", "\n\"\"quoted\"\"\n"},
		{"pair", `("a", 1)`, value.Tuple{"a", uint16(1)}},
		{"pair", `( "a" , 1 , )`, value.Tuple{"a", uint16(1)}},
		{"bytes", "[]", []uint8{}},
		{"bytes", "[1, 2,]", []uint8{1, 2}},
		{"strings", `["a", "b"]`, []any{"a", "b"}},
		{"three", "[1, -2, 3]", []int8{1, -2, 3}},
		{"ages", "{}", value.Map{}},
		{"ages", "{:}", value.Map{}},
		{"ages", `{"Ann": 7, "Bob": 8,}`, value.Map{"Ann": uint8(7), "Bob": uint8(8)}},
		{"person", `{name: "Ann", age: 7}`, person},
		{"person", `{%age: 7, likes: none, name: "Ann",}`, person},
		{"person", `{age: 7, likes: "tea", name: "Ann"}`, value.Record{"name": "Ann", "age": uint8(7), "likes": value.Some("tea")}},
		{"maybe", "{:}", value.Record{"a": value.None(), "b": value.None()}},
		{"nothing", "{:}", value.Record{}},
		{"maybe", "{b: some(none), a: 1}", value.Record{"a": value.Some(uint8(1)), "b": value.Some(value.None())}},
		{"when", "forever", value.Variant{Case: "forever"}},
		{"when", "days ( 3 )", value.Variant{Case: "days", Value: uint32(3)}},
		{"when", "%none", value.Variant{Case: "none"}},
		{"when", `%err("x")`, value.Variant{Case: "err", Value: "x"}},
		{"side", "left", value.Enum("left")},
		{"side", "%ok", value.Enum("ok")},
		{"perms", "{}", value.Flags{}},
		{"perms", "{exec, %read}", value.Flags{"read", "exec"}},
		{"opt", "none", value.None()},
		{"opt", "some(1)", value.Some(uint8(1))},
		{"opt", "1", value.Some(uint8(1))},
		{"opt-opt", "some(some(1))", value.Some(value.Some(uint8(1)))},
		{"opt-opt", "some(1)", value.Some(value.Some(uint8(1)))},
		{"opt-when", "none", value.None()},
		{"opt-when", "%none", value.Some(value.Variant{Case: "none"})},
		{"opt-bool", "true", value.Some(true)},
		{"res", "ok(1)", value.OK(uint8(1))},
		{"res", "1", value.OK(uint8(1))},
		{"res", `err("no")`, value.Err("no")},
		{"res-err", "ok", value.OK(nil)},
		{"res-ok", "err", value.Err(nil)},
		{"res-none", "ok", value.OK(nil)},
		{"res-side", "%ok", value.OK(value.Enum("ok"))},
		{"res-side", "ok(%ok)", value.OK(value.Enum("ok"))},
	} {
		got, err := wave.Parse(r, byName[tt.typ], tt.text)
		if err != nil {
			t.Errorf("%s as %s: %v", tt.text, tt.typ, err)
		} else if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s as %s: %#v, want %#v", tt.text, tt.typ, got, tt.want)
		}
	}
	if got, err := wave.Parse(r, wit.F32, "nan"); err != nil || got.(float32) == got.(float32) {
		t.Errorf("nan is %v: %v", got, err)
	}
}

func TestParseErrors(t *testing.T) {
	r, byName := sourceTypes(t)
	for _, tt := range []struct{ typ, text, want string }{
		{"bool", "", "1:1: expected true or false, found the end (reading bool)"},
		{"bool", "True", "1:1: expected true or false, found True (reading bool)"},
		{"bool", "true false", "1:6: expected the end of the value, found false (reading bool)"},
		{"bool", "%true", "1:1: expected true or false, found %true (reading bool)"},
		{"u8", "256", "1:1: 256 is out of range: 0 to 255 (reading u8)"},
		{"u8", "-1", "1:1: -1 is out of range: 0 to 255 (reading u8)"},
		{"s16", "40000", "1:1: 40000 is out of range: -32768 to 32767 (reading s16)"},
		{"u8", "1.5", "1:1: expected an integer, found 1.5 (reading u8)"},
		{"u8", "007", "1:1: expected an integer, found 007 (reading u8)"},
		{"u8", "0x10", "1:1: expected an integer, found 0x10 (reading u8)"},
		{"u8", "1_000", "1:1: expected an integer, found 1_000 (reading u8)"},
		{"u8", "\n  \"a\"", "2:3: expected an integer, found a string (reading u8)"},
		{"f64", "1e999", "1:1: 1e999 is out of range (reading f64)"},
		{"f64", ".5", "1:1: expected a number, found '.' (reading f64)"},
		{"f64", "+1", "1:1: expected a number, found '+' (reading f64)"},
		{"f64", "infinity", "1:1: expected a number, found infinity (reading f64)"},
		{"char", "''", "1:1: expected one char between ' and ' (reading char)"},
		{"char", "'ab'", "1:1: expected one char between ' and ' (reading char)"},
		{"char", `'\u{d800}'`, `1:2: \u{d800} is not a Unicode scalar value (reading char)`},
		{"char", `'\u{+41}'`, `1:2: \u{+41} is not a Unicode scalar value (reading char)`},
		{"char", `'\x'`, `1:2: expected an escape: one of \' \" \t \n \r \\ \u{...} (reading char)`},
		{"string", `"ab`, `1:1: the string does not end in its line; a line feed in it is written \n (reading string)`},
		{"string", "\"a\nb\"", `1:1: the string does not end in its line; a line feed in it is written \n (reading string)`},
		{"string", "\"a\xff\"", "1:3: the text is not valid UTF-8 (reading string)"},
		{"string", `"""a"""`, `1:1: expected a line end after """ (reading string)`},
		{"string", "\"\"\"\na\"\"\"", `1:1: """ must stand in a line of its own after the string (reading string)`},
		{"string", "\"\"\"\n a\n  \"\"\"", `2:1: the line must begin with the 2 blanks that stand before """ at the end (reading string)`},
		{"string", "\"\"\"\n\\q\n\"\"\"", `2:1: expected an escape: one of \' \" \t \n \r \\ \u{...} (reading string)`},
		{"pair", `("a")`, "1:5: expected 2 elements, found 1 (reading pair)"},
		{"many", "[1]", "1:3: expected 268435455 elements, found 1 (reading many)"},
		{"pair", `("a", 1, 2)`, "1:10: expected ')' after 2 elements, found 2 (reading pair)"},
		{"bytes", "[1 2]", "1:4: expected ',' or ']', found 2 (reading bytes)"},
		{"bytes", "[,]", "1:2: expected an integer, found ',' (reading u8)"},
		{"three", "[1, 2]", "1:6: expected 3 elements, found 2 (reading three)"},
		{"three", "[1, 2, 3, 4]", "1:11: expected ']' after 3 elements, found 4 (reading three)"},
		{"ages", `{"a": 1, "a": 2}`, "1:10: the key stands there twice (reading ages)"},
		{"person", `{name: "Ann"}`, "1:1: the field age is missing (reading person)"},
		{"person", `{name: "Ann", size: 1}`, "1:15: there is no field size (reading person)"},
		{"person", `{name: "Ann", name: "Bob"}`, "1:15: the field name stands there twice (reading person)"},
		{"maybe", "{}", "1:2: expected a field, found '}'; a record without fields is {:} (reading maybe)"},
		{"when", "never", "1:1: there is no case never (reading when)"},
		{"when", "none", "1:1: none is a word of WAVE's own here; a case of this name is written %none (reading when)"},
		{"when", "forever(1)", "1:8: forever has no payload (reading when)"},
		{"when", "days", "1:5: expected '(', found the end (reading when)"},
		{"side", "ok", "1:1: ok is a word of WAVE's own here; a case of this name is written %ok (reading side)"},
		{"perms", "{read, fly}", "1:8: there is no flag fly (reading perms)"},
		{"perms", "{read, read}", "1:8: the flag read stands there twice (reading perms)"},
		{"opt-opt", "1", "1:1: expected some(...) or none, found 1 (reading opt-opt)"},
		{"res-err", "1", "1:1: expected ok or err, found 1 (reading res-err)"},
		{"res-none", "ok(1)", "1:3: ok has no payload (reading res-none)"},
		{"handle", "x", "1:1: a resource has no text (reading handle)"},
	} {
		_, err := wave.Parse(r, byName[tt.typ], tt.text)
		var bad *wave.Error
		if !errors.As(err, &bad) || err.Error() != tt.want {
			t.Errorf("%q as %s:\n got %v\nwant %s", tt.text, tt.typ, err, tt.want)
		}
	}
}

func TestFormat(t *testing.T) {
	r, byName := sourceTypes(t)
	for _, tt := range []struct {
		typ  string
		v    any
		want string
	}{
		{"f64", 1e21, "1e+21"},
		{"f64", 1e-8, "1e-8"},
		{"f64", math.Copysign(0, -1), "-0"},
		{"f32", float32(0.1), "0.1"},
		{"f32", float32(math.NaN()), "nan"},
		{"char", '\'', `'\''`},
		{"char", '"', `'"'`},
		{"char", '\u202e', `'\u{202e}'`},
		{"string", "a\"b'c\n\x00", `"a\"b'c\n\u{0}"`},
		{"bytes", []uint8{1, 2}, "[1, 2]"},
		{"person", value.Record{"name": "Ann", "age": uint8(7), "likes": value.None()}, `{name: "Ann", age: 7}`},
		{"maybe", value.Record{"a": value.None(), "b": value.None()}, "{:}"},
		{"when", value.Variant{Case: "err", Value: "x"}, `%err("x")`},
		{"opt-when", value.Some(value.Variant{Case: "none"}), "some(%none)"},
		{"ages", value.Map{"b": uint8(1), "a": uint8(2)}, `{"a": 2, "b": 1}`},
		{"ages", value.Map{}, "{}"},
		{"perms", value.Flags{"write", "read"}, "{read, write}"},
		{"res", value.OK(uint8(1)), "ok(1)"},
		{"res-none", value.Err(nil), "err"},
	} {
		got, err := wave.Format(r, byName[tt.typ], tt.v)
		if err != nil || got != tt.want {
			t.Errorf("%#v as %s: %s, %v; want %s", tt.v, tt.typ, got, err, tt.want)
		}
	}
	_, err := wave.Format(r, byName["strings"], []any{"a", 1})
	if want := "[1]: string is string in Go, and this is int"; err == nil || err.Error() != want {
		t.Errorf("a bad value: %v, want %s", err, want)
	}
	if _, err := wave.Format(r, byName["handle"], 1); err == nil {
		t.Error("a resource is written without a name for it")
	}
}

// What is written of any value of any type reads back as the same value, and is
// written the same again; so is what has blanks and comments between its tokens.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(3000) {
		g := valuetest.New(seed)
		typ := g.Type(4)
		v := g.Value(typ)
		text, err := wave.Format(g.Resolve, typ, v)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, g.Resolve.TypeString(typ), err)
		}
		for _, text := range []string{text, " // first\n" + text + "\t// last"} {
			back, err := wave.Parse(g.Resolve, typ, text)
			if err != nil {
				t.Fatalf("seed %d: %s: %s\n%v", seed, g.Resolve.TypeString(typ), text, err)
			}
			if diff := cmp.Diff(v, back, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
				t.Fatalf("seed %d: %s: %s (-written +read):\n%s", seed, g.Resolve.TypeString(typ), text, diff)
			}
		}
	}
}

func TestResources(t *testing.T) {
	r, byName := sourceTypes(t)
	c := &wave.Codec{
		Resolve: r,
		ParseResource: func(_ wit.Type, name string) (any, error) {
			if name != "c1" {
				return nil, fmt.Errorf("there is no %s", name)
			}
			return 1, nil
		},
		FormatResource: func(_ wit.Type, v any) (string, error) { return fmt.Sprintf("c%v", v), nil },
	}
	if v, err := c.Parse(byName["handle"], "c1"); v != 1 || err != nil {
		t.Errorf("c1 is %v, %v", v, err)
	}
	if _, err := c.Parse(byName["handle"], "c2"); err == nil || !strings.Contains(err.Error(), "there is no c2") {
		t.Errorf("c2: %v", err)
	}
	if text, err := c.Format(byName["handle"], 1); text != "c1" || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}

func TestCall(t *testing.T) {
	r, _ := sourceTypes(t)
	params := r.Interfaces[0].Functions[0].Params
	for _, tt := range []struct {
		text, result, name string
		args               []any
	}{
		{"call(1)", "", "call", []any{uint8(1), value.None(), value.None()}},
		{" a:b/c@1.0.0-rc.1+x#[method]r.f ( 1 , 2, ) ", "", "a:b/c@1.0.0-rc.1+x#[method]r.f", []any{uint8(1), value.Some(uint8(2)), value.None()}},
		{"x = call(1, none, \"=(\")", "x", "call", []any{uint8(1), value.None(), value.Some("=(")}},
	} {
		call, err := wave.ParseCall(tt.text)
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		if call.Result != tt.result || call.Func != tt.name {
			t.Errorf("%s: %q = %q", tt.text, call.Result, call.Func)
		}
		args, err := (&wave.Codec{Resolve: r}).Args(call, params)
		if err != nil || !reflect.DeepEqual(args, tt.args) {
			t.Errorf("%s: %v, %v", tt.text, args, err)
		}
	}
	for text, want := range map[string]string{
		"call":              "1:5: expected the arguments in parentheses, as in call()",
		"":                  "1:1: expected the arguments in parentheses, as in name()",
		"(1)":               "1:1: expected the name of a function, found '('",
		"a b(1)":            "1:1: expected the name of a function, found a",
		"none = call(1)":    `1:1: "none" cannot be a name for the result`,
		"call()":            "1:6: the argument a is missing (reading u8)",
		"call(1, 2, 3, 4)":  "1:12: expected a string, found 3 (reading string)",
		"call(1,2,\"\", 4)": "1:14: expected ')' after 3 arguments, found 4",
		"call(1) call(2)":   "1:9: expected the end of the call, found call",
		"call(1":            "1:7: expected ',' or ')', found the end",
		"call(\n 300)":      "2:2: 300 is out of range: 0 to 255 (reading u8)",
	} {
		call, err := wave.ParseCall(text)
		if err == nil {
			_, err = (&wave.Codec{Resolve: r}).Args(call, params)
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

// Whatever the text, reading ends with a value or an error, and the value is
// written and read back.
func FuzzParse(f *testing.F) {
	for seed := range uint64(100) {
		g := valuetest.New(seed)
		typ := g.Type(3)
		text, err := wave.Format(g.Resolve, typ, g.Value(typ))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed, text)
	}
	f.Add(uint64(0), "\"\"\"\n  a\n  \"\"\"")
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		g := valuetest.New(seed)
		typ := g.Type(3)
		v, err := wave.Parse(g.Resolve, typ, text)
		if err != nil {
			var bad *wave.Error
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(text) {
				t.Fatalf("%v", err)
			}
			return
		}
		canonical, err := wave.Format(g.Resolve, typ, v)
		if err != nil {
			t.Fatalf("%q gives what is no %s: %v", text, g.Resolve.TypeString(typ), err)
		}
		again, err := wave.Parse(g.Resolve, typ, canonical)
		if err != nil {
			t.Fatalf("%q, written as %q: %v", text, canonical, err)
		}
		if second, err := wave.Format(g.Resolve, typ, again); err != nil || second != canonical {
			t.Fatalf("%q, then %q: %v", canonical, second, err)
		}
	})
}
