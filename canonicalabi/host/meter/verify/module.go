package verify

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/witgen/witgen/internal/wasm"
)

// The globals that are added, by the names of their exports.
const (
	slice = iota
	reserve
	stack
	flag
	cause
	globals
)

const prefix = "!meter/"

var names = [globals]string{"slice", "reserve", "stack", "interrupt", "cause"}

// A funcType is what matters of a function's type.
type funcType struct{ params, results int }

// A module is a module that is verified.
type module struct {
	cfg      Config
	types    []funcType
	funcs    []uint32 // by function: its type
	imported uint32   // functions
	globals  [globals]uint32
	refill   uint32 // the function that a check calls
	bodies   []body
}

// A body is a function that the module defines.
type body struct {
	index  uint32
	typ    funcType
	locals int // that are set somewhere
	code   []instr
	simple bool // neither calls nor loops
	bottom bool // calls nothing but refill
	// leaf is what a call of it takes, where it is a leaf, and else 0.
	leaf int
	end  int // offset
}

func (m *module) read(b []byte) error {
	c := wasm.NewCursor(b, 0)
	var own, count uint32
	found := map[string]uint32{}
	exports := map[uint32]bool{}
	var bodies []*wasm.Cursor
	for s := range c.Sections() {
		in := s.Content
		switch s.ID {
		case wasm.TypeSection:
			for n := in.Count(); n > 0 && in.Err() == nil; n-- {
				for _, t := range in.RecGroup().Types {
					m.types = append(m.types, funcType{len(t.Params), len(t.Results)})
				}
			}
		case wasm.ImportSection:
			for n := in.Count(); n > 0 && in.Err() == nil; n-- {
				at := in.Offset()
				i := in.Import()
				if strings.HasPrefix(i.Name, prefix) {
					return &Error{Rule: "import of a reserved name", Func: -1, Offset: at}
				}
				switch i.Type.Kind {
				case wasm.FuncKind:
					m.funcs = append(m.funcs, i.Type.Func)
					m.imported++
				case wasm.GlobalKind:
					count++
				}
			}
			own = count
		case wasm.FunctionSection:
			m.funcs = append(m.funcs, in.Indices()...)
		case wasm.GlobalSection:
			for n := in.Count(); n > 0 && in.Err() == nil; n-- {
				in.Global()
				in.ConstExpr(nil)
				count++
			}
		case wasm.ExportSection:
			for n := in.Count(); n > 0 && in.Err() == nil; n-- {
				at := in.Offset()
				e := in.Export()
				if name, ok := strings.CutPrefix(e.Name, prefix); ok && e.Kind == wasm.GlobalKind {
					found[name] = e.Index
				} else if e.Kind == wasm.GlobalKind {
					exports[e.Index] = true
				} else if ok && name != "start" {
					return &Error{Rule: fmt.Sprintf("export of the reserved name %q", e.Name), Func: -1, Offset: at}
				}
			}
		case wasm.StartSection:
			return &Error{Rule: "a start function that runs at instantiation", Func: -1, Offset: s.Start}
		case wasm.CodeSection:
			for n := in.Count(); n > 0 && in.Err() == nil; n-- {
				bodies = append(bodies, in.Sub(in.Uint32()))
			}
		}
		if err := in.Err(); err != nil {
			return malformed(err)
		}
	}
	if err := c.Err(); err != nil {
		return malformed(err)
	}
	for i, name := range names {
		index, ok := found[name]
		if !ok || len(found) != globals || index < own || index >= count || exports[index] {
			return &Error{Rule: fmt.Sprintf("the global %s%s is missing, or is exported twice", prefix, name), Func: -1}
		}
		m.globals[i] = index
	}
	return m.readCode(bodies)
}

func (m *module) readCode(bodies []*wasm.Cursor) error {
	if uint32(len(bodies))+m.imported != uint32(len(m.funcs)) {
		return &Error{Rule: "number of functions and number of bodies differ", Func: -1}
	}
	m.refill = ^uint32(0)
	refill := m.refillBody()
	for i, c := range bodies {
		if index := m.imported + uint32(i); bytes.Equal(peek(c), refill) {
			m.refill = index
		}
	}
	if m.refill == ^uint32(0) {
		return &Error{Rule: "no function hands out the next slice", Func: -1}
	}
	for i, c := range bodies {
		index := m.imported + uint32(i)
		typ := m.funcs[index]
		if typ >= uint32(len(m.types)) {
			return &Error{Rule: "type index out of range", Func: int(index)}
		}
		f := body{index: index, typ: m.types[typ]}
		if index != m.refill {
			if err := m.decode(c, &f); err != nil {
				return err
			}
		}
		m.bodies = append(m.bodies, f)
	}
	return nil
}

// peek returns what a cursor has not read yet.
func peek(c *wasm.Cursor) []byte {
	ahead := *c
	return ahead.Rest()
}
