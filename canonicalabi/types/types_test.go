package types_test

import (
	"errors"
	"fmt"
	"go/build"
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
		{types.Error[types.Unit]{}, "the call returned an error value"},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%T says %q, want %q", test.err, got, test.want)
		}
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
