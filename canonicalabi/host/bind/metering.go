package bind

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// metering stops the guest of an instance. It is the controllers of the guest's modules
// as one meter.Interrupter.
type metering struct {
	on bool
	// fuel and depth are host.Config's Fuel and CallDepth.
	fuel, depth uint64
	watch       *meter.Watch

	mu          sync.Mutex // guards the fields below while the instance starts
	controllers []*meter.Controller
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
	for _, c := range m.controllers {
		if on {
			c.Interrupt()
		} else {
			c.Resume()
		}
	}
}

// add adds the controller of a module. The fuel that it gets is for the start of the
// instance.
func (m *metering) add(c *meter.Controller) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.controllers = append(m.controllers, c)
	if m.fuel > 0 {
		c.SetFuel(m.fuel)
	}
	if m.depth > 0 {
		c.SetDepth(m.depth)
	}
	if m.interrupted {
		c.Interrupt()
	}
}

// refuel gives each module the fuel for a call.
func (m *metering) refuel() {
	if m.fuel > 0 {
		for _, c := range m.controllers {
			c.SetFuel(m.fuel)
		}
	}
}

// limit returns the error of a call under the context caller, if metering stopped it,
// and nil if not.
func (m *metering) limit(name string, caller context.Context) *host.LimitError {
	cause := meter.None
	for _, c := range m.controllers {
		if cause = c.Cause(); cause != meter.None {
			break
		}
	}
	var limit *host.LimitError
	switch cause {
	case meter.None:
		return nil
	case meter.Interrupted:
		limit = ContextError(name, caller.Err())
	case meter.OutOfFuel:
		limit = &host.LimitError{Func: name, Limit: "fuel", Detail: fmt.Sprintf("the call used up its %d; raise it with host.Fuel", m.fuel)}
	case meter.TooDeep:
		limit = &host.LimitError{Func: name, Limit: "call depth", Detail: fmt.Sprintf("the guest's calls are nested more than %d deep; raise it with host.CallDepth", m.depth)}
	default:
		panic(fmt.Sprintf("bind: unhandled cause %d", cause))
	}
	limit.Fatal = true
	return limit
}

// RunStart puts a module that Rewriter.Rewrite has made under the limits of the
// instance, and runs its start function. The caller calls it for each module of the
// instance, under the context of Start, before any other code of the module runs.
func (i *Instance) RunStart(ctx context.Context, module api.Module) error {
	c, err := meter.NewController(module)
	if err != nil {
		return err
	}
	i.metering.add(c)
	return c.Start(ctx)
}
