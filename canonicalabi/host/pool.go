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
	// Close closes the instance.
	Close(ctx context.Context) error
	// Err returns nil while the instance can be called, and the reason afterwards.
	Err() error
}

// Source starts the instances of a Pool.
type Source[I Instance] struct {
	// Instantiate starts an instance. Several goroutines may call it at the same
	// time.
	Instantiate func(ctx context.Context) (I, error)
	// Close, if not nil, is called once, after the last instance of the source was
	// closed. It is usually the plugin's Close.
	Close func(ctx context.Context) error
}

// Pool shares instances of a plugin among goroutines: each takes an instance, calls
// it, and returns it to the Pool. A Pool starts instances when they are needed, keeps
// them, and replaces dead ones. A guest's memory stays from one call to the next, so
// use a Pool for each group of callers whose data must not mix, or compile the guest with
// [Fresh]: then a Pool puts each instance back to the state after its start when it is
// returned, and replaces it if that cannot be done. [Pool.Stats] counts these.
//
// Resources of the guest belong to their instance: close them before the instance is
// returned.
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
	stats   PoolStats

	// channels are those of waiters that got their grant.
	channels sync.Pool
}

// poolSource is a Source and the number of its instances.
type poolSource[I Instance] struct {
	Source[I]
	live    int
	retired bool
}

type poolMember[I Instance] struct {
	inst   I
	source *poolSource[I]
	inUse  bool
	stays  bool // as it is, since its guest was not compiled with Fresh
}

// poolGrant ends the wait of a goroutine: by an instance, by a source to start one
// from, or by an error.
type poolGrant[I Instance] struct {
	member *poolMember[I]
	source *poolSource[I]
	err    error
}

// NewPool returns a Pool of at most size instances from a source, which the Pool
// closes. It starts no instance before one is needed. It panics if size is less
// than 1.
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

// Do takes an instance as Get does, calls f with it, and returns it to the Pool. It
// returns the error of Get or f. f must not keep the instance. If f panics, the
// instance is closed.
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

// Get takes an instance that is idle, or starts one. If size instances are in use, it
// waits for one to be returned; goroutines are served in the order in which they
// began to wait. It returns a *LimitError if ctx ends first, an *InstanceError with
// ErrClosed if the Pool is closed, or the error of Instantiate. A goroutine that takes
// a second instance while it holds one may wait for itself.
func (p *Pool[I]) Get(ctx context.Context) (I, error) {
	var none I
	if err := ctx.Err(); err != nil {
		return none, p.contextError(err, "before an instance was taken")
	}
	p.mu.Lock()
	if len(p.idle) == 0 && p.live >= p.size && !p.closed {
		// Most calls are shorter than a switch to another goroutine, and once
		// goroutines queue, each call begins with one.
		p.mu.Unlock()
		runtime.Gosched()
		p.mu.Lock()
	}
	for m := p.takeIdle(); m != nil; m = p.takeIdle() {
		p.mu.Unlock()
		if m.inst.Err() == nil {
			return m.inst, nil
		}
		p.Put(ctx, m.inst) // it died while it was idle, perhaps in a destructor
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

// PoolStats counts what a Pool has done.
type PoolStats struct {
	// Started is the number of instances that were started.
	Started uint64
	// Reset is how often an instance was put back to the state after its start.
	Reset uint64
	// Replaced is the number of instances that were closed when they were returned, since
	// they were dead or could not be put back. Reason is the error of the last of them.
	Replaced uint64
	Reason   error
}

// Stats returns what the Pool has done since it was made.
func (p *Pool[I]) Stats() PoolStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}

// resetter is an instance that may have been compiled with Fresh.
type resetter interface {
	Reset(ctx context.Context) error
}

// Put returns an instance to the Pool that Get took, and puts it back to the state after
// its start if its guest was compiled with [Fresh]. It closes an instance that is dead,
// that cannot be put back or whose source was swapped, under ctx without its deadline and
// cancellation. It panics if the instance is not in use, as after a second Put.
func (p *Pool[I]) Put(ctx context.Context, inst I) {
	err := inst.Err()
	p.mu.Lock()
	m := p.taken(inst)
	if err != nil || m.stays {
		p.put(ctx, m, err, false)
		return
	}
	p.mu.Unlock()
	reset, stays := false, false
	err = errPanicked // unless Reset returns
	defer func() {
		p.mu.Lock()
		p.taken(inst)
		m.stays = stays
		p.put(ctx, m, err, reset)
	}()
	if r, ok := any(inst).(resetter); ok {
		err = r.Reset(ctx)
	} else {
		err = ErrNotFresh
	}
	if stays = err == ErrNotFresh; stays {
		err = nil
	}
	reset = err == nil && !stays
}

var errPanicked = errors.New("a resource panicked when it was closed")

// taken returns the member of an instance that is in use. It panics if there is none. p.mu
// is held.
func (p *Pool[I]) taken(inst I) *poolMember[I] {
	m := p.members[inst]
	if m == nil || !m.inUse {
		p.mu.Unlock()
		panic("host: Pool.Put of an instance that is not in use")
	}
	return m
}

// put takes an instance back that has an error, or was put back to its start. p.mu is
// held; put unlocks it.
func (p *Pool[I]) put(ctx context.Context, m *poolMember[I], err error, reset bool) {
	m.inUse = false
	switch {
	case err != nil:
		p.stats.Replaced++
		p.stats.Reason = err
	case reset:
		p.stats.Reset++
	}
	if err == nil && !m.source.retired {
		p.offer(m)
		p.mu.Unlock()
		return
	}
	delete(p.members, m.inst)
	p.mu.Unlock()
	p.discard(context.WithoutCancel(ctx), m)
}

// Swap replaces the source of the Pool. Every instance that is taken after Swap has
// returned is of the new source. Instances of the old source that are in use stay
// usable; each is closed when it is returned, and the old source after the last of
// them. So no call fails because of a Swap.
//
// Swap first starts one instance of the new source. If that fails, it returns the
// error, the Pool keeps the old source, and the caller closes the new one. During a
// Swap the Pool may have one instance more than its size.
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
	p.stats.Started++
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

// Close closes the Pool. Calls of Get that wait or come later fail. Close closes the
// idle instances, waits until those in use are returned, and closes the source. If ctx
// ends first, Close also closes the instances in use, whose next call is refused, and
// returns the error of ctx; the source is closed when they are returned. A second
// Close waits in the same way.
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

// closeInUse closes the instances that are in use. Put removes them.
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

// takeIdle takes the instance that was returned last, or returns nil. p.mu is held.
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
	p.stats.Started++
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

// accept returns the instance that a waiter was granted.
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

// decline takes a grant back from a goroutine that has stopped waiting.
func (p *Pool[I]) decline(ctx context.Context, grant poolGrant[I]) {
	switch {
	case grant.err != nil:
	case grant.member != nil:
		p.Put(ctx, grant.member.inst)
	default:
		p.uncount(context.WithoutCancel(ctx), grant.source)
	}
}

// nextWaiter removes the first waiter and returns it, or nil. p.mu is held.
func (p *Pool[I]) nextWaiter() chan poolGrant[I] {
	if len(p.waiters) == 0 {
		return nil
	}
	wait := p.waiters[0]
	p.waiters = p.waiters[1:]
	return wait
}

// stopWaiting removes a waiter. It reports false if the waiter already has a grant.
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

// discard closes an instance that was removed from the members.
func (p *Pool[I]) discard(ctx context.Context, m *poolMember[I]) {
	defer p.uncount(ctx, m.source) // even if the Close of a host's object panics
	p.note(m.inst.Close(ctx))
}

// uncount counts one instance of a source less. It lets a waiter start another in its
// place, and closes a retired source after its last instance.
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

// closeSource closes a retired source without instances.
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

// maxPoolErrors bounds the errors of closing that are kept.
const maxPoolErrors = 8

// note keeps an error of closing for Close to return.
func (p *Pool[I]) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && len(p.errs) < maxPoolErrors {
		p.errs = append(p.errs, err)
	}
}

// contextError returns the error of a Get whose context has ended.
func (p *Pool[I]) contextError(err error, detail string) error {
	return &LimitError{Func: poolName, Limit: "instances", Detail: detail, Err: err}
}

func poolClosed() error { return &InstanceError{poolName, ErrClosed} }

// poolName takes the place of the function in errors.
const poolName = "pool"
