package component_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/witgen/witgen/component/binary"
)

// mutator changes binaries at random, the same for the same source.
type mutator struct {
	*rand.Rand
	// pool are components, from which others take definitions.
	pool [][]byte
}

// mutate returns another binary than the one it is given, and false where the
// change that it tried makes none.
func (m *mutator) mutate(wasm []byte) ([]byte, bool) {
	if m.IntN(8) == 0 {
		return m.bytes(wasm)
	}
	c, err := binary.Decode(wasm)
	if err != nil {
		return nil, false
	}
	for range 1 + m.IntN(3)/2 {
		m.model(c)
	}
	out, ok := encodeOdd(c)
	return out, ok && string(out) != string(wasm) && !has(c, typesValue)
}

// typesValue tells the definitions that wasm-tools reads in another form.
func typesValue(d binary.Def) bool {
	switch d := d.(type) {
	case *binary.Import:
		return d.Type.Sort == binary.SortValue
	case *binary.ExportDecl:
		return d.Type.Sort == binary.SortValue
	case *binary.Export:
		return d.Type != nil && d.Type.Sort == binary.SortValue
	}
	return false
}

// encodeOdd encodes a component, and reports false where a number in it stands for
// no sort or kind that there is.
func encodeOdd(c *binary.Component) (wasm []byte, ok bool) {
	defer func() {
		if e := recover(); e != nil {
			wasm, ok = nil, false
		}
	}()
	return c.Encode(), true
}

// bytes changes the binary itself behind the magic number, and not inside core
// modules, whose bodies are nothing to the validator.
func (m *mutator) bytes(wasm []byte) ([]byte, bool) {
	c, err := binary.Decode(wasm)
	if err != nil {
		return nil, false
	}
	at := 4 + m.IntN(len(wasm)-4)
	if inModule(c, at) {
		return nil, false
	}
	out := slices.Clone(wasm)
	switch m.IntN(5) {
	case 0:
		out[at] = byte(m.IntN(256))
	case 1:
		out[at] ^= 1 << m.IntN(8)
	case 2:
		out = out[:at]
	case 3:
		out = slices.Delete(out, at, at+1)
	default:
		out = slices.Insert(out, at, byte(m.IntN(256)))
	}
	return out, string(out) != string(wasm)
}

func inModule(c *binary.Component, at int) bool {
	for d := range c.Defs() {
		switch d := d.(type) {
		case *binary.CoreModule:
			if at >= d.At() && at < d.At()+len(d.Bytes) {
				return true
			}
		case *binary.Component:
			if inModule(d, at) {
				return true
			}
		}
	}
	return false
}

// parts are the places in a model that can be changed.
type parts struct{ numbers, flags, texts, lists, options, types, vals []reflect.Value }

func (p *parts) collect(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[binary.SectionID]():
		return
	case reflect.TypeFor[binary.ValType]():
		p.vals = append(p.vals, v)
	case reflect.TypeFor[binary.Type]():
		p.types = append(p.types, v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if e := v.Type().Elem(); v.CanSet() && (e == reflect.TypeFor[binary.ValType]() || e == reflect.TypeFor[binary.ExternType]() || e.Kind() == reflect.Uint32) {
			p.options = append(p.options, v)
		}
		if !v.IsNil() {
			p.collect(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			p.collect(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			p.collect(v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		p.lists = append(p.lists, v)
		for i := range v.Len() {
			p.collect(v.Index(i))
		}
	case reflect.Bool:
		p.flags = append(p.flags, v)
	case reflect.String:
		p.texts = append(p.texts, v)
	case reflect.Uint8, reflect.Uint32:
		if v.CanSet() {
			p.numbers = append(p.numbers, v)
		}
	}
}

func pick[T any](m *mutator, list []T) T { return list[m.IntN(len(list))] }

// model changes one thing in a component.
func (m *mutator) model(c *binary.Component) {
	var p parts
	p.collect(reflect.ValueOf(c))
	switch n := m.IntN(20); {
	case n < 6 && len(p.numbers) > 0:
		v := pick(m, p.numbers)
		switch m.IntN(3) {
		case 0:
			v.SetUint((v.Uint() + 1) & 0xff)
		case 1:
			v.SetUint((v.Uint() - 1) & 0xff)
		default:
			v.SetUint(uint64(m.IntN(12)))
		}
	case n < 9 && len(p.texts) > 0:
		v := pick(m, p.texts)
		if m.IntN(2) == 0 {
			v.SetString(pick(m, p.texts).String())
		} else {
			v.SetString(m.name(v.String()))
		}
	case n < 13 && len(p.lists) > 0:
		m.list(pick(m, p.lists))
	case n < 14 && len(p.flags) > 0:
		v := pick(m, p.flags)
		v.SetBool(!v.Bool())
	case n < 15 && len(p.options) > 0:
		v := pick(m, p.options)
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		} else {
			v.SetZero()
		}
	case n < 16 && len(p.types) > 0:
		var other parts
		other.collect(reflect.ValueOf(m.other()))
		if len(other.types) > 0 {
			pick(m, p.types).Set(pick(m, other.types))
		}
	case n < 18 && len(p.vals) > 0:
		a := pick(m, p.vals)
		if m.IntN(2) == 0 {
			a.Set(reflect.ValueOf(binary.ValType{Prim: pick(m, prims)}))
		} else {
			a.Set(pick(m, p.vals))
		}
	case n < 19:
		if defs := slices.Collect(m.other().Defs()); len(defs) > 0 {
			c.Add(pick(m, defs))
		}
	default:
		if n := len(c.Sections); n > 1 {
			i, j := m.IntN(n), m.IntN(n)
			c.Sections[i], c.Sections[j] = c.Sections[j], c.Sections[i]
		}
	}
}

// other returns a component of the pool.
func (m *mutator) other() *binary.Component {
	c, err := binary.Decode(pick(m, m.pool))
	if err != nil {
		panic(err)
	}
	return c
}

// list removes, repeats or exchanges items of a list.
func (m *mutator) list(v reflect.Value) {
	n := v.Len()
	if n == 0 {
		return
	}
	i, j := m.IntN(n), m.IntN(n)
	out := reflect.MakeSlice(v.Type(), 0, n+1)
	for k := range n {
		out = reflect.Append(out, v.Index(k))
	}
	// Some sections hold one definition.
	single := false
	if defs, ok := v.Interface().([]binary.Def); ok {
		if _, decl := defs[0].(*binary.ExportDecl); !decl {
			var c binary.Component
			c.Add(defs[0])
			c.Add(defs[0])
			single = len(c.Sections) == 2
		}
	}
	switch m.IntN(3) {
	case 0:
		if !single {
			out = reflect.AppendSlice(out.Slice(0, i), out.Slice(i+1, n))
		}
	case 1:
		if !single {
			out = reflect.Append(out, v.Index(i))
		}
	default:
		a, b := reflect.New(v.Type().Elem()).Elem(), out.Index(j)
		a.Set(out.Index(i))
		out.Index(i).Set(b)
		b.Set(a)
	}
	v.Set(out)
}

var prims = []binary.Prim{binary.Bool, binary.S8, binary.U8, binary.S16, binary.U16, binary.S32, binary.U32, binary.S64, binary.U64, binary.F32, binary.F64, binary.Char, binary.String, binary.ErrorContextVal}

// oddNames are names of every kind, good and bad.
var oddNames = []string{"a", "b", "c", "r", "A", "a-b", "A-B", "a-B", "a1", "a-1", "1a", "-a", "a-", "a--b", "aB", "a_b", "", "é", "a.b",
	"[constructor]r", "[constructor]a", "[method]r.a", "[method]r.r", "[static]r.a", "[static]r.r", "[static]r.b", "[method]R.a", "[constructor]R",
	"[method]r", "[method]r.a.b", "[constructor]r.a", "[getter]r.a", "[method]", "[async]a", "[async method]r.a", "[implements=<a:b/c>]a",
	"a:b/c", "a:b/d", "A:b/c", "a:B/c", "a:b/C", "a:b/C-d", "a:b", "a:b/c/d", "a:b:c/d", ":a/b", "a:/b", "a:b/", "a-b:c-d/e-f", "a:b-1/c", "1:b/c", "a:1b/c", "a:b/1c",
	"a:b/c@1.0.0", "a:b/c@1.0.1", "a:b/c@1", "a:b/c@1.2", "a:b/c@0", "a:b/c@0.1", "a:b/c@0.0.1", "a:b/c@0.0", "a:b/c@01.0.0", "a:b/c@1.0.0-rc.1", "a:b/c@1.0.0-01",
	"a:b/c@1.0.0-a.01b", "a:b/c@1.0.0+b.01", "a:b/c@1.0.0-", "a:b/c@1.0.0+", "a:b/c@", "a:b@1.0.0", "a:b@1.0.0/c", "a@1.0.0", "a:b/c@1.0.0@1", "a:b/c@18446744073709551616.0.0",
	"a:b/c@1.0.0-18446744073709551616", "a:b/C@1.0.0",
	"locked-dep=<a:b@1.0.0>", "unlocked-dep=<a:b>", "unlocked-dep=<a:b@*>", "unlocked-dep=<a:b@{>=1.0.0}>", "url=<https://x>", "integrity=<sha256-abc>", "relative-url=<x>"}

// name returns a name like old or one of oddNames.
func (m *mutator) name(old string) string {
	switch m.IntN(5) {
	case 0:
		return strings.ToUpper(old)
	case 1:
		return old + "-x"
	case 2:
		if i := strings.IndexAny(old, ".]/:@-"); i >= 0 {
			return old[:i] + old[i+1:]
		}
	}
	return pick(m, oddNames)
}

// sortOf returns the index space that a definition adds to, and false where it
// adds to none.
func sortOf(d binary.Def) (binary.Sort, bool) {
	switch d := d.(type) {
	case *binary.Custom, *binary.Start:
		return 0, false
	case *binary.CoreModule:
		return binary.SortCoreModule, true
	case *binary.CoreInstance:
		return binary.SortCoreInstance, true
	case *binary.CoreTypeDef:
		return binary.SortCoreType, true
	case *binary.Component:
		return binary.SortComponent, true
	case *binary.Instance:
		return binary.SortInstance, true
	case *binary.Alias:
		return d.Sort, true
	case *binary.TypeDef:
		return binary.SortType, true
	case *binary.Canon:
		if d.Op == binary.CanonLift {
			return binary.SortFunc, true
		}
		return binary.SortCoreFunc, true
	case *binary.Import:
		return d.Type.Sort, true
	case *binary.Export:
		return d.Sort, true
	case *binary.ExportDecl:
		return d.Type.Sort, true
	case *binary.Value:
		return binary.SortValue, true
	default:
		panic(fmt.Sprintf("component: unhandled definition %T", d))
	}
}
