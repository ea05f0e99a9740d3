// Package gowasm compiles a small part of Go to core WebAssembly: functions over
// integers and booleans that read and write a memory by instructions. It is for modules
// that witgen adds to components, such as the adapter of internal/preview1, whose source
// then is Go that gofmt, go vet and the Go compiler take.
//
// A package has one or more files without imports. It holds:
//
//   - constants; types whose underlying type is bool, int32, uint32, int64 or uint64;
//     variables of such types, which are globals and start at a constant
//   - functions with any number of results. One with the directive //go:wasmexport NAME
//     may be exported. One without a body has the directive //go:wasmimport MODULE NAME
//     and is an import, or, where MODULE is "instruction", the instruction NAME of core
//     WebAssembly, such as i32.load8_u, which asks for no alignment.
//   - the statements if, for, switch, break, continue, return, assignments, increments,
//     declarations, calls and blocks; panic, which traps; and range over an integer
//
// Shifts have a constant count that is smaller than the width. Division by zero traps.
// Everything else is refused by an error with the place in the source.
package gowasm

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/witgen/witgen/internal/wasm"
)

// Options are the options of Compile.
type Options struct {
	// Exports are the names of the functions to export, as directives have them.
	Exports []string
	// Constants are values for boolean constants of the package, which count in the place
	// of those in the source. A branch that a constant rules out is not compiled.
	Constants map[string]bool
}

// Compile compiles the files of a package, by their names, and returns a core module. The
// module holds the exported functions and what they call, and imports nothing else. It
// imports env.memory if one of its functions uses memory. Equal sources make equal
// modules.
func Compile(files map[string]string, opts Options) (module []byte, err error) {
	defer func() {
		if failed, ok := recover().(*Error); ok {
			err = failed
		}
	}()
	c := newCompiler(files, opts)
	return c.module(opts.Exports), nil
}

// Error is a part of the source that cannot be compiled.
type Error struct {
	Place   token.Position
	Message string
}

// Error returns the message with the place before it.
func (e *Error) Error() string {
	if !e.Place.IsValid() {
		return "gowasm: " + e.Message
	}
	return fmt.Sprintf("gowasm: %s: %s", e.Place, e.Message)
}

// compiler compiles a package.
type compiler struct {
	fset *token.FileSet
	info types.Info
	// decls, imports and exports are the functions with a body, those without one, and
	// those that may be exported.
	decls   map[*types.Func]*ast.FuncDecl
	imports map[*types.Func]imported
	exports map[string]*types.Func
	// order has all functions as they stand in the source.
	order []*types.Func
	// globals are the variables of the package in order, and values what they start at.
	globals []*types.Var
	values  map[*types.Var]constant.Value
	// used are the functions that are called, and todo those of them whose bodies were
	// not looked at.
	used map[*types.Func]bool
	todo []*types.Func
	// index has the functions' indices once all that are used are known.
	index  map[*types.Func]uint32
	memory bool
}

// imported is what a function without a body stands for.
type imported struct{ module, name string }

// instruction is the module of functions that stand for instructions.
const instruction = "instruction"

// fail ends the compilation.
func (c *compiler) fail(at token.Pos, format string, args ...any) {
	panic(&Error{c.fset.Position(at), fmt.Sprintf(format, args...)})
}

// newCompiler parses and checks a package.
func newCompiler(files map[string]string, opts Options) *compiler {
	c := &compiler{
		fset:    token.NewFileSet(),
		info:    types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}},
		decls:   map[*types.Func]*ast.FuncDecl{},
		imports: map[*types.Func]imported{},
		exports: map[string]*types.Func{},
		values:  map[*types.Var]constant.Value{},
		used:    map[*types.Func]bool{},
	}
	var parsed []*ast.File
	known := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := parser.ParseFile(c.fset, name, files[name], parser.ParseComments|parser.SkipObjectResolution)
		if list, ok := err.(scanner.ErrorList); ok {
			panic(&Error{list[0].Pos, list[0].Msg})
		}
		parsed = append(parsed, file)
		setConstants(file, opts.Constants, known)
	}
	for name := range opts.Constants {
		if !known[name] {
			c.fail(token.NoPos, "the package has no constant %s that is true or false", name)
		}
	}
	check := types.Config{Sizes: &types.StdSizes{WordSize: 4, MaxAlign: 8}, IgnoreFuncBodies: false}
	if _, err := check.Check("main", c.fset, parsed, &c.info); err != nil {
		if wrong, ok := err.(types.Error); ok {
			c.fail(wrong.Pos, "%s", wrong.Msg)
		}
		c.fail(token.NoPos, "%v", err)
	}
	for _, file := range parsed {
		c.declarations(file)
	}
	return c
}

// setConstants replaces the values of constants of a file, and notes which it has.
func setConstants(file *ast.File, values map[string]bool, known map[string]bool) {
	for _, d := range file.Decls {
		general, ok := d.(*ast.GenDecl)
		if !ok || general.Tok != token.CONST {
			continue
		}
		for _, spec := range general.Specs {
			spec := spec.(*ast.ValueSpec)
			for n, name := range spec.Names {
				value, ok := values[name.Name]
				if !ok || n >= len(spec.Values) {
					continue
				}
				if literal, ok := spec.Values[n].(*ast.Ident); ok && (literal.Name == "true" || literal.Name == "false") {
					literal.Name = fmt.Sprint(value)
					known[name.Name] = true
				}
			}
		}
	}
}

// declarations notes the functions and variables of a file.
func (c *compiler) declarations(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			c.function(d)
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				for _, spec := range d.Specs {
					c.variables(spec.(*ast.ValueSpec))
				}
			}
			if d.Tok == token.IMPORT {
				c.fail(d.Pos(), "imports of packages are not supported")
			}
		}
	}
}

// function notes a function and reads its directive.
func (c *compiler) function(d *ast.FuncDecl) {
	f, _ := c.info.Defs[d.Name].(*types.Func)
	switch {
	case f == nil:
		c.fail(d.Pos(), "the function %s cannot be called", d.Name.Name)
	case d.Recv != nil:
		c.fail(d.Pos(), "methods are not supported")
	case d.Type.TypeParams != nil:
		c.fail(d.Pos(), "type parameters are not supported")
	case f.Signature().Variadic():
		c.fail(d.Pos(), "variadic functions are not supported")
	}
	c.order = append(c.order, f)
	var words []string
	if d.Doc != nil {
		for _, line := range d.Doc.List {
			if strings.HasPrefix(line.Text, "//go:wasm") {
				words = strings.Fields(line.Text)
			}
		}
	}
	switch {
	case d.Body != nil:
		c.decls[f] = d
		if len(words) == 2 && words[0] == "//go:wasmexport" {
			c.exports[words[1]] = f
		}
	case len(words) == 3 && words[0] == "//go:wasmimport":
		c.imports[f] = imported{words[1], words[2]}
	default:
		c.fail(d.Pos(), "%s has neither a body nor a directive //go:wasmimport", d.Name.Name)
	}
}

// variables notes variables of the package.
func (c *compiler) variables(spec *ast.ValueSpec) {
	for n, name := range spec.Names {
		v, ok := c.info.Defs[name].(*types.Var)
		if !ok {
			continue // the blank one
		}
		c.globals = append(c.globals, v)
		if n < len(spec.Values) {
			value := c.info.Types[spec.Values[n]].Value
			if value == nil {
				c.fail(spec.Values[n].Pos(), "%s must start at a constant", name.Name)
			}
			c.values[v] = value
		}
	}
}

// module compiles the functions that exports need.
func (c *compiler) module(exports []string) []byte {
	for _, name := range exports {
		f := c.exports[name]
		if f == nil {
			c.fail(token.NoPos, "no function is exported as %q", name)
		}
		c.use(f)
	}
	// Once to find which functions are called, and once with their indices.
	for len(c.todo) > 0 {
		f := c.todo[len(c.todo)-1]
		c.todo = c.todo[:len(c.todo)-1]
		c.body(f)
	}
	var m wasm.Module
	var defined []*types.Func
	c.index = map[*types.Func]uint32{}
	for _, f := range c.order {
		switch from, isImport := c.imports[f]; {
		case !c.used[f]:
		case isImport:
			c.index[f] = m.Import(wasm.Import{Module: from.module, Name: from.name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: m.Type(c.signature(f))}})
		default:
			defined = append(defined, f)
		}
	}
	names := make([]string, len(defined))
	for n, f := range defined {
		c.index[f] = m.Imported(wasm.FuncKind) + uint32(n)
		names[n] = f.Name()
	}
	for _, f := range defined {
		m.RawFunc(m.Type(c.signature(f)), c.body(f))
	}
	if c.memory {
		m.Import(wasm.Import{Module: "env", Name: "memory", Type: wasm.Extern{Kind: wasm.MemoryKind}}) // of 0 pages or more
	}
	for _, v := range c.globals {
		typ := c.typeOf(v.Type(), v.Pos())
		init := constant.MakeInt64(0)
		if value := c.values[v]; value != nil {
			init = value
		}
		m.Global(wasm.Global{Type: typ.val, Mutable: true}, constantCode(init, typ))
	}
	for _, name := range exports {
		m.Export(name, wasm.FuncKind, c.index[c.exports[name]])
	}
	m.AddFunctionNames(m.Imported(wasm.FuncKind), names...) // for the stack of a trap
	return m.Bytes()
}

// use notes that a function is called, and returns its index.
func (c *compiler) use(f *types.Func) uint32 {
	if !c.used[f] {
		c.used[f] = true
		if _, ok := c.decls[f]; ok {
			c.todo = append(c.todo, f)
		}
	}
	return c.index[f]
}

// signature returns the core type of a function.
func (c *compiler) signature(f *types.Func) wasm.SubType {
	list := func(t *types.Tuple) []wasm.ValType {
		all := make([]wasm.ValType, t.Len())
		for n := range all {
			all[n] = c.typeOf(t.At(n).Type(), f.Pos()).val
		}
		return all
	}
	return wasm.FuncType(list(f.Signature().Params()), list(f.Signature().Results()))
}

// valueType is a Go type as code sees it.
type valueType struct {
	val    wasm.ValType
	wide   bool // 64 bits
	signed bool
}

// typeOf returns a type that values may have.
func (c *compiler) typeOf(t types.Type, at token.Pos) valueType {
	if basic, ok := t.Underlying().(*types.Basic); ok {
		switch basic.Kind() {
		case types.Bool, types.UntypedBool, types.Uint32:
			return valueType{val: wasm.I32}
		case types.Int32:
			return valueType{val: wasm.I32, signed: true}
		case types.Uint64:
			return valueType{val: wasm.I64, wide: true}
		case types.Int64:
			return valueType{val: wasm.I64, wide: true, signed: true}
		}
	}
	c.fail(at, "the type %s is not supported: values are bool, int32, uint32, int64 or uint64", t)
	return valueType{}
}

// constantCode returns the instruction for a constant that fits its type.
func constantCode(v constant.Value, t valueType) wasm.Code {
	var n int64
	switch v.Kind() {
	case constant.Bool:
		if constant.BoolVal(v) {
			n = 1
		}
	default:
		v = constant.ToInt(v)
		var exact bool
		if n, exact = constant.Int64Val(v); !exact {
			u, _ := constant.Uint64Val(v)
			n = int64(u)
		}
	}
	if t.wide {
		return wasm.I64Const(n)
	}
	return wasm.I32Const(int32(n))
}
