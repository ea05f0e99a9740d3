package bind_test

import (
	"math/rand/v2"
	"testing"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
)

// randomValues makes values, the same ones in every run.
type randomValues struct{ *rand.Rand }

func (r randomValues) text() string {
	list := make([]rune, r.IntN(20))
	for i := range list {
		list[i] = r.char()
	}
	return string(list)
}

func (r randomValues) char() rune {
	for {
		if c := rune(r.IntN(0x110000)); c < 0xd800 || c > 0xdfff {
			return c
		}
	}
}

func (r randomValues) shape() values.Shape {
	switch r.IntN(4) {
	case 0:
		return values.ShapeDot{}
	case 1:
		return values.ShapeCircle{Value: r.Float64()}
	case 2:
		return values.ShapeLabel{Value: r.text()}
	default:
		return values.ShapeCorners{Value: types.Tuple4[uint64, uint64, uint64, uint64]{F0: r.Uint64(), F1: r.Uint64(), F2: r.Uint64(), F3: r.Uint64()}}
	}
}

func (r randomValues) person() values.Person {
	p := values.Person{Name: r.text(), Age: uint8(r.Uint32()), Letter: r.char()}
	if r.IntN(2) == 0 {
		p.Likes = types.Some(values.Color(r.IntN(3)))
	}
	return p
}

func listOf[T any](r randomValues, make func() T) []T {
	list := []T{}
	for range r.IntN(8) {
		list = append(list, make())
	}
	return list
}

// Random values go through a guest, and through memory that grows meanwhile.
func TestRandomValuesGoThrough(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		v := inst.Values()
		r := randomValues{rand.New(rand.NewPCG(1, 2))}
		for range 300 {
			through(t, "strings", v.EchoStrings, listOf(r, r.text))
			through(t, "chars", v.EchoChars, listOf(r, r.char))
			through(t, "numbers", v.EchoNumbers, listOf(r, r.Uint32))
			through(t, "lists", v.EchoLists, listOf(r, func() []uint64 { return listOf(r, r.Uint64) }))
			through(t, "records", v.EchoPeople, listOf(r, r.person))
			through(t, "variant", v.EchoShape, r.shape())
			through(t, "groups", v.EchoGroups, listOf(r, func() []values.Shape { return listOf(r, r.shape) }))
			m := map[uint32]string{}
			for _, key := range listOf(r, r.Uint32) {
				m[key] = r.text()
			}
			through(t, "map", v.EchoMap, m)
		}
	})
}
