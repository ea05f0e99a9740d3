package bind

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Import is a host function of wazero that serves guests' calls of one imported
// function. All instances of a plugin share it.
type Import struct {
	// Name is the name that errors show, as in "example:calculator/log#write".
	Name string
	// Handle serves a call.
	Handle func(*Call)
	// Item is the place in World.Imports of the function's interface, or -1 for a
	// function of the runtime.
	Item int
	// Types are the resource types that the interface mentions, in the order of
	// Interface.Resources. Resource is the place of the one that DropResource,
	// NewResource or ResourceRep is for.
	Types    []*ResourceType
	Resource int
	// Number is the function's place in Interface.Functions.
	Number int
	// Options is the place of the function's options in Tree.Options.
	Options int
	// Else serves the calls that the host leaves to a provider: those of a function that
	// the host's implementation does not have, and those of a method of a resource that a
	// provider made. It is nil if no provider has the function.
	Else *Import
	// Method reports whether the first core parameter is the handle of a resource whose
	// method the function is.
	Method bool
	// Anytime reports whether guests may call the function during realloc and
	// post-return, as [resource-rep].
	Anytime bool
}

// The functions of the runtime that guests import for a resource (CanonicalABI.md,
// "canon resource.drop" and following).
var (
	DropResource = Function{Name: "[resource-drop]", Import: "i32 ->", Handle: dropHandle}
	NewResource  = Function{Name: "[resource-new]", Import: "i32 -> i32", Handle: newHandle}
	ResourceRep  = Function{Name: "[resource-rep]", Import: "i32 -> i32", Handle: handleRep}
)

var errNoInstance = errors.New("an import of a guest was called outside of a call of the guest")

// rep serves [resource-rep] during realloc and post-return (CanonicalABI.md, "canon
// resource.rep", which does not check may_leave). It does not use the Call of imports,
// which may be in use.
func (i *Instance) rep(f *Import, comp *component, handle uint64) uint64 {
	e, why := comp.handles.get(uint32(handle), f.Types[f.Resource])
	if e == nil {
		i.stop(&host.Trap{Func: f.Name, Rule: host.RuleHandle, Detail: why})
	}
	return uint64(e.rep)
}

// Call implements wazero's api.GoModuleFunction. It panics to make the guest trap, as
// wazero requires.
func (f *Import) Call(ctx context.Context, caller api.Module, stack []uint64) {
	i := instanceOf(ctx)
	opts := &i.options[f.Options]
	comp := opts.comp
	if f.Else != nil && !i.hostServes(f, comp, stack) {
		f = f.Else
	}
	if !comp.mayLeave {
		if f.Anytime {
			stack[0] = i.rep(f, comp, stack[0])
			return
		}
		i.stop(&host.Trap{Func: f.Name, Rule: host.RuleMayLeave})
	}
	comp.mayLeave, i.importing = false, true
	if i.starting {
		i.calledAtStart(f, caller)
	}
	c := &i.imported
	c.opts = opts
	c.Stack = stack
	c.name = f.Name
	c.impl = nil
	if f.Item >= 0 {
		c.impl = i.impls[f.Item]
	}
	c.types = f.Types
	c.resource = f.Resource
	c.left = i.liftLimit
	if f.Item >= 0 {
		i.served = true
		f.serve(c)
		if i.spender != nil {
			i.spender.set(nil, "")
		}
		if i.calls++; c.err == nil && i.calls%callsToLook == 0 {
			c.goesOn(0)
		}
		if i.worker != nil && c.err == nil {
			c.worked(i.worker)
		}
	} else {
		f.Handle(c)
	}
	c.mem = nil
	c.endLoans()
	if c.err != nil {
		c.undo()
		c.loans.clear()
		err := c.err
		c.err = nil
		i.stop(err)
	}
	c.loans.clear()
	comp.mayLeave, i.importing = true, false
}

// Partial is an implementation of an interface that need not have all of its functions.
type Partial interface {
	// Has reports whether it has the function of that number in Interface.Functions.
	Has(function int) bool
}

// Provided is implemented by the resources of a Provider whose interfaces a world may
// also have as its own. Their methods are the Provider's.
type Provided interface {
	// Provided does nothing.
	Provided()
}

// hostServes reports whether the host's own implementation serves a call, and not
// f.Else.
func (i *Instance) hostServes(f *Import, comp *component, stack []uint64) bool {
	if f.Method {
		entries := comp.handles.entries
		if self := uint64(uint32(stack[0])); self < uint64(len(entries)) {
			_, provided := entries[self].object.(Provided)
			return !provided
		}
		return true
	}
	switch impl := i.impls[f.Item].(type) {
	case nil:
		return false
	case Partial:
		return impl.Has(f.Number)
	default:
		return true
	}
}

// serve runs the host's implementation. If that ends its goroutine by runtime.Goexit, as
// testing.T.FailNow does, the call never returns to anybody: the instance dies here.
func (f *Import) serve(c *Call) {
	returned := false
	defer func() {
		if !returned {
			c.leftBehind(recover())
		}
	}()
	f.Handle(c)
	returned = true
}

// leftBehind ends the instance after code of the host has not returned, but panicked with a
// cause, or ended its goroutine. A panic in a call of an import goes on to wazero, which makes
// it the guest's trap.
func (c *Call) leftBehind(cause any) {
	detail := "the host function ended its goroutine by runtime.Goexit"
	if cause != nil {
		if c.export == nil {
			panic(cause)
		}
		detail = fmt.Sprint("the host function panicked: ", cause)
	}
	c.inst.leaveForGood(&host.Trap{Func: c.funcName(), Rule: host.RuleImportFailed, Detail: detail})
	if cause != nil {
		panic(cause)
	}
}

// ends ends a resource of the host's by a function of it, as serve runs an implementation.
func (c *Call) ends(ctx context.Context, object any, end func(context.Context, any) error) (err error) {
	returned := false
	defer func() {
		if !returned {
			c.leftBehind(recover())
		}
	}()
	err = end(ctx, object)
	returned = true
	return err
}

// instanceOf returns the instance that the context of a guest's call carries.
func instanceOf(ctx context.Context) *Instance {
	switch ctx := ctx.(type) {
	case *callContext:
		return (*Instance)(ctx)
	case *guardedContext:
		return ctx.inst
	default:
		panic(errNoInstance)
	}
}

// stop makes the guest trap because of err, which it keeps for guestError.
func (i *Instance) stop(err error) {
	i.importErr = err
	panic(stopped{err})
}

// stopped is the panic that makes a guest trap. Its text is short, since it is the
// beginning of wazero's error, and the Trap has the rest.
type stopped struct{ err error }

func (s stopped) Error() string { return "stopped by the host" }
func (s stopped) Unwrap() error { return s.err }
