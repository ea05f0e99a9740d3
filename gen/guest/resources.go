package guest

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// importedResource is the glue of a resource that a guest imports: a Go type
// that holds a handle, and the functions between it and the resource's Go
// interface.
type importedResource struct {
	id wit.TypeID
	// path is the import path of the package that has the functions.
	path string
	// handle is the Go type.
	handle string
	// lift makes the Go value of a handle; lower gives the handle of a Go value.
	lift, lower string
}

// exportedResource is the glue of a resource that the guest exports: the Go
// values behind its handles, and the functions that lift and lower owned ones, find
// the value behind a representation, and destroy it.
type exportedResource struct {
	id                                wit.TypeID
	of                                *exported // what has them as fields and methods, or nil
	values, lift, lower, get, destroy string
}

// call spells the call of one of the functions.
func (r *exportedResource) call(name string, arg jen.Code) *jen.Statement {
	if r.of != nil {
		return r.of.ref().Dot(name).Call(arg)
	}
	return jen.Id(name).Call(arg)
}

// realm says whose resources an item of a world refers to. The resources of an
// interface may be the guest's own or imported, and differ by the item where
// plain names import or export one interface more than once.
type realm struct {
	// exports is set for an item that the world exports: the resources of exported
	// interfaces are the guest's own.
	exports bool
	// imported and exported are resources that the item itself defines.
	imported map[wit.TypeID]*importedResource
	exported map[wit.TypeID]*exportedResource
}

// resourcesIn returns the glue of the resources that a package declares, as
// imports. scope is a fresh FileScope of the package, so the names are the same
// wherever they are asked for.
func resourcesIn(plan *gogen.Plan, pkg *gogen.Package, scope *gogen.Scope) map[wit.TypeID]*importedResource {
	found := map[wit.TypeID]*importedResource{}
	for _, id := range pkg.Types {
		if _, ok := plan.Resolve.Types[id].Kind.(*wit.Resource); ok {
			name := plan.TypeName(id)
			found[id] = &importedResource{
				id:    id,
				path:  pkg.ImportPath,
				lift:  scope.Declare(name + "FromHandle"),
				lower: scope.Declare(name + "Handle"),
			}
		}
	}
	for _, id := range pkg.Types {
		if r := found[id]; r != nil {
			r.handle = scope.Declare(plan.LowerCamel(plan.Resolve.Types[id].Name) + "Handle")
		}
	}
	return found
}

// resource returns what a resource is in a realm: one of the two is nil.
func (g *generator) resource(in *realm, id wit.TypeID) (*importedResource, *exportedResource) {
	id = g.plan.Resolve.Dealias(id).(wit.TypeID)
	if r, ok := in.exported[id]; ok {
		return nil, r
	}
	if r, ok := in.imported[id]; ok {
		return r, nil
	}
	if r, ok := g.exported[id]; ok && in.exports {
		return nil, r
	}
	pkg := g.plan.PackageOf(g.plan.Resolve.Types[id].Owner)
	if pkg == g.pkg {
		return g.imported[id], nil
	}
	return resourcesIn(g.plan, pkg, pkg.FileScope())[id], nil
}

// isImported reports whether a handle type's resource is an import in a realm.
func (g *generator) isImported(in *realm, t wit.Type) bool {
	imported, _ := g.resource(in, g.handleResource(t))
	return imported != nil
}

// handleResource returns the resource of an own<R> or borrow<R>.
func (g *generator) handleResource(t wit.Type) wit.TypeID {
	switch k := g.plan.Resolve.Kind(t).(type) {
	case *wit.Own:
		return k.Resource
	case *wit.Borrow:
		return k.Resource
	default:
		panic("guest: a handle of no resource")
	}
}

// importedType generates the glue of a resource that the guest imports.
func (i *importer) importedType(r *importedResource) {
	name := i.plan.TypeName(r.id)
	drop := i.scope.Declare("import" + i.prefix + name + "Drop")
	coreImport(i.file, drop, i.module, "[resource-drop]"+i.plan.Resolve.Types[r.id].Name, []jen.Code{jen.Uint32()}, nil)

	i.file.Type().Id(r.handle).Add(gogen.Struct(jen.Id("handle").Add(gogen.GuestHandle.Qual())))

	typ := i.plan.TypeRef(r.id)
	forWhom := "" // other packages do not see the glue of a plain-named import
	if i.receiver == "" {
		forWhom = " It is for generated code."
	}
	i.file.Commentf("%s returns the %s behind a handle.%s", r.lift, name, forWhom)
	i.file.Func().Id(r.lift).Params(jen.Id("handle").Uint32()).Add(typ.Clone()).Add(gogen.Braces(
		jen.Return(jen.Op("&").Id(r.handle).Values(gogen.GuestLiftHandle.Qual().Call(jen.Id("handle"))))))

	i.file.Commentf("%s returns the handle of an imported %s.%s", r.lower, name, forWhom)
	i.file.Func().Id(r.lower).Params(jen.Id("v").Add(typ)).Op("*").Add(gogen.GuestHandle.Qual()).Block(
		jen.List(jen.Id("h"), jen.Id("ok")).Op(":=").Id("v").Assert(jen.Op("*").Id(r.handle)),
		jen.If(jen.Op("!").Id("ok")).Block(gogen.GuestNoHandle.Qual().Call(jen.Lit(i.goName(r.id)))),
		jen.Return(jen.Op("&").Id("h").Dot("handle")))

	i.file.Line().Func().Params(jen.Id("h").Op("*").Id(r.handle)).Id("Close").Params().Block(
		jen.If(jen.List(jen.Id("handle"), jen.Id("ok")).Op(":=").Id("h").Dot("handle").Dot("Close").Call(), jen.Id("ok")).Block(
			jen.Id(drop).Call(jen.Id("handle"))))
}

// exportedResources declares the names of the glue of an interface's resources
// as exports. prefix is a WIT name that tells plain-named exports apart, or "".
func (g *generator) exportedResources(pkg *gogen.Package, prefix string) map[wit.TypeID]*exportedResource {
	found := map[wit.TypeID]*exportedResource{}
	for _, id := range pkg.Types {
		if _, ok := g.plan.Resolve.Types[id].Kind.(*wit.Resource); ok {
			name := g.plan.Camel(prefix) + g.plan.TypeName(id)
			found[id] = &exportedResource{
				id:      id,
				values:  g.scope.Declare(g.plan.LowerCamel(prefix+"-"+g.plan.Resolve.Types[id].Name) + "Values"),
				lift:    g.scope.Declare("lift" + name),
				lower:   g.scope.Declare("lower" + name),
				get:     g.scope.Declare("get" + name),
				destroy: g.scope.Declare("destroy" + name),
			}
		}
	}
	return found
}

// exportedType generates the glue of a resource that the guest exports in an
// interface of that name (CanonicalABI.md, "canon resource.new", "canon
// resource.rep", "canon resource.drop"). head spells a function up to its name.
func (e *exporter) exportedType(r *exportedResource, iface string, head func() *jen.Statement) {
	witName := e.plan.Resolve.Types[r.id].Name
	typ := e.plan.TypeRef(r.id)
	values := jen.Id(r.values)
	core := func(verb, coreName string, results ...jen.Code) string {
		goName := e.scope.Declare(verb + e.plan.TypeName(r.id))
		coreImport(e.file, goName, "[export]"+iface, coreName+witName, []jen.Code{jen.Uint32()}, results)
		return goName
	}
	newName := core("resourceNew", "[resource-new]", jen.Uint32())
	repName := core("resourceRep", "[resource-rep]", jen.Uint32())
	dropName := core("resourceDrop", "[resource-drop]")
	v, handle := jen.Id("v"), jen.Id("handle").Uint32()

	e.file.Add(head().Id(r.lower).Params(v.Clone().Add(typ.Clone())).Uint32().Block(
		jen.If(v.Clone().Op("==").Nil()).Block(gogen.GuestNoHandle.Qual().Call(jen.Lit(e.goName(r.id)))),
		jen.Return(jen.Id(newName).Call(values.Clone().Dot("Add").Call(v.Clone())))))

	e.file.Add(head().Id(r.lift).Params(handle.Clone()).Add(typ.Clone()).Block(
		v.Clone().Op(":=").Add(values.Clone()).Dot("Take").Call(jen.Id(repName).Call(jen.Id("handle"))),
		jen.Id(dropName).Call(jen.Id("handle")),
		jen.Return(v.Clone())))

	e.file.Add(head().Id(r.get).Params(jen.Id("rep").Uint32()).Add(typ.Clone()).Add(gogen.Braces(
		jen.Return(values.Clone().Dot("Get").Call(jen.Id("rep"))))))

	if r.of != nil {
		e.file.Add(head().Id(r.destroy).Params(jen.Id("rep").Uint32()).Add(gogen.Braces(
			values.Clone().Dot("Destroy").Call(jen.Id("rep")))))
	}
}
