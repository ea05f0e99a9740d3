package dynamic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/instance"
	"github.com/witgen/witgen/wit"
)

// Plugin is a compiled guest. It may be used by several goroutines.
type Plugin struct {
	world  *world
	plugin *instance.Plugin
	// imports are the functions that the guest imports and the host must supply.
	imports []*Function
}

// Compile compiles a guest that carries its WIT: a component, or a core module
// with metadata for the strings' UTF-8 encoding. The error is a *component.Error
// where the binary is not valid or carries no WIT, and a *host.LinkError where the
// guest cannot be run.
func Compile(ctx context.Context, wasm []byte, opts ...host.Option) (*Plugin, error) {
	w, err := component.DecodeWIT(wasm)
	if err != nil {
		return nil, err
	}
	if w.IsPackage() {
		return nil, fmt.Errorf("the file is a WIT package in binary form, and no code to call")
	}
	id := w.World
	if len(w.Worlds) == 1 { // its own name says more than that of the union
		id = w.Worlds[0]
	}
	for _, encoding := range w.Encodings {
		if encoding != component.UTF8 {
			return nil, fmt.Errorf("the core module's strings are not encoded as UTF-8; make a component of it, which says how they are encoded")
		}
	}
	return CompileWorld(ctx, wasm, w.Resolve, id, opts...)
}

// CompileWorld compiles a guest of a world, whatever WIT it carries. The Resolve
// must not change afterwards. The error is a *host.LinkError where the guest does
// not fit the world.
func CompileWorld(ctx context.Context, wasm []byte, r *wit.Resolve, id wit.WorldID, opts ...host.Option) (*Plugin, error) {
	p := &Plugin{world: newWorld(r, id)}
	var err error
	if p.imports, err = p.world.imported(wasm); err != nil {
		return nil, err
	}
	if p.plugin, err = instance.Compile(ctx, wasm, &p.world.host, opts...); err != nil {
		return nil, err
	}
	return p, nil
}

// Close closes all instances and frees the compiled code.
func (p *Plugin) Close(ctx context.Context) error { return p.plugin.Close(ctx) }

// World returns the world's model and its number there.
func (p *Plugin) World() (*wit.Resolve, wit.WorldID) { return p.world.resolve, p.world.id }

// Exports returns the functions that the guest exports, in the order of the world,
// its own functions last; those too that are not supported.
func (p *Plugin) Exports() []*Function { return functions(p.world.exports) }

// Imports returns the functions that the guest imports and Instantiate must be
// given.
func (p *Plugin) Imports() []*Function { return slices.Clone(p.imports) }

func functions(groups []*group) []*Function {
	var list []*Function
	for _, g := range groups {
		list = append(list, g.functions...)
	}
	return list
}

// imported returns the functions of the world that a guest really imports: all of
// them where it is a component, which has no others. Where one of them is not
// supported, the guest cannot be run.
func (w *world) imported(wasm []byte) ([]*Function, error) {
	all := functions(w.imports)
	if component.FormOf(wasm) == component.CoreForm {
		module, err := component.ReadModule(wasm)
		if err != nil {
			return nil, err
		}
		named := map[string]bool{}
		for _, i := range module.Imports {
			name := i.Name
			if i.Module != rootName {
				name = i.Module + "#" + i.Name
			}
			named[compatible(name)] = true
		}
		all = slices.DeleteFunc(all, func(f *Function) bool { return !named[compatible(f.Name)] })
	}
	for _, f := range all {
		if f.Unsupported != "" {
			return nil, &host.LinkError{World: w.name, Item: "import " + f.Name, Detail: notSupported(f)}
		}
	}
	return all, nil
}

func notSupported(f *Function) string {
	return "the function needs what is not supported: " + f.Unsupported
}

// compatible returns the whole name of a function with only that part of its
// interface's version that compatible versions share.
func compatible(name string) string {
	iface, function, ok := strings.Cut(name, "#")
	base, version, versioned := strings.Cut(iface, "@")
	if !ok || !versioned {
		return name
	}
	return base + "@" + wit.VersionTrack(version) + "#" + function
}

// Func is the host's implementation of a function that guests import. The
// arguments and the result are values of the function's WIT types; the result is
// nil where it has none. A resource of the host's is any Go value but nil, which
// comes back as it is; where it has Close(context.Context) error, that is called
// when the guest drops the resource. Of a method, the first argument is the
// resource. An error ends the guest with a *host.Trap, also where the function
// returns a WIT result: return value.Err(e), nil for that one.
type Func func(ctx context.Context, args []any) (any, error)

// Imports is what the host supplies to an instance, by the functions' whole names,
// as in "example:calculator/log#write". A name whose version is compatible with
// the guest's will do. What the guest does not import is left aside.
type Imports map[string]Func

// Instantiate starts an instance with what the host supplies. Where that lacks
// something, the error is a *host.LinkError that lists all of it. ctx holds while
// the guest starts.
func (p *Plugin) Instantiate(ctx context.Context, imports Imports) (*Instance, error) {
	supplied := map[string]Func{}
	for name, f := range imports {
		supplied[compatible(name)] = f
	}
	impls := make([]any, len(p.world.imports))
	for n, g := range p.world.imports {
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
	for _, f := range p.imports {
		if impls[f.item].(*implementation).funcs[f.number] == nil {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 {
		return nil, &host.LinkError{World: p.world.name, Item: "imports", Detail: "the guest imports what nobody supplies: " + strings.Join(missing, ", ")}
	}
	inst, err := p.plugin.Instantiate(ctx, impls)
	if err != nil {
		return nil, err
	}
	return newInstance(p, inst), nil
}

// implementation is what the host supplies for one import of the world, by the
// numbers of its functions.
type implementation struct{ funcs []Func }

// handle serves a guest's call of an import.
func (w *world) handle(call *host.Call, f *Function) {
	fr := w.frame(call, f, f.program)
	for i, v := range f.program.Params {
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
	fr.run(f.program.Body)
}
