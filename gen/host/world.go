package host

import (
	"fmt"
	"slices"

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
	// descriptor spells what describes the functions.
	descriptor *jen.Statement
	// resources are those that the item's functions mention.
	resources []wit.TypeID
}

// implemented reports whether the host implements any function of an import. It
// does not where there are only methods: those are the resources' own.
func (i worldItem) implemented() bool {
	return slices.ContainsFunc(i.pkg.Functions, func(f *wit.Function) bool { return f.Kind != wit.Method })
}

// worldFile makes the host file of the plan's world. All names are settled before the
// first declaration, so that the order of these is free.
func (g *generator) worldFile() {
	g.begin()
	w := &worldGenerator{generator: g}
	w.settle()
	g.sideTypes()
	w.plugin()
	w.importsType()
	w.instanceType()
	w.worldVariable()
	g.resourceNumbers()
	w.ownImports()
	w.ownExports()
	g.emitHelpers()
}

// worldGenerator makes the host file of a world.
type worldGenerator struct {
	*generator
	imports, exports []worldItem
	variable         string // the bind.World
	// ownImport and ownExport are the descriptors of the world's own functions, and
	// calls is the struct that calls the exported ones; each is "" for a world without
	// such functions.
	ownImport, ownExport, calls string
}

// settle finds what the world imports and exports, and names what the file declares.
func (w *worldGenerator) settle() {
	world := w.plan.Resolve.Worlds[w.plan.World]
	w.resources = w.plan.Mentioned(w.pkg, slices.Concat(w.pkg.Functions, w.pkg.Exports))
	w.imports = w.items(world.Imports)
	w.variable = w.scope.Declare("world")
	if len(w.pkg.Functions) > 0 || slices.ContainsFunc(w.resources, w.isOwn) {
		w.ownImport = w.scope.Declare("ownImports")
		w.imports = append(w.imports, w.ownItem(w.imports, w.ownImport))
	}
	w.exports = w.items(world.Exports)
	if len(w.pkg.Exports) > 0 {
		w.ownExport = w.scope.Declare("ownExports")
		w.calls = w.scope.Declare("ownCalls")
		w.exports = append(w.exports, w.ownItem(w.exports, w.ownExport))
	}
	w.nameFunctions(w.pkg.Functions)
	for _, f := range w.pkg.Functions {
		w.names.handlers[f] = w.scope.Declare("handle" + w.functionName(f))
	}
	w.nameFunctions(w.pkg.Exports)
	w.names.exports = w.calls
	w.nameResources()
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
		resources := w.plan.Mentioned(pkg, pkg.Functions)
		if len(pkg.Functions) == 0 && len(resources) == 0 {
			continue
		}
		field := w.plan.ItemName(item)
		list = append(list, worldItem{item: item, name: w.plan.Resolve.ItemName(item), pkg: pkg,
			field: field, local: locals.Declare(gogen.LowerFirst(field)), resources: resources,
			descriptor: jen.Op("&").Qual(pkg.ImportPath, pkg.Own("Descriptor"))})
	}
	return list
}

// ownItem returns the item of the world's own functions.
func (w *worldGenerator) ownItem(others []worldItem, descriptor string) worldItem {
	field := "World"
	for slices.ContainsFunc(others, func(i worldItem) bool { return i.field == field }) {
		field += "_"
	}
	return worldItem{name: rootName, pkg: w.pkg, field: field, resources: w.resources, descriptor: jen.Op("&").Id(descriptor)}
}

// ownImports declares the Go interface of the functions that the world imports
// itself, and what serves them.
func (w *worldGenerator) ownImports() {
	if w.ownImport == "" {
		return
	}
	w.interfaceType("Interface", w.pkg.Functions, "Interface is what the world imports itself: a host implements it for its guests.")
	w.descriptorOf(w.ownImport, w.pkg.Functions)
	for _, f := range w.pkg.Functions {
		w.handler(f, jen.Id("Interface"))
	}
}

// ownExports declares the struct that calls the functions which the world exports
// itself. It is embedded in Instance.
func (w *worldGenerator) ownExports() {
	if w.ownExport == "" {
		return
	}
	w.descriptorOf(w.ownExport, w.pkg.Exports)
	w.exportsType(w.pkg.Exports)
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
	w.file.Line().Var().Id(w.variable).Op("=").Add(gogen.HostWorld.Qual()).Add(lines(fields))
}

// itemList spells the items of one direction.
func (w *worldGenerator) itemList(items []worldItem, export bool) *jen.Statement {
	entries := make([]jen.Code, len(items))
	for i, item := range items {
		fields := []jen.Code{
			jen.Id("Name").Op(":").Lit(item.name),
			jen.Id("Field").Op(":").Lit(item.field),
			jen.Id("Interface").Op(":").Add(item.descriptor),
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
	w.file.Line().Add(gogen.Comment("Plugin is a compiled guest of the world. It may be used by several goroutines.")).
		Type().Id("Plugin").Add(gogen.Struct(jen.Id("plugin").Op("*").Add(gogen.LinkPlugin.Qual())))
	w.file.Line().Add(gogen.Comment("Compile compiles a guest and checks that it fits the world.")).
		Func().Id("Compile").Params(ctx(), jen.Id("wasm").Index().Byte(), jen.Id("opts").Op("...").Add(gogen.HostOption.Qual())).
		Params(jen.Op("*").Id("Plugin"), jen.Error()).Block(
		jen.List(jen.Id("plugin"), jen.Err()).Op(":=").Add(gogen.LinkCompile.Qual()).Call(jen.Id("ctx"), jen.Id("wasm"), jen.Op("&").Id(w.variable), jen.Id("opts").Op("...")),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Op("&").Id("Plugin").Values(jen.Id("plugin")), jen.Nil()))
	w.instantiate(ctx())
	w.file.Line().Add(gogen.Comment("Close closes all instances and frees the compiled code.")).
		Func().Params(jen.Id("p").Op("*").Id("Plugin")).Id("Close").Params(ctx()).Error().
		Add(gogen.Braces(jen.Return(jen.Id("p").Dot("plugin").Dot("Close").Call(jen.Id("ctx")))))
}

// instantiate declares Instantiate.
func (w *worldGenerator) instantiate(ctx *jen.Statement) {
	impls := make([]jen.Code, len(w.imports))
	for i, item := range w.imports {
		impls[i] = jen.Struct().Values()
		if item.implemented() {
			impls[i] = jen.Id("imports").Dot(item.field)
		}
	}
	body := []jen.Code{
		jen.List(jen.Id("inst"), jen.Err()).Op(":=").Id("p").Dot("plugin").Dot("Instantiate").Call(jen.Id("ctx"), jen.Index().Any().Values(impls...), jen.Id("opts").Op("...")),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
	}
	fields := []jen.Code{jen.Id("inst").Op(":").Id("inst")}
	export := func(i int) *jen.Statement {
		return jen.Id("p").Dot("plugin").Dot("Export").Call(jen.Id("inst"), jen.Lit(i))
	}
	for i, item := range w.exports {
		if item.item != nil {
			fields = append(fields, jen.Id(item.local).Op(":").Qual(item.pkg.ImportPath, item.pkg.Own("Bind")).Call(export(i)))
		}
	}
	instance := jen.Op("&").Id("Instance").Values(fields...)
	if w.calls == "" {
		body = append(body, jen.Return(instance, jen.Nil()))
	} else {
		bind := w.bindFields(jen.Id("x").Dot(w.calls), w.pkg.Exports)
		body = append(body,
			jen.Id("e").Op(":=").Add(export(len(w.exports)-1)),
			jen.Id("x").Op(":=").Add(instance),
			bind,
			jen.Return(jen.Id("x"), jen.Nil()))
	}
	imports := jen.Id("imports")
	if !slices.ContainsFunc(w.imports, worldItem.implemented) {
		imports = jen.Id("_")
	}
	w.file.Line().Add(gogen.Comment("Instantiate starts an instance with what the host supplies, which may be nil where the guest does not import it. opts override those of Compile.")).
		Func().Params(jen.Id("p").Op("*").Id("Plugin")).Id("Instantiate").
		Params(ctx, imports.Id("Imports"), jen.Id("opts").Op("...").Add(gogen.HostOption.Qual())).
		Params(jen.Op("*").Id("Instance"), jen.Error()).Block(body...)
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
	w.file.Line().Add(gogen.Comment("Imports is what the host supplies to an instance.")).Type().Id("Imports").Add(gogen.Struct(fields...))
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
	w.file.Line().Add(gogen.Comment("Instance is a running guest. It serves one call at a time.")).Type().Id("Instance").Add(gogen.Struct(fields...))
	method := func(doc, name string) *jen.Statement {
		return w.file.Line().Add(gogen.Comment(doc)).Func().Params(jen.Id("i").Op("*").Id("Instance")).Id(name)
	}
	for _, item := range w.exports {
		if item.item != nil {
			method(fmt.Sprintf("%s returns the exports of %s.", item.field, item.name), item.field).
				Params().Qual(item.pkg.ImportPath, "Interface").Add(gogen.Braces(jen.Return(jen.Id("i").Dot(item.local))))
		}
	}
	method("Close ends the instance. A second Close does nothing.", "Close").
		Params(jen.Id("ctx").Qual("context", "Context")).Error().
		Add(gogen.Braces(jen.Return(jen.Id("i").Dot("inst").Dot("Close").Call(jen.Id("ctx")))))
	method("Reset puts the instance back to the state after its start. It returns host.ErrNotFresh unless the guest was compiled with host.Fresh, and a *host.ResetError, which leaves the instance dead, if it cannot be put back.", "Reset").
		Params(jen.Id("ctx").Qual("context", "Context")).Error().
		Add(gogen.Braces(jen.Return(jen.Id("i").Dot("inst").Dot("Reset").Call(jen.Id("ctx")))))
	method("Err returns why the instance cannot be called, host.ErrClosed or host.ErrDead with what killed it, or nil.", "Err").
		Params().Error().Add(gogen.Braces(jen.Return(jen.Id("i").Dot("inst").Dot("Err").Call())))
}
