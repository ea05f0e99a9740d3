package gogen

import (
	"strconv"
	"strings"
)

// Scope hands out identifiers. A name that is declared in it differs from all
// that it and the scopes around it hold, so nothing in generated code shadows
// anything.
type Scope struct {
	outer *Scope
	// taken says of each name whether it is reserved (true) or declared.
	taken map[string]bool
}

// NewScope returns a scope that knows Go's keywords and predeclared names.
func NewScope() *Scope { return universe.Inner() }

// Inner returns a new scope inside s.
func (s *Scope) Inner() *Scope { return &Scope{outer: s, taken: map[string]bool{}} }

// Reserve keeps names from being declared in s and in the scopes inside it.
func (s *Scope) Reserve(names ...string) *Scope {
	for _, name := range names {
		s.taken[name] = true
	}
	return s
}

// Declare returns name if it is free, and otherwise name with a suffix: an
// underscore where name is reserved (type_, Close_), the first free number from
// 2 where something else has it (ptr2, or rec1_2 after a digit). What it
// returns depends only on what was reserved and declared before.
func (s *Scope) Declare(name string) string {
	reserved, taken := s.lookup(name)
	if taken {
		name = s.suffixed(name, reserved)
	}
	s.taken[name] = false
	return name
}

func (s *Scope) suffixed(name string, reserved bool) string {
	if reserved {
		if _, taken := s.lookup(name + "_"); !taken {
			return name + "_"
		}
	}
	if last := name[len(name)-1]; last >= '0' && last <= '9' {
		name += "_"
	}
	for n := 2; ; n++ {
		numbered := name + strconv.Itoa(n)
		if _, taken := s.lookup(numbered); !taken {
			return numbered
		}
	}
}

// Has reports whether name is reserved or declared in s or around it.
func (s *Scope) Has(name string) bool {
	_, taken := s.lookup(name)
	return taken
}

func (s *Scope) lookup(name string) (reserved, taken bool) {
	for ; s != nil; s = s.outer {
		if reserved, taken := s.taken[name]; taken {
			return reserved, true
		}
	}
	return false, false
}

// universe holds what no identifier may be called: Go's keywords, the names
// that Go declares, those that a package must not use for anything else, and
// the blank identifier.
var universe = (&Scope{taken: map[string]bool{}}).Reserve(strings.Fields(`
	break case chan const continue default defer else fallthrough for func go
	goto if import interface map package range return select struct switch type
	var

	any bool byte comparable complex64 complex128 error float32 float64 int int8
	int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr
	true false iota nil
	append cap clear close complex copy delete imag len make max min new panic
	print println real recover

	init main _`)...)
