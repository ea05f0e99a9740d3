package bind

import "context"

// SetSystem gives the instance what a core module imports beyond its world, as WASI
// preview 1: the state that the functions of that host module find by SystemOf. It is
// called before Start.
func (i *Instance) SetSystem(system any) { i.system = system }

// SystemOf returns what SetSystem gave the instance whose guest calls a host function
// under ctx.
func SystemOf(ctx context.Context) any { return instanceOf(ctx).system }

// SystemWork counts what the function name of that host module does for the guest that
// calls it under ctx, in the units of package meter. It looks whether the call is to stop,
// and panics then, so that the guest traps.
func SystemWork(ctx context.Context, name string, units uint64) {
	i := instanceOf(ctx)
	i.served = true
	if i.starting {
		i.checkStart(name)
	}
	if i.looked != nil {
		i.looked(units)
	}
	if limit := i.spend(name, units); limit != nil {
		limit.Fatal = true
		i.stop(limit)
	}
}
