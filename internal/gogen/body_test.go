package gogen

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sketch is a side that spells every operation as a call of a method of mem or
// of a function, named after the operation.
type sketch struct{}

func (sketch) call(name string, op *abi.Op, args ...jen.Code) *jen.Statement {
	if op.Offset != 0 {
		args[0] = jen.Add(args[0]).Op("+").Lit(int(op.Offset))
	}
	return jen.Id("mem").Dot(speller(nil).camel(name)).Call(args...)
}

func (s sketch) Op(b *Body, op *abi.Op) {
	weight := Effect
	if !hasEffects(op) {
		weight = Read
	}
	name := op.Code.String()
	switch op.Code {
	case abi.CallValue:
		names, _ := b.BindCall(op, true)
		b.Emit(jen.List(names...).Op(":=").Id("impl").Dot("Call").Call(b.Args(op.Args)...))
	case abi.ReturnValue:
		values, err := b.Returned(op)
		if err == nil {
			err = jen.Nil()
		}
		b.Emit(jen.Return(append(values, err)...))
	case abi.ReturnCore:
		b.Emit(jen.Return(b.Args(op.Args)...))
	case abi.LowerList:
		list := b.PlainArg(op.Args[0])
		ptr, n := b.Define(op.Results[0]), b.Define(op.Results[1])
		b.Emit(jen.List(ptr, n).Op(":=").Id("mem").Dot("Alloc").Call(jen.Len(list)))
		inner := b.Scope.Inner()
		i, item := inner.Declare("i"), inner.Declare("item")
		at := jen.Id(ptr.GoString()).Op("+").Id(i)
		stmts, _ := b.Loop(inner, &op.Blocks[0], at, jen.Id(item))
		b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(list)).Block(stmts...))
	case abi.LiftList:
		ptr, n := b.PlainArg(op.Args[0]), b.PlainArg(op.Args[1])
		list := b.Define(op.Results[0])
		b.Emit(list.Clone().Op(":=").Make(b.Plan.GoType(op.Type), n))
		inner := b.Scope.Inner()
		i := inner.Declare("i")
		stmts, results := b.Loop(inner, &op.Blocks[0], ptr.Op("+").Id(i))
		stmts = append(stmts, list.Clone().Index(jen.Id(i)).Op("=").Add(results[0]))
		b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(list.Clone())).Block(stmts...))
	default:
		call := s.call(name, op, b.Args(op.Args)...)
		switch len(op.Results) {
		case 0:
			b.Emit(call)
		case 1:
			b.Set(op.Results[0], weight, call)
		default:
			var names []jen.Code
			for _, v := range op.Results {
				names = append(names, b.Define(v))
			}
			b.Emit(jen.List(names...).Op(":=").Add(call))
		}
	}
}

func (sketch) BadDiscriminant(b *Body, op *abi.Op, disc jen.Code) []jen.Code {
	return []jen.Code{jen.Id("mem").Dot("BadDiscriminant").Call(disc)}
}

func (sketch) Case(b *Body, op *abi.Op) *jen.Statement {
	return jen.Id("mem").Dot("Case").Call(b.Arg(op.Args[0]))
}

func (s sketch) StoreCase(b *Body, _, store *abi.Op, yes *jen.Statement) *jen.Statement {
	return s.call("store-case", store, b.Arg(store.Args[0]), yes)
}

func (s sketch) Load(b *Body, op *abi.Op, area abi.Value, offset uint32) {
	b.Set(op.Results[0], Read, s.call("load-"+op.Code.String(), &abi.Op{Offset: offset}, b.Arg(area)))
}

func (s sketch) Store(b *Body, op *abi.Op, area abi.Value, offset uint32) {
	b.Emit(s.call("store-"+op.Code.String(), &abi.Op{Offset: offset}, b.Arg(area), b.Arg(op.Args[0])))
}

func (sketch) BadVariant(b *Body, op *abi.Op) []jen.Code {
	return []jen.Code{jen.Id("mem").Dot("BadVariant").Call()}
}

func (sketch) ErrorValue(b *Body, t wit.Type, err *jen.Statement, v abi.Value) {
	if v != NoValue {
		b.Set(v, Pure, jen.Id("mem").Dot("ErrorValue").Call(err))
	}
}

// The driver turns Programs into Go that a person could have written. Each
// archive of testdata/body holds WIT and what becomes of its functions.
func TestBody(t *testing.T) {
	paths, err := filepath.Glob("testdata/body/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(want)
			archive.Files = archive.Files[:1]
			input := archive.Files[0]
			result, err := resolve.Source(input.Name, string(input.Data), resolve.Options{})
			if err != nil {
				t.Fatal(err)
			}
			world := result.Resolve.Packages[result.Main].Worlds[0]
			plan, diags := NewPlan(result.Resolve, world, Options{ImportPath: "example.com"})
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			for _, pkg := range plan.Packages {
				if len(pkg.Functions) > 0 {
					archive.Files = append(archive.Files, txtar.File{Name: pkg.File("body"), Data: bodies(plan, pkg)})
				}
			}
			got := txtar.Format(archive)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("run the test with -update and read the difference (-golden +generated):\n%s", diff)
			}
		})
	}
}

// bodies returns a file of the functions and types of a package, spelled by
// sketch.
func bodies(plan *Plan, pkg *Package) []byte {
	layout := abi.New(plan.Resolve)
	f := plan.NewFile(pkg, "")
	scope := pkg.FileScope().Reserve("mem", "impl")
	add := func(program *abi.Program) {
		inner := scope.Inner()
		b := NewBody(plan, pkg, program, sketch{}, inner)
		var params []jen.Code
		for _, v := range program.Params {
			name := b.DefineAs(v, b.hint(v))
			if info := program.Values[v]; info.Type != nil {
				params = append(params, name.Add(plan.GoType(info.Type)))
			} else {
				params = append(params, name.Add(GoCore(info.Core)))
			}
		}
		name := speller(nil).camel(fmt.Sprint(program.Kind, "-", strings.NewReplacer("[", "", "]", "-", ".", "-").Replace(program.Name)))
		f.Func().Id(name).Params(params...).Block(b.Run()...)
	}
	named := map[wit.TypeID]bool{}
	for _, function := range pkg.Functions {
		for _, kind := range []abi.Kind{abi.CallExport, abi.HandleImport} {
			program := layout.Program(kind, function)
			add(program)
			for _, id := range layout.NamedIn(program) {
				if !named[id] {
					named[id] = true
					for _, kind := range layout.TypeKinds(id) {
						add(layout.TypeProgram(kind, id))
					}
				}
			}
		}
	}
	var b bytes.Buffer
	if err := f.Render(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}
