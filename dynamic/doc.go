// Package dynamic calls guests whose WIT is known only at run time. It does the work of
// generated host bindings without generating code, over the same runtime and with the
// same options, checks, limits, errors and resources (package canonicalabi/host). A
// guest is a component, or a core module whose WIT it carries or the caller has.
//
//	plugin, err := dynamic.Compile(ctx, wasm)
//	inst, err := plugin.Instantiate(ctx, nil)
//	sum, err := inst.Call(ctx, "example:calculator/operations#add", int32(2), int32(3))
//
// Values are plain Go values by the rules of package value; package wave reads and
// writes them as text. A result<T, E> is a value.Result also as a function's result,
// so the error of Call is never a WIT error: it is a *host.Trap, *host.ExitError,
// *host.LimitError, *host.BadValueError or *host.InstanceError.
//
// Asynchronous functions, streams, futures and error-context are not supported:
// such functions are listed, and calling one returns an error that names the feature.
package dynamic
