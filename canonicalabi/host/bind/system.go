package bind

import "context"

// SetSystem gives the instance what a core module imports beyond its world, as WASI
// preview 1: the state that the functions of that host module find by SystemOf. It is
// called before Start.
func (i *Instance) SetSystem(system any) { i.system = system }

// SystemOf returns what SetSystem gave the instance whose guest calls a host function
// under ctx.
func SystemOf(ctx context.Context) any { return instanceOf(ctx).system }
