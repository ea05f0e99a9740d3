package host

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// helperKind says what a helper does with its type.
type helperKind uint8

const (
	loadHelper helperKind = iota
	storeHelper
	checkHelper
)

type helperKey struct {
	kind helperKind
	typ  wit.TypeID
}

// helpers are the functions of a file that serve one named type each.
type helpers struct {
	names map[helperKey]string
	queue []helperKey // those that are not generated yet
}

// helper returns the name of the function that loads or stores a named type.
func (g *generator) helper(kind abi.Kind, t wit.Type) string {
	if kind == abi.LoadType {
		return g.helperName(loadHelper, t)
	}
	return g.helperName(storeHelper, t)
}

func (g *generator) helperName(kind helperKind, t wit.Type) string {
	id := g.plan.Resolve.Dealias(t).(wit.TypeID)
	key := helperKey{kind, id}
	name, ok := g.helpers.names[key]
	if !ok {
		verb := [...]string{loadHelper: "load", storeHelper: "store", checkHelper: "check"}[kind]
		name = g.scope.Declare(verb + g.plan.TypeName(id))
		if g.helpers.names == nil {
			g.helpers.names = map[helperKey]string{}
		}
		g.helpers.names[key] = name
		g.helpers.queue = append(g.helpers.queue, key)
	}
	return name
}

// emitHelpers generates the helpers that the file needs, and those that they
// need.
func (g *generator) emitHelpers() {
	for len(g.helpers.queue) > 0 {
		key := g.helpers.queue[0]
		g.helpers.queue = g.helpers.queue[1:]
		switch key.kind {
		case loadHelper:
			g.loadHelper(key)
		case storeHelper:
			g.storeHelper(key)
		default:
			g.checkHelper(key)
		}
	}
}

// loadHelper generates: func loadT(call *bind.Call, area []byte) T.
func (g *generator) loadHelper(key helperKey) {
	scope := g.scope.Inner()
	scope.Reserve("call", "area")
	program := g.abi.TypeProgram(abi.LoadType, key.typ)
	body := gogen.NewBody(g.plan, g.pkg, program, &side{g: g, program: program}, scope)
	body.Set(program.Params[0], gogen.Plain, jen.Id("area"))
	stmts := body.Run()
	g.file.Line().Func().Id(g.helpers.names[key]).
		Params(jen.Id("call").Op("*").Add(gogen.HostCall.Qual()), jen.Id("area").Index().Byte()).
		Add(g.plan.GoType(key.typ)).Block(stmts...)
}

// storeHelper generates: func storeT(call *bind.Call, ptr uint32, value T).
func (g *generator) storeHelper(key helperKey) {
	scope := g.scope.Inner()
	scope.Reserve("call", "ptr", "value")
	program := g.abi.TypeProgram(abi.StoreType, key.typ)
	body := gogen.NewBody(g.plan, g.pkg, program, &side{g: g, program: program}, scope)
	body.Set(program.Params[0], gogen.Plain, jen.Id("ptr"))
	body.Set(program.Params[1], gogen.Plain, jen.Id("value"))
	stmts := body.Run()
	g.file.Line().Func().Id(g.helpers.names[key]).
		Params(jen.Id("call").Op("*").Add(gogen.HostCall.Qual()), jen.Id("ptr").Uint32(), jen.Id("value").Add(g.plan.GoType(key.typ))).
		Block(stmts...)
}
