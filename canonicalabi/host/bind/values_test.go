package bind_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
)

// allow lets cmp look into the types of WIT.
var allow = cmp.AllowUnexported(types.Option[uint32]{}, types.Option[values.Color]{}, types.Result[uint32, string]{})

// through sends values to a guest, which passes them on to the host, and so
// through lowering and lifting in both directions.
func through[T any](t *testing.T, name string, echo func(context.Context, T) (T, error), list ...T) {
	t.Helper()
	for _, v := range list {
		got, err := echo(context.Background(), v)
		if err != nil {
			t.Fatalf("%s(%v): %v", name, v, err)
		}
		if diff := cmp.Diff(v, got, allow); diff != "" {
			t.Errorf("%s changes its value (-sent +back):\n%s", name, diff)
		}
	}
}

func TestValuesGoThrough(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		v := inst.Values()
		through(t, "bool", v.EchoBool, true, false)
		through(t, "u8", v.EchoU8, 0, 1, math.MaxUint8)
		through(t, "s8", v.EchoS8, math.MinInt8, -1, 0, math.MaxInt8)
		through(t, "u16", v.EchoU16, 0, math.MaxUint16)
		through(t, "s16", v.EchoS16, math.MinInt16, -1, math.MaxInt16)
		through(t, "u32", v.EchoU32, 0, math.MaxUint32)
		through(t, "u64", v.EchoU64, 0, math.MaxUint64)
		through(t, "f32", v.EchoF32, 0, -1.5, math.MaxFloat32, float32(math.Inf(1)))
		through(t, "f64", v.EchoF64, 0, -1.5, math.MaxFloat64, math.Inf(-1))
		through(t, "char", v.EchoChar, 'a', 0, 0xd7ff, 0xe000, 0x10ffff)
		through(t, "enum", v.EchoColor, values.ColorRed, values.ColorGreen, values.ColorBlue)
		through(t, "flags", v.EchoPerms, 0, values.PermsRead|values.PermsExec, 7)
		through(t, "string", v.EchoString, "", "a", "grüße, 世界", strings.Repeat("x", 200_000))
		through(t, "bytes", v.EchoBytes, []byte{}, []byte{1, 2, 255}, make([]byte, 100_000))
		through(t, "numbers", v.EchoNumbers, []uint32{}, []uint32{1, math.MaxUint32})
		through(t, "wide", v.EchoWide, []uint64{}, []uint64{1, math.MaxUint64})
		through(t, "chars", v.EchoChars, []rune{}, []rune("añ世"))
		through(t, "bools", v.EchoBools, []bool{}, []bool{true, false, true})
		through(t, "strings", v.EchoStrings, []string{}, []string{"", "a", "bc"})
		through(t, "lists", v.EchoLists, [][]uint64{}, [][]uint64{{}, {1}, {2, 3}})
		person := values.Person{Name: "Ada", Age: 36, Letter: 'ß', Likes: types.Some(values.ColorBlue)}
		through(t, "record", v.EchoPerson, person, values.Person{})
		through(t, "records", v.EchoPeople, []values.Person{}, []values.Person{person, {Name: "Bo"}, person})
		shapes := []values.Shape{values.ShapeDot{}, values.ShapeCircle{Value: 2.5}, values.ShapeLabel{Value: "here"},
			values.ShapeCorners{Value: types.Tuple4[uint64, uint64, uint64, uint64]{F0: 1, F1: math.MaxUint64, F2: 3, F3: 4}}}
		through(t, "variant", v.EchoShape, shapes...)
		through(t, "variants", v.EchoShapes, []values.Shape{}, shapes)
		through(t, "groups", v.EchoGroups, [][]values.Shape{}, [][]values.Shape{shapes, {}, shapes[:1]})
		through(t, "option", v.EchoOption, types.None[uint32](), types.Some[uint32](0), types.Some[uint32](7))
		through(t, "map", v.EchoMap, map[uint32]string{}, map[uint32]string{3: "c", 1: "a", 2: ""})
		through(t, "fixed list", v.EchoFixed, [3]uint16{1, 2, math.MaxUint16})
		for _, r := range []types.Result[uint32, string]{types.OK[uint32, string](9), types.Err[uint32]("bad")} {
			got, n, err := v.EchoOutcome(context.Background(), types.Tuple2[types.Result[uint32, string], uint8]{F0: r, F1: 4})
			if diff := cmp.Diff(r, got, allow); diff != "" || n != 4 || err != nil {
				t.Errorf("outcome: %d, %v, (-sent +back):\n%s", n, err, diff)
			}
		}
	})
}

// NaN comes back as NaN.
func TestNaN(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		v := inst.Values()
		if got, err := v.EchoF32(t.Context(), float32(math.NaN())); got == got || err != nil {
			t.Errorf("f32: %v, %v", got, err)
		}
		if got, err := v.EchoF64(t.Context(), math.NaN()); got == got || err != nil {
			t.Errorf("f64: %v, %v", got, err)
		}
	})
}

func TestManyParameters(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		v := inst.Values()
		want := uint64(0)
		for i := range uint64(16) {
			want += (i + 1) * (i + 1)
		}
		if got, err := v.Sixteen(t.Context(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16); got != want || err != nil {
			t.Errorf("sixteen: %d, %v; want %d", got, err, want)
		}
		if got, err := v.Seventeen(t.Context(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1<<40); got != want+1<<40 || err != nil {
			t.Errorf("seventeen: %d, %v; want %d", got, err, want+1<<40)
		}
	})
}

// The error of a WIT result goes through as itself, and leaves the instance
// alive.
func TestResults(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		v := inst.Values()
		if q, err := v.Divide(t.Context(), 7, 2); q != 3 || err != nil {
			t.Errorf("7/2: %d, %v", q, err)
		}
		if _, err := v.Divide(t.Context(), 7, 0); err != values.ColorRed {
			t.Errorf("7/0: %v", err)
		}
		if n, err := v.Parse(t.Context(), "12"); n != 12 || err != nil {
			t.Errorf("parse: %d, %v", n, err)
		}
		_, err := v.Parse(t.Context(), "x")
		if text, ok := types.AsError[string](err); !ok || !strings.Contains(text, "invalid syntax") {
			t.Errorf("parse: %v", err)
		}
		if err := v.Check(t.Context(), 1); err != nil {
			t.Errorf("check: %v", err)
		}
		if _, ok := types.AsError[types.Unit](v.Check(t.Context(), 2)); !ok {
			t.Error("check does not fail")
		}
		if err := v.Nothing(t.Context()); err != nil {
			t.Errorf("nothing: %v", err)
		}
		if errors.Is(err, hosttest.ErrFail) {
			t.Error("a host's error came through a guest")
		}
	})
}
