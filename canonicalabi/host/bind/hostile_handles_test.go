package bind_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// What guests import that deal in handles.
const (
	newItem      = "shop.[resource-new]item"
	newCrate     = "shop.[resource-new]crate"
	repItem      = "shop.[resource-rep]item"
	dropItem     = "shop.[resource-drop]item"
	dropCrate    = "shop.[resource-drop]crate"
	dropEntry    = "store.[resource-drop]entry"
	openEntries  = "store.open-all"
	countEntries = "store.count"
	takeEntry    = "store.take"
	takeEntryAnd = "store.take-and"
	takeEntries  = "store.take-all"
	mergeEntries = "store.[static]entry.merge"
	entryName    = "store.[method]entry.name"
	newEntry     = "store.[constructor]entry"
)

var handleImports = []string{newItem, newCrate, repItem, dropItem, dropCrate, dropEntry, openEntries, countEntries, takeEntry, takeEntryAnd, takeEntries, mergeEntries, entryName, newEntry, "log"}

// script is what a guest of the handle tests runs.
type script struct {
	*hosttest.Guest
	code wasmtest.Code
}

func (s *script) add(code ...wasmtest.Code) { s.code = wasmtest.Seq(s.code, wasmtest.Seq(code...)) }

// call calls an import with constants.
func (s *script) call(fn string, args ...uint32) {
	for _, n := range args {
		s.add(wasmtest.I32(n))
	}
	s.add(s.Call(fn))
}

// drop calls an import and drops its result.
func (s *script) drop(fn string, args ...uint32) {
	s.call(fn, args...)
	s.add(wasmtest.Drop)
}

// handles is a guest whose callRun does things with handles. The numbers of handles
// are known, since tables callGive them out from 1 on, the last free first.
func handles(name string, want outcome, write func(s *script)) hostile {
	return hostile{
		name:    name,
		imports: handleImports,
		write: func(g *hosttest.Guest) {
			s := &script{Guest: g}
			write(s)
			g.Define("run", "", s.code, wasmtest.I64(0))
		},
		call: callRun,
		want: want,
	}
}

// given is a guest to whose exported function the host gives entries.
func given(name, fn string, want outcome, call func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error, write func(s *script)) hostile {
	return hostile{
		name:    name,
		imports: handleImports,
		write: func(g *hosttest.Guest) {
			s := &script{Guest: g}
			write(s)
			g.Define("shop."+fn, "", s.code)
		},
		call: call,
		want: want,
	}
}

func callVisit(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
	_, err := inst.Shop().Visit(ctx, h.Make("lent"))
	return err
}

func callHand(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
	_, err := inst.Shop().Hand(ctx, h.Make("given"), "")
	return err
}

func callGive(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
	e, err := inst.Shop().Give(ctx)
	if err == nil && e == nil {
		err = errors.New("no entry")
	}
	return err
}

func callGiveAll(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
	_, err := inst.Shop().GiveAll(ctx)
	return err
}

func callMaybe(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
	_, err := inst.Shop().Maybe(ctx)
	return err
}

func callNewItem(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
	_, err := inst.Shop().NewItem(ctx, 1)
	return err
}

// open makes the guest own entries, with the handles from 1 on.
func (s *script) open(n uint32) { s.call(openEntries, n, hosttest.Area) }

func handleRules() []rule {
	bad := func(text string) outcome { return trap("run", host.RuleHandle, text) }
	// stale tries a handle that is none with everything that takes one.
	stale := func(name string, handle uint32, prepare func(s *script)) []hostile {
		var list []hostile
		for _, fn := range []string{dropItem, dropEntry, takeEntry, countEntries, repItem, entryName} {
			list = append(list, handles(name+", "+fn, bad("there is no handle"), func(s *script) {
				if prepare != nil {
					prepare(s)
				}
				switch fn {
				case countEntries:
					s.add(hosttest.Words(128, handle))
					s.drop(fn, 128, 1)
				case repItem:
					s.drop(fn, handle)
				case entryName:
					s.call(fn, handle, hosttest.Area)
				default:
					s.call(fn, handle)
				}
			}))
		}
		return list
	}
	reused := func(s *script) { // handle 1 was an entry and is an item
		s.open(1)
		s.call(dropEntry, 1)
		s.drop(newItem, 7)
	}
	return []rule{
		{"Table.get: i >= len(array)", append(stale("no table", 1, nil), stale("all bits", 1<<32-1, func(s *script) { s.open(2) })...)},
		{"Table.get: array[i] is None", append(append(stale("null", 0, func(s *script) { s.open(1) }), stale("dropped", 1, func(s *script) { s.open(2); s.call(dropEntry, 1) })...),
			handles("dropped twice", bad("there is no handle 1"), func(s *script) { s.open(1); s.call(dropEntry, 1); s.call(dropEntry, 1) }),
			handles("given away twice", bad("there is no handle 1"), func(s *script) { s.open(1); s.call(takeEntry, 1); s.call(takeEntry, 1) }),
			handles("given away and dropped", bad("there is no handle 1"), func(s *script) { s.open(1); s.call(takeEntry, 1); s.call(dropEntry, 1) }),
			handles("twice in a list", bad("there is no handle 1"), func(s *script) { s.open(1); s.add(hosttest.Words(128, 1, 1)); s.call(takeEntries, 128, 2) }),
			handles("given and lent in one call", bad("there is no handle 1"), func(s *script) { s.open(1); s.drop(mergeEntries, 1, 1) }),
			handles("a free list that goes round", allowed, func(s *script) {
				s.open(3)
				s.call(dropEntry, 2)
				s.call(dropEntry, 3)
				s.drop(newItem, 5) // 3
				s.drop(newItem, 6) // 2
				s.call(dropItem, 2)
				s.call(dropItem, 3)
				s.call(dropEntry, 1)
			}),
		)},
		{"Table.add: i > MAX_LENGTH, and the limit of handles", handleLimits()},
		{"lift_own: h.rt is not t.rt", []hostile{
			handles("an item as an entry", bad("handle 1 is a test:subject/shop@1.2.3#item and not a test:subject/store@1.2.3#entry"), func(s *script) { s.drop(newItem, 1); s.call(takeEntry, 1) }),
			handles("reused", bad("is a test:subject/shop@1.2.3#item"), func(s *script) { reused(s); s.call(takeEntry, 1) }),
			given("result of another type", "maybe", trap("shop.maybe", host.RuleHandle, "is a test:subject/shop@1.2.3#crate and not"), callMaybe, func(s *script) {
				s.add(wasmtest.I32(hosttest.Area+4), wasmtest.I32(1), s.Call(newCrate), wasmtest.Store32(0))
				s.add(hosttest.Return(1))
			}),
			given("result of the host's type", "[constructor]item", trap("shop.[constructor]item", host.RuleHandle, "is a test:subject/store@1.2.3#entry and not"), callNewItem, func(s *script) {
				s.open(1)
				s.add(wasmtest.I32(1))
			}),
			given("a representation as a result", "[constructor]item", trap("shop.[constructor]item", host.RuleHandle, "there is no handle 77"), callNewItem, func(s *script) { s.add(wasmtest.I32(77)) }),
			given("result of the guest's own type", "give", trap("shop.give", host.RuleHandle, "is a test:subject/shop@1.2.3#item and not"), callGive, func(s *script) { s.call(newItem, 1) }),
		}},
		{"lift_own: h.num_lends != 0", []hostile{
			handles("lent and given in one call", trap("run", host.RuleHandle, "handle 1 of a test:subject/store@1.2.3#entry is lent and cannot be given away"), func(s *script) {
				s.open(2)
				s.add(wasmtest.I32(1), wasmtest.I32(1), s.Call(mergeEntries), wasmtest.Drop)
			}).ending("given and lent in one call, in any order", bad("handle 1")),
		}},
		{"lift_own: not h.own", []hostile{
			given("borrowed and given away", "visit", trap("shop.visit", host.RuleHandle, "in import test:subject/store@1.2.3#take: handle 1 of a test:subject/store@1.2.3#entry is borrowed and cannot be given away"),
				callVisit, func(s *script) { s.add(wasmtest.Get(0), s.Call(takeEntry), wasmtest.I32(0)) }),
			given("borrowed and in a list", "visit", trap("shop.visit", host.RuleHandle, "is borrowed"), callVisit, func(s *script) {
				s.add(wasmtest.I32(128), wasmtest.Get(0), wasmtest.Store32(0))
				s.call(takeEntries, 128, 1)
				s.add(wasmtest.I32(0))
			}),
		}},
		{"lift_borrow: h.rt is not t.rt", []hostile{
			handles("an item as an entry", bad("is a test:subject/shop@1.2.3#item"), func(s *script) {
				s.drop(newItem, 1)
				s.add(hosttest.Words(128, 1))
				s.drop(countEntries, 128, 1)
			}),
			handles("as self", bad("is a test:subject/shop@1.2.3#item"), func(s *script) { s.drop(newItem, 1); s.call(entryName, 1, hosttest.Area) }),
			handles("one handle many times", allowed, func(s *script) {
				s.open(1)
				s.add(hosttest.Words(128, 1, 1, 1))
				s.drop(countEntries, 128, 3)
				s.call(dropEntry, 1)
			}),
		}},
		{"canon_resource_drop", []hostile{
			handles("of another type", bad("is a test:subject/shop@1.2.3#item and not a test:subject/store@1.2.3#entry"), func(s *script) { s.drop(newItem, 1); s.call(dropEntry, 1) }),
			handles("of another type of the guest's", bad("is a test:subject/shop@1.2.3#item and not a test:subject/shop@1.2.3#crate"), func(s *script) { s.drop(newItem, 1); s.call(dropCrate, 1) }),
			handles("reused", bad("is a test:subject/shop@1.2.3#item"), func(s *script) { reused(s); s.call(dropEntry, 1) }),
			handles("a destructor that traps", trap("run", "", "in import test:subject/shop@1.2.3#[dtor]item"), func(s *script) {
				s.Dtor("item", "", wasmtest.Unreachable)
				s.drop(newItem, 1)
				s.call(dropItem, 1)
			}),
			handles("a destructor that drops the same again", bad("there is no handle 1"), func(s *script) {
				s.Dtor("item", "", wasmtest.I32(1), s.Call(dropItem))
				s.drop(newItem, 1)
				s.call(dropItem, 1)
			}),
			handles("a destructor that logs and drops another", allowed, func(s *script) {
				s.Dtor("item", "", wasmtest.I32(0), wasmtest.I32(1), s.Call("log"), wasmtest.Get(0), wasmtest.If(wasmtest.Get(0), s.Call(dropItem)))
				s.drop(newItem, 0)
				s.drop(newItem, 1)
				s.call(dropItem, 2)
			}),
			handles("destructors inside each other without end", limit("run", "stack"), func(s *script) {
				s.Dtor("item", "", wasmtest.I32(1), s.Call(newItem), s.Call(dropItem))
				s.drop(newItem, 1)
				s.call(dropItem, 1)
			}),
		}},
		{"canon_resource_rep: h.rt is not rt", []hostile{
			handles("of an entry", bad("is a test:subject/store@1.2.3#entry"), func(s *script) { s.open(1); s.drop(repItem, 1) }),
			handles("of a crate", bad("is a test:subject/shop@1.2.3#crate"), func(s *script) { s.drop(newCrate, 1); s.drop(repItem, 1) }),
		}},
		{"Task.return_: num_borrows > 0", []hostile{
			given("kept", "visit", trap("shop.visit", host.RuleBorrowKept, "handle 1 of a test:subject/store@1.2.3#entry"), callVisit, func(s *script) { s.add(wasmtest.I32(0)) }),
			given("dropped", "visit", allowed, callVisit, func(s *script) { s.add(wasmtest.Get(0), s.Call(dropEntry), wasmtest.I32(0)) }),
			given("dropped twice", "visit", trap("shop.visit", host.RuleHandle, "there is no handle 1"), callVisit, func(s *script) {
				s.add(wasmtest.Get(0), s.Call(dropEntry), wasmtest.Get(0), s.Call(dropEntry), wasmtest.I32(0))
			}),
			given("one of two kept", "visit-both", trap("shop.visit-both", host.RuleBorrowKept, "handle 2"), func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
				_, err := inst.Shop().VisitBoth(ctx, h.Make("a"), h.Make("b"), "")
				return err
			}, func(s *script) { s.add(wasmtest.Get(0), s.Call(dropEntry), wasmtest.I32(0)) }),
			given("given back as a result", "give", trap("shop.give", host.RuleHandle, "there is no handle"), func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
				return callGive(ctx, inst, h)
			}, func(s *script) { s.add(wasmtest.I32(1)) }),
			given("lent on", "visit", allowed, callVisit, func(s *script) {
				s.add(wasmtest.I32(128), wasmtest.Get(0), wasmtest.Store32(0))
				s.drop(countEntries, 128, 1)
				s.add(wasmtest.Get(0), s.Call(dropEntry), wasmtest.I32(0))
			}),
		}},
		{"what the guest owns", []hostile{
			given("owned and kept", "hand", allowed, callHand, func(s *script) { s.add(wasmtest.I32(0)) }),
			given("owned and given back twice", "give-all", trap("shop.give-all", host.RuleHandle, "there is no handle 1"), callGiveAll, func(s *script) {
				s.open(1)
				s.add(hosttest.Words(128, 1, 1), hosttest.Return(128, 2))
			}),
			given("owned and given back", "give-all", allowed, callGiveAll, func(s *script) {
				s.open(2)
				s.add(hosttest.Words(128, 2, 1), hosttest.Return(128, 2))
			}),
		}},
		{"what the host does when it is called", hostFailures()},
	}
}

func handleLimits() []hostile {
	ten := func(h hostile) hostile {
		h.opts = []host.Option{host.HandleLimit(10)}
		return h
	}
	return []hostile{
		ten(handles("resource.new without end", limit("run", "handles held"), func(s *script) { s.add(wasmtest.Loop(wasmtest.I32(1), s.Call(newItem), wasmtest.Drop, wasmtest.Br(0))) })),
		ten(handles("too many from an import", limit("run", "handles held"), func(s *script) { s.open(11) })),
		ten(handles("as many as may be", allowed, func(s *script) {
			s.open(10)
			s.call(dropEntry, 10)
			s.drop(newItem, 1)
		})),
		handles("the default", limit("run", "handles held"), func(s *script) { s.add(wasmtest.Loop(wasmtest.I32(1), s.Call(newItem), wasmtest.Drop, wasmtest.Br(0))) }),
		ten(given("too many from a parameter", "hand", limit("shop.hand", "handles held").livesOn(), func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
			for range 10 {
				if err := callHand(ctx, inst, h); err != nil {
					return fmt.Errorf("too early: %w", err)
				}
			}
			err := callHand(ctx, inst, h)
			if last := h.Entries[10]; last.Closed != 0 {
				return errors.New("the entry that was not taken is closed")
			}
			return err
		}, func(s *script) { s.add(wasmtest.I32(0)) })),
	}
}

var errStorm = errors.New("a storm")

// hostFailures are host functions that fail, panic or reenter the guest while it
// waits for them.
func hostFailures() []hostile {
	failing := func(name string, want outcome, find func(inst **subject.Instance) func(ctx context.Context, text string) error) hostile {
		var inst *subject.Instance
		h := imports(name, "log", want, 0, 0)
		h.host = func(h *hosttest.Host) { h.OnLog = find(&inst) }
		h.call = func(ctx context.Context, i *subject.Instance, h *hosttest.Host) error {
			inst = i
			return callRun(ctx, i, h)
		}
		return h
	}
	always := func(err error) func(inst **subject.Instance) func(ctx context.Context, text string) error {
		return func(**subject.Instance) func(context.Context, string) error {
			return func(context.Context, string) error { return err }
		}
	}
	failed := func(is error, text string) outcome {
		return outcome{fn: "run", rule: host.RuleImportFailed, is: is, text: text}
	}
	nilEntry := imports("a nil resource", "store.open-all", trap("run", host.RuleImportFailed, "the test:subject/store@1.2.3#entry is nil"), 1, hosttest.Area)
	nilEntry.host = func(h *hosttest.Host) {
		h.OnOpen = func(context.Context, uint32) ([]store.Entry, error) { return []store.Entry{nil}, nil }
	}
	return []hostile{
		failing("an error", failed(errStorm, "in import log: a storm"), always(errStorm)),
		failing("a context error", failed(context.Canceled, ""), always(context.Canceled)),
		failing("a limit of another instance", outcome{fn: "run", limit: "fuel", is: errStorm}, always(&host.LimitError{Func: "other", Limit: "fuel", Err: errStorm})),
		failing("a trap of another instance", failed(errStorm, ""), always(&host.Trap{Func: "other", Rule: host.RuleUTF8, Err: errStorm})),
		failing("a panic", failed(errStorm, "in import log: it panicked"), func(**subject.Instance) func(context.Context, string) error {
			return func(context.Context, string) error { panic(errStorm) }
		}),
		failing("a call back into the instance", failed(host.ErrBusy, "values@1.2.3#add: the instance is busy"), func(inst **subject.Instance) func(context.Context, string) error {
			return func(ctx context.Context, _ string) error {
				_, err := (*inst).Values().Add(ctx, 1, 2)
				return err
			}
		}),
		failing("a call back that it gets over", allowed, func(inst **subject.Instance) func(context.Context, string) error {
			return func(ctx context.Context, _ string) error {
				if _, err := (*inst).Values().Add(ctx, 1, 2); !errors.Is(err, host.ErrBusy) {
					return fmt.Errorf("a guest is entered twice: %v", err)
				}
				return nil
			}
		}),
		nilEntry,
	}
}
