package guest

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// export is an export of the world: an interface, or the world's own functions.
type export struct {
	exporter
	// name is what components call the interface, and "" for functions of the
	// world itself. prefix is the Go name that tells its functions apart.
	name, prefix string
	typ          *jen.Statement // the Go interface that a guest implements
	of           *gogen.Package // whose it is
	param        string         // its parameter of Export, "" where there is no function
	// variable is the world's own that holds the implementation, and "" where in,
	// of the interface's package, does.
	variable  string
	in        *exported
	types     []wit.TypeID
	functions []*wit.Function
	resources map[wit.TypeID]*exportedResource
}

// worldFile generates what the world itself imports, the imports that have plain
// names, and what the world exports.
func (g *generator) worldFile() {
	world := g.plan.Resolve.Worlds[g.plan.World]
	exports := g.exports(world)
	g.sideTypes()
	own := &importer{generator: g, module: rootModule, realm: &realm{}, resources: g.imported}
	own.generate(g.pkg.Types, g.pkg.Functions)
	for _, item := range world.Imports {
		if id, ok := item.Item.(wit.InterfaceID); ok && g.isNamed(item, id) {
			g.namedImport(item, id)
		}
	}
	if len(g.pkg.Exports) > 0 {
		g.interfaceType("Exports", g.pkg.Exports, "Exports is what the world exports itself: a guest implements it.")
	}
	g.exportFunc(exports)
	for _, e := range exports {
		if e.in != nil {
			e.shims(e.in)
			continue
		}
		e.generate()
	}
	g.carriers()
	g.emitHelpers()
}

// carriers generates the functions whose names tell a host the types of the world's
// functions.
func (g *generator) carriers() {
	for i, name := range g.abi.Carriers(g.plan.World) {
		if i == 0 {
			g.file.Comment("A host reads the WIT types of the functions from the name of this export.")
		}
		g.file.Comment("//go:wasmexport " + name)
		g.file.Func().Id(g.scope.Declare("carry")).Params().Block()
	}
}

// generate generates what serves an export in the world's own package.
func (e *export) generate() {
	for _, id := range e.types {
		r := e.resources[id]
		if r == nil {
			continue
		}
		witName := e.plan.Resolve.Types[id].Name
		e.file.Commentf("%s holds the %s values that the host has handles of.", r.values, witName)
		e.file.Var().Id(r.values).Add(gogen.GuestValues.Qual()).Types(e.plan.TypeRef(id))
		e.exportedType(r, e.name, func() *jen.Statement { return jen.Line().Func() })
		e.directive("[dtor]" + witName)
		e.file.Func().Id(r.destroy).Params(jen.Id("rep").Uint32()).
			Add(gogen.Braces(jen.Id(r.values).Dot("Destroy").Call(jen.Id("rep"))))
	}
	for _, f := range e.functions {
		e.directive(f.Name)
		e.function(f, jen.Func().Id(e.scope.Declare(e.shimName(f))))
		e.postReturn(f)
	}
}

// isNamed reports whether an item is an interface with a name of its own that
// the world gives another.
func (g *generator) isNamed(item *wit.WorldItem, id wit.InterfaceID) bool {
	return item.Name != "" && g.plan.Resolve.Interfaces[id].Name != ""
}

// namedImport generates an interface that is imported under a plain name: a
// variable with the functions as methods.
func (g *generator) namedImport(item *wit.WorldItem, id wit.InterfaceID) {
	pkg := g.plan.InterfacePackage(id)
	if len(pkg.Functions) == 0 {
		return
	}
	prefix := g.plan.Camel(item.Name)
	i := &importer{
		generator: g, module: item.Name, prefix: prefix,
		receiver:  g.scope.Declare(g.plan.LowerCamel(item.Name) + "Import"),
		resources: map[wit.TypeID]*importedResource{},
	}
	for _, typ := range pkg.Types {
		if _, ok := g.plan.Resolve.Types[typ].Kind.(*wit.Resource); ok {
			name := prefix + g.plan.TypeName(typ)
			i.resources[typ] = &importedResource{
				id: typ, path: g.pkg.ImportPath,
				handle: g.scope.Declare(g.plan.LowerCamel(item.Name+"-"+g.plan.Resolve.Types[typ].Name) + "Handle"),
				lift:   g.scope.Declare("lift" + name),
				lower:  g.scope.Declare("lower" + name),
			}
		}
	}
	i.realm = &realm{imported: i.resources}
	name := g.scope.Declare(g.plan.ItemName(item))
	g.file.Add(gogen.Doc(name, item.Name, item.Docs, "is "+pkg.Source+" as the world imports it under the name "+item.Name+".", item.Stability).
		Var().Id(name).Id(i.receiver))
	g.file.Type().Id(i.receiver).Struct()
	g.file.Var().Id("_").Qual(pkg.ImportPath, "Interface").Op("=").Id(name)
	i.generate(pkg.Types, pkg.Functions)
}

// exports returns the exports of the world, with the names of what the file
// declares for them.
func (g *generator) exports(world *wit.World) []*export {
	var list []*export
	params := g.scope.Inner()
	add := func(e *export, witName string) {
		e.generator = g
		if len(e.functions) > 0 {
			if e.in == nil {
				e.variable = g.scope.Declare("exported" + g.plan.Camel(witName))
				e.impl = jen.Id(e.variable)
			}
			e.param = params.Declare(g.plan.LowerCamel(witName + "-impl"))
		}
		list = append(list, e)
	}
	shared := &realm{exports: true}
	for _, item := range world.Exports {
		id, ok := item.Item.(wit.InterfaceID)
		if !ok {
			continue
		}
		pkg := g.plan.InterfacePackage(id)
		e := &export{typ: jen.Qual(pkg.ImportPath, "Interface"), of: pkg, types: pkg.Types, functions: pkg.Functions, prefix: g.plan.ItemName(item)}
		e.name, e.realm = g.plan.Resolve.ItemName(item), shared
		witName := item.Name
		if witName == "" {
			witName = g.plan.Resolve.Interfaces[id].Name
		}
		switch {
		case g.isNamed(item, id):
			e.resources = g.exportedResources(pkg, item.Name)
			e.realm = &realm{exports: true, exported: e.resources}
		default:
			e.in = exportedIn(g.plan, pkg)
			if e.resources = g.exportedResources(pkg, ""); e.in != nil {
				e.resources = e.in.resources
			}
			for id, r := range e.resources {
				g.exported[id] = r
			}
		}
		add(e, witName)
	}
	if len(g.pkg.Exports) > 0 {
		e := &export{typ: jen.Id("Exports"), of: g.pkg, functions: g.pkg.Exports}
		e.realm = &realm{}
		add(e, "world")
	}
	return list
}

// exportFunc generates Export and the variables that it sets.
func (g *generator) exportFunc(exports []*export) {
	var variables, params, names, sets []jen.Code
	for i, e := range exports {
		if e.param == "" {
			continue
		}
		names = append(names, jen.Id(e.param))
		if next := i + 1; next == len(exports) || exports[next].param == "" || exports[next].of != e.of {
			params = append(params, jen.List(names...).Add(e.typ.Clone()))
			names = nil
		}
		if e.in != nil {
			sets = append(sets, e.in.ref().Dot("Set").Call(jen.Id(e.param)))
			continue
		}
		variables = append(variables, jen.Id(e.variable).Add(e.typ.Clone()))
		sets = append(sets, jen.Id(e.variable).Op("=").Id(e.param))
	}
	g.file.Add(gogen.Vars(variables...))
	if len(sets) > 0 {
		g.file.Add(gogen.Comment("Export sets what implements the world's exports. Call it in an init function: calls of the host before that trap.").
			Func().Id("Export").Params(params...).Add(gogen.Braces(sets...)))
	}
}
