package host

import (
	"context"

	"github.com/tetratelabs/wazero/api"
)

// Export is an export of a plugin, which all of its instances share.
type Export struct {
	// Name is the name that errors show, as in "example:calculator/operations#add".
	Name string
	// Core is the name of the core function, and Post that of its post-return
	// function, or "".
	Core, Post string
}

// Func is an export of one instance.
type Func struct {
	inst   *Instance
	export *Export
	// core and post are looked up on the first call, since wazero gives each
	// function a stack of its own.
	core, post api.Function
}

// lookup finds the core functions of f.
func (f *Func) lookup() {
	f.core = f.inst.module.ExportedFunction(f.export.Core)
	if f.export.Post != "" {
		f.post = f.inst.module.ExportedFunction(f.export.Post)
	}
}

// Call is one call across the boundary, of an export or of an import. The first
// error stays with it: operations after that do nothing and return zero values,
// so that generated code checks for an error only where it would go on into the
// guest or into the host.
type Call struct {
	// Stack holds the core parameters, and then the core results.
	Stack []uint64

	inst *Instance
	name string
	fn   *Func // of an export
	impl any   // of an import
	err  error
	// mem is the guest's memory, and nil where it must be fetched anew, since
	// guest code ran.
	mem []byte
	// left is how many Go bytes the call may still lift.
	left int64
	// scratch are the parameters of realloc and post-return.
	scratch [4]uint64
}

// Begin starts a call of f. A call that has begun must End.
func (f *Func) Begin(ctx context.Context) (*Call, error) {
	i := f.inst
	if i.unusable.Load() || !i.lock.tryLock() {
		return nil, i.refusal(f.export.Name)
	}
	if f.core == nil {
		f.lookup()
	}
	i.ctx.Context = ctx
	c := &i.exported
	c.fn = f
	c.name = f.export.Name
	c.left = i.limits.LiftedBytes
	return c, nil
}

// Invoke calls the core function with the parameters on the Stack, and leaves
// its result there. It reports whether the call may go on.
func (c *Call) Invoke() bool {
	if c.err != nil {
		return false
	}
	i := c.inst
	i.mayLeave = true
	err := c.fn.core.CallWithStack(&i.ctx, c.Stack)
	i.mayLeave = false
	c.mem = nil
	if err != nil {
		c.err = i.guestError(c.name, "", err)
		return false
	}
	return true
}

// End ends a call of an export and returns its error: where the guest did not
// trap, its post-return function runs. The instance is dead afterwards if the
// guest trapped or was stopped.
func (c *Call) End() error {
	if c.err != nil || c.fn.post != nil {
		return c.endSlow()
	}
	c.mem = nil
	c.inst.lock.unlock()
	return nil
}

func (c *Call) endSlow() error {
	i := c.inst
	if c.fn.post != nil && !c.fatal() {
		c.scratch[0] = c.Stack[0]
		if err := c.fn.post.CallWithStack(&i.ctx, c.scratch[:]); err != nil {
			c.err = i.guestError(c.name, RulePostReturn, err)
		}
	}
	err := c.err
	if c.fatal() {
		i.die(err)
	}
	c.err, c.mem = nil, nil
	i.lock.unlock()
	return err
}

// fatal reports whether the call's error leaves the guest in a state in which
// it must not be entered again.
func (c *Call) fatal() bool {
	if c.err == nil {
		return false
	}
	limit, ok := c.err.(*LimitError)
	return !ok || limit.Err != nil
}

// Context returns the context of the caller that entered the guest.
func (c *Call) Context() context.Context { return c.inst.ctx.Context }

// Impl returns what the host supplied for the import that is called.
func (c *Call) Impl() any { return c.impl }

// OK reports whether nothing has failed so far.
func (c *Call) OK() bool { return c.err == nil }

// Fail ends a call of an import with an error of the host function that is none
// of the function's WIT errors: the guest traps, and the error comes out of the
// call that entered the guest.
func (c *Call) Fail(err error) {
	c.fail(&Trap{Func: c.name, Rule: RuleImportFailed, Err: err})
}

// trap records that the guest broke a rule.
func (c *Call) trap(rule Rule, detail string) {
	c.fail(&Trap{Func: c.name, Rule: rule, Detail: detail})
}

// limit records that the call ran into a limit.
func (c *Call) limit(limit, detail string) {
	c.fail(&LimitError{Func: c.name, Limit: limit, Detail: detail})
}

func (c *Call) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// memory returns the guest's memory as it is now.
func (c *Call) memory() []byte {
	if m := c.inst.memory; c.mem == nil && m != nil {
		c.mem, _ = m.Read(0, m.Size())
	}
	return c.mem
}

// Exports are the functions of one exported interface of an instance.
type Exports struct {
	inst    *Instance
	exports []Export
}

// NewExports returns the exports of an instance.
func NewExports(i *Instance, exports []Export) Exports { return Exports{i, exports} }

// Func returns the function with the given number in the Interface's Functions.
func (e Exports) Func(number int) Func { return Func{inst: e.inst, export: &e.exports[number]} }
