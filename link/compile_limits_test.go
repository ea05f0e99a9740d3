package link_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/bombs"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/link"
)

// counting counts the modules that a runtime compiles.
type counting struct {
	wazero.Runtime
	modules int
}

func (c *counting) CompileModule(ctx context.Context, wasm []byte) (wazero.CompiledModule, error) {
	c.modules++
	return c.Runtime.CompileModule(ctx, wasm)
}

// copied is a component that instantiates a module n times, each time with another of a
// provider's functions, whose names are as long as given. The module imports the function
// by several names, and has a section of padding, and code of so many ifs.
func copied(n, name, imports, padding, code int) []byte {
	provider := &wasmtest.Module{}
	b := &builder{}
	long := func(i int) string { return fmt.Sprintf("%0*d", name, i) }
	for i := range n {
		provider.ExportFunc(long(i), "->", "")
	}
	p := b.Core(b.Module(provider.Bytes()))
	m := &wasmtest.Module{}
	for i := range imports {
		m.Import("x", fmt.Sprint("f", i), "->")
	}
	body := wasmtest.Code{}
	for range code {
		body = wasmtest.Seq(body, wasmtest.I32(0), wasmtest.If())
	}
	m.ExportFunc("run", "->", "", body)
	m.Custom("padding", make([]byte, 1+padding))
	module := b.Module(m.Bytes())
	for i := range n {
		f := b.CoreAlias(binary.SortCoreFunc, p, long(i))
		var bag []binary.CoreExport
		for k := range imports {
			bag = append(bag, coreExport(fmt.Sprint("f", k), binary.SortCoreFunc, f))
		}
		b.Core(module, coreArg("x", b.Bag(bag...)))
	}
	return b.Bytes()
}

// lowered is a component that lowers its one import n times.
func lowered(n int) []byte {
	b := &builder{}
	f := b.Add(&binary.Import{Name: binary.Named("f"), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(funcType(1, false))}})
	for range n {
		b.Lower(f)
	}
	return b.Bytes()
}

// definitions is a component with n types.
func definitions(n int) []byte {
	b := &builder{}
	for range n {
		b.Type(funcType(0, false))
	}
	return b.Bytes()
}

// What the modules of a component take together is refused before they are copied and
// compiled. The provider of their imports comes first, so one module is compiled.
func TestComponentCompileLimits(t *testing.T) {
	t.Parallel()
	limits := func(change func(l *host.Limits)) host.Option {
		l := host.DefaultLimits()
		change(&l)
		return host.ModuleLimits(l)
	}
	for name, test := range map[string]struct {
		wasm    []byte
		limit   string
		detail  string
		modules int // compiled, with the globals of the meter that several share
		option  host.Option
	}{
		"copies": {copied(100, 4, 1, 1<<20, 0), "ModuleBytes", `^6\d{7}, and the limit is 67108864; raise it with host.ModuleLimits, or make the guest smaller$`, 0, nil},
		"names":  {copied(90, 10_000, 100, 0, 0), "ModuleBytes", `^6[78]\d{6}, and the limit is 67108864; `, 0, nil},
		"compiling": {copied(100, 4, 1, 0, 300), "CompileTime", `^\d+, most of it in function 1 at offset 0x\w+, and the limit is 100000000; `, 2,
			limits(func(l *host.Limits) { l.CompileTime = 100_000_000 })},
		"memory": {copied(100, 4, 1, 100_000, 10), "CompileMemory", `^2\d{7}, most of it in function 1 at offset 0x\w+, and the limit is 20000000; `, 2,
			limits(func(l *host.Limits) { l.CompileMemory = 20_000_000 })},
		"machine code": {copied(1, 4, 1, 0, 100), "MachineCode", `^\d+, most of it in function 1 at offset 0x\w+, and the limit is 1000; `, 2,
			limits(func(l *host.Limits) { l.MachineCode = 1000 })},
		"functions of the host": {lowered(10_001), "Imports", `^10001 functions that the host supplies, and the limit is 10000; `, 0, nil},
		"time for the functions of the host": {lowered(10), "CompileTime", `^\d+ with the 10 functions that the host supplies, and the limit is 1000; `, 0,
			limits(func(l *host.Limits) { l.CompileTime = 1000 })},
		"definitions":                            {definitions(600_000), "DefinitionBytes", `^4800008, and the limit is 4194304; `, 0, nil},
		"definitions that a core module carries": {carrying(definitions(300_000), definitions(300_000)), "DefinitionBytes", `^4800016, and the limit is 4194304; `, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			r := &counting{Runtime: wazero.NewRuntime(ctx)}
			defer r.Close(ctx)
			opts := []host.Option{host.Runtime(r)}
			if test.option != nil {
				opts = append(opts, test.option)
			}
			plugin, err := dynamic.Compile(ctx, test.wasm, opts...)
			var limit *host.LimitError
			if plugin != nil || !errors.As(err, &limit) {
				t.Fatalf("got %T %v; want a LimitError", err, err)
			}
			if limit.Limit != test.limit || !regexp.MustCompile(test.detail).MatchString(limit.Detail) {
				t.Errorf("got %q, detail %q; want %q, %q", limit.Limit, limit.Detail, test.limit, test.detail)
			}
			if r.modules != test.modules {
				t.Errorf("%d modules were compiled, want %d", r.modules, test.modules)
			}
		})
	}
}

// Modules with equal imports are one, whatever the number of their instances.
func TestEqualCopies(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := &builder{}
	p := &wasmtest.Module{}
	p.ExportFunc("f", "->", "")
	provider := b.Core(b.Module(p.Bytes()))
	m := &wasmtest.Module{}
	m.Import("x", "f", "->")
	m.Custom("padding", make([]byte, 1<<20))
	m.Memory(1, 1)
	module := b.Module(m.Bytes())
	for range 200 {
		b.Core(module, coreArg("x", provider))
	}
	r := &counting{Runtime: wazero.NewRuntime(ctx)}
	defer r.Close(ctx)
	plugin, err := dynamic.Compile(ctx, b.Bytes(), host.Runtime(r))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	if r.modules != 3 { // the two and the globals of the meter
		t.Errorf("%d modules were compiled, want 3", r.modules)
	}
}

// A component with too many definitions is refused before it is read, whoever compiles it.
func TestDefinitionsOfWorld(t *testing.T) {
	t.Parallel()
	for _, wasm := range [][]byte{definitions(600_000), carrying(definitions(600_000))} {
		_, err := link.Compile(context.Background(), wasm, &bind.World{Name: "test:a/w"})
		var limit *host.LimitError
		if !errors.As(err, &limit) || limit.Func != "test:a/w" || limit.Limit != "DefinitionBytes" {
			t.Errorf("got %v", err)
		}
	}
}

// carrying is a core module that carries components as its WIT.
func carrying(components ...[]byte) []byte {
	var w wasm.Writer
	w.Preamble()
	for _, c := range components {
		w.Custom("component-type:w", c)
	}
	return w.Buf
}

// A module is not estimated where it is not metered.
func TestUnmeteredIsNotEstimated(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := host.DefaultLimits()
	l.CompileTime, l.CompileMemory, l.MachineCode, l.DefinitionBytes = 1, 1, 1, 1
	wasm := copied(2, 4, 1, 0, 1)
	if _, err := dynamic.Compile(ctx, wasm, host.ModuleLimits(l)); err == nil {
		t.Error("the limits do not hold")
	}
	plugin, err := dynamic.Compile(ctx, wasm, host.ModuleLimits(l), host.Unmetered())
	if err != nil {
		t.Fatal(err)
	}
	plugin.Close(ctx)
}

// Small modules that take wazero minutes or gigabytes are refused by default.
func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{"branches to one label": 120_000, "nested loops and locals": 3_000, "indirect calls with results": 12_000, "known addresses across blocks": 20_000}
	for _, s := range bombs.Shapes() {
		n, ok := sizes[s.Name]
		if !ok {
			continue
		}
		delete(sizes, s.Name)
		t.Run(s.Name, func(t *testing.T) {
			ctx := context.Background()
			b := &builder{}
			b.Core(b.Module(s.Build(n)))
			_, err := dynamic.Compile(ctx, b.Bytes())
			var limit *host.LimitError
			if !errors.As(err, &limit) {
				t.Errorf("got %v; want a LimitError", err)
			}
		})
	}
	if len(sizes) > 0 {
		t.Errorf("no shapes %v", sizes)
	}
}
