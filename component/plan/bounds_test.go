package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/internal/wasm"
)

// refusedSteps checks that a component takes more steps than a plan may.
func refusedSteps(t *testing.T, what string, c *binary.Component) {
	t.Helper()
	_, err := New(c.Encode())
	if err == nil || !strings.Contains(err.Error(), "steps to instantiate") {
		t.Errorf("%s: got %v", what, err)
	}
}

// TestStepsOfImports: what each instance of a module imports counts.
func TestStepsOfImports(t *testing.T) {
	const imports = maxPlanSteps / 500
	var provider, m wasm.Module
	typ := provider.Type(wasm.FuncType(nil, nil))
	provider.Func(typ, nil)
	m.Type(wasm.FuncType(nil, nil))
	c := &binary.Component{}
	args := []binary.CoreArg{{Name: "x", Instance: 0}}
	for i := range imports {
		name := fmt.Sprint(i)
		provider.Export(name, wasm.FuncKind, 0)
		m.Import(wasm.Import{Module: "x", Name: name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: 0}})
	}
	c.Add(&binary.CoreModule{Bytes: provider.Bytes()})
	c.Add(&binary.CoreModule{Bytes: m.Bytes()})
	for range maxPlanSteps / 8 { // so that validation may work as long
		c.Add(&binary.TypeDef{Type: &binary.List{Elem: binary.ValType{Prim: binary.U8}}})
	}
	c.Add(&binary.CoreInstance{Module: 0})
	for range 600 {
		c.Add(&binary.CoreInstance{Module: 1, Args: args})
	}
	refusedSteps(t, "imports", c)
}

// TestStepsOfLabels: an export of an instance counts the functions that it names.
func TestStepsOfLabels(t *testing.T) {
	e := &env{p: &planner{plan: &Plan{}}}
	inst := &Instance{exports: map[string]definition{}}
	for i := range 2000 {
		inst.exports[fmt.Sprint(i)] = definition{sort: binary.SortFunc, function: &Function{}}
	}
	defer func() {
		if err, ok := recover().(*Error); !ok || !strings.Contains(err.Reason, "steps to instantiate") {
			t.Errorf("got %v", err)
		}
	}()
	for range 2000 {
		e.setLabel(definition{sort: binary.SortInstance, instance: inst}, "a:b/c")
	}
	t.Error("2,000 exports of an instance with 2,000 functions are accepted")
}

// TestShimsAreBounded: the search for shims that can go ends, and leaves those that it
// has not looked at.
func TestShimsAreBounded(t *testing.T) {
	const pairs, imports = 100, maxShimSteps / 20
	p := &Plan{}
	for n := range pairs {
		at := 2 * n
		shim := &Module{shim: &shim{slots: map[string]uint32{}, types: map[string]string{}, table: "t", size: 1}}
		fill := &Module{filler: &filler{imports: []fillerImport{{module: "s", name: "t"}}, table: 0, start: -1, slots: map[uint32]int{}}}
		p.Cores = append(p.Cores, Core{Module: shim, module: shim, Start: noRef},
			Core{Module: fill, module: fill, Start: noRef, args: map[string]coreInstance{"s": {core: at}}})
	}
	large := &Module{Imports: make([]coretype.Import, imports)}
	p.Cores = append(p.Cores, Core{Module: large, module: large, Start: noRef, args: map[string]coreInstance{"": {core: 2 * pairs}}})
	p.dropShims()
	dropped := 0
	for _, c := range p.Cores {
		if c.Module == nil {
			dropped++
		}
	}
	if dropped == 0 || dropped > 2*20 {
		t.Errorf("%d instances are dropped", dropped)
	}
}

// TestShimsOfShims: what a chain of shims stands for is looked up once.
func TestShimsOfShims(t *testing.T) {
	const n = 1000
	p := &Plan{Cores: make([]Core, n)}
	for i := 1; i < n; i++ {
		p.Cores[i].meant = map[string]Ref{"f": {i - 1, "f"}}
	}
	want := Ref{0, "f"}
	if got := p.real(Ref{n - 1, "f"}); got != want {
		t.Errorf("got %v", got)
	}
	if got := p.Cores[n-1].meant["f"]; got != want {
		t.Errorf("the last shim stands for %v", got)
	}
}
