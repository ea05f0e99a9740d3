package fuzztest

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

// shapes are the Go types of the variant shape, by case.
var shapes = []reflect.Type{
	reflect.TypeFor[values.ShapeDot](), reflect.TypeFor[values.ShapeCircle](), reflect.TypeFor[values.ShapeLabel](), reflect.TypeFor[values.ShapeCorners](),
}

// fromGo turns a value of the generated bindings into one of the interpreter.
func fromGo(r *wit.Resolve, t wit.Type, v reflect.Value) interp.Value {
	switch k := r.Kind(t).(type) {
	case nil:
		return fromGoPrim(r.Dealias(t).(wit.Prim), v)
	case *wit.Record, *wit.Tuple:
		list := make([]interp.Value, v.NumField())
		for i, t := range fieldTypes(k) {
			list[i] = fromGo(r, t, v.Field(i))
		}
		return list
	case *wit.List:
		return fromGoList(r, k.Type, v)
	case *wit.FixedList:
		return fromGoList(r, k.Type, v)
	case *wit.Map:
		list := make([]interp.Value, 0, v.Len())
		for i := v.MapRange(); i.Next(); {
			list = append(list, []interp.Value{fromGo(r, k.Key, i.Key()), fromGo(r, k.Value, i.Value())})
		}
		return asMap(list)
	case *wit.Variant:
		n := slices.Index(shapes, v.Elem().Type())
		if k.Cases[n].Type == nil {
			return interp.Case{Index: n}
		}
		return interp.Case{Index: n, Payload: fromGo(r, k.Cases[n].Type, v.Elem().Field(0))}
	case *wit.Enum:
		return interp.Case{Index: int(v.Uint())}
	case *wit.Flags:
		return interp.Flags(v.Uint())
	case *wit.Option:
		if got := v.MethodByName("Get").Call(nil); got[1].Bool() {
			return interp.Case{Index: 1, Payload: fromGo(r, k.Type, got[0])}
		}
		return interp.Case{}
	case *wit.Result:
		got := v.MethodByName("Get").Call(nil)
		if got[2].Bool() {
			return interp.Case{Payload: fromGo(r, k.OK, got[0])}
		}
		return interp.Case{Index: 1, Payload: fromGo(r, k.Err, got[1])}
	default:
		panic(fmt.Sprintf("fuzztest: unhandled kind %T", k))
	}
}

func fieldTypes(k wit.Kind) []wit.Type {
	switch k := k.(type) {
	case *wit.Tuple:
		return k.Types
	case *wit.Record:
		var list []wit.Type
		for _, f := range k.Fields {
			list = append(list, f.Type)
		}
		return list
	default:
		panic(fmt.Sprintf("fuzztest: unhandled kind %T", k))
	}
}

func fromGoList(r *wit.Resolve, t wit.Type, v reflect.Value) interp.Value {
	list := make([]interp.Value, v.Len())
	for i := range list {
		list[i] = fromGo(r, t, v.Index(i))
	}
	return list
}

func fromGoPrim(p wit.Prim, v reflect.Value) interp.Value {
	switch p {
	case wit.Bool:
		return v.Bool()
	case wit.U8, wit.U16, wit.U32, wit.U64:
		return v.Uint()
	case wit.S8, wit.S16, wit.S32, wit.S64:
		return v.Int()
	case wit.F32:
		if f := float32(v.Float()); f == f {
			return interp.F32(math.Float32bits(f))
		}
		return interp.F32(0x7fc00000)
	case wit.F64:
		if f := v.Float(); f == f {
			return interp.F64(math.Float64bits(f))
		}
		return interp.F64(0x7ff8000000000000)
	case wit.Char:
		return rune(v.Int())
	case wit.String:
		return v.String()
	default:
		panic(fmt.Sprintf("fuzztest: unhandled type %s", p))
	}
}

// asMap makes of the entries of a map what Go's map of them holds, in the order in
// which hosts lower it: of equal keys, the last stays. Keys are u32.
func asMap(list []interp.Value) []interp.Value {
	last := map[uint64]interp.Value{}
	for _, entry := range list {
		last[key(entry)] = entry
	}
	list = list[:0:0]
	for _, entry := range last {
		list = append(list, entry)
	}
	slices.SortFunc(list, func(a, b interp.Value) int { return cmp.Compare(key(a), key(b)) })
	if list == nil {
		return []interp.Value{}
	}
	return list
}

func key(entry interp.Value) uint64 { return entry.([]interp.Value)[0].(uint64) }

// resultFromGo turns what a function of the bindings returned into the interpreter's
// result; fatal is an error that WIT has no type for.
func resultFromGo(r *wit.Resolve, f *wit.Function, outs []reflect.Value) (result interp.Value, fatal error) {
	err, _ := outs[len(outs)-1].Interface().(error)
	outs = outs[:len(outs)-1]
	if k, ok := r.Kind(resultType(f)).(*wit.Result); ok {
		switch {
		case err == nil && k.OK == nil:
			return interp.Case{}, nil
		case err == nil:
			return interp.Case{Payload: fromGo(r, k.OK, outs[0])}, nil
		}
		if e, ok := types.AsError[string](err); ok {
			return interp.Case{Index: 1, Payload: e}, nil
		}
		if e, ok := types.AsError[values.Color](err); ok {
			return interp.Case{Index: 1, Payload: interp.Case{Index: int(e)}}, nil
		}
		if _, ok := types.AsError[types.Unit](err); ok {
			return interp.Case{Index: 1}, nil
		}
	}
	switch {
	case err != nil:
		return nil, err
	case len(outs) == 0:
		return nil, nil
	case len(outs) == 1:
		return fromGo(r, f.Result, outs[0]), nil
	default: // a tuple
		list := make([]interp.Value, len(outs))
		for i, t := range r.Kind(f.Result).(*wit.Tuple).Types {
			list[i] = fromGo(r, t, outs[i])
		}
		return list, nil
	}
}

// resultType is the type of a function's result; bool stands for none.
func resultType(f *wit.Function) wit.Type {
	if f.Result == nil {
		return wit.Bool
	}
	return f.Result
}

// holdsNaN reports whether a value holds a NaN, whose bits hosts leave alone and
// the interpreter makes the same.
func holdsNaN(v interp.Value) bool {
	switch v := v.(type) {
	case interp.F32:
		return v == 0x7fc00000
	case interp.F64:
		return v == 0x7ff8000000000000
	case interp.Case:
		return holdsNaN(v.Payload)
	case []interp.Value:
		return slices.ContainsFunc(v, holdsNaN)
	default:
		return false
	}
}
