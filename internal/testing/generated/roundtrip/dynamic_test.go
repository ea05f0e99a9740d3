package roundtrip

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/dynamic/wave"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// The dynamic API does with every value what the generated bindings do: each trip
// through the guest is made by both. What is sent goes through its text in WAVE
// first.
func TestDynamicDoesAsBindingsDo(t *testing.T) {
	result, err := resolve.Dir("wit/values", resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	world, err := resolve.SelectWorld(result.Resolve, result.Main, "values")
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, guestbuild.Go)
	m := newMirror(t, result.Resolve, world, guest(t, guestbuild.Go, "values"))
	for _, family := range slices.Sorted(maps.Keys(s.trips)) {
		t.Run(family, func(t *testing.T) {
			m.family = family
			s.x.mirror = m.call
			before := m.calls
			rapid.Check(t, func(t *rapid.T) { s.run(t, family) })
			t.Logf("%d calls", m.calls-before)
			if m.calls == before {
				t.Error("no call was made by the dynamic API")
			}
		})
	}
}

// mirror makes the calls of trips by the dynamic API.
type mirror struct {
	resolve *wit.Resolve
	inst    *dynamic.Instance
	family  string
	calls   int
	// received is what the import got, and answer what it returns.
	received []any
	answer   any
}

func newMirror(t *testing.T, r *wit.Resolve, world wit.WorldID, wasm []byte) *mirror {
	ctx := context.Background()
	plugin, err := dynamic.CompileWorld(ctx, wasm, r, world)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(ctx) })
	m := &mirror{resolve: r}
	imports := dynamic.Imports{}
	for _, f := range plugin.Imports() {
		imports[f.Name] = func(_ context.Context, args []any) (any, error) {
			m.received = args
			return m.answer, nil
		}
	}
	if m.inst, err = plugin.Instantiate(ctx, imports); err != nil {
		t.Fatal(err)
	}
	return m
}

// call makes the call of a trip. A function of several parameters is made with
// those alone that the trip holds as one value.
func (m *mirror) call(name string, sent, want, answer, got any) error {
	f := m.function(name)
	if f == nil {
		return fmt.Errorf("interface %s has no function for %s", m.family, name)
	}
	params := f.Func.Params
	if len(params) != 1 {
		return nil
	}
	arg, err := m.throughText(params[0].Type, m.value(params[0].Type, sent))
	if err != nil {
		return err
	}
	m.received, m.answer = nil, m.result(f, answer)
	result, err := m.inst.CallFunction(context.Background(), f, arg)
	if err != nil {
		return err
	}
	m.calls++
	if d := difference([]any{m.value(params[0].Type, want)}, m.received); d != "" {
		return fmt.Errorf("what the dynamic import got (-want +got):\n%s", d)
	}
	if d := difference(m.result(f, got), result); d != "" {
		return fmt.Errorf("the dynamic result (-want +got):\n%s", d)
	}
	return nil
}

// throughText writes a value and reads it again.
func (m *mirror) throughText(t wit.Type, v any) (any, error) {
	text, err := wave.Format(m.resolve, t, v)
	if err != nil {
		return nil, err
	}
	back, err := wave.Parse(m.resolve, t, text)
	if err != nil {
		return nil, err
	}
	if d := difference(v, back); d != "" {
		return nil, fmt.Errorf("%s reads back as another value (-written +read):\n%s", text, d)
	}
	return back, nil
}

// letters returns a name without what WIT and Go spell differently.
func letters(name string) string { return strings.ToLower(strings.ReplaceAll(name, "-", "")) }

// function finds the function of the interface at hand that has a Go name.
func (m *mirror) function(name string) *dynamic.Function {
	for _, f := range m.inst.Plugin().Exports() {
		if f.Interface == "roundtrip:values/"+m.family && letters(f.Func.Name) == letters(name) {
			return f
		}
	}
	return nil
}

// result turns the Go result of a function into a value, nil where it has none.
func (m *mirror) result(f *dynamic.Function, v any) any {
	if f.Func.Result == nil {
		return nil
	}
	// A function that returns a tuple of one element returns that in Go.
	if k, ok := m.resolve.Kind(f.Func.Result).(*wit.Tuple); ok && len(k.Types) == 1 && !strings.HasPrefix(reflect.TypeOf(v).Name(), "Tuple1") {
		return value.Tuple{m.value(k.Types[0], v)}
	}
	return m.value(f.Func.Result, v)
}

// value turns the Go value of generated bindings into one of the dynamic API.
func (m *mirror) value(t wit.Type, v any) any { return m.convert(t, reflect.ValueOf(v)) }

func (m *mirror) convert(t wit.Type, v reflect.Value) any {
	if t == nil {
		return nil
	}
	switch k := m.resolve.Kind(t).(type) {
	case nil:
		return v.Interface()
	case *wit.Record:
		r := value.Record{}
		for i, f := range k.Fields {
			r[f.Name] = m.convert(f.Type, v.Field(i))
		}
		return r
	case *wit.Tuple:
		tuple := value.Tuple{}
		for i, t := range k.Types {
			tuple = append(tuple, m.convert(t, v.Field(i)))
		}
		return tuple
	case *wit.List:
		return m.convertList(k.Type, v)
	case *wit.FixedList:
		return m.convertList(k.Type, v)
	case *wit.Map:
		out := value.Map{}
		for _, key := range v.MapKeys() {
			out[m.convert(k.Key, key)] = m.convert(k.Value, v.MapIndex(key))
		}
		return out
	case *wit.Enum:
		return value.Enum(k.Cases[v.Uint()].Name)
	case *wit.Flags:
		set := value.Flags{}
		for i, f := range k.Flags {
			if v.Uint()&(1<<i) != 0 {
				set = append(set, f.Name)
			}
		}
		return set
	case *wit.Option:
		got := v.MethodByName("Get").Call(nil)
		if !got[1].Bool() {
			return value.None()
		}
		return value.Some(m.convert(k.Type, got[0]))
	case *wit.Result:
		got := v.MethodByName("Get").Call(nil)
		if got[2].Bool() {
			return value.OK(m.convert(k.OK, got[0]))
		}
		return value.Err(m.convert(k.Err, got[1]))
	case *wit.Variant:
		return m.convertVariant(k, v)
	default:
		panic(fmt.Sprintf("unhandled kind %T", k))
	}
}

func (m *mirror) convertList(element wit.Type, v reflect.Value) any {
	list := value.NewList(m.resolve.Dealias(element), v.Len())
	for i := range v.Len() {
		list.Append(m.convert(element, v.Index(i)))
	}
	return list.Value()
}

// convertVariant finds the case by the Go type, whose name ends with that of the
// case.
func (m *mirror) convertVariant(k *wit.Variant, v reflect.Value) any {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	name := letters(v.Type().Name())
	best := -1
	for i, c := range k.Cases {
		if strings.HasSuffix(name, letters(c.Name)) && (best < 0 || len(c.Name) > len(k.Cases[best].Name)) {
			best = i
		}
	}
	c := k.Cases[best]
	if c.Type == nil {
		return value.Variant{Case: c.Name}
	}
	return value.Variant{Case: c.Name, Value: m.convert(c.Type, v.FieldByName("Value"))}
}
