package echotest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// maker makes the WIT of one echo world.
type maker struct {
	*rand.Rand
	seed uint64
	// scopes are the interfaces that types can be used from, in order: what one
	// uses is of those before it.
	scopes []*scope
	decls  []*decl
	n      int // for names
}

// scope is an interface, or the world itself.
type scope struct {
	m    *maker
	pkg  *pkg   // nil for what stands inline
	name string // "" for the world
	// names are the names that types of other scopes have here.
	names map[*decl]string
	uses  []string
	lines []string
	// imported and exported are set if the world imports and exports it; labels are the
	// plain names instead of its own.
	imported, exported bool
	labels             []string
	// guests is set if the guest defines its resources: what it exports returns what
	// it is given, and has no partner. Where it is imported too, there are resources
	// of the host's beside, which the world's own functions have.
	guests bool
}

// pkg is a package of the file. The main one has no body in braces.
type pkg struct {
	name, version string
	scopes        []*scope
}

// decl is a named type.
type decl struct {
	name             string
	owner            *scope
	resource, borrow bool
	// methods are the lines of a resource.
	methods []string
}

// typ is a type: a format with a verb for each part, or a name.
type typ struct {
	format string
	parts  []typ
	decl   *decl
	borrow bool
}

// signature is the type of a function.
type signature struct {
	params []typ
	result *typ
}

// World returns the text of a WIT file with the package echo:seedSEED and its world
// echo. Each function that the world exports has a partner of the same name among
// the imports with the same parameters and results: in an interface, in the world
// itself, or a method or static of a resource; the partner of make-r is the
// constructor of r. Functions whose names begin with local have none: they return a
// tuple of their parameters, but for those that hold borrows. They stand where the
// guest has resources of its own.
func World(seed uint64) string {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 3)), seed: seed}
	main := &pkg{name: fmt.Sprintf("echo:seed%d", seed)}
	if m.chance(3) {
		main.version = "@1.2.3"
	}
	pkgs := []*pkg{main}
	for i := range m.IntN(3) {
		p := &pkg{name: fmt.Sprintf("echo:dep%d", i)}
		if m.chance(2) {
			p.version = fmt.Sprintf("@0.%d.0", i)
		}
		if i > 0 && m.chance(2) {
			p.name, p.version = "echo:dep0", "@0.7.0"
			pkgs[1].version = "@0.6.1"
		}
		pkgs = append(pkgs, p)
	}
	// What stands in a nested package uses nothing of the main one, so that no
	// package needs one that needs it.
	for _, p := range slices.Concat(pkgs[1:], pkgs[:1]) {
		for range 1 + m.IntN(2) {
			m.types(m.scope(p, "types"))
		}
	}
	return m.world(pkgs)
}

func (m *maker) chance(n int) bool { return m.IntN(n) == 0 }

// name returns a new name.
func (m *maker) name(word string) string {
	m.n++
	return fmt.Sprintf("%s-n%d", word, m.n)
}

func (m *maker) scope(p *pkg, word string) *scope {
	s := &scope{m: m, pkg: p, name: m.name(word), names: map[*decl]string{}}
	p.scopes = append(p.scopes, s)
	m.scopes = append(m.scopes, s)
	return s
}

// types declares types in a scope.
func (m *maker) types(s *scope) {
	for range 1 + m.IntN(7) {
		m.declare(s)
	}
}

// labels are names of parameters, fields and cases.
var labels = strings.Fields(`ctx err call ptr arena results value ok at item key h i r n a b c d e x y z http-url
	is-err some none handle wasm inst borrows length buf area disc e0 e1 v0 v1 f0 f1 get has close error string2 result2 go-x`)

// labelled returns n different labels.
func (m *maker) labelled(n int) []string {
	list := make([]string, n)
	for i, p := range m.Perm(max(n, len(labels)))[:n] {
		if list[i] = fmt.Sprintf("case-n%d", p); p < len(labels) {
			list[i] = labels[p]
		}
	}
	return list
}

// count returns a number from 1 to most, at times large.
func (m *maker) count(most, large int) int {
	if m.chance(30) {
		return large - m.IntN(3)
	}
	return 1 + m.IntN(most)
}

// declare declares a type in a scope.
func (m *maker) declare(s *scope) {
	d := &decl{owner: s}
	kind := m.IntN(9)
	switch {
	case kind < 2 && !s.exported && len(s.labels) == 0:
		d.name, d.resource = m.name("r"), true
	case kind < 3 && s.guests:
		d.name, d.resource = m.name("g"), true
		d.methods = []string{"constructor(id: u32);", "id: func() -> u32;"}
	case kind < 4:
		d.name = m.name("rec")
		s.line("record %s {", d.name)
		for _, f := range m.labelled(m.count(5, 22)) {
			s.line("  %s: %s,", f, s.part(d, 2))
		}
		s.line("}")
	case kind < 6:
		d.name = m.name("v")
		s.line("variant %s {", d.name)
		for _, c := range m.labelled(m.count(5, 260)) {
			if m.chance(3) {
				s.line("  %s,", c)
			} else {
				s.line("  %s(%s),", c, s.part(d, 2))
			}
		}
		s.line("}")
	case kind == 6:
		d.name = m.name("e")
		s.line("enum %s { %s }", d.name, strings.Join(m.labelled(m.count(9, 258)), ", "))
	case kind == 7:
		d.name = m.name("f")
		s.line("flags %s { %s }", d.name, strings.Join(m.labelled(m.count(18, 32)), ", "))
	default:
		d.name = m.name("a")
		text := s.part(d, 3)
		s.line("type %s = %s;", d.name, text)
	}
	m.decls = append(m.decls, d)
}

func (s *scope) line(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// part returns the text of a new type that d is made of.
func (s *scope) part(d *decl, depth int) string {
	t := s.m.typ(s, depth)
	d.borrow = d.borrow || t.borrow
	return s.text(t)
}

// sees reports whether a scope can name a type: one of its own, or of an interface
// before it. What stands in no package, and so comes last, sees all of those.
func (s *scope) sees(d *decl) bool {
	if d.owner == s {
		return true
	}
	if d.owner.pkg == nil || d.owner.guests && len(d.owner.labels) > 0 || d.owner.guests && !s.guests && (s.name != "" || !d.owner.imported) {
		return false
	}
	return s.pkg == nil || slices.Index(s.m.scopes, d.owner) < slices.Index(s.m.scopes, s)
}

// text spells a type in a scope, which then has the names it needs.
func (s *scope) text(t typ) string {
	if t.decl != nil {
		return s.local(t.decl)
	}
	parts := make([]any, len(t.parts))
	for i, p := range t.parts {
		parts[i] = s.text(p)
	}
	return fmt.Sprintf(t.format, parts...)
}

// local returns the name of a type in the scope, which uses it from where it is
// declared, or from a scope that uses it.
func (s *scope) local(d *decl) string {
	if d.owner == s {
		return d.name
	}
	if name, ok := s.names[d]; ok {
		return name
	}
	from, name := d.owner, d.name
	if s.m.chance(2) {
		for _, other := range s.m.scopes {
			if other == s {
				break
			}
			if used, ok := other.names[d]; ok && (!other.exported || other.guests && s.guests && len(s.labels)+len(other.labels) == 0) && s.m.chance(2) {
				from, name = other, used
			}
		}
	}
	local := name
	as := ""
	if local = name; s.m.chance(3) || s.taken(name) {
		local = s.m.name("u")
		as = " as " + local
	}
	s.names[d] = local
	s.uses = append(s.uses, fmt.Sprintf("use %s.{%s%s};", from.path(s.pkg), name, as))
	return local
}

func (s *scope) taken(name string) bool {
	for _, used := range s.names {
		if used == name {
			return true
		}
	}
	return false
}

// path spells the path of an interface from a package.
func (s *scope) path(from *pkg) string {
	if s.pkg == from || from == nil && s.pkg.name == fmt.Sprintf("echo:seed%d", s.m.seed) {
		return s.name
	}
	return s.pkg.name + "/" + s.name + s.pkg.version
}

var prims = strings.Fields("bool u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char string")

// typ returns a random type of at most a depth, which s can name.
func (m *maker) typ(s *scope, depth int) typ {
	if depth == 0 || m.chance(4) {
		return typ{format: prims[m.IntN(len(prims))]}
	}
	if m.chance(2) {
		var seen []*decl
		for _, d := range m.decls {
			if s.sees(d) {
				seen = append(seen, d)
			}
		}
		if len(seen) > 0 {
			return m.named(seen[m.IntN(len(seen))])
		}
	}
	inner := func() typ { return m.typ(s, depth-1) }
	switch m.IntN(10) {
	case 0, 1:
		return of("list<%s>", inner())
	case 2:
		return of(fmt.Sprintf("list<%%s, %d>", 1+m.IntN(5)), inner())
	case 3:
		keys := []string{"bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "char", "string"}
		return of("map<"+keys[m.IntN(len(keys))]+", %s>", inner())
	case 4, 5:
		return of("option<%s>", inner())
	case 6, 7:
		return m.result(inner)
	default:
		n := 1 + m.IntN(4)
		if m.chance(10) {
			n = 15 + m.IntN(4)
		}
		parts := make([]typ, n)
		for i := range parts {
			parts[i] = inner()
		}
		return of("tuple<"+strings.Repeat("%s, ", n-1)+"%s>", parts...)
	}
}

func (m *maker) result(inner func() typ) typ {
	switch m.IntN(5) {
	case 0:
		return typ{format: "result"}
	case 1:
		return of("result<%s>", inner())
	case 2:
		return of("result<_, %s>", inner())
	default:
		return of("result<%s, %s>", inner(), inner())
	}
}

func (m *maker) named(d *decl) typ {
	t := typ{decl: d, borrow: d.borrow}
	if !d.resource || m.chance(3) {
		return t
	}
	if m.chance(2) {
		return of("own<%s>", t)
	}
	t = of("borrow<%s>", t)
	t.borrow = true
	return t
}

func of(format string, parts ...typ) typ {
	t := typ{format: format, parts: parts}
	for _, p := range parts {
		t.borrow = t.borrow || p.borrow
	}
	return t
}
