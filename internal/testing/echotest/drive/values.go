package drive

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unsafe"

	"github.com/witgen/witgen/wit"
)

// set sets v, which is of the Go type of t, to a random value. The deeper it lies,
// the fewer elements lists have.
func (x *Exchange) set(v reflect.Value, t wit.Type, depth int) {
	x.Values++
	if t == nil {
		return // types.Unit
	}
	if p, ok := x.resolve.Dealias(t).(wit.Prim); ok {
		x.setPrim(v, p, depth)
		return
	}
	switch k := x.resolve.Kind(t).(type) {
	case *wit.Record:
		for i, f := range k.Fields {
			x.set(v.Field(i), f.Type, depth+1)
		}
	case *wit.Tuple:
		for i, t := range k.Types {
			x.set(v.Field(i), t, depth+1)
		}
	case *wit.List:
		n := x.length(depth)
		if _, ok := x.resolve.Dealias(k.Type).(wit.Prim); ok && x.IntN(20) == 0 {
			n = x.IntN(3000)
		}
		if n > 0 || x.IntN(2) == 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range n {
			x.set(v.Index(i), k.Type, depth+1)
		}
	case *wit.FixedList:
		for i := range v.Len() {
			x.set(v.Index(i), k.Type, depth+1)
		}
	case *wit.Map:
		n := x.length(depth)
		if n > 0 || x.IntN(2) == 0 {
			v.Set(reflect.MakeMap(v.Type()))
		}
		for range n {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			x.set(key, k.Key, depth+1)
			if !v.MapIndex(key).IsValid() { // a resource in it would be lost
				x.set(item, k.Value, depth+1)
				v.SetMapIndex(key, item)
			}
		}
	case *wit.Variant:
		c := x.IntN(len(k.Cases))
		if x.IntN(8) == 0 {
			c = len(k.Cases) - 1
		}
		value := reflect.New(x.world.Cases[v.Type()][c]).Elem()
		if payload := k.Cases[c].Type; payload != nil {
			x.set(value.Field(0), payload, depth+1)
		}
		v.Set(value)
	case *wit.Enum:
		v.SetUint(uint64(x.IntN(len(k.Cases))))
	case *wit.Flags:
		v.SetUint(x.Uint64() & (1<<len(k.Flags) - 1))
	case *wit.Option:
		if x.IntN(3) > 0 {
			writable(v.FieldByName("some")).SetBool(true)
			x.set(writable(v.FieldByName("value")), k.Type, depth+1)
		}
	case *wit.Result:
		if x.IntN(2) == 0 {
			x.set(writable(v.FieldByName("value")), k.OK, depth+1)
		} else {
			writable(v.FieldByName("failed")).SetBool(true)
			x.set(writable(v.FieldByName("err")), k.Err, depth+1)
		}
	case *wit.Own, *wit.Borrow:
		x.setResource(v)
	default:
		panic(fmt.Sprintf("drive: unhandled kind %T", k))
	}
}

// creator returns what makes values of a resource of the guest's, and nil for one of
// the host's.
func (x *Exchange) creator(t reflect.Type) func(context.Context, Instance, uint32) (Guests, error) {
	if !x.local {
		return nil
	}
	if create := x.world.Guests[Defined{x.item, t}]; create != nil {
		return create
	}
	return x.world.Guests[Defined{"", t}]
}

// setResource sets v to a new resource, of the host's or of the guest's.
func (x *Exchange) setResource(v reflect.Value) {
	if create := x.creator(v.Type()); create != nil {
		x.made++
		g, err := create(context.Background(), x.inst, x.made)
		if err != nil {
			panic(fmt.Sprintf("a constructor failed: %v", err))
		}
		x.guests = append(x.guests, g)
		x.ids[g] = x.made
		v.Set(reflect.ValueOf(g))
		return
	}
	o := &Object{Exchange: x}
	x.objects = append(x.objects, o)
	v.Set(reflect.ValueOf(x.world.Resources[v.Type()](o)))
}

func (x *Exchange) length(depth int) int { return x.IntN(max(6>>depth, 2) + 1) }

func (x *Exchange) setPrim(v reflect.Value, p wit.Prim, depth int) {
	switch p {
	case wit.Bool:
		v.SetBool(x.IntN(2) == 0)
	case wit.U8, wit.U16, wit.U32, wit.U64:
		v.SetUint(x.bits() & (math.MaxUint64 >> (64 - v.Type().Bits())))
	case wit.S8, wit.S16, wit.S32, wit.S64:
		unused := 64 - v.Type().Bits()
		v.SetInt(int64(x.bits()<<unused) >> unused)
	case wit.F32:
		v.SetFloat(float64(math.Float32frombits(x.Uint32())))
		if x.IntN(3) == 0 {
			v.SetFloat(x.special())
		}
	case wit.F64:
		v.SetFloat(math.Float64frombits(x.Uint64()))
		if x.IntN(3) == 0 {
			v.SetFloat(x.special())
		}
	case wit.Char:
		v.SetInt(int64(x.char()))
	case wit.String:
		n := x.length(depth)
		if x.IntN(20) == 0 {
			n = x.IntN(3000)
		}
		var b strings.Builder
		for range n {
			b.WriteRune(x.char())
		}
		v.SetString(b.String())
	default:
		panic(fmt.Sprintf("drive: unhandled primitive type %s", p))
	}
}

// bits returns a number that has any width, at times with all bits set.
func (x *Exchange) bits() uint64 {
	if x.IntN(8) == 0 {
		return math.MaxUint64
	}
	return x.Uint64() >> (x.UintN(8) * 8)
}

func (x *Exchange) special() float64 {
	list := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1.5, math.SmallestNonzeroFloat64}
	return list[x.IntN(len(list))]
}

func (x *Exchange) char() rune {
	list := []rune{0, ' ', 'a', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x10ffff}
	return list[x.IntN(len(list))]
}

// writable returns a field that may be set, exported or not.
func writable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// difference says where two values of one Go type differ, and nothing where they
// do not. NaN is NaN, and a list or map without elements may be nil.
func (x *Exchange) difference(path string, want, got reflect.Value) string {
	if want.IsValid() != got.IsValid() || want.IsValid() && want.Type() != got.Type() {
		return fmt.Sprintf("%s: %v is not %v", path, got, want)
	}
	if !want.IsValid() {
		return ""
	}
	equal := true
	switch want.Kind() {
	case reflect.Bool:
		equal = want.Bool() == got.Bool()
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		equal = want.Uint() == got.Uint()
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		equal = want.Int() == got.Int()
	case reflect.Float32, reflect.Float64:
		a, b := want.Float(), got.Float()
		equal = a == b && math.Signbit(a) == math.Signbit(b) || a != a && b != b
	case reflect.String:
		equal = want.String() == got.String()
	case reflect.Pointer:
		equal = want.Pointer() == got.Pointer()
	case reflect.Interface:
		if x.creator(want.Type()) != nil {
			return x.otherGuests(path, want, got)
		}
		return x.difference(path, want.Elem(), got.Elem())
	case reflect.Struct:
		want, got = addressable(want), addressable(got)
		for i := range want.NumField() {
			if d := x.difference(path+"."+want.Type().Field(i).Name, writable(want.Field(i)), writable(got.Field(i))); d != "" {
				return d
			}
		}
	case reflect.Slice, reflect.Array:
		if want.Len() != got.Len() {
			return fmt.Sprintf("%s has %d elements, not %d", path, got.Len(), want.Len())
		}
		for i := range want.Len() {
			if d := x.difference(fmt.Sprintf("%s[%d]", path, i), want.Index(i), got.Index(i)); d != "" {
				return d
			}
		}
	case reflect.Map:
		if want.Len() != got.Len() {
			return fmt.Sprintf("%s has %d keys, not %d", path, got.Len(), want.Len())
		}
		for _, key := range want.MapKeys() {
			if d := x.difference(fmt.Sprintf("%s[%v]", path, key), want.MapIndex(key), got.MapIndex(key)); d != "" {
				return d
			}
		}
	default:
		panic(fmt.Sprintf("drive: unhandled type %s", want.Type()))
	}
	if !equal {
		return fmt.Sprintf("%s is %v, not %v", path, got, want)
	}
	return ""
}

// addressable returns v or a copy of it whose fields have addresses.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// otherGuests compares two resources of the guest's by their numbers, and closes
// the one that came back. The one that was sent is not to be used any more.
func (x *Exchange) otherGuests(path string, want, got reflect.Value) string {
	if want.IsNil() && got.IsNil() {
		return "" // of the side of an option or result that is not there
	}
	sent, _ := want.Interface().(Guests)
	came, ok := got.Interface().(Guests)
	if !ok {
		return path + " is nil"
	}
	id, err := came.ID(context.Background())
	if err != nil || id != x.ids[sent] {
		return fmt.Sprintf("%s has number %d, not %d: %v", path, id, x.ids[sent], err)
	}
	if err := came.Close(context.Background()); err != nil {
		return fmt.Sprintf("%s: closing: %v", path, err)
	}
	return ""
}
