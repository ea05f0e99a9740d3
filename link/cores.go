package link

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/component/plan"
)

// compileCores compiles the core modules of a plan, each once for each set of
// things that it imports.
func (p *Plugin) compileCores(ctx context.Context, made *plan.Plan) error {
	if err := p.checkCores(made); err != nil {
		return err
	}
	links, copies, err := p.copies(made)
	if err != nil {
		return err
	}
	if err := p.shareMeter(ctx, made); err != nil {
		return err
	}
	known := map[plan.Links]wazero.CompiledModule{}
	for n, core := range made.Cores {
		if core.Module == nil {
			p.cores = append(p.cores, coreStep{start: coreItem(core.Start)})
			continue
		}
		if err := ctx.Err(); err != nil {
			return bind.ContextError(p.world.Name, err)
		}
		compiled, ok := known[links[n]]
		if !ok {
			rewritten, err := made.Rewrite(n)
			if err != nil {
				return planFailed(p.world, err)
			}
			of := copies[core.Module]
			if compiled, err = p.compileModule(ctx, rewritten, func() *plan.Module { return core.Module }, of.number, of.largest); err != nil {
				return err
			}
			of.number = 0 // all are charged
			known[links[n]] = compiled
		}
		p.cores = append(p.cores, coreStep{compiled: compiled})
	}
	return nil
}

// meterModule is the name under which core modules import the globals of their meter. It
// is no key of a plan. An import resolver knows the module, so instances share no name.
const meterModule = "meter"

// shareMeter prepares for several core modules of an instance to share one meter.
func (p *Plugin) shareMeter(ctx context.Context, made *plan.Plan) error {
	modules := 0
	for _, core := range made.Cores {
		if core.Module != nil {
			modules++
		}
	}
	if modules < 2 || p.config.Unmetered {
		return nil
	}
	p.rewriter.Shared = meterModule
	compiled, err := p.runtime.CompileModule(ctx, meter.Globals())
	if err != nil {
		return fmt.Errorf("%s: %w", p.world.Name, err)
	}
	p.meter = compiled
	p.compiled = append(p.compiled, compiled)
	return nil
}

// moduleCopies are the copies of a core module that are linked to different imports.
type moduleCopies struct {
	number  int
	largest uint64 // the bytes of the largest
}

// copies returns how the core instances of a component are linked, and how many copies
// that makes of each module. All copies are charged before the first is made: a few
// kilobytes can instantiate a large module a thousand times.
func (p *Plugin) copies(made *plan.Plan) ([]plan.Links, map[*plan.Module]*moduleCopies, error) {
	links := make([]plan.Links, len(made.Cores))
	known := map[plan.Links]bool{}
	copies := map[*plan.Module]*moduleCopies{}
	for n, core := range made.Cores {
		if core.Module == nil {
			continue
		}
		names := made.Names(n)
		if err := p.rewriter.Copy(names); err != nil {
			return nil, nil, err
		}
		if links[n] = made.Links(n); known[links[n]] {
			continue
		}
		known[links[n]] = true
		size := uint64(len(core.Module.Bytes))
		if err := p.rewriter.Copy(size); err != nil {
			return nil, nil, err
		}
		size += names
		of := copies[core.Module]
		if of == nil {
			of = &moduleCopies{}
			copies[core.Module] = of
		}
		of.number++
		of.largest = max(of.largest, size)
	}
	return links, copies, nil
}

// checkCores checks the limits of memories and tables for all core modules of a component
// together, each counted as often as it is instantiated.
func (p *Plugin) checkCores(made *plan.Plan) error {
	pages := uint64(0)
	for _, core := range made.Cores {
		m := core.Module
		if m == nil {
			continue
		}
		if m.Memory {
			pages += m.Pages
		}
		if m.Table {
			p.rewriter.Tables++
		}
	}
	p.startBytes = pages << 16
	if limit := bind.MemoryPages(p.config); pages > limit {
		return bind.MemoryError(p.world.Name, pages, limit)
	}
	return nil
}

// resolveCore finds the module that a rewritten core module imports from.
func (p *Plugin) resolveCore(key string, modules []api.Module) api.Module {
	switch n, ok := plan.CoreOf(key); {
	case !ok:
		return nil
	case n == plan.Host:
		return p.imports[0].instance
	case n >= 0 && n < len(modules):
		return modules[n]
	default:
		return nil
	}
}
