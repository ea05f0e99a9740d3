package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

// boxes is the interface a: it makes boxes and looks into them.
var boxes = bind.Interface{
	Functions: []bind.Function{
		{Name: "make", Import: "i32 -> i32", Handle: func(call *bind.Call) {
			call.Stack[0] = uint64(call.LowerOwn(0, call.Impl().(*boxer).make(uint32(call.Stack[0]))))
		}},
		{Name: "peek", Import: "i32 -> i32", Handle: func(call *bind.Call) {
			if b := bind.LiftBorrow[*box](call, 0, uint32(call.Stack[0])); call.OK() {
				call.Stack[0] = uint64(b.content)
			}
		}},
		{Name: "take", Import: "i32 -> i32", Handle: func(call *bind.Call) {
			if b := bind.LiftOwn[*box](call, 0, uint32(call.Stack[0])); call.OK() {
				call.Stack[0] = uint64(b.content)
			}
		}},
	},
	Resources: []string{"r"},
}

// looks is the interface test:other/looks, which looks into the boxes of a.
var looks = bind.Interface{
	Functions: []bind.Function{{Name: "look", Import: "i32 -> i32", Handle: func(call *bind.Call) {
		if b := bind.LiftBorrow[*box](call, 0, uint32(call.Stack[0])); call.OK() {
			call.Stack[0] = uint64(b.content)
		}
	}}},
	Resources: []string{"r"},
}

// boxer implements boxes and looks: it adds to what it is asked to put into one.
type boxer struct{ adds uint32 }

type box struct{ content uint32 }

func (b *boxer) make(n uint32) *box { return &box{n + b.adds} }

// boxProvider supplies boxes as the second of its imports, and looks as the third.
type boxProvider struct {
	boxer    boxer
	supplied int
	released int
	err      error
	short    bool
}

func (p *boxProvider) Name() string { return "boxes" }

func (p *boxProvider) Imports() []bind.Item {
	return []bind.Item{
		{Name: "test:other/first", Interface: &bind.Interface{}},
		{Name: "a", Interface: &boxes, Resources: []bind.Resource{{Item: 1, Name: "r"}}},
		{Name: "test:other/looks", Interface: &looks, Resources: []bind.Resource{{Item: 1, Name: "r"}}},
	}
}

func (p *boxProvider) Supply(context.Context) ([]any, func(context.Context) error, error) {
	p.supplied++
	if p.err != nil {
		return nil, nil, p.err
	}
	impls := []any{nil, &p.boxer, &p.boxer}
	if p.short {
		impls = impls[:1]
	}
	return impls, func(context.Context) error { p.released++; return nil }, nil
}

// boxUser is a module whose run puts its parameter into a box, and returns what is
// in the box.
func boxUser(drop string) []byte {
	m := &wasmtest.Module{}
	mk, peek, dropped := m.Import("a", "make", "i32 -> i32"), m.Import("a", "peek", "i32 -> i32"), m.Import("a", drop, "i32 ->")
	m.ExportFunc("run", "i32 -> i32", "i32", wasmtest.Get(0), wasmtest.Call(mk), wasmtest.Tee(1), wasmtest.Call(peek),
		wasmtest.Get(1), wasmtest.Call(dropped))
	return m.Bytes()
}

// boxUsers are guests that import a, as core module and as component.
func boxUsers() map[string][]byte {
	b := &builder{}
	_, exports := importDefiner(b)
	liftExport(b, b.Core(b.Module(boxUser("drop")), coreArg("a", b.Bag(exports...))), "run", funcType(1, true))
	return map[string][]byte{"core module": boxUser("[resource-drop]r"), "component": b.Bytes()}
}

// running is a world that exports run, and imports what is given.
func running(imports ...bind.Item) *bind.World {
	return &bind.World{Name: "test:boxes/w", Imports: imports,
		Exports: []bind.Item{{Name: "$root", Interface: &bind.Interface{Functions: []bind.Function{{Name: "run", Export: "i32 -> i32"}}}}}}
}

// runs calls run with 1.
func runs(t *testing.T, plugin *link.Plugin, inst *bind.Instance, want uint64) {
	t.Helper()
	f := plugin.Export(inst, 0).Func(0)
	c := f.Begin(context.Background())
	c.Stack[0] = 1
	if got, err := c.Finish(); got != want || err != nil {
		t.Errorf("run(1) is %d, %v; want %d", got, err, want)
	}
}

// A provider supplies what the world does not have: of Compile, and another of the
// same name for one instance. It is asked for each instance and released with it.
func TestProvider(t *testing.T) {
	ctx := context.Background()
	for name, wasm := range boxUsers() {
		t.Run(name, func(t *testing.T) {
			first, second := &boxProvider{boxer: boxer{10}}, &boxProvider{boxer: boxer{20}}
			unrelated := bind.Item{Name: "test:boxes/unrelated", Field: "Unrelated", Interface: &bind.Interface{}}
			plugin, err := link.Compile(ctx, wasm, running(unrelated), host.Provide(first))
			if err != nil {
				t.Fatal(err)
			}
			defer plugin.Close(ctx)
			a, err := plugin.Instantiate(ctx, []any{nil})
			if err != nil {
				t.Fatal(err)
			}
			b, err := plugin.Instantiate(ctx, []any{nil}, host.Provide(second))
			if err != nil {
				t.Fatal(err)
			}
			runs(t, plugin, a, 11)
			runs(t, plugin, b, 21)
			if first.supplied != 1 || second.supplied != 1 || first.released+second.released != 0 {
				t.Errorf("before Close: %+v, %+v", first, second)
			}
			for range 2 {
				if err := b.Close(ctx); err != nil {
					t.Error(err)
				}
			}
			if first.released != 0 || second.released != 1 {
				t.Errorf("after Close: %+v, %+v", first, second)
			}
			if err := plugin.Close(ctx); err != nil || first.released != 1 {
				t.Errorf("after the plugin's Close: %v, %+v", err, first)
			}
		})
	}
}

// A provider stands in where the host leaves the world's import nil, if both mean
// one Go interface. Otherwise the world's import goes first.
func TestProviderAndWorld(t *testing.T) {
	ctx := context.Background()
	own := bind.Item{Name: "a", Field: "A", Interface: &boxes, Resources: []bind.Resource{{Item: 0, Name: "r"}}}
	copied := boxes
	other := own
	other.Interface = &copied
	for name, wasm := range boxUsers() {
		t.Run(name, func(t *testing.T) {
			provider := &boxProvider{boxer: boxer{10}}
			for _, test := range []struct {
				item bind.Item
				impl any
				want uint64
				err  string
			}{
				{own, nil, 11, ""},
				{own, &boxer{5}, 6, ""},
				{other, &boxer{5}, 6, ""},
				{other, nil, 0, "test:boxes/w: import a: the guest imports it: set Imports.A"},
			} {
				plugin, err := link.Compile(ctx, wasm, running(test.item), host.Provide(provider))
				if err != nil {
					t.Fatal(err)
				}
				inst, err := plugin.Instantiate(ctx, []any{test.impl})
				if test.err != "" {
					if err == nil || err.Error() != test.err {
						t.Errorf("got %v, want %s", err, test.err)
					}
				} else if err != nil {
					t.Error(err)
				} else {
					runs(t, plugin, inst, test.want)
				}
				if err := plugin.Close(ctx); err != nil {
					t.Error(err)
				}
			}
			if provider.supplied != 1 || provider.released != 1 {
				t.Errorf("the provider was asked although the host supplies a: %+v", provider)
			}
		})
	}
}

// boxLooker is a component whose run makes a box by a and looks into it by
// test:other/looks, which uses the resource of a.
func boxLooker() []byte {
	b := &builder{}
	r, exports := importDefiner(b)
	t := &binary.InstanceType{Decls: []binary.Def{
		&binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: 1, Index: r},
		&binary.ExportDecl{Name: binary.Named("r"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundEq, Index: 0}},
		&binary.TypeDef{Type: &binary.Borrow{Resource: 1}},
		&binary.TypeDef{Type: &binary.Func{Params: []binary.Field{{Name: "r", Type: binary.ValType{Index: 2}}}, Result: &u32Type}},
		&binary.ExportDecl{Name: binary.Named("look"), Type: binary.ExternType{Sort: binary.SortFunc, Index: 3}},
	}}
	i := b.Add(&binary.Import{Name: binary.Named("test:other/looks"), Type: binary.ExternType{Sort: binary.SortInstance, Index: b.Type(t)}})
	look := coreExport("look", binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, i, "look")))
	m := &wasmtest.Module{}
	mk, looked := m.Import("a", "make", "i32 -> i32"), m.Import("looks", "look", "i32 -> i32")
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(mk), wasmtest.Call(looked))
	liftExport(b, b.Core(b.Module(m.Bytes()), coreArg("a", b.Bag(exports...)), coreArg("looks", b.Bag(look))), "run", funcType(1, true))
	return b.Bytes()
}

// A provider's interface may use a resource of another of its interfaces, also where
// the world has that one. It cannot use a resource of another Go interface of the host's.
func TestProviderUsesResources(t *testing.T) {
	ctx := context.Background()
	wasm := boxLooker()
	own := bind.Item{Name: "a", Field: "A", Interface: &boxes, Resources: []bind.Resource{{Item: 0, Name: "r"}}}
	for _, test := range []struct {
		imports []bind.Item
		impls   []any
		want    uint64
	}{
		{nil, nil, 11},
		{[]bind.Item{own}, []any{nil}, 11},
		{[]bind.Item{own}, []any{&boxer{5}}, 6},
	} {
		plugin, err := link.Compile(ctx, wasm, running(test.imports...), host.Provide(&boxProvider{boxer: boxer{10}}))
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(ctx)
		inst, err := plugin.Instantiate(ctx, test.impls)
		if err != nil {
			t.Fatal(err)
		}
		runs(t, plugin, inst, test.want)
	}
	copied := boxes
	own.Interface = &copied
	_, err := link.Compile(ctx, wasm, running(own), host.Provide(&boxProvider{}))
	wantsLink(t, err, "the guest takes it for the same resource as a#r, which it is not")
}

// unknown is a host.Provider and not a bind.Provider.
type unknown struct{}

func (unknown) Name() string { return "boxes" }

// What is wrong with a provider or with an option of an instance is an error that
// names it.
func TestInstanceOptionErrors(t *testing.T) {
	ctx := context.Background()
	wasm := boxUser("[resource-drop]r")
	compile := func(opts ...host.Option) (*link.Plugin, error) { return link.Compile(ctx, wasm, running(), opts...) }
	_, err := compile(host.Provide(unknown{}))
	wantsLink(t, err, "host.Provide got a link_test.unknown, which is not a bind.Provider")
	_, err = compile()
	wantsLink(t, err, "the guest imports it, and the world does not")

	first := &boxProvider{}
	plugin, err := compile(host.Provide(first))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		opt  host.Option
		want string
	}{
		"no provider":      {host.Provide(unknown{}), "which is not a bind.Provider"},
		"failing provider": {host.Provide(&boxProvider{err: broken}), "test:boxes/w: boxes: broken"},
		"short provider":   {host.Provide(&boxProvider{short: true}), "the provider supplies 1 implementations of 3 imports"},
		"another provider": {host.Provide(named{first}), "the guest was compiled without the provider other; pass it to Compile first"},
		"memory limit":     {host.MemoryLimit(1), "test:boxes/w: options: host.MemoryLimit is decided when the guest is compiled; pass it to Compile"},
		"table limit":      {host.TableLimit(1), "host.TableLimit is decided"},
		"stack":            {host.StackLimit(1), "host.StackLimit is decided"},
		"instances":        {host.InstanceLimit(1), "host.InstanceLimit is decided"},
		"module limits":    {host.ModuleLimits(host.DefaultLimits()), "host.ModuleLimits is decided"},
		"runtime":          {host.Runtime(nil), "host.Runtime is decided"},
		"cache":            {host.Cache(nil), "host.Cache is decided"},
		"WIT":              {host.RequireWIT(), "host.RequireWIT is decided"},
		"metering":         {host.Unmetered(), "host.Unmetered is decided"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := plugin.Instantiate(ctx, nil, test.opt)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if name == "failing provider" && !errors.Is(err, broken) {
				t.Errorf("%v does not wrap the provider's error", err)
			}
		})
	}
	if first.supplied != 0 {
		t.Errorf("the provider of Compile was asked: %+v", first)
	}
}

// named is a provider under another name.
type named struct{ *boxProvider }

func (named) Name() string { return "other" }

func wantsLink(t *testing.T, err error, want string) {
	t.Helper()
	var bad *host.LinkError
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %T %v; want a LinkError with %q", err, err, want)
	}
}

// Options of an instance hold for it alone.
func TestInstanceOptions(t *testing.T) {
	ctx := context.Background()
	m := &wasmtest.Module{}
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Loop(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Tee(0), wasmtest.BrIf(0)), wasmtest.I32(7))
	plugin, err := link.Compile(ctx, m.Bytes(), running(), host.Fuel(1_000_000))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	for name, test := range map[string]struct {
		opts  []host.Option
		stops bool
	}{"plugin's": {nil, false}, "its own": {[]host.Option{host.Fuel(1000)}, true}, "plugin's again": {nil, false}} {
		t.Run(name, func(t *testing.T) {
			inst, err := plugin.Instantiate(ctx, nil, test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			f := plugin.Export(inst, 0).Func(0)
			c := f.Begin(ctx)
			c.Stack[0] = 10_000
			got, err := c.Finish()
			var limit *host.LimitError
			if stopped := errors.As(err, &limit) && limit.Limit == "fuel"; stopped != test.stops || !stopped && (got != 7 || err != nil) {
				t.Errorf("got %d, %v; want the fuel to end: %v", got, err, test.stops)
			}
		})
	}
}
