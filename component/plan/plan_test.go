package plan_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// sample returns a module with what an outline tells, and more.
func sample() *wasm.Module {
	var m wasm.Module
	typ := m.Type(wasm.FuncType(nil, []wasm.ValType{wasm.I32}))
	m.Import(wasm.Import{Module: "", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ}})
	m.Import(wasm.Import{Module: "env", Name: "g", Type: wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.I32}}})
	m.Import(wasm.Import{Module: "env", Name: "t", Type: wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}}})
	m.Memory(wasm.Limits{Min: 3})
	m.Export("memory", wasm.MemoryKind, 0)
	m.Export("run", wasm.FuncKind, m.Func(typ, nil, wasm.I(wasm.OpCall, 0)))
	m.AddCustom("tail", []byte("behind"))
	return &m
}

func TestModule(t *testing.T) {
	m := plan.NewModule(sample().Bytes())
	var imports []string
	for _, i := range m.Imports {
		imports = append(imports, fmt.Sprintf("%s %s.%s", i.Type.Kind, i.Module, i.Name))
	}
	if want := []string{"function .f", "global env.g", "table env.t"}; !slices.Equal(imports, want) {
		t.Errorf("imports %q, want %q", imports, want)
	}
	if want := map[string]coretype.Kind{"memory": coretype.MemoryKind, "run": coretype.FuncKind}; !maps.Equal(m.Exports, want) {
		t.Errorf("exports %v, want %v", m.Exports, want)
	}
	if !m.Memory || m.Table || m.Pages != 3 {
		t.Errorf("memory %t of %d pages, table %t", m.Memory, m.Pages, m.Table)
	}
	tables := wasm.Module{}
	tables.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 5}})
	tables.Memory(wasm.Limits{Min: 1 << 40, Addr64: true})
	tables.Memory(wasm.Limits{Min: 1})
	if m := plan.NewModule(tables.Bytes()); !m.Table || m.Pages != 1<<32 {
		t.Errorf("table %t, memory of %d pages", m.Table, m.Pages)
	}
}

// TestBrokenModule: what stands before a mistake is read, and nothing panics.
func TestBrokenModule(t *testing.T) {
	whole := sample().Bytes()
	for n := len(wasm.Preamble); n < len(whole); n++ {
		plan.NewModule(whole[:n])
	}
	if m := plan.NewModule(append(whole, 0x0e, 0)); len(m.Imports) != 3 || len(m.Exports) != 2 {
		t.Errorf("before an unknown section there are %d imports and %d exports", len(m.Imports), len(m.Exports))
	}
}

// instances returns a component that instantiates a module n times, each with an
// instance of another module behind its arguments.
func instances(n int) *binary.Component {
	var supplier wasm.Module
	typ := supplier.Type(wasm.FuncType(nil, []wasm.ValType{wasm.I32}))
	supplier.Export("made", wasm.FuncKind, supplier.Func(typ, nil, wasm.I32Const(7)))
	supplier.Export("g", wasm.GlobalKind, supplier.Global(wasm.Global{Type: wasm.I32}, wasm.I32Const(1)))
	supplier.Export("t", wasm.TableKind, supplier.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}))
	c := comptest.Nest(&binary.CoreModule{Bytes: supplier.Bytes()}, &binary.CoreModule{Bytes: sample().Bytes()}, &binary.CoreInstance{Module: 0},
		&binary.Alias{Sort: binary.SortCoreFunc, Target: binary.AliasCoreExport, Name: "made"},
		&binary.CoreInstance{Exports: []binary.CoreExport{{Name: "f", Sort: binary.SortCoreFunc}}})
	for range n {
		c.Add(&binary.CoreInstance{Module: 1, Args: []binary.CoreArg{{Name: "", Instance: 1}, {Name: "env", Instance: 0}}})
	}
	return c
}

// TestModulesAreReadOnce: however often a module is instantiated, it is outlined once,
// also where it stands in a component that is instantiated several times.
func TestModulesAreReadOnce(t *testing.T) {
	outer := comptest.Nest(instances(2), &binary.Instance{Args: []binary.Arg{}}, &binary.Instance{Args: []binary.Arg{}})
	p, err := plan.New(outer.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Cores) != 6 {
		t.Fatalf("%d core instances, want 6", len(p.Cores))
	}
	modules := map[*plan.Module]int{}
	for _, core := range p.Cores {
		modules[core.Module]++
	}
	if modules[p.Cores[0].Module] != 2 || modules[p.Cores[1].Module] != 4 {
		t.Errorf("%d outlines of 2 modules", len(modules))
	}
}

// TestShims: a shim and what fills its table go, and what refers to the shim's function
// refers to the function meant.
func TestShims(t *testing.T) {
	var supplier, shim, filler wasm.Module
	for _, m := range []*wasm.Module{&supplier, &shim, &filler} {
		m.Type(wasm.FuncType(nil, nil))
	}
	table := wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1, Max: 1, HasMax: true}}
	supplier.Export("f", wasm.FuncKind, supplier.Func(0, nil))
	shim.Export("t", wasm.TableKind, shim.Table(table))
	shim.Export("0", wasm.FuncKind, shim.Func(0, nil, wasm.I32Const(0), wasm.I(wasm.OpCallIndirect, 0, 0)))
	f := filler.Import(wasm.Import{Module: "m", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind}})
	filler.Import(wasm.Import{Module: "s", Name: "t", Type: wasm.Extern{Kind: wasm.TableKind, Table: table}})
	filler.Element(0, f)
	c := comptest.Nest(&binary.CoreModule{Bytes: supplier.Bytes()}, &binary.CoreModule{Bytes: shim.Bytes()}, &binary.CoreModule{Bytes: filler.Bytes()},
		&binary.CoreInstance{Module: 0}, &binary.CoreInstance{Module: 1},
		&binary.CoreInstance{Module: 2, Args: []binary.CoreArg{{Name: "m", Instance: 0}, {Name: "s", Instance: 1}}},
		&binary.Alias{Sort: binary.SortCoreFunc, Target: binary.AliasCoreExport, Instance: 1, Name: "0"},
		comptest.Typ(comptest.Fn()), &binary.Canon{Op: binary.CanonLift}, comptest.Exp("run", binary.SortFunc, 0))
	p, err := plan.New(c.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if p.Cores[0].Module == nil || p.Cores[1].Module != nil || p.Cores[2].Module != nil || p.Cores[2].Start.Valid() {
		t.Errorf("core instances %+v", p.Cores)
	}
	if got, want := p.Exports.Function("run").Core, (plan.Ref{Core: 0, Name: "f"}); got != want {
		t.Errorf("run is %+v, want %+v", got, want)
	}
}

func TestRewrite(t *testing.T) {
	p, err := plan.New(instances(1).Encode())
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Rewrite(1)
	if err != nil {
		t.Fatal(err)
	}
	want := sample()
	want.Imports = nil
	for i, name := range []string{"made", "g", "t"} {
		var w wasm.Writer
		w.Import(wasm.Import{Module: plan.Key(0), Name: name, Type: plan.NewModule(sample().Bytes()).Imports[i].Type})
		want.Imports = append(want.Imports, w.Buf)
	}
	if !bytes.Equal(out, want.Bytes()) {
		t.Errorf("the module is % x\nwant % x", out, want.Bytes())
	}
	if first, err := p.Rewrite(0); err != nil || !bytes.Equal(first, p.Cores[0].Module.Bytes) {
		t.Errorf("a module without imports is rewritten: %v", err)
	}
}

func TestKeys(t *testing.T) {
	for _, core := range []int{plan.Host, 0, 41} {
		if got, ok := plan.CoreOf(plan.Key(core)); !ok || got != core {
			t.Errorf("%d comes back as %d, %t", core, got, ok)
		}
	}
	if _, ok := plan.CoreOf("env"); ok {
		t.Error("env is the key of a core instance")
	}
}

// TestPlan plans a component of a world: what it imports, exports and lowers.
func TestPlan(t *testing.T) {
	r, pkg := comptest.WITOf(t, `package test:p@1.2.0;
		interface log { resource sink { constructor(); } write: func(to: borrow<sink>, text: string); }
		interface shapes { resource shape { area: func() -> u32; } }
		world w { import log; export shapes; export run: func(n: u32) -> string; }`)
	id := comptest.WorldNamed(t, r, pkg, "w")
	p, err := plan.New(comptest.NewComponent(t, &comptest.Guest{R: r, World: r.Worlds[id]}, id))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Imports) != 1 || p.Imports[0].Name != "test:p/log@1.2.0" || p.Imports[0].Sort != binary.SortInstance ||
		!slices.Equal(p.Imports[0].Functions, []string{"[constructor]sink", "write"}) || !slices.Equal(p.Imports[0].Resources, []string{"sink"}) {
		t.Errorf("imports %+v", p.Imports[0])
	}
	if got := p.Exports.Instances(); !slices.Equal(got, []string{"test:p/shapes@1.2.0"}) {
		t.Fatalf("exported instances %q", got)
	}
	run, shapes := p.Exports.Function("run"), p.Exports.Instance("test:p/shapes@1.2.0")
	if run == nil || run.Core.Name != "run" || run.Post.Valid() || run.Label != "run" || run.Type.Params[0] != coretype.I32 {
		t.Errorf("run is %+v", run)
	}
	area, shape := shapes.Function("[method]shape.area"), shapes.Resource("shape")
	if area == nil || area.Post.Name != "cabi_post_test:p/shapes@1.2.0#[method]shape.area" || area.Label != "test:p/shapes@1.2.0#[method]shape.area" || shape == nil || shape.Component < 0 || shape.Dtor.Name != "test:p/shapes@1.2.0#[dtor]shape" {
		t.Errorf("area is %+v, shape %+v", area, shape)
	}
	if shapes.Function("shape") != nil || shapes.Resource("[method]shape.area") != nil || p.Exports.Function("test:p/shapes@1.2.0") != nil || p.Exports.Instance("run") != nil {
		t.Error("an export is found as something else than it is")
	}
	var ops []string
	for _, f := range p.Functions {
		ops = append(ops, f.Op.String())
	}
	slices.Sort(ops)
	if got := strings.Join(ops, " "); got != "lower lower resource.drop resource.drop resource.new resource.rep" {
		t.Errorf("host functions %s", got)
	}
	if o := p.Options[run.Options]; o.Encoding != binary.UTF8 || o.Memory.Name != "memory" || o.Component != 0 {
		t.Errorf("options of run: %+v", o)
	}
	mentions := 0
	for _, r := range p.Resources {
		mentions += len(r.Mentions)
	}
	if mentions != 1 || p.Reentrant {
		t.Errorf("%d mentions of resources, reentrant %t", mentions, p.Reentrant)
	}
}

// FuzzNew plans whatever it is given. An error is one of those of the documentation,
// and the modules of a plan are rewritten to modules that differ in their imports only.
func FuzzNew(f *testing.F) {
	f.Add(instances(2).Encode())
	for _, b := range comptest.Seeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := plan.New(b)
		if err != nil {
			var invalid *component.Error
			var refused *plan.Error
			if !errors.As(err, &invalid) && !errors.As(err, &refused) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		for n, core := range p.Cores {
			if core.Module == nil {
				continue
			}
			out, err := p.Rewrite(n)
			var refused *plan.Error
			if err != nil {
				if !errors.As(err, &refused) {
					t.Fatalf("%T: %v", err, err)
				}
				continue
			}
			if got, want := withoutImports(out), withoutImports(core.Module.Bytes); !bytes.Equal(got, want) {
				t.Fatalf("% x becomes % x", want, got)
			}
			if made := plan.NewModule(out); len(made.Imports) != len(core.Module.Imports) || !maps.Equal(made.Exports, core.Module.Exports) {
				t.Fatal("the module has other imports or exports")
			}
		}
	})
}

func withoutImports(module []byte) []byte {
	var w wasm.Writer
	for s := range wasm.NewCursor(module, 0).Sections() {
		if s.ID != wasm.ImportSection {
			w.Byte(module[s.Start:s.End]...)
		}
	}
	return w.Buf
}
