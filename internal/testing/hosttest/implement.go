package hosttest

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
)

// Host supplies what guests import. Tests set its hooks to misbehave.
type Host struct {
	Values
	// Logged is what guests logged.
	Logged []string
	// OnLog, OnFind and so on replace what the function of that name does.
	OnLog  func(ctx context.Context, text string) error
	OnFind func(ctx context.Context, name string) (store.Entry, error)
	OnTake func(ctx context.Context, e store.Entry) error
	OnOpen func(ctx context.Context, n uint32) ([]store.Entry, error)
	// Entries are all that were made. OnMake is told of each.
	Entries []*Entry
	OnMake  func(e *Entry)
}

// Imports returns what an instance imports.
func (h *Host) Imports() subject.Imports {
	return subject.Imports{Values: h, Store: h, World: h}
}

// Log implements the world's log.
func (h *Host) Log(ctx context.Context, text string) error {
	if h.OnLog != nil {
		return h.OnLog(ctx, text)
	}
	h.Logged = append(h.Logged, text)
	return nil
}

// Entry is a resource of the host's.
type Entry struct {
	Label string
	// Closed counts the calls of Close.
	Closed int
	// OnClose replaces what Close returns.
	OnClose func(ctx context.Context) error
}

// Make returns a new entry.
func (h *Host) Make(label string) *Entry {
	e := &Entry{Label: label}
	h.Entries = append(h.Entries, e)
	if h.OnMake != nil {
		h.OnMake(e)
	}
	return e
}

// Name implements store.Entry.
func (e *Entry) Name(context.Context) (string, error) { return e.Label, nil }

// Rename implements store.Entry.
func (e *Entry) Rename(_ context.Context, name string) error {
	e.Label = name
	return nil
}

// Close implements store.Entry.
func (e *Entry) Close(ctx context.Context) error {
	e.Closed++
	if e.OnClose != nil {
		return e.OnClose(ctx)
	}
	return nil
}

// NewEntry implements store.Interface.
func (h *Host) NewEntry(_ context.Context, name string) (store.Entry, error) {
	return h.Make(name), nil
}

// EntryMerge implements store.Interface.
func (h *Host) EntryMerge(ctx context.Context, a, b store.Entry) (store.Entry, error) {
	e := h.Make(a.(*Entry).Label + b.(*Entry).Label)
	return e, a.Close(ctx)
}

// Find implements store.Interface.
func (h *Host) Find(ctx context.Context, name string) (store.Entry, error) {
	if h.OnFind != nil {
		return h.OnFind(ctx, name)
	}
	for _, e := range h.Entries {
		if e.Label == name {
			return e, nil
		}
	}
	return nil, types.Error[string]{Value: "there is no " + name}
}

// Count implements store.Interface.
func (h *Host) Count(_ context.Context, entries []store.Entry) (uint32, error) {
	return uint32(len(entries)), nil
}

// Take implements store.Interface.
func (h *Host) Take(ctx context.Context, e store.Entry) error {
	if h.OnTake != nil {
		return h.OnTake(ctx, e)
	}
	return nil
}

// TakeAnd implements store.Interface.
func (h *Host) TakeAnd(ctx context.Context, e store.Entry, _ string) error { return h.Take(ctx, e) }

// TakeAll implements store.Interface.
func (h *Host) TakeAll(context.Context, []store.Entry) error { return nil }

// OpenAll implements store.Interface.
func (h *Host) OpenAll(ctx context.Context, n uint32) ([]store.Entry, error) {
	if h.OnOpen != nil {
		return h.OnOpen(ctx, n)
	}
	var list []store.Entry
	for i := range n {
		list = append(list, h.Make("entry "+strconv.Itoa(int(i))))
	}
	return list, nil
}

// Values implements the interface values: most of its functions return what
// they are given.
type Values struct{}

// ErrFail is what Check returns for 2: an error that a result without an error
// type takes.
var ErrFail = errors.New("no")

// Add implements values.Interface.
func (Values) Add(_ context.Context, a, b int32) (int32, error) { return a + b, nil }

// Length implements values.Interface.
func (Values) Length(_ context.Context, text string) (uint32, error) { return uint32(len(text)), nil }

// Nothing implements values.Interface.
func (Values) Nothing(context.Context) error { return nil }

// Divide implements values.Interface.
func (Values) Divide(_ context.Context, a, b int32) (int32, error) {
	switch {
	case b == 0:
		return 0, values.ColorRed
	case a == math.MinInt32 && b == -1:
		return 0, values.ColorBlue
	default:
		return a / b, nil
	}
}

// Parse implements values.Interface.
func (Values) Parse(_ context.Context, text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err
}

// Check implements values.Interface.
func (Values) Check(_ context.Context, n uint32) error {
	if n == 2 {
		return ErrFail
	}
	return nil
}

// Sixteen implements values.Interface.
func (Values) Sixteen(_ context.Context, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p uint32) (uint64, error) {
	var sum uint64
	for at, v := range []uint32{a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p} {
		sum += uint64(v) * uint64(at+1)
	}
	return sum, nil
}

// Seventeen implements values.Interface.
func (v Values) Seventeen(ctx context.Context, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p uint32, q uint64) (uint64, error) {
	sum, err := v.Sixteen(ctx, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
	return sum + q, err
}
