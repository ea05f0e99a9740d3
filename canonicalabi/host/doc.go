// Package host is for programs that run guests on wazero: the options and limits of
// a guest, the errors that come out of calls, and a Pool of instances. It is used
// together with the Compile function of a generated world package, or with package
// dynamic.
//
//	plugin, err := calculator.Compile(ctx, wasm, host.MemoryLimit(64<<20))
//	calc, err := plugin.Instantiate(ctx, calculator.Imports{})
//	sum, err := calc.Operations().Add(ctx, 2, 3)
//	var trap *host.Trap
//	if errors.As(err, &trap) { ... }
//
// A call ends with a WIT error, or with a *Trap, *ExitError, *LimitError,
// *BadValueError or *InstanceError. Compile and Instantiate may return a *LinkError.
package host
