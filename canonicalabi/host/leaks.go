package host

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// LeakReporter is the part of *testing.T that LeakCheck uses.
type LeakReporter interface {
	Helper()
	Errorf(format string, args ...any)
	Cleanup(func())
}

// LeakCheck has a test fail at its end for each object that was not closed, and tells
// where it was made: the plugin, its instances, and resources of guests that the host
// holds, which are neither closed nor given back to the guest. Objects of an instance that
// died of a trap or a limit do not count. It takes a stack trace for each object, and is
// for tests only.
func LeakCheck(t LeakReporter) Option {
	leaks := &Leaks{}
	t.Cleanup(func() {
		t.Helper()
		for _, l := range leaks.open() {
			t.Errorf("%s was never closed. It was made at\n%s", l.what, l.place())
		}
	})
	return func(c *Config) { c.Leaks = leaks }
}

// Leaks are the objects that a LeakCheck knows. Package link and generated code note them
// there; a nil Leaks notes nothing. It may be used by several goroutines.
type Leaks struct {
	mu   sync.Mutex
	list []*Leak
}

// Leak is an object that must be closed. The methods of a nil Leak do nothing.
type Leak struct {
	of      *Leaks
	what    string
	dead    func() bool
	callers []uintptr
	closed  bool
}

// Made notes an object. dead, if not nil, reports whether there is nothing left to close.
func (l *Leaks) Made(what string, dead func() bool) *Leak {
	if l == nil {
		return nil
	}
	made := &Leak{of: l, what: what, dead: dead, callers: make([]uintptr, 32)}
	made.callers = made.callers[:runtime.Callers(2, made.callers)]
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= 2*minSweep && len(l.list)&(len(l.list)-1) == 0 {
		l.list = slices.DeleteFunc(l.list, func(l *Leak) bool { return l.closed })
	}
	l.list = append(l.list, made)
	return made
}

// minSweep is a number of objects that are not worth a sweep of those that were closed.
const minSweep = 512

// Closed notes that the object was closed or given away.
func (l *Leak) Closed() { l.set(true) }

// Back notes that the object is to be closed again, since it was not given away after all.
func (l *Leak) Back() { l.set(false) }

func (l *Leak) set(closed bool) {
	if l == nil {
		return
	}
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	l.closed = closed
}

// open returns the objects that were not closed, in the order in which they were made.
func (l *Leaks) open() []*Leak {
	l.mu.Lock()
	list := slices.Clone(l.list)
	l.mu.Unlock()
	return slices.DeleteFunc(list, func(l *Leak) bool {
		l.of.mu.Lock()
		closed := l.closed
		l.of.mu.Unlock()
		return closed || l.dead != nil && l.dead()
	})
}

// place returns the stack where the object was made, from the caller of witgen's packages
// on.
func (l *Leak) place() string {
	var b strings.Builder
	frames := runtime.CallersFrames(l.callers)
	for shown := 0; shown < 8; {
		frame, more := frames.Next()
		if !ofRuntime(frame.Function) {
			fmt.Fprintf(&b, "\t%s\n\t\t%s:%d\n", frame.Function, frame.File, frame.Line)
			shown++
		}
		if !more {
			break
		}
	}
	return b.String()
}

// ofRuntime reports whether a function belongs to the packages between generated code and
// the guest.
func ofRuntime(function string) bool {
	rest, ok := strings.CutPrefix(function, "github.com/witgen/witgen/")
	return ok && (strings.HasPrefix(rest, "canonicalabi/host") || strings.HasPrefix(rest, "link.") || strings.HasPrefix(rest, "dynamic.")) && !strings.Contains(rest, "_test.")
}
