package dynamic

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/wit"
)

// Instance is a running guest. It serves one call at a time.
type Instance struct {
	plugin *Plugin
	inst   *bind.Instance
	// funcs are the functions of the world's exports, by item and number.
	funcs [][]bind.Func
	// impls are what the host supplies, by item.
	impls []any
}

func newInstance(p *Plugin, inst *bind.Instance, impls []any) *Instance {
	i := &Instance{plugin: p, inst: inst, impls: impls, funcs: make([][]bind.Func, len(p.guest.world.exports))}
	for n, g := range p.guest.world.exports {
		exports := p.plugin.Export(inst, n)
		i.funcs[n] = make([]bind.Func, len(g.callable()))
		for k := range i.funcs[n] {
			i.funcs[n][k] = exports.Func(k)
		}
		for k, id := range g.resources {
			if r := p.guest.world.host.Exports[n].Resources[k]; r.Export && r.Item == n {
				exports.Wrap(k, func(h *bind.Handle) any { return &Resource{Handle: h, inst: i, group: g, typ: id} })
			}
		}
	}
	return i
}

// Plugin returns the plugin that the instance is of.
func (i *Instance) Plugin() *Plugin { return i.plugin }

// Close closes the instance. A second Close does nothing.
func (i *Instance) Close(ctx context.Context) error { return i.inst.Close(ctx) }

// Err returns nil while the instance can be called. Afterwards it returns
// host.ErrClosed, or host.ErrDead joined with the error that killed the instance.
func (i *Instance) Err() error { return i.inst.Err() }

// Reset puts the instance back to the state that it had after its start, if its guest was
// compiled with host.Fresh; see there. It returns host.ErrNotFresh if not, a
// *host.ResetError if that cannot be done, after which the instance is dead, and a
// *host.InstanceError if the instance is dead, closed or in use.
func (i *Instance) Reset(ctx context.Context) error { return i.inst.Reset(ctx) }

// Call calls the function that Plugin.Lookup finds under a name. The arguments and the
// result are values of its WIT types; the result is nil if the function has none. The
// first argument of a method is the resource. For an argument of another type Call
// returns a *host.BadValueError, and does not enter the guest.
func (i *Instance) Call(ctx context.Context, name string, args ...any) (any, error) {
	f, err := i.plugin.Lookup(name)
	if err != nil {
		return nil, err
	}
	return i.CallFunction(ctx, f, args...)
}

// callImport calls the host's implementation of an import that the component exports as it
// is. The guest has no part in that.
func (i *Instance) callImport(ctx context.Context, f *Function, imported *bind.ImportedFunction, args []any) (any, error) {
	if err := i.inst.Err(); err != nil {
		return nil, &host.InstanceError{Func: f.Name, Err: err}
	}
	result, err := i.impls[imported.Item].(*implementation).funcs[imported.Number](ctx, args)
	if err == nil {
		err = i.plugin.guest.world.checkResult(f, result)
	}
	var exit *host.ExitError
	var limit *host.LimitError
	switch {
	case err == nil:
		return result, nil
	case errors.As(err, &exit), errors.As(err, &limit):
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	default:
		return nil, &host.Trap{Func: f.Name, Rule: host.RuleImportFailed, Err: err}
	}
}

// CallFunction calls a function of Plugin.Exports or Plugin.Lookup, like Call.
func (i *Instance) CallFunction(ctx context.Context, f *Function, args ...any) (any, error) {
	if f.Unsupported != "" {
		return nil, fmt.Errorf("%s: %s", f.Name, notSupported(f))
	}
	fn := &i.funcs[f.item][f.number]
	if err := fn.Missing(); err != nil {
		return nil, err
	}
	if err := i.plugin.guest.world.checkParams(f, fn, args); err != nil {
		return nil, err
	}
	if imported := fn.Import(); imported != nil {
		return i.callImport(ctx, f, imported, args)
	}
	p := i.plugin.guest.world.program(f).main
	call := fn.Begin(ctx)
	fr := i.plugin.guest.world.frame(call, f, p)
	for k, v := range p.Params {
		fr.values[v] = args[k]
	}
	fr.run(p.Body)
	if err := call.End(); err != nil {
		return nil, err
	}
	return fr.result, nil
}

// checkParams checks the arguments of an export.
func (w *world) checkParams(f *Function, fn *bind.Func, args []any) error {
	if len(args) != len(f.Func.Params) {
		return &host.BadValueError{Path: f.Name, Detail: fmt.Sprintf("the function takes %d values, and got %d", len(f.Func.Params), len(args))}
	}
	checker := value.Checker{Resolve: w.resolve, Size: w.size, Handle: func(t wit.Type, v any) error {
		if bad := fn.CheckHandle(f.group.numbers[w.resourceOf(t)], v); bad != nil {
			return errors.New(bad.Detail)
		}
		return nil
	}}
	for k, p := range f.Func.Params {
		if err := checker.Check(p.Type, args[k]); err != nil {
			return badValue(err, p.Name)
		}
	}
	return nil
}

// checkResult checks what the host's implementation of an import returned.
func (w *world) checkResult(f *Function, result any) error {
	if f.Func.Result == nil {
		if result != nil {
			return &host.BadValueError{Path: "result", Detail: fmt.Sprintf("the function has no result, and this is %T", result)}
		}
		return nil
	}
	checker := value.Checker{Resolve: w.resolve, Size: w.size}
	if err := checker.Check(f.Func.Result, result); err != nil {
		return badValue(err, "result")
	}
	return nil
}

// badValue turns the error of a Checker into the runtime's.
func badValue(err error, name string) error {
	bad := err.(*value.Error)
	return (&host.BadValueError{Path: bad.Path, Detail: bad.Detail}).In(name)
}

// resourceOf returns the resource of an own or borrow.
func (w *world) resourceOf(t wit.Type) wit.TypeID {
	switch k := w.resolve.Kind(t).(type) {
	case *wit.Own:
		return w.resolve.Dealias(k.Resource).(wit.TypeID)
	case *wit.Borrow:
		return w.resolve.Dealias(k.Resource).(wit.TypeID)
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind %T", k))
	}
}

// Resource is a guest's resource that the host holds: the value of own<R> and
// borrow<R>. Close destroys it.
type Resource struct {
	*bind.Handle
	inst  *Instance
	group *group
	typ   wit.TypeID
}

// Name returns the name of the resource's type, as in
// "example:kv/store#bucket".
func (r *Resource) Name() string {
	return r.group.name + "#" + r.inst.plugin.guest.world.resolve.Types[r.typ].Name
}

// Method finds a method by its name in WIT, as in "get".
func (r *Resource) Method(name string) (*Function, error) {
	var names []string
	for _, f := range r.group.functions {
		if f.Func.Kind != wit.Method || f.Func.Resource != r.typ {
			continue
		}
		if f.Func.Base() == name {
			return f, nil
		}
		names = append(names, f.Func.Base())
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no method %s, and no other", r.Name(), name)
	}
	return nil, fmt.Errorf("%s has no method %s; it has %s", r.Name(), name, strings.Join(names, ", "))
}

// Call calls a method by its name in WIT, as in r.Call(ctx, "get", "key").
func (r *Resource) Call(ctx context.Context, method string, args ...any) (any, error) {
	f, err := r.Method(method)
	if err != nil {
		return nil, err
	}
	return r.inst.CallFunction(ctx, f, append([]any{r}, args...)...)
}
