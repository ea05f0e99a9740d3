package witrand

import (
	"fmt"
	"slices"
	"strings"
)

// scope is an interface or world whose types can be named.
type scope struct {
	*gen
	gate string
	// types are what can be named; those that are gated on their own are left
	// out.
	types []typ
	// declared tells that there are types, gated ones included.
	declared bool
	world    bool
}

// use takes in types of an interface that is there already.
func (s *scope) use() {
	i := s.anyInterface()
	if i == nil || len(i.types) == 0 {
		return
	}
	var names []string
	var taken []typ
	for _, t := range i.types {
		if !s.chance(2) {
			continue
		}
		as := typ{s.name(), t.resource, t.borrow, t.char}
		names = append(names, t.name+" as "+as.name)
		taken = append(taken, as)
	}
	if len(names) == 0 {
		return
	}
	s.declared = true
	attrs := s.attrs
	if s.world {
		attrs = s.worldAttrs
	}
	gate := attrs(s.gate)
	s.line("use %s.{%s};", s.interfacePath(i), strings.Join(names, ", "))
	if gate == s.gate {
		s.types = append(s.types, taken...)
	}
}

// typeDecl declares a type.
func (s *scope) typeDecl() {
	s.declared = true
	s.docs()
	gate := s.attrs(s.gate)
	s.externalID()
	t := typ{name: s.name()}
	seen := map[string]bool{}
	switch s.IntN(7) {
	case 0:
		s.line("record %s {", t.name)
		s.indent++
		for range 1 + s.count(4, 20) {
			s.docs()
			s.line("%s: %s,", s.label(seen), s.typ(2, &t.borrow))
		}
		s.indent--
		s.line("}")
	case 1:
		s.line("variant %s {", t.name)
		s.indent++
		for range 1 + s.count(4, 265) {
			s.docs()
			if s.chance(2) {
				s.line("%s,", s.label(seen))
			} else {
				s.line("%s(%s),", s.label(seen), s.typ(2, &t.borrow))
			}
		}
		s.indent--
		s.line("}")
	case 2, 3:
		kind, large := "enum", 270
		if s.chance(2) {
			kind, large = "flags", 31
		}
		s.line("%s %s {", kind, t.name)
		s.indent++
		for range 1 + s.count(20, large) {
			s.docs()
			s.line("%s,", s.label(seen))
		}
		s.indent--
		s.line("}")
	case 4:
		t.resource = true
		s.resource(t, gate)
	default:
		named := s.named()
		if named != nil && s.chance(3) {
			s.line("type %s = %s;", t.name, named.name)
			t.resource, t.borrow, t.char = named.resource, named.borrow, named.char
		} else {
			structure := s.structure(3, &t.borrow)
			s.line("type %s = %s;", t.name, structure)
			t.char = structure == "char"
		}
	}
	if gate == s.gate {
		s.types = append(s.types, t)
	}
}

func (s *scope) resource(t typ, gate string) {
	if s.chance(3) {
		s.line("resource %s;", t.name)
		return
	}
	inner := &scope{gen: s.gen, gate: gate, types: append(append([]typ{}, s.types...), t)}
	seen := map[string]bool{}
	s.line("resource %s {", t.name)
	s.indent++
	if s.chance(2) {
		s.docs()
		s.attrs(gate)
		result := ""
		if s.o.ConstructorResults && s.chance(2) {
			result = fmt.Sprintf(" -> result<%s, string>", t.name)
		}
		s.line("constructor%s%s;", inner.params(), result)
	}
	for range s.IntN(4) {
		s.docs()
		s.attrs(gate)
		static := ""
		if s.chance(3) {
			static = "static "
		}
		s.line("%s: %s%s;", s.label(seen), static, inner.function())
	}
	s.indent--
	s.line("}")
}

// function returns the type of a function.
func (s *scope) function() string {
	text := "func" + s.params()
	if s.o.Async && s.chance(4) {
		text = "async " + text
	}
	for s.chance(2) {
		borrow := false
		result := s.typ(3, &borrow)
		if !borrow {
			return text + " -> " + result
		}
	}
	return text
}

func (s *scope) params() string {
	var params []string
	seen := map[string]bool{"self": true}
	for range s.count(4, 20) {
		var borrow bool
		params = append(params, s.label(seen)+": "+s.typ(3, &borrow))
	}
	return "(" + strings.Join(params, ", ") + ")"
}

// named returns a type that can be named here, and nil if no type can.
func (s *scope) named() *typ {
	if len(s.types) == 0 {
		return nil
	}
	return &s.types[s.IntN(len(s.types))]
}

var prims = strings.Split("bool u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char string", " ")

// typ returns a type of at most that depth, and sets borrow where it holds one.
func (s *scope) typ(depth int, borrow *bool) string {
	switch {
	case depth == 0 || s.chance(3):
		return pick(s.gen, prims)
	case s.chance(2):
		if t := s.named(); t != nil {
			*borrow = *borrow || t.borrow
			if t.resource && s.chance(2) {
				handle := pick(s.gen, []string{"own", "borrow"})
				*borrow = *borrow || handle == "borrow"
				return handle + "<" + t.name + ">"
			}
			return t.name
		}
	}
	return s.structure(depth, borrow)
}

// structure returns a type that is not just a name.
func (s *scope) structure(depth int, borrow *bool) string {
	inner := func() string { return s.typ(depth-1, borrow) }
	kinds := 5
	if s.o.Streams {
		kinds = 8
	}
	switch s.IntN(kinds) {
	case 0:
		switch {
		case s.o.FixedLists && s.chance(3):
			return fmt.Sprintf("list<%s, %d>", inner(), 1+s.IntN(9))
		case s.o.Maps && s.chance(3):
			return fmt.Sprintf("map<%s, %s>", pick(s.gen, []string{"string", "u8", "s64", "char", "bool"}), inner())
		}
		return "list<" + inner() + ">"
	case 1:
		return "option<" + inner() + ">"
	case 2:
		switch s.IntN(4) {
		case 0:
			return "result"
		case 1:
			return "result<" + inner() + ">"
		case 2:
			return "result<_, " + inner() + ">"
		}
		return "result<" + inner() + ", " + inner() + ">"
	case 3:
		parts := []string{inner()}
		for range s.IntN(3) {
			parts = append(parts, inner())
		}
		return "tuple<" + strings.Join(parts, ", ") + ">"
	case 4:
		return pick(s.gen, prims)
	case 5:
		return s.payload("stream", depth)
	case 6:
		return s.payload("future", depth)
	default:
		return "error-context"
	}
}

// payload returns a stream or future, whose payload holds no borrow and is not char.
func (s *scope) payload(word string, depth int) string {
	if s.chance(3) {
		return word
	}
	borrow := false
	inner := s.typ(depth-1, &borrow)
	char := inner == "char" || slices.ContainsFunc(s.types, func(t typ) bool { return t.char && t.name == inner })
	if borrow || char {
		return word
	}
	return word + "<" + inner + ">"
}
