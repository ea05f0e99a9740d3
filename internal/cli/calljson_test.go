package cli

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/valuetest"
)

func TestJSONValue(t *testing.T) {
	r, byName := valuetest.Types(t, `package test:json;
interface i {
  record person { name: string, likes: option<string>, %type: u8 }
  variant when { days(u32), forever, %none }
  enum side { left, right }
  flags perms { read, write, exec }
  resource thing;
  type handle = own<thing>;
  type bytes = list<u8>;
  type floats = list<f32>;
  type words = list<string, 2>;
  type pair = tuple<string, u16>;
  type ages = map<string, u8>;
  type opt = option<u8>;
  type opt-opt = option<option<u8>>;
  type opt-res = option<result>;
  type res = result<u8, string>;
  type res-none = result;
  type alias = when;
}`)
	for _, test := range []struct {
		typ  string
		v    any
		want string
	}{
		{"bool", true, `true`},
		{"u64", uint64(math.MaxUint64), `18446744073709551615`},
		{"s64", int64(math.MinInt64), `-9223372036854775808`},
		{"s32", int32(65), `65`},
		{"char", 'A', `"A"`},
		{"string", "<a & \"b\">\n☃", `"<a & \"b\">\n☃"`},
		{"f32", float32(0.1), `0.1`},
		{"f64", 1e300, `1e+300`},
		{"f64", math.NaN(), `"nan"`},
		{"f64", math.Inf(1), `"inf"`},
		{"f32", float32(math.Inf(-1)), `"-inf"`},
		{"f64", math.Copysign(0, -1), `-0`},
		{"person", value.Record{"name": "Ann", "likes": value.None(), "type": uint8(1)}, `{"name":"Ann","likes":null,"type":1}`},
		{"when", value.Variant{Case: "days", Value: uint32(3)}, `{"tag":"days","val":3}`},
		{"alias", value.Variant{Case: "none"}, `{"tag":"none"}`},
		{"side", value.Enum("left"), `"left"`},
		{"perms", value.Flags{"exec", "read"}, `["read","exec"]`},
		{"perms", value.Flags{}, `[]`},
		{"bytes", []byte{1, 2}, `[1,2]`},
		{"bytes", []byte{}, `[]`},
		{"floats", []float32{1, float32(math.NaN())}, `[1,"nan"]`},
		{"words", []any{"a", "b"}, `["a","b"]`},
		{"pair", value.Tuple{"a", uint16(1)}, `["a",1]`},
		{"ages", value.Map{"b": uint8(2), "a": uint8(1)}, `[["a",1],["b",2]]`},
		{"opt", value.Some(uint8(1)), `1`},
		{"opt", value.None(), `null`},
		{"opt-opt", value.None(), `null`},
		{"opt-opt", value.Some(value.None()), `{"tag":"some","val":null}`},
		{"opt-opt", value.Some(value.Some(uint8(1))), `{"tag":"some","val":1}`},
		{"opt-res", value.Some(value.OK(nil)), `{"tag":"ok"}`},
		{"res", value.OK(uint8(1)), `{"tag":"ok","val":1}`},
		{"res", value.Err("no"), `{"tag":"err","val":"no"}`},
		{"res-none", value.Err(nil), `{"tag":"err"}`},
		{"handle", struct{}{}, `"thing-1"`},
	} {
		got := jsonValue(r, byName[test.typ], test.v, func(any) string { return "thing-1" })
		if string(got) != test.want {
			t.Errorf("%s %v is %s, want %s", test.typ, test.v, got, test.want)
		}
		if !json.Valid(got) {
			t.Errorf("%s is no JSON", got)
		}
	}
}
