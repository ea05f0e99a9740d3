package interop

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/counters"
	"github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/judge"
	judgetypes "github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/types"
)

// ours answers calls by witgen's host, through the typed bindings of the world.
func ours(t *testing.T, wasm []byte, calls []call) []any {
	t.Helper()
	ctx := t.Context()
	plugin, err := judge.Compile(ctx, wasm)
	must(t, err)
	defer func() { must(t, plugin.Close(ctx)) }()
	var inst *judge.Instance
	var results []any
	for _, c := range calls {
		if inst == nil {
			inst, err = plugin.Instantiate(ctx, judge.Imports{Helper: helperHost{}})
			must(t, err)
		}
		result, err := answer(ctx, inst, c)
		var trap *host.Trap
		switch {
		case errors.As(err, &trap):
			result = "trap"
			must(t, inst.Close(ctx))
			inst = nil
		case err != nil:
			t.Fatalf("%s%v: %v", c.Func, c.Args, err)
		}
		results = append(results, result)
	}
	return results
}

// answer answers one call.
func answer(ctx context.Context, inst *judge.Instance, c call) (any, error) {
	switch {
	case c.Func == "counters":
		return lifeOfCounters(ctx, inst, c.Args)
	case strings.Contains(c.Interface, "/through@"):
		return callTyped(ctx, inst.Through(), c)
	default:
		return callTyped(ctx, inst.Values(), c)
	}
}

// helperHost is the host's side of the world.
type helperHost struct{}

func (helperHost) Older(_ context.Context, v judgetypes.Person) (judgetypes.Person, error) {
	v.Age++
	return v, nil
}

func (helperHost) Reversed(_ context.Context, v []judgetypes.Shape) ([]judgetypes.Shape, error) {
	slices.Reverse(v)
	return v, nil
}

func (helperHost) Measure(_ context.Context, text string) (uint32, error) {
	if text == "" {
		return 0, types.Error[string]{Value: "empty"}
	}
	return uint32(utf8.RuneCountInString(text)), nil
}

func lifeOfCounters(ctx context.Context, inst *judge.Instance, args []any) (any, error) {
	var numbers [3]uint32
	for i := range numbers {
		n, err := strconv.ParseUint(args[i].(string), 10, 32)
		if err != nil {
			return nil, err
		}
		numbers[i] = uint32(n)
	}
	first, err := inst.Counters().NewCounter(ctx, numbers[0])
	if err != nil {
		return nil, err
	}
	added, err := first.Add(ctx, numbers[1])
	if err != nil {
		return nil, err
	}
	second, err := inst.Counters().NewCounter(ctx, numbers[2])
	if err != nil {
		return nil, err
	}
	total, err := inst.Counters().Total(ctx, []counters.Counter{first, second})
	if err != nil {
		return nil, err
	}
	merged, err := inst.Counters().CounterMerge(ctx, first, second)
	if err != nil {
		return nil, err
	}
	last, err := merged.Get(ctx)
	if err != nil {
		return nil, err
	}
	text := func(n uint32) any { return strconv.FormatUint(uint64(n), 10) }
	return []any{text(added), text(total), text(last)}, merged.Close(ctx)
}

// callTyped calls the method that is the function of a call.
func callTyped(ctx context.Context, impl any, c call) (any, error) {
	var name strings.Builder
	for word := range strings.SplitSeq(c.Func, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	method := reflect.ValueOf(impl).MethodByName(name.String())
	if !method.IsValid() {
		return nil, fmt.Errorf("%T has no method %s", impl, name.String())
	}
	params := []reflect.Value{reflect.ValueOf(ctx)}
	for i, arg := range c.Args {
		v := reflect.New(method.Type().In(i + 1)).Elem()
		decode(c.Params[i], arg, v)
		params = append(params, v)
	}
	results := method.Call(params)
	err, _ := results[len(results)-1].Interface().(error)
	results = results[:len(results)-1]
	kind, of := kindOf(c.Result)
	if kind == "result" {
		if failure, failed := types.AsError[string](err); failed {
			return []any{"err", failure}, nil
		}
		if err != nil {
			return nil, err
		}
		return []any{"ok", encode(of.([]any)[0], results[0])}, nil
	}
	if err != nil {
		return nil, err
	}
	if kind != "tuple" {
		return encode(c.Result, results[0]), nil
	}
	tuple := []any{}
	for i, t := range of.([]any) {
		tuple = append(tuple, encode(t, results[i]))
	}
	return tuple, nil
}

func kindOf(t any) (string, any) {
	if _, ok := t.(string); ok {
		return "", nil
	}
	return composite(t)
}

// shapes are the cases of the variant shape, in order.
var shapes = []reflect.Type{
	reflect.TypeFor[judgetypes.ShapeNothing](), reflect.TypeFor[judgetypes.ShapeCircle](), reflect.TypeFor[judgetypes.ShapePolygon](),
	reflect.TypeFor[judgetypes.ShapeLabel](), reflect.TypeFor[judgetypes.ShapeFilledBy](), reflect.TypeFor[judgetypes.ShapeNumber](),
}

// decode sets v to the value j of a type.
func decode(t, j any, v reflect.Value) {
	kind, of := kindOf(t)
	switch kind {
	case "":
		decodePrimitive(t.(string), j, v)
	case "list":
		items := j.([]any)
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			decode(of, item, v.Index(i))
		}
	case "tuple":
		for i, t := range of.([]any) {
			decode(t, j.([]any)[i], v.Field(i))
		}
	case "record":
		for i, f := range of.([]any) {
			decode(f.([]any)[1], j.(map[string]any)[f.([]any)[0].(string)], v.Field(i))
		}
	case "variant":
		n := indexOf(of, j.([]any)[0])
		item := reflect.New(shapes[n]).Elem()
		if payload := of.([]any)[n].([]any)[1]; payload != nil {
			decode(payload, j.([]any)[1], item.Field(0))
		}
		v.Set(item)
	case "result":
		failed := j.([]any)[0] == "err"
		side := map[bool]int{false: 0, true: 1}[failed]
		writable(v.FieldByName("failed")).SetBool(failed)
		decode(of.([]any)[side], j.([]any)[1], writable(v.Field(side)))
	case "option":
		if items := j.([]any); len(items) > 0 {
			writable(v.FieldByName("some")).SetBool(true)
			decode(of, items[0], writable(v.Field(0)))
		}
	case "enum":
		v.SetUint(uint64(slices.Index(of.([]any), j)))
	case "flags":
		var bits uint64
		for _, name := range j.([]any) {
			bits |= 1 << slices.Index(of.([]any), name)
		}
		v.SetUint(bits)
	default:
		panic("interop: unhandled kind " + kind)
	}
}

func decodePrimitive(t string, j any, v reflect.Value) {
	switch t {
	case "bool":
		v.SetBool(j.(bool))
	case "string":
		v.SetString(j.(string))
	case "char":
		r, _ := utf8.DecodeRuneInString(j.(string))
		v.SetInt(int64(r))
	case "f32":
		n, _ := strconv.ParseUint(j.(string), 16, 32)
		v.Set(reflect.ValueOf(math.Float32frombits(uint32(n))))
	case "f64":
		n, _ := strconv.ParseUint(j.(string), 16, 64)
		v.SetFloat(math.Float64frombits(n))
	case "u8", "u16", "u32", "u64":
		n, _ := strconv.ParseUint(j.(string), 10, 64)
		v.SetUint(n)
	case "s8", "s16", "s32", "s64":
		n, _ := strconv.ParseInt(j.(string), 10, 64)
		v.SetInt(n)
	default:
		panic("interop: unhandled type " + t)
	}
}

// encode returns the value v of a type as calls hold it.
func encode(t any, v reflect.Value) any {
	kind, of := kindOf(t)
	switch kind {
	case "":
		return encodePrimitive(t.(string), v)
	case "list":
		items := []any{}
		for i := range v.Len() {
			items = append(items, encode(of, v.Index(i)))
		}
		return items
	case "tuple":
		items := []any{}
		for i, t := range of.([]any) {
			items = append(items, encode(t, v.Field(i)))
		}
		return items
	case "record":
		record := map[string]any{}
		for i, f := range of.([]any) {
			record[f.([]any)[0].(string)] = encode(f.([]any)[1], v.Field(i))
		}
		return record
	case "variant":
		item := v.Elem()
		c := of.([]any)[slices.Index(shapes, item.Type())].([]any)
		if c[1] == nil {
			return []any{c[0]}
		}
		return []any{c[0], encode(c[1], item.Field(0))}
	case "result":
		parts := v.MethodByName("Get").Call(nil)
		if parts[2].Bool() {
			return []any{"ok", encode(of.([]any)[0], parts[0])}
		}
		return []any{"err", encode(of.([]any)[1], parts[1])}
	case "option":
		parts := v.MethodByName("Get").Call(nil)
		if !parts[1].Bool() {
			return []any{}
		}
		return []any{encode(of, parts[0])}
	case "enum":
		return of.([]any)[v.Uint()]
	case "flags":
		set := []string{}
		for i, name := range of.([]any) {
			if v.Uint()>>i&1 != 0 {
				set = append(set, name.(string))
			}
		}
		slices.Sort(set)
		items := []any{}
		for _, name := range set {
			items = append(items, name)
		}
		return items
	default:
		panic("interop: unhandled kind " + kind)
	}
}

func encodePrimitive(t string, v reflect.Value) any {
	switch t {
	case "bool":
		return v.Bool()
	case "string":
		return v.String()
	case "char":
		return string(rune(v.Int()))
	case "f32":
		f := v.Interface().(float32)
		if f != f {
			return "7fc00000"
		}
		return fmt.Sprintf("%08x", math.Float32bits(f))
	case "f64":
		f := v.Float()
		if f != f {
			return "7ff8000000000000"
		}
		return fmt.Sprintf("%016x", math.Float64bits(f))
	case "u8", "u16", "u32", "u64":
		return strconv.FormatUint(v.Uint(), 10)
	case "s8", "s16", "s32", "s64":
		return strconv.FormatInt(v.Int(), 10)
	default:
		panic("interop: unhandled type " + t)
	}
}

func indexOf(cases, name any) int {
	return slices.IndexFunc(cases.([]any), func(c any) bool { return c.([]any)[0] == name })
}

// writable returns a field that may be set, exported or not.
func writable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}
