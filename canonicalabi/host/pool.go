package host

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// Instance is the constraint on what a Pool keeps: *Instance of a generated world
// package satisfies it.
type Instance interface {
	comparable
	// Close ends the instance.
	Close(ctx context.Context) error
	// Err says why the instance cannot be called any more, if it cannot.
	Err() error
}

// Source makes the instances of a Pool.
type Source[I Instance] struct {
	// Instantiate starts an instance. Several goroutines may call it at once.
	Instantiate func(ctx context.Context) (I, error)
	// Close is called once, when the last instance of the source has been closed
	// and no more will be made. It is usually the plugin's Close; nil is allowed.
	Close func(ctx context.Context) error
}

// Pool keeps instances of a plugin for many goroutines: one takes an instance,
// calls it, and gives it back for the next. Instances are started when they are
// needed and kept; a dead one is replaced. What an instance remembers from one
// call to the next is there for whoever takes it next, so a guest that must not
// mix its callers needs a Pool for each.
//
// Resources of the guest live in their instance: close them before the instance
// goes back.
type Pool[I Instance] struct {
	size int

	mu      sync.Mutex
	current *poolSource[I]
	members map[I]*poolMember[I] // every instance that is not closed
	idle    []*poolMember[I]     // of the current source; the last is taken first
	live    int                  // members, and instances that are being started
	waiters []chan poolGrant[I]  // the first has waited longest
	closed  bool
	ended   chan struct{} // closed once nothing is left after Close
	sources int           // that are not closed
	errs    []error       // of closing, for Close

	// channels are those of waiters that got their grant.
	channels sync.Pool
}

// poolSource is a Source with how many instances it has.
type poolSource[I Instance] struct {
	Source[I]
	live    int
	retired bool
}

type poolMember[I Instance] struct {
	inst   I
	source *poolSource[I]
	inUse  bool
}

// poolGrant is what ends the wait of a goroutine: an instance, leave to start
// one, or an error.
type poolGrant[I Instance] struct {
	member *poolMember[I]
	source *poolSource[I]
	err    error
}

// NewPool returns a Pool of at most size instances from a source, which the Pool
// closes. size is at least 1. No instance is started before the first is needed.
func NewPool[I Instance](size int, source Source[I]) *Pool[I] {
	if size < 1 {
		panic(fmt.Sprintf("host: NewPool of size %d", size))
	}
	return &Pool[I]{
		size:    size,
		current: &poolSource[I]{Source: source},
		members: map[I]*poolMember[I]{},
		ended:   make(chan struct{}),
		sources: 1,
	}
}

// Do calls f with an instance that nobody else uses meanwhile, and returns f's
// error, or why there is no instance, as Get does. f must not keep the instance.
// Where f panics, the instance is closed.
func (p *Pool[I]) Do(ctx context.Context, f func(inst I) error) error {
	inst, err := p.Get(ctx)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		if !returned { // perhaps out of the middle of a call
			_ = inst.Close(context.WithoutCancel(ctx))
		}
		p.Put(ctx, inst)
	}()
	err = f(inst)
	returned = true
	return err
}

// Get takes an instance: one that is idle, else a new one, else, where size
// instances are in use, the next that is given back, in the order of asking. Its
// error is a *LimitError where ctx ends first, a *InstanceError with ErrClosed
// where the Pool is closed, or that of Instantiate. Whoever takes an instance
// while holding another of the same Pool may wait for himself.
func (p *Pool[I]) Get(ctx context.Context) (I, error) {
	var none I
	if err := ctx.Err(); err != nil {
		return none, p.contextError(err, "before an instance was taken")
	}
	p.mu.Lock()
	if len(p.idle) == 0 && p.live >= p.size && !p.closed {
		// Most calls are short. Once goroutines queue, each call begins with a change
		// of goroutines, which takes longer than such a call.
		p.mu.Unlock()
		runtime.Gosched()
		p.mu.Lock()
	}
	for m := p.takeIdle(); m != nil; m = p.takeIdle() {
		p.mu.Unlock()
		if m.inst.Err() == nil {
			return m.inst, nil
		}
		p.Put(ctx, m.inst) // it died while it was idle, as by a destructor
		p.mu.Lock()
	}
	if p.closed {
		p.mu.Unlock()
		return none, poolClosed()
	}
	if p.live < p.size {
		source := p.startOne()
		p.mu.Unlock()
		return p.start(ctx, source)
	}
	wait, _ := p.channels.Get().(chan poolGrant[I])
	if wait == nil {
		wait = make(chan poolGrant[I], 1)
	}
	p.waiters = append(p.waiters, wait)
	p.mu.Unlock()

	select {
	case grant := <-wait:
		p.channels.Put(wait)
		return p.accept(ctx, grant)
	case <-ctx.Done():
		if !p.stopWaiting(wait) {
			p.decline(ctx, <-wait) // it was granted something at the same moment
		}
		return none, p.contextError(ctx.Err(), fmt.Sprintf("all %d instances were in use", p.size))
	}
}

// Put gives an instance back that Get returned. A dead instance is closed, and
// so is one whose source was swapped; a closing instance gets ctx without its
// end. Put panics where the instance is not in use, as after a second Put.
func (p *Pool[I]) Put(ctx context.Context, inst I) {
	dead := inst.Err() != nil
	p.mu.Lock()
	m := p.members[inst]
	if m == nil || !m.inUse {
		p.mu.Unlock()
		panic("host: Pool.Put of an instance that is not in use")
	}
	m.inUse = false
	if !dead && !m.source.retired {
		p.offer(m)
		p.mu.Unlock()
		return
	}
	delete(p.members, inst)
	p.mu.Unlock()
	p.discard(context.WithoutCancel(ctx), m)
}

// Swap makes the Pool go on with another source, which it closes from then on:
// whoever takes an instance after Swap has returned gets one of the new source.
// Calls that are under way end on the instance that they have; an old instance is
// closed when it comes back, and the old source after its last one. So no call
// fails because of a Swap.
//
// Swap starts one instance of the new source first. Where that fails it returns
// the error, the old source goes on, and the new one is still the caller's to
// close. While a Swap is under way the Pool may have one instance more than its
// size.
func (p *Pool[I]) Swap(ctx context.Context, source Source[I]) error {
	inst, err := source.Instantiate(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return errors.Join(poolClosed(), inst.Close(context.WithoutCancel(ctx)))
	}
	old, idle := p.current, p.idle
	old.retired = true
	p.idle = nil
	for _, m := range idle {
		delete(p.members, m.inst)
	}
	p.current = &poolSource[I]{Source: source, live: 1}
	p.sources++
	p.live++
	m := &poolMember[I]{inst: inst, source: p.current}
	p.members[inst] = m
	p.offer(m)
	unused := old.live == 0
	p.mu.Unlock()

	ctx = context.WithoutCancel(ctx)
	for _, m := range idle {
		p.discard(ctx, m)
	}
	if unused {
		p.closeSource(ctx, old)
	}
	return nil
}

// Close ends the Pool: nobody gets an instance any more, and those who wait get
// an error. It closes the idle instances, waits for those in use to come back, and
// closes the source. Where ctx ends first, Close closes the instances in use as
// well, whose next call is refused, and returns the error of ctx; what they run
// on is released when they come back. A second Close waits likewise.
func (p *Pool[I]) Close(ctx context.Context) error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	idle, waiters := p.idle, p.waiters
	p.idle, p.waiters = nil, nil
	for _, m := range idle {
		delete(p.members, m.inst)
	}
	source := p.current
	source.retired = true
	unused := first && source.live == 0
	p.mu.Unlock()

	for _, wait := range waiters {
		wait <- poolGrant[I]{err: poolClosed()}
	}
	for _, m := range idle {
		p.discard(context.WithoutCancel(ctx), m)
	}
	if unused {
		p.closeSource(context.WithoutCancel(ctx), source)
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		p.closeInUse(context.WithoutCancel(ctx))
		select {
		case <-p.ended: // meanwhile
		default:
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	err := errors.Join(p.errs...)
	p.errs = nil
	return err
}

// closeInUse closes the instances that are in use; Put removes them.
func (p *Pool[I]) closeInUse(ctx context.Context) {
	p.mu.Lock()
	var inUse []I
	for inst := range p.members {
		inUse = append(inUse, inst)
	}
	p.mu.Unlock()
	for _, inst := range inUse {
		p.note(inst.Close(ctx))
	}
}

// takeIdle takes the instance that was given back last, if there is one. p.mu is
// held.
func (p *Pool[I]) takeIdle() *poolMember[I] {
	n := len(p.idle) - 1
	if n < 0 {
		return nil
	}
	m := p.idle[n]
	p.idle[n] = nil
	p.idle = p.idle[:n]
	m.inUse = true
	return m
}

// offer gives an instance of the current source to the first waiter, or keeps it.
// p.mu is held.
func (p *Pool[I]) offer(m *poolMember[I]) {
	if wait := p.nextWaiter(); wait != nil {
		m.inUse = true
		wait <- poolGrant[I]{member: m}
		return
	}
	p.idle = append(p.idle, m)
}

// startOne counts an instance that is about to be started. p.mu is held.
func (p *Pool[I]) startOne() *poolSource[I] {
	p.live++
	p.current.live++
	return p.current
}

// start starts an instance of a source, which startOne has counted.
func (p *Pool[I]) start(ctx context.Context, source *poolSource[I]) (I, error) {
	started := false
	defer func() {
		if !started { // an error, or a panic of Instantiate
			p.uncount(context.WithoutCancel(ctx), source)
		}
	}()
	var none I
	inst, err := source.Instantiate(ctx)
	if err != nil {
		return none, err
	}
	started = true
	m := &poolMember[I]{inst: inst, source: source, inUse: true}
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.members[inst] = m
	}
	p.mu.Unlock()
	if closed {
		p.discard(context.WithoutCancel(ctx), m)
		return none, poolClosed()
	}
	return inst, nil
}

// accept turns what a waiter was granted into an instance.
func (p *Pool[I]) accept(ctx context.Context, grant poolGrant[I]) (I, error) {
	var none I
	switch {
	case grant.err != nil:
		return none, grant.err
	case grant.member != nil:
		return grant.member.inst, nil
	default:
		return p.start(ctx, grant.source)
	}
}

// decline gives back what was granted to a goroutine that has stopped waiting.
func (p *Pool[I]) decline(ctx context.Context, grant poolGrant[I]) {
	switch {
	case grant.err != nil:
	case grant.member != nil:
		p.Put(ctx, grant.member.inst)
	default:
		p.uncount(context.WithoutCancel(ctx), grant.source)
	}
}

// nextWaiter removes the first waiter, if there is one. p.mu is held.
func (p *Pool[I]) nextWaiter() chan poolGrant[I] {
	if len(p.waiters) == 0 {
		return nil
	}
	wait := p.waiters[0]
	p.waiters = p.waiters[1:]
	return wait
}

// stopWaiting removes a waiter, and reports false where it was granted something
// meanwhile.
func (p *Pool[I]) stopWaiting(wait chan poolGrant[I]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, w := range p.waiters {
		if w == wait {
			p.waiters = append(p.waiters[:i:i], p.waiters[i+1:]...)
			return true
		}
	}
	return false
}

// discard closes an instance that is no member any more.
func (p *Pool[I]) discard(ctx context.Context, m *poolMember[I]) {
	defer p.uncount(ctx, m.source) // even if the Close of a host's object panics
	p.note(m.inst.Close(ctx))
}

// uncount counts an instance less, lets a waiter start another in its place, and
// closes the source where that was its last.
func (p *Pool[I]) uncount(ctx context.Context, source *poolSource[I]) {
	p.mu.Lock()
	p.live--
	source.live--
	last := source.retired && source.live == 0
	if !p.closed && p.live < p.size {
		if wait := p.nextWaiter(); wait != nil {
			wait <- poolGrant[I]{source: p.startOne()}
		}
	}
	p.mu.Unlock()
	if last {
		p.closeSource(ctx, source)
	}
}

// closeSource closes a source that has no instances and makes no more.
func (p *Pool[I]) closeSource(ctx context.Context, source *poolSource[I]) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.sources--; p.sources == 0 {
			close(p.ended)
		}
	}()
	if source.Close != nil {
		p.note(source.Close(ctx))
	}
}

// maxPoolErrors bounds how many errors of closing are kept.
const maxPoolErrors = 8

// note keeps an error of closing for Close to return.
func (p *Pool[I]) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && len(p.errs) < maxPoolErrors {
		p.errs = append(p.errs, err)
	}
}

// contextError is the error of a Get whose context has ended.
func (p *Pool[I]) contextError(err error, detail string) error {
	return &LimitError{Func: poolName, Limit: "instances", Detail: detail, Err: err}
}

func poolClosed() error { return &InstanceError{poolName, ErrClosed} }

// poolName stands in errors for the function.
const poolName = "pool"
