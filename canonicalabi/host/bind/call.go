package bind

import (
	"context"
	"sync/atomic"
	"unsafe"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Export is an export of a plugin, which all of its instances share.
type Export struct {
	// Name is the name that errors show, as in "example:calculator/operations#add".
	Name string
	// Core is the core function, and Post its post-return function, or nil.
	Core CoreItem
	Post *CoreItem
	// Options are those of the function, by number in the Tree.
	Options int
}

// ExportedInterface is what the instances of a plugin share of an exported
// interface.
type ExportedInterface struct {
	// Functions are in the order of Interface.Functions.
	Functions []Export
	// Types are in the order of Interface.Resources.
	Types []*ResourceType
}

// Func is an export of one instance: the Call that its calls use, one after the
// other.
type Func Call

// Call is one call across the boundary, of an export or of an import. The first
// error stays with it: operations after that do nothing and return zero values,
// so that generated code checks for an error only where it would go on into the
// guest or into the host.
type Call struct {
	// Stack holds the core parameters, and then the core results.
	Stack []uint64

	inst *Instance
	// plain is Instance.plain.
	plain contextType
	// opts are the canonical options of the function.
	opts *canon
	// core and post are of an export. They are looked up on the first call,
	// since wazero gives each function a stack of its own.
	core api.Function
	// slow says that the call of an export is more than one of core: that core
	// was not looked up yet, that there is post-return, an error, or anything
	// to undo at the end, or that the instance guards contexts. See RATIONALE.md.
	slow bool
	// refused says that the call was not let in, invoked that the core function
	// has returned.
	refused, invoked bool
	err              error
	// mem is the guest's memory, and nil where it must be fetched anew, since
	// guest code ran.
	mem []byte
	// left is how many Go bytes the call may still lift.
	left int64
	// scratch are the parameters of realloc and post-return.
	scratch [4]uint64

	post   api.Function
	export *Export

	// name and impl are of an import; resource is the number of the resource
	// whose [resource-drop], [resource-new] or [resource-rep] it is.
	name     string
	impl     any
	resource int

	// types are the resource types that the interface mentions.
	types []*ResourceType
	loans loans
	// self is the resource whose method is called, where it is a method.
	self *Handle
}

// Begin starts a call of f, which must End or Finish. A call that may not start
// has failed from the beginning: its operations do nothing, and its end returns
// why. The body is as large as the compiler inlines, which is why it does not call
// tryLock and typeOf.
func (f *Func) Begin(ctx context.Context) *Call {
	if f.plain == *(*contextType)(unsafe.Pointer(&ctx)) && atomic.CompareAndSwapUint32(&f.inst.lock.state, 0, lockHeld) {
		return (*Call)(f)
	}
	return f.beginSlow(ctx)
}

// beginSlow starts a call where that takes more than a free lock: under another
// context than context.Background, of an instance with fuel, or of one that cannot
// be entered.
//
//go:noinline
func (f *Func) beginSlow(ctx context.Context) *Call {
	i := f.inst
	err := i.enter(ctx, f.export.Name)
	if err == nil {
		return (*Call)(f)
	}
	return &Call{
		Stack:   make([]uint64, maxStack),
		inst:    i,
		opts:    f.opts,
		export:  f.export,
		types:   f.types,
		err:     err,
		slow:    true,
		refused: true,
	}
}

// Invoke calls the core function with the parameters on the Stack, and leaves
// its result there. It reports whether the call may go on.
func (c *Call) Invoke() bool {
	if c.slow {
		if c.err != nil {
			return false
		}
		if c.core == nil {
			c.lookup()
		}
		c.inst.enterComponents(c.opts.comp)
	}
	i := c.inst
	err := c.core.CallWithStack(i.context(), c.Stack)
	c.mem = nil
	c.left = i.liftLimit
	c.invoked = true
	if err != nil {
		c.fail(i.guestError(c.export.Name, "", err))
		return false
	}
	return true
}

// lookup finds the core functions of an export.
func (c *Call) lookup() {
	c.core = c.inst.core(&c.export.Core)
	c.post = c.inst.core(c.export.Post)
}

// Finish is Invoke and End in one, for a function whose result is a single core
// value, or none: it returns what is on the Stack.
func (c *Call) Finish() (uint64, error) {
	if c.slow {
		return c.finishSlow()
	}
	i := c.inst
	if err := c.core.CallWithStack((*callContext)(i), c.Stack); err != nil {
		c.fail(i.guestError(c.export.Name, "", err))
		return 0, c.End()
	}
	result := c.Stack[0]
	i.leave()
	return result, nil
}

func (c *Call) finishSlow() (result uint64, err error) {
	if c.Invoke() {
		result = c.Stack[0]
	}
	if err := c.End(); err != nil {
		return 0, err
	}
	return result, nil
}

// End ends a call of an export and returns its error: where the guest did not
// trap, its post-return function runs. The instance is dead afterwards if the
// guest trapped or was stopped.
func (c *Call) End() error {
	if c.slow {
		return c.endSlow()
	}
	c.mem = nil
	c.invoked = false
	c.inst.leave()
	return nil
}

func (c *Call) endSlow() error {
	if c.refused {
		return c.err
	}
	i := c.inst
	c.endLoans()
	if c.post != nil && c.invoked && !c.fatal() {
		c.scratch[0] = c.Stack[0]
		c.opts.comp.mayLeave = false
		err := c.post.CallWithStack(i.context(), c.scratch[:])
		c.opts.comp.mayLeave = true
		if err != nil {
			c.fail(i.guestError(c.export.Name, host.RulePostReturn, err))
		}
	}
	if c.invoked { // otherwise it was not entered, or is dead
		i.leaveComponents(c.opts.comp)
	}
	if c.err != nil {
		c.undo()
	}
	err, fatal := c.err, c.fatal()
	c.loans.clear()
	c.err, c.mem, c.invoked = nil, nil, false
	c.slow = c.core == nil || c.post != nil || i.tree.Reentrant || i.guarded != nil
	if fatal {
		c.core, c.post = nil, nil // their stacks may be large
		i.forget()
		i.die(err)
	} else {
		i.leave()
	}
	return err
}

// fatal reports whether the call's error leaves the guest in a state in which
// it must not be entered again.
func (c *Call) fatal() bool {
	if c.err == nil {
		return false
	}
	switch err := c.err.(type) {
	case *host.BadValueError:
		return false
	case *host.LimitError:
		return err.Fatal
	default:
		return true
	}
}

// Context returns the context of the caller that entered the guest.
func (c *Call) Context() context.Context { return c.inst.caller }

// Impl returns what the host supplied for the import that is called.
func (c *Call) Impl() any { return c.impl }

// OK reports whether nothing has failed so far. The handler of an import asks
// before it calls the implementation, which then owns what was lifted.
func (c *Call) OK() bool {
	if c.err == nil {
		c.loans.lifted = c.loans.lifted[:0]
		return true
	}
	return false
}

// Fail ends a call of an import with an error of the host function that is none
// of the function's WIT errors: the guest traps, and the error comes out of the
// call that entered the guest.
func (c *Call) Fail(err error) {
	c.fail(&host.Trap{Func: c.funcName(), Rule: host.RuleImportFailed, Err: err})
}

// trap records that the guest broke a rule.
func (c *Call) trap(rule host.Rule, detail string) {
	c.fail(&host.Trap{Func: c.funcName(), Rule: rule, Detail: detail})
}

// limit records that the call ran into a limit.
func (c *Call) limit(limit, detail string) {
	c.fail(&host.LimitError{Func: c.funcName(), Limit: limit, Detail: detail})
}

func (c *Call) fail(err error) {
	if c.err == nil {
		c.err, c.slow = err, true
	}
}

// refuseBad records that a value of the host's cannot be sent to the guest,
// where bad is not nil: the call of an export is not made, the call of an import
// ends like with Fail.
func (c *Call) refuseBad(bad *host.BadValueError) {
	switch {
	case bad == nil:
	case c.export != nil:
		c.fail(bad.In(c.funcName()))
	default:
		c.Fail(bad)
	}
}

// funcName returns the name that errors show for the call.
func (c *Call) funcName() string {
	if c.export != nil {
		return c.export.Name
	}
	return c.name
}

// memory returns the guest's memory as it is now.
func (c *Call) memory() []byte {
	if c.mem == nil && !c.refused { // another goroutine may be in the guest
		c.mem = c.opts.readMemory()
	}
	return c.mem
}

// Exports are the functions of one exported interface of an instance.
type Exports struct {
	inst    *Instance
	exports *ExportedInterface
}

// NewExports returns the exports of an instance.
func NewExports(i *Instance, exports *ExportedInterface) Exports { return Exports{i, exports} }

// Func returns the function with the given number in the Interface's Functions.
func (e Exports) Func(number int) Func {
	export := &e.exports.Functions[number]
	return Func{
		Stack:  e.inst.stack[:],
		inst:   e.inst,
		plain:  e.inst.plain,
		opts:   &e.inst.options[export.Options],
		slow:   true,
		export: export,
		types:  e.exports.Types,
	}
}
