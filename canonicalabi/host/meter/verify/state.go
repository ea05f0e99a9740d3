package verify

import "github.com/witgen/witgen/canonicalabi/host/meter/internal/units"

// none says of a way that there is none.
const none = -1

// A state is what is known at a place of a function, over all ways that lead there.
type state struct {
	live bool // some way leads there
	// start and check are the units that run at most since the function's start without
	// a check in between, and since the last check, or none.
	start, check int
	// due is how many units have run since the function's start that are not charged,
	// and owed how many since the call of any function that checks. What is charged and
	// has not run counts against them.
	due, owed int
	// kept is a local that is equal to the slice, or none.
	kept int
	// bound is a local that holds an unsigned i32 of at most most, or none.
	bound, most int
	// length is a local by whose length the slice was charged, or none; checked tells
	// whether there was a check since.
	length  int
	shift   int64
	left    bool
	checked bool
	// frame is what the function's frame is counted as; deep tells that it has not been
	// checked yet whether that is too deep.
	frame int64
	deep  bool
}

func entry() state {
	return state{live: true, check: none, kept: none, bound: none, length: none}
}

// or returns what is known where two ways meet.
func (s state) or(o state) state {
	if !s.live {
		return o
	}
	if !o.live {
		return s
	}
	s.start, s.check, s.due, s.owed = max(s.start, o.start), max(s.check, o.check), max(s.due, o.due), max(s.owed, o.owed)
	if s.kept != o.kept {
		s.kept = none
	}
	if s.bound != o.bound {
		s.bound = none
	}
	s.most = max(s.most, o.most)
	if s.length != o.length || s.shift != o.shift || s.left != o.left {
		s.length = none
	}
	s.checked = s.checked && o.checked
	return s
}

// ran returns the units that have run since the last check.
func (s *state) ran() int { return max(s.start, s.check) }

// run adds units that run.
func (s *state) run(n int) {
	if s.start != none {
		s.start += n
	}
	if s.check != none {
		s.check += n
	}
	s.due += n
	s.owed += n
}

// credit is how much may be charged before it runs, and counts.
const credit = units.Bound - units.Late

// charge takes units that are charged.
func (s *state) charge(n int) {
	s.due = max(s.due-n, -credit)
	s.owed = max(s.owed-n, -credit)
}

// pass goes on after a check.
func (s *state) pass() { s.start, s.check, s.checked = none, 0, true }

// set forgets what is known of a local.
func (s *state) set(local int) {
	if s.kept == local {
		s.kept = none
	}
	if s.bound == local {
		s.bound = none
	}
	if s.length == local {
		s.length = none
	}
}
