package host

import (
	"fmt"

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
	// finished says that the call has ended with Finish already, and err is the
	// name of the error that it returned.
	finished bool
	err      string
}

// Op implements gogen.Side.
func (s *side) Op(b *gogen.Body, op *abi.Op) {
	switch op.Code {
	case abi.LowerScalar:
		b.Set(op.Results[0], gogen.Read, s.lowerScalar(b, op.Type, b.Arg(op.Args[0])))
	case abi.LiftScalar:
		b.Set(op.Results[0], gogen.Read, s.liftScalar(op.Type, b.Arg(op.Args[0])))
	case abi.LoadScalar, abi.LoadCore, abi.LoadDisc, abi.LoadNamed, abi.LoadFixed, abi.View:
		s.load(b, op)
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
	case abi.CallCore:
		s.callCore(b, op)
	case abi.CallValue:
		s.callValue(b, op)
	case abi.PostReturn: // End and Finish call it
	case abi.ReturnValue:
		s.returnValue(b, op)
	case abi.ReturnCore:
		for i, v := range op.Args {
			b.Emit(jen.Id("call").Dot("Stack").Index(jen.Lit(i)).Op("=").Add(encode(b.Arg(v), s.program.Values[v].Core)))
		}
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

// ErrorValue implements gogen.Side. It returns from the handler where the error
// is none of WIT's.
func (s *side) ErrorValue(b *gogen.Body, t wit.Type, err jen.Code, used bool) *jen.Statement {
	if t == nil {
		b.Emit(jen.If(jen.Op("!").Add(call("SendsError", err))).Block(jen.Return()))
		return nil
	}
	value := jen.Id("_")
	if used {
		value = jen.Id(b.Local("failure"))
	}
	ok := jen.Id(b.Scope.Declare("ok"))
	of := gogen.HostAsError.Qual().Types(s.g.plan.GoType(t)).Call(jen.Id("call"), err)
	if s.g.plan.Resolve.Dealias(t) == wit.String {
		of = call("ErrorText", err)
	}
	b.Emit(
		jen.List(value, ok).Op(":=").Add(of),
		jen.If(jen.Op("!").Add(ok.Clone())).Block(jen.Return()))
	return value.Clone()
}

// callCore calls the guest. Where the rest of the Program only converts the
// result, the call ends at once.
func (s *side) callCore(b *gogen.Body, op *abi.Op) {
	stack := jen.Id("call").Dot("Stack")
	if n := len(op.Args); n > 1 { // one check of its length, and not one for each parameter
		name := b.Local("stack")
		b.Emit(jen.Id(name).Op(":=").Add(stack).Index(jen.Empty(), jen.Lit(n)))
		stack = jen.Id(name)
	}
	for i, v := range op.Args {
		b.Emit(stack.Clone().Index(jen.Lit(i)).Op("=").Add(encode(b.Arg(v), s.program.Values[v].Core)))
	}
	if s.convertsOnly(op) {
		s.finished = true
		if len(op.Results) == 0 {
			return
		}
		s.err = b.Local("err")
		b.Emit(jen.List(jen.Id("core"), jen.Id(s.err)).Op(":=").Add(call("Finish")))
		b.Set(op.Results[0], gogen.Pure, decode(jen.Id("core"), s.program.Values[op.Results[0]].Core))
		return
	}
	b.Emit(jen.If(jen.Op("!").Add(call("Invoke"))).Block(s.giveUp()))
	for i, v := range op.Results {
		b.Set(v, gogen.Read, fromStack(i, s.program.Values[v].Core))
	}
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

// giveUp spells the return from a call that has failed.
func (s *side) giveUp() *jen.Statement {
	if s.program.Kind == abi.HandleImport {
		return jen.Return()
	}
	return jen.Return(s.g.failed(s.f, call("End"))...)
}

// returnValue ends the call of an export.
func (s *side) returnValue(b *gogen.Body, op *abi.Op) {
	if s.program.Kind == abi.LoadType {
		b.Emit(jen.Return(b.Args(op.Args)...))
		return
	}
	values, err := b.Returned(op)
	switch {
	case s.finished && len(values) == 0:
		s.err = b.Local("err")
		b.Emit(jen.List(jen.Id("_"), jen.Id(s.err)).Op(":=").Add(call("Finish")), jen.Return(jen.Id(s.err)))
	case s.finished:
		b.Emit(jen.Return(append(values, jen.Id(s.err))...))
	case err == nil:
		b.Emit(jen.Return(append(values, call("End"))...))
	default:
		b.Emit(
			jen.If(jen.Id("trap").Op(":=").Add(call("End")), jen.Id("trap").Op("!=").Nil()).Block(
				jen.Return(s.g.failed(s.f, jen.Id("trap"))...)),
			jen.Return(append(values, err)...))
	}
}

// callValue calls the host's implementation of an import.
func (s *side) callValue(b *gogen.Body, op *abi.Op) {
	var args []jen.Code
	if s.lifts(op) {
		for _, v := range op.Args {
			args = append(args, b.PlainArg(v))
		}
		b.Emit(jen.If(jen.Op("!").Add(call("OK"))).Block(jen.Return()))
	} else {
		args = b.Args(op.Args)
	}
	callee := call("Impl").Assert(s.impl)
	if s.f.Kind == wit.Method {
		callee, args = args[0].(*jen.Statement), args[1:]
	}
	callee.Dot(s.g.plan.FuncName(s.f)).Call(append([]jen.Code{call("Context")}, args...)...)

	names, err := b.BindCall(op, true)
	if s.g.plan.Results(s.f).Result == nil {
		fail := call("Fail", err.Clone())
		if len(names) == 1 {
			b.Emit(jen.If(err.Clone().Op(":=").Add(callee), err.Clone().Op("!=").Nil()).Block(fail))
			return
		}
		b.Emit(jen.List(names...).Op(":=").Add(callee), jen.If(err.Clone().Op("!=").Nil()).Block(fail, jen.Return()))
		return
	}
	b.Emit(jen.List(names...).Op(":=").Add(callee))
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
