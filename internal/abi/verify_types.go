package abi

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

// types checks what the letters of a shape don't say: that the operation suits
// its Type.
func (v *verifier) types(op *Op) {
	kind := v.a.kind(op.Type)
	switch op.Code {
	case LowerScalar:
		v.scalar(op)
		v.cores(op.Results, v.a.Flat(op.Type))
	case LiftScalar:
		v.scalar(op)
		v.cores(op.Args, v.a.Flat(op.Type))
	case LoadScalar, StoreScalar:
		v.scalar(op)
		v.check(uint64(op.Size) == v.a.Size(op.Type), "Size is %d", op.Size)
	case LowerString, LiftString:
		v.check(v.a.dealias(op.Type) == wit.String, "the type is no string")
	case Unpack:
		v.wits(op.Results, v.parts(kind))
	case Pack:
		v.wits(op.Args, v.parts(kind))
	case LowerOwn, LiftOwn:
		_, ok := kind.(*wit.Own)
		v.check(ok, "the type is %T", kind)
	case LowerBorrow, LiftBorrow:
		_, ok := kind.(*wit.Borrow)
		v.check(ok, "the type is %T", kind)
	case LoadNamed, StoreNamed:
		v.named(op)
	case LowerNamed:
		v.named(op)
		v.cores(op.Results, v.a.Flat(op.Type))
	case LiftNamed:
		v.named(op)
		v.cores(op.Args, v.a.Flat(op.Type))
	case LoadDisc, StoreDisc:
		v.check(op.Size == 1 || op.Size == 2 || op.Size == 4, "Size is %d", op.Size)
		v.check(op.Imm < 1<<(8*op.Size), "Imm is %d", op.Imm)
	case Bitcast:
		v.check(v.p.Values[op.Args[0]].Core != v.p.Values[op.Results[0]].Core, "nothing to change")
	case CallCore, PostReturn, ReturnCore, CallValue, ReturnValue:
		v.call(op)
	case Const, LoadCore, StoreCore, Realloc, ReturnArea, View, Switch, SwitchDisc,
		LowerList, LiftList, LowerMap, LiftMap, StoreFixed, LoadFixed:
		// The letters, access and blocks say it all.
	default:
		panic(fmt.Sprintf("abi: unhandled operation %d", op.Code))
	}
}

// named checks that the type of an operation has Programs of its own.
func (v *verifier) named(op *Op) {
	id, ok := v.a.dealias(op.Type).(wit.TypeID)
	v.check(ok && id == op.Type && v.a.hasProgram(id), "type %v has no Program of its own", op.Type)
}

func (v *verifier) scalar(op *Op) {
	switch k := v.a.kind(op.Type).(type) {
	case nil:
		v.check(v.a.dealias(op.Type) != wit.String, "a string is no scalar")
	default:
		_, enum := k.(*wit.Enum)
		_, flags := k.(*wit.Flags)
		v.check(enum || flags, "%T is no scalar", k)
	}
}

// parts returns the types that a value of kind k is packed from.
func (v *verifier) parts(k wit.Kind) []wit.Type {
	switch k := k.(type) {
	case *wit.Record:
		return fieldTypes(k)
	case *wit.Tuple:
		return k.Types
	case *wit.FixedList:
		types := make([]wit.Type, k.Size)
		for i := range types {
			types[i] = k.Type
		}
		return types
	}
	v.check(false, "%T has no parts", k)
	return nil
}

// call checks the values of a call or return against the function.
func (v *verifier) call(op *Op) {
	f := v.p.Func
	if f == nil {
		switch op.Code {
		case ReturnValue:
			v.wits(op.Args, []wit.Type{v.p.Type})
		case ReturnCore:
			v.cores(op.Args, v.a.Flat(v.p.Type))
		default:
			v.check(false, "in the Program of a type")
		}
		return
	}
	sig := v.a.Lift(f)
	if v.p.Kind == CallImport || v.p.Kind == HandleImport {
		sig = v.a.Lower(f)
	}
	var result []wit.Type
	if f.Result != nil {
		result = []wit.Type{f.Result}
	}
	switch op.Code {
	case CallCore:
		v.cores(op.Args, sig.Params)
		v.cores(op.Results, sig.Results)
	case PostReturn, ReturnCore:
		v.cores(op.Args, sig.Results)
	case CallValue:
		v.wits(op.Args, paramTypes(f))
		v.wits(op.Results, result)
	case ReturnValue:
		v.wits(op.Args, result)
	default:
		panic(fmt.Sprintf("abi: unhandled operation %d", op.Code))
	}
}

// blocks checks how many blocks an operation has, and each of them.
func (v *verifier) blocks(op *Op, count blocks) {
	switch count {
	case noBlock:
		v.check(len(op.Blocks) == 0, "%d blocks", len(op.Blocks))
	case oneBlock:
		v.check(len(op.Blocks) == 1, "%d blocks", len(op.Blocks))
		v.elements(op)
	case perCase:
		v.perCase(op)
	default:
		panic(fmt.Sprintf("abi: unhandled count of blocks %d", count))
	}
}

// elements checks the block of an operation on the elements of a list or map.
func (v *verifier) elements(op *Op) {
	var types []wit.Type
	var bulk bool
	switch k := v.a.kind(op.Type).(type) {
	case *wit.List:
		v.check(op.Code == LowerList || op.Code == LiftList, "on a list")
		types, bulk = []wit.Type{k.Type}, v.a.bulk(k.Type)
	case *wit.FixedList:
		v.check(op.Code == StoreFixed || op.Code == LoadFixed, "on a list of fixed length")
		types, bulk = []wit.Type{k.Type}, v.a.bulk(k.Type)
	case *wit.Map:
		v.check(op.Code == LowerMap || op.Code == LiftMap, "on a map")
		types = []wit.Type{k.Key, k.Value}
	default:
		v.check(false, "on a %T", k)
	}
	l := v.a.recordLayout(types)
	v.check(uint64(op.Size) == l.size && op.Align == l.align, "elements of %d bytes aligned to %d, not %d and %d", op.Size, op.Align, l.size, l.align)
	v.check(op.Bulk == bulk, "Bulk is %t", op.Bulk)
	block := op.Blocks[0]
	v.check(len(block.Params) > 0, "the block has no pointer")
	v.areas[block.Params[0]] = area{l.size, l.align}
	switch op.Code {
	case LowerList, LowerMap, StoreFixed:
		v.block(block, func() {
			v.cores(block.Params[:1], []Core{I32})
			v.wits(block.Params[1:], types)
		}, func() { v.wits(block.Results, nil) })
	default:
		v.block(block, func() { v.cores(block.Params, []Core{I32}) }, func() { v.wits(block.Results, types) })
	}
}

// perCase checks the blocks of a Switch or SwitchDisc.
func (v *verifier) perCase(op *Op) {
	var cases []wit.Type
	switch k := v.a.kind(op.Type).(type) {
	case *wit.Variant, *wit.Option, *wit.Result:
		cases = caseTypes(k)
	default:
		v.check(false, "%T has no cases", k)
	}
	v.check(len(op.Blocks) == len(cases), "%d blocks for %d cases", len(op.Blocks), len(cases))
	results := make([]Core, len(op.Results))
	if op.Code == Switch {
		for i, value := range op.Results {
			v.check(value >= 0 && int(value) < len(v.p.Values), "there is no value %d", value)
			results[i] = v.p.Values[value].Core
		}
	}
	for i, block := range op.Blocks {
		var payload []wit.Type
		if cases[i] != nil {
			payload = cases[i : i+1]
		}
		if op.Code == Switch {
			v.block(block, func() { v.wits(block.Params, payload) }, func() { v.cores(block.Results, results) })
		} else {
			v.block(block, func() { v.wits(block.Params, nil) }, func() { v.wits(block.Results, payload) })
		}
	}
}

// block checks one block: its parameters, its body, its results. What it
// defines goes out of scope.
func (v *verifier) block(block Block, params, results func()) {
	op, outer := v.op, len(v.scope)
	v.define(block.Params...)
	params()
	v.body(block.Body, false)
	v.op = op
	v.use(block.Results)
	results()
	for _, value := range v.scope[outer:] {
		v.state[value] = outOfScope
	}
	v.scope = v.scope[:outer]
}
