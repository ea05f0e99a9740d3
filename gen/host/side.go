package host

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// side spells the operations of one Program for a host. It implements
// gogen.Side.
type side struct {
	g       *generator
	f       *wit.Function
	program *abi.Program
	fn      *jen.Statement // CallExport: the bind.Func
	impl    *jen.Statement // HandleImport: the Go interface that implements it
	// put are the core parameters that are on the stack already.
	put []abi.Value
	// viewed is the View that the call of the guest has made already.
	viewed *abi.Op
	// finished is set after the call has ended with Finish or Run, and err is then the
	// name of the error that Finish returned.
	finished bool
	err      string
}

// Op implements gogen.Side.
func (s *side) Op(b *gogen.Body, op *abi.Op) {
	switch op.Code {
	case abi.LowerScalar:
		b.Set(op.Results[0], gogen.Pure, s.lowerScalar(op.Type, b.Arg(op.Args[0])))
	case abi.LiftScalar:
		b.Set(op.Results[0], gogen.Read, s.liftScalar(op.Type, b.Arg(op.Args[0])))
	case abi.LoadScalar, abi.LoadCore, abi.LoadDisc, abi.LoadNamed, abi.LoadFixed:
		s.load(b, op)
	case abi.View:
		s.view(b, op)
	case abi.StoreScalar, abi.StoreCore, abi.StoreDisc, abi.StoreNamed, abi.StoreFixed:
		s.store(b, op)
	case abi.Realloc:
		b.Set(op.Results[0], gogen.Effect, call("Realloc", jen.Lit(int(op.Size)), jen.Lit(int(op.Align))))
	case abi.LowerString, abi.LowerList, abi.LowerMap:
		s.lowerList(b, op)
	case abi.LiftString, abi.LiftList, abi.LiftMap:
		s.liftList(b, op)
	case abi.LowerOwn, abi.LowerBorrow, abi.LiftOwn, abi.LiftBorrow:
		s.handle(b, op)
	case abi.LowerNamed:
		lower := jen.Id(s.g.helper(abi.LowerType, op.Type)).Call(jen.Id("call"), b.Arg(op.Args[0]))
		b.Emit(jen.List(gogen.Blanks(b.DefineFlat(op))...).Op(":=").Add(lower))
	case abi.LiftNamed:
		lift := jen.Id(s.g.helper(abi.LiftType, op.Type))
		b.Set(op.Results[0], gogen.Read, lift.Call(append([]jen.Code{jen.Id("call")}, b.Args(op.Args)...)...))
	case abi.CallCore:
		s.callCore(b, op)
	case abi.CallValue:
		s.callValue(b, op)
	case abi.PostReturn: // what ends the call does it
	case abi.ReturnValue:
		s.returnValue(b, op)
	case abi.ReturnCore:
		s.returnCore(b, op)
	default:
		panic(fmt.Sprintf("host: unhandled operation %s", op.Code))
	}
}

// call spells a method of the Call.
func call(method string, args ...jen.Code) *jen.Statement {
	return jen.Id("call").Dot(method).Call(args...)
}

// BadDiscriminant implements gogen.Side.
func (s *side) BadDiscriminant(b *gogen.Body, op *abi.Op, disc jen.Code) []jen.Code {
	return []jen.Code{call("BadDiscriminant", jen.Uint32().Call(disc), jen.Lit(len(op.Blocks)))}
}

// Room implements gogen.Boxer.
func (s *side) Room(kase *jen.Statement) *jen.Statement {
	return gogen.HostRoom.Qual().Types(kase).Call(jen.Id("call"))
}

// BadVariant implements gogen.Side.
func (s *side) BadVariant(_ *gogen.Body, op *abi.Op) []jen.Code {
	return []jen.Code{call("BadVariant", jen.Lit(s.g.plan.Resolve.TypeString(op.Type)))}
}

// ErrorValue implements gogen.Side. Where the error is not one of WIT's the call has
// failed, and what follows does nothing.
func (s *side) ErrorValue(b *gogen.Body, t wit.Type, err *jen.Statement, v abi.Value) {
	var value *jen.Statement
	switch {
	case t == nil:
		b.Emit(call("SendsError", err))
		return
	case s.g.plan.Resolve.Dealias(t) == wit.String:
		value = call("ErrorString", err)
	default:
		value = gogen.HostErrorValue.Qual().Types(s.g.plan.GoType(t)).Call(jen.Id("call"), err)
	}
	if v == gogen.NoValue {
		b.Emit(value)
		return
	}
	b.Set(v, gogen.Pure, value)
}

// callCore calls the guest. Where the rest of the Program only converts the
// result, the call ends at once; where the result lies in memory, it is looked at.
func (s *side) callCore(b *gogen.Body, op *abi.Op) {
	s.putScalars(b, op)
	switch {
	case s.convertsOnly(op):
		s.finished = true
		if len(op.Results) == 0 {
			return
		}
		core := b.Local("core")
		s.err = b.Local("err")
		b.Emit(jen.List(jen.Id(core), jen.Id(s.err)).Op(":=").Add(call("Finish")))
		b.Set(op.Results[0], gogen.Pure, decode(jen.Id(core), s.program.Values[op.Results[0]].Core))
		b.SetRaw(op.Results[0], jen.Id(core))
	case s.viewOf(op) != nil:
		s.viewed = s.viewOf(op)
		area := b.Scope.Pass("area")
		b.Emit(jen.Id(area).Op(":=").Add(call("InvokeView", jen.Lit(int(s.viewed.Size)), jen.Lit(int(s.viewed.Align)))))
		b.SetName(s.viewed.Results[0], area)
	default:
		core := b.Local("core")
		b.Emit(jen.Id(core).Op(":=").Add(call("InvokeCore")))
		b.Set(op.Results[0], gogen.Pure, decode(jen.Id(core), s.program.Values[op.Results[0]].Core))
		b.SetRaw(op.Results[0], jen.Id(core))
	}
}

// putScalars puts the parameters on the stack that are not there yet.
func (s *side) putScalars(b *gogen.Body, op *abi.Op) {
	var places []int
	for i, v := range op.Args {
		if !slices.Contains(s.put, v) {
			places = append(places, i)
		}
	}
	stack := jen.Id("call").Dot("Stack")
	if n := len(places); n > 1 { // one check of its length, and not one for each parameter
		name := b.Local("stack")
		b.Emit(jen.Id(name).Op(":=").Add(stack).Index(jen.Empty(), jen.Lit(places[n-1]+1)))
		stack = jen.Id(name)
	}
	for line := range slices.Chunk(places, stackLine) {
		var targets, values []jen.Code
		for _, i := range line {
			targets = append(targets, stack.Clone().Index(jen.Lit(i)))
			values = append(values, encode(b.Arg(op.Args[i]), s.program.Values[op.Args[i]].Core))
		}
		b.Emit(jen.List(targets...).Op("=").List(values...))
	}
}

// stackLine is how many parameters one statement puts on the stack.
const stackLine = 4

// viewOf returns the View of a call's result, and nil where that does not lie in
// memory.
func (s *side) viewOf(callCore *abi.Op) *abi.Op {
	for i := range s.program.Body {
		op := &s.program.Body[i]
		if op.Code == abi.View && len(callCore.Results) > 0 && op.Args[0] == callCore.Results[0] {
			return op
		}
	}
	return nil
}

// convertsOnly reports whether nothing after the call of the guest can fail or
// reads memory.
func (s *side) convertsOnly(callCore *abi.Op) bool {
	after := false
	for i := range s.program.Body {
		op := &s.program.Body[i]
		switch {
		case op == callCore:
			after = true
		case !after, op.Code == abi.PostReturn, op.Code == abi.ReturnValue:
		case op.Code == abi.LiftScalar:
			if s.mayFail(op) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// mayFail reports whether lifting a scalar can trap.
func (s *side) mayFail(op *abi.Op) bool {
	t := s.g.plan.Resolve.Dealias(op.Type)
	if prim, ok := t.(wit.Prim); ok {
		return prim == wit.Char
	}
	_, enum := s.g.plan.Resolve.Kind(t).(*wit.Enum)
	return enum
}

// returnValue ends the call of an export, or the lifting of a type.
func (s *side) returnValue(b *gogen.Body, op *abi.Op) {
	if s.program.Kind != abi.CallExport {
		if values, _ := b.Returned(op); !b.Ended() {
			b.Emit(jen.Return(values...))
		}
		return
	}
	values, err := b.Returned(op)
	switch {
	case s.finished && len(values) == 0:
		b.Emit(jen.Return(call("Run")))
	case s.finished:
		b.Emit(jen.Return(append(values, jen.Id(s.err))...))
	case err == nil:
		b.Emit(jen.Return(append(values, call("End"))...))
	default:
		b.Emit(jen.Return(append(values, call("EndWith", err))...))
	}
}

// returnCore returns core values: to the guest, on the stack, or from the lowering of
// a type.
func (s *side) returnCore(b *gogen.Body, op *abi.Op) {
	if s.program.Kind == abi.LowerType {
		b.Emit(jen.Return(b.Args(op.Args)...))
		return
	}
	for i, v := range op.Args {
		b.Emit(jen.Id("call").Dot("Stack").Index(jen.Lit(i)).Op("=").Add(encode(b.Arg(v), s.program.Values[v].Core)))
	}
}

// callValue calls the host's implementation of an import.
func (s *side) callValue(b *gogen.Body, op *abi.Op) {
	var args []jen.Code
	lifts := s.lifts(op)
	for _, v := range op.Args {
		if lifts {
			args = append(args, b.PlainArg(v))
		} else {
			args = append(args, b.Arg(v))
		}
	}
	callee := call("Impl").Assert(s.impl)
	if s.f.Kind == wit.Method {
		callee, args = args[0].(*jen.Statement), args[1:]
	}
	callee.Dot(s.g.plan.FuncName(s.f)).Call(append([]jen.Code{call("Context")}, args...)...)

	if len(op.Results) == 0 {
		returned := call("Return", callee)
		if lifts {
			returned = jen.If(call("OK")).Block(returned)
		}
		b.Emit(returned)
		return
	}
	if lifts {
		b.Emit(jen.If(jen.Op("!").Add(call("OK"))).Block(jen.Return()))
	}
	names, err := b.BindCall(op, true)
	b.Emit(jen.List(names...).Op(":=").Add(callee))
	switch {
	case s.g.plan.Results(s.f).Result != nil:
	case s.g.plan.HoldsResource(s.f.Result):
		// A value that comes with an error must not be looked at: it may be a nil
		// pointer that has methods.
		b.Emit(jen.If(err.Clone().Op("!=").Nil()).Block(call("Fail", err.Clone()), jen.Return()))
	default:
		b.Emit(call("Return", err.Clone()))
	}
}

// lifts reports whether anything before the call of the implementation can fail.
func (s *side) lifts(callValue *abi.Op) bool {
	for i := range s.program.Body {
		op := &s.program.Body[i]
		switch {
		case op == callValue:
			return false
		case op.Code == abi.LiftScalar:
			if s.mayFail(op) {
				return true
			}
		case op.Code == abi.Const, op.Code == abi.Bitcast, op.Code == abi.Pack:
		default:
			return true
		}
	}
	return false
}
