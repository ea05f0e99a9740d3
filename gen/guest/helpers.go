package guest

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// helpers are the functions of a file that load or store one named type each.
type helpers struct {
	names map[helperKey]string
	queue []helperKey // those that are not generated yet
}

// helperKey says what a helper does. A type that holds resources has helpers for
// each realm.
type helperKey struct {
	kind  abi.Kind
	typ   wit.TypeID
	realm *realm
}

// helper returns the name of the function that loads or stores a named type.
func (s *side) helper(kind abi.Kind, t wit.Type) string {
	g := s.g
	key := helperKey{kind, g.plan.Resolve.Dealias(t).(wit.TypeID), nil}
	if g.plan.HoldsResource(key.typ) {
		key.realm = s.realm
	}
	name, ok := g.helpers.names[key]
	if !ok {
		verb := "load"
		if kind == abi.StoreType {
			verb = "store"
		}
		name = g.scope.Declare(verb + g.plan.TypeName(key.typ))
		if g.helpers.names == nil {
			g.helpers.names = map[helperKey]string{}
		}
		g.helpers.names[key] = name
		g.helpers.queue = append(g.helpers.queue, key)
	}
	return name
}

// loadNamed spells the call of a load helper.
func (s *side) loadNamed(op *abi.Op, ptr *jen.Statement) *jen.Statement {
	args := []jen.Code{at(ptr, op.Offset)}
	if s.borrowsIn(op.Type) {
		args = append(args, jen.Id("borrows"))
	}
	return jen.Id(s.helper(abi.LoadType, op.Type)).Call(args...)
}

// borrowsIn reports whether a named type holds borrows to be dropped at the end
// of the call.
func (s *side) borrowsIn(t wit.Type) bool {
	return s.liftsBorrows(s.g.abi.TypeProgram(abi.LoadType, t.(wit.TypeID)).Body)
}

// arenaFor reports whether a named type is lowered to more memory than its own.
func (s *side) arenaFor(t wit.Type) bool {
	return s.lowersToMemory(s.g.abi.TypeProgram(abi.StoreType, t.(wit.TypeID)).Body)
}

// storeNamed spells the call of a store helper.
func (s *side) storeNamed(op *abi.Op, ptr, value *jen.Statement) *jen.Statement {
	args := []jen.Code{at(ptr, op.Offset), value}
	if s.arenaFor(op.Type) {
		args = append([]jen.Code{s.arenaArg()}, args...)
	}
	return jen.Id(s.helper(abi.StoreType, op.Type)).Call(args...)
}

// emitHelpers generates the helpers that the file needs, and those that they
// need.
func (g *generator) emitHelpers() {
	for len(g.helpers.queue) > 0 {
		key := g.helpers.queue[0]
		g.helpers.queue = g.helpers.queue[1:]
		s := &side{g: g, program: g.abi.TypeProgram(key.kind, key.typ), realm: key.realm, arena: jen.Id("arena")}
		if s.realm == nil {
			s.realm = &realm{}
		}
		if key.kind == abi.LoadType {
			s.loadHelper(g.helpers.names[key])
		} else {
			s.storeHelper(g.helpers.names[key])
		}
	}
}

// loadHelper generates: func loadT(ptr guest.Pointer) T.
func (s *side) loadHelper(name string) {
	scope := s.g.scope.Inner().Reserve("ptr", "borrows")
	body := gogen.NewBody(s.g.plan, s.g.pkg, s.program, s, scope)
	body.Set(s.program.Params[0], gogen.Plain, jen.Id("ptr"))
	params := []jen.Code{jen.Id("ptr").Add(gogen.GuestPointer.Qual())}
	if s.liftsBorrows(s.program.Body) {
		params = append(params, jen.Id("borrows").Op("*").Add(gogen.GuestBorrows.Qual()))
	}
	stmts := body.Run()
	s.g.file.Line().Func().Id(name).Params(params...).Add(s.g.plan.GoType(s.program.Type)).Block(stmts...)
}

// storeHelper generates: func storeT(arena *guest.Arena, ptr guest.Pointer, value T).
// Where nothing but ptr's memory is needed there is no arena.
func (s *side) storeHelper(name string) {
	scope := s.g.scope.Inner().Reserve("arena", "ptr", "value")
	body := gogen.NewBody(s.g.plan, s.g.pkg, s.program, s, scope)
	body.Set(s.program.Params[0], gogen.Plain, jen.Id("ptr"))
	body.Set(s.program.Params[1], gogen.Plain, jen.Id("value"))
	var params []jen.Code
	if s.lowersToMemory(s.program.Body) {
		params = append(params, jen.Id("arena").Op("*").Add(gogen.GuestArena.Qual()))
	}
	params = append(params, jen.Id("ptr").Add(gogen.GuestPointer.Qual()), jen.Id("value").Add(s.g.plan.GoType(s.program.Type)))
	stmts := body.Run()
	s.g.file.Line().Func().Id(name).Params(params...).Block(stmts...)
}
