package gogen

import (
	"strconv"
	"strings"
)

// Scope hands out identifiers. A name that is declared in it differs from all
// that it and the scopes around it hold, so nothing in generated code shadows
// anything but what is declared for a block alone.
type Scope struct {
	outer *Scope
	taken map[string]use
}

// use is the purpose that a name is taken for.
type use uint8

const (
	reserved use = iota + 1
	declared
	// passing names are those of a block's own variables: of loops, of what is in
	// an option. Nothing inside another block that has one of the same name needs
	// the outer one.
	passing
)

// NewScope returns a scope that knows Go's keywords and predeclared names.
func NewScope() *Scope { return universe.Inner() }

// Inner returns a new scope inside s.
func (s *Scope) Inner() *Scope { return &Scope{outer: s, taken: map[string]use{}} }

// Reserve keeps names from being declared in s and in the scopes inside it.
func (s *Scope) Reserve(names ...string) *Scope {
	for _, name := range names {
		s.taken[name] = reserved
	}
	return s
}

// Declare returns name if it is free, and otherwise name with a suffix: an
// underscore where name is reserved (type_, Close_), the first free number from
// 2 where something else has it (ptr2, or rec1_2 after a digit). What it
// returns depends only on what was reserved and declared before.
func (s *Scope) Declare(name string) string {
	if of := s.lookup(name); of != 0 {
		name = s.suffixed(name, of == reserved)
	}
	s.taken[name] = declared
	return name
}

// Pass declares a name for a variable of a block, which blocks inside that block may
// have for theirs. In one block it is declared once, and again by := only.
func (s *Scope) Pass(name string) string {
	if of := s.lookup(name); of == reserved || of == declared {
		name = s.suffixed(name, of == reserved)
	}
	s.taken[name] = passing
	return name
}

// Own is Pass for a variable that another of the same block must differ from.
func (s *Scope) Own(name string) string {
	if s.taken[name] == passing {
		name = s.suffixed(name, false)
	}
	return s.Pass(name)
}

// Shadow declares the name of a variable that stands around a block for one that is
// made of it inside, so that the outer one is not needed there.
func (s *Scope) Shadow(name string) string {
	s.taken[name] = passing
	return name
}

func (s *Scope) suffixed(name string, isReserved bool) string {
	if isReserved && !s.Has(name+"_") {
		return name + "_"
	}
	if last := name[len(name)-1]; last >= '0' && last <= '9' {
		name += "_"
	}
	for n := 2; ; n++ {
		numbered := name + strconv.Itoa(n)
		if !s.Has(numbered) {
			return numbered
		}
	}
}

// Has reports whether name is reserved or declared in s or around it.
func (s *Scope) Has(name string) bool { return s.lookup(name) != 0 }

func (s *Scope) lookup(name string) use {
	for ; s != nil; s = s.outer {
		if of := s.taken[name]; of != 0 {
			return of
		}
	}
	return 0
}

// universe holds what no identifier may be called: Go's keywords, the names
// that Go declares, those that a package must not use for anything else, and
// the blank identifier.
var universe = (&Scope{taken: map[string]use{}}).Reserve(strings.Fields(`
	break case chan const continue default defer else fallthrough for func go
	goto if import interface map package range return select struct switch type
	var

	any bool byte comparable complex64 complex128 error float32 float64 int int8
	int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr
	true false iota nil
	append cap clear close complex copy delete imag len make max min new panic
	print println real recover

	init main _`)...)
