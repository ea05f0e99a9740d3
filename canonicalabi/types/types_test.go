package types_test

import (
	"errors"
	"fmt"
	"go/build"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/types"
)

func TestOption(t *testing.T) {
	var zero types.Option[int]
	if v, ok := zero.Get(); ok || v != 0 || zero != types.None[int]() {
		t.Errorf("the zero Option is %v, %v; want none", v, ok)
	}
	some := types.Some(7)
	if v, ok := some.Get(); !ok || v != 7 {
		t.Errorf("Some(7).Get() = %v, %v", v, ok)
	}
	if some.Or(1) != 7 || zero.Or(1) != 1 {
		t.Errorf("Or gives %v and %v, want 7 and 1", some.Or(1), zero.Or(1))
	}
	nested := types.Some(types.None[int]())
	if inner, ok := nested.Get(); !ok || inner != zero {
		t.Errorf("Some(None).Get() = %v, %v", inner, ok)
	}
}

func TestResult(t *testing.T) {
	if v, e, ok := types.OK[int, string](3).Get(); v != 3 || e != "" || !ok {
		t.Errorf("OK(3).Get() = %v, %q, %v", v, e, ok)
	}
	if v, e, ok := types.Err[int]("no").Get(); v != 0 || e != "no" || ok {
		t.Errorf("Err(no).Get() = %v, %q, %v", v, e, ok)
	}
	var zero types.Result[int, string]
	if zero != types.OK[int, string](0) {
		t.Error("the zero Result is not OK of zero")
	}
}

// code is an error value that implements error itself.
type code uint8

func (c code) Error() string { return "code " + string('0'+rune(c)) }

// level is one that only has a String method.
type level uint8

func (level) String() string { return "high" }

func TestErrorText(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{types.Error[string]{Value: "division by zero"}, "division by zero"},
		{types.Error[level]{}, "high"},
		{types.Error[code]{Value: 4}, "code 4"},
		{types.Error[uint64]{Value: 1<<64 - 1}, "18446744073709551615"},
		{types.Error[int8]{Value: -3}, "-3"},
		{types.Error[int64]{Value: math.MinInt64}, "-9223372036854775808"},
		{types.Error[int16]{}, "0"},
		{types.Error[bool]{Value: true}, "true"},
		{types.Error[float32]{Value: 0.1}, "0.1"},
		{types.Error[float64]{Value: math.Inf(-1)}, "-Inf"},
		{types.Error[[]byte]{Value: []byte{1, 2}}, "[1, 2]"},
		{types.Error[[]string]{Value: []string{"a", "b\"c"}}, `["a", "b\"c"]`},
		{types.Error[[]float64]{}, "[]"},
		{types.Error[types.Option[string]]{Value: types.Some("x")}, `some("x")`},
		{types.Error[types.Option[level]]{}, "none"},
		{types.Error[types.Result[uint8, types.Unit]]{Value: types.Err[uint8](types.Unit{})}, "err"},
		{types.Error[types.Result[uint8, string]]{Value: types.OK[uint8, string](3)}, "ok(3)"},
		{types.Error[types.Tuple2[uint16, string]]{Value: types.Tuple2[uint16, string]{F0: 404, F1: "not found"}}, `(404, "not found")`},
		{types.Error[types.Tuple3[level, code, types.Option[int64]]]{}, "(high, code 0, none)"},
		{types.Error[types.Tuple1[struct{}]]{}, "(?)"},
		{types.Error[error]{Value: code(3)}, "code 3"},
		{types.Error[error]{}, "nil"},
		{types.Error[struct{}]{}, "the call returned an error value"},
		{types.Error[types.Unit]{}, "the call returned an error value"},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%T says %q, want %q", test.err, got, test.want)
		}
	}
}

// Lists and maps are told in full up to a point, and the same way each time.
func TestLongTexts(t *testing.T) {
	number := func(v int) string { return strconv.Itoa(v) }
	m := map[int]int{}
	var list []int
	for i := range 150 {
		m[1000+i] = i
		list = append(list, i)
	}
	if got := types.MapText(m, number, number); !strings.HasPrefix(got, "{1000: 0, 1001: 1, ") || !strings.HasSuffix(got, ", 1099: 99, 50 more}") {
		t.Errorf("a map of 150 says %s", got)
	}
	if got := types.ListText(list, number); !strings.HasSuffix(got, ", 98, 99, 50 more]") {
		t.Errorf("a list of 150 says %s", got)
	}
	if got := types.ListText(list[:100], number); !strings.HasSuffix(got, ", 98, 99]") {
		t.Errorf("a list of 100 says %s", got)
	}
	if got := types.MapText(map[string]bool{"b": true, "a": false}, types.Quote, strconv.FormatBool); got != `{"a": false, "b": true}` {
		t.Errorf("a map of 2 says %s", got)
	}
}

func TestQuote(t *testing.T) {
	if got, want := types.Quote("a\"'\\\n\t\x00\x1f\u0085\u2028é\xff"), `"a\"'\\\n\t\u{0}\u{1f}\u{85}\u{2028}é`+"\uFFFD\""; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := types.CharText('\''); got != `'\''` {
		t.Errorf("a quote is %s", got)
	}
}

// What Describe is told of is known alone and inside other values.
func TestDescribe(t *testing.T) {
	type odd struct{ n int }
	types.Describe(func(o odd) string { return "odd " + strconv.Itoa(o.n) })
	if got := (types.Error[odd]{Value: odd{3}}).Error(); got != "odd 3" {
		t.Errorf("got %q", got)
	}
	if got := (types.Error[types.Option[odd]]{Value: types.Some(odd{5})}).Error(); got != "some(odd 5)" {
		t.Errorf("got %q", got)
	}
}

func TestAsError(t *testing.T) {
	text := types.Error[string]{Value: "deep"}
	for name, err := range map[string]error{
		"bare":    text,
		"wrapped": fmt.Errorf("outer: %w", fmt.Errorf("inner: %w", text)),
		"joined":  errors.Join(errors.New("other"), fmt.Errorf("second: %w", text)),
	} {
		if got, ok := types.AsError[string](err); !ok || got != "deep" {
			t.Errorf("%s: AsError = %q, %v", name, got, ok)
		}
		if _, ok := types.AsError[int32](err); ok {
			t.Errorf("%s: found an int32 in an Error[string]", name)
		}
		var target types.Error[string]
		if !errors.As(err, &target) || target.Value != "deep" {
			t.Errorf("%s: errors.As found %v", name, target)
		}
	}
	if got, ok := types.AsError[code](fmt.Errorf("outer: %w", code(2))); !ok || got != 2 {
		t.Errorf("AsError of a type that implements error = %v, %v", got, ok)
	}
	if got, ok := types.AsError[code](types.Error[code]{Value: 3}); !ok || got != 3 {
		t.Errorf("AsError of Error[code] = %v, %v", got, ok)
	}
	if _, ok := types.AsError[code](nil); ok {
		t.Error("found an error value in nil")
	}
}

// TestImports keeps the package small enough for guests.
func TestImports(t *testing.T) {
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pkg.Imports {
		if path != "strconv" {
			t.Errorf("the package imports %s", path)
		}
	}
}
