// Package valuetest makes random WIT types and values of them for tests, the same
// for the same seed.
package valuetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// Gen draws types into its Resolve, and values.
type Gen struct {
	*rand.Rand
	Resolve *wit.Resolve
	// Resource makes the value of an own<R> or borrow<R>. Without it types hold no
	// resources, and their values cannot be drawn.
	Resource func(t wit.Type) any
}

// Types resolves a WIT text and returns its named types by their names, and the
// primitive types by theirs.
func Types(t testing.TB, source string) (*wit.Resolve, map[string]wit.Type) {
	t.Helper()
	result, err := resolve.Source("types.wit", source, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]wit.Type{}
	for p := wit.Bool; p <= wit.String; p++ {
		byName[p.String()] = p
	}
	for id, def := range result.Resolve.Types {
		if def.Name != "" {
			byName[def.Name] = wit.TypeID(id)
		}
	}
	return result.Resolve, byName
}

// New returns a Gen for new types.
func New(seed uint64) *Gen { return Of(seed, new(wit.Resolve)) }

// Of returns a Gen for the types of r.
func Of(seed uint64, r *wit.Resolve) *Gen {
	return &Gen{Rand: rand.New(rand.NewPCG(seed, 7)), Resolve: r}
}

// caseNames are names of fields, cases and flags, some of them words of WAVE's.
var caseNames = strings.Fields("some none ok err true false inf nan a b2 c-d e-0 HTTP-url f64 list x y z")

func (g *Gen) names(n int) []string {
	list := make([]string, n)
	for i, p := range g.Perm(len(caseNames))[:n] {
		list[i] = caseNames[p]
	}
	return list
}

func (g *Gen) labels() []wit.Label {
	var list []wit.Label
	for _, name := range g.names(1 + g.IntN(len(caseNames))) {
		list = append(list, wit.Label{Name: name})
	}
	return list
}

func (g *Gen) add(name string, k wit.Kind) wit.Type {
	if name != "" {
		name = fmt.Sprintf("%s%d", name, len(g.Resolve.Types))
	}
	g.Resolve.Types = append(g.Resolve.Types, &wit.TypeDef{Name: name, Kind: k})
	return wit.TypeID(len(g.Resolve.Types) - 1)
}

// Type returns a new type, of at most that depth.
func (g *Gen) Type(depth int) wit.Type {
	kinds := 16
	if depth == 0 {
		kinds = 5
	}
	inner := func() wit.Type { return g.Type(depth - 1) }
	optional := func() wit.Type {
		if g.IntN(3) == 0 {
			return nil
		}
		return inner()
	}
	switch g.IntN(kinds) {
	case 0, 1, 2:
		return wit.Prim(g.IntN(int(wit.String) + 1))
	case 3:
		return g.add("e", &wit.Enum{Cases: g.labels()})
	case 4:
		return g.add("f", &wit.Flags{Flags: g.labels()})
	case 5:
		return g.add("a", &wit.Alias{Type: inner()})
	case 6, 7:
		r := &wit.Record{}
		for _, name := range g.names(1 + g.IntN(5)) {
			r.Fields = append(r.Fields, wit.Field{Name: name, Type: inner()})
		}
		return g.add("r", r)
	case 8, 9:
		v := &wit.Variant{}
		for _, name := range g.names(1 + g.IntN(5)) {
			v.Cases = append(v.Cases, wit.Case{Name: name, Type: optional()})
		}
		return g.add("v", v)
	case 10:
		t := &wit.Tuple{}
		for range 1 + g.IntN(4) {
			t.Types = append(t.Types, inner())
		}
		return g.add("", t)
	case 11, 12:
		return g.add("", &wit.Option{Type: inner()})
	case 13:
		return g.add("", &wit.Result{OK: optional(), Err: optional()})
	case 14:
		if g.IntN(3) == 0 {
			return g.add("", &wit.FixedList{Type: inner(), Size: uint32(1 + g.IntN(4))})
		}
		return g.add("", &wit.List{Type: inner()})
	default:
		keys := []wit.Prim{wit.Bool, wit.U8, wit.U16, wit.U32, wit.U64, wit.S8, wit.S16, wit.S32, wit.S64, wit.Char, wit.String}
		return g.add("", &wit.Map{Key: keys[g.IntN(len(keys))], Value: inner()})
	}
}

// Value returns a value of a type.
func (g *Gen) Value(t wit.Type) any {
	if p, ok := g.Resolve.Dealias(t).(wit.Prim); ok {
		return g.prim(p)
	}
	payload := func(t wit.Type) any {
		if t == nil {
			return nil
		}
		return g.Value(t)
	}
	switch k := g.Resolve.Kind(t).(type) {
	case *wit.Record:
		r := value.Record{}
		for _, f := range k.Fields {
			r[f.Name] = g.Value(f.Type)
		}
		return r
	case *wit.Tuple:
		v := value.Tuple{}
		for _, t := range k.Types {
			v = append(v, g.Value(t))
		}
		return v
	case *wit.List:
		return g.list(k.Type, g.IntN(5))
	case *wit.FixedList:
		return g.list(k.Type, int(k.Size))
	case *wit.Map:
		m := value.Map{}
		for range g.IntN(4) {
			m[g.Value(k.Key)] = g.Value(k.Value)
		}
		return m
	case *wit.Variant:
		c := k.Cases[g.IntN(len(k.Cases))]
		return value.Variant{Case: c.Name, Value: payload(c.Type)}
	case *wit.Enum:
		return value.Enum(k.Cases[g.IntN(len(k.Cases))].Name)
	case *wit.Flags:
		set := value.Flags{}
		for _, f := range k.Flags {
			if g.IntN(2) == 0 {
				set = append(set, f.Name)
			}
		}
		return set
	case *wit.Option:
		if g.IntN(3) == 0 {
			return value.None()
		}
		return value.Some(g.Value(k.Type))
	case *wit.Result:
		if g.IntN(2) == 0 {
			return value.OK(payload(k.OK))
		}
		return value.Err(payload(k.Err))
	case *wit.Own, *wit.Borrow:
		return g.Resource(t)
	default:
		panic(fmt.Sprintf("valuetest: unhandled kind %T", k))
	}
}

// list returns a list in the Go slice of its type.
func (g *Gen) list(element wit.Type, n int) any {
	of := reflect.TypeFor[any]()
	if t := g.Resolve.Dealias(element); value.IsNumber(t) {
		of = reflect.TypeOf(g.prim(t.(wit.Prim)))
	}
	list := reflect.MakeSlice(reflect.SliceOf(of), 0, n)
	for range n {
		list = reflect.Append(list, reflect.ValueOf(g.Value(element)))
	}
	return list.Interface()
}

// bits returns a number that has any width, often a small one.
func (g *Gen) bits() uint64 { return g.Uint64() >> (g.UintN(8) * 8) }

func (g *Gen) prim(p wit.Prim) any {
	switch p {
	case wit.Bool:
		return g.IntN(2) == 0
	case wit.U8:
		return uint8(g.Uint64())
	case wit.U16:
		return uint16(g.bits())
	case wit.U32:
		return uint32(g.bits())
	case wit.U64:
		return g.bits()
	case wit.S8:
		return int8(g.Uint64())
	case wit.S16:
		return int16(g.bits())
	case wit.S32:
		return int32(g.bits())
	case wit.S64:
		return -int64(g.bits())
	case wit.F32:
		return float32(g.float(float64(math.Float32frombits(g.Uint32()))))
	case wit.F64:
		return g.float(math.Float64frombits(g.Uint64()))
	case wit.Char:
		return g.char()
	case wit.String:
		var b strings.Builder
		for range g.IntN(6) {
			b.WriteRune(g.char())
		}
		return b.String()
	default:
		panic(fmt.Sprintf("valuetest: unhandled primitive type %d", p))
	}
}

// float returns random, or a float that is special, but never NaN, which equals
// nothing.
func (g *Gen) float(random float64) float64 {
	special := []float64{0, math.Copysign(0, -1), 1, -1.5, 1e21, 1e-7, math.Inf(1), math.Inf(-1), 123456789}
	if g.IntN(2) == 0 || random != random {
		return special[g.IntN(len(special))]
	}
	return random
}

func (g *Gen) char() rune {
	switch g.IntN(4) {
	case 0:
		odd := []rune("\x00\t\n\r\"'\\\u007f\u00a0\u202e\ufeff\U0010ffff {}[](),:/%")
		return odd[g.IntN(len(odd))]
	case 1:
		return rune(0xe000 + g.IntN(0x2000))
	default:
		return rune(' ' + g.IntN(95))
	}
}
