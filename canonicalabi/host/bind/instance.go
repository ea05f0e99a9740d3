package bind

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// Instance is one running guest. It serves one call at a time; another call
// meanwhile, from anywhere, is refused with ErrBusy. A host function must return:
// one that ends its goroutine by runtime.Goexit, as testing.T.FailNow does, leaves
// the instance busy for ever.
type Instance struct {
	lock lock
	// caller is the context of the caller that entered the guest, and
	// context.Background between calls.
	caller context.Context
	// plain is the type of the contexts under which a call takes no more than the
	// lock: that of context.Background, or none.
	plain contextType
	// special says that the call under way is under another context, or has fuel,
	// watched that the watch watches it.
	special, watched bool
	// liftLimit and handleLimit are as in Limits.
	liftLimit   int64
	handleLimit int
	// guarded is that context after GuardContexts, and nil otherwise.
	guarded *guardedContext
	// metering stops the guest; it has no modules where that is not metered.
	metering metering
	// importing says that the host serves a call of an import.
	importing bool
	// nested counts the destructors that run inside each other, inner the calls
	// between component instances.
	nested, inner int
	stack         [maxStack]uint64 // of the call of an export that is under way
	imported      Call             // the call of an import that is under way
	// importErr is the error with which a handler stopped the guest.
	importErr error
	// impls are what the host supplies, in the order of World.Imports.
	impls []any
	// wrappers make the Go value of a resource that the guest defines, by
	// ResourceType.Number.
	wrappers []func(*Handle) any
	// held counts the handles in all tables.
	held int
	// tree is what there is of what follows.
	tree       *Tree
	components []component
	options    []canon
	modules    []api.Module
	hostModule api.Module
	frames     []*innerFrame // by InnerCall.Number, made when first needed
	release    func(ctx context.Context) error

	mu     sync.Mutex
	death  error // what killed the instance
	closed bool
}

// callContext is an Instance as the context that wazero is called with: the
// caller's, which carries the instance to the handlers of its imports without an
// allocation.
type callContext Instance

func (c *callContext) Deadline() (time.Time, bool) { return c.caller.Deadline() }
func (c *callContext) Done() <-chan struct{}       { return c.caller.Done() }
func (c *callContext) Err() error                  { return c.caller.Err() }

// Value is what wazero asks at each call. context.Background has none.
func (c *callContext) Value(key any) any {
	if !c.special {
		return nil
	}
	return c.caller.Value(key)
}

// guardedContext is the same for one call after GuardContexts: a goroutine of
// wazero's looks at it, and may do so when the next call has begun.
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

// A contextType is the dynamic type of a context, as the first word of the
// interface value, and 0 is none. There is one value only of the type of
// context.Background.
type contextType uintptr

var background = typeOf(context.Background())

func typeOf(ctx context.Context) contextType { return *(*contextType)(unsafe.Pointer(&ctx)) }

// setCaller makes ctx the context of the caller.
func (i *Instance) setCaller(ctx context.Context) {
	i.caller = ctx
	if i.guarded != nil {
		i.guarded = &guardedContext{ctx, i}
	}
}

// GuardContexts prepares the instance for a runtime that closes a module when the
// context of a call ends. It must be called before Start.
func (i *Instance) GuardContexts() { i.guarded = &guardedContext{i.caller, i} }

// maxStack is the most parameters or results that a core function of the
// canonical ABI has: 16 flat parameters and a return pointer.
const maxStack = 17

// NewInstance returns an Instance of a tree that lets no calls in until FinishStart
// is called.
// impls are the implementations of the world's imports, in their order; nil
// where there is none. resources is how many resource types the plugin has.
// release frees what the instance runs on.
func NewInstance(config *host.Config, tree *Tree, impls []any, resources int, release func(ctx context.Context) error) *Instance {
	i := &Instance{
		liftLimit:   config.LiftedBytes,
		handleLimit: min(config.Handles, maxHandles),
		metering:    metering{on: !config.Unmetered, fuel: config.Fuel, depth: config.CallDepth},
		caller:      context.Background(),
		impls:       impls,
		tree:        tree,
		components:  make([]component, len(tree.Parents)),
		options:     make([]canon, len(tree.Options)),
		modules:     make([]api.Module, max(tree.Modules, 1)),
		release:     release,
	}
	if tree.Inner > 0 {
		i.frames = make([]*innerFrame, tree.Inner)
	}
	for n := range i.components {
		i.components[n].number = n
	}
	for n := range i.options {
		o := &tree.Options[n]
		i.options[n] = canon{inst: i, comp: &i.components[o.Component], encoding: o.Encoding, options: o}
	}
	i.metering.watch = meter.NewWatch(&i.metering)
	if resources > 0 {
		i.wrappers = make([]func(*Handle) any, resources)
	}
	i.lock.hold()
	i.imported.inst = i
	return i
}

// Start begins the start of the guest of a world under ctx, and returns the
// context under which its modules must be instantiated and started, so that its
// imports find the instance. Guests may call their imports from now on. It returns
// a LimitError where ctx has ended already; the instance is dead then.
func (i *Instance) Start(ctx context.Context, world string) (context.Context, error) {
	if err := i.admit(ctx, world); err != nil {
		i.die(err) // or Close would wait for a start that never ends
		return nil, err
	}
	if i.guarded == nil && i.metering.fuel == 0 {
		i.plain = background
	}
	for n := range i.components {
		i.components[n].mayLeave = true
	}
	return i.context(), nil
}

// SetModule gives the instance the core module of that number, once it is
// instantiated.
func (i *Instance) SetModule(number int, module api.Module) { i.modules[number] = module }

// SetHostModule gives the instance the module of the host's functions, for a CoreItem
// that names one.
func (i *Instance) SetHostModule(module api.Module) { i.hostModule = module }

// CallStart calls a function without parameters and results while the instance
// starts, under the context of Start.
func (i *Instance) CallStart(ctx context.Context, function *CoreItem) error {
	return i.core(function).CallWithStack(ctx, nil)
}

// FinishStart ends the start, and lets calls in.
func (i *Instance) FinishStart() { i.leave() }

// FailStart turns the error with which the guest of a world failed to start
// into a Trap or LimitError. The instance is dead.
func (i *Instance) FailStart(world string, err error) error {
	err = i.guestError(world, host.RuleStart, err)
	i.die(err)
	return err
}

// Wrap tells how the Go value of a resource that the guest defines is made from
// a handle.
func (e Exports) Wrap(number int, wrap func(*Handle) any) {
	e.inst.wrappers[e.exports.Types[number].Number] = wrap
}

func (i *Instance) wrap(typ *ResourceType, h *Handle) any { return i.wrappers[typ.Number](h) }

// enter locks the instance for the function called name. It fails where the
// instance cannot be entered, and where ctx has ended.
func (i *Instance) enter(ctx context.Context, name string) error {
	if !i.lock.tryLock() {
		return i.refusal(name)
	}
	if err := i.admit(ctx, name); err != nil {
		i.lock.unlock()
		return err
	}
	return nil
}

// admit lets a call of the function called name into the instance, which the
// caller has locked. It fails where ctx has ended.
func (i *Instance) admit(ctx context.Context, name string) error {
	if ctx.Done() != nil {
		if i.metering.on {
			if err := i.metering.watch.Begin(ctx); err != nil {
				return ContextError(name, err)
			}
			i.watched = true
		} else if err := ctx.Err(); err != nil {
			return ContextError(name, err)
		}
	}
	i.special = true
	i.metering.refuel()
	i.setCaller(ctx)
	return nil
}

// leave unlocks the instance after a call that went well.
func (i *Instance) leave() {
	if i.special {
		i.settle()
	}
	i.lock.unlock()
}

// settle ends what admit began.
func (i *Instance) settle() {
	if i.watched {
		i.watched = false
		i.metering.watch.End()
	}
	i.special = false
	i.setCaller(context.Background())
}

// ContextError is the error of a call of the function name whose context has
// ended with err.
func ContextError(name string, err error) *host.LimitError {
	if errors.Is(err, context.DeadlineExceeded) {
		return &host.LimitError{Func: name, Limit: "deadline", Err: context.DeadlineExceeded}
	}
	return &host.LimitError{Func: name, Limit: "cancel", Err: context.Canceled}
}

// Close ends the instance. A second Close does nothing. It may be called while a
// call is under way: that call ends as soon as the guest returns, and what the
// instance runs on is released then.
func (i *Instance) Close(ctx context.Context) error {
	i.mu.Lock()
	closed := i.closed
	i.closed = true
	i.mu.Unlock()
	if closed {
		return nil
	}
	i.lock.close()
	if i.lock.tryEnd() {
		return i.end(ctx)
	}
	go func() {
		for wait := time.Microsecond; !i.lock.tryEnd(); wait = min(2*wait, maxCloseWait) {
			time.Sleep(wait)
		}
		_ = i.end(context.WithoutCancel(ctx)) // nobody is left to hear of it
	}()
	return nil
}

// maxCloseWait bounds how long a closed instance's memory outlives its last
// call.
const maxCloseWait = 10 * time.Millisecond

// end releases what a closed instance holds.
func (i *Instance) end(ctx context.Context) error {
	i.metering.watch.Close()
	return errors.Join(i.closeObjects(ctx), i.release(ctx))
}

// closeObjects closes the host's objects that the guest owned.
func (i *Instance) closeObjects(ctx context.Context) error {
	var errs []error
	for n := range i.components {
		table := &i.components[n].handles
		for _, e := range table.entries {
			if e.own && e.typ != nil && !e.typ.Guest {
				errs = append(errs, closeObject(ctx, e.object))
			}
		}
		*table = handleTable{}
	}
	return errors.Join(errs...)
}

func closeObject(ctx context.Context, object any) error {
	if c, ok := object.(interface{ Close(context.Context) error }); ok {
		return c.Close(ctx)
	}
	return nil
}

// die ends the instance, which the caller has locked, because of err.
func (i *Instance) die(err error) {
	i.mu.Lock()
	i.death = err
	i.mu.Unlock()
	ctx := context.WithoutCancel(i.caller)
	if i.special {
		i.settle()
	}
	i.metering.watch.Close()
	defer i.lock.end()      // even if an object's Close panics
	_ = i.closeObjects(ctx) // err is what the caller hears of
	freeStack(err)
}

// ended reports whether the instance is dead or closed.
func (i *Instance) ended() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.closed || i.death != nil
}

// Err returns nil while the instance can be called, and otherwise why it cannot:
// ErrClosed, or ErrDead with what killed it.
func (i *Instance) Err() error {
	if i.lock.isFree() {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.closed:
		return host.ErrClosed
	case i.death != nil:
		return fmt.Errorf("%w since an earlier call: %w", host.ErrDead, i.death)
	default:
		return nil
	}
}

// refusal says why the function cannot be called now.
func (i *Instance) refusal(name string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.closed:
		return &host.InstanceError{Func: name, Err: host.ErrClosed}
	case i.death != nil:
		return &host.InstanceError{Func: name, Err: fmt.Errorf("%w since an earlier call: %w", host.ErrDead, i.death)}
	default:
		return &host.InstanceError{Func: name, Err: host.ErrBusy}
	}
}

// guestError turns the error of a call into the guest into a Trap or a
// LimitError. rule is the rule that a plain trap breaks, or "".
func (i *Instance) guestError(name string, rule host.Rule, err error) error {
	cause, importing := i.importErr, i.importing
	i.importErr, i.importing = nil, false
	switch cause := cause.(type) {
	case *host.LimitError:
		return &host.LimitError{Func: name, Limit: cause.Limit, Detail: inImport(cause.Func, cause.Detail), Err: cause.Err, Fatal: true}
	case *host.Trap:
		// The caller's context has ended, and a host function says so.
		if ended := i.caller.Err(); ended != nil && errors.Is(cause.Err, ended) {
			limit := ContextError(name, ended)
			limit.Detail, limit.Fatal = inImport(cause.Func, ""), true
			return limit
		}
		// A limit of another instance stays one.
		var limit *host.LimitError
		if errors.As(cause.Err, &limit) {
			return &host.LimitError{Func: name, Limit: limit.Limit, Detail: inImport(cause.Func, ""), Err: cause.Err, Fatal: true}
		}
		detail := cause.Detail
		if detail == "" && cause.Err != nil {
			detail, _, _ = strings.Cut(cause.Err.Error(), "\n")
		}
		return &host.Trap{Func: name, Rule: cause.Rule, Detail: inImport(cause.Func, detail), Err: err}
	}
	if limit := i.metering.limit(name, i.caller); limit != nil {
		return limit
	}
	if importing && rule == "" {
		return &host.Trap{Func: name, Rule: host.RuleImportFailed, Detail: inImport(i.imported.name, "it panicked"), Err: err}
	}
	var exit *sys.ExitError
	if !errors.As(err, &exit) {
		if limit := overflow(name, err); limit != nil {
			return limit
		}
		return &host.Trap{Func: name, Rule: rule, Err: err}
	}
	code := exit.ExitCode()
	if code == sys.ExitCodeDeadlineExceeded || code == sys.ExitCodeContextCanceled {
		if ended := i.caller.Err(); ended != nil {
			limit := ContextError(name, ended)
			limit.Fatal = true
			return limit
		}
		err = nil // the guest itself has exited so, and wazero's error would tell of a context
	}
	return &host.Trap{Func: name, Rule: rule, Detail: fmt.Sprintf("guest exited with status %d", code), Err: err}
}

// inImport says in which import something happened, and what.
func inImport(name, detail string) string {
	if detail == "" {
		return "in import " + name
	}
	return "in import " + name + ": " + detail
}
