package component

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// coreTypeID is a core type. Two types with one id are the same type: groups of
// recursive types are compared by structure, as the core specification says.
type coreTypeID int

// coreTypes gives core types their ids.
type coreTypes struct {
	groups map[string]coreTypeID // first id by the form of the group
	// types are the types by id. The heap types in them are ids.
	types []wasm.SubType
}

// group returns the ids of a group's types. space are the types before it, to
// which its indices refer. bad is the first index that refers to no type, and -1
// where all do.
func (c *coreTypes) group(g *wasm.RecGroup, space []coreTypeID) (ids []coreTypeID, bad int64) {
	base := int64(len(space))
	bad = -1
	next := int64(len(c.types))
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
		if t.Form == 0x50 {
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
		return nil, bad
	}
	first, known := c.groups[string(key)]
	if !known {
		first = coreTypeID(next)
		if c.groups == nil {
			c.groups = make(map[string]coreTypeID)
		}
		c.groups[string(key)] = first
		c.types = append(c.types, types...)
	}
	for i := range types {
		ids = append(ids, first+coreTypeID(i))
	}
	return ids, -1
}

// function returns the id of a function type of number types.
func (c *coreTypes) function(params, results []wasm.ValType) coreTypeID {
	ids, _ := c.group(&wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: params, Results: results}}}, nil)
	return ids[0]
}

// functionOf is function for types that hold ids of other types.
func (c *coreTypes) functionOf(params, results []wasm.ValType) coreTypeID {
	space := make([]coreTypeID, len(c.types))
	for i := range space {
		space[i] = coreTypeID(i)
	}
	ids, _ := c.group(&wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: params, Results: results}}}, space)
	return ids[0]
}

// maxSupertypes is how far a chain of supertypes is followed. The core specification
// allows 63.
const maxSupertypes = 100

// isSub reports whether a is b or declares it as a supertype, at any distance.
func (c *coreTypes) isSub(a, b coreTypeID) bool {
	for range maxSupertypes {
		if a == b {
			return true
		}
		supers := c.types[a].Supers
		if len(supers) == 0 || coreTypeID(supers[0]) >= a {
			return false
		}
		a = coreTypeID(supers[0])
	}
	return false
}

// isFunc returns the function type of an id.
func (c *coreTypes) isFunc(id coreTypeID) (wasm.SubType, bool) {
	t := c.types[id]
	return t, t.Kind == wasm.FuncForm
}

// show writes a function type as people do: (i32, i64) -> (i32).
func (c *coreTypes) show(id coreTypeID) string {
	t := c.types[id]
	if t.Kind != wasm.FuncForm {
		return "no function type"
	}
	return showCore(t.Params) + " -> " + showCore(t.Results)
}

func showCore(types []wasm.ValType) string {
	s := "("
	for i, t := range types {
		if i > 0 {
			s += ", "
		}
		s += t.String()
	}
	return s + ")"
}

// match returns what keeps a core definition of type a from being imported as b
// (section "Matching" of the core specification), and "" where nothing does.
func (c *coreTypes) match(a, b coreEntity) string {
	if a.sort != b.sort {
		return fmt.Sprintf("a %s is expected and a %s is there", b.sort, a.sort)
	}
	switch a.sort {
	case binary.SortCoreFunc:
		if !c.isSub(a.typ, b.typ) {
			return fmt.Sprintf("a function of type %s is expected and one of type %s is there", c.show(b.typ), c.show(a.typ))
		}
	case binary.SortCoreTag:
		if a.typ != b.typ {
			return fmt.Sprintf("a tag of type %s is expected and one of type %s is there", c.show(b.typ), c.show(a.typ))
		}
	case binary.SortCoreTable:
		if a.table.Elem != b.table.Elem {
			return fmt.Sprintf("a table of %s is expected and one of %s is there", b.table.Elem, a.table.Elem)
		}
		return matchLimits(a.table.Limits, b.table.Limits)
	case binary.SortCoreMemory:
		return matchLimits(a.memory, b.memory)
	case binary.SortCoreGlobal:
		if a.global != b.global {
			return "a global of another type is expected"
		}
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", a.sort))
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
