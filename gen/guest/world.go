package guest

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// export is an export of the world: an interface, or the world's own functions.
type export struct {
	exporter
	typ       *jen.Statement // the Go interface that a guest implements
	param     string         // its parameter of Export, "" where there is no function
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
		for _, id := range e.types {
			if r := e.resources[id]; r != nil {
				e.exportedType(r)
			}
		}
		for _, f := range e.functions {
			e.function(f)
		}
	}
	g.emitHelpers()
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
	add := func(e *export, name, witName string) {
		e.generator = g
		if len(e.functions) > 0 {
			e.variable = g.scope.Declare("exported" + name)
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
		e := &export{typ: jen.Qual(pkg.ImportPath, "Interface"), types: pkg.Types, functions: pkg.Functions}
		e.name, e.realm = g.plan.Resolve.ItemName(item), shared
		if g.isNamed(item, id) {
			e.resources = g.exportedResources(pkg, item.Name)
			e.realm = &realm{exports: true, exported: e.resources}
		} else {
			e.resources = g.exportedResources(pkg, "")
			for id, r := range e.resources {
				g.exported[id] = r
			}
		}
		e.prefix = g.plan.ItemName(item)
		witName := item.Name
		if witName == "" {
			witName = g.plan.Resolve.Interfaces[id].Name
		}
		add(e, e.prefix, witName)
	}
	if len(g.pkg.Exports) > 0 {
		e := &export{typ: jen.Id("Exports"), functions: g.pkg.Exports}
		e.realm = &realm{}
		add(e, "World", "world")
	}
	return list
}

// exportFunc generates Export and the variables that it sets.
func (g *generator) exportFunc(exports []*export) {
	var variables, params, sets []jen.Code
	for _, e := range exports {
		if e.variable == "" {
			continue
		}
		variables = append(variables, jen.Id(e.variable).Add(e.typ.Clone()))
		params = append(params, jen.Id(e.param).Add(e.typ.Clone()))
		sets = append(sets, jen.Id(e.variable).Op("=").Id(e.param))
	}
	if len(variables) == 0 {
		return
	}
	if len(variables) == 1 {
		g.file.Var().Add(variables...)
	} else {
		g.file.Var().Defs(variables...)
	}
	g.file.Add(gogen.Comment("Export says what implements the world's exports. A guest calls it once, in an\n" +
		"init function: any call of the host that comes before it traps.").
		Func().Id("Export").Params(params...).Block(sets...))
}
