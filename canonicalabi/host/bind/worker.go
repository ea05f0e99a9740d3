package bind

import (
	"context"
	"sync/atomic"
	"weak"
)

// Worker counts what the implementations of a Provider do for an instance, in the units of
// package meter. It may be used by several goroutines, since the resources of one instance
// may have gone to another.
type Worker struct {
	units atomic.Uint64
	inst  atomic.Pointer[weak.Pointer[Instance]] // so that it can be collected
}

// Count counts units. They are taken from the fuel of the call when the function that the
// guest called returns, and the call ends then if it has too little or its context has
// ended. A nil Worker counts nothing.
func (w *Worker) Count(units uint64) {
	if w != nil {
		w.units.Add(units)
	}
}

// workerKey is the key of a Worker in the context of Supply.
type workerKey struct{}

// Context returns a context for Provider.Supply, in which WorkerOf finds w.
func (w *Worker) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, workerKey{}, w)
}

// WorkerOf returns the Worker of the instance that a call of Supply is for.
func WorkerOf(ctx context.Context) *Worker {
	w, _ := ctx.Value(workerKey{}).(*Worker)
	return w
}

// SetWorker has the instance take what w counts from the fuel of its calls. The caller
// calls it before Start.
func (i *Instance) SetWorker(w *Worker) {
	i.worker = w
	inst := weak.Make(i)
	w.inst.Store(&inst)
}

// FuelUsed returns how much of its fuel the instance's last call has used. It is 0 without
// host.Fuel. The caller calls it while no call runs.
func (w *Worker) FuelUsed() uint64 {
	if w == nil {
		return 0
	}
	inst := w.inst.Load()
	if inst == nil {
		return 0
	}
	i := inst.Value()
	if i == nil || i.metering.fuel == 0 || i.metering.controller == nil {
		return 0
	}
	return i.metering.fuel - min(i.metering.fuel, i.metering.controller.Fuel())
}

// workUnits is for a call of an import by an instance that has a Worker.
const workUnits = entryUnits

// worked takes what the Worker has counted from the fuel of the call.
func (c *Call) worked(w *Worker) {
	if c.work(workUnits) && w.units.Load() > 0 {
		c.goesOn(w.units.Swap(0))
	}
}
