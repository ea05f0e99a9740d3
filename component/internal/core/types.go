package core

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// TypeID is a core type. Two types with one id are the same type: groups of
// recursive types are compared by structure, as the core specification says.
type TypeID int

// Types gives core types their ids.
type Types struct {
	groups map[string]TypeID // first id by the form of the group
	// types are the types by id. The heap types in them are ids.
	All []wasm.SubType
	// Look may end the reading of modules.
	Look *wasm.Look
}

// Group returns the ids of a group's types. space are the types before it, to
// which its indices refer. wrong describes the first mistake in the group, and is ""
// if there is no mistake.
func (c *Types) Group(g *wasm.RecGroup, space []TypeID) (ids []TypeID, wrong string) {
	base := int64(len(space))
	bad := int64(-1)
	next := int64(len(c.All))
	var key []byte
	// resolve writes an index into key in a form that is the same wherever the
	// group stands, and returns the id.
	resolve := func(i int64) int64 {
		switch {
		case i < base:
			key = leb128.AppendInt64(append(key, 'c'), int64(space[i]))
			return int64(space[i])
		case i < base+int64(len(g.Types)):
			key = leb128.AppendInt64(append(key, 'r'), i-base)
			return next + i - base
		default:
			bad = i
			return 0
		}
	}
	val := func(t wasm.ValType) wasm.ValType {
		key = append(key, t.Code)
		if t.Code == wasm.CodeRef || t.Code == wasm.CodeRefNull {
			if t.Heap < 0 {
				key = leb128.AppendInt64(key, t.Heap)
			} else {
				t.Heap = resolve(t.Heap)
			}
		}
		return t
	}
	types := make([]wasm.SubType, len(g.Types))
	for i, t := range g.Types {
		t.Params, t.Results, t.Fields, t.Supers = slices.Clone(t.Params), slices.Clone(t.Results), slices.Clone(t.Fields), slices.Clone(t.Supers)
		open := byte(0)
		if t.Form == wasm.OpenForm {
			open = 1
		}
		key = append(key, 'T', open, t.Kind)
		key = leb128.AppendInt64(key, int64(len(t.Supers)))
		for k, s := range t.Supers {
			t.Supers[k] = uint32(resolve(int64(s)))
		}
		for _, list := range [][]wasm.ValType{t.Params, t.Results} {
			key = leb128.AppendInt64(key, int64(len(list)))
			for k := range list {
				list[k] = val(list[k])
			}
		}
		key = leb128.AppendInt64(key, int64(len(t.Fields)))
		for k, f := range t.Fields {
			t.Fields[k].Type = val(f.Type)
			if f.Mutable {
				key = append(key, 'm')
			}
		}
		types[i] = t
	}
	if bad >= 0 {
		return nil, fmt.Sprintf("type %d is out of range: there are %d", bad, len(space))
	}
	first, known := c.groups[string(key)]
	if !known {
		first = TypeID(next)
		if c.groups == nil {
			c.groups = make(map[string]TypeID)
		}
		c.groups[string(key)] = first
		c.All = append(c.All, types...)
	}
	for i := range types {
		ids = append(ids, first+TypeID(i))
		if wrong == "" && !known {
			wrong = c.wrongSuper(first + TypeID(i))
		}
	}
	return ids, wrong
}

// Function returns the id of a function type of number types.
func (c *Types) Function(params, results []wasm.ValType) TypeID {
	ids, _ := c.Group(&wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: params, Results: results}}}, nil)
	return ids[0]
}

// FunctionOf is Function for types that hold ids of other types.
func (c *Types) FunctionOf(params, results []wasm.ValType) TypeID {
	space := make([]TypeID, len(c.All))
	for i := range space {
		space[i] = TypeID(i)
	}
	ids, _ := c.Group(&wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: params, Results: results}}}, space)
	return ids[0]
}

// maxSupertypes is how far a chain of supertypes is followed. The core specification
// allows 63.
const maxSupertypes = 100

// isSub reports whether a is b or declares it as a supertype, at any distance.
func (c *Types) isSub(a, b TypeID) bool {
	for range maxSupertypes {
		if a == b {
			return true
		}
		supers := c.All[a].Supers
		if len(supers) == 0 || TypeID(supers[0]) >= a {
			return false
		}
		a = TypeID(supers[0])
	}
	return false
}

// isFunc returns the function type of an id.
func (c *Types) isFunc(id TypeID) (wasm.SubType, bool) {
	t := c.All[id]
	return t, t.Kind == wasm.FuncForm
}

// Show writes a function type as people do: (i32, i64) -> (i32).
func (c *Types) Show(id TypeID) string {
	t := c.All[id]
	if t.Kind != wasm.FuncForm {
		return "no function type"
	}
	return ShowTypes(t.Params) + " -> " + ShowTypes(t.Results)
}

// ShowTypes writes value types as people do: (i32, i64).
func ShowTypes(types []wasm.ValType) string {
	s := "("
	for i, t := range types {
		if i > 0 {
			s += ", "
		}
		s += t.String()
	}
	return s + ")"
}

// Match returns what keeps a core definition of type a from being imported as b
// (section "Matching" of the core specification), and "" where nothing does.
func (c *Types) Match(a, b Entity) string {
	if a.Sort != b.Sort {
		return fmt.Sprintf("a %s is expected and a %s is there", b.Sort, a.Sort)
	}
	switch a.Sort {
	case binary.SortCoreFunc:
		if !c.isSub(a.Type, b.Type) {
			return fmt.Sprintf("a function of type %s is expected and one of type %s is there", c.Show(b.Type), c.Show(a.Type))
		}
	case binary.SortCoreTag:
		if a.Type != b.Type {
			return fmt.Sprintf("a tag of type %s is expected and one of type %s is there", c.Show(b.Type), c.Show(a.Type))
		}
	case binary.SortCoreTable:
		if a.Table.Elem != b.Table.Elem {
			return fmt.Sprintf("a table of %s is expected and one of %s is there", b.Table.Elem, a.Table.Elem)
		}
		return matchLimits(a.Table.Limits, b.Table.Limits)
	case binary.SortCoreMemory:
		return matchLimits(a.Memory, b.Memory)
	case binary.SortCoreGlobal:
		if a.Global != b.Global {
			return "a global of another type is expected"
		}
	default:
		panic(fmt.Sprintf("core: unhandled sort %s", a.Sort))
	}
	return ""
}

func matchLimits(a, b wasm.Limits) string {
	switch {
	case a.Addr64 != b.Addr64:
		return "one has addresses of 64 bits and the other has not"
	case a.Shared != b.Shared:
		return "one is shared and the other is not"
	case a.PageLog2 != b.PageLog2:
		return "the sizes of a page differ"
	case a.Min < b.Min:
		return fmt.Sprintf("the minimum is %d and %d is expected", a.Min, b.Min)
	case b.HasMax && (!a.HasMax || a.Max > b.Max):
		return fmt.Sprintf("the maximum is above the expected %d", b.Max)
	}
	return ""
}
