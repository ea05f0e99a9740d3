package guest

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// importer generates functions that a guest imports from one core module.
type importer struct {
	*generator
	module string
	realm  *realm
	// resources are those that the module defines, by the resource.
	resources map[wit.TypeID]*importedResource
	// receiver is the Go type whose methods the functions are, where they are
	// those of a plain-named import; else the functions are functions of the
	// package. prefix tells its other names apart.
	receiver string
	prefix   string
}

// generate generates the resources among types, and functions.
func (i *importer) generate(types []wit.TypeID, functions []*wit.Function) {
	for _, id := range types {
		if r := i.resources[id]; r != nil {
			i.importedType(r)
			for _, f := range functions {
				if f.Kind == wit.Method && f.Resource == id {
					i.function(f)
				}
			}
		}
	}
	for _, f := range functions {
		if f.Kind != wit.Method {
			i.function(f)
		}
	}
}

// function generates the core import of f, and the Go function that calls it.
func (i *importer) function(f *wit.Function) {
	core := i.scope.Declare("import" + i.prefix + i.funcName(f))
	sig := i.abi.Lower(f)
	coreImport(i.file, core, i.module, f.Name, coreTypes(sig.Params), coreTypes(sig.Results))

	scope := i.scope.Inner().Reserve("call")
	receiver := ""
	if f.Kind == wit.Method {
		receiver = scope.Declare("h")
	}
	params := i.plan.Params(scope, f)
	program := i.abi.Program(abi.CallImport, f)
	s := &side{g: i.generator, f: f, program: program, realm: i.realm, core: core, arena: jen.Id("call")}
	body := gogen.NewBody(i.plan, i.pkg, program, s, scope)
	for n, v := range program.Params {
		name := params[n].Name
		if n == 0 && receiver != "" {
			name = receiver
		}
		body.Set(v, gogen.Plain, jen.Id(name))
	}
	if s.needsArena() {
		body.Emit(jen.Id("call").Op(":=").Add(gogen.GuestCall.Qual()).Call())
	}
	stmts := body.Run()

	decl := i.doc(f).Func()
	switch {
	case receiver != "":
		decl.Params(jen.Id(receiver).Op("*").Id(i.resources[i.plan.Resolve.Dealias(f.Resource).(wit.TypeID)].handle))
	case i.receiver != "":
		decl.Params(jen.Id(i.receiver))
	}
	i.file.Add(decl.Id(i.plan.FuncName(f)).
		Params(i.params(params, f)...).
		Params(i.plan.ResultTypes(f, false)...).
		Block(stmts...))
}

// exporter generates the core functions of one export of a world.
type exporter struct {
	*generator
	// name is what components call the interface, and "" for functions of the
	// world itself.
	name   string
	realm  *realm
	prefix string
	// variable holds the Go value that implements the functions.
	variable string
}

// function generates the core export of f, and the post-return where its result
// refers to memory.
func (e *exporter) function(f *wit.Function) {
	scope := e.scope.Inner().Reserve("borrows")
	program := e.abi.Program(abi.HandleExport, f)
	s := &side{g: e.generator, f: f, program: program, realm: e.realm, impl: jen.Id(e.variable), arena: gogen.GuestResults.Qual()}
	body := gogen.NewBody(e.plan, e.pkg, program, s, scope)
	sig := e.abi.Lift(f)
	params := make([]param, len(program.Params))
	for i, v := range program.Params {
		params[i] = param{s.coreParam(body, v), program.Values[v].Core}
	}
	if s.liftsBorrows(program.Body) {
		s.borrows = true
		body.Emit(jen.Id("borrows").Op(":=").New(gogen.GuestBorrows.Qual()))
	}
	stmts := body.Run()
	goName := e.prefix + e.funcName(f)
	hint := "export" + goName
	if e.prefix != "" { // a guest keeps the names of its functions, so they are short
		hint = gogen.LowerFirst(goName)
	}
	name := e.scope.Declare(hint)
	e.coreExport(f.Name)
	e.file.Func().Id(name).Params(grouped(params)...).Params(coreTypes(sig.Results)...).Block(stmts...)

	if s.lowersToMemory(program.Body) {
		name := e.scope.Declare("free" + goName)
		e.file.Comment("//go:wasmexport cabi_post_" + e.coreName(f.Name))
		e.file.Func().Id(name).Params(jen.Uint32()).Block(gogen.GuestFreeResults.Qual().Call())
	}
}

// coreParam declares the parameter for a core value. That of a resource is called
// after what it is, a handle or the representation of the guest's own value, so
// that the resource has the name of the WIT parameter.
func (s *side) coreParam(b *gogen.Body, v abi.Value) *jen.Statement {
	for i := range s.program.Body {
		op := &s.program.Body[i]
		if (op.Code != abi.LiftOwn && op.Code != abi.LiftBorrow) || op.Args[0] != v {
			continue
		}
		what := "-handle"
		if op.Code == abi.LiftBorrow && !s.g.isImported(s.realm, op.Type) {
			what = "-rep"
		}
		name := jen.Id(b.Local(b.Program.Values[v].Hint + what))
		b.Set(v, gogen.Plain, name)
		return name.Clone()
	}
	return b.Define(v)
}

// coreName returns the name of a core export of the interface or world.
func (e *exporter) coreName(name string) string {
	if e.name == "" {
		return name
	}
	return e.name + "#" + name
}

// coreExport generates the directive of a core export, whose function follows.
func (e *exporter) coreExport(name string) {
	e.file.Comment("//go:wasmexport " + e.coreName(name))
}

// coreImport declares a core import.
func coreImport(file *jen.File, goName, module, name string, params, results []jen.Code) {
	file.Comment("//go:wasmimport " + module + " " + name)
	file.Func().Id(goName).Params(params...).Params(results...)
}

func coreTypes(cores []abi.Core) []jen.Code {
	types := make([]jen.Code, len(cores))
	for i, c := range cores {
		types[i] = gogen.GoCore(c)
	}
	return types
}

// param is a parameter of a core function.
type param struct {
	name *jen.Statement
	core abi.Core
}

// grouped spells parameters with the type once for neighbours that share it.
func grouped(params []param) []jen.Code {
	var list []jen.Code
	for i := 0; i < len(params); {
		var names []jen.Code
		core := params[i].core
		for ; i < len(params) && params[i].core == core; i++ {
			names = append(names, params[i].name)
		}
		list = append(list, jen.List(names...).Add(gogen.GoCore(core)))
	}
	return list
}
