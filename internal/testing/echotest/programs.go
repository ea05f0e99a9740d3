package echotest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	run "github.com/witgen/witgen/internal/testing/echotest/drive"
	"github.com/witgen/witgen/wit"
)

// importName is the name of the exported function that an imported one is the
// partner of.
func (e *echo) importName(f *wit.Function) string {
	if f.Kind == wit.Constructor {
		return "make-" + e.plan.Resolve.Types[f.Resource].Name
	}
	return f.Base()
}

// exports calls do with each interface that the world exports functions of, in the
// order of the generated Export, the world's own functions last.
func (e *echo) exports(do func(export int, item *wit.WorldItem, pkg *gogen.Package, functions []*wit.Function)) {
	w := e.plan.Resolve.Worlds[e.plan.World]
	for i, item := range w.Exports {
		if id, ok := item.Item.(wit.InterfaceID); ok {
			pkg := e.plan.InterfacePackage(id)
			do(i, item, pkg, pkg.Functions)
		}
	}
	do(-1, nil, e.plan.WorldPackage(), e.plan.WorldPackage().Exports)
}

// guest returns the main package of the guest: each export passes what it is given
// to its partner.
func (e *echo) guest() *jen.File {
	file := jen.NewFile("main")
	partners := e.partners()
	var impls []jen.Code
	e.exports(func(export int, _ *wit.WorldItem, pkg *gogen.Package, functions []*wit.Function) {
		if len(functions) == 0 {
			return
		}
		name := "impl" + strconv.Itoa(len(impls))
		impls = append(impls, jen.Id(name).Values())
		file.Type().Id(name).Struct()
		if export >= 0 { // what the world declares is imported
			e.guestResources(file, name, pkg)
		}
		for _, f := range functions {
			if f.Kind != wit.Freestanding && f.Kind != wit.Static {
				continue
			}
			params, args := e.params(f, 0)
			results := e.plan.ResultTypes(f, false)
			var call *jen.Statement
			if isLocal(f) {
				call = jen.List(e.returned(f, args)...)
			} else {
				call = partners[f.Name](args)
			}
			if len(results) > 0 {
				call = jen.Return(call)
			}
			file.Func().Params(jen.Id(name)).Id(e.plan.FuncName(f)).Params(params...).Params(results...).Block(call)
		}
	})
	file.Func().Id("init").Params().Block(jen.Qual(e.plan.WorldPackage().ImportPath, "Export").Call(impls...))
	file.Func().Id("main").Params().Block()
	return file
}

// isLocal reports whether a function returns its parameters and has no partner.
func isLocal(f *wit.Function) bool { return strings.HasPrefix(f.Base(), "local") }

// returned are the arguments that a local function returns. Those of a method are
// without self.
func (e *echo) returned(f *wit.Function, args []jen.Code) []jen.Code {
	var list []jen.Code
	for i, p := range f.Params[len(f.Params)-len(args):] {
		if !run.HoldsBorrow(e.plan.Resolve, p.Type) {
			list = append(list, args[i])
		}
	}
	return list
}

// guestResources declares the guest's implementation of the resources that pkg
// exports.
func (e *echo) guestResources(file *jen.File, impl string, pkg *gogen.Package) {
	for _, f := range pkg.Functions {
		if f.Kind != wit.Constructor {
			continue
		}
		name := impl + e.plan.TypeName(f.Resource)
		file.Type().Id(name).Struct(jen.Id("id").Uint32())
		file.Func().Params(jen.Id(impl)).Id(e.plan.FuncName(f)).Params(jen.Id("id").Uint32()).Add(e.plan.TypeRef(f.Resource)).
			Block(jen.Return(jen.Op("&").Id(name).Values(jen.Id("id"))))
		file.Func().Params(jen.Id("g").Op("*").Id(name)).Id("ID").Params().Uint32().Block(jen.Return(jen.Id("g").Dot("id")))
		file.Func().Params(jen.Op("*").Id(name)).Id("Close").Params().Block()
		for _, m := range pkg.Functions {
			if m.Kind == wit.Method && m.Resource == f.Resource && isLocal(m) {
				params, args := e.params(m, 1)
				file.Func().Params(jen.Op("*").Id(name)).Id(e.plan.FuncName(m)).Params(params...).
					Params(e.plan.ResultTypes(m, false)...).Block(jen.Return(e.returned(m, args)...))
			}
		}
	}
}

// partners returns how the guest calls each import, by the name of its export.
func (e *echo) partners() map[string]func(args []jen.Code) *jen.Statement {
	partners := map[string]func(args []jen.Code) *jen.Statement{}
	w := e.plan.Resolve.Worlds[e.plan.World]
	add := func(pkg *gogen.Package, from *jen.Statement) {
		for _, f := range pkg.Functions {
			name := e.plan.FuncName(f)
			partners[e.importName(f)] = func(args []jen.Code) *jen.Statement {
				if f.Kind == wit.Method {
					return jen.Add(args[0]).Dot(name).Call(args[1:]...)
				}
				if from != nil {
					return jen.Add(from).Dot(name).Call(args...)
				}
				return jen.Qual(pkg.ImportPath, name).Call(args...)
			}
		}
	}
	for _, item := range w.Imports {
		if id, ok := item.Item.(wit.InterfaceID); ok {
			var from *jen.Statement
			if item.Name != "" && e.plan.Resolve.Interfaces[id].Name != "" {
				from = jen.Qual(e.plan.WorldPackage().ImportPath, e.plan.ItemName(item))
			}
			add(e.plan.InterfacePackage(id), from)
		}
	}
	add(e.plan.WorldPackage(), nil)
	return partners
}

// params spells parameters p0, p1 and so on, from a function's given parameter.
func (e *echo) params(f *wit.Function, from int) (params, args []jen.Code) {
	for i, p := range f.Params[from:] {
		name := "p" + strconv.Itoa(i)
		params = append(params, jen.Id(name).Add(e.plan.GoType(p.Type)))
		args = append(args, jen.Id(name))
	}
	return params, args
}

// host returns the package that tells package drive of the world.
func (e *echo) host() *jen.File {
	file := jen.NewFilePathName(made+"/"+e.name, e.name)
	resources := e.hostResources(file)
	imports := e.hostImports(file)
	world := e.plan.WorldPackage().ImportPath
	start := jen.Func().Params(
		jen.Id("ctx").Qual("context", "Context"), jen.Id("wasm").Index().Byte(), jen.Id("x").Op("*").Qual(drive, "Exchange"),
		jen.Id("before").Qual(drive, "Instance"),
	).Params(jen.Qual(drive, "Instance"), jen.Error()).Block(
		jen.List(jen.Id("plugin"), jen.Err()).Op(":=").Qual(world, "Compile").Call(jen.Id("ctx"), jen.Id("wasm"), jen.Qual(drive, "Options").Call().Op("...")),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Id("imports").Op(":=").Qual(world, "Imports").Values(imports...),
		jen.If(jen.List(jen.Id("before"), jen.Id("ok")).Op(":=").Id("before").Assert(jen.Op("*").Qual(world, "Instance")), jen.Id("ok")).Block(e.chained()...),
		jen.Return(jen.Id("plugin").Dot("Instantiate").Call(jen.Id("ctx"), jen.Id("imports"))),
	)
	file.Comment("World returns the world.")
	file.Func().Id("World").Params().Op("*").Qual(drive, "World").Block(jen.Return(jen.Op("&").Qual(drive, "World").Values(lines(
		jen.Id("Name").Op(":").Lit(e.name),
		jen.Id("Cases").Op(":").Map(reflectType()).Index().Add(reflectType()).Values(lines(e.cases()...)...),
		jen.Id("Resources").Op(":").Map(reflectType()).Func().Params(jen.Op("*").Qual(drive, "Object")).Any().Values(lines(resources...)...),
		jen.Id("Guests").Op(":").Map(jen.Qual(drive, "Defined")).Func().Params(jen.Qual("context", "Context"), jen.Qual(drive, "Instance"), jen.Uint32()).
			Params(jen.Qual(drive, "Guests"), jen.Error()).Values(lines(e.guestsResources()...)...),
		jen.Id("Functions").Op(":").Index().Qual(drive, "Function").Values(lines(e.functions()...)...),
		jen.Id("Start").Op(":").Add(start),
	)...)))
	return file
}

// chained spells how what is imported and exported is imported from the exports of
// the instance before.
func (e *echo) chained() []jen.Code {
	list := []jen.Code{jen.Id("_").Op("=").Id("before")}
	w := e.plan.Resolve.Worlds[e.plan.World]
	for _, in := range w.Imports {
		for _, out := range w.Exports {
			id, ok := in.KeyInterface()
			if other, too := out.KeyInterface(); !ok || !too || id != other || !e.implemented(e.plan.InterfacePackage(id)) {
				continue
			}
			list = append(list, jen.Id("imports").Dot(e.plan.ItemName(in)).Op("=").Id("before").Dot(e.plan.ItemName(out)).Call())
		}
	}
	return list
}

// implemented reports whether a host implements the interface of a package.
func (e *echo) implemented(pkg *gogen.Package) bool {
	return slices.ContainsFunc(pkg.Functions, func(f *wit.Function) bool { return f.Kind != wit.Method })
}

func reflectType() *jen.Statement { return jen.Qual("reflect", "Type") }

func typeFor(t jen.Code) *jen.Statement {
	return jen.Qual("reflect", "TypeFor").Types(t).Call()
}

// lines puts each element of a literal on a line.
func lines(elements ...jen.Code) []jen.Code {
	var list []jen.Code
	for _, element := range elements {
		list = append(list, jen.Line().Add(element))
	}
	return append(list, jen.Line())
}

// cases spells the types of each variant's cases.
func (e *echo) cases() []jen.Code {
	var list []jen.Code
	for _, pkg := range e.plan.Packages {
		for _, id := range pkg.Types {
			v, ok := e.plan.Resolve.Types[id].Kind.(*wit.Variant)
			if !ok {
				continue
			}
			var types []jen.Code
			for i := range v.Cases {
				types = append(types, typeFor(e.plan.CaseRef(id, i)))
			}
			list = append(list, typeFor(e.plan.TypeRef(id)).Op(":").Values(types...))
		}
	}
	return list
}

// hostResources declares a type that implements each resource, and spells how
// values of them are made.
func (e *echo) hostResources(file *jen.File) []jen.Code {
	var list []jen.Code
	for _, pkg := range e.plan.Packages {
		for _, id := range pkg.Types {
			if _, ok := e.plan.Resolve.Types[id].Kind.(*wit.Resource); !ok {
				continue
			}
			name := "resource" + strconv.Itoa(len(list))
			file.Type().Id(name).Struct(jen.Op("*").Qual(drive, "Object"))
			for _, f := range pkg.Functions {
				if f.Kind == wit.Method && f.Resource == id {
					e.hostFunction(file, name, f)
				}
			}
			make := jen.Func().Params(jen.Id("o").Op("*").Qual(drive, "Object")).Any().Block(jen.Return(jen.Id(name).Values(jen.Id("o"))))
			list = append(list, typeFor(e.plan.TypeRef(id)).Op(":").Add(make))
		}
	}
	return list
}

// guestsResources spells how the guest is made to make values of its resources.
func (e *echo) guestsResources() []jen.Code {
	var list []jen.Code
	for _, item := range e.plan.Resolve.Worlds[e.plan.World].Exports {
		id, ok := item.Item.(wit.InterfaceID)
		if !ok {
			continue
		}
		for _, f := range e.plan.InterfacePackage(id).Functions {
			if f.Kind != wit.Constructor {
				continue
			}
			name := ""
			if item.Name != "" {
				name = e.plan.ItemName(item)
			}
			list = append(list, jen.Values(jen.Lit(name), typeFor(e.plan.TypeRef(f.Resource))).Op(":").Func().
				Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("inst").Qual(drive, "Instance"), jen.Id("id").Uint32()).
				Params(jen.Qual(drive, "Guests"), jen.Error()).
				Block(jen.Return(jen.Id("inst").Assert(jen.Op("*").Qual(e.plan.WorldPackage().ImportPath, "Instance")).
					Dot(e.plan.ItemName(item)).Call().Dot(e.plan.FuncName(f)).Call(jen.Id("ctx"), jen.Id("id")))))
		}
	}
	return list
}

// hostImports declares what implements the imports, and spells the fields of
// Imports.
func (e *echo) hostImports(file *jen.File) []jen.Code {
	var fields []jen.Code
	add := func(field string, pkg *gogen.Package) {
		own := slices.DeleteFunc(slices.Clone(pkg.Functions), func(f *wit.Function) bool { return f.Kind == wit.Method })
		if len(own) == 0 {
			return
		}
		name := "imports" + strconv.Itoa(len(fields))
		file.Type().Id(name).Struct(jen.Op("*").Qual(drive, "Exchange"))
		for _, f := range own {
			e.hostFunction(file, name, f)
		}
		fields = append(fields, jen.Id(field).Op(":").Id(name).Values(jen.Id("x")))
	}
	for _, item := range e.plan.Resolve.Worlds[e.plan.World].Imports {
		if id, ok := item.Item.(wit.InterfaceID); ok {
			add(e.plan.ItemName(item), e.plan.InterfacePackage(id))
		}
	}
	add("World", e.plan.WorldPackage())
	return fields
}

// hostFunction declares a method that implements an imported function.
func (e *echo) hostFunction(file *jen.File, receiver string, f *wit.Function) {
	from, args := 0, []jen.Code{}
	if f.Kind == wit.Method {
		from, args = 1, append(args, jen.Id("on"))
	}
	params, names := e.params(f, from)
	params = append([]jen.Code{jen.Id("_").Qual("context", "Context")}, params...)
	call := []jen.Code{jen.Lit(e.importName(f)), jen.Index().Any().Values(append(args, names...)...)}
	var results []jen.Code
	types := e.plan.ResultTypes(f, true)
	for i, t := range types[:len(types)-1] {
		name := "r" + strconv.Itoa(i)
		results = append(results, jen.Id(name).Add(t))
		call = append(call, jen.Op("&").Id(name))
	}
	results = append(results, jen.Err().Error())
	file.Func().Params(jen.Id("on").Id(receiver)).Id(e.plan.FuncName(f)).Params(params...).Params(results...).Block(
		jen.Err().Op("=").Id("on").Dot("Import").Call(call...),
		jen.Return(),
	)
}

// functions spells the functions that the world exports.
func (e *echo) functions() []jen.Code {
	var list []jen.Code
	add := func(export, index int, item string, f *wit.Function) {
		fields := []jen.Code{
			jen.Id("Name").Op(":").Lit(f.Name), jen.Id("Export").Op(":").Lit(export), jen.Id("Index").Op(":").Lit(index),
			jen.Id("Item").Op(":").Lit(item), jen.Id("Method").Op(":").Lit(e.plan.FuncName(f)),
		}
		if isLocal(f) {
			fields = append(fields, jen.Id("Local").Op(":").True())
			if f.Kind == wit.Method {
				fields = append(fields, jen.Id("On").Op(":").Add(typeFor(e.plan.TypeRef(f.Resource))))
			}
		}
		if r := e.plan.Results(f).Result; r != nil {
			fields = append(fields, jen.Id("Failure").Op(":").Qual(drive, "FailureOf").Types(e.plan.GoType(r.Err)).Call())
		}
		list = append(list, jen.Values(fields...))
	}
	for i, item := range e.plan.Resolve.Worlds[e.plan.World].Exports {
		switch what := item.Item.(type) {
		case *wit.Function:
			add(i, -1, "", what)
		case wit.InterfaceID:
			for k, f := range e.plan.InterfacePackage(what).Functions {
				if f.Kind == wit.Freestanding || isLocal(f) {
					add(i, k, e.plan.ItemName(item), f)
				}
			}
		default:
			panic(fmt.Sprintf("echotest: unhandled export %T", what))
		}
	}
	return list
}
