package bind

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// metering stops the guest of an instance. All core modules of the guest share one
// controller.
type metering struct {
	on bool
	// fuel is host.Config's, and frames the bytes that the frames of a call may take
	// which is not nested.
	fuel, frames uint64
	watch        *meter.Watch

	mu          sync.Mutex // guards the fields below while the instance starts
	controller  *meter.Controller
	interrupted bool
}

// Interrupt implements meter.Interrupter.
func (m *metering) Interrupt() { m.interrupt(true) }

// Resume implements meter.Interrupter.
func (m *metering) Resume() { m.interrupt(false) }

func (m *metering) interrupt(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.interrupted = on
	switch {
	case m.controller == nil:
	case on:
		m.controller.Interrupt()
	default:
		m.controller.Resume()
	}
}

// set sets the controller. The fuel that it gets is for the start of the instance.
func (m *metering) set(c *meter.Controller) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.controller = c
	m.refuel()
	c.SetStack(m.frames)
	if m.interrupted {
		c.Interrupt()
	}
}

// refuel gives the guest the fuel for a call.
func (m *metering) refuel() {
	if m.fuel > 0 && m.controller != nil {
		m.controller.SetFuel(m.fuel)
	}
}

// setStack sets how many bytes of frames the guest may have from now on, and returns how
// many it might have had.
func (m *metering) setStack(bytes uint64) (before uint64) {
	if m.controller == nil {
		return 0
	}
	before = m.controller.StackLeft()
	m.controller.SetStack(bytes)
	return before
}

// spend takes fuel for work of the host. It reports whether there is as much.
func (m *metering) spend(units uint64) bool {
	if m.fuel == 0 || m.controller == nil || units == 0 {
		return true // a guest in debt must not be given fuel by SetFuel(0)
	}
	left := m.controller.Fuel()
	m.controller.SetFuel(left - min(left, units))
	return units <= left
}

// meterLimit returns the error of a call that the meter stopped, and nil if it did not.
func (i *Instance) meterLimit(name string) *host.LimitError {
	m := &i.metering
	if m.controller == nil {
		return nil
	}
	var limit *host.LimitError
	switch cause := m.controller.Cause(); cause {
	case meter.None:
		return nil
	case meter.Interrupted:
		limit = ContextError(name, i.caller.Err())
	case meter.OutOfFuel:
		limit = m.outOfFuel(name)
	case meter.TooDeep:
		limit = i.stackError(name)
	default:
		panic(fmt.Sprintf("bind: unhandled cause %d", cause))
	}
	limit.Fatal = true
	return limit
}

// outOfFuel returns the error of a call that used up its fuel.
func (m *metering) outOfFuel(name string) *host.LimitError {
	return &host.LimitError{Func: name, Limit: "fuel", Detail: fmt.Sprintf("the call used up its %d; raise it with host.Fuel", m.fuel)}
}

// ShareMeter puts the core modules of the instance under one meter, an instance of
// meter.Globals that they import. The caller calls it before it instantiates the first
// of them, if Rewriter.Shared was set.
func (i *Instance) ShareMeter(globals api.Module) error {
	c, err := meter.NewController(globals)
	if err != nil {
		return err
	}
	i.metering.set(c)
	return nil
}

// RunStart runs the start function of a core module that Rewriter.Rewrite has made. If
// it does not share its meter, RunStart puts it under the limits of the instance. The
// caller calls it for each module of the instance, under the context of Start, before
// any other code of the module runs.
func (i *Instance) RunStart(ctx context.Context, module api.Module) error {
	if i.metering.controller == nil {
		c, err := meter.NewController(module)
		if err != nil {
			return err
		}
		i.metering.set(c)
	}
	f := newCoreFunc(meter.StartFunction(module))
	if !f.found() {
		return nil
	}
	return i.call(&f, nil)
}

// CallStart calls a function without parameters and results during the start, under the
// context of Start. It does nothing if there is no such function.
func (i *Instance) CallStart(function *CoreItem) error {
	f := newCoreFunc(i.core(function))
	if !f.found() {
		return nil
	}
	return i.call(&f, nil)
}
