package abi

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/wit"
)

// Verify checks that p is well formed: each operation has the arguments,
// results, blocks and fields of its shape; values are defined once, before
// their use and in scope, and have the types that the operation asks for; loads
// and stores stay inside the memory that their pointer stands for and are
// aligned; the calls and returns are those of p's kind. It returns the first
// breach. A Program made by this package has none.
func (a *ABI) Verify(p *Program) (err error) {
	v := &verifier{a: a, p: p, state: make([]valueState, len(p.Values)), areas: make(map[Value]area)}
	defer func() {
		if r := recover(); r != nil {
			breach, ok := r.(breach)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("abi: %s %s: %s", p.Kind, p.Name, string(breach))
		}
	}()
	v.program()
	return nil
}

// breach is the panic that takes a message out of a verifier.
type breach string

type valueState uint8

const (
	undefined valueState = iota
	inScope
	outOfScope
)

// area is the memory behind a pointer.
type area struct {
	size  uint64
	align uint32
}

type verifier struct {
	a     *ABI
	p     *Program
	state []valueState
	scope []Value // the values in scope, in order of definition
	areas map[Value]area
	op    *Op // the operation at hand
}

func (v *verifier) check(ok bool, format string, args ...any) {
	if ok {
		return
	}
	message := fmt.Sprintf(format, args...)
	if v.op != nil {
		message = v.op.Code.String() + ": " + message
	}
	panic(breach(message))
}

func (v *verifier) program() {
	for _, value := range v.p.Params {
		v.define(value)
	}
	v.params()
	v.body(v.p.Body, true)
	v.op = nil
	v.calls()
	for value, state := range v.state {
		v.check(state != undefined, "value %d is never defined", value)
	}
}

// params checks the parameters against the kind.
func (v *verifier) params() {
	switch v.p.Kind {
	case CallExport, CallImport:
		v.wits(v.p.Params, paramTypes(v.p.Func))
	case HandleImport:
		v.cores(v.p.Params, v.a.Lower(v.p.Func).Params)
	case HandleExport:
		v.cores(v.p.Params, v.a.Lift(v.p.Func).Params)
	case LoadType, StoreType:
		v.check(len(v.p.Params) == 1+int(v.p.Kind-LoadType), "%d parameters", len(v.p.Params))
		v.cores(v.p.Params[:1], []Core{I32})
		if v.p.Kind == StoreType {
			v.wits(v.p.Params[1:], []wit.Type{v.p.Type})
		}
		v.areas[v.p.Params[0]] = v.area(v.p.Type)
	case LowerType:
		v.wits(v.p.Params, []wit.Type{v.p.Type})
	case LiftType:
		v.cores(v.p.Params, v.a.Flat(v.p.Type))
	default:
		panic(fmt.Sprintf("abi: unhandled kind %d", v.p.Kind))
	}
}

// calls checks which calls and returns the body has, and their places.
func (v *verifier) calls() {
	var codes []Code
	for i, op := range v.p.Body {
		switch op.Code {
		case CallCore, CallValue, PostReturn, ReturnValue, ReturnCore:
			codes = append(codes, op.Code)
			last := i == len(v.p.Body)-1
			v.check(last == (op.Code == ReturnValue || op.Code == ReturnCore), "%s at operation %d of %d", op.Code, i, len(v.p.Body))
		}
	}
	want := map[Kind][]Code{
		CallExport:   {CallCore, PostReturn, ReturnValue},
		HandleImport: {CallValue, ReturnCore},
		CallImport:   {CallCore, ReturnValue},
		HandleExport: {CallValue, ReturnCore},
		LoadType:     {ReturnValue},
		LiftType:     {ReturnValue},
		LowerType:    {ReturnCore},
	}[v.p.Kind]
	v.check(slices.Equal(codes, want), "the calls and returns are %v, not %v", codes, want)
}

func (v *verifier) define(values ...Value) {
	for _, value := range values {
		v.check(value >= 0 && int(value) < len(v.state), "there is no value %d", value)
		v.check(v.state[value] == undefined, "value %d is defined twice", value)
		v.state[value] = inScope
		v.scope = append(v.scope, value)
	}
}

func (v *verifier) use(values []Value) {
	for _, value := range values {
		v.check(value >= 0 && int(value) < len(v.state), "there is no value %d", value)
		v.check(v.state[value] == inScope, "value %d is not defined here", value)
	}
}

func (v *verifier) body(ops []Op, top bool) {
	for i := range ops {
		v.op = &ops[i]
		v.check(int(v.op.Code) < len(shapes), "unknown code %d", v.op.Code)
		if !top {
			switch v.op.Code {
			case CallCore, CallValue, PostReturn, ReturnValue, ReturnCore:
				v.check(false, "inside a block")
			}
		}
		v.operation(v.op)
	}
}

func (v *verifier) operation(op *Op) {
	s := shapes[op.Code]
	v.fields(op, s.needs)
	v.use(op.Args)
	v.match(op.Args, s.args, op.Type)
	v.access(op)
	v.blocks(op, s.blocks)
	v.op = op
	v.define(op.Results...)
	v.match(op.Results, s.results, op.Type)
	v.types(op)
	switch op.Code {
	case Realloc, ReturnArea, View:
		v.areas[op.Results[0]] = area{uint64(op.Size), op.Align}
	}
}

// fields checks that an operation has the fields of its shape and no others.
func (v *verifier) fields(op *Op, needs need) {
	v.check((op.Type != nil) == (needs&needType != 0), "Type is %v", op.Type)
	// The size of an element or area may be zero only where there is nothing in it.
	v.check(op.Size == 0 || needs&needSize != 0, "Size is %d", op.Size)
	v.check((op.Align != 0) == (needs&needAlign != 0), "Align is %d", op.Align)
	v.check(op.Offset == 0 || needs&mayOffset != 0, "Offset is %d", op.Offset)
	v.check(op.Imm == 0 || needs&mayImm != 0, "Imm is %d", op.Imm)
	v.check(!op.Bulk || needs&mayBulk != 0, "Bulk is set")
}

// match checks values against the letters of a shape.
func (v *verifier) match(values []Value, letters string, t wit.Type) {
	if n := len(letters); n == 2 && letters[1] == '*' {
		for _, value := range values {
			v.letter(value, letters[0], t)
		}
		return
	}
	v.check(len(values) == len(letters), "%d values where there should be %d", len(values), len(letters))
	for i, value := range values {
		v.letter(value, letters[i], t)
	}
}

func (v *verifier) letter(value Value, letter byte, t wit.Type) {
	info := v.p.Values[value]
	switch letter {
	case 'p':
		v.check(info.Type == nil && info.Core == I32, "value %d is no i32", value)
	case 'c':
		v.check(info.Type == nil, "value %d is no core value", value)
	case 'v':
		v.check(v.same(info.Type, t), "value %d is of type %v, not %v", value, info.Type, t)
	case 'w':
		v.check(info.Type != nil, "value %d is a core value", value)
	default:
		panic(fmt.Sprintf("abi: unhandled letter %c", letter))
	}
}

// same reports whether two types are one behind their aliases.
func (v *verifier) same(a, b wit.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return v.a.dealias(a) == v.a.dealias(b)
}

func (v *verifier) cores(values []Value, types []Core) {
	v.check(len(values) == len(types), "%d core values where there should be %d", len(values), len(types))
	for i, value := range values {
		info := v.p.Values[value]
		v.check(info.Type == nil && info.Core == types[i], "value %d is no %s", value, types[i])
	}
}

func (v *verifier) wits(values []Value, types []wit.Type) {
	v.check(len(values) == len(types), "%d values where there should be %d", len(values), len(types))
	for i, value := range values {
		v.check(v.same(v.p.Values[value].Type, types[i]), "value %d is of type %v, not %v", value, v.p.Values[value].Type, types[i])
	}
}

func (v *verifier) area(t wit.Type) area { return area{v.a.Size(t), v.a.Align(t)} }

// access checks that a load or store is aligned and inside the memory of its
// pointer.
func (v *verifier) access(op *Op) {
	var want area
	switch op.Code {
	case LoadScalar, StoreScalar, LoadNamed, StoreNamed, LoadFixed, StoreFixed:
		want = v.area(op.Type)
	case LoadCore, StoreCore:
		want = area{4, 4}
	case LoadDisc, StoreDisc:
		want = area{uint64(op.Size), op.Size}
	default:
		return
	}
	have, ok := v.areas[op.Args[0]]
	v.check(ok, "value %d points to no area", op.Args[0])
	v.check(want.align <= have.align && op.Offset%want.align == 0, "offset %d of an area aligned to %d is not aligned to %d", op.Offset, have.align, want.align)
	v.check(uint64(op.Offset)+want.size <= have.size, "%d bytes at offset %d of an area of %d bytes", want.size, op.Offset, have.size)
}
