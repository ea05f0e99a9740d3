package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// builder makes a unit of the files of a package, in the passes that build
// lists.
type builder struct {
	*reporter
	u      *unit
	scopes []*scope
	// cur is the file whose names are in scope.
	cur *scope
	// items are the interfaces and worlds that the package defines, canonical the
	// same by canonical name.
	items, canonical map[string]*definition
	order            []*definition
	// foreign finds the packages in u.foreign.
	foreign map[wit.PackageName]*foreignPackage
	// names are the types that each interface of the unit has, by its id.
	names []*nameTable
	// anon finds anonymous types that are there already.
	anon map[anonKey]wit.TypeID
	// root holds, for each type of the unit, the type at the end of its aliases.
	root []wit.TypeID
	// faulty are interfaces in which names may be missing because of mistakes
	// that are already reported.
	faulty map[wit.InterfaceID]bool
}

// scope is the names that one file sees besides those of its package.
type scope struct {
	decls []ast.Item
	// names maps what the file takes in with use, and what it defines.
	names map[string]*fileName
}

// fileName is a name in a file: its own interface or world, or one that it
// takes in with use.
type fileName struct {
	span diag.Span
	// local is the item's name in this package; foreign is the item where it is
	// one of another package.
	local   *ast.Ident
	foreign *foreignItem
}

// definition is an interface or world that the package defines.
type definition struct {
	name  *ast.Ident
	decl  ast.Item
	scope *scope
	index int // in builder.order
	item  item
	// needs are the definitions that have to come before, and at which places
	// they are named.
	needs []*definition
	at    []need
	stuck bool
}

// need is a place where a definition is needed, and the name that stands there.
type need struct {
	span diag.Span
	name string
}

// build makes a unit of the declarations of the package's files, one list for
// each file.
func build(name wit.PackageName, nameSpan diag.Span, docs string, files [][]ast.Item, p *reporter) *unit {
	b := &builder{
		reporter:  p,
		u:         &unit{name: name, nameSpan: nameSpan, docs: docs},
		items:     make(map[string]*definition),
		canonical: make(map[string]*definition),
		foreign:   make(map[wit.PackageName]*foreignPackage),
		anon:      make(map[anonKey]wit.TypeID),
		faulty:    make(map[wit.InterfaceID]bool),
	}
	before := len(p.list)
	for _, decls := range files {
		b.scopes = append(b.scopes, &scope{decls: decls, names: make(map[string]*fileName)})
	}
	b.collectForeign()
	b.collectDefinitions()
	b.collectFileNames()
	b.sortDefinitions()
	b.collectForeignTypes()
	for _, d := range b.order {
		if decl, ok := d.decl.(*ast.Interface); ok {
			b.cur = d.scope
			b.interfaceBody(d.item.iface, decl.Body.Items, decl.Docs, decl.Attrs)
		}
	}
	for _, d := range b.order {
		if decl, ok := d.decl.(*ast.World); ok {
			b.cur = d.scope
			b.worldBody(d.item.world, decl)
		}
	}
	b.u.broken = len(p.list) > before
	return b.u
}

// collectForeign makes stand-ins for the interfaces and worlds of other packages
// that paths name.
func (b *builder) collectForeign() {
	for _, s := range b.scopes {
		eachPath(s.decls, func(p pathUse) {
			if p.path.Package == nil {
				return
			}
			name := packageName(p.path.Package)
			pkg := b.foreign[name]
			if pkg == nil {
				pkg = &foreignPackage{name: name, span: p.path.Package.Where, items: make(map[string]*foreignItem)}
				b.foreign[name] = pkg
				b.u.foreign = append(b.u.foreign, pkg)
			}
			f := pkg.items[p.path.Name.Text]
			if f == nil {
				f = &foreignItem{pkg: pkg, name: p.path.Name.Text, span: p.path.Name.Where}
				if p.want == wantWorld {
					f.item = b.addWorld(f.name, f.span)
					b.u.foreignWorlds = append(b.u.foreignWorlds, f)
				} else {
					f.item = b.addInterface(f.name, f.span)
					b.u.foreignInterfaces = append(b.u.foreignInterfaces, f)
				}
				pkg.items[f.name] = f
			}
			f.gates = append(f.gates, b.stability(p.attrs))
		})
	}
}

func (b *builder) addInterface(name string, span diag.Span) item {
	b.u.interfaces = append(b.u.interfaces, &wit.Interface{Name: name, Span: span, Package: wit.NoPackage, CloneOf: noInterface})
	b.names = append(b.names, newNameTable())
	return item{iface: wit.InterfaceID(len(b.u.interfaces) - 1)}
}

func (b *builder) addWorld(name string, span diag.Span) item {
	b.u.worlds = append(b.u.worlds, &unitWorld{World: wit.World{Name: name, Span: span, Package: wit.NoPackage}})
	return item{isWorld: true, world: wit.WorldID(len(b.u.worlds) - 1)}
}

// collectDefinitions notes the interfaces and worlds that the files define.
func (b *builder) collectDefinitions() {
	for _, s := range b.scopes {
		for _, decl := range s.decls {
			name := declName(decl)
			if name == nil {
				continue
			}
			if prev := b.items[name.Text]; prev != nil {
				b.report(diag.DuplicateItem, name.Where, "duplicate item named `%s`", name.Text).
					Relate(prev.name.Where, "the other definition").
					Hint("interfaces and worlds of a package share one set of names, over all its files")
				continue
			}
			canonical := wit.CanonicalName(name.Text)
			if prev := b.canonical[canonical]; prev != nil {
				b.report(diag.DuplicateItem, name.Where, "name `%s` conflicts with previous name `%s`", name.Text, prev.name.Text).
					Relate(prev.name.Where, "the other definition").
					Hint("interfaces and worlds of a package share one set of names, over all its files").
					Hint(oneName)
			}
			d := &definition{name: name, decl: decl, scope: s, index: len(b.order)}
			b.items[name.Text], b.canonical[canonical] = d, d
			b.order = append(b.order, d)
		}
	}
}

// declName returns the name of an interface or world, and nil for a use.
func declName(decl ast.Item) *ast.Ident {
	switch decl := decl.(type) {
	case *ast.Interface:
		return &decl.Name
	case *ast.World:
		return &decl.Name
	case *ast.TopUse, *ast.NestedPackage:
		return nil
	default:
		panic(fmt.Sprintf("resolve: unhandled declaration %T", decl))
	}
}

// collectFileNames notes the names of each file and what its interfaces and
// worlds need of the package.
func (b *builder) collectFileNames() {
	for _, s := range b.scopes {
		for _, decl := range s.decls {
			b.collectFileName(s, decl)
		}
		eachPath(s.decls, func(p pathUse) {
			if p.in == nil || p.path.Package != nil {
				return
			}
			d := b.items[p.in.Text]
			if d == nil || d.name != p.in {
				return // a duplicate
			}
			at := need{p.path.Name.Where, p.path.Name.Text}
			name := p.path.Name.Text
			if f := s.names[name]; f != nil {
				if f.local == nil {
					return
				}
				at, name = need{f.local.Where, f.local.Text}, f.local.Text
			}
			to := b.items[name]
			if to == nil {
				b.unknownItem(s, at.name, at.span)
				return
			}
			d.needs = append(d.needs, to)
			d.at = append(d.at, at)
		})
	}
}

func (b *builder) collectFileName(s *scope, decl ast.Item) {
	name := declName(decl)
	f := &fileName{}
	if use, ok := decl.(*ast.TopUse); ok {
		name = &use.Path.Name
		if use.Path.Package != nil {
			f.foreign = b.foreign[packageName(use.Path.Package)].items[use.Path.Name.Text]
		} else {
			f.local = &use.Path.Name
		}
		if use.As != nil {
			name = use.As
		}
	} else {
		f.local = name
	}
	if name == nil {
		return
	}
	f.span = name.Where
	if prev := s.names[name.Text]; prev != nil {
		b.report(diag.DuplicateFileName, name.Where, "duplicate name `%s` in this file", name.Text).
			Relate(prev.span, "the other one").
			Hint("choose another name: use ... as other-name")
		return
	}
	s.names[name.Text] = f
}

// unknownItem reports a name that is no interface or world in sight.
func (b *builder) unknownItem(s *scope, name string, span diag.Span) {
	b.report(diag.UnknownItem, span, "interface or world `%s` does not exist", name).
		Hint(b.guess(name, func(yield func(string) bool) {
			more := true
			sortedKeys(s.names)(func(n string) bool {
				more = yield(n)
				return more
			})
			if more {
				sortedKeys(b.items)(yield)
			}
		}))
}

// sortDefinitions puts the definitions into an order in which each comes after
// those that it needs, gives them ids in that order, and settles what top-level
// use statements name.
func (b *builder) sortDefinitions() {
	s := toposort(len(b.order), func(i int) []int {
		needs := make([]int, len(b.order[i].needs))
		for j, d := range b.order[i].needs {
			needs[j] = d.index
		}
		return needs
	})
	for _, c := range s.cycles {
		entry := c.edges[0]
		at := b.order[entry.from].at[entry.dep]
		d := b.report(diag.ItemCycle, at.span, "interface or world `%s` depends on itself", at.name)
		for _, e := range c.edges[c.start:] {
			from := b.order[e.from]
			d.Relate(from.at[e.dep].span, fmt.Sprintf("%s needs %s", from.name.Text, from.needs[e.dep].name.Text))
		}
	}
	order := make([]*definition, len(s.order))
	for i, j := range s.order {
		d := b.order[j]
		d.stuck = s.stuck[j]
		order[i] = d
		if _, ok := d.decl.(*ast.World); ok {
			d.item = b.addWorld(d.name.Text, d.name.Where)
		} else {
			d.item = b.addInterface(d.name.Text, d.name.Where)
			b.faulty[d.item.iface] = d.stuck
		}
	}
	b.order = order
	for _, s := range b.scopes {
		for _, decl := range s.decls {
			use, ok := decl.(*ast.TopUse)
			if !ok {
				continue
			}
			if len(use.Attrs) > 0 {
				b.report(diag.UseAttributes, use.Keyword, "attributes not allowed on top-level use").
					Hint("gate the items that use the name instead")
			}
			if use.Path.Package == nil && b.items[use.Path.Name.Text] == nil {
				b.unknownItem(s, use.Path.Name.Text, use.Path.Name.Where)
			}
		}
	}
}

// lookup returns the interface or world that a path names in the current file.
// It reports a path that names nothing, and returns false.
func (b *builder) lookup(path *ast.UsePath) (item, bool) {
	if path.Package != nil {
		return b.foreign[packageName(path.Package)].items[path.Name.Text].item, true
	}
	name := path.Name.Text
	if f := b.cur.names[name]; f != nil {
		if f.foreign != nil {
			return f.foreign.item, true
		}
		name = f.local.Text
	}
	d := b.items[name]
	if d == nil {
		b.unknownItem(b.cur, path.Name.Text, path.Name.Where)
		return item{}, false
	}
	return d.item, true
}

// lookupInterface returns the interface that a path names.
func (b *builder) lookupInterface(path *ast.UsePath) (wit.InterfaceID, bool) {
	it, ok := b.lookup(path)
	if !ok {
		return 0, false
	}
	if it.isWorld {
		b.report(diag.NotAnInterface, path.Name.Where, "name `%s` is defined as a world, not an interface", path.Name.Text).
			Relate(b.u.worlds[it.world].Span, "the world").
			Hint("the imports and exports of a world are taken in with include")
		return 0, false
	}
	return it.iface, true
}

// lookupWorld returns the world that a path names.
func (b *builder) lookupWorld(path *ast.UsePath) (wit.WorldID, bool) {
	it, ok := b.lookup(path)
	if !ok {
		return 0, false
	}
	if !it.isWorld {
		b.report(diag.NotAWorld, path.Name.Where, "name `%s` is defined as an interface, not a world", path.Name.Text).
			Relate(b.u.interfaces[it.iface].Span, "the interface").
			Hint("an interface is taken in with import or export")
		return 0, false
	}
	return it.world, true
}

// collectForeignTypes makes stand-ins for the types of other packages that are
// used.
func (b *builder) collectForeignTypes() {
	for _, s := range b.scopes {
		b.cur = s
		eachPath(s.decls, func(p pathUse) {
			if p.use == nil {
				return
			}
			iface, ok := b.lookupInterface(p.path)
			if !ok || int(iface) >= len(b.u.foreignInterfaces) {
				return
			}
			for i := range p.use.Names {
				name := &p.use.Names[i].Name
				if b.names[iface].index[name.Text] != nil {
					continue
				}
				id := b.addType(&wit.TypeDef{
					Name:       name.Text,
					Stability:  b.stability(p.attrs),
					ExternalID: b.externalID(p.attrs),
					Owner:      iface,
					Span:       name.Where,
				})
				b.names[iface].add(&typeEntry{name: name.Text, span: name.Where, id: id})
				b.u.interfaces[iface].Types = append(b.u.interfaces[iface].Types, id)
			}
		})
	}
	b.u.foreignTypes = len(b.u.types)
}
