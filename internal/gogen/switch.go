package gogen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// switchValue spells a Switch by the case of a variant, option or result, which
// gives core values or stores the value in memory.
func (b *Body) switchValue(op *abi.Op) {
	switch k := b.Plan.Resolve.Kind(op.Type).(type) {
	case *wit.Variant:
		value := b.Arg(op.Args[0])
		b.switchVariant(op, value, b.declareCores(op))
	case *wit.Option:
		b.switchOption(op)
	case *wit.Result:
		if p := b.shared.parts[op.Args[0]]; p != nil {
			b.switchError(op, k, p)
		} else {
			b.switchResult(op)
		}
	default:
		panic(fmt.Sprintf("gogen: unhandled kind %T", k))
	}
}

// declareCores declares the variables that the cases of a Switch set: the
// discriminant and the payload's core values.
func (b *Body) declareCores(op *abi.Op) []*jen.Statement {
	targets := b.DefineFlat(op)
	var names []jen.Code
	var last abi.Core
	declare := func() {
		if len(names) > 0 {
			b.Emit(jen.Var().List(names...).Add(GoCore(last)))
		}
		names = nil
	}
	for i, v := range op.Results {
		if targets[i] == nil {
			continue
		}
		if core := b.Program.Values[v].Core; core != last {
			declare()
			last = core
		}
		names = append(names, targets[i].Clone())
	}
	declare()
	return targets
}

// DefineFlat names the core values that an operation flattens a value to. Those that
// nothing uses are nil.
func (b *Body) DefineFlat(op *abi.Op) []*jen.Statement {
	targets := make([]*jen.Statement, len(op.Results))
	for i, v := range op.Results {
		if b.Used(v) {
			targets[i] = b.DefineAs(v, flatHint(b.hint(v), i, len(op.Results)))
		}
	}
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
	var names, values []jen.Code
	for i, r := range results {
		if targets[i] != nil && !b.isZero(block, block.Results[i]) {
			names, values = append(names, targets[i].Clone()), append(values, r)
		}
	}
	if len(names) > 0 {
		stmts = append(stmts, jen.List(names...).Op("=").List(values...))
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

// inMemory returns the operation that stores the discriminant of a case, where a
// Switch stores the value in memory, and the blocks without those.
func inMemory(op *abi.Op) (store *abi.Op, blocks []abi.Block) {
	if len(op.Results) > 0 {
		return nil, op.Blocks
	}
	store, blocks = &op.Blocks[0].Body[0], slices.Clone(op.Blocks)
	for i := range blocks {
		blocks[i].Body = blocks[i].Body[1:]
	}
	return store, blocks
}

// switchVariant spells a type switch, of at most maxLines lines of cases: the rest
// is for another function.
func (b *Body) switchVariant(op *abi.Op, value *jen.Statement, targets []*jen.Statement) {
	scope, used := b.Scope.Inner(), false
	name := b.shared.names[op.Args[0]]
	if name != "" {
		scope.Shadow(name)
	} else {
		name = scope.Pass("c")
	}
	var cases []jen.Code
	var rest []jen.Code
	for i, lines := b.First, 0; i < len(op.Blocks); i++ {
		block := &op.Blocks[i]
		inner := *b
		inner.Scope = scope
		stmts := inner.caseBlock(block, targets, jen.Id(name).Dot("Value"))
		if lines += 1 + countLines(stmts); lines > maxLines && i > b.First {
			rest = b.RestOf(i, targets)
			break
		}
		for _, v := range block.Params {
			used = used || b.Used(v)
		}
		cases = append(cases, jen.Case(b.Plan.CaseRef(op.Type, i)).Block(stmts...))
	}
	if rest == nil {
		rest = b.Side.BadVariant(b, op)
	}
	head := value.Assert(jen.Type())
	if used {
		head = jen.Id(name).Op(":=").Add(head)
	}
	b.Emit(jen.Switch(head).Block(append(cases, jen.Default().Block(rest...))...))
}

// payload names the value v inside the option arg: like that, where it is a
// variable, and otherwise by its hint.
func (b *Body) payload(arg, v abi.Value) *jen.Statement {
	if !b.Used(v) {
		return jen.Id("_")
	}
	name := b.shared.names[arg]
	if name != "" {
		b.Scope.Shadow(name)
	} else {
		name = b.Scope.Pass(b.Plan.LowerCamel(b.hint(arg)))
	}
	return b.SetName(v, name)
}

// switchOption spells: if value, ok := option.Get(); ok { ... } else { ... }.
func (b *Body) switchOption(op *abi.Op) {
	arg := op.Args[0]
	value := b.Arg(arg)
	targets := b.declareCores(op)
	store, blocks := inMemory(op)
	inner := *b
	inner.Scope = b.Scope.Inner()
	payload := inner.payload(arg, blocks[1].Params[0])
	ok := inner.Scope.Own("ok")
	head := jen.List(payload, jen.Id(ok)).Op(":=").Add(value.Clone()).Dot("Get").Call()
	b.ifElse(head, inner.caseStored(op, store, isOK(ok)), inner.caseBlock(&blocks[1], targets, payload), inner.caseBlock(&blocks[0], targets))
}

// condition is an expression, and what spells that it is not so.
type condition struct{ is, not *jen.Statement }

// isOK is the condition that a variable holds.
func isOK(name string) condition { return condition{jen.Id(name), jen.Op("!").Id(name)} }

// caseStored returns the condition yes, with what stores the discriminant that it
// stands for where that is in memory.
func (b *Body) caseStored(op, store *abi.Op, yes condition) condition {
	if store == nil {
		return yes
	}
	stored := b.Side.StoreCase(b, op, store, yes.is)
	return condition{stored, jen.Op("!").Add(stored)}
}

// switchResult spells: if value, failure, ok := result.Get(); ok { ... } else { ... }.
func (b *Body) switchResult(op *abi.Op) {
	value := b.Arg(op.Args[0])
	targets := b.declareCores(op)
	store, blocks := inMemory(op)
	inner := *b
	inner.Scope = b.Scope.Inner()
	payload := [2]*jen.Statement{jen.Id("_"), jen.Id("_")}
	for i := range blocks {
		if params := blocks[i].Params; len(params) > 0 && b.Used(params[0]) {
			name := inner.Scope.Pass([...]string{"value", "failure"}[i])
			payload[i] = inner.SetName(params[0], name)
		}
	}
	ok := inner.Scope.Own("ok")
	head := jen.List(payload[0], payload[1], jen.Id(ok)).Op(":=").Add(value.Clone()).Dot("Get").Call()
	b.ifElse(head, inner.caseStored(op, store, isOK(ok)), inner.caseBlock(&blocks[0], targets, payload[0]), inner.caseBlock(&blocks[1], targets, payload[1]))
}

// switchError spells the two ways out of a call: if err == nil { ... } else { ... }.
func (b *Body) switchError(op *abi.Op, k *wit.Result, p *parts) {
	targets := b.declareCores(op)
	store, blocks := inMemory(op)
	inner := *b
	inner.Scope, inner.stmts = b.Scope.Inner(), nil
	failure := NoValue
	if params := blocks[1].Params; len(params) > 0 && b.Used(params[0]) {
		failure = params[0]
	}
	inner.Side.ErrorValue(&inner, k.Err, p.err.Clone(), failure)
	failed := append(inner.stmts, inner.caseBlock(&blocks[1], targets, nil)...)
	var value *jen.Statement
	if len(p.values) > 0 {
		value = p.values[0]
	}
	went := condition{p.err.Clone().Op("==").Nil(), p.err.Clone().Op("!=").Nil()}
	b.ifElse(nil, b.caseStored(op, store, went), b.caseBlock(&blocks[0], targets, value), failed)
}

// ifElse adds: if head; condition { then } else { otherwise }. It leaves out the parts
// that are empty.
func (b *Body) ifElse(head *jen.Statement, c condition, then, otherwise []jen.Code) {
	is := c.is
	if len(then) == 0 && len(otherwise) > 0 {
		is, then, otherwise = c.not, otherwise, nil
	}
	if len(then) == 0 && head == nil {
		b.Emit(is)
		return
	}
	stmt := jen.If(is)
	if head != nil {
		stmt = jen.If(head, is)
	}
	stmt.Block(then...)
	if len(otherwise) > 0 {
		stmt.Else().Block(otherwise...)
	}
	b.Emit(stmt)
}

// switchDisc spells a SwitchDisc: a variable that each case sets.
func (b *Body) switchDisc(op *abi.Op) {
	v := op.Results[0]
	switch k := b.Plan.Resolve.Kind(op.Type).(type) {
	case *wit.Variant:
		b.switchCases(op)
	case *wit.Option:
		some := b.Side.Case(b, op)
		target := b.declareTarget(v, op.Type)
		then, results := b.Block(&op.Blocks[1])
		then = append(then, target.Clone().Op("=").Add(b.some(k.Type)).Call(results[0]))
		b.ifElse(nil, condition{is: some}, then, nil)
	case *wit.Result:
		ok := b.Side.Case(b, op)
		var assign func(i int, payload *jen.Statement) []jen.Code
		if b.returnsParts(v) {
			assign = b.returnedResult(v, k)
		} else {
			assign = b.resultValue(b.declareTarget(v, op.Type), k)
		}
		var bodies [2][]jen.Code
		for i := range bodies {
			stmts, results := b.Block(&op.Blocks[i])
			var payload *jen.Statement
			if len(results) > 0 {
				payload = results[0]
			}
			bodies[i] = append(stmts, assign(i, payload)...)
		}
		b.ifElse(nil, condition{ok, jen.Op("!").Add(ok)}, bodies[0], bodies[1])
	default:
		panic(fmt.Sprintf("gogen: unhandled kind %T", k))
	}
}

// switchCases spells a switch over the discriminant of a variant, of at most maxLines
// lines of cases: the rest is for another function. In a function that lifts a variant
// the cases return.
func (b *Body) switchCases(op *abi.Op) {
	v := op.Results[0]
	var give func(value *jen.Statement) *jen.Statement
	if b.shared.returned[v] {
		b.shared.given[v] = true
		give = func(value *jen.Statement) *jen.Statement { return jen.Return(value) }
	} else {
		target := b.declareTarget(v, op.Type)
		give = func(value *jen.Statement) *jen.Statement { return target.Clone().Op("=").Add(value) }
	}
	inner := *b
	inner.Scope = b.Scope.Inner()
	disc := jen.Id(inner.Scope.Pass("disc"))
	var cases, rest []jen.Code
	allReturn := b.shared.given[v]
	for i, lines := b.First, 0; i < len(op.Blocks); i++ {
		stmts, results := inner.Block(&op.Blocks[i])
		if len(results) == 0 {
			stmts = append(stmts, give(b.Plan.CaseRef(op.Type, i).Values()))
		} else {
			set := give(b.Plan.CaseRef(op.Type, i).Values(jen.Id("Value").Op(":").Add(results[0])))
			if boxer, ok := b.Side.(Boxer); ok {
				set = jen.If(boxer.Room(b.Plan.CaseRef(op.Type, i))).Block(set)
				allReturn = false
			}
			stmts = append(stmts, set)
		}
		if lines += 1 + countLines(stmts); lines > maxLines && i > b.First {
			rest = []jen.Code{give(b.Rest(i))}
			break
		}
		cases = append(cases, jen.Case(jen.Lit(i)).Block(stmts...))
	}
	b.shared.ended = allReturn && rest != nil
	if rest == nil {
		rest = b.Side.BadDiscriminant(b, op, disc.Clone())
	}
	b.Emit(jen.Switch(disc.Clone().Op(":=").Add(b.Arg(op.Args[0])), disc).Block(append(cases, jen.Default().Block(rest...))...))
}

// maxLines is how many lines of cases one function has.
const maxLines = 110

// countLines returns how many lines statements take.
func countLines(stmts []jen.Code) int {
	lines := 0
	for _, stmt := range stmts {
		lines += 1 + strings.Count(fmt.Sprintf("%#v", stmt), "\n")
	}
	return lines
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
		name := b.Local("result")
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
					hint := "result"
					if results.Tuple {
						hint = "f" + strconv.Itoa(i)
					}
					name = jen.Id(b.Local(hint))
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
	if b.shared.given[v] {
		return []jen.Code{jen.Nil()}, nil
	}
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
