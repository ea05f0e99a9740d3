package bind

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
	"github.com/witgen/witgen/canonicalabi/host/meter/fresh"
	"github.com/witgen/witgen/internal/wasm"
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
	// budget is that of all modules of the guest.
	budget cost.Budget
}

// NewRewriter returns a Rewriter for the guest of a world.
func NewRewriter(world string, c *host.Config) Rewriter {
	return Rewriter{World: world, Config: c, budget: cost.Budget{Time: c.Module.CompileTime, Memory: c.Module.CompileMemory, Bytes: c.Module.ModuleBytes}}
}

// Copy charges a copy of a module of so many bytes that is about to be made for its
// imports. The error is a *host.LimitError. Guests that are not metered have no limit.
func (r *Rewriter) Copy(bytes uint64) error {
	if r.Config.Unmetered {
		return nil
	}
	return r.over(r.budget.Copies(1, bytes), "")
}

// Definitions refuses a component with too many definitions, given as
// binary.DefinitionBytes counts them, and charges the memory that these take. The error is a *host.LimitError. Guests that are not
// metered have no limit.
func (r *Rewriter) Definitions(bytes uint64) error {
	if r.Config.Unmetered {
		return nil
	}
	if most := r.Config.Module.DefinitionBytes; most > 0 && bytes > most {
		return r.limit("DefinitionBytes", bytes, most, "")
	}
	return r.over(r.budget.Hold(heldForDefinitions*bytes), " for the definitions of the component")
}

// heldForDefinitions is how much memory the definitions of a component take when they are
// read, validated and planned, for each byte that binary.DefinitionBytes counts.
const heldForDefinitions = 128

// HostModule charges a module of host functions that is about to be made for the guest:
// so many functions, of so many different types, with so many parameters and results
// together. The error is a *host.LimitError. Guests that are not metered have no limit.
func (r *Rewriter) HostModule(functions, types, values int) error {
	if r.Config.Unmetered {
		return nil
	}
	if most := r.Config.Module.Imports; most > 0 && uint64(functions) > most {
		return r.limit("Imports", uint64(functions), most, " functions that the host supplies")
	}
	return r.over(r.budget.Compile(1, cost.HostModule(functions, types, values)), fmt.Sprintf(" with the %d functions that the host supplies", functions))
}

// Rewrite returns the module to compile in place of wasm, and charges compiling it and
// all other copies of it that are linked to other imports. copies is their number with
// this one, or 0 for one of those that were charged with the first, and size the number
// of bytes of the largest. The error is a *host.LimitError or a *host.LinkError.
// Guests that are not metered are returned as they are, and nothing is charged.
func (r *Rewriter) Rewrite(ctx context.Context, wasm []byte, copies int, size uint64) ([]byte, error) {
	if r.Config.Unmetered {
		return wasm, nil
	}
	module, memory, err := r.rewrite(ctx, wasm)
	if err != nil {
		return nil, err
	}
	if copies == 0 {
		return module, nil
	}
	limits := r.budget.Left()
	limits.Code = r.Config.Module.MachineCode
	report, err := cost.Estimate(ctx, module, limits)
	if err != nil {
		return nil, r.dear(ctx, wasm, err)
	}
	report.Memory = max(report.Memory, memory)
	report = report.Grown(size - min(size, uint64(len(wasm))))
	return module, r.over(r.budget.Compile(copies, report), in(wasm, report.Worst))
}

// rewrite returns a module as it is rewritten, and how much memory that takes at most, which is
// bounded by what is left.
func (r *Rewriter) rewrite(ctx context.Context, wasm []byte) (module []byte, memory uint64, err error) {
	takes, err := cost.RewritingOf(ctx, wasm)
	if err != nil {
		return nil, 0, ContextError(r.World, err)
	}
	c := r.Config
	if c.Fresh {
		takes.Fixed += fresh.Memory(wasm, c.Module.Globals, c.Module.Tables)
	}
	config := meter.Config{Stack: c.StackBytes > 0, Shared: r.Shared, Limits: moduleLimits(&c.Module), Done: ctx.Done()}
	config.Limits.TableElements = c.TableElements
	if c.TableElements > 0 && r.Tables > 1 {
		config.Limits.TableElements = max(c.TableElements/uint64(r.Tables), 1)
	}
	short := false // of memory
	if left := r.budget.Left().Memory; left > 0 {
		most, ok := takes.Most(left)
		if !ok {
			return nil, 0, r.tooLarge(takes.Memory(0))
		}
		if limit := config.Limits.RewrittenBytes; limit == 0 || most < limit {
			config.Limits.RewrittenBytes, short = most, true
		}
	}
	out, err := r.meter(ctx, wasm, config)
	if errors.Is(err, meter.ErrStopped) {
		return nil, 0, ContextError(r.World, ctx.Err())
	}
	if err != nil {
		var refused *meter.Error
		if errors.As(err, &refused) && short && refused.Rule == "RewrittenBytes" {
			return nil, 0, r.tooLarge(takes.Memory(refused.Got))
		}
		return nil, 0, r.refused(wasm, err)
	}
	return out.Wasm, takes.Memory(uint64(len(out.Wasm))), nil
}

// tooLarge returns the error of a module for which rewriting takes more memory than is left.
func (r *Rewriter) tooLarge(memory uint64) error {
	return r.limit("Memory", r.budget.Used().Memory+memory, r.budget.Memory, " to rewrite a module")
}

// meter rewrites a module to be metered, and before that to be put back to its start if
// the guest is compiled for that.
func (r *Rewriter) meter(ctx context.Context, wasm []byte, config meter.Config) (*meter.Module, error) {
	if !r.Config.Fresh {
		return meter.Rewrite(wasm, config)
	}
	prepared, err := fresh.Rewrite(wasm, fresh.Limits{Globals: config.Limits.Globals, Tables: config.Limits.Tables, Done: ctx.Err})
	if ctx.Err() != nil {
		return nil, meter.ErrStopped
	}
	if err == nil {
		var module *meter.Module
		if module, err = meter.Rewrite(prepared, config); err == nil {
			return module, nil
		}
	}
	// The places in the error are those in the module as it came, if it is at fault.
	if _, err := meter.Rewrite(wasm, config); err != nil {
		return nil, err
	}
	var refused *fresh.Error
	if errors.As(err, &refused) {
		return nil, &host.LinkError{World: r.World, Detail: fmt.Sprintf("the guest cannot be put back to its start: %s at offset 0x%x; compile it without host.Fresh", refused.Rule, refused.Offset)}
	}
	return nil, err
}

// maxPages bounds a memory so that its size in bytes fits 32 bits.
const maxPages = 1<<16 - 1

// MemoryPages returns the limit of a memory in pages of 64 KiB.
func MemoryPages(c *host.Config) uint64 { return max(min(c.MemoryBytes>>16, maxPages), 1) }

// moduleLimits converts limits for meter. It leaves out those of memory and tables,
// which host.Config has for all modules together, and those of compiling.
func moduleLimits(l *host.Limits) meter.Limits {
	return meter.Limits{
		ModuleBytes:    l.ModuleBytes,
		RewrittenBytes: l.RewrittenBytes,
		Sections:       l.Sections,
		Types:          l.Types,
		Params:         l.Params,
		Results:        l.Results,
		Imports:        l.Imports,
		Exports:        l.Exports,
		Functions:      l.Functions,
		Globals:        l.Globals,
		Tables:         l.Tables,
		Segments:       l.Segments,
		Elements:       l.Elements,
		FunctionBytes:  l.FunctionBytes,
		FunctionLocals: l.FunctionLocals,
		Nesting:        l.Nesting,
	}
}

// MissingFeature returns the error of a guest of a world, a core module, that needs a
// feature of WebAssembly which the engine does not have, and nil where it needs none. It
// is for guests that were refused: some types of such features do no harm.
func MissingFeature(world string, module []byte) *host.LinkError {
	feature, at := wasm.Feature(module)
	if feature == "" {
		return nil
	}
	return &host.LinkError{World: world, Detail: fmt.Sprintf("the guest needs the feature %s of WebAssembly, at offset 0x%x, which the engine does not have; build it without that", feature, at)}
}

// refused returns the error of a guest that meter refuses with err.
func (r *Rewriter) refused(module []byte, err error) error {
	var refused *meter.Error
	world := r.World
	if errors.As(err, &refused) && !errors.Is(err, meter.ErrLimit) {
		if missing := MissingFeature(world, module); missing != nil {
			return missing
		}
	}
	switch {
	case !errors.As(err, &refused):
		return err
	case errors.Is(err, meter.ErrMalformed):
		return &host.LinkError{World: world, Detail: "the guest is not a valid WebAssembly module: " + place(refused)}
	case errors.Is(err, meter.ErrUnsupported):
		return &host.LinkError{World: world, Detail: "the guest uses a feature that cannot be metered: " + place(refused) + "; build it without that, or run it with host.Unmetered if you trust it"}
	}
	limit := &host.LimitError{Func: world, Limit: refused.Rule, Detail: fmt.Sprintf("%s, and the limit is %d; ", place(refused), refused.Limit)}
	switch refused.Rule {
	case "TableElements":
		limit.Limit = "table elements"
		limit.Detail += "raise it with host.TableLimit, or give the guest less"
	case "Frame":
		limit.Limit = "stack"
		limit.Detail = "a frame of " + limit.Detail + "give the function fewer locals and shorter calls"
	default:
		limit.Detail += smaller
	}
	return limit
}

const smaller = "raise it with host.ModuleLimits, or make the guest smaller"

// limitNames are the fields of host.Limits by the limits of package cost.
var limitNames = map[string]string{"Time": "CompileTime", "Memory": "CompileMemory", "Bytes": "ModuleBytes", "Code": "MachineCode"}

// dear returns the error of a module that cannot be estimated, or whose estimate exceeds a
// limit.
func (r *Rewriter) dear(ctx context.Context, module []byte, err error) error {
	var limit *cost.LimitError
	if errors.As(err, &limit) {
		got, most := limit.Got, limit.Most
		switch limit.Limit { // of all modules
		case "Time":
			most = r.budget.Time
			got += r.budget.Used().Time
		case "Memory":
			most = r.budget.Memory
			got += r.budget.Used().Memory
		}
		return r.limit(limit.Limit, got, most, in(module, limit.Worst))
	}
	if ctx.Err() != nil {
		return ContextError(r.World, ctx.Err())
	}
	detail := err.Error()
	if invalid := (*wasm.Error)(nil); errors.As(err, &invalid) {
		detail = invalid.Rule // the offset is one in the module as it is rewritten
	}
	return &host.LinkError{World: r.World, Detail: "the guest is not a valid WebAssembly module: " + detail}
}

// over returns the error of a guest that exceeds the budget, and nil where err is nil.
func (r *Rewriter) over(err error, where string) error {
	var over *cost.BudgetError
	if !errors.As(err, &over) {
		return err
	}
	return r.limit(over.Limit, over.Got, over.Most, where)
}

func (r *Rewriter) limit(limit string, got, most uint64, where string) error {
	return &host.LimitError{Func: r.World, Limit: cmp.Or(limitNames[limit], limit), Detail: fmt.Sprintf("%d%s, and the limit is %d; %s", got, where, most, smaller)}
}

// in returns what a limit's error says of the function that takes most.
func in(module []byte, f cost.Function) string {
	index, name, offset := meter.Function(module, f.Index)
	switch {
	case index < 0: // a function of the meter's, or a module without functions
		return ""
	case name != "":
		return fmt.Sprintf(", most of it in function %d (%s) at offset 0x%x", index, name, offset)
	default:
		return fmt.Sprintf(", most of it in function %d at offset 0x%x", index, offset)
	}
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
