package bind

import (
	"errors"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// Rewriter rewrites the core modules of the guest of a world, so that the limits of
// its instances hold for them.
type Rewriter struct {
	World  string
	Config *host.Config
	// Tables is the number of core modules that share the limit of tables, if there
	// is more than one.
	Tables int
	// Shared is the name of the module from which the guest's modules import the globals
	// of their meter, or "" if the guest has one module. See Instance.ShareMeter.
	Shared string
	work   uint64 // meter.Module.CompileWork of the modules so far, together
}

// Rewrite returns the module to compile in place of wasm. The error is a
// *host.LimitError or a *host.LinkError.
func (r *Rewriter) Rewrite(wasm []byte) ([]byte, error) {
	if r.Config.Unmetered {
		return wasm, nil
	}
	c := r.Config
	config := meter.Config{Stack: c.StackBytes > 0, Shared: r.Shared, Limits: moduleLimits(&c.Module)}
	config.Limits.MemoryPages = MemoryPages(c)
	config.Limits.TableElements = c.TableElements
	if c.TableElements > 0 && r.Tables > 1 {
		config.Limits.TableElements = max(c.TableElements/uint64(r.Tables), 1)
	}
	if limit := c.Module.CompileWork; limit > 0 {
		config.Limits.CompileWork = max(limit-min(limit, r.work), 1)
	}
	module, err := meter.Rewrite(wasm, config)
	if err != nil {
		return nil, r.refused(err)
	}
	r.work += module.CompileWork
	return module.Wasm, nil
}

// maxPages bounds a memory so that its size in bytes fits 32 bits.
const maxPages = 1<<16 - 1

// MemoryPages returns the limit of a memory in pages of 64 KiB.
func MemoryPages(c *host.Config) uint64 { return max(min(c.MemoryBytes>>16, maxPages), 1) }

// moduleLimits converts limits for meter. It leaves out those of memory and tables,
// which host.Config has for all modules together.
func moduleLimits(l *host.Limits) meter.Limits {
	return meter.Limits{
		ModuleBytes:          l.ModuleBytes,
		Types:                l.Types,
		Params:               l.Params,
		Results:              l.Results,
		Imports:              l.Imports,
		Exports:              l.Exports,
		Functions:            l.Functions,
		Globals:              l.Globals,
		Tables:               l.Tables,
		Segments:             l.Segments,
		Elements:             l.Elements,
		FunctionBytes:        l.FunctionBytes,
		FunctionInstructions: l.FunctionInstructions,
		FunctionBlocks:       l.FunctionBlocks,
		FunctionLocals:       l.FunctionLocals,
		Nesting:              l.Nesting,
		CompileWork:          l.CompileWork,
	}
}

// refused returns the error of a guest that meter refuses with err.
func (r *Rewriter) refused(err error) error {
	var refused *meter.Error
	world := r.World
	switch {
	case !errors.As(err, &refused):
		return err
	case errors.Is(err, meter.ErrMalformed):
		return &host.LinkError{World: world, Detail: "the guest is not a valid WebAssembly module: " + place(refused)}
	case errors.Is(err, meter.ErrUnsupported):
		return &host.LinkError{World: world, Detail: "the guest uses a feature that cannot be metered: " + place(refused) + "; build it without that, or run it with host.Unmetered if you trust it"}
	}
	if refused.Rule == "CompileWork" { // of all modules
		refused.Got, refused.Limit = refused.Got+r.work, r.Config.Module.CompileWork
	}
	limit := &host.LimitError{Func: world, Limit: refused.Rule, Detail: fmt.Sprintf("%s, and the limit is %d; ", place(refused), refused.Limit)}
	switch refused.Rule {
	case "MemoryPages":
		return MemoryError(world, refused.Got, refused.Limit)
	case "TableElements":
		limit.Limit = "table elements"
		limit.Detail += "raise it with host.TableLimit, or give the guest less"
	default:
		limit.Detail += "raise it with host.ModuleLimits, or make the guest smaller"
	}
	return limit
}

// MemoryError returns the error of a guest of a world that starts with more pages of
// memory than the limit.
func MemoryError(world string, pages, limit uint64) *host.LimitError {
	return &host.LimitError{Func: world, Limit: "memory",
		Detail: fmt.Sprintf("the guest starts with %d bytes, and the limit is %d; raise it with host.MemoryLimit, or give the guest less", pages<<16, limit<<16)}
}

// place returns the reason that a module was refused, and the place in it.
func place(e *meter.Error) string {
	s := e.Rule
	if errors.Is(e.Kind, meter.ErrLimit) {
		s = fmt.Sprintf("%d", e.Got)
	}
	if e.Func >= 0 {
		s += fmt.Sprintf(" in function %d", e.Func)
		if e.Name != "" {
			s += " (" + e.Name + ")"
		}
	}
	return s + fmt.Sprintf(" at offset 0x%x", e.Offset)
}
