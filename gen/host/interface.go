package host

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/gogen/neutral"
	"github.com/witgen/witgen/wit"
)

// generator makes the host file of one package.
type generator struct {
	plan *gogen.Plan
	pkg  *gogen.Package
	abi  *abi.ABI
	file *jen.File
	// scope holds the names of the file's own declarations.
	scope *gogen.Scope
	// names are those of them that more than one place refers to.
	names fileNames
	// resources are the resources that the package's functions mention, exported
	// ones of a world too: the package's own first. One list numbers them for the
	// whole file, since the helpers of imports and exports are the same.
	resources []wit.TypeID
	// helpers are the functions that lift, lower and check named types, by kind
	// and type, in the order in which they are needed.
	helpers helpers
}

// fileNames are the unexported names of a host file.
type fileNames struct {
	exports  string                   // the struct that binds an instance's exports
	fields   map[*wit.Function]string // its fields
	handlers map[*wit.Function]string
	handles  map[wit.TypeID]string // the struct behind a guest's resource
	numbers  map[wit.TypeID]string // the constants that number resources
}

// interfaceFile makes the host file of an interface.
func (g *generator) interfaceFile() {
	g.begin()
	g.resources = mentioned(g.plan, g.pkg, g.pkg.Functions)
	g.nameFile(g.pkg.Functions)
	g.nameResources()
	g.sideTypes()
	if len(g.pkg.Functions) > 0 || len(g.resources) > 0 {
		g.interfaceType("Interface", g.pkg.Functions, fmt.Sprintf("Interface is %s: what a guest\nexports, and what a host implements for the guests that import it.", g.pkg.Source))
		g.resourceNumbers()
		g.descriptor(g.pkg.Own("Descriptor"), g.pkg.Source, g.pkg.Functions)
		g.bind()
		for _, f := range g.pkg.Functions {
			g.export(f)
		}
		for _, f := range g.pkg.Functions {
			g.handler(f, jen.Id("Interface"))
		}
	}
	g.emitHelpers()
}

// begin starts the file of the package.
func (g *generator) begin() {
	g.file = g.plan.NewFile(g.pkg, buildTag)
	g.scope = g.pkg.FileScope()
}

// nameFile settles the names of the file's own declarations.
func (g *generator) nameFile(functions []*wit.Function) {
	g.names.exports = g.scope.Declare("exports")
	g.names.fields = map[*wit.Function]string{}
	g.names.handlers = map[*wit.Function]string{}
	fields := gogen.NewScope()
	for _, f := range functions {
		name := g.functionName(f)
		g.names.fields[f] = fields.Declare(gogen.LowerFirst(name))
		g.names.handlers[f] = g.scope.Declare("handle" + name)
	}
}

// nameResources settles the names of what the file declares for resources.
func (g *generator) nameResources() {
	g.names.handles = map[wit.TypeID]string{}
	g.names.numbers = map[wit.TypeID]string{}
	for _, id := range g.resources {
		name := g.plan.TypeName(id)
		g.names.numbers[id] = g.scope.Declare("resource" + name)
		if g.isOwn(id) {
			g.names.handles[id] = g.scope.Declare(gogen.LowerFirst(name) + "Handle")
		}
	}
}

// functionName returns the Go name of a function for use in unexported names:
// that of its method, behind the resource's name where it has one.
func (g *generator) functionName(f *wit.Function) string {
	if f.Kind == wit.Method {
		return g.plan.TypeName(f.Resource) + g.plan.FuncName(f)
	}
	return g.plan.FuncName(f)
}

// isOwn reports whether the package declares the resource.
func (g *generator) isOwn(id wit.TypeID) bool {
	return g.plan.PackageOf(g.plan.Resolve.Types[id].Owner) == g.pkg
}

// mentioned returns the resources that functions mention, those that the package
// declares first.
func mentioned(plan *gogen.Plan, pkg *gogen.Package, functions []*wit.Function) []wit.TypeID {
	var list []wit.TypeID
	seen := map[wit.Type]bool{}
	add := func(id wit.TypeID) {
		id = plan.Resolve.Dealias(id).(wit.TypeID)
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	for _, id := range pkg.Types {
		if _, ok := plan.Resolve.Types[id].Kind.(*wit.Resource); ok {
			add(id)
		}
	}
	var visit func(t wit.Type)
	visit = func(t wit.Type) {
		id, ok := t.(wit.TypeID)
		if !ok || seen[t] || !plan.HoldsResource(t) {
			return
		}
		switch k := plan.Resolve.Types[id].Kind.(type) {
		case *wit.Own:
			add(k.Resource)
		case *wit.Borrow:
			add(k.Resource)
		default:
			seen[t] = true
			wit.EachType(k, visit)
		}
	}
	for _, f := range functions {
		for _, p := range f.Params {
			visit(p.Type)
		}
		visit(f.Result)
	}
	return list
}

// sideTypes declares the types that differ by side, since they hold resources.
func (g *generator) sideTypes() {
	for _, id := range g.pkg.Types {
		if _, ok := g.plan.Resolve.Types[id].Kind.(*wit.Resource); ok {
			g.resourceType(id)
		}
	}
	for _, decl := range neutral.SideTypes(g.plan, g.pkg) {
		g.file.Line().Add(decl)
	}
}

// resourceType declares the Go interface of a resource.
func (g *generator) resourceType(id wit.TypeID) {
	def := g.plan.Resolve.Types[id]
	var methods []jen.Code
	for _, f := range g.pkg.Functions {
		if f.Kind == wit.Method && f.Resource == id {
			methods = append(methods, g.signature(f))
		}
	}
	methods = append(methods,
		jen.Comment("Close ends the resource. A second Close does nothing.").Line().
			Id("Close").Params(jen.Qual("context", "Context")).Error())
	name := g.plan.TypeName(id)
	g.file.Line().Add(gogen.Doc(name, def.Name, def.Docs, "is the resource "+def.Name+".", def.Stability).
		Type().Id(name).Interface(methods...))
}

// interfaceType declares the Go interface of functions that are not methods.
func (g *generator) interfaceType(name string, functions []*wit.Function, doc string) {
	var methods []jen.Code
	for _, f := range functions {
		if f.Kind != wit.Method {
			methods = append(methods, g.signature(f))
		}
	}
	g.file.Line().Add(gogen.Comment(doc).Type().Id(name).Interface(methods...))
}

// signature returns a function as a method of a Go interface, with its comment.
func (g *generator) signature(f *wit.Function) *jen.Statement {
	name := g.plan.FuncName(f)
	params, _ := g.params(g.scope.Inner(), f, "")
	return gogen.Doc(name, f.Base(), f.Docs, "is "+f.Name+".", f.Stability).
		Id(name).Params(params...).Params(g.plan.ResultTypes(f, true)...)
}

// params declares the Go parameters of a function in scope, and returns them
// with the names by which the parameters of WIT are known: a method's self is
// its receiver.
func (g *generator) params(scope *gogen.Scope, f *wit.Function, receiver string) (list []jen.Code, names []string) {
	list = []jen.Code{jen.Id(scope.Declare("ctx")).Qual("context", "Context")}
	for i, p := range g.plan.Params(scope, f) {
		if i == 0 && f.Kind == wit.Method {
			names = append(names, receiver)
			continue
		}
		list = append(list, jen.Id(p.Name).Add(g.plan.GoType(p.Type)))
		names = append(names, p.Name)
	}
	return list, names
}

// resourceNumbers declares the constants that number the resources.
func (g *generator) resourceNumbers() {
	if len(g.resources) == 0 {
		return
	}
	numbers := make([]jen.Code, len(g.resources))
	for i, id := range g.resources {
		numbers[i] = jen.Id(g.names.numbers[id])
		if i == 0 {
			numbers[i] = jen.Id(g.names.numbers[id]).Op("=").Iota()
		}
	}
	g.file.Line().Add(gogen.Comment("The numbers of the resources in the descriptor.").Const().Defs(numbers...))
}

// descriptor declares the variable that describes functions to the runtime.
func (g *generator) descriptor(name, of string, functions []*wit.Function) {
	entries := make([]jen.Code, len(functions))
	for i, f := range functions {
		fields := []jen.Code{
			jen.Id("Name").Op(":").Lit(f.Name),
			jen.Id("Type").Op(":").Id(fmt.Sprintf("%#016x", g.abi.Identity(f))),
			jen.Id("Export").Op(":").Lit(g.abi.Lift(f).String()),
		}
		if handler := g.names.handlers[f]; handler != "" {
			fields = append(fields,
				jen.Id("Import").Op(":").Lit(g.abi.Lower(f).String()),
				jen.Id("Handle").Op(":").Id(handler))
		}
		entries[i] = jen.Line().Values(fields...)
	}
	var fields []jen.Code
	if len(entries) > 0 {
		fields = append(fields, jen.Line().Id("Functions").Op(":").Index().Add(gogen.HostFunction.Qual()).Values(append(entries, jen.Line())...))
	}
	if len(g.resources) > 0 {
		names := make([]jen.Code, len(g.resources))
		for i, id := range g.resources {
			names[i] = jen.Lit(g.plan.Resolve.Types[id].Name)
		}
		fields = append(fields, jen.Line().Id("Resources").Op(":").Index().String().Values(names...))
	}
	g.file.Line().Add(gogen.Comment(fmt.Sprintf("%s describes %s to the runtime.", name, of))).Var().Id(name).Op("=").Add(gogen.HostInterface.Qual()).Values(append(fields, jen.Line())...)
}

// bind declares what binds the exports of an instance to Interface.
func (g *generator) bind() {
	fields := make([]jen.Code, len(g.pkg.Functions))
	values := make([]jen.Code, len(g.pkg.Functions))
	for i, f := range g.pkg.Functions {
		fields[i] = jen.Id(g.names.fields[f]).Add(gogen.HostFunc.Qual())
		values[i] = jen.Line().Id(g.names.fields[f]).Op(":").Id("e").Dot("Func").Call(jen.Lit(i))
	}
	if len(values) > 0 {
		values = append(values, jen.Line())
	}
	bind := g.pkg.Own("Bind")
	g.file.Line().Add(gogen.Comment(bind + " returns the interface as an instance exports it. Worlds that export it\ncall it.")).
		Func().Id(bind).Params(jen.Id("e").Add(gogen.HostExports.Qual())).Id("Interface").BlockFunc(func(b *jen.Group) {
		bound := jen.Op("&").Id(g.names.exports).Values(values...)
		handles := g.ownResources()
		if len(handles) == 0 {
			b.Return(bound)
			return
		}
		b.Id("x").Op(":=").Add(bound)
		for _, id := range handles {
			b.Id("e").Dot("Wrap").Call(jen.Id(g.names.numbers[id]),
				jen.Func().Params(jen.Id("h").Op("*").Add(gogen.HostHandle.Qual())).Any().Block(
					jen.Return(jen.Op("&").Id(g.names.handles[id]).Values(jen.Id("h"), jen.Id("x")))))
		}
		b.Return(jen.Id("x"))
	})
	g.file.Line().Add(gogen.Comment(fmt.Sprintf("%s calls the functions that an instance exports.", g.names.exports))).Type().Id(g.names.exports).Struct(fields...)
	for _, id := range g.ownResources() {
		g.file.Line().Add(gogen.Comment(fmt.Sprintf("%s is a %s that a guest defines.", g.names.handles[id], g.plan.TypeName(id)))).Type().Id(g.names.handles[id]).Struct(
			jen.Op("*").Add(gogen.HostHandle.Qual()),
			jen.Id("exports").Op("*").Id(g.names.exports))
	}
}

// ownResources are the resources that the package declares.
func (g *generator) ownResources() []wit.TypeID {
	var list []wit.TypeID
	for _, id := range g.resources {
		if g.isOwn(id) {
			list = append(list, id)
		}
	}
	return list
}
