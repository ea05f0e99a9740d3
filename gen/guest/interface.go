package guest

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/gogen/neutral"
	"github.com/witgen/witgen/wit"
)

// rootModule is the core module that a world's own functions are imported from.
const rootModule = "$root"

// generator makes the guest file of one package.
type generator struct {
	plan *gogen.Plan
	pkg  *gogen.Package
	abi  *abi.ABI
	file *jen.File
	// scope holds the names of the file's own declarations.
	scope *gogen.Scope
	// imported is the glue of the package's own resources as imports.
	imported map[wit.TypeID]*importedResource
	// exported is the glue of the resources of the interfaces that the world
	// exports under their own names, or of the interface's own.
	exported    map[wit.TypeID]*exportedResource
	ownExported *exported
	helpers     helpers
}

func newGenerator(plan *gogen.Plan, pkg *gogen.Package, layout *abi.ABI) *generator {
	g := &generator{plan: plan, pkg: pkg, abi: layout, exported: map[wit.TypeID]*exportedResource{}}
	g.file = plan.NewFile(pkg, buildTag)
	// The names of the resources' glue come first, since other packages use them.
	g.scope = pkg.FileScope()
	g.imported = resourcesIn(plan, pkg, g.scope)
	if g.ownExported = exportedIn(plan, pkg); g.ownExported != nil {
		g.exported = g.ownExported.resources
	}
	return g
}

// interfaceFile generates what guests import of the interface, and the Go
// interface that they implement.
func (g *generator) interfaceFile() {
	g.sideTypes()
	if len(g.pkg.Functions) > 0 {
		g.interfaceType("Interface", g.pkg.Functions, fmt.Sprintf("Interface is %s as a guest exports it.", g.pkg.Source))
	}
	i := &importer{generator: g, module: importModule(g.plan, g.pkg), realm: &realm{}, resources: g.imported}
	i.generate(g.pkg.Types, g.pkg.Functions)
	g.exportedVariable()
	g.emitHelpers()
}

// importModule returns the core module that the functions of a package's own
// interface or world are imported from.
func importModule(plan *gogen.Plan, pkg *gogen.Package) string {
	if pkg.World >= 0 {
		return rootModule
	}
	if name := plan.Resolve.QualifiedName(pkg.Interface); name != "" {
		return name
	}
	name, _, _ := strings.Cut(pkg.Source, "@")
	return name[strings.LastIndexByte(name, '/')+1:]
}

// sideTypes declares the types that differ by side, since they hold resources.
func (g *generator) sideTypes() {
	for _, id := range g.pkg.Types {
		if _, ok := g.plan.Resolve.Types[id].Kind.(*wit.Resource); ok {
			g.resourceType(id)
		}
	}
	for _, decl := range neutral.SideTypes(g.plan, g.pkg) {
		g.file.Add(decl)
	}
}

// resourceType declares the Go interface of a resource.
func (g *generator) resourceType(id wit.TypeID) {
	def := g.plan.Resolve.Types[id]
	var methods []jen.Code
	for _, f := range g.pkg.Functions {
		if f.Kind == wit.Method && f.Resource == id {
			methods = append(methods, g.doc(f).Add(g.signature(f)))
		}
	}
	methods = append(methods,
		gogen.Comment("Close ends the resource. Of one that the guest exports it runs when no handle is left.").
			Id("Close").Params())
	name := g.plan.TypeName(id)
	g.file.Add(gogen.Doc(name, def.Name, def.Docs, "is the resource "+def.Name+".", def.Stability).
		Type().Id(name).Interface(methods...))
}

// interfaceType declares the Go interface of functions that are not methods.
func (g *generator) interfaceType(name string, functions []*wit.Function, doc string) {
	var methods []jen.Code
	for _, f := range functions {
		if f.Kind == wit.Method {
			continue
		}
		method := g.signature(f)
		if f.Docs != "" || f.Stability.Deprecated != "" {
			method = g.doc(f).Add(method)
		}
		methods = append(methods, method)
	}
	g.file.Add(gogen.Comment(doc).Type().Id(name).Interface(methods...))
}

// signature returns a function as a method of a Go interface.
func (g *generator) signature(f *wit.Function) *jen.Statement {
	return jen.Id(g.plan.FuncName(f)).
		Params(g.params(g.plan.Params(g.scope.Inner(), f), f)...).
		Params(g.plan.ResultTypes(f, false)...)
}

// doc returns the comment of a function.
func (g *generator) doc(f *wit.Function) *jen.Statement {
	return gogen.Doc(g.plan.FuncName(f), f.Base(), f.Docs, "calls "+g.pkg.Source+"#"+f.Name+".", f.Stability)
}

// params returns the Go parameters of a function. A method's self is its receiver.
func (g *generator) params(params []gogen.Param, f *wit.Function) []jen.Code {
	if f.Kind == wit.Method {
		params = params[1:]
	}
	return g.plan.Grouped(params)
}

// funcName returns the Go name of a function for use in other names: that of its
// method, behind the resource's name where it has one.
func funcName(plan *gogen.Plan, f *wit.Function) string {
	if f.Kind == wit.Method {
		return plan.TypeName(f.Resource) + plan.FuncName(f)
	}
	return plan.FuncName(f)
}

// goName returns the Go name of a type for messages.
func (g *generator) goName(t wit.Type) string {
	id := g.plan.Resolve.Dealias(t).(wit.TypeID)
	return g.plan.PackageOf(g.plan.Resolve.Types[id].Owner).Name + "." + g.plan.TypeName(id)
}
