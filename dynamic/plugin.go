package dynamic

import (
	"context"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/wit"
)

// Plugin is a compiled guest. It may be used by several goroutines.
type Plugin struct {
	guest  *Guest
	plugin *link.Plugin
}

// Compile reads and compiles a guest that carries its WIT; see Read and
// Guest.Compile.
func Compile(ctx context.Context, wasm []byte, opts ...host.Option) (*Plugin, error) {
	if err := link.CheckDefinitions(wasm, opts...); err != nil {
		return nil, err
	}
	g, err := Read(wasm)
	if err != nil {
		return nil, err
	}
	return g.Compile(ctx, opts...)
}

// CompileWorld reads and compiles a guest of a world; see ReadWorld and
// Guest.Compile.
func CompileWorld(ctx context.Context, wasm []byte, r *wit.Resolve, world wit.WorldID, opts ...host.Option) (*Plugin, error) {
	if err := link.CheckDefinitions(wasm, opts...); err != nil {
		return nil, err
	}
	g, err := ReadWorld(wasm, r, world)
	if err != nil {
		return nil, err
	}
	return g.Compile(ctx, opts...)
}

// Compile compiles the guest's code. The error is a *host.LinkError if the guest does
// not fit its world or imports a function that is not supported, and a
// *host.LimitError if it exceeds a limit.
func (g *Guest) Compile(ctx context.Context, opts ...host.Option) (*Plugin, error) {
	for _, f := range g.imports {
		if f.Unsupported != "" {
			return nil, &host.LinkError{World: g.world.name, Item: "import " + f.Name, Detail: notSupported(f)}
		}
	}
	plugin, err := link.Compile(ctx, g.wasm, &g.world.host, opts...)
	if err != nil {
		return nil, err
	}
	return &Plugin{g, plugin}, nil
}

// Guest returns the guest that the plugin was compiled from.
func (p *Plugin) Guest() *Guest { return p.guest }

// Exports returns the functions of Guest.Exports.
func (p *Plugin) Exports() []*Function { return p.guest.Exports() }

// Imports returns the functions of Guest.Imports.
func (p *Plugin) Imports() []*Function { return p.guest.Imports() }

// Provides reports whether one of Imports is served where the host does not supply it: by
// WASI, or by a provider of Compile's options.
func (p *Plugin) Provides(f *Function) bool { return p.plugin.Provides(f.item, f.number) }

// Lookup returns the function of Guest.Lookup.
func (p *Plugin) Lookup(name string) (*Function, error) { return p.guest.Lookup(name) }

// Close closes all instances and frees the compiled code.
func (p *Plugin) Close(ctx context.Context) error { return p.plugin.Close(ctx) }

// Func is the host's implementation of a function that guests import. The arguments and
// the result are values of the function's WIT types; the result is nil if the function
// has none. The first argument of a method is the resource. A resource of the host's is
// any Go value but nil, and the host gets the same value back. If it has a method
// Close(context.Context) error, that is called when the guest drops the resource. An
// error ends the guest with a *host.Trap; to return the error of a WIT result, return
// value.Err(e), nil.
type Func func(ctx context.Context, args []any) (any, error)

// Imports are the host's functions for an instance by their whole names, as in
// "example:calculator/log#write". The version in a name must be compatible with the
// guest's. Functions that the guest does not import are ignored.
type Imports map[string]Func

// Instantiate starts an instance with the functions that the host supplies. What it does
// not supply may come from a provider of Compile's options; functions of WASI always
// do, see package wasi. Methods of a resource come from where the resource does. If some
// are missing, the error is a *host.LinkError that lists them. ctx is for the start
// alone. opts override those of Compile for this instance.
func (p *Plugin) Instantiate(ctx context.Context, imports Imports, opts ...host.Option) (*Instance, error) {
	supplied := map[string]Func{}
	for name, f := range imports {
		supplied[compatible(name)] = f
	}
	impls := make([]any, len(p.guest.world.imports))
	for n, g := range p.guest.world.imports {
		callable := g.callable()
		impl := &implementation{funcs: make([]Func, len(callable))}
		for k, f := range callable {
			if impl.funcs[k] = imports[f.Name]; impl.funcs[k] == nil {
				impl.funcs[k] = supplied[compatible(f.Name)]
			}
		}
		impls[n] = impl
	}
	var missing []string
	for _, f := range p.guest.imports {
		if !impls[f.item].(*implementation).Has(f.number) && !p.plugin.Provides(f.item, f.number) {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 {
		return nil, &host.LinkError{World: p.guest.world.name, Item: "imports", Detail: "the guest imports functions that the host does not supply: " + strings.Join(missing, ", ")}
	}
	inst, err := p.plugin.Instantiate(ctx, impls, opts...)
	if err != nil {
		return nil, err
	}
	return newInstance(p, inst, impls), nil
}

// implementation is what the host supplies for one import of the world, by the
// numbers of its functions.
type implementation struct{ funcs []Func }

// Has reports whether the host supplies a function.
func (i *implementation) Has(function int) bool { return i.funcs[function] != nil }

// handle serves a guest's call of an import.
func (w *world) handle(call *bind.Call, f *Function) {
	p := w.program(f).main
	fr := w.frame(call, f, p)
	for i, v := range p.Params {
		fr.setCore(v, call.Stack[i])
	}
	fr.invoke = func(args []any) (any, bool) {
		result, err := call.Impl().(*implementation).funcs[f.number](call.Context(), args)
		if err == nil {
			err = w.checkResult(f, result)
		}
		if err != nil {
			call.Fail(err)
			return nil, false
		}
		return result, true
	}
	fr.run(p.Body)
}
