package bind

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/fresh"
)

// freshState is what an instance needs to be put back to the state after its start.
type freshState struct {
	world string
	// restores are the functions that restore globals and tables, and modules those that
	// they belong to.
	restores []coreFunc
	// tables are the handles of each component instance after the start.
	tables []handleTable
	held   int
	// objects reports whether some of them are of the host's.
	objects bool
	// handles are those of the guest's resources that the host has got, and kept is how
	// many were still of use when they were last counted.
	handles []*Handle
	kept    int
	// why is the reason that the instance can never be put back, or "".
	why string

	host Fresh
}

// Fresh is what the caller of KeepFresh does for an instance that is put back.
type Fresh interface {
	// Restore gives the memories back what they held.
	Restore() error
	// Renew ends what providers made for the instance, and returns what NewInstance,
	// SetSystem and, if it is not nil, SetWorker get, made anew. With systemOnly the implementations stay, since the guest
	// holds resources of theirs.
	Renew(ctx context.Context, systemOnly bool) (impls []any, system any, worker *Worker, err error)
}

// CheckStart sets a function that judges the imports which the guest calls during its
// start, by their names. An error ends the start. It is called before Start.
func (i *Instance) CheckStart(check func(name string) *host.LinkError) { i.startCheck = check }

// calledAtStart is called for a call of an import during the start.
func (i *Instance) calledAtStart(f *Import, caller api.Module) {
	if i.modules[0] == nil {
		i.SetModule(0, caller) // the start function of the guest's module runs
	}
	if f.Item >= 0 {
		i.checkStart(f.Name)
	}
}

func (i *Instance) checkStart(name string) {
	if i.startCheck == nil {
		return
	}
	if err := i.startCheck(name); err != nil {
		i.stop(err)
	}
}

// KeepFresh saves the state of the guest of a world, for Reset. why is a reason that it
// can never be put back, or "". The caller calls it after the start and before
// FinishStart.
func (i *Instance) KeepFresh(world, why string, keeper Fresh) error {
	f := &freshState{world: world, why: why, host: keeper, held: i.held}
	i.unlimited()
	for _, m := range i.modules {
		if m == nil {
			continue
		}
		save := newCoreFunc(m.ExportedFunction(fresh.Save))
		if !save.found() {
			continue
		}
		switch status, err := i.callStatus(&save); {
		case err != nil:
			return i.guestError(world, "", err)
		case status != fresh.OK && f.why == "":
			f.why = reasons[status]
		}
		f.restores = append(f.restores, newCoreFunc(m.ExportedFunction(fresh.Restore)))
	}
	for n := range i.components {
		table := &i.components[n].handles
		for k := range table.entries {
			e := &table.entries[k]
			e.first = e.typ != nil
			f.objects = f.objects || e.typ != nil && !e.typ.Guest
		}
		f.tables = append(f.tables, handleTable{append([]entry(nil), table.entries...), table.free})
	}
	i.fresh, i.served = f, false
	return nil
}

// reasons are those of a ResetError, by the status of a function that saves or restores.
var reasons = map[uint64]string{
	fresh.Table:   "a table of the guest's has grown, or there is no room to save it",
	fresh.Segment: "the guest has dropped a segment",
}

// callStatus calls a function that saves or restores.
func (i *Instance) callStatus(f *coreFunc) (uint64, error) {
	err := i.call(f, i.stack[:1])
	return i.stack[0], err
}

// unlimited gives the guest fuel that is not the caller's, to save or restore its state.
func (i *Instance) unlimited() {
	if i.metering.fuel > 0 && i.metering.controller != nil {
		i.metering.controller.SetFuel(meter.Unlimited)
	}
}

// handOut notes a handle that the host gets.
func (f *freshState) handOut(h *Handle) {
	if len(f.handles) >= 2*f.kept+64 {
		used := f.handles[:0]
		for _, h := range f.handles {
			if h.gone.Load() == usable {
				used = append(used, h)
			}
		}
		clear(f.handles[len(used):])
		f.handles, f.kept = used, len(used)
	}
	f.handles = append(f.handles, h)
}

// Reset puts the instance back to the state that it had after its start. It returns
// host.ErrNotFresh if the guest was not compiled for that, an InstanceError if the
// instance is dead, closed or in use, and a ResetError if it cannot be put back. After a
// ResetError it is dead. What the guest held of the host's is closed under ctx without
// its end.
func (i *Instance) Reset(ctx context.Context) error {
	f := i.fresh
	if f == nil {
		return host.ErrNotFresh
	}
	if !i.lock.tryLock() {
		return i.refusal("reset")
	}
	done := false
	defer func() {
		if !done { // the Close of a resource has panicked
			i.lock.end()
		}
	}()
	err := i.reset(ctx, f)
	if err != nil {
		i.die(err)
	} else {
		i.leave()
	}
	done = true
	return err
}

func (i *Instance) reset(ctx context.Context, f *freshState) error {
	fail := func(reason string, err error) error {
		return &host.ResetError{World: f.world, Reason: reason, Err: err}
	}
	if f.why != "" {
		return fail(f.why, nil)
	}
	if err := i.resetHandles(ctx, f); err != nil {
		return err
	}
	i.unlimited()
	for n := range f.restores {
		switch status, err := i.callStatus(&f.restores[n]); {
		case err != nil:
			return fail("its state is not restored", i.guestError(f.world, "", err))
		case status != fresh.OK:
			return fail(reasons[status], nil)
		}
	}
	if err := f.host.Restore(); err != nil {
		return fail(err.Error(), nil)
	}
	if i.served {
		impls, system, worker, err := f.host.Renew(context.WithoutCancel(ctx), f.objects)
		if err != nil {
			return fail("what providers made for it is not made anew", err)
		}
		i.impls, i.system = impls, system
		if worker != nil {
			i.SetWorker(worker)
		}
		i.served = false
	}
	for n := range i.components {
		i.components[n].mayLeave, i.components[n].entered = true, false
	}
	return nil
}

// unusedHandles reports whether the guest has never had a handle. If it had, even the order
// of those that are free tells of that.
func (i *Instance) unusedHandles() bool {
	for n := range i.components {
		if len(i.components[n].handles.entries) > 0 {
			return false
		}
	}
	return true
}

// resetHandles gives the guest the handles back that it had, closes what it has got of the
// host's since, and ends the handles of its resources in the host's hands.
func (i *Instance) resetHandles(ctx context.Context, f *freshState) error {
	for _, h := range f.handles {
		if h.gone.CompareAndSwap(usable, closed) {
			h.leak.Closed()
		}
	}
	clear(f.handles)
	f.handles, f.kept = f.handles[:0], 0
	if i.unusedHandles() {
		return nil
	}
	var lost *ResourceType
	for n := range i.components {
		had, has := &f.tables[n], &i.components[n].handles
		for k, e := range had.entries {
			if e.typ != nil && !e.typ.Guest && (k >= len(has.entries) || !has.entries[k].first) {
				lost = e.typ
			}
		}
	}
	if lost != nil {
		return &host.ResetError{World: f.world, Reason: fmt.Sprintf("the guest has given up a %s that it held after its start", lost.Name)}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	for n := range i.components {
		had, has := &f.tables[n], &i.components[n].handles
		for k := range has.entries {
			if e := &has.entries[k]; e.own && e.typ != nil && !e.typ.Guest && !e.first {
				if err := closeObject(ctx, e.object); err != nil {
					*e = entry{} // it is not closed twice
					return &host.ResetError{World: f.world, Reason: "a resource that the guest held is not closed", Err: err}
				}
				*e = entry{}
			}
		}
		kept := append(has.entries[:0], had.entries...)
		clear(has.entries[min(len(kept), len(has.entries)):])
		has.entries, has.free = kept, had.free
	}
	i.held = f.held
	return nil
}
