// Package witrand makes random WIT for tests: valid packages with every construct
// of the language, the same for the same seed.
package witrand

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/witgen/witgen/wit"
)

// Options are the features that the text may use.
type Options struct {
	// Packages is how many packages are nested in the file; at least none.
	Packages int
	// Features are the names for @unstable; without them no item is gated.
	Features []string
	// Streams allows streams, futures and error-context, Async async functions.
	Streams, Async bool
	// Maps allows map<K, V>, FixedLists list<T, N>, Implements imports of the
	// form label: path, ExternalID the attribute @external-id.
	Maps, FixedLists, Implements, ExternalID bool
	// Digits allows words of names that begin with a digit, ConstructorResults
	// constructors with a result, IncludeOwn to include worlds that have types,
	// functions and inline interfaces of their own.
	Digits, ConstructorResults, IncludeOwn bool
	// GatedImports allows gates on what a world imports, exports and uses of
	// interfaces. The interfaces that these need take their gate.
	GatedImports bool
	// Names allows names that Go or generated code has a use for, that differ in
	// little, and that stand in several interfaces.
	Names bool
	// Large allows many parameters, fields and cases, enums and variants of more
	// than 255 cases, and flags of 32.
	Large bool
	// Overlap makes it likely that a world imports and exports one interface.
	Overlap bool
}

// Synchronous returns the options that allow what bindings are generated for.
func Synchronous(packages int) Options {
	return Options{Packages: packages, Maps: true, FixedLists: true, Implements: true, ExternalID: true, Digits: true,
		ConstructorResults: true, IncludeOwn: true, GatedImports: true, Names: true, Large: true, Overlap: true}
}

// Everything returns the options that allow every construct but gates.
func Everything(packages int) Options {
	return Options{Packages: packages, Streams: true, Async: true, Maps: true, FixedLists: true, Implements: true, ExternalID: true,
		Digits: true, ConstructorResults: true, IncludeOwn: true, GatedImports: true}
}

// File returns the text of a WIT file: the package rand:main, which uses the
// packages nested in it.
func File(seed uint64, o Options) string {
	g := &gen{Rand: rand.New(rand.NewPCG(seed, 1)), o: o, used: map[string]bool{}}
	g.line("package rand:main%s;", g.version())
	g.header = g.b.String()
	g.b.Reset()
	for i := range o.Packages {
		g.nested(i)
	}
	// The file's own package comes last, so that it can use the others.
	nested := g.b.String()
	g.b.Reset()
	p := &pkg{name: "rand:main"}
	g.body(p)
	return g.header + g.b.String() + nested
}

// pkg is a package that is there already.
type pkg struct {
	name, version string // version with its @
	interfaces    []*iface
	worlds        []*world
	versioned     bool
	// aliases are the names under which the package has taken in interfaces of
	// others with use.
	aliases map[*iface]string
}

type iface struct {
	pkg   *pkg
	name  string
	types []typ // what can be used from it
	gate  string
}

type world struct {
	pkg     *pkg
	name    string
	plain   []string // plain names of imports and exports
	imports map[*iface]bool
	exports map[*iface]bool
	gate    string
	own     bool // has types, functions or interfaces of its own
}

// typ is a named type.
type typ struct {
	name     string
	resource bool
	borrow   bool
	char     bool
}

type gen struct {
	*rand.Rand
	o      Options
	b      strings.Builder
	header string
	indent int
	pkgs   []*pkg
	cur    *pkg
	n      int // for names that are new
	// used are the hard names of the interface, world or package at hand.
	used map[string]bool
}

func (g *gen) line(format string, args ...any) {
	g.b.WriteString(strings.Repeat("  ", g.indent))
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
}

// chance is true once in n.
func (g *gen) chance(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g *gen, list []T) T { return list[g.IntN(len(list))] }

var words = strings.Split("get set open read write size kind list-of with-case http URL a1 b2c max-32 result type own x", " ")

// word returns a word for a name.
func (g *gen) word() string {
	if w := pick(g, words); g.o.Digits || w != "max-32" {
		return w
	}
	return "max"
}

// hard are names that generated Go has a use for or that are near each other.
var hard = strings.Fields(`
	func type interface map range chan select go string error len nil any new init main close get has
	ctx err call ptr arena results borrows host guest types types2 tuple2 option result r h v i n at key item value ok
	export imports exports instance instantiate compile plugin self rep handle lift lower load store drop destroy
	bucket bucket-open new-bucket open-bucket a-b ab a1-b a1b A-B x x2 x3 http-url HTTP-URL url URL ids uint32 uint8
	context math unsafe fmt errors wazero api unit some none unwrap is string-to go-string as write-to
	wasi-http http types-error error-code e e-x ex E-X vendor internal testdata aux con linux amd64 test wasm js windows
	record variant enum flags resource list tuple own borrow use include world package import as async future stream
	f32 s64 u8 char bool constructor static method`)

var keywords = strings.Fields(`
	as async bool borrow char constructor enum export f32 f64 flags from func future import include interface list
	map option own package record resource result s16 s32 s64 s8 static stream string tuple type u16 u32 u64 u8 use
	variant with world error-context`)

// hardName returns a hard name that the caller does not have, and "" where it
// found none.
func (g *gen) hardName(seen map[string]bool) string {
	name := pick(g, hard)
	canonical := wit.CanonicalName(name)
	if seen[canonical] {
		return ""
	}
	seen[canonical] = true
	if slices.Contains(keywords, name) {
		return "%" + name
	}
	return name
}

// scoped runs f with a set of used names of its own.
func (g *gen) scoped(f func()) {
	outer := g.used
	g.used = map[string]bool{}
	f()
	g.used = outer
}

// name returns a name that is new in the file, or a hard one that is new where it
// stands.
func (g *gen) name() string {
	if g.o.Names && g.chance(2) {
		if name := g.hardName(g.used); name != "" {
			return name
		}
	}
	g.n++
	return fmt.Sprintf("%s-n%d", g.word(), g.n)
}

// label returns a short name, which the caller keeps apart from others.
func (g *gen) label(seen map[string]bool) string {
	for {
		if g.o.Names && g.chance(2) {
			if name := g.hardName(seen); name != "" {
				return name
			}
		}
		l := g.word()
		if g.chance(2) {
			l += fmt.Sprintf("-k%d", g.IntN(100))
		}
		if canonical := wit.CanonicalName(l); !seen[canonical] {
			seen[canonical] = true
			if strings.Contains("list type own result", l) {
				l = "%" + l
			}
			return l
		}
	}
}

func (g *gen) version() string {
	switch g.IntN(4) {
	case 0:
		return fmt.Sprintf("@%d.%d.%d", g.IntN(2), g.IntN(3), 1+g.IntN(4))
	case 1:
		return fmt.Sprintf("@0.2.%d", g.IntN(9))
	case 2:
		return fmt.Sprintf("@1.0.0-rc.%d+b.%d", g.IntN(9), g.IntN(3))
	}
	return ""
}

func (g *gen) docs() {
	switch g.IntN(8) {
	case 0:
		g.line("/// %s", pick(g, []string{"One line.", "  Indented.", "With `code` and \"quotes\".", "Ünïcödé."}))
	case 1:
		g.line("/// First.")
		g.line("///")
		g.line("///   Third.")
	case 2:
		g.line("/** A block")
		g.line("    of two lines. */")
	}
}

// attrs writes the attributes of an item and returns the feature that gates it.
// Inside of something gated, outer is that feature, and everything there has it.
func (g *gen) attrs(outer string) string {
	if outer != "" {
		g.line("@unstable(feature = %s)", outer)
		return outer
	}
	gate := ""
	switch {
	case len(g.o.Features) > 0 && g.chance(12):
		gate = pick(g, g.o.Features)
		g.line("@unstable(feature = %s)", gate)
	case g.cur.versioned && g.chance(6):
		g.line("@since(version = 0.0.1)")
		if g.chance(3) {
			g.line("@deprecated(version = 0.0.1)")
		}
	}
	return gate
}

// worldAttrs writes the attributes of something in a world that needs
// interfaces.
func (g *gen) worldAttrs(outer string) string {
	if g.o.GatedImports {
		return g.attrs(outer)
	}
	return ""
}

func (g *gen) externalID() {
	if g.o.ExternalID && g.chance(10) {
		g.line("@external-id(%q)", pick(g, []string{"id", "an id", "a/b"}))
	}
}

func (g *gen) nested(i int) {
	g.docs()
	p := &pkg{name: fmt.Sprintf("rand:%s%d", pick(g, []string{"pkg", "dep", "lib"}), i), version: g.version()}
	p.versioned = p.version != ""
	if g.chance(5) && len(g.pkgs) > 0 {
		// Another version of a package that is there.
		p.name = pick(g, g.pkgs).name
		p.version = fmt.Sprintf("@0.2.%d", 10+i)
		p.versioned = true
	}
	g.line("package %s%s {", p.name, p.version)
	g.indent++
	g.body(p)
	g.indent--
	g.line("}")
	g.line("")
	g.pkgs = append(g.pkgs, p)
}

func (g *gen) body(p *pkg) {
	g.cur, g.used = p, map[string]bool{}
	p.aliases = map[*iface]string{}
	for range g.IntN(3) {
		if i := g.anyInterface(); i != nil && p.aliases[i] == "" {
			alias := g.name()
			g.line("use %s as %s;", g.path(i.pkg, i.name), alias)
			p.aliases[i] = alias
		}
	}
	for range 1 + g.IntN(4) {
		g.iface(p)
	}
	worlds := g.IntN(3)
	if g.o.Overlap {
		worlds++
	}
	for range worlds {
		g.world(p)
	}
}

// path returns the path of an interface or world from the current package.
func (g *gen) path(p *pkg, name string) string {
	if p == g.cur {
		return name
	}
	return p.name + "/" + name + p.version
}

// interfacePath returns a path of an interface, by its alias where it has one.
func (g *gen) interfacePath(i *iface) string {
	if alias := g.cur.aliases[i]; alias != "" {
		return alias
	}
	return g.path(i.pkg, i.name)
}

// anyInterface returns an interface that is there already, and that a gate does
// not hide.
func (g *gen) anyInterface() *iface {
	p := g.cur
	if len(g.pkgs) > 0 && g.chance(2) {
		p = pick(g, g.pkgs)
	}
	if len(p.interfaces) == 0 {
		return nil
	}
	i := pick(g, p.interfaces)
	if i.gate != "" {
		return nil
	}
	return i
}

func (g *gen) iface(p *pkg) {
	i := &iface{pkg: p, name: g.name()}
	g.docs()
	i.gate = g.attrs("")
	g.line("interface %s {", i.name)
	g.indent++
	g.scoped(func() { i.types = g.interfaceItems(i.gate) })
	g.indent--
	g.line("}")
	p.interfaces = append(p.interfaces, i)
}

// interfaceItems writes the items of an interface and returns its types that are
// not gated.
func (g *gen) interfaceItems(gate string) []typ {
	s := &scope{gen: g, gate: gate}
	for range g.IntN(3) {
		s.use()
	}
	for range g.IntN(6) {
		s.typeDecl()
	}
	for range g.IntN(5) {
		g.docs()
		g.attrs(gate)
		g.externalID()
		g.line("%s: %s;", g.name(), s.function())
		if g.chance(3) {
			s.typeDecl()
		}
	}
	return s.types
}

func (g *gen) world(p *pkg) {
	w := &world{pkg: p, name: g.name(), imports: map[*iface]bool{}, exports: map[*iface]bool{}}
	g.docs()
	w.gate = g.worldAttrs("")
	g.line("world %s {", w.name)
	g.indent++
	outer := g.used
	g.used = map[string]bool{}
	defer func() { g.used = outer }()
	s := &scope{gen: g, gate: w.gate, world: true}
	for range g.IntN(3) {
		s.use()
	}
	for range g.IntN(4) {
		s.typeDecl()
	}
	for range g.IntN(6) {
		g.extern(w, s)
	}
	if g.chance(3) {
		g.include(w)
	}
	g.indent--
	g.line("}")
	for _, t := range s.types {
		w.plain = append(w.plain, t.name)
	}
	w.own = len(w.plain) > 0 || s.declared
	p.worlds = append(p.worlds, w)
}

// extern writes an import or export. Exported interfaces are few, so that worlds
// that need one interface both ways are few.
func (g *gen) extern(w *world, s *scope) {
	word, set := "import", w.imports
	if g.chance(3) || g.o.Overlap && g.chance(3) {
		word, set = "export", w.exports
	}
	switch g.IntN(4) {
	case 0:
		g.docs()
		g.attrs(w.gate)
		g.externalID()
		name := g.name()
		g.line("%s %s: %s;", word, name, s.function())
		w.plain = append(w.plain, name)
	case 1:
		g.docs()
		gate := g.worldAttrs(w.gate)
		name := g.name()
		g.line("%s %s: interface {", word, name)
		g.indent++
		g.scoped(func() { g.interfaceItems(gate) })
		g.indent--
		g.line("}")
		w.plain = append(w.plain, name)
	default:
		i := g.anyInterface()
		if i == nil || set[i] || word == "export" && !g.o.Overlap && !g.chance(3) {
			return
		}
		g.worldAttrs(w.gate)
		g.externalID()
		if g.o.Implements && g.chance(3) {
			name := g.name()
			g.line("%s %s: %s;", word, name, g.interfacePath(i))
			w.plain = append(w.plain, name)
			return
		}
		set[i] = true
		g.line("%s %s;", word, g.interfacePath(i))
		if g.o.Overlap && !w.imports[i] && g.chance(2) {
			w.imports[i] = true
			g.line("import %s;", g.interfacePath(i))
		}
	}
}

// count returns how many fields, cases or parameters there are to be: up to
// most, and where large ones are allowed now and then up to large.
func (g *gen) count(most, large int) int {
	if g.o.Large && g.chance(20) {
		return large - g.IntN(1+large/20)
	}
	return g.IntN(most)
}

// include includes a world that is there already.
func (g *gen) include(w *world) {
	p := g.cur
	if len(g.pkgs) > 0 && g.chance(3) {
		p = pick(g, g.pkgs)
	}
	if len(p.worlds) == 0 {
		return
	}
	from := pick(g, p.worlds)
	if from.gate != "" || from.own && !g.o.IncludeOwn {
		return
	}
	text := "include " + g.path(p, from.name)
	if len(from.plain) > 0 && g.chance(2) {
		g.line("%s with { %s as %s }", text, pick(g, from.plain), g.name())
		return
	}
	g.line("%s;", text)
}
