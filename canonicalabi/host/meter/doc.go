// Package meter makes core WebAssembly modules that a host can stop: by an interrupt from another
// goroutine, when their fuel is used up, or when their calls nest too deep. It works on the module's
// bytes before they are compiled, and is of use to any program that runs modules on wazero v1.12.
//
//	out, err := meter.Rewrite(wasm, meter.Config{Limits: meter.DefaultLimits()})
//	mod, err := runtime.InstantiateWithConfig(ctx, out.Wasm, wazero.NewModuleConfig().WithStartFunctions())
//	guest, err := meter.NewController(mod)
//	err = guest.Start(ctx)
//	guest.SetFuel(1_000_000)
//
//	watch := meter.NewWatch(guest) // one for the instance
//	if err := watch.Begin(ctx); err != nil { ... } // the context is done already
//	err = function.CallWithStack(ctx, stack)
//	watch.End()
//	switch guest.Cause() { case meter.OutOfFuel: ... }
//
// # What is added
//
// Globals, at the end of their index space: a slice of fuel, the rest of it, the stack that is left, a
// flag and the cause of a trap. They are exported, as wazero gives them to the host no other way, under
// names that [Reserved] knows; a module that imports or exports such a name is refused, so no other
// module that was rewritten can name them. Each part of the code takes what it will do from the slice,
// in units, of which an addition takes one and a division sixteen. Loops and functions that call others
// look whether the slice is used up, and then call a function that traps or hands out the next slice.
// Bulk operations take fuel for their length and are done in pieces. A start function becomes an export
// for [Controller.Start], since nothing could stop it while the module is being instantiated.
//
// # How long a guest runs
//
// Between two of these checks at most 20,000 units run, on every way through the code: package verify
// proves that of a rewritten module. So once for each slice of 65,536 units, and never more than two
// times 20,000 later, the guest leaves its code for a moment. Go cannot stop compiled code, so a garbage
// collection that starts while a guest loops waits for that guest, and all other goroutines wait for
// the collection, the one that would have interrupted the guest among them. A flag that is only read in
// the loop does not prevent that.
//
//   - A function that is short, has no loop and calls none is not checked: its callers count what it
//     takes. Any other is checked at its start, at the head of each loop, and in between where it goes
//     on for long.
//   - After a call a function has run for 8,000 units, whoever was called, and it must not return with
//     more: so it is checked at its end too, if anything runs after its last call.
//   - What is charged before a call counts only for what runs before it. What runs after the call is
//     charged there or at the function's end, or a deep stack could return for long without a charge.
//
// # How much stack it takes
//
// With [Config].Stack each function that calls others counts a bound of its frame, in bytes of wazero's
// stack, and counts it off again: see [Controller.SetStack].
//
// # Several modules under one meter
//
// Modules that call each other can share fuel, stack and interrupt: rewritten with [Config].Shared they
// import the globals from a module of that name, which [Globals] supplies.
//
//	globals, err := runtime.InstantiateWithConfig(ctx, meter.Globals(), wazero.NewModuleConfig().WithName("meter"))
//	guest, err := meter.NewController(globals)
//	out, err := meter.Rewrite(wasm, meter.Config{Shared: "meter", Stack: true, Limits: meter.DefaultLimits()})
//	mod, err := runtime.InstantiateWithConfig(ctx, out.Wasm, wazero.NewModuleConfig().WithStartFunctions())
//	err = meter.Start(ctx, mod)
//
// What this page has of a module then holds for all of them together, across their calls of each other.
// A global that is imported is reached through a pointer, which makes calls dearer by up to a tenth.
//
// # Names
//
// Names stay, and the added ones show in a trap's stack. Sections that hold offsets into the code are
// dropped: DWARF, source maps, branch hints, relocations.
//
// # What is refused
//
// What is malformed, as far as this can be seen without types, and above all every count that its
// section cannot hold and every index that is not the module's own: wazero allocates by some counts
// before it looks at what follows, panics on some code that ends too early, and would take the index of
// an added global for the module's. What exceeds the [Limits]. Atomic waits, which nothing can
// interrupt. Exceptions, as in wazero 1.12 each takes longer than the one before, 20,000 of them two
// seconds. Types other than function types. Everything else that wazero takes with any of its feature
// flags is metered: vectors, bulk memory, reference types, multiple values, tail calls, threads but for
// waits, extended constants, typed function references.
//
// The result needs no feature that the module did not need, but for the mutable globals of WebAssembly
// 1.0 that are exported.
//
// # Where it ends
//
// A host function that the guest calls is not interrupted. memory.grow and table.grow are charged but
// not split, and neither is what the system takes to supply memory that is touched for the first time:
// the limits of memory and tables bound them. Modules that
// share no globals have fuel and stack in each; an [Interrupter] of several controllers stops them all. After a trap a guest's stack
// pointer and data are wherever they were, so the instance is best closed.
package meter
