package host

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// export generates the Go method that calls a function which a guest exports.
func (g *generator) export(f *wit.Function) {
	scope := g.scope.Inner()
	receiver, typ := "x", g.names.exports
	if f.Kind == wit.Method {
		receiver, typ = "h", g.names.handles[g.definition(f.Resource)]
	}
	receiver = scope.Declare(receiver)
	binding := jen.Id(receiver)
	if f.Kind == wit.Method {
		binding = jen.Id(receiver).Dot("exports")
	}
	scope.Declare("call")
	scope.Declare("bad")
	params, names := g.params(scope, f, receiver)
	program := g.abi.Program(abi.CallExport, f)
	s := &side{g: g, f: f, program: program}
	body := gogen.NewBody(g.plan, g.pkg, program, s, scope)
	s.fn = binding.Dot(g.names.fields[f])

	for i, v := range program.Params {
		body.SetName(v, names[i])
	}
	s.checkParams(body, names)
	body.Emit(jen.Id("call").Op(":=").Add(s.fn.Clone()).Dot("Begin").Call(jen.Id("ctx")))
	stmts := body.Run()
	g.file.Line().Func().Params(jen.Id(receiver).Op("*").Id(typ)).Id(g.plan.FuncName(f)).
		Params(params...).Params(g.plan.ResultTypes(f, true)...).Add(gogen.Braces(stmts...))
}

// handler generates the function that serves a guest's call of an import. impl
// is the Go interface that the host supplies.
func (g *generator) handler(f *wit.Function, impl *jen.Statement) {
	scope := g.scope.Inner()
	scope.Declare("call")
	program := g.abi.Program(abi.HandleImport, f)
	s := &side{g: g, f: f, program: program, impl: impl}
	body := gogen.NewBody(g.plan, g.pkg, program, s, scope)
	for i, v := range program.Params {
		body.Set(v, gogen.Plain, fromStack(i, program.Values[v].Core))
		body.SetRaw(v, jen.Id("call").Dot("Stack").Index(jen.Lit(i)))
	}
	stmts := body.Run()
	g.file.Line().Func().Id(g.names.handlers[f]).Params(jen.Id("call").Op("*").Add(gogen.HostCall.Qual())).Add(gogen.Braces(stmts...))
}

// definition returns the resource behind aliases.
func (g *generator) definition(id wit.TypeID) wit.TypeID {
	return g.plan.Resolve.Dealias(id).(wit.TypeID)
}

// fromStack spells core value i on the stack.
func fromStack(i int, core abi.Core) *jen.Statement {
	return decode(jen.Id("call").Dot("Stack").Index(jen.Lit(i)), core)
}

// decode spells a core value that wazero holds in 64 bits.
func decode(bits *jen.Statement, core abi.Core) *jen.Statement {
	switch core {
	case abi.I32:
		return jen.Uint32().Call(bits)
	case abi.F32:
		return jen.Qual("math", "Float32frombits").Call(jen.Uint32().Call(bits))
	case abi.F64:
		return jen.Qual("math", "Float64frombits").Call(bits)
	case abi.I64:
		return bits
	default:
		panic(fmt.Sprintf("host: unhandled core type %v", core))
	}
}

// encode spells a core value as wazero holds it in 64 bits.
func encode(value *jen.Statement, core abi.Core) *jen.Statement {
	switch core {
	case abi.I32:
		return jen.Uint64().Call(value)
	case abi.F32:
		return jen.Uint64().Call(jen.Qual("math", "Float32bits").Call(value))
	case abi.F64:
		return jen.Qual("math", "Float64bits").Call(value)
	case abi.I64:
		return value
	default:
		panic(fmt.Sprintf("host: unhandled core type %v", core))
	}
}

// zeroValue spells the zero value of a type.
func (g *generator) zeroValue(t wit.Type) *jen.Statement {
	switch k := g.plan.Resolve.Dealias(t).(type) {
	case wit.Prim:
		switch k {
		case wit.Bool:
			return jen.False()
		case wit.String:
			return jen.Lit("")
		default:
			return jen.Lit(0)
		}
	case wit.TypeID:
		switch g.plan.Resolve.Types[k].Kind.(type) {
		case *wit.Enum, *wit.Flags:
			return jen.Lit(0)
		case *wit.List, *wit.Map, *wit.Variant, *wit.Resource, *wit.Own, *wit.Borrow:
			return jen.Nil()
		}
	}
	return g.plan.GoType(t).Values()
}

// failed spells the Go results of a call that ends with an error.
func (g *generator) failed(f *wit.Function, err *jen.Statement) []jen.Code {
	var list []jen.Code
	for _, t := range g.plan.Results(f).Values {
		list = append(list, g.zeroValue(t))
	}
	return append(list, err)
}
