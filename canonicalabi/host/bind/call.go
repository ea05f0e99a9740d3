package bind

import (
	"context"
	"sync/atomic"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Export is an exported function of a plugin. All instances of the plugin share it.
type Export struct {
	// Name is the name that errors show, as in "example:calculator/operations#add".
	Name string
	// Missing reports whether the guest lacks the function, which is an optional one.
	Missing bool
	// Import is the import that the component exports as it is, or nil. There is no
	// core function then.
	Import *ImportedFunction
	// Core is the core function. Post is its post-return function, or nil.
	Core CoreItem
	Post *CoreItem
	// Options is the place of the function's options in Tree.Options.
	Options int
	// Start reports whether Core is the function _start of a command, which returns
	// nothing where the function's result is ok.
	Start bool
}

// ExportedInterface is an exported interface of a plugin. All instances of the plugin
// share it.
type ExportedInterface struct {
	// Functions are in the order of Interface.Functions.
	Functions []Export
	// Types are in the order of Interface.Resources.
	Types []*ResourceType
}

// Func is an exported function of one instance. It is the Call that its calls use,
// one after the other.
type Func Call

// Call is one call across the boundary, of an export or of an import. It keeps its
// first error: later operations do nothing and return zero values, so that generated
// code checks for an error only before it enters the guest or the host.
type Call struct {
	// Stack holds the core parameters, and after the call the core results.
	Stack []uint64

	inst *Instance
	// plain is Instance.plain.
	plain contextType
	// core and post are the core functions of an export. The first call looks them
	// up, since wazero gives each function a stack of its own. number is the place in
	// Instance.tops.
	core   coreFunc
	number uint32
	// slow is false if a call of an export is no more than a call of core. It is
	// true if core was not looked up, if the function has a post-return function, if
	// the call has an error or anything to undo at its end, or if the instance guards
	// contexts. See RATIONALE.md.
	slow bool
	// refused reports whether the call was refused at its beginning, invoked whether the
	// core function was called, and reallocated whether realloc was. nested reports whether
	// it is a call that the guest makes.
	refused, invoked, reallocated, nested bool
	// opts are the canonical options of the function.
	opts *canon
	err  error
	// mem is the guest's memory. It is nil after guest code ran.
	mem []byte
	// left is the number of Go bytes that the call may still lift.
	left int64
	// scratch holds the parameters of realloc and post-return.
	scratch [4]uint64

	post   coreFunc
	export *Export

	// name and impl belong to an import. resource is the number of the resource if
	// the import is its [resource-drop], [resource-new] or [resource-rep].
	name     string
	impl     any
	resource int

	// types are the resource types that the interface mentions.
	types []*ResourceType
	loans loans
	// self is the resource whose method is called, or nil.
	self *Handle
}

// Begin starts a call of f, which ends with End or Finish. If the instance cannot be
// entered, the call has that error from the beginning. The body is as large as the
// compiler inlines, and so it does not call tryLock and typeOf.
func (f *Func) Begin(ctx context.Context) *Call {
	if f.plain == *(*contextType)(unsafe.Pointer(&ctx)) && atomic.CompareAndSwapUint32(&f.inst.lock.state, 0, lockHeld) {
		return (*Call)(f)
	}
	return f.beginSlow(ctx)
}

// beginSlow starts a call under a context other than context.Background, of an
// instance with fuel, or of one that cannot be entered.
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

// Invoke calls the core function with the parameters on the Stack, and leaves its
// result there. It reports whether the call has no error.
func (c *Call) Invoke() bool {
	if c.slow {
		if c.err != nil {
			return false
		}
		if !c.core.found() {
			c.lookup()
		}
		c.inst.enterComponents(c.opts.comp)
	}
	i := c.inst
	i.top = c.number
	err := c.core.CallWithStack(i.context(), c.Stack)
	c.mem = nil
	c.left = i.liftLimit
	c.invoked = true
	if c.core.compiledGrown() {
		c.slow = true
	}
	if err != nil {
		c.fail(i.guestError(c.export.Name, "", err))
		return false
	}
	if c.slow && c.export.Start {
		c.Stack[0] = 0
	}
	return true
}

// lookup sets the core functions of an export.
func (c *Call) lookup() {
	i := c.inst
	c.core = newCoreFunc(i.core(&c.export.Core))
	c.post = newCoreFunc(i.core(c.export.Post))
	if c.number >= uint32(len(i.tops)) || i.tops[c.number] != c {
		c.number = uint32(len(i.tops))
		i.tops = append(i.tops, c)
	}
}

// Finish invokes and ends the call of a function whose result is at most one core
// value, and returns that value.
func (c *Call) Finish() (uint64, error) {
	if c.slow {
		return c.finishSlow()
	}
	i := c.inst
	i.top = c.number
	if err := c.core.CallWithStack((*callContext)(i), c.Stack); err != nil {
		c.fail(i.guestError(c.export.Name, "", err))
		return 0, c.End()
	}
	result := c.Stack[0]
	if c.core.compiledGrown() {
		c.dropGrown()
		c.settle()
	}
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

// End ends a call of an export and returns its error. It calls the post-return
// function unless the guest trapped. If the guest trapped or was stopped, the instance
// is dead afterwards.
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
	if c.post.found() && c.invoked && !c.fatal() {
		c.scratch[0] = c.Stack[0]
		c.opts.comp.mayLeave = false
		err := i.call(&c.post, c.scratch[:])
		c.opts.comp.mayLeave = true
		if err != nil {
			c.fail(i.guestError(c.export.Name, host.RulePostReturn, err))
		}
	}
	if c.invoked { // if not, the guest was not entered, or is dead
		i.leaveComponents(c.opts.comp)
	}
	if c.err != nil {
		c.undo()
	}
	err, fatal := c.err, c.fatal()
	c.loans.clear()
	c.err, c.mem, c.invoked, c.reallocated = nil, nil, false, false
	c.settle()
	if fatal {
		i.forget() // the stacks may be large
		i.die(err)
	} else {
		i.leave()
	}
	return err
}

// dropGrown drops the core functions if the instance does not keep their stacks.
//
//go:noinline
func (c *Call) dropGrown() {
	if i := c.inst; !(i.keeps(&c.core) && i.keeps(&c.post)) {
		c.core, c.post = coreFunc{}, coreFunc{}
	}
}

// settle makes ready for the next call.
func (c *Call) settle() {
	if c.core.found() && (c.core.grown() || c.post.grown()) {
		c.dropGrown()
	}
	i := c.inst
	c.slow = !c.core.found() || c.core.interpreted() || c.post.found() || c.export.Start || i.tree.Reentrant || i.guarded != nil
}

// fatal reports whether the guest must not be entered again after the call's error.
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

// Context returns the context for the host function that serves a call of an import: that of
// the caller that entered the guest, from which host.Spend finds the fuel if there is any.
func (c *Call) Context() context.Context {
	if i := c.inst; i.metering.fuel > 0 && i.metering.on {
		return i.hostContext(c.name)
	}
	return c.inst.caller
}

// Impl returns the host's implementation of the import that is called.
func (c *Call) Impl() any { return c.impl }

// OK reports whether the call has no error. The handler of an import asks before it
// calls the implementation, which then owns the lifted resources.
func (c *Call) OK() bool {
	if c.err == nil {
		c.loans.lifted = c.loans.lifted[:0]
		return true
	}
	return false
}

// Fail ends a call of an import with an error of the host function that is not a WIT
// error of the function: the guest traps, and the call that entered the guest returns
// the error.
func (c *Call) Fail(err error) {
	c.fail(&host.Trap{Func: c.funcName(), Rule: host.RuleImportFailed, Err: err})
}

// trap fails the call because the guest broke a rule.
func (c *Call) trap(rule host.Rule, detail string) {
	c.fail(&host.Trap{Func: c.funcName(), Rule: rule, Detail: detail})
}

// limit fails the call because it reached a limit.
func (c *Call) limit(limit, detail string) {
	c.fail(&host.LimitError{Func: c.funcName(), Limit: limit, Detail: detail})
}

func (c *Call) fail(err error) {
	if c.err == nil {
		c.err, c.slow = err, true
	}
}

// refuseBad fails the call because of a value that cannot be sent to the guest, if bad
// is not nil. A call of an export does not enter the guest; a call of an import ends
// as with Fail.
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
	if c.mem == nil && !c.refused { // if refused, another goroutine may be in the guest
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
		opts:   e.inst.optionsOf(export),
		slow:   true,
		export: export,
		types:  e.exports.Types,
	}
}
