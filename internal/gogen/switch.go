package gogen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// switchValue spells a Switch by the case of a variant, option or result, which
// gives core values.
func (b *Body) switchValue(op *abi.Op) {
	arg := op.Args[0]
	p := b.shared.parts[arg]
	var value *jen.Statement
	if p == nil {
		value = b.Arg(arg)
	}
	targets := b.declareCores(op)
	switch k := b.Plan.Resolve.Kind(op.Type).(type) {
	case *wit.Variant:
		b.switchVariant(op, value, targets)
	case *wit.Option:
		b.switchOption(op, value, targets)
	case *wit.Result:
		if p != nil {
			b.switchError(op, k, p, targets)
		} else {
			b.switchResult(op, value, targets)
		}
	default:
		panic(fmt.Sprintf("gogen: unhandled kind %T", k))
	}
}

// declareCores declares the variables that the cases of a Switch set: the
// discriminant and the payload's core values.
func (b *Body) declareCores(op *abi.Op) []*jen.Statement {
	targets := make([]*jen.Statement, len(op.Results))
	var names []jen.Code
	var last abi.Core
	declare := func() {
		if len(names) > 0 {
			b.Emit(jen.Var().List(names...).Add(GoCore(last)))
		}
		names = nil
	}
	for i, v := range op.Results {
		if !b.Used(v) {
			continue
		}
		if core := b.Program.Values[v].Core; core != last {
			declare()
			last = core
		}
		targets[i] = b.DefineAs(v, flatHint(b.hint(v), i, len(op.Results)))
		names = append(names, targets[i].Clone())
	}
	declare()
	return targets
}

// flatHint names the i-th of n core values of a variant.
func flatHint(hint string, i, n int) string {
	switch {
	case i == 0:
		return hint + "-case"
	case n == 2:
		return hint + "-payload"
	default:
		return fmt.Sprintf("%s-%d", hint, i)
	}
}

// caseBlock returns the statements of one case. What it gives is assigned to the
// targets, except for zeros, which they are already.
func (b *Body) caseBlock(block *abi.Block, targets []*jen.Statement, payload ...*jen.Statement) []jen.Code {
	stmts, results := b.Block(block, payload...)
	for i, r := range results {
		if targets[i] != nil && !b.isZero(block, block.Results[i]) {
			stmts = append(stmts, targets[i].Clone().Op("=").Add(r))
		}
	}
	return stmts
}

func (b *Body) isZero(block *abi.Block, v abi.Value) bool {
	for i := range block.Body {
		op := &block.Body[i]
		if op.Code == abi.Const && op.Results[0] == v {
			return op.Imm == 0
		}
	}
	return false
}

// switchVariant spells a type switch.
func (b *Body) switchVariant(op *abi.Op, value *jen.Statement, targets []*jen.Statement) {
	scope := b.Scope.Inner()
	name, used := scope.Declare("c"), false
	var cases []jen.Code
	for i := range op.Blocks {
		block := &op.Blocks[i]
		for _, v := range block.Params {
			used = used || b.Used(v)
		}
		inner := *b
		inner.Scope = scope
		stmts := inner.caseBlock(block, targets, jen.Id(name).Dot("Value"))
		cases = append(cases, jen.Case(b.Plan.CaseRef(op.Type, i)).Block(stmts...))
	}
	cases = append(cases, jen.Default().Block(b.Side.BadVariant(b, op)...))
	head := value.Assert(jen.Type())
	if used {
		head = jen.Id(name).Op(":=").Add(head)
	}
	b.Emit(jen.Switch(head).Block(cases...))
}

// switchOption spells: if value, ok := option.Get(); ok { ... } else { ... }.
func (b *Body) switchOption(op *abi.Op, value *jen.Statement, targets []*jen.Statement) {
	none, some := &op.Blocks[0], &op.Blocks[1]
	inner := *b
	inner.Scope = b.Scope.Inner()
	payload := inner.Define(some.Params[0])
	ok := jen.Id(inner.Scope.Declare("ok"))
	head := jen.List(payload, ok.Clone()).Op(":=").Add(value.Dot("Get").Call())
	b.ifElse(jen.If(head, ok), inner.caseBlock(some, targets, payload), inner.caseBlock(none, targets))
}

// switchResult spells: if value, failure, ok := result.Get(); ok { ... } else { ... }.
func (b *Body) switchResult(op *abi.Op, value *jen.Statement, targets []*jen.Statement) {
	inner := *b
	inner.Scope = b.Scope.Inner()
	payload := [2]*jen.Statement{jen.Id("_"), jen.Id("_")}
	for i := range op.Blocks {
		if params := op.Blocks[i].Params; len(params) > 0 {
			payload[i] = inner.DefineAs(params[0], [...]string{"value", "failure"}[i])
		}
	}
	ok := jen.Id(inner.Scope.Declare("ok"))
	head := jen.List(payload[0], payload[1], ok.Clone()).Op(":=").Add(value.Dot("Get").Call())
	b.ifElse(jen.If(head, ok),
		inner.caseBlock(&op.Blocks[0], targets, payload[0]),
		inner.caseBlock(&op.Blocks[1], targets, payload[1]))
}

// switchError spells the two ways out of a call: if err != nil { ... } else { ... }.
func (b *Body) switchError(op *abi.Op, k *wit.Result, p *parts, targets []*jen.Statement) {
	inner := *b
	inner.Scope, inner.stmts = b.Scope.Inner(), nil
	params := op.Blocks[1].Params
	failure := inner.Side.ErrorValue(&inner, k.Err, p.err.Clone(), len(params) > 0 && b.Used(params[0]))
	failed := inner.caseBlock(&op.Blocks[1], targets, failure)
	var value *jen.Statement
	if len(p.values) > 0 {
		value = p.values[0]
	}
	b.ifElse(jen.If(p.err.Clone().Op("!=").Nil()),
		append(inner.stmts, failed...),
		b.caseBlock(&op.Blocks[0], targets, value))
}

// ifElse adds an if statement and leaves an empty else out.
func (b *Body) ifElse(head *jen.Statement, then, otherwise []jen.Code) {
	head.Block(then...)
	if len(otherwise) > 0 {
		head.Else().Block(otherwise...)
	}
	b.Emit(head)
}

// switchDisc spells a SwitchDisc: a variable that each case sets.
func (b *Body) switchDisc(op *abi.Op) {
	disc := b.PlainArg(op.Args[0])
	v := op.Results[0]
	var assign func(i int, payload *jen.Statement) []jen.Code
	switch k := b.Plan.Resolve.Kind(op.Type).(type) {
	case *wit.Variant:
		target := b.declareTarget(v, op.Type)
		assign = func(i int, payload *jen.Statement) []jen.Code {
			if payload == nil {
				return []jen.Code{target.Clone().Op("=").Add(b.Plan.CaseRef(op.Type, i).Values())}
			}
			set := target.Clone().Op("=").Add(b.Plan.CaseRef(op.Type, i).Values(jen.Id("Value").Op(":").Add(payload)))
			if boxer, ok := b.Side.(Boxer); ok {
				set = jen.If(boxer.Room(b.Plan.CaseRef(op.Type, i))).Block(set)
			}
			return []jen.Code{set}
		}
	case *wit.Option:
		target := b.declareTarget(v, op.Type)
		assign = func(i int, payload *jen.Statement) []jen.Code {
			if i == 0 {
				return nil
			}
			return []jen.Code{target.Clone().Op("=").Add(b.some(k.Type).Call(payload))}
		}
	case *wit.Result:
		if b.returnsParts(v) {
			assign = b.returnedResult(v, k)
		} else {
			assign = b.resultValue(b.declareTarget(v, op.Type), k)
		}
	default:
		panic(fmt.Sprintf("gogen: unhandled kind %T", k))
	}
	var cases []jen.Code
	for i := range op.Blocks {
		stmts, results := b.Block(&op.Blocks[i])
		var payload *jen.Statement
		if len(results) > 0 {
			payload = results[0]
		}
		cases = append(cases, jen.Case(jen.Lit(i)).Block(append(stmts, assign(i, payload)...)...))
	}
	cases = append(cases, jen.Default().Block(b.Side.BadDiscriminant(b, op, disc.Clone())...))
	b.Emit(jen.Switch(disc).Block(cases...))
}

// Boxer is a Side that counts the memory of what it lifts. Room spells whether
// there is room for a case of a variant, which Go allocates by itself.
type Boxer interface {
	Room(kase *jen.Statement) *jen.Statement
}

// some returns types.Some for payloads of type t. Where the payload may be a
// struct behind the Go interface of a resource, it says so.
func (b *Body) some(t wit.Type) *jen.Statement {
	switch b.Plan.Resolve.Kind(t).(type) {
	case *wit.Own, *wit.Borrow:
		return Some.Qual().Types(b.Plan.GoType(t))
	default:
		return Some.Qual()
	}
}

// declareTarget declares the variable for v.
func (b *Body) declareTarget(v abi.Value, t wit.Type) *jen.Statement {
	target := b.Define(v)
	b.Emit(jen.Var().Add(target.Clone()).Add(b.Plan.GoType(t)))
	return target
}

// resultValue assigns the cases of a result that is a value.
func (b *Body) resultValue(target *jen.Statement, k *wit.Result) func(int, *jen.Statement) []jen.Code {
	return func(i int, payload *jen.Statement) []jen.Code {
		if payload == nil {
			payload = Unit.Qual().Values()
		}
		of := [...]Symbol{OK, Err}[i].Qual().Types(b.Plan.GoType(k.OK), b.Plan.GoType(k.Err))
		return []jen.Code{target.Clone().Op("=").Add(of.Call(payload))}
	}
}

// returnedResult assigns the cases of a result that the function returns: a
// variable for its success, if there is a payload, and one for the error.
func (b *Body) returnedResult(v abi.Value, k *wit.Result) func(int, *jen.Statement) []jen.Code {
	p := &parts{}
	if k.OK != nil {
		name := b.Local("value")
		p.values = []*jen.Statement{jen.Id(name)}
		b.Emit(jen.Var().Id(name).Add(b.Plan.GoType(k.OK)))
	}
	name := b.Local("err")
	p.err = jen.Id(name)
	b.Emit(jen.Var().Id(name).Error())
	b.shared.parts[v] = p
	return func(i int, payload *jen.Statement) []jen.Code {
		switch {
		case i == 1:
			return []jen.Code{p.err.Clone().Op("=").Add(b.Plan.WrapError(k.Err, payload))}
		case payload != nil:
			return []jen.Code{p.values[0].Clone().Op("=").Add(payload)}
		default:
			return nil
		}
	}
}

// BindCall declares names for the Go results of the implementation that a
// CallValue calls, for use in: names := call. The last is an error where the
// function has a WIT result or withError asks for it, and err is that one. What
// nothing uses is blank; where that is all, there are no names.
func (b *Body) BindCall(op *abi.Op, withError bool) (names []jen.Code, err *jen.Statement) {
	results := b.Plan.Results(b.Program.Func)
	p, used := &parts{}, false
	if len(op.Results) > 0 {
		v := op.Results[0]
		used = b.Used(v)
		if results.Tuple || results.Result != nil {
			for i := range results.Values {
				name := jen.Id("_")
				if b.partUsed(v, i) {
					name = jen.Id(b.Local("result"))
				}
				p.values = append(p.values, name)
				names = append(names, name.Clone())
			}
			b.shared.parts[v] = p
		} else {
			names = append(names, b.Define(v))
		}
	}
	if withError || results.Result != nil {
		err = jen.Id(b.Local("err"))
		names = append(names, err.Clone())
	}
	if results.Result != nil {
		p.err = err.Clone()
	}
	if !used && err == nil {
		names = nil
	}
	return names, err
}

// partUsed reports whether anything uses the i-th Go result of the
// implementation that a CallValue calls, whose WIT result is v.
func (b *Body) partUsed(v abi.Value, i int) bool {
	for k := range b.Program.Body {
		op := &b.Program.Body[k]
		if !slices.Contains(op.Args, v) {
			continue
		}
		switch op.Code {
		case abi.Unpack:
			return b.Used(op.Results[i])
		case abi.Switch:
			return b.Used(op.Blocks[0].Params[0])
		}
		return true
	}
	return false
}

// Returned returns the Go results that a ReturnValue gives, and the WIT error
// where the function has a WIT result.
func (b *Body) Returned(op *abi.Op) (values []jen.Code, err *jen.Statement) {
	if len(op.Args) == 0 {
		return nil, nil
	}
	v := op.Args[0]
	if elements, ok := b.shared.packed[v]; ok {
		return b.Args(elements), nil
	}
	if p := b.shared.parts[v]; p != nil {
		for _, value := range p.values {
			values = append(values, value.Clone())
		}
		return values, p.err.Clone()
	}
	return []jen.Code{b.Arg(v)}, nil
}
