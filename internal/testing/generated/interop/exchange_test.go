package interop

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// call is what a judge is asked, as JSON. Values in it are: integers as text;
// floats as the hexadecimal text of their bits; bools, chars, strings and enums as
// they are; lists and tuples as arrays; records as objects; flags as a sorted
// array; an option as an array of none or one; a variant or result as an array
// of the case's name and its value. A judge answers with an array of results.
//
// Of the resource, Func counters is one life of counters: a
// counter that starts with the first argument gets the second one added; another
// starts with the third; their total is asked for; they are merged, and what the
// new one holds is asked for. The result are the three numbers.
type call struct {
	Interface string `json:"interface"`
	Func      string `json:"func"`
	// Params and Result are types: the name of a primitive type, or an object of
	// one field, the kind, with what it is made of. Result may be null.
	Params []any `json:"params"`
	Result any   `json:"result"`
	Args   []any `json:"args"`
}

// functions returns a call without arguments for each function of the world's
// exports that belongs to no resource.
func functions(t *testing.T) []call {
	t.Helper()
	res, err := resolve.Dir("wit", resolve.Options{})
	must(t, err)
	r := res.Resolve
	world, err := resolve.SelectWorld(r, res.Main, "judge")
	must(t, err)
	var calls []call
	for _, item := range r.Worlds[world].Exports {
		iface := r.Interfaces[item.Item.(wit.InterfaceID)]
		for _, f := range iface.Functions {
			if r.ItemName(item) == countersName {
				continue
			}
			c := call{Interface: r.ItemName(item), Func: f.Name, Result: describe(r, f.Result)}
			for _, p := range f.Params {
				c.Params = append(c.Params, describe(r, p.Type))
			}
			calls = append(calls, c)
		}
	}
	return calls
}

const countersName = "witgen:judge/counters@1.2.0"

// describe returns a type as calls hold it.
func describe(r *wit.Resolve, t wit.Type) any {
	if t == nil {
		return nil
	}
	if p, ok := r.Dealias(t).(wit.Prim); ok {
		return p.String()
	}
	switch k := r.Kind(t).(type) {
	case *wit.List:
		return map[string]any{"list": describe(r, k.Type)}
	case *wit.Tuple:
		var of []any
		for _, t := range k.Types {
			of = append(of, describe(r, t))
		}
		return map[string]any{"tuple": of}
	case *wit.Record:
		var of []any
		for _, f := range k.Fields {
			of = append(of, []any{f.Name, describe(r, f.Type)})
		}
		return map[string]any{"record": of}
	case *wit.Variant:
		var of []any
		for _, c := range k.Cases {
			of = append(of, []any{c.Name, describe(r, c.Type)})
		}
		return map[string]any{"variant": of}
	case *wit.Enum:
		return map[string]any{"enum": names(k.Cases)}
	case *wit.Flags:
		return map[string]any{"flags": names(k.Flags)}
	case *wit.Option:
		return map[string]any{"option": describe(r, k.Type)}
	case *wit.Result:
		return map[string]any{"result": []any{describe(r, k.OK), describe(r, k.Err)}}
	default:
		panic(fmt.Sprintf("interop: unhandled type %T", k))
	}
}

func names(labels []wit.Label) []any {
	var of []any
	for _, l := range labels {
		of = append(of, l.Name)
	}
	return of
}

// composite returns the kind of a type that is not primitive, and what it is made
// of.
func composite(t any) (kind string, of any) {
	for kind, of = range t.(map[string]any) {
	}
	return kind, of
}

// source makes random values.
type source struct {
	*rand.Rand
	// narrow keeps integers of 64 bits to those that fit in 53, since JavaScript
	// guests have been seen to round others or to trap.
	narrow bool
}

// value returns a random value of a type.
func (s source) value(t any) any {
	switch t {
	case "bool":
		return s.IntN(2) == 0
	case "u8", "u16", "u32", "u64":
		n := s.bits(t)
		if s.narrow {
			n >>= 11 * (n >> 53 & 1)
			n &= 1<<53 - 1
		}
		return strconv.FormatUint(n, 10)
	case "s8", "s16", "s32", "s64":
		width, _ := strconv.Atoi(t.(string)[1:])
		n := int64(s.Uint64()) >> (64 - width)
		if s.narrow {
			n %= 1 << 53
		}
		return strconv.FormatInt(n, 10)
	case "f32":
		return fmt.Sprintf("%08x", s.pick(0, 0x80000000, 0x3f800000, 0x7f800000, 0xff800000, 1, uint64(s.Uint32()&0xbfffffff)))
	case "f64":
		return fmt.Sprintf("%016x", s.pick(0, 1<<63, 0x7ff0000000000000, 0xfff0000000000000, 1, s.Uint64()&0xbfffffffffffffff))
	case "char":
		return string(s.char())
	case "string":
		text := make([]rune, s.length())
		for i := range text {
			text[i] = s.char()
		}
		return string(text)
	}
	switch kind, of := composite(t); kind {
	case "list":
		list := make([]any, s.length())
		for i := range list {
			list[i] = s.value(of)
		}
		return list
	case "tuple":
		tuple := []any{}
		for _, t := range of.([]any) {
			tuple = append(tuple, s.value(t))
		}
		return tuple
	case "record":
		record := map[string]any{}
		for _, f := range of.([]any) {
			record[f.([]any)[0].(string)] = s.value(f.([]any)[1])
		}
		return record
	case "variant":
		cases := of.([]any)
		c := cases[s.IntN(len(cases))].([]any)
		return s.inCase(c[0].(string), c[1])
	case "result":
		n := s.IntN(2)
		return s.inCase([]string{"ok", "err"}[n], of.([]any)[n])
	case "option":
		if s.IntN(2) == 0 {
			return []any{}
		}
		return []any{s.value(of)}
	case "enum":
		cases := of.([]any)
		return cases[s.IntN(len(cases))]
	case "flags":
		set := []any{}
		for _, name := range of.([]any) {
			if s.IntN(2) == 0 {
				set = append(set, name)
			}
		}
		slices.SortFunc(set, func(a, b any) int { return cmpText(a.(string), b.(string)) })
		return set
	default:
		panic("interop: unhandled kind " + kind)
	}
}

func (s source) inCase(name string, payload any) any {
	if payload == nil {
		return []any{name}
	}
	return []any{name, s.value(payload)}
}

func (s source) bits(t any) uint64 {
	width, _ := strconv.Atoi(t.(string)[1:])
	return s.pick(0, 1<<width-1, s.Uint64()) & (1<<(width-1)<<1 - 1)
}

func (s source) pick(of ...uint64) uint64 { return of[s.IntN(len(of))] }

func (s source) length() int { return s.IntN(5) }

func (s source) char() rune {
	of := []rune{'a', 'Z', '0', 'ä', '€', '𝄞', 0, 0xd7ff, 0xe000, 0x10ffff, rune(s.IntN(0x500))}
	return of[s.IntN(len(of))]
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// calls returns rounds calls of each function with random arguments, after some
// lives of counters.
func (s source) calls(t *testing.T, rounds int) []call {
	t.Helper()
	var list []call
	lives := [][]any{{"1", "2", "3"}}
	if !s.narrow { // QuickJS's guest does not take so large a number there
		lives = append(lives, []any{"4294967295", "2", "7"})
	}
	for _, args := range lives {
		list = append(list, call{Func: "counters", Args: args})
	}
	for range rounds {
		for _, c := range functions(t) {
			c.Args = []any{}
			for _, p := range c.Params {
				c.Args = append(c.Args, s.value(p))
			}
			if c.Func == "parse" && s.IntN(2) == 0 {
				c.Args = []any{strconv.Itoa(s.IntN(1e9))}
			}
			if c.Func == "many" { // its floats become integers
				c.Args[3], c.Args[10] = "40200000", "c05edd2f1a9fbe77"
			}
			list = append(list, c)
		}
	}
	return list
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
