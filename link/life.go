package link

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"weak"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/link/internal/linear"
)

// life is what an instance runs on. It does not refer to the instance, so that one which
// nobody closes can be collected.
type life struct {
	plugin   *Plugin
	inst     weak.Pointer[bind.Instance]
	modules  []api.Module
	meter    api.Module
	memories *linear.Set
	// releases free what providers made.
	releases releases
	endWASI  func(context.Context) error
	ended    sync.Once

	// memoryOf are the memories by their numbers in the set, and lasting is a call of the
	// start that startcalls.Lasting knows, or "". Both are for an instance that can be put
	// back.
	memoryOf []api.Memory
	lasting  string
}

// end frees what the instance ran on, once.
func (l *life) end(ctx context.Context) (err error) {
	l.ended.Do(func() {
		var errs []error
		for _, m := range slices.Backward(l.modules) {
			if m != nil {
				errs = append(errs, m.Close(ctx))
			}
		}
		if l.meter != nil {
			errs = append(errs, l.meter.Close(ctx))
		}
		l.memories.Release()
		err = errors.Join(append(errs, l.endWASI(ctx), l.releases.release(ctx), l.plugin.remove(ctx, l))...)
	})
	return err
}

// watch has the life end when the instance is collected: nobody closes it any more.
func (l *life) watch(inst *bind.Instance) {
	l.inst = weak.Make(inst)
	runtime.AddCleanup(inst, func(l *life) { _ = l.end(context.Background()) }, l)
}

// close closes the instance.
func (l *life) close(ctx context.Context) error {
	if inst := l.inst.Value(); inst != nil {
		return inst.Close(ctx)
	}
	return l.end(ctx)
}

// payMemory takes the memory with which an instance starts from the plugin's budget.
func (p *Plugin) payMemory(ctx context.Context, config *host.Config) error {
	budget := p.config.Budget
	switch {
	case budget == nil:
		return nil
	case config.Memory != nil:
		return &host.LinkError{World: p.world.Name, Item: "options", Detail: "host.MemoryBudget cannot count the memory of host.Memory; leave one of them out"}
	}
	lacks := func(err error) error {
		return &host.LimitError{Func: p.world.Name, Limit: "memory budget", Err: err,
			Detail: fmt.Sprintf("the guest starts with %d bytes, and %d of %d are in use; close instances, or raise it with host.MemoryBudget", p.startBytes, budget.Used(), budget.Limit())}
	}
	if config.WaitForMemory && p.startBytes <= budget.Limit() {
		if err := budget.Wait(ctx, p.startBytes); err != nil {
			return lacks(err)
		}
	} else if !budget.Take(p.startBytes) {
		return lacks(nil)
	}
	return nil
}
