package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// rootName is the name of a world's own functions among its imports and exports.
const rootName = "$root"

// worldItem is an import or export of the world as the host's code sees it: an
// interface that has functions or resources, or the world's own functions.
type worldItem struct {
	item *wit.WorldItem // nil for the world's own functions
	name string         // as components spell it
	pkg  *gogen.Package // of the interface
	// field is the Go name: a field of Imports, a method of Instance.
	field string
	// local is the Go name of what an instance keeps of an export: a field.
	local string
	// resources are those that the item's functions mention.
	resources []wit.TypeID
}

// implemented reports whether the host implements any function of an import. It
// does not where there are only methods: those are the resources' own.
func (i worldItem) implemented() bool {
	return slices.ContainsFunc(i.pkg.Functions, func(f *wit.Function) bool { return f.Kind != wit.Method })
}

// worldFile makes the host file of the plan's world.
func (g *generator) worldFile() {
	g.begin()
	world := g.plan.Resolve.Worlds[g.plan.World]
	w := &worldGenerator{generator: g, variable: g.scope.Declare("world")}
	w.imports = w.items(world.Imports)
	g.resources = mentioned(g.plan, g.pkg, slices.Concat(g.pkg.Functions, g.pkg.Exports))
	if len(g.pkg.Functions) > 0 || slices.ContainsFunc(g.resources, g.isOwn) {
		w.imports = append(w.imports, w.ownItem(w.imports))
	}
	w.exports = w.items(world.Exports)
	if len(g.pkg.Exports) > 0 {
		w.exports = append(w.exports, w.ownItem(w.exports))
	}
	g.sideTypes()
	w.plugin()
	w.importsType()
	w.instanceType()
	w.worldVariable()
	w.nameResources()
	w.resourceNumbers()
	w.ownImports()
	w.ownExports()
	g.emitHelpers()
}

// worldGenerator makes the host file of a world.
type worldGenerator struct {
	*generator
	imports, exports []worldItem
	variable         string // the bind.World
	// ownImport and ownExport are the descriptors of the world's own functions,
	// calls is the struct that calls the exported ones.
	ownImport, ownExport, calls string
}

// items returns the interfaces that the host supplies or calls, in the world's
// order.
func (w *worldGenerator) items(items []*wit.WorldItem) []worldItem {
	var list []worldItem
	locals := gogen.NewScope().Reserve("inst", "ownCalls")
	for _, item := range items {
		id, ok := item.Item.(wit.InterfaceID)
		if !ok {
			continue
		}
		pkg := w.plan.InterfacePackage(id)
		resources := mentioned(w.plan, pkg, pkg.Functions)
		if len(pkg.Functions) == 0 && len(resources) == 0 {
			continue
		}
		field := w.plan.ItemName(item)
		list = append(list, worldItem{item: item, name: w.plan.Resolve.ItemName(item), pkg: pkg,
			field: field, local: locals.Declare(gogen.LowerFirst(field)), resources: resources})
	}
	return list
}

// ownItem returns the item of the world's own functions.
func (w *worldGenerator) ownItem(others []worldItem) worldItem {
	field := "World"
	for slices.ContainsFunc(others, func(i worldItem) bool { return i.field == field }) {
		field += "_"
	}
	return worldItem{name: rootName, pkg: w.pkg, field: field, resources: w.resources}
}

// own returns the world's own functions among items, if it has any.
func own(items []worldItem) *worldItem {
	for i := range items {
		if items[i].item == nil {
			return &items[i]
		}
	}
	return nil
}

// ownImports declares the Go interface of the functions that the world imports
// itself, and what serves them.
func (w *worldGenerator) ownImports() {
	item := own(w.imports)
	if item == nil {
		return
	}
	w.interfaceType("Interface", w.pkg.Functions, "Interface is what the world imports itself: a host implements it for its guests.")
	w.nameFile(w.pkg.Functions)
	w.descriptor(w.ownImport, "the functions that the world imports itself", w.pkg.Functions)
	for _, f := range w.pkg.Functions {
		w.handler(f, jen.Id("Interface"))
	}
}

// ownExports declares the struct that calls the functions which the world
// exports itself.
func (w *worldGenerator) ownExports() {
	item := own(w.exports)
	if item == nil {
		return
	}
	w.nameFile(w.pkg.Exports)
	w.names.exports = w.calls
	w.names.handlers = nil // nobody imports them from here
	w.descriptor(w.ownExport, "the functions that the world exports itself", w.pkg.Exports)
	w.callsType()
	for _, f := range w.pkg.Exports {
		w.export(f)
	}
}

// worldVariable declares the variable that describes the world to the runtime.
func (w *worldGenerator) worldVariable() {
	fields := []jen.Code{jen.Id("Name").Op(":").Lit(w.pkg.Source)}
	if len(w.imports) > 0 {
		fields = append(fields, jen.Id("Imports").Op(":").Add(w.itemList(w.imports, false)))
	}
	if len(w.exports) > 0 {
		fields = append(fields, jen.Id("Exports").Op(":").Add(w.itemList(w.exports, true)))
	}
	w.file.Line().Add(gogen.Comment(fmt.Sprintf("%s describes the world to the runtime.", w.variable))).Var().Id(w.variable).Op("=").Add(gogen.HostWorld.Qual()).Add(lines(fields))
}

// itemList spells the items of one direction.
func (w *worldGenerator) itemList(items []worldItem, export bool) *jen.Statement {
	entries := make([]jen.Code, len(items))
	for i, item := range items {
		descriptor := jen.Qual(item.pkg.ImportPath, item.pkg.Own("Descriptor"))
		if item.item == nil {
			name := &w.ownImport
			if export {
				name = &w.ownExport
			}
			*name = w.scope.Declare(map[bool]string{false: "ownImports", true: "ownExports"}[export])
			descriptor = jen.Id(*name)
		}
		fields := []jen.Code{
			jen.Id("Name").Op(":").Lit(item.name),
			jen.Id("Field").Op(":").Lit(item.field),
			jen.Id("Interface").Op(":").Op("&").Add(descriptor),
		}
		if len(item.resources) > 0 {
			resources := make([]jen.Code, len(item.resources))
			for k, id := range item.resources {
				resources[k] = w.resourceRef(id, i, export)
			}
			fields = append(fields, jen.Id("Resources").Op(":").Index().Add(gogen.HostResource.Qual()).Values(resources...))
		}
		entries[i] = jen.Values(fields...)
	}
	return jen.Index().Add(gogen.HostItem.Qual()).Add(lines(entries))
}

// resourceRef returns where a resource is defined that the item with the given number
// mentions; see [abi.ResourceItem].
func (w *worldGenerator) resourceRef(id wit.TypeID, number int, export bool) *jen.Statement {
	owner := w.plan.PackageOf(w.plan.Resolve.Types[id].Owner)
	n, exported := abi.ResourceItem(resourceGroups(w.imports), resourceGroups(w.exports), export, number, owner)
	if n < 0 {
		panic(fmt.Sprintf("host: nothing in world %s defines resource %s", w.pkg.Source, w.plan.Resolve.Types[id].Name))
	}
	fields := []jen.Code{jen.Id("Item").Op(":").Lit(n), jen.Id("Name").Op(":").Lit(w.plan.Resolve.Types[id].Name)}
	if exported {
		fields = append([]jen.Code{jen.Id("Export").Op(":").True()}, fields...)
	}
	return jen.Values(fields...)
}

func resourceGroups(items []worldItem) []abi.ResourceGroup[*gogen.Package] {
	groups := make([]abi.ResourceGroup[*gogen.Package], len(items))
	for n, item := range items {
		groups[n] = abi.ResourceGroup[*gogen.Package]{Owner: item.pkg, World: item.item == nil, Plain: item.item != nil && item.item.Name != ""}
	}
	return groups
}

// plugin declares Plugin, Compile and Instantiate.
func (w *worldGenerator) plugin() {
	ctx := func() *jen.Statement { return jen.Id("ctx").Qual("context", "Context") }
	w.file.Line().Add(gogen.Comment("Plugin is a compiled guest of the world. It may be used by several goroutines.")).Type().Id("Plugin").Struct(jen.Id("plugin").Op("*").Add(gogen.LinkPlugin.Qual()))
	w.file.Line().Add(gogen.Comment("Compile compiles a guest and checks that it fits the world.")).Func().Id("Compile").Params(ctx(), jen.Id("wasm").Index().Byte(), jen.Id("opts").Op("...").Add(gogen.HostOption.Qual())).
		Params(jen.Op("*").Id("Plugin"), jen.Error()).Block(
		jen.List(jen.Id("plugin"), jen.Err()).Op(":=").Add(gogen.LinkCompile.Qual()).Call(jen.Id("ctx"), jen.Id("wasm"), jen.Op("&").Id(w.variable), jen.Id("opts").Op("...")),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Op("&").Id("Plugin").Values(jen.Id("plugin")), jen.Nil()))

	impls := make([]jen.Code, len(w.imports))
	for i, item := range w.imports {
		impls[i] = jen.Struct().Values()
		if item.implemented() {
			impls[i] = jen.Id("imports").Dot(item.field)
		}
	}
	fields := []jen.Code{jen.Id("inst").Op(":").Id("inst")}
	for i, item := range w.exports {
		if item.item == nil {
			continue
		}
		bound := jen.Id("p").Dot("plugin").Dot("Export").Call(jen.Id("inst"), jen.Lit(i))
		fields = append(fields, jen.Id(item.local).Op(":").Qual(item.pkg.ImportPath, item.pkg.Own("Bind")).Call(bound))
	}
	body := []jen.Code{
		jen.List(jen.Id("inst"), jen.Err()).Op(":=").Id("p").Dot("plugin").Dot("Instantiate").Call(jen.Id("ctx"), jen.Index().Any().Values(impls...), jen.Id("opts").Op("...")),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
	}
	if own(w.exports) != nil {
		w.calls = w.scope.Declare("ownCalls")
		bound := jen.Id("p").Dot("plugin").Dot("Export").Call(jen.Id("inst"), jen.Lit(len(w.exports)-1))
		fields = append(fields, jen.Id(w.calls).Op(":").Id("bind"+upperFirst(w.calls)).Call(bound))
	}
	body = append(body, jen.Return(jen.Op("&").Id("Instance").Add(lines(fields)), jen.Nil()))
	params := []jen.Code{ctx(), jen.Id("imports").Id("Imports")}
	if !slices.ContainsFunc(w.imports, worldItem.implemented) {
		params[1] = jen.Id("_").Id("Imports")
	}
	params = append(params, jen.Id("opts").Op("...").Add(gogen.HostOption.Qual()))
	w.file.Line().Add(gogen.Comment("Instantiate starts an instance with what the host supplies. An interface that the\nguest does not import may be left nil. opts override those of Compile.")).
		Func().Params(jen.Id("p").Op("*").Id("Plugin")).Id("Instantiate").Params(params...).
		Params(jen.Op("*").Id("Instance"), jen.Error()).Block(body...)
	w.file.Line().Add(gogen.Comment("Close closes all instances and frees the compiled code.")).Func().Params(jen.Id("p").Op("*").Id("Plugin")).Id("Close").Params(ctx()).Error().
		Block(jen.Return(jen.Id("p").Dot("plugin").Dot("Close").Call(jen.Id("ctx"))))
}

// importsType declares Imports.
func (w *worldGenerator) importsType() {
	var fields []jen.Code
	for _, item := range w.imports {
		if !item.implemented() {
			continue
		}
		typ := jen.Qual(item.pkg.ImportPath, "Interface")
		if item.item == nil {
			typ = jen.Id("Interface")
		}
		fields = append(fields, jen.Id(item.field).Add(typ))
	}
	w.file.Line().Add(gogen.Comment("Imports is what the host supplies to an instance.")).Type().Id("Imports").Struct(fields...)
}

// instanceType declares Instance.
func (w *worldGenerator) instanceType() {
	fields := []jen.Code{jen.Id("inst").Op("*").Add(gogen.HostInstance.Qual())}
	for _, item := range w.exports {
		if item.item != nil {
			fields = append(fields, jen.Id(item.local).Qual(item.pkg.ImportPath, "Interface"))
		}
	}
	if w.calls != "" {
		fields = append(fields, jen.Id(w.calls))
	}
	w.file.Line().Add(gogen.Comment("Instance is a running guest. It serves one call at a time.")).Type().Id("Instance").Struct(fields...)
	for _, item := range w.exports {
		if item.item == nil {
			continue
		}
		w.file.Line().Add(gogen.Comment(fmt.Sprintf("%s returns the exports of %s.", item.field, item.name))).Func().Params(jen.Id("i").Op("*").Id("Instance")).Id(item.field).Params().Qual(item.pkg.ImportPath, "Interface").
			Block(jen.Return(jen.Id("i").Dot(item.local)))
	}
	w.file.Line().Add(gogen.Comment("Close ends the instance. A second Close does nothing.")).Func().Params(jen.Id("i").Op("*").Id("Instance")).Id("Close").Params(jen.Id("ctx").Qual("context", "Context")).Error().
		Block(jen.Return(jen.Id("i").Dot("inst").Dot("Close").Call(jen.Id("ctx"))))
	w.file.Line().Add(gogen.Comment("Err returns nil while the instance can be called, and otherwise why it cannot:\nhost.ErrClosed, or host.ErrDead with what killed it.")).Func().Params(jen.Id("i").Op("*").Id("Instance")).Id("Err").Params().Error().
		Block(jen.Return(jen.Id("i").Dot("inst").Dot("Err").Call()))
}

// callsType declares the struct that calls the functions which the world exports
// itself. It is embedded in Instance.
func (w *worldGenerator) callsType() {
	fields := make([]jen.Code, len(w.pkg.Exports))
	values := make([]jen.Code, len(w.pkg.Exports))
	for i, f := range w.pkg.Exports {
		fields[i] = jen.Id(w.names.fields[f]).Add(gogen.HostFunc.Qual())
		values[i] = jen.Id(w.names.fields[f]).Op(":").Id("e").Dot("Func").Call(jen.Lit(i))
	}
	w.file.Line().Add(gogen.Comment(fmt.Sprintf("%s calls the functions that the world exports itself.", w.calls))).Type().Id(w.calls).Struct(fields...)
	w.file.Line().Func().Id("bind" + upperFirst(w.calls)).Params(jen.Id("e").Add(gogen.HostExports.Qual())).Id(w.calls).
		Block(jen.Return(jen.Id(w.calls).Values(values...)))
}

// lines spells the elements of a composite literal, a line each.
func lines(elements []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
