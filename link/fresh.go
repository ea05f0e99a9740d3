package link

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/link/internal/startcalls"
	"github.com/witgen/witgen/wasi/closed"
)

// checkFresh refuses options that host.Fresh excludes.
func (p *Plugin) checkFresh(config *host.Config) error {
	bad := func(option, detail string) error {
		return &host.LinkError{World: p.world.Name, Item: "options", Detail: fmt.Sprintf("host.Fresh and host.%s exclude each other: %s", option, detail)}
	}
	switch {
	case !config.Fresh:
		return nil
	case config.Unmetered:
		return bad("Unmetered", "the state of a guest is saved by code that is added to its modules when they are metered")
	case config.Memory != nil:
		return bad("Memory", "memories can be put back only if witgen supplies them")
	}
	return nil
}

// keeper puts an instance back. It does not refer to the instance.
type keeper struct {
	*life
	config *host.Config
	// impls are the host's implementations, and supplied those with what providers made.
	impls, supplied []any
}

// keepFresh saves the state of an instance that has started.
func (l *life) keepFresh(inst *bind.Instance, config *host.Config, impls, supplied []any) error {
	p := l.plugin
	why := ""
	if l.lasting != "" {
		why = fmt.Sprintf("the guest called %s while it started, and what it has open is not kept", l.lasting)
	}
	if err := inst.KeepFresh(p.world.Name, why, &keeper{l, config, impls, supplied}); err != nil {
		return inst.FailStart(p.world.Name, err)
	}
	l.memories.Save(&p.snapshot)
	return nil
}

// checkStart judges an import that the guest calls while it starts.
func (l *life) checkStart(config *host.Config) func(name string) *host.LinkError {
	empty := emptyWASI(config)
	return func(name string) *host.LinkError {
		if startcalls.Lasting(name) {
			l.lasting = name
		}
		if config.AnyStart || startcalls.Allowed(name, empty) {
			return nil
		}
		return &host.LinkError{World: l.plugin.world.Name, Item: "import " + name,
			Detail: "the guest calls it while it starts, and host.Fresh puts instances back to the state after that, so all calls would see what it got; allow that with host.SnapshotAfterStart, or build the guest so that it calls it later"}
	}
}

// emptyWASI returns what WASI has nothing of for a guest.
func emptyWASI(config *host.Config) startcalls.Empty {
	n := slices.IndexFunc(config.Providers, func(p host.Provider) bool { return p.Name() == closed.Name })
	if n < 0 {
		return startcalls.Empty{Arguments: true, Environment: true, Folders: true}
	}
	if p, ok := config.Providers[n].(closed.Granter); ok {
		arguments, environment, folders := p.Grants()
		return startcalls.Empty{Arguments: !arguments, Environment: !environment, Folders: !folders}
	}
	return startcalls.Empty{}
}

// noteMemories notes the memories that the start of a module has made.
func (l *life) noteMemories(module int) {
	for len(l.memoryOf) < l.memories.Memories() {
		l.memoryOf = append(l.memoryOf, l.modules[module].Memory())
	}
}

// Restore implements bind.Fresh.
func (k *keeper) Restore() error {
	return k.memories.Restore(func(memory int) bool {
		_, ok := k.memoryOf[memory].Grow(1)
		return ok
	})
}

// renewTime bounds how long an instance that is put back waits for its output to leave.
const renewTime = time.Second

// Renew implements bind.Fresh.
func (k *keeper) Renew(ctx context.Context, systemOnly bool) (impls []any, system any, worker *bind.Worker, err error) {
	ctx, cancel := context.WithTimeout(ctx, renewTime)
	defer cancel()
	if !systemOnly {
		old := k.releases
		k.releases = nil
		if err := old.release(ctx); err != nil {
			return nil, nil, nil, err
		}
		supplied, err := k.plugin.implement(ctx, k.config, k.impls)
		if err != nil {
			return nil, nil, nil, err
		}
		k.releases, worker = supplied.releases, supplied.worker
		k.supplied = supplied.impls
	}
	end := k.endWASI
	k.endWASI = endsNothing
	if err := end(ctx); err != nil {
		return nil, nil, nil, err
	}
	system, k.endWASI, err = k.plugin.startWASI(ctx, k.config)
	return k.supplied, system, worker, err
}
