package guest

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// helpers are the functions of a file that run Programs of types.
type helpers struct {
	names map[helperKey]string
	queue []helperKey // those that are not generated yet
}

// helperKey names a helper: what it does with its type, and the first of a variant's
// cases that it has. A type that holds resources has helpers for each realm.
type helperKey struct {
	kind  abi.Kind
	typ   wit.TypeID
	realm *realm
	first int
}

var helperVerbs = map[abi.Kind]string{abi.LoadType: "load", abi.StoreType: "store", abi.LowerType: "lower", abi.LiftType: "lift"}

// helper returns the name of the function that runs a Program of a type.
func (s *side) helper(kind abi.Kind, t wit.Type) string {
	key := helperKey{kind: kind, typ: s.g.plan.Resolve.Dealias(t).(wit.TypeID)}
	if s.g.plan.HoldsResource(key.typ) {
		key.realm = s.realm
	}
	return s.g.helperName(key)
}

func (g *generator) helperName(key helperKey) string {
	name, ok := g.helpers.names[key]
	if !ok {
		name = g.scope.Declare(helperVerbs[key.kind] + g.plan.HelperName(key.typ))
		if g.helpers.names == nil {
			g.helpers.names = map[helperKey]string{}
		}
		g.helpers.names[key] = name
		g.helpers.queue = append(g.helpers.queue, key)
	}
	return name
}

// named spells the call of a helper on args, with what it needs beside them.
func (s *side) named(kind abi.Kind, t wit.Type, args ...jen.Code) *jen.Statement {
	switch kind {
	case abi.StoreType, abi.LowerType:
		if s.arenaFor(kind, t) {
			args = append([]jen.Code{s.arenaArg()}, args...)
		}
	default:
		if s.borrowsIn(kind, t) {
			args = append(args, jen.Id("borrows"))
		}
	}
	return jen.Id(s.helper(kind, t)).Call(args...)
}

// borrowsIn reports whether a type holds borrows to be dropped at the end of the call.
func (s *side) borrowsIn(kind abi.Kind, t wit.Type) bool {
	return s.liftsBorrows(s.g.abi.TypeProgram(kind, t.(wit.TypeID)).Body)
}

// arenaFor reports whether a type is lowered to more memory than its own.
func (s *side) arenaFor(kind abi.Kind, t wit.Type) bool {
	return s.lowersToMemory(s.g.abi.TypeProgram(kind, t.(wit.TypeID)).Body)
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
		s.typeHelper(key)
	}
}

// typeHelper generates the function that runs a Program of a type, with an arena
// where it lowers to more memory, and with borrows where it lifts any:
//
//	func loadT(ptr guest.Pointer, borrows *guest.Borrows) T
//	func storeT(arena *guest.Arena, ptr guest.Pointer, value T)
//	func lowerT(arena *guest.Arena, value T) (core values)
//	func liftT(core values, borrows *guest.Borrows) T
func (s *side) typeHelper(key helperKey) {
	scope := s.g.scope.Inner()
	body := gogen.NewBody(s.g.plan, s.g.pkg, s.program, s, scope)
	var params, args, results []jen.Code
	add := func(name string, t jen.Code) {
		params, args = append(params, jen.Id(name).Add(t)), append(args, jen.Id(name))
	}
	typ := s.g.plan.GoType(s.program.Type)
	switch key.kind {
	case abi.StoreType, abi.LowerType:
		if s.lowersToMemory(s.program.Body) {
			add(scope.Declare("arena"), jen.Op("*").Add(gogen.GuestArena.Qual()))
		}
	}
	switch key.kind {
	case abi.LoadType, abi.StoreType:
		add(scope.Pass("ptr"), gogen.GuestPointer.Qual())
		body.SetName(s.program.Params[0], "ptr")
	}
	switch key.kind {
	case abi.StoreType, abi.LowerType:
		add(scope.Pass("value"), typ)
		body.SetName(s.program.Params[len(s.program.Params)-1], "value")
	default:
		results = []jen.Code{typ}
	}
	switch key.kind {
	case abi.LowerType:
		results = coreTypes(s.g.abi.Flat(key.typ))
	case abi.LiftType:
		var cores []param
		for _, v := range s.program.Params {
			name := body.SetName(v, body.Local(s.program.Values[v].Hint))
			cores = append(cores, param{name, s.program.Values[v].Core})
			args = append(args, name.Clone())
		}
		params = grouped(cores)
	}
	if s.liftsBorrows(s.program.Body) {
		add(scope.Declare("borrows"), jen.Op("*").Add(gogen.GuestBorrows.Qual()))
	}
	body.First = key.first
	body.Rest = func(i int) *jen.Statement {
		next := key
		next.first = i
		return jen.Id(s.g.helperName(next)).Call(slices.Clone(args)...)
	}
	stmts := body.Run()
	s.g.file.Line().Func().Id(s.g.helperName(key)).Params(params...).Params(results...).Add(gogen.Braces(stmts...))
}
