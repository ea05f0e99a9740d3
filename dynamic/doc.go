// Package dynamic calls guests whose WIT is known only at run time: it does from
// the model what generated host bindings do from generated code, over the same
// runtime, with the same checks, limits, errors and resources (packages
// canonicalabi/host and canonicalabi/host/bind). A guest is a component, or a core module that carries its
// WIT or comes with it.
//
//	plugin, err := dynamic.Compile(ctx, wasm)
//	inst, err := plugin.Instantiate(ctx, nil)
//	sum, err := inst.Call(ctx, "example:calculator/operations#add", int32(2), int32(3))
//
// Values are plain Go values by the rules of package value; package wave reads and
// writes them as text. A result<T, E> is a value.Result also as a function's
// result, so the error of Call is never a WIT error: it is a *host.Trap, a
// *host.LimitError, a *host.BadValueError or a *host.InstanceError, as of
// generated bindings.
//
// Asynchronous functions, streams, futures and error-context are not supported:
// such functions are listed, and calling one is an error that names what it needs.
package dynamic
