// Package verify proves of a module that package meter has rewritten that it is stopped
// in time. It shares nothing with the rewriter but the table of what instructions take:
// it reads the module that comes out, whoever made it, and looks at each function once.
//
// A check is the code that looks whether the slice of fuel is used up; where it is, the
// guest is left, which is when an interrupt, a deadline or Go's garbage collector get
// their turn, and the next slice is handed out. What holds for a module without an
// error, with N for units.Bound (20,000 units), and counting all functions of the
// module and of others that were rewritten:
//
//  1. The guest's code does nothing with what was added, but in the forms that charge
//     and check.
//  2. Between two checks at most N units run, and no more than a few units run that are
//     not charged.
//  3. Every cycle has a check: each loop, and each function that calls others.
//  4. Operations on ranges of memory and tables run in pieces of a bounded length, and
//     what grows is charged before.
//  5. Where the stack is counted, a function counts a bound of its frame and looks whether
//     that is too deep before it calls another, and counts as much off when it returns.
//     Functions that call none, of at most units.Frame bytes each, are not counted.
//
// So whatever is charged is charged in time, and at most a slice and 2 N units run
// until the guest is left. The proof is one of assumptions and guarantees: each
// function is checked under the assumption that the others keep to what is checked of
// them.
//
//   - A function runs at most units.Leaf before its first check. Before that it calls
//     only leaves: functions that call none, have no loop, and run no longer than that.
//   - It returns at most units.Exit after its last check, or at most units.Leaf after
//     its start.
//   - What has run in it when it calls another function is charged, and what runs after
//     the call is charged again, so that of all functions on the stack only the last
//     has run, or has paid, more than the other. This is what holds the sum over a deep
//     stack.
package verify

import (
	"errors"
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// Config says how the module was rewritten.
type Config struct {
	// Stack tells that frames are counted in bytes, Depth that they are counted as one each.
	Stack, Depth bool
	// Shared names the module from which the globals are imported, or is empty where the module defines
	// them.
	Shared string
}

func (c Config) counts() bool { return c.Stack || c.Depth }

// Error says which rule a module breaks, and where.
type Error struct {
	// Rule names the rule and what breaks it.
	Rule string
	// Func is the index of the function, or -1 outside functions.
	Func int
	// Offset is the place in the rewritten module, in bytes.
	Offset int
}

// Error names the rule and the place in the module.
func (e *Error) Error() string {
	if e.Func < 0 {
		return fmt.Sprintf("verify: %s, at offset %#x", e.Rule, e.Offset)
	}
	return fmt.Sprintf("verify: %s, in function %d, at offset %#x", e.Rule, e.Func, e.Offset)
}

// Module verifies a rewritten module, which must be valid otherwise. The error is an
// [*Error] that names the first rule that is broken.
func Module(b []byte, cfg Config) error {
	m := &module{cfg: cfg}
	if err := m.read(b); err != nil {
		return err
	}
	// Leaves come first, as what a call of one takes is known only then.
	for _, leaves := range []bool{true, false} {
		for i := range m.bodies {
			f := &m.bodies[i]
			if f.index == m.refill || f.simple != leaves {
				continue
			}
			if err := m.function(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// malformed turns an error of package wasm into one of this package.
func malformed(err error) *Error {
	var e *wasm.Error
	if errors.As(err, &e) {
		return &Error{Rule: e.Rule, Func: -1, Offset: e.Offset}
	}
	return &Error{Rule: err.Error(), Func: -1}
}
