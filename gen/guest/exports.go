package guest

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// What serves the core functions of an exported interface lies in the interface's
// package, as methods of a variable called Exported, and the world has a function of
// one line for each. Where it depends on the world it lies there: with resources of
// other interfaces, which may be imported or exported, and under a plain name, since
// there may be several.

// exported are the names of what serves an interface as its package has it.
type exported struct {
	pkg       *gogen.Package
	functions map[*wit.Function]string
	resources map[wit.TypeID]*exportedResource
	// variable is the name of the variable.
	variable string
}

// exportedIn returns the names for a package, and nil where its exports depend on the
// world.
func exportedIn(plan *gogen.Plan, pkg *gogen.Package) *exported {
	if pkg.Interface < 0 || slices.ContainsFunc(plan.Mentioned(pkg, pkg.Functions), func(id wit.TypeID) bool {
		return plan.PackageOf(plan.Resolve.Types[id].Owner) != pkg
	}) {
		return nil
	}
	x := &exported{pkg: pkg, functions: map[*wit.Function]string{}, resources: map[wit.TypeID]*exportedResource{}, variable: pkg.Own("Exported")}
	scope := gogen.NewScope().Reserve("Set")
	for _, f := range pkg.Functions {
		x.functions[f] = scope.Declare(funcName(plan, f))
	}
	for _, id := range pkg.Types {
		if _, ok := plan.Resolve.Types[id].Kind.(*wit.Resource); ok {
			name := plan.TypeName(id)
			x.resources[id] = &exportedResource{
				id:      id,
				of:      x,
				lift:    scope.Declare("Lift" + name),
				lower:   scope.Declare("Lower" + name),
				get:     scope.Declare("Get" + name),
				destroy: scope.Declare("Destroy" + name),
			}
		}
	}
	if len(x.functions)+len(x.resources) == 0 {
		return nil
	}
	return x
}

// ref spells the variable in any package.
func (x *exported) ref() *jen.Statement { return jen.Qual(x.pkg.ImportPath, x.variable) }

// exportedVariable generates what serves the core functions of the package's interface.
func (g *generator) exportedVariable() {
	x := g.ownExported
	if x == nil {
		return
	}
	typ, impl := g.scope.Declare("exported"), g.scope.Declare("implementation")
	// Variables of their own cost a guest less than the fields of one.
	var variables []jen.Code
	if len(g.pkg.Functions) > 0 {
		variables = append(variables, jen.Id(impl).Id("Interface"))
	}
	for _, id := range g.pkg.Types {
		if r := x.resources[id]; r != nil {
			r.values = g.scope.Declare(g.plan.LowerCamel(g.plan.Resolve.Types[id].Name) + "Values")
			variables = append(variables, jen.Id(r.values).Add(gogen.GuestValues.Qual()).Types(g.plan.TypeRef(id)))
		}
	}
	g.file.Add(gogen.Comment(x.variable + " is for worlds that export the interface.").
		Var().Id(x.variable).Id(typ))
	g.file.Add(gogen.Vars(variables...))
	g.file.Type().Id(typ).Struct()
	e := exporter{g, &realm{exports: true}, jen.Id(impl)}
	method := func() *jen.Statement { return jen.Line().Func().Params(jen.Id(typ)) }
	if len(g.pkg.Functions) > 0 {
		g.file.Add(method().Id("Set").Params(jen.Id("impl").Id("Interface")).Add(gogen.Braces(jen.Id(impl).Op("=").Id("impl"))))
	}
	for _, id := range g.pkg.Types {
		if r := x.resources[id]; r != nil {
			e.exportedType(r, importModule(g.plan, g.pkg), method)
		}
	}
	for _, f := range g.pkg.Functions {
		e.function(f, method().Id(x.functions[f]))
	}
}

// shims generates the core functions of an export that the package of its interface
// serves.
func (e *export) shims(x *exported) {
	for _, id := range x.pkg.Types {
		if r := x.resources[id]; r != nil {
			e.coreExport("[dtor]"+e.plan.Resolve.Types[id].Name, gogen.LowerFirst(e.prefix+"Destroy"+e.plan.TypeName(id)),
				[]param{{jen.Id("rep"), abi.I32}}, nil, x.ref().Dot(r.destroy))
		}
	}
	for _, f := range x.pkg.Functions {
		program := e.abi.Program(abi.HandleExport, f)
		body := gogen.NewBody(e.plan, e.pkg, program, nil, e.scope.Inner())
		s := &side{g: e.generator, f: f, program: program, realm: e.realm}
		params := make([]param, len(program.Params))
		for i, v := range program.Params {
			params[i] = param{s.coreParam(body, v), program.Values[v].Core}
		}
		e.coreExport(f.Name, e.shimName(f), params, coreTypes(e.abi.Lift(f).Results), x.ref().Dot(x.functions[f]))
		e.postReturn(f)
	}
}

// shimName returns a name for the core function of f. A guest keeps the names of its
// functions, so they are short.
func (e *export) shimName(f *wit.Function) string {
	name := e.prefix + funcName(e.plan, f)
	if e.prefix == "" {
		return "export" + name
	}
	return gogen.LowerFirst(name)
}

// coreExport generates a core function that calls another with its parameters.
func (e *export) coreExport(name, goName string, params []param, results []jen.Code, callee *jen.Statement) {
	args := make([]jen.Code, len(params))
	for i, p := range params {
		args[i] = p.name.Clone()
	}
	call := callee.Call(args...)
	if len(results) > 0 {
		call = jen.Return(call)
	}
	e.directive(name)
	e.file.Func().Id(e.scope.Declare(goName)).Params(grouped(params)...).Params(results...).Add(gogen.Braces(call))
}

// postReturn generates the post-return of f, if it has one.
func (e *export) postReturn(f *wit.Function) {
	if !e.frees(f) {
		return
	}
	e.file.Comment("//go:wasmexport cabi_post_" + e.coreName(f.Name))
	e.file.Func().Id(e.scope.Declare("free" + e.prefix + funcName(e.plan, f))).Params(jen.Uint32()).
		Add(gogen.Braces(gogen.GuestFreeResults.Qual().Call()))
}

// coreName returns the name of a core export of the interface or world.
func (e *export) coreName(name string) string {
	if e.name == "" {
		return name
	}
	return e.name + "#" + name
}

// directive generates the directive of a core export, whose function follows.
func (e *export) directive(name string) {
	e.file.Comment("//go:wasmexport " + e.coreName(name))
}
