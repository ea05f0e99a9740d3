package gogen

import (
	"math"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// op spells one operation.
func (b *Body) op(op *abi.Op) {
	if hasEffects(op) {
		b.flush(op)
	}
	switch op.Code {
	case abi.Const:
		b.constant(op)
	case abi.Bitcast:
		b.bitcast(op)
	case abi.LowerScalar:
		if prim, ok := b.number(op.Type); ok {
			b.lowerScalar(op, prim)
		} else {
			b.Side.Op(b, op)
		}
	case abi.LiftScalar:
		if prim, ok := b.number(op.Type); ok {
			b.liftScalar(op, prim)
		} else {
			b.Side.Op(b, op)
		}
	case abi.Unpack:
		b.unpack(op)
	case abi.Pack:
		b.pack(op)
	case abi.Switch:
		b.switchValue(op)
	case abi.SwitchDisc:
		b.switchDisc(op)
	default:
		b.Side.Op(b, op)
	}
}

// hasEffects reports whether an operation, or one inside it, may change what
// expressions of weight Read read.
func hasEffects(op *abi.Op) bool {
	switch op.Code {
	case abi.Const, abi.Bitcast, abi.LowerScalar, abi.LiftScalar, abi.LoadScalar, abi.LoadCore, abi.View,
		abi.LiftString, abi.LiftList, abi.LiftMap, abi.LoadFixed, abi.Unpack, abi.Pack,
		abi.Switch, abi.SwitchDisc, abi.LoadDisc, abi.LoadNamed, abi.LiftNamed,
		abi.PostReturn: // is part of what ends the call
	default:
		return true
	}
	for _, block := range op.Blocks {
		for i := range block.Body {
			if hasEffects(&block.Body[i]) {
				return true
			}
		}
	}
	return false
}

// GoCore returns the Go type of a core value: the unsigned types for integers.
func GoCore(c abi.Core) *jen.Statement {
	return jen.Id([...]string{abi.I32: "uint32", abi.I64: "uint64", abi.F32: "float32", abi.F64: "float64"}[c])
}

// constant spells a constant. Those that are not zero are unsigned integers.
func (b *Body) constant(op *abi.Op) {
	v := op.Results[0]
	switch b.Program.Values[v].Core {
	case abi.F32:
		b.Set(v, Plain, jen.Lit(float64(math.Float32frombits(uint32(op.Imm)))))
	case abi.F64:
		b.Set(v, Plain, jen.Lit(math.Float64frombits(op.Imm)))
	default:
		b.Set(v, Plain, jen.Lit(int(op.Imm)))
	}
}

// bitcast spells the conversions between joined core types (CanonicalABI.md,
// "Flattening").
func (b *Body) bitcast(op *abi.Op) {
	arg, v := b.Arg(op.Args[0]), op.Results[0]
	from, to := b.Program.Values[op.Args[0]].Core, b.Program.Values[v].Core
	switch from {
	case abi.F32:
		arg = jen.Qual("math", "Float32bits").Call(arg)
		from = abi.I32
	case abi.F64:
		arg = jen.Qual("math", "Float64bits").Call(arg)
		from = abi.I64
	}
	wide := to == abi.I64 || to == abi.F64
	if wide != (from == abi.I64) {
		arg = GoCore([2]abi.Core{abi.I32, abi.I64}[btoi(wide)]).Call(arg)
	}
	switch to {
	case abi.F32:
		arg = jen.Qual("math", "Float32frombits").Call(arg)
	case abi.F64:
		arg = jen.Qual("math", "Float64frombits").Call(arg)
	}
	b.Set(v, b.weightOver(op.Args[0]), arg)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// weightOver is the weight of an expression made of v: Pure, or Read if v is.
func (b *Body) weightOver(list ...abi.Value) Weight {
	for _, v := range list {
		if b.shared.weight[v] == Read {
			return Read
		}
	}
	return Pure
}

// number returns the type behind t where it is a number or a bool: what both
// sides lift and lower alike, since every value of it is good.
func (b *Body) number(t wit.Type) (wit.Prim, bool) {
	prim, ok := b.Plan.Resolve.Dealias(t).(wit.Prim)
	return prim, ok && prim != wit.Char
}

// lowerScalar spells the lowering of numbers and bools (CanonicalABI.md, "Flat
// Lowering").
func (b *Body) lowerScalar(op *abi.Op, prim wit.Prim) {
	arg := b.Arg(op.Args[0])
	var expr *jen.Statement
	switch prim {
	case wit.U32, wit.U64, wit.F32, wit.F64:
		b.Set(op.Results[0], b.shared.weight[op.Args[0]], arg)
		return
	case wit.S64:
		expr = jen.Uint64().Call(arg)
	case wit.Bool:
		expr = FromBool.Qual().Call(arg)
	default: // narrow and signed integers, sign-extended to 32 bits
		expr = jen.Uint32().Call(arg)
	}
	b.Set(op.Results[0], b.weightOver(op.Args[0]), expr)
}

// liftScalar spells the lifting of numbers and bools (CanonicalABI.md, "Flat
// Lifting"): bits beyond the type's are dropped.
func (b *Body) liftScalar(op *abi.Op, prim wit.Prim) {
	arg := b.Arg(op.Args[0])
	switch prim {
	case wit.U32, wit.U64, wit.F32, wit.F64:
		b.Set(op.Results[0], b.shared.weight[op.Args[0]], arg)
	case wit.Bool:
		b.Set(op.Results[0], b.weightOver(op.Args[0]), arg.Op("!=").Lit(0))
	default:
		if raw := b.shared.raw[op.Args[0]]; raw != nil {
			arg = raw.Clone()
		}
		b.Set(op.Results[0], b.weightOver(op.Args[0]), jen.Id(primTypes[prim]).Call(arg))
	}
}

// unpack spells the parts of a value.
func (b *Body) unpack(op *abi.Op) {
	if p := b.shared.parts[op.Args[0]]; p != nil {
		for i, v := range op.Results {
			b.Set(v, Plain, p.values[i])
		}
		return
	}
	if !slices.ContainsFunc(op.Results, b.Used) {
		return
	}
	value := b.PlainArg(op.Args[0])
	for i, v := range op.Results {
		part := value.Clone()
		switch b.Plan.Resolve.Kind(op.Type).(type) {
		case *wit.Record:
			part.Dot(b.Plan.FieldName(op.Type, i))
		case *wit.Tuple:
			part.Dot(TupleField(i))
		default: // *wit.FixedList
			part.Index(jen.Lit(i))
		}
		b.Set(v, Plain, part)
	}
}

// pack spells a value made of its parts. The elements of a tuple that the
// function returns stay what they are.
func (b *Body) pack(op *abi.Op) {
	v := op.Results[0]
	if _, ok := b.Plan.Resolve.Kind(op.Type).(*wit.Tuple); ok && b.returnsParts(v) {
		b.shared.packed[v] = op.Args
		return
	}
	weight := b.weightOver(op.Args...)
	elements := b.Args(op.Args)
	switch b.Plan.Resolve.Kind(op.Type).(type) {
	case *wit.Record:
		for i := range elements {
			elements[i] = jen.Id(b.Plan.FieldName(op.Type, i)).Op(":").Add(elements[i])
		}
	case *wit.Tuple:
		for i := range elements {
			elements[i] = jen.Id(TupleField(i)).Op(":").Add(elements[i])
		}
	}
	b.Set(v, weight, b.Plan.GoType(op.Type).Values(elements...))
}

// returnsParts reports whether v is the result of the function, which Go spells
// as several results.
func (b *Body) returnsParts(v abi.Value) bool {
	return b.Program.Func != nil && b.shared.returned[v]
}
