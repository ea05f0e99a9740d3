package guest

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// side spells the operations of one Program for a guest. It implements
// gogen.Side. Addresses, lengths and handles are uint32 in its
// Go, and memory that it loads from or stores to is a guest.Pointer.
type side struct {
	g       *generator
	f       *wit.Function // nil for LoadType and StoreType
	program *abi.Program
	realm   *realm
	core    string         // CallImport: the core function
	impl    *jen.Statement // HandleExport: the Go value that implements f
	arena   *jen.Statement // what values are lowered with
	// result is the ReturnArea of a CallImport, which the call of the core function
	// makes.
	result *abi.Op
	// borrows is set where a local of that name holds the borrowed handles.
	borrows bool
}

// Op implements gogen.Side.
func (s *side) Op(b *gogen.Body, op *abi.Op) {
	switch op.Code {
	case abi.LowerScalar:
		b.Set(op.Results[0], gogen.Pure, s.lowerScalar(op.Type, b.Arg(op.Args[0])))
	case abi.LiftScalar:
		b.Set(op.Results[0], gogen.Pure, s.g.plan.GoType(op.Type).Call(b.Arg(op.Args[0])))
	case abi.LoadScalar, abi.LoadCore, abi.LoadDisc, abi.LoadNamed, abi.LoadFixed:
		s.load(b, op)
	case abi.StoreScalar, abi.StoreCore, abi.StoreDisc, abi.StoreNamed, abi.StoreFixed:
		s.store(b, op)
	case abi.Realloc, abi.ReturnArea:
		s.area(b, op)
	case abi.View: // what the host points to is trusted
		if s.isArea(op.Args[0]) {
			b.Set(op.Results[0], gogen.Plain, b.PlainArg(op.Args[0]))
		} else {
			b.Set(op.Results[0], gogen.Pure, gogen.GuestPointerTo.Qual().Call(b.Arg(op.Args[0])))
		}
	case abi.LowerString, abi.LowerList, abi.LowerMap:
		s.lowerList(b, op)
	case abi.LiftString, abi.LiftList, abi.LiftMap:
		s.liftList(b, op)
	case abi.LowerOwn, abi.LowerBorrow:
		s.lowerHandle(b, op)
	case abi.LiftOwn, abi.LiftBorrow:
		s.liftHandle(b, op)
	case abi.LowerNamed:
		b.Emit(jen.List(gogen.Blanks(b.DefineFlat(op))...).Op(":=").Add(s.named(abi.LowerType, op.Type, b.Arg(op.Args[0]))))
	case abi.LiftNamed:
		b.Set(op.Results[0], gogen.Read, s.named(abi.LiftType, op.Type, b.Args(op.Args)...))
	case abi.CallCore:
		s.callCore(b, op)
	case abi.CallValue:
		s.callValue(b, op)
	case abi.ReturnValue:
		s.returnValue(b, op)
	case abi.ReturnCore:
		if len(op.Args) > 0 {
			b.Emit(jen.Return(s.coreArgs(b, op)...))
		}
	default:
		panic(fmt.Sprintf("guest: unhandled operation %s", op.Code))
	}
}

// BadDiscriminant implements gogen.Side.
func (s *side) BadDiscriminant(_ *gogen.Body, op *abi.Op, disc jen.Code) []jen.Code {
	return []jen.Code{gogen.GuestNoDiscriminant.Qual().Call(jen.Uint32().Call(disc), jen.Lit(s.g.plan.Resolve.TypeString(op.Type)))}
}

// BadVariant implements gogen.Side.
func (s *side) BadVariant(_ *gogen.Body, op *abi.Op) []jen.Code {
	return []jen.Code{gogen.GuestNoCase.Qual().Call(jen.Lit(s.g.goName(op.Type)))}
}

// ErrorValue implements gogen.Side. Any error will do where the error type is
// string or absent; any other error is to be of the type.
func (s *side) ErrorValue(b *gogen.Body, t wit.Type, err *jen.Statement, v abi.Value) {
	var value *jen.Statement
	switch {
	case t == nil:
		return
	case s.g.plan.Resolve.Dealias(t) == wit.String:
		value = err.Dot("Error").Call()
	default:
		value = gogen.GuestErrorValue.Qual().Types(s.g.plan.GoType(t)).Call(err)
	}
	if v == gogen.NoValue {
		b.Emit(value)
		return
	}
	b.Set(v, gogen.Pure, value)
}

// find reports whether an operation among ops, or inside one, is one that match
// accepts. It looks into the Programs of the named types that are loaded and
// stored.
func (s *side) find(ops []abi.Op, match func(op *abi.Op) bool) bool {
	for i := range ops {
		op := &ops[i]
		if match(op) {
			return true
		}
		for j := range op.Blocks {
			if s.find(op.Blocks[j].Body, match) {
				return true
			}
		}
		if kind, ok := typeKinds[op.Code]; ok && s.find(s.g.abi.TypeProgram(kind, op.Type.(wit.TypeID)).Body, match) {
			return true
		}
	}
	return false
}

// typeKinds are the kinds of Programs that operations on types run.
var typeKinds = map[abi.Code]abi.Kind{
	abi.LoadNamed: abi.LoadType, abi.StoreNamed: abi.StoreType, abi.LowerNamed: abi.LowerType, abi.LiftNamed: abi.LiftType,
}

// needsArena reports whether the Program lowers anything that is not flat, or
// gets its result in memory.
func (s *side) needsArena() bool {
	return s.lowersToMemory(s.program.Body) || s.find(s.program.Body, func(op *abi.Op) bool {
		return op.Code == abi.Realloc || op.Code == abi.ReturnArea
	})
}

// lowersToMemory reports whether ops lower a string, list or map.
func (s *side) lowersToMemory(ops []abi.Op) bool {
	return s.find(ops, func(op *abi.Op) bool {
		return op.Code == abi.LowerString || op.Code == abi.LowerList || op.Code == abi.LowerMap
	})
}

// liftsFromMemory reports whether ops lift anything from memory that the host
// allocated.
func (s *side) liftsFromMemory(ops []abi.Op) bool {
	return s.find(ops, func(op *abi.Op) bool {
		return op.Code == abi.View || op.Code == abi.LiftString || op.Code == abi.LiftList || op.Code == abi.LiftMap
	})
}

// liftsBorrows reports whether ops lift handles that are to be dropped at the
// end of the call.
func (s *side) liftsBorrows(ops []abi.Op) bool {
	return s.find(ops, func(op *abi.Op) bool {
		return op.Code == abi.LiftBorrow && s.g.isImported(s.realm, op.Type)
	})
}

// area spells memory for parameters or for a result. That for the result of an import
// is made in the call.
func (s *side) area(b *gogen.Body, op *abi.Op) {
	switch {
	case op.Code == abi.Realloc:
		b.Set(op.Results[0], gogen.Effect, s.arena.Clone().Dot("Area").Call(jen.Lit(int(op.Size))))
	case s.program.Kind == abi.HandleExport:
		b.Set(op.Results[0], gogen.Effect, gogen.GuestResultArea.Qual().Call(jen.Lit(int(op.Size))))
	default:
		s.result = op
	}
}

// isArea reports whether a value is the pointer of a Realloc or a ReturnArea, which
// is a guest.Pointer in Go. Other pointers are addresses.
func (s *side) isArea(v abi.Value) bool {
	for i := range s.program.Body {
		op := &s.program.Body[i]
		if (op.Code == abi.Realloc || op.Code == abi.ReturnArea) && op.Results[0] == v {
			return true
		}
	}
	return false
}

// coreArgs spells the arguments of op as core values.
func (s *side) coreArgs(b *gogen.Body, op *abi.Op) []jen.Code {
	args := make([]jen.Code, len(op.Args))
	for i, v := range op.Args {
		switch {
		case s.result != nil && v == s.result.Results[0]:
			args[i] = s.arena.Clone().Dot("ResultArea").Call(jen.Lit(int(s.result.Size)))
		case s.isArea(v):
			args[i] = gogen.GuestAddress.Qual().Call(b.Arg(v))
		default:
			args[i] = b.Arg(v)
		}
	}
	return args
}

// arenaArg spells the arena as an argument.
func (s *side) arenaArg() *jen.Statement {
	if s.program.Kind == abi.HandleExport { // the arena is a variable, not a pointer
		return jen.Op("&").Add(s.arena.Clone())
	}
	return s.arena.Clone()
}

// callCore calls the core import.
func (s *side) callCore(b *gogen.Body, op *abi.Op) {
	call := jen.Id(s.core).Call(s.coreArgs(b, op)...)
	switch {
	case len(op.Results) == 0:
		b.Emit(call)
	case b.Used(op.Results[0]):
		b.Set(op.Results[0], gogen.Read, call)
	default:
		b.Set(op.Results[0], gogen.Effect, call)
	}
	if s.result != nil {
		area := b.Local("area")
		b.Emit(jen.Id(area).Op(":=").Add(s.arena.Clone()).Dot("Returned").Call(jen.Lit(int(s.result.Size))))
		b.SetName(s.result.Results[0], area)
	}
}

// returnValue ends the call of an import, or the lifting of a named type.
func (s *side) returnValue(b *gogen.Body, op *abi.Op) {
	if s.program.Kind != abi.CallImport {
		if values, _ := b.Returned(op); !b.Ended() {
			b.Emit(jen.Return(values...))
		}
		return
	}
	if s.needsArena() {
		b.Settle()
		b.Emit(s.arena.Clone().Dot("Done").Call())
	}
	values, err := b.Returned(op)
	if err != nil {
		values = append(values, err)
	}
	if len(values) > 0 {
		b.Emit(jen.Return(values...))
	}
}

// callValue calls the guest's implementation of an export.
func (s *side) callValue(b *gogen.Body, op *abi.Op) {
	if s.liftsFromMemory(s.program.Body) {
		b.Settle()
		b.Emit(gogen.GuestParamsLifted.Qual().Call())
	}
	args := b.Args(op.Args)
	callee := s.impl.Clone()
	if s.f.Kind == wit.Method {
		callee, args = args[0].(*jen.Statement), args[1:]
	}
	callee.Dot(s.g.plan.FuncName(s.f)).Call(args...)
	if r := s.g.plan.Results(s.f); len(r.Values) == 1 && r.Result == nil && !r.Tuple && b.Used(op.Results[0]) {
		b.Set(op.Results[0], gogen.Read, callee)
	} else {
		names, _ := b.BindCall(op, false)
		if len(names) > 0 {
			callee = jen.List(names...).Op(":=").Add(callee)
		}
		b.Emit(callee)
	}
	if s.borrows {
		b.Settle()
		b.Emit(jen.Id("borrows").Dot("End").Call())
	}
}

// lowerHandle spells the lowering of a resource. A borrow of a resource that the
// guest exports is never lowered: what takes borrows is an import, and those are
// of imported resources.
func (s *side) lowerHandle(b *gogen.Body, op *abi.Op) {
	arg := b.Arg(op.Args[0])
	resource := s.g.handleResource(op.Type)
	imported, exported := s.g.resource(s.realm, resource)
	if exported != nil {
		b.Set(op.Results[0], gogen.Read, exported.call(exported.lower, arg))
		return
	}
	method := "Give"
	if op.Code == abi.LowerBorrow {
		method = "Lend"
	}
	handle := jen.Qual(imported.path, imported.lower).Call(arg)
	if s.isSelf(op.Args[0]) {
		handle = arg.Dot("handle")
	}
	b.Set(op.Results[0], gogen.Effect, handle.Dot(method).Call(jen.Lit(s.g.goName(resource))))
}

// isSelf reports whether a value is the receiver of a method that is imported.
func (s *side) isSelf(v abi.Value) bool {
	return s.program.Kind == abi.CallImport && s.f.Kind == wit.Method && v == s.program.Params[0]
}

// liftHandle spells the lifting of a resource.
func (s *side) liftHandle(b *gogen.Body, op *abi.Op) {
	arg := b.Arg(op.Args[0])
	imported, exported := s.g.resource(s.realm, s.g.handleResource(op.Type))
	var lifted *jen.Statement
	switch {
	case exported != nil && op.Code == abi.LiftOwn:
		lifted = exported.call(exported.lift, arg)
	case exported != nil:
		lifted = exported.call(exported.get, arg)
	case op.Code == abi.LiftOwn:
		lifted = jen.Qual(imported.path, imported.lift).Call(arg)
	default:
		lifted = gogen.GuestBorrow.Qual().Call(jen.Id("borrows"), jen.Qual(imported.path, imported.lift).Call(arg))
	}
	b.Set(op.Results[0], gogen.Read, lifted)
}
