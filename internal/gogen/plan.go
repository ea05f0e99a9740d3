// Package gogen holds what the generators of host and guest code share: the Go
// packages that a world becomes (Plan), Go names and the scopes that keep them
// apart, the Go types of WIT types, the names of the runtime, and the driver that
// turns an abi.Program into Go statements (Body).
package gogen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// Plan is what is to be generated for one world: its Go packages, with every
// name that can be seen from outside settled. It is the same whichever generator
// uses it.
type Plan struct {
	Resolve *wit.Resolve
	World   wit.WorldID
	Options Options
	// Packages are the packages of the world, each after those that it refers
	// to, the world's own last. Those with Foreign set are not generated.
	Packages []*Package

	interfaces map[wit.InterfaceID]*Package
	worlds     map[wit.WorldID]*Package
	parents    map[wit.InterfaceID]inlineIn
	errorTypes map[wit.TypeID]bool
	resources  map[wit.TypeID]bool // what HoldsResource found
	names      names
	spell      speller
	// optional are the functions that guests may lack.
	optional map[*wit.Function]bool
}

// Package is one Go package: that of an interface, or of a world.
type Package struct {
	// Interface is the interface, and -1 where the package is a world's.
	Interface wit.InterfaceID
	// World is the world, and -1 where the package is an interface's.
	World wit.WorldID
	// Name is the package's name in Go.
	Name string
	// Dir is the package's folder below the output folder, with slashes.
	Dir        string
	ImportPath string
	// Source is the qualified name of the interface or world with its version.
	Source string
	Docs   string
	// Types are the named types that the package declares, in order.
	Types []wit.TypeID
	// Functions are the functions of the interface, or the functions that the
	// world imports itself.
	Functions []*wit.Function
	// Exports are the functions that a world exports itself.
	Exports []*wit.Function
	// Texts are the named types for which the package's files have functions that
	// give values as text, for errors that hold them: a function of another package
	// would be part of what that exports. Described are the error types of functions
	// of which the runtime is told how to give values as text.
	Texts     []wit.TypeID
	Described []wit.Type
	// Foreign is set where another module holds the package (Options.With).
	Foreign bool
	// Scope holds the exported names of the package. A generator makes its
	// file's names in a FileScope.
	Scope *Scope

	base    string            // file name without suffix
	imports map[string]string // name of each generated package that it refers to, by import path
	deps    []*Package
	own     map[string]string // see Own
	texts   map[wit.TypeID]string
}

// inlineIn says in which world an inline interface stands, and where it lies in
// it: at its name, and below exports where an import of the world has that name.
type inlineIn struct {
	world wit.WorldID
	path  []string
}

// NewPlan settles what is to be generated for a world. If the world needs something that
// is not supported, the plan is nil and the diagnostics name it.
func NewPlan(r *wit.Resolve, world wit.WorldID, opts Options) (*Plan, diag.List) {
	p := &Plan{
		Resolve: r, World: world, Options: opts,
		interfaces: map[wit.InterfaceID]*Package{},
		worlds:     map[wit.WorldID]*Package{},
		parents:    map[wit.InterfaceID]inlineIn{},
		resources:  map[wit.TypeID]bool{},
	}
	var diags diag.List
	p.spell, diags = newSpeller(opts.Initialisms)
	p.findParents()
	p.addWorld(world)
	diags = append(diags, p.placeForeign()...)
	p.placeWASI()
	diags = append(diags, p.findOptional()...)
	p.errorTypes = p.findErrorTypes()
	for _, pkg := range p.Packages {
		p.nameImports(pkg)
		p.findTexts(pkg)
	}
	p.settleNames()
	diags = append(diags, p.checkSupported()...)
	if len(diags) > 0 {
		return nil, diags
	}
	return p, nil
}

// WorldPackage returns the package of the plan's world.
func (p *Plan) WorldPackage() *Package { return p.worlds[p.World] }

// InterfacePackage returns the package of an interface of the plan.
func (p *Plan) InterfacePackage(id wit.InterfaceID) *Package { return p.interfaces[id] }

// PackageOf returns the package that declares what owner owns.
func (p *Plan) PackageOf(owner wit.Owner) *Package {
	switch owner := owner.(type) {
	case wit.InterfaceID:
		return p.interfaces[owner]
	case wit.WorldID:
		return p.worlds[owner]
	default:
		panic(fmt.Sprintf("gogen: unhandled owner %T", owner))
	}
}

// findParents finds the worlds in which inline interfaces stand.
func (p *Plan) findParents() {
	for id, w := range p.Resolve.Worlds {
		imported := map[string]bool{}
		for i, item := range slices.Concat(w.Imports, w.Exports) {
			iface, ok := item.Item.(wit.InterfaceID)
			if !ok || p.Resolve.Interfaces[iface].Name != "" {
				continue
			}
			if _, known := p.parents[iface]; known {
				continue
			}
			path := []string{item.Name}
			if i < len(w.Imports) {
				imported[item.Name] = true
			} else if imported[item.Name] {
				path = []string{"exports", item.Name}
			}
			p.parents[iface] = inlineIn{wit.WorldID(id), path}
		}
	}
}

// addWorld adds the package of a world after all that it needs.
func (p *Plan) addWorld(id wit.WorldID) *Package {
	if pkg, ok := p.worlds[id]; ok {
		return pkg
	}
	w := p.Resolve.Worlds[id]
	of := p.Resolve.Packages[w.Package].Name
	pkg := &Package{Interface: -1, World: id, Docs: w.Docs, Source: of.Qualify(w.Name)}
	p.worlds[id] = pkg
	for i, item := range slices.Concat(w.Imports, w.Exports) {
		switch what := item.Item.(type) {
		case wit.InterfaceID:
			if id == p.World {
				p.addInterface(what)
			}
		case wit.TypeID:
			pkg.Types = append(pkg.Types, what)
		case *wit.Function:
			if i < len(w.Imports) {
				pkg.Functions = append(pkg.Functions, what)
			} else {
				pkg.Exports = append(pkg.Exports, what)
			}
		default:
			panic(fmt.Sprintf("gogen: unhandled item %T", what))
		}
	}
	p.finish(pkg, of, w.Name)
	return pkg
}

// addInterface adds the package of an interface after all that it needs.
func (p *Plan) addInterface(id wit.InterfaceID) *Package {
	if pkg, ok := p.interfaces[id]; ok {
		return pkg
	}
	iface := p.Resolve.Interfaces[id]
	of := p.Resolve.Packages[iface.Package].Name
	pkg := &Package{Interface: id, World: -1, Docs: iface.Docs, Types: iface.Types, Functions: iface.Functions}
	p.interfaces[id] = pkg
	path := []string{iface.Name}
	if iface.Name == "" {
		in := p.parents[id]
		path = append([]string{p.Resolve.Worlds[in.world].Name}, in.path...)
	}
	pkg.Source = of.Qualify(strings.Join(path, "/"))
	p.finish(pkg, of, path...)
	return pkg
}

// finish adds what pkg needs and then pkg, which lies at path in a WIT package.
func (p *Plan) finish(pkg *Package, of wit.PackageName, path ...string) {
	seen := map[wit.Type]bool{}
	for _, id := range pkg.Types {
		p.addNeeds(pkg, id, seen)
	}
	for _, f := range slices.Concat(pkg.Functions, pkg.Exports) {
		for _, param := range f.Params {
			p.addNeeds(pkg, param.Type, seen)
		}
		if f.Result != nil {
			p.addNeeds(pkg, f.Result, seen)
		}
	}
	p.place(pkg, of, path)
	p.Packages = append(p.Packages, pkg)
}

// addNeeds adds the packages of the named types that pkg refers to in t.
func (p *Plan) addNeeds(pkg *Package, t wit.Type, seen map[wit.Type]bool) {
	id, ok := t.(wit.TypeID)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	def := p.Resolve.Types[id]
	if def.Owner != nil {
		var dep *Package
		switch owner := def.Owner.(type) {
		case wit.InterfaceID:
			dep = p.addInterface(owner)
		case wit.WorldID:
			dep = p.addWorld(owner)
		default:
			panic(fmt.Sprintf("gogen: unhandled owner %T", owner))
		}
		if dep != pkg {
			if !slices.Contains(pkg.deps, dep) {
				pkg.deps = append(pkg.deps, dep)
			}
			return
		}
	}
	wit.EachType(def.Kind, func(t wit.Type) { p.addNeeds(pkg, t, seen) })
}

// nameImports settles the names that the generated packages which pkg refers to
// have in its files. They depend on pkg's own WIT alone.
func (p *Plan) nameImports(pkg *Package) {
	scope := NewScope().Reserve(localNames...)
	for _, known := range importNames {
		scope.Reserve(known.name)
	}
	var deps []*Package
	known := map[*Package]bool{pkg: true}
	add := func(dep *Package) {
		if !known[dep] {
			known[dep] = true
			deps = append(deps, dep)
		}
	}
	for _, other := range slices.Concat(pkg.deps, p.extraImports(pkg)) {
		add(other)
	}
	bySource := func(a, b *Package) int { return strings.Compare(a.Source, b.Source) }
	slices.SortFunc(deps, bySource)
	// What is behind aliases or inside the types of other packages comes last.
	near := len(deps)
	p.eachOwner(pkg, add)
	slices.SortFunc(deps[near:], bySource)
	pkg.imports = map[string]string{}
	for _, dep := range deps {
		name := dep.Name
		level := byName
		if p.hasOtherVersion(p.packageName(dep)) {
			level = byVersion
		}
		for ; level <= byAll && scope.Has(name); level++ {
			name = flat(p.qualifier(dep, level)) + dep.Name
		}
		pkg.imports[dep.ImportPath] = scope.Declare(name)
	}
}

// eachOwner calls f for the packages of the types that pkg uses, of what these stand for
// where they are aliases, and of all inside them. Of a chain of aliases it leaves out those
// in the middle, which no code names: there may be as many as interfaces.
func (p *Plan) eachOwner(pkg *Package, f func(*Package)) {
	seen := map[wit.TypeID]bool{}
	owner := func(id wit.TypeID) {
		if of := p.Resolve.Types[id].Owner; of != nil {
			f(p.PackageOf(of))
		}
	}
	var visit func(t wit.Type)
	visit = func(t wit.Type) {
		id, ok := t.(wit.TypeID)
		if !ok || seen[id] {
			return
		}
		seen[id] = true
		owner(id)
		if of := p.Resolve.Dealias(id); of != id {
			visit(of)
			return
		}
		wit.EachType(p.Resolve.Types[id].Kind, visit)
	}
	for _, id := range pkg.Types {
		visit(id)
	}
	for _, fn := range slices.Concat(pkg.Functions, pkg.Exports) {
		for _, param := range fn.Params {
			visit(param.Type)
		}
		if fn.Result != nil {
			visit(fn.Result)
		}
	}
}

// extraImports are the packages that the files of pkg refer to beside those of
// its types: a world's package refers to all its interfaces.
func (p *Plan) extraImports(pkg *Package) []*Package {
	if pkg != p.WorldPackage() {
		return nil
	}
	var list []*Package
	for _, other := range p.Packages {
		if other.Interface >= 0 {
			list = append(list, other)
		}
	}
	return list
}

// The ways to tell the packages of interfaces of one name apart.
const (
	byName = iota
	byNamespace
	byVersion
	byAll
)

// qualifier returns what tells pkg apart from others of its name: parts of the
// name of its WIT package. A version is its track where that suffices, so that a new
// version of the package renames nothing.
func (p *Plan) qualifier(pkg *Package, level int) string {
	name := p.packageName(pkg)
	switch level {
	case byName:
		return name.Name
	case byNamespace:
		return name.Namespace + "-" + name.Name
	case byVersion:
		return name.Name + "-" + p.shortVersion(name)
	default:
		return name.Namespace + "-" + name.Name + "-" + p.shortVersion(name)
	}
}

// packageName returns the name of the WIT package that pkg is from.
func (p *Plan) packageName(pkg *Package) wit.PackageName {
	if pkg.Interface >= 0 {
		return p.Resolve.Packages[p.Resolve.Interfaces[pkg.Interface].Package].Name
	}
	return p.Resolve.Packages[p.Resolve.Worlds[pkg.World].Package].Name
}

// FileScope returns a new scope for the names that one file of pkg declares and
// no other sees. All imports are reserved in it. Scopes of functions lie inside.
func (pkg *Package) FileScope() *Scope {
	scope := pkg.Scope.Inner()
	for _, known := range importNames {
		scope.Reserve(known.name)
	}
	return scope.Reserve(slices.Sorted(maps.Values(pkg.imports))...)
}
