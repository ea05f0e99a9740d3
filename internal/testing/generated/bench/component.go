package bench

import (
	"context"
	"path/filepath"
	"strings"
	"sync"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/internal/testing/checkout"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/calls"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/parser/resolve"
)

// The aims of components: of calls and of instances beside the same core module
// through the same bindings, and of two components that are one beside two whose
// instances are composed in Go.
const (
	componentAim = 1.1
	instanceAim  = 1.5
	composedAim  = 1.1
)

// componentRows are the rows in which the second column is no guest by hand, but
// the core module of the component, or a composition in Go.
func (s *Suite) componentRows() []Row {
	ctx := context.Background()
	text := strings.Repeat("witgen, ", 2)
	plugin := sync.OnceValues(s.component)
	core := func() (*calls.Plugin, error) { return s.plugin, nil }
	// Both instances are new here: what their collectors do depends on the calls
	// that they have had.
	start := func(plugin func() (*calls.Plugin, error)) func() (*calls.Instance, error) {
		return sync.OnceValues(func() (*calls.Instance, error) {
			p, err := plugin()
			if err != nil {
				return nil, err
			}
			return p.Instantiate(ctx, s.imports())
		})
	}
	work := func(inst func() (*calls.Instance, error), call func(*calls.Instance) (any, error)) Body {
		return func(n int) (any, error) {
			i, err := inst()
			if err != nil {
				return nil, err
			}
			return body(func() (any, error) { return call(i) })(n)
		}
	}
	asComponent, asCore := start(plugin), start(core)
	addWork := func(i *calls.Instance) (any, error) { return i.Work().Add(ctx, 2, 3) }
	echoWork := func(i *calls.Instance) (any, error) { return i.Work().EchoText(ctx, text) }
	instantiate := func(plugin func() (*calls.Plugin, error)) Body {
		return body(func() (bool, error) {
			p, err := plugin()
			if err != nil {
				return false, err
			}
			i, err := p.Instantiate(ctx, s.imports())
			if err != nil {
				return false, err
			}
			return true, i.Close(ctx)
		})
	}
	one, two := sync.OnceValues(s.composed), sync.OnceValues(s.assigned)
	echo := func(v func() (values.Interface, error), call func(values.Interface) (any, error)) Body {
		return func(n int) (any, error) {
			i, err := v()
			if err != nil {
				return nil, err
			}
			return body(func() (any, error) { return call(i) })(n)
		}
	}
	add := func(v values.Interface) (any, error) { return v.Add(ctx, 2, 3) }
	echoText := func(v values.Interface) (any, error) { return v.EchoString(ctx, text) }
	return []Row{
		{"add, component : core module", componentAim, work(asComponent, addWork), work(asCore, addWork)},
		{"string of 16 B, in and out, component : core module", componentAim, work(asComponent, echoWork), work(asCore, echoWork)},
		{"instantiate and close, component : core module", instanceAim,
			instantiate(plugin), instantiate(core)},
		{"add, through two in one component : two composed in Go", composedAim, echo(one, add), echo(two, add)},
		{"string of 16 B, through two in one component : two composed in Go", composedAim, echo(one, echoText), echo(two, echoText)},
	}
}

// component compiles the guest as a component.
func (s *Suite) component() (*calls.Plugin, error) {
	root, err := checkout.Root()
	if err != nil {
		return nil, err
	}
	result, err := resolve.Dir(filepath.Join(root, "internal", "testing", "generated", "bench", "wit"), resolve.Options{})
	if err != nil {
		return nil, err
	}
	world, err := resolve.SelectWorld(result.Resolve, result.Main, "calls")
	if err != nil {
		return nil, err
	}
	core, err := component.Embed(s.Guests.Calls, result.Resolve, world, component.UTF8)
	if err != nil {
		return nil, err
	}
	adapters, err := preview1.Adapters(core)
	if err != nil {
		return nil, err
	}
	made, err := component.New(core, component.NewOptions{Adapters: adapters})
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	plugin, err := calls.Compile(ctx, made)
	if err == nil {
		s.close = append(s.close, func() error { return plugin.Close(ctx) })
	}
	return plugin, err
}

// echoComponent is a component whose functions call their like in what it imports.
// Its realloc gives out the same memory over and over, as one call needs it once.
func echoComponent() ([]byte, error) {
	g := hosttest.NewEcho()
	g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.I32(hosttest.Heap))
	return hosttest.Component(g.Bytes())
}

// composed is one component of two, of which one calls the other.
func (s *Suite) composed() (values.Interface, error) {
	echo, err := echoComponent()
	if err != nil {
		return nil, err
	}
	both, err := hosttest.Compose(echo, echo)
	if err != nil {
		return nil, err
	}
	return s.echo(both, (&hosttest.Host{}).Imports())
}

// assigned is the same by two plugins: what one instance exports is what the other
// imports.
func (s *Suite) assigned() (values.Interface, error) {
	echo, err := echoComponent()
	if err != nil {
		return nil, err
	}
	imports := (&hosttest.Host{}).Imports()
	if imports.Values, err = s.echo(echo, imports); err != nil {
		return nil, err
	}
	return s.echo(echo, imports)
}

func (s *Suite) echo(wasm []byte, imports subject.Imports) (values.Interface, error) {
	ctx := context.Background()
	plugin, err := subject.Compile(ctx, wasm)
	if err != nil {
		return nil, err
	}
	s.close = append(s.close, func() error { return plugin.Close(ctx) })
	inst, err := plugin.Instantiate(ctx, imports)
	if err != nil {
		return nil, err
	}
	return inst.Values(), nil
}
