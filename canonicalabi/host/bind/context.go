package bind

import (
	"context"
	"time"
	"unsafe"
)

// callContext is an Instance as the context of a call of wazero's: the caller's
// context, which carries the instance to the handlers of its imports without an
// allocation.
type callContext Instance

func (c *callContext) Deadline() (time.Time, bool) { return c.caller.Deadline() }
func (c *callContext) Done() <-chan struct{}       { return c.caller.Done() }
func (c *callContext) Err() error                  { return c.caller.Err() }

// Value returns a value of the caller's context. wazero calls it in each call.
// context.Background has no values.
func (c *callContext) Value(key any) any {
	if !c.special {
		return nil
	}
	return c.caller.Value(key)
}

// guardedContext is the context of one call after GuardContexts. A goroutine of
// wazero's reads it, and may do so after the next call has begun.
type guardedContext struct {
	context.Context
	inst *Instance
}

// context returns the context to call wazero with.
func (i *Instance) context() context.Context {
	if i.guarded != nil {
		return i.guarded
	}
	return (*callContext)(i)
}

// A contextType is the dynamic type of a context: the first word of the interface
// value, which is not 0. The type of context.Background has one value.
type contextType uintptr

var background = typeOf(context.Background())

func typeOf(ctx context.Context) contextType { return *(*contextType)(unsafe.Pointer(&ctx)) }

// setCaller makes ctx the context of the caller.
func (i *Instance) setCaller(ctx context.Context) {
	i.caller = ctx
	if i.spender != nil {
		i.spender.set(nil, "")
		i.spender = nil
	}
	if i.guarded != nil {
		i.guarded = &guardedContext{ctx, i}
	}
}

// GuardContexts prepares the instance for a runtime that closes a module when the
// context of a call ends. The caller calls it before Start.
func (i *Instance) GuardContexts() { i.guarded = &guardedContext{i.caller, i} }
