package host

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// checkType is the kind of helpers that check values, beside the kinds of Programs
// of types.
const checkType abi.Kind = 255

// helperKey names a helper: what it does with its type, and the first of a variant's
// cases that it has.
type helperKey struct {
	kind  abi.Kind
	typ   wit.TypeID
	first int
}

// helpers are the functions of a file that serve one type each.
type helpers struct {
	names map[helperKey]string
	queue []helperKey // those that are not generated yet
}

// helper returns the name of the function that runs a Program of a type.
func (g *generator) helper(kind abi.Kind, t wit.Type) string {
	return g.helperName(helperKey{kind: kind, typ: g.plan.Resolve.Dealias(t).(wit.TypeID)})
}

var helperVerbs = map[abi.Kind]string{
	abi.LoadType: "load", abi.StoreType: "store", abi.LowerType: "lower", abi.LiftType: "lift", checkType: "check",
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

// emitHelpers generates the helpers that the file needs, and those that they
// need.
func (g *generator) emitHelpers() {
	for len(g.helpers.queue) > 0 {
		key := g.helpers.queue[0]
		g.helpers.queue = g.helpers.queue[1:]
		if key.kind == checkType {
			g.checkHelper(key)
		} else {
			g.typeHelper(key)
		}
	}
}

// typeHelper generates the function that runs a Program of a type:
//
//	func loadT(call *bind.Call, area []byte) T
//	func storeT(call *bind.Call, ptr uint32, value T)
//	func lowerT(call *bind.Call, value T) (core values)
//	func liftT(call *bind.Call, core values) T
func (g *generator) typeHelper(key helperKey) {
	scope := g.scope.Inner()
	scope.Declare("call")
	program := g.abi.TypeProgram(key.kind, key.typ)
	body := gogen.NewBody(g.plan, g.pkg, program, &side{g: g, program: program}, scope)
	params := []jen.Code{jen.Id("call").Op("*").Add(gogen.HostCall.Qual())}
	args := []jen.Code{jen.Id("call")}
	var results []jen.Code
	name := func(v abi.Value, hint string, t jen.Code) {
		param := body.SetName(v, scope.Own(hint))
		params = append(params, param.Clone().Add(t))
		args = append(args, param)
	}
	typ := g.plan.GoType(key.typ)
	switch key.kind {
	case abi.LoadType:
		name(program.Params[0], "area", jen.Index().Byte())
		results = []jen.Code{typ}
	case abi.StoreType:
		name(program.Params[0], "ptr", jen.Uint32())
		name(program.Params[1], "value", typ)
	case abi.LowerType:
		name(program.Params[0], "value", typ)
		for _, core := range g.abi.Flat(key.typ) {
			results = append(results, gogen.GoCore(core))
		}
	default: // abi.LiftType
		var cores []jen.Code
		for i, v := range program.Params {
			core := body.SetName(v, body.Local(program.Values[v].Hint))
			args = append(args, core)
			cores = append(cores, core.Clone())
			if next := i + 1; next == len(program.Params) || program.Values[program.Params[next]].Core != program.Values[v].Core {
				params = append(params, jen.List(cores...).Add(gogen.GoCore(program.Values[v].Core)))
				cores = nil
			}
		}
		results = []jen.Code{typ}
	}
	body.First = key.first
	body.Rest = func(i int) *jen.Statement {
		return jen.Id(g.helperName(helperKey{key.kind, key.typ, i})).Call(slices.Clone(args)...)
	}
	g.file.Line().Func().Id(g.helperName(key)).Params(params...).Params(results...).Add(gogen.Braces(body.Run()...))
}
