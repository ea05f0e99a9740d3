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
	// descriptor describes the functions to the runtime.
	descriptor string
	exports    string                   // the struct that binds an instance's exports
	fields     map[*wit.Function]string // its fields
	handlers   map[*wit.Function]string
	handles    map[wit.TypeID]string // the struct behind a guest's resource
	numbers    map[wit.TypeID]string // the constants that number resources
}

// interfaceFile makes the host file of an interface.
func (g *generator) interfaceFile() {
	g.begin()
	g.settle()
	g.sideTypes()
	if len(g.pkg.Functions) > 0 || len(g.resources) > 0 {
		g.interfaceType("Interface", g.pkg.Functions, fmt.Sprintf("Interface is %s, which a guest exports or a host implements.", g.pkg.Source))
		g.resourceNumbers()
		g.descriptorOf(g.names.descriptor, g.pkg.Functions)
		g.exportedDescriptor()
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
	g.names.fields = map[*wit.Function]string{}
	g.names.handlers = map[*wit.Function]string{}
}

// settle names what the file of an interface declares.
func (g *generator) settle() {
	g.resources = g.plan.Mentioned(g.pkg, g.pkg.Functions)
	g.names.descriptor = g.scope.Declare("descriptor")
	g.names.exports = g.scope.Declare("exports")
	g.nameFunctions(g.pkg.Functions)
	for _, f := range g.pkg.Functions {
		g.names.handlers[f] = g.scope.Declare("handle" + g.functionName(f))
	}
	g.nameResources()
}

// nameFunctions names the fields of the struct that calls functions.
func (g *generator) nameFunctions(functions []*wit.Function) {
	fields := gogen.NewScope()
	for _, f := range functions {
		g.names.fields[f] = fields.Declare(gogen.LowerFirst(g.functionName(f)))
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
			Id("Close").Params(jen.Id("ctx").Qual("context", "Context")).Error())
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
	return gogen.Doc(name, f.Base(), f.Docs, "calls "+g.pkg.Source+"#"+f.Name+".", f.Stability).
		Id(name).Params(params...).Params(g.plan.ResultTypes(f, true)...)
}

// params declares the Go parameters of a function in scope, and returns them
// with the names by which the parameters of WIT are known: a method's self is
// its receiver.
func (g *generator) params(scope *gogen.Scope, f *wit.Function, receiver string) (list []jen.Code, names []string) {
	list = []jen.Code{jen.Id(scope.Declare("ctx")).Qual("context", "Context")}
	params := g.plan.Params(scope, f)
	for _, p := range params {
		names = append(names, p.Name)
	}
	if f.Kind == wit.Method {
		names[0], params = receiver, params[1:]
	}
	return append(list, g.plan.Grouped(params)...), names
}

// resourceNumbers declares the constants that number the resources in descriptors.
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
	g.file.Line().Const().Defs(numbers...)
}

// exportedDescriptor declares the variable by which worlds refer to the descriptor.
// go doc shows the value of a variable, which is of no use there.
func (g *generator) exportedDescriptor() {
	name := g.pkg.Own("Descriptor")
	g.file.Line().Add(gogen.Comment(fmt.Sprintf("%s describes %s to the runtime.", name, g.pkg.Source))).
		Var().Id(name).Op("=").Id(g.names.descriptor)
}

// descriptorOf declares the variable that describes functions to the runtime.
func (g *generator) descriptorOf(name string, functions []*wit.Function) {
	entries := make([]jen.Code, len(functions))
	for i, f := range functions {
		fields := []jen.Code{
			jen.Id("Name").Op(":").Lit(f.Name),
			jen.Id("Type").Op(":").Id(fmt.Sprintf("%#016x", g.abi.Identity(f))),
		}
		if e := g.abi.ErrorType(f); e != "" {
			fields = append(fields, jen.Id("Err").Op(":").Lit(e))
		}
		if g.plan.Optional(f) {
			fields = append(fields, jen.Id("Optional").Op(":").True())
		}
		fields = append(fields, jen.Id("Export").Op(":").Lit(g.abi.Lift(f).String()))
		if handler := g.names.handlers[f]; handler != "" {
			fields = append(fields,
				jen.Id("Import").Op(":").Lit(g.abi.Lower(f).String()),
				jen.Id("Handle").Op(":").Id(handler))
		}
		entries[i] = jen.Values(fields...)
	}
	var fields []jen.Code
	if len(entries) > 0 {
		fields = append(fields, jen.Id("Functions").Op(":").Index().Add(gogen.HostFunction.Qual()).Add(lines(entries)))
	}
	if len(g.resources) > 0 {
		names := make([]jen.Code, len(g.resources))
		for i, id := range g.resources {
			names[i] = jen.Lit(g.plan.Resolve.Types[id].Name)
		}
		fields = append(fields, jen.Id("Resources").Op(":").Index().String().Values(names...))
	}
	g.file.Line().Var().Id(name).Op("=").Add(gogen.HostInterface.Qual()).Add(lines(fields))
}

// bind declares what binds the exports of an instance to Interface.
func (g *generator) bind() {
	bind := g.pkg.Own("Bind")
	g.file.Line().Add(gogen.Comment(bind + " returns the interface as an instance exports it.")).
		Func().Id(bind).Params(jen.Id("e").Add(gogen.HostExports.Qual())).Id("Interface").BlockFunc(func(b *jen.Group) {
		b.Id("x").Op(":=").Op("&").Id(g.names.exports).Values()
		if len(g.pkg.Functions) > 0 {
			b.Add(g.bindFields(jen.Id("x"), g.pkg.Functions))
		}
		for _, id := range g.ownResources() {
			b.Id("e").Dot("Wrap").Call(jen.Id(g.names.numbers[id]),
				jen.Func().Params(jen.Id("h").Op("*").Add(gogen.HostHandle.Qual())).Any().
					Add(gogen.Braces(jen.Return(jen.Op("&").Id(g.names.handles[id]).Values(jen.Id("h"), jen.Id("x"))))))
		}
		b.Return(jen.Id("x"))
	})
	g.exportsType(g.pkg.Functions)
	for _, id := range g.ownResources() {
		g.file.Line().Type().Id(g.names.handles[id]).Struct(
			jen.Op("*").Add(gogen.HostHandle.Qual()),
			jen.Id("exports").Op("*").Id(g.names.exports))
	}
}

// bindFields spells the call that binds the fields of exports, a struct, to functions.
func (g *generator) bindFields(exports *jen.Statement, functions []*wit.Function) *jen.Statement {
	fields := make([]jen.Code, len(functions))
	for i, f := range functions {
		fields[i] = jen.Op("&").Add(exports.Clone()).Dot(g.names.fields[f])
	}
	return jen.Id("e").Dot("Bind").Call(fields...)
}

// exportsType declares the struct that calls functions.
func (g *generator) exportsType(functions []*wit.Function) {
	var fields []jen.Code
	for _, f := range functions {
		fields = append(fields, jen.Id(g.names.fields[f]))
	}
	if len(fields) > 0 {
		fields = []jen.Code{jen.List(fields...).Add(gogen.HostFunc.Qual())}
	}
	g.file.Line().Type().Id(g.names.exports).Add(gogen.Struct(fields...))
}

// lines spells the elements of a composite literal, a line each.
func lines(elements []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
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
