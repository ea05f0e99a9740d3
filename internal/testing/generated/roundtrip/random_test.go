package roundtrip

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/big"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/calls"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/many"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/named"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/variants"
)

// source draws random values.
type source struct {
	*rapid.T
	// chars makes every int32 a char.
	chars bool
}

// cases are values of the cases of each variant, of large ones some.
var cases = map[reflect.Type][]any{
	reflect.TypeFor[named.Shape]():      {named.ShapeNothing{}, named.ShapeDot{}, named.ShapeCircle{}, named.ShapeLabel{}, named.ShapePath{}},
	reflect.TypeFor[variants.Only]():    {variants.OnlyOne{}},
	reflect.TypeFor[variants.Numbers](): {variants.NumbersA{}, variants.NumbersB{}},
	reflect.TypeFor[variants.Wide]():    {variants.WideA{}, variants.WideB{}},
	reflect.TypeFor[variants.Mixed]():   {variants.MixedA{}, variants.MixedB{}, variants.MixedC{}, variants.MixedD{}},
	reflect.TypeFor[variants.Texts]():   {variants.TextsS{}, variants.TextsN{}, variants.TextsL{}, variants.TextsNone{}},
	reflect.TypeFor[variants.Tuples]():  {variants.TuplesA{}, variants.TuplesB{}, variants.TuplesC{}, variants.TuplesD{}},
	reflect.TypeFor[variants.Outer]():   {variants.OuterIn{}, variants.OuterOpt{}, variants.OuterRes{}, variants.OuterShape{}, variants.OuterUnit{}},
	reflect.TypeFor[big.Large]():        {big.LargeText{}, big.LargeBig{}, big.LargeList{}},
	reflect.TypeFor[many.V257]():        {many.V257C0{}, many.V257C1{}, many.V257C2{}, many.V257C3{}, many.V257C127{}, many.V257C128{}, many.V257C255{}, many.V257C256{}},
	reflect.TypeFor[calls.Failure]():    {calls.FailureGone{}, calls.FailureBusy{}, calls.FailureText{}, calls.FailureWhere{}},
}

// random draws a value of type T.
func random[T any](s source) T {
	var v T
	s.fill(reflect.ValueOf(&v).Elem(), 0)
	return v
}

// fill sets v to a random value. The deeper it lies, the fewer elements lists
// have.
func (s source) fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(s.T, "bool"))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(rapid.Uint64Range(0, largest(v.Type())).Draw(s.T, "uint"))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if s.chars && v.Kind() == reflect.Int32 {
			v.SetInt(int64(rapid.Rune().Draw(s.T, "char")))
			return
		}
		unused := 64 - v.Type().Bits()
		v.SetInt(rapid.Int64Range(math.MinInt64>>unused, math.MaxInt64>>unused).Draw(s.T, "int"))
	case reflect.Float32:
		v.SetFloat(float64(math.Float32frombits(rapid.Uint32().Draw(s.T, "float32"))))
	case reflect.Float64:
		v.SetFloat(math.Float64frombits(rapid.Uint64().Draw(s.T, "float64")))
	case reflect.String:
		v.SetString(rapid.StringN(0, max(40>>depth, 3), -1).Draw(s.T, "string"))
	case reflect.Slice:
		s.fillSlice(v, depth)
	case reflect.Array:
		for i := range v.Len() {
			s.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range s.length(depth) {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			s.fill(key, depth+1)
			s.fill(item, depth+1)
			v.SetMapIndex(key, item)
		}
	case reflect.Struct:
		s.fillStruct(v, depth)
	case reflect.Interface:
		list := cases[v.Type()]
		if len(list) == 0 {
			panic(fmt.Sprintf("roundtrip: no cases of %s", v.Type()))
		}
		item := reflect.New(reflect.TypeOf(list[rapid.IntRange(0, len(list)-1).Draw(s.T, "case")])).Elem()
		s.fill(item, depth)
		v.Set(item)
	default:
		panic(fmt.Sprintf("roundtrip: unhandled type %s", v.Type()))
	}
}

func (s source) length(depth int) int { return rapid.IntRange(0, max(6>>depth, 2)).Draw(s.T, "length") }

// fillSlice sets v to a list. Lists of numbers and of strings are long at times.
func (s source) fillSlice(v reflect.Value, depth int) {
	n := s.length(depth)
	plain := v.Type().Elem().Kind() >= reflect.Int8 && v.Type().Elem().Kind() <= reflect.Float64
	if depth > 0 || !plain || n < 5 || v.Type().Elem().PkgPath() != "" || s.chars {
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			s.fill(v.Index(i), depth+1)
		}
		return
	}
	n = rapid.IntRange(0, 5000).Draw(s.T, "long")
	random := rand.New(rand.NewPCG(1, uint64(n)))
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	bytes := unsafe.Slice((*byte)(v.UnsafePointer()), n*int(v.Type().Elem().Size()))
	for i := range bytes {
		bytes[i] = byte(random.Uint32())
	}
}

// fillStruct sets v, a record, tuple, option or result. The part of an option or
// result that is not there stays zero.
func (s source) fillStruct(v reflect.Value, depth int) {
	first, last := 0, v.NumField()
	switch name, _, _ := strings.Cut(v.Type().Name(), "["); {
	case v.Type().PkgPath() != "github.com/witgen/witgen/canonicalabi/types":
	case name == "Option":
		some := rapid.Bool().Draw(s.T, "some")
		writable(v.FieldByName("some")).SetBool(some)
		if last = 0; some {
			last = 1
		}
	case name == "Result":
		failed := rapid.Bool().Draw(s.T, "failed")
		writable(v.FieldByName("failed")).SetBool(failed)
		if last = 1; failed {
			first, last = 1, 2
		}
	}
	for i := first; i < last; i++ {
		s.fill(writable(v.Field(i)), depth+1)
	}
}

// writable returns a field that may be set, exported or not.
func writable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// largest returns the largest number of a type. Enums and flags know by their
// methods what they are and which numbers they have names for.
func largest(t reflect.Type) uint64 {
	all := uint64(math.MaxUint64) >> (64 - t.Bits())
	str, ok := t.MethodByName("String")
	if !ok {
		return all
	}
	name := func(n uint64) string {
		v := reflect.New(t).Elem()
		v.SetUint(n)
		return str.Func.Call([]reflect.Value{v})[0].String()
	}
	n, ok := numbers[t]
	if ok {
		return n
	}
	if _, flags := t.MethodByName("Has"); flags {
		for n < all && name(n+1) != "0" {
			n = 2*n + 1
		}
	} else {
		for n < all && !strings.HasSuffix(name(n+1), ")") {
			n++
		}
	}
	numbers[t] = n
	return n
}

// numbers remembers what largest found.
var numbers = map[reflect.Type]uint64{}
