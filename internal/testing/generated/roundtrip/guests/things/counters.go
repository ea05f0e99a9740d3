//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/counters"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/users"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

// counter is a counter that the guest exports.
type counter struct{ inner counters.Counter }

// wrap makes a counter of one of the host's.
func wrap(c counters.Counter) counters.Counter {
	live++
	return &counter{c}
}

// borrow returns the host's counter behind one of the guest's.
func borrow(c counters.Counter) counters.Counter { return c.(*counter).inner }

// unwrap returns the host's counter behind one of the guest's, which ends.
func unwrap(c counters.Counter) counters.Counter {
	live--
	return borrow(c)
}

func (c *counter) Name() string { return mangle.String(c.inner.Name()) }

func (c *counter) Add(n uint32) uint32 { return mangle.Int(c.inner.Add(mangle.Int(n))) }

func (c *counter) CheckedAdd(n uint32) (uint32, error) {
	v, err := c.inner.CheckedAdd(mangle.Int(n))
	return mangle.Int(v), err
}

func (c *counter) Fork() counters.Counter { return wrap(c.inner.Fork()) }

func (c *counter) Absorb(other counters.Counter) uint32 {
	return mangle.Int(c.inner.Absorb(unwrap(other)))
}

func (c *counter) Compare(other counters.Counter) int32 { return -c.inner.Compare(borrow(other)) }

func (c *counter) Close() {
	live--
	c.inner.Close()
}

// each returns a list with each element changed.
func each[T, R any](list []T, f func(T) R) []R {
	changed := make([]R, len(list))
	for i, item := range list {
		changed[i] = f(item)
	}
	return changed
}

// optional returns an option with the value changed.
func optional[T, R any](v types.Option[T], f func(T) R) types.Option[R] {
	if item, ok := v.Get(); ok {
		return types.Some(f(item))
	}
	return types.None[R]()
}

type countersGuest struct{}

func (countersGuest) NewCounter(start uint32) counters.Counter {
	return wrap(counters.NewCounter(mangle.Int(start)))
}

func (countersGuest) CounterOpen(name string) (counters.Counter, error) {
	c, err := counters.CounterOpen(mangle.String(name))
	if err != nil {
		return nil, err
	}
	return wrap(c), nil
}

func (countersGuest) CounterMerge(a, b counters.Counter) counters.Counter {
	return wrap(counters.CounterMerge(unwrap(a), unwrap(b)))
}

func (countersGuest) CounterSum(all []counters.Counter) uint64 {
	return counters.CounterSum(each(all, borrow))
}

func (countersGuest) Make(starts []uint32) []counters.Counter {
	return each(counters.Make(each(starts, mangle.Int)), wrap)
}

func (countersGuest) Take(all []counters.Counter) []string {
	return each(counters.Take(each(all, unwrap)), mangle.String)
}

func (countersGuest) Swap(a, b counters.Counter) (counters.Counter, counters.Counter) {
	a, b = counters.Swap(unwrap(a), unwrap(b))
	return wrap(a), wrap(b)
}

func (countersGuest) Maybe(c types.Option[counters.Counter]) types.Option[counters.Counter] {
	return optional(counters.Maybe(optional(c, unwrap)), wrap)
}

func (countersGuest) Peek(c types.Option[counters.Counter]) types.Option[string] {
	return optional(counters.Peek(optional(c, borrow)), mangle.String)
}

func (countersGuest) Label(l counters.Labelled) counters.Labelled {
	l = counters.Label(counters.Labelled{Label: mangle.String(l.Label), Counter: unwrap(l.Counter)})
	return counters.Labelled{Label: mangle.String(l.Label), Counter: wrap(l.Counter)}
}

func view(v counters.View) counters.View {
	return counters.View{Label: mangle.String(v.Label), Counter: borrow(v.Counter), Rest: each(v.Rest, borrow)}
}

func (countersGuest) Look(v counters.View) []string {
	return each(counters.Look(view(v)), mangle.String)
}

func (countersGuest) Outlooks(all []counters.Outlook) []string {
	return each(counters.Outlooks(each(all, func(o counters.Outlook) counters.Outlook {
		if some, ok := o.(counters.OutlookSomebody); ok {
			return counters.OutlookSomebody{Value: borrow(some.Value)}
		}
		return o
	})), mangle.String)
}

// slot passes a slot on with its counters changed by f.
func slot(s counters.Slot, f func(counters.Counter) counters.Counter) counters.Slot {
	switch s := s.(type) {
	case counters.SlotOne:
		return counters.SlotOne{Value: f(s.Value)}
	case counters.SlotMany:
		return counters.SlotMany{Value: each(s.Value, f)}
	case counters.SlotNumber:
		return counters.SlotNumber{Value: -s.Value}
	default:
		return s
	}
}

func (countersGuest) Slots(s counters.Slot) counters.Slot {
	return slot(counters.Slots(slot(s, unwrap)), wrap)
}

func (countersGuest) Attempt(c counters.Counter, fail bool) (counters.Counter, error) {
	c, err := counters.Attempt(unwrap(c), !fail)
	if e, ok := types.AsError[counters.Counter](err); ok {
		return nil, types.Error[counters.Counter]{Value: wrap(e)}
	}
	return wrap(c), nil
}

func (countersGuest) Outcomes(all []types.Result[counters.Counter, string]) []types.Result[counters.Counter, string] {
	outcome := func(f func(counters.Counter) counters.Counter) func(types.Result[counters.Counter, string]) types.Result[counters.Counter, string] {
		return mangle.Result(f, mangle.String)
	}
	return each(counters.Outcomes(each(all, outcome(unwrap))), outcome(wrap))
}

func (countersGuest) Named(m map[string]counters.Counter) map[string]counters.Counter {
	return mangle.Map(mangle.String, wrap)(counters.Named(mangle.Map(mangle.String, unwrap)(m)))
}

func (countersGuest) Two(a counters.Counter, b [2]counters.Counter) [2]counters.Counter {
	b = counters.Two(unwrap(a), [2]counters.Counter{unwrap(b[1]), unwrap(b[0])})
	return [2]counters.Counter{wrap(b[0]), wrap(b[1])}
}

func (countersGuest) Spill(a, b counters.Counter, c counters.Labelled, d counters.View, e []counters.Counter, f types.Option[counters.Counter], g counters.Slot, h string) []string {
	return each(counters.Spill(
		unwrap(a), borrow(b), counters.Labelled{Label: c.Label, Counter: unwrap(c.Counter)}, view(d),
		each(e, unwrap), optional(f, unwrap), slot(g, unwrap), mangle.String(h),
	), mangle.String)
}

type usersGuest struct{}

func (usersGuest) Keep(c counters.Counter) { users.Keep(unwrap(c)) }

func (usersGuest) GiveBack() types.Option[counters.Counter] { return optional(users.GiveBack(), wrap) }

func (usersGuest) Ask(c counters.Counter) string { return mangle.String(users.Ask(borrow(c))) }

// hooksGuest keeps what it gets by itself: the host is not asked.
type hooksGuest struct{}

func (hooksGuest) Each(all []counters.Counter) []counters.Counter {
	return mangle.List(mangle.Same[counters.Counter])(all)
}

func (hooksGuest) Seen(c counters.Counter) string { return c.Name() }
