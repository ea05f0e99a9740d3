package link_test

import (
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// shimmed is a component whose main module calls its child through a shim, whose
// table a third module fills. edit changes the parts before they are put together.
type shimmed struct {
	shim, filler, main wasmtest.Module
	// second makes another module import the table.
	second bool
	// late makes the function meant one of a module behind the main one.
	late bool
}

func (s *shimmed) bytes(edit func(s *shimmed)) []byte {
	sig := s.shim.Type("-> i32")
	s.shim.Export("$imports", wasmtest.KindTable, s.shim.Table(1, 1))
	s.shim.ExportFunc("0", "-> i32", "", wasmtest.I32(0), wasmtest.CallIndirect(sig))
	next := s.main.Import("env", "next", "-> i32")
	real := s.filler.Import("", "0", "-> i32")
	initialize := s.filler.Import("main", "_initialize", "->")
	s.filler.ImportItem("", "$imports", wasmtest.KindTable, append([]byte{0x70}, wasmtest.Limits(1, 1)...))
	s.filler.Start(initialize)
	edit(s)
	s.filler.Elements(0, real)
	g := s.main.Global("i32", wasmtest.I32(0))
	s.main.ExportFunc("_initialize", "->", "", wasmtest.Call(next), wasmtest.GlobalSet(g))
	s.main.ExportFunc("first", "-> i32", "", wasmtest.GlobalGet(g))
	s.main.ExportFunc("next", "-> i32", "", wasmtest.Call(next))

	child := &builder{}
	liftExport(child, child.Core(child.Module(counter())), "next", funcType(0, true))
	b := &builder{}
	c := b.Instance(b.Add(&child.Component))
	shim := b.Core(b.Module(s.shim.Bytes()))
	env := b.Bag(coreExport("next", binary.SortCoreFunc, b.CoreAlias(binary.SortCoreFunc, shim, "0")))
	main := b.Core(b.Module(s.main.Bytes()), coreArg("env", env))
	table := b.CoreAlias(binary.SortCoreTable, shim, "$imports")
	if s.second {
		m := &wasmtest.Module{}
		m.ImportItem("t", "t", wasmtest.KindTable, append([]byte{0x70}, wasmtest.Limits(1, 1)...))
		b.Core(b.Module(m.Bytes()), coreArg("t", b.Bag(coreExport("t", binary.SortCoreTable, table))))
	}
	next0 := b.Lower(b.Alias(binary.SortFunc, c, "next"))
	if s.late {
		next0 = b.CoreAlias(binary.SortCoreFunc, b.Core(b.Module(counter())), "next")
	}
	meant := b.Bag(
		coreExport("0", binary.SortCoreFunc, next0),
		coreExport("$imports", binary.SortCoreTable, table))
	b.Core(b.Module(s.filler.Bytes()), coreArg("", meant), coreArg("main", main))
	liftExport(b, main, "first", funcType(0, true))
	liftExport(b, main, "next", funcType(0, true))
	return b.Bytes()
}

// The shim of a component and the module that fills its table are not
// instantiated, unless they do more than that, or somebody could tell.
func TestShims(t *testing.T) {
	for _, test := range []struct {
		name           string
		edit           func(s *shimmed)
		modules, calls int
	}{
		{"plain", func(*shimmed) {}, 2, 1},
		{"a shim with a memory", func(s *shimmed) { s.shim.Memory(1, -1) }, 4, 0},
		{"a shim with another function", func(s *shimmed) { s.shim.Func("-> i32", "", wasmtest.I32(1)) }, 4, 0},
		{"a shim that does more", func(s *shimmed) {
			s.shim.Func("-> i32", "", wasmtest.I32(0), wasmtest.CallIndirect(0), wasmtest.I32(0), wasmtest.I32Add)
		}, 4, 0},
		{"a filler with a function", func(s *shimmed) { s.filler.Func("->", "") }, 4, 0},
		{"a filler with a global", func(s *shimmed) { s.filler.Global("i32", wasmtest.I32(0)) }, 4, 0},
		{"a main module with a start function", func(s *shimmed) { s.main.Start(s.main.Func("->", "")) }, 4, 0},
		{"a function of a later module", func(s *shimmed) { s.late = true }, 5, 0},
		{"a table that another module knows", func(s *shimmed) { s.second = true }, 5, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			wasm := (&shimmed{}).bytes(test.edit)
			modules, calls, err := instantiated(wasm)
			if modules != test.modules || calls != test.calls || err != nil {
				t.Errorf("%d modules and %d calls, %v; want %d and %d", modules, calls, err, test.modules, test.calls)
			}
			inst := open(t, wasm, nil)
			wants(t, inst, 1, "first")
			wants(t, inst, 2, "next")
		})
	}
	made, err := hosttest.Component(hosttest.NewEcho("log").Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if modules, _, err := instantiated(made); modules != 1 || err != nil {
		t.Errorf("a component of component.New has %d modules, %v", modules, err)
	}
}

// instantiated returns how many core modules a component has instantiated, and how
// many functions are called in between.
func instantiated(wasm []byte) (modules, calls int, err error) {
	p, err := plan.New(wasm)
	if err != nil {
		return 0, 0, err
	}
	for _, c := range p.Cores {
		if c.Module != nil {
			modules++
		}
		if c.Start.Valid() {
			calls++
		}
	}
	return modules, calls, nil
}
