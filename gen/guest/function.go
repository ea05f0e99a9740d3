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
	core := i.scope.Declare("import" + i.prefix + funcName(i.plan, f))
	sig := i.abi.Lower(f)
	coreImport(i.file, core, i.module, f.Name, coreTypes(sig.Params), coreTypes(sig.Results))

	scope := i.scope.Inner()
	scope.Declare("call")
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
		body.SetName(v, name)
	}
	if s.needsArena() {
		body.Emit(jen.Id("call").Op(":=").Add(gogen.GuestCall.Qual()).Call())
	}
	stmts := body.Run()

	decl := jen.Line().Func()
	switch {
	case receiver == "" && i.receiver == "":
		decl = i.doc(f).Func()
	case receiver != "":
		decl.Params(jen.Id(receiver).Op("*").Id(i.resources[i.plan.Resolve.Dealias(f.Resource).(wit.TypeID)].handle))
	case i.receiver != "":
		decl.Params(jen.Id(i.receiver))
	}
	i.file.Add(decl.Id(i.plan.FuncName(f)).
		Params(i.params(params, f)...).
		Params(i.plan.ResultTypes(f, false)...).
		Add(gogen.Braces(stmts...)))
}

// exporter generates what serves the core functions of one export: an interface, or the
// world's own functions.
type exporter struct {
	*generator
	realm *realm
	// impl spells the Go value that implements the functions.
	impl *jen.Statement
}

// function generates the Go function that serves the core function of f. head spells
// it up to its name.
func (e *exporter) function(f *wit.Function, head *jen.Statement) {
	scope := e.scope.Inner()
	program := e.abi.Program(abi.HandleExport, f)
	s := &side{g: e.generator, f: f, program: program, realm: e.realm, impl: e.impl, arena: gogen.GuestResults.Qual()}
	body := gogen.NewBody(e.plan, e.pkg, program, s, scope)
	if s.liftsBorrows(program.Body) {
		s.borrows = true
		body.Emit(jen.Id(scope.Declare("borrows")).Op(":=").New(gogen.GuestBorrows.Qual()))
	}
	params := make([]param, len(program.Params))
	for i, v := range program.Params {
		params[i] = param{s.coreParam(body, v), program.Values[v].Core}
	}
	stmts := body.Run()
	e.file.Add(head.Params(grouped(params)...).Params(coreTypes(e.abi.Lift(f).Results)...).Add(gogen.Braces(stmts...)))
}

// frees reports whether the core function of f has a post-return: where its result
// refers to memory.
func (g *generator) frees(f *wit.Function) bool {
	s := &side{g: g}
	return s.lowersToMemory(g.abi.Program(abi.HandleExport, f).Body)
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
