package host

import (
	"errors"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// Limits are the bounds that an instance keeps its guest to.
type Limits struct {
	// MemoryBytes is how large a guest's memory may grow. It is rounded down to
	// pages of 64 KiB, and is one page at least.
	MemoryBytes uint64
	// TableElements is how many elements the tables of a guest may have together;
	// 0 is no limit.
	TableElements uint64
	// LiftedBytes is how much one call may lift out of the guest, counted in the
	// bytes that the values take in Go, each shared region as often as it is
	// lifted.
	LiftedBytes int64
	// Handles is how many handles a guest may hold at a time.
	Handles int
	// Fuel is how much each call may do, as meter.Controller.SetFuel counts it;
	// 0 is no limit.
	Fuel uint64
	// CallDepth is how deep a guest's calls may be nested; 0 is no limit but
	// wazero's.
	CallDepth uint64
	// Instances is how many instances a plugin may have at a time; 0 is no limit.
	Instances int
	// Module bounds what Compile takes. Its MemoryPages and TableElements do not
	// matter beside the limits above.
	Module meter.Limits
}

// The default limits. There is none for Fuel; see [Fuel].
const (
	DefaultMemoryBytes   = 256 << 20
	DefaultTableElements = 1_000_000
	DefaultLiftedBytes   = 64 << 20
	DefaultHandles       = 1 << 16
	DefaultCallDepth     = 100_000
	DefaultInstances     = 10_000
)

// MemoryLimit bounds the memory of an instance, in bytes; the default is 256 MiB. Of
// a component it is what all its memories have together.
// A guest's memory.grow beyond it fails, which guests take for a want of memory,
// and a guest that starts with more is refused by Compile with a LimitError.
func MemoryLimit(bytes uint64) Option {
	return func(c *Config) { c.Limits.MemoryBytes = bytes }
}

// TableLimit bounds the tables of an instance together, in elements, of which each
// takes 8 bytes of the host's memory; the default is 1,000,000, and 0 is no limit.
// Each core module of a component, and in it each table, may grow by an equal part.
// A guest's table.grow beyond that fails, and a guest that starts with more is
// refused by Compile with a LimitError.
func TableLimit(elements uint64) Option {
	return func(c *Config) { c.Limits.TableElements = elements }
}

// LiftLimit bounds what one call may lift out of the guest, in bytes that the
// values take in Go; the default is 64 MiB. A call beyond it ends with a
// LimitError.
func LiftLimit(bytes int64) Option {
	return func(c *Config) { c.Limits.LiftedBytes = bytes }
}

// HandleLimit bounds how many handles of resources a guest may hold at a time; the
// default is 65,536. A call that would give it more ends with a LimitError.
func HandleLimit(n int) Option {
	return func(c *Config) { c.Limits.Handles = n }
}

// Fuel bounds how much guest code one call may run: about as many instructions,
// as meter.Controller.SetFuel counts them, which is the same in every run and on
// every machine. It counts for what the host calls for it too, such as realloc and
// destructors, and for the start of an instance; each module of a component has
// as much. A call that uses more ends with a LimitError, and its instance is dead.
//
// Without the option there is no limit: what bounds the time of a call is its
// context.
func Fuel(n uint64) Option {
	return func(c *Config) { c.Limits.Fuel = n }
}

// CallDepth bounds how many calls of functions in the guest may be nested; the
// default is 100,000, and 0 leaves it to wazero, which stops at a stack of 50 MB. A
// call that goes deeper ends with a LimitError, and its instance is dead.
func CallDepth(n uint64) Option {
	return func(c *Config) { c.Limits.CallDepth = n }
}

// InstanceLimit bounds how many instances of the plugin may exist at a time; the
// default is 10,000, and 0 is no limit. Instantiate beyond it returns a
// LimitError. A dead instance counts until it is closed.
func InstanceLimit(n int) Option {
	return func(c *Config) { c.Limits.Instances = n }
}

// ModuleLimits bounds what each module of the guest may contain, which is looked at
// before it is compiled, as a small module can make wazero compile for minutes; the
// default is meter.DefaultLimits. Compile refuses a module beyond them with a
// LimitError that names the function and the place. MemoryLimit and TableLimit
// count for the fields MemoryPages and TableElements.
func ModuleLimits(limits meter.Limits) Option {
	return func(c *Config) { c.Limits.Module = limits }
}

// Rewriter rewrites the core modules of the guest of a world, so that the limits of
// its instances hold for them.
type Rewriter struct {
	World  string
	Config *Config
	// Tables is how many core modules share the limit of tables, if more than one.
	Tables int
	work   uint64 // of compiling the modules so far, see meter.Limits.CompileWork
}

// Rewrite returns a module as it is to be compiled. The error is a *LimitError or a
// *LinkError.
func (r *Rewriter) Rewrite(wasm []byte) ([]byte, error) {
	if r.Config.Unmetered {
		return wasm, nil
	}
	limits := &r.Config.Limits
	config := meter.Config{Depth: limits.CallDepth > 0, Limits: limits.Module}
	config.Limits.MemoryPages = limits.MemoryPages()
	config.Limits.TableElements = limits.TableElements
	if limits.TableElements > 0 && r.Tables > 1 {
		config.Limits.TableElements = max(limits.TableElements/uint64(r.Tables), 1)
	}
	if limit := limits.Module.CompileWork; limit > 0 {
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

// MemoryPages is the limit of a memory in pages of 64 KiB.
func (l *Limits) MemoryPages() uint64 { return max(min(l.MemoryBytes>>16, maxPages), 1) }

// refused is the error of a guest that meter refuses.
func (r *Rewriter) refused(err error) error {
	var refused *meter.Error
	world := r.World
	switch {
	case !errors.As(err, &refused):
		return err
	case errors.Is(err, meter.ErrMalformed):
		return &LinkError{World: world, Detail: "the guest is not a valid WebAssembly module: " + place(refused)}
	case errors.Is(err, meter.ErrUnsupported):
		return &LinkError{World: world, Detail: "the guest uses what cannot be metered: " + place(refused) + "; build it without, or run it with host.Unmetered if you trust it"}
	}
	if refused.Rule == "CompileWork" { // of all modules
		refused.Got, refused.Limit = refused.Got+r.work, r.Config.Limits.Module.CompileWork
	}
	limit := &LimitError{Func: world, Limit: refused.Rule, Detail: fmt.Sprintf("%s, and the limit is %d; ", place(refused), refused.Limit)}
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

// MemoryError is the error of a guest of a world that starts with more pages of
// memory than the limit.
func MemoryError(world string, pages, limit uint64) *LimitError {
	return &LimitError{Func: world, Limit: "memory",
		Detail: fmt.Sprintf("the guest starts with %d bytes, and the limit is %d; raise it with host.MemoryLimit, or give the guest less", pages<<16, limit<<16)}
}

// place says what a module was refused for, and where that stands.
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
