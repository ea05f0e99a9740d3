package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wasi/closed"
	"github.com/witgen/witgen/wit"
)

// compileComponent compiles a guest that is a component.
func (p *Plugin) compileComponent(ctx context.Context, file []byte) error {
	if err := p.rewriter.Definitions(binary.DefinitionBytes(file)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return bind.ContextError(p.world.Name, err)
	}
	made, err := plan.NewContext(ctx, file)
	if err != nil {
		if ctx.Err() != nil {
			return bind.ContextError(p.world.Name, ctx.Err())
		}
		return planFailed(p.world, err)
	}
	p.component = true
	p.types = newResourceTypes(p.world)
	l := &fitter{
		world:  p.world,
		plan:   made,
		types:  p.types,
		finder: newImportFinder(p.extension, p.types),
		byPlan: make([]*bind.ResourceType, len(made.Resources)),
		abi:    abi.New(made.Resolve),
		known:  map[*plan.Scope]map[wit.TypeID]*bind.Layout{},
		look:   p.look(ctx),
	}
	l.tree()
	if err := l.importedResources(); err != nil {
		return err
	}
	if p.needs, err = l.needed(); err != nil {
		return err
	}
	if err := l.fits(); err != nil {
		return err
	}
	if p.exports, err = l.exports(); err != nil {
		return err
	}
	l.innerResources()
	functions, err := l.functions()
	if err != nil {
		return err
	}
	p.tree = l.made
	if err := p.supply(ctx, importModule{name: plan.Key(plan.Host), functions: functions}); err != nil {
		return err
	}
	return p.compileCores(ctx, made)
}

// look returns a Look at the context of Compile.
func (p *Plugin) look(ctx context.Context) *wasm.Look {
	return wasm.NewLook(func() error {
		if err := ctx.Err(); err != nil {
			return bind.ContextError(p.world.Name, err)
		}
		return nil
	})
}

func planFailed(world *bind.World, err error) error {
	what := "the guest cannot be run: "
	var invalid *component.Error
	if errors.As(err, &invalid) {
		what = "the guest is not a valid component: "
	}
	return &host.LinkError{World: world.Name, Detail: what + err.Error()}
}

// fitter fits a plan to a world.
type fitter struct {
	world  *bind.World
	plan   *plan.Plan
	types  *resourceTypes
	finder *importFinder
	// byPlan are the types of the plan's resources.
	byPlan []*bind.ResourceType
	made   *bind.Tree
	abi    *abi.ABI
	known  map[*plan.Scope]map[wit.TypeID]*bind.Layout
	look   *wasm.Look
}

func (l *fitter) bad(item, format string, args ...any) error {
	return &host.LinkError{World: l.world.Name, Item: item, Detail: fmt.Sprintf(format, args...)}
}

// tree describes the component instances.
func (l *fitter) tree() {
	l.made = &bind.Tree{Parents: l.plan.Components, Modules: len(l.plan.Cores), Reentrant: l.plan.Reentrant, Errors: map[string]string{}}
	for _, o := range l.plan.Options {
		l.made.Options = append(l.made.Options, bind.CanonOptions{
			Component: o.Component, Memory: coreItem(o.Memory), Realloc: coreItem(o.Realloc), Encoding: encodings[o.Encoding]})
	}
}

var encodings = map[binary.OptionKind]bind.StringEncoding{binary.UTF8: bind.UTF8, binary.UTF16: bind.UTF16, binary.Latin1UTF16: bind.Latin1UTF16}

// coreItem returns what the runtime calls an export of a core instance, and nil for a
// reference to nothing.
func coreItem(r plan.Ref) *bind.CoreItem {
	switch {
	case !r.Valid():
		return nil
	case r.Core == plan.Host:
		return &bind.CoreItem{Module: bind.HostModule, Name: r.Name}
	default:
		return &bind.CoreItem{Module: r.Core, Name: r.Name}
	}
}

// importedResources finds the world's resources among those that the root imports.
func (l *fitter) importedResources() error {
	for _, r := range l.plan.Resources {
		if r.Component >= 0 {
			continue
		}
		for _, m := range r.Mentions {
			found, ok := l.worldResource(m)
			if !ok {
				continue
			}
			typ := l.types.get(found)
			if old := l.byPlan[r.Number]; old != nil && old != typ {
				return l.bad("import "+label(mentioned(m), m.Name), "the guest takes it for the same resource as %s, which it is not; build it with the bindings of this world", old.Name)
			}
			l.byPlan[r.Number] = typ
		}
	}
	return nil
}

// mentioned returns the name of the world's import that a mention stands in.
func mentioned(m plan.Mention) string { return cmp.Or(m.Import, root) }

func (l *fitter) worldResource(m plan.Mention) (bind.Resource, bool) {
	match, ok := l.finder.names.match(mentioned(m))
	if !ok {
		return bind.Resource{}, false
	}
	at := l.finder.imports[match]
	k, ok := l.finder.of(at).resources[m.Name]
	if instead, partial := l.finder.instead[at]; !ok && partial {
		at = instead
		k, ok = l.finder.of(at).resources[m.Name]
	}
	item := l.world.Imports[at]
	if !ok || k >= len(item.Resources) || item.Resources[k].Export {
		return bind.Resource{}, false
	}
	return item.Resources[k], true
}

// needed returns which of the world's imports the guest asks for. What the world
// does not have is an error that names all of it.
func (l *fitter) needed() (*needs, error) {
	needed := newNeeds(l.world)
	var missing missingNames
	for _, i := range l.plan.Imports {
		if err := l.look.Step(1 + len(i.Functions)); err != nil {
			return nil, err
		}
		switch i.Sort {
		case binary.SortFunc:
			if in, ok := l.importedFunction(i, ""); ok {
				needed.add(in)
			} else {
				missing.add(i.Name, "")
			}
		case binary.SortInstance:
			match, ok := l.finder.names.match(i.Name)
			if !ok {
				if len(i.Functions)+len(i.Resources) > 0 && missing.add(i.Name, "") {
					missing.names[len(missing.names)-1] += l.otherVersion(i.Name)
				}
				continue
			}
			for _, f := range i.Functions {
				if in, ok := l.finder.function(match, f); ok {
					needed.add(in)
				} else {
					missing.add(i.Name, "#"+f)
				}
			}
		case binary.SortType: // importedResources finds it
		default:
			panic(fmt.Sprintf("link: unhandled sort %s", i.Sort))
		}
	}
	if len(missing.names) > 0 {
		detail := "the guest imports what the world does not have: " + missing.String()
		if slices.ContainsFunc(missing.names, func(name string) bool { return strings.HasPrefix(name, "wasi:") }) {
			detail += "; witgen supplies WASI 0.2 up to " + closed.Version + ": build the guest for that, or declare and implement the imports"
		} else {
			detail += "; build it with the bindings of this world"
		}
		return nil, l.bad("imports", "%s", detail)
	}
	return needed, nil
}

// missingNames are the names of imports that the world does not have, or the first of them.
type missingNames struct {
	names []string
	more  int
}

// add adds a name of two parts. It reports whether the name is among the first.
func (m *missingNames) add(name, rest string) bool {
	if len(m.names) == mostMissing {
		m.more++
		return false
	}
	m.names = append(m.names, name+rest)
	return true
}

// mostMissing is how many imports an error names: a guest may have a hundred thousand.
const mostMissing = 32

// String returns the names with commas between them.
func (m *missingNames) String() string {
	s := strings.Join(m.names, ", ")
	if m.more > 0 {
		s += fmt.Sprintf(" and %d more", m.more)
	}
	return s
}

func (l *fitter) otherVersion(name string) string {
	if other, ok := l.finder.names.otherVersion(name); ok {
		return " (the world has " + other + ", whose version is not compatible)"
	}
	return ""
}

// importedFunction finds a function that the root imports in the world.
func (l *fitter) importedFunction(from *plan.Import, name string) (found, bool) {
	itemName := from.Name
	if from.Sort == binary.SortFunc {
		itemName, name = root, from.Name
	}
	match, ok := l.finder.names.match(itemName)
	if !ok {
		return found{}, false
	}
	return l.finder.function(match, name)
}

// exports finds the functions of the world's exports.
func (l *fitter) exports() ([]bind.ExportedInterface, error) {
	names := noVersions()
	for _, name := range l.plan.Exports.Instances() {
		names.add(name)
	}
	made := make([]bind.ExportedInterface, len(l.world.Exports))
	for n, item := range l.world.Exports {
		made[n].Types = l.types.of(item)
		from := l.plan.Exports
		prefix := ""
		if item.Name != root {
			name, ok := names.match(item.Name)
			if !ok {
				if !allOptional(item.Interface.Functions) {
					return nil, l.missingExport(item, names)
				}
				for _, f := range item.Interface.Functions {
					made[n].Functions = append(made[n].Functions, missing(item, f))
				}
				continue
			}
			from = from.Instance(name)
			prefix = name + "#"
		}
		if err := l.exportedResources(n, from); err != nil {
			return nil, err
		}
		for _, f := range item.Interface.Functions {
			fn := from.Function(f.Name)
			if fn == nil && f.Optional {
				made[n].Functions = append(made[n].Functions, missing(item, f))
				continue
			}
			export, err := l.export(prefix+f.Name, fn, f)
			if err != nil {
				return nil, err
			}
			made[n].Functions = append(made[n].Functions, export)
		}
	}
	return made, nil
}

func (l *fitter) missingExport(item bind.Item, names versions) error {
	if other, ok := names.otherVersion(item.Name); ok {
		return l.bad("export "+item.Name, "the guest exports %s, whose version is not compatible; build it with the bindings of this world", other)
	}
	detail := "the guest does not export this interface; build it with the bindings of this world"
	if len(names.names) > 0 {
		detail += "; it exports " + strings.Join(sortedNames(names.names), ", ")
	}
	return l.bad("export "+item.Name, "%s", detail)
}

func sortedNames(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// export returns one exported function.
func (l *fitter) export(name string, fn *plan.Function, f bind.Function) (bind.Export, error) {
	if fn == nil {
		return bind.Export{}, l.bad("export "+name, "the guest does not export this function; build it with the bindings of this world")
	}
	if fn.From != nil && l.world.Direct {
		return l.direct(name, fn, f)
	}
	if fn.From != nil {
		return bind.Export{}, l.bad("export "+name, "the guest exports its import %s as it is, which is not supported; let it export a function of its own that calls the import", fn.Label)
	}
	if got := signatureOf(fn.Type); got != f.Export {
		return bind.Export{}, l.bad("export "+name, "the guest's function is of type %s, where the world says %s; build it with the bindings of this world", show(got), show(f.Export))
	}
	if !l.sameType(f, fn.WIT) {
		return bind.Export{}, l.bad("export "+name, otherType)
	}
	l.made.Errors[name] = f.Err
	return l.exportOf(name, fn), nil
}

// direct returns the export of an import as it is.
func (l *fitter) direct(name string, fn *plan.Function, f bind.Function) (bind.Export, error) {
	in, ok := l.importedFunction(fn.From, fn.Name)
	if !ok {
		return bind.Export{}, l.bad("export "+name, "the guest exports its import %s as it is, and the world does not have that import", fn.Label)
	}
	if f.Type != 0 && in.fn.Type != 0 && f.Type != in.fn.Type {
		return bind.Export{}, l.bad("export "+name, otherType)
	}
	return bind.Export{Name: name, Import: &bind.ImportedFunction{Item: in.item, Number: in.number}}, nil
}

// otherType is the reason to refuse a function of the guest that has the core type of
// the world's and another type in WIT.
const otherType = "the guest's function is of another WIT type than the world's, in a parameter or the result; build it with the bindings of this world (witgen wit shows the WIT of a component and of an embedded world)"

// sameType reports whether a function of the guest is of the type in WIT that the
// world says.
func (l *fitter) sameType(f bind.Function, guest *wit.Function) bool {
	return f.Type == 0 || f.Type == l.abi.Identity(guest)
}

func (l *fitter) exportOf(name string, fn *plan.Function) bind.Export {
	return bind.Export{Name: name, Core: *coreItem(fn.Core), Post: coreItem(fn.Post), Options: fn.Options}
}

// exportedResources finds the resources that the world's export number n defines.
func (l *fitter) exportedResources(n int, from *plan.Instance) error {
	for _, r := range l.world.Exports[n].Resources {
		if !r.Export || r.Item != n {
			continue
		}
		name := "export " + label(l.world.Exports[n].Name, r.Name)
		found := from.Resource(r.Name)
		if found == nil {
			if own := functionsOf(l.world.Exports[n].Interface.Functions, r.Name); len(own) > 0 && allOptional(own) {
				continue
			}
		}
		if found == nil {
			return l.bad(name, "the guest does not export this resource; build it with the bindings of this world")
		}
		if found.Component < 0 {
			return l.bad(name, "the guest imports this resource, which it defines in the world; build it with the bindings of this world")
		}
		typ := l.types.get(r)
		if old := l.byPlan[found.Number]; old != nil && old != typ {
			return l.bad(name, "the guest takes it for the same resource as %s, which it is not; build it with the bindings of this world", old.Name)
		}
		l.byPlan[found.Number] = typ
		typ.Dtor, typ.Component = coreItem(found.Dtor), found.Component
	}
	return nil
}

// functionsOf returns the functions that belong to a resource: its constructor, methods and
// statics.
func functionsOf(functions []bind.Function, resource string) []bind.Function {
	var list []bind.Function
	for _, f := range functions {
		kind, rest, ok := strings.Cut(f.Name, "]")
		name, _, _ := strings.Cut(rest, ".")
		if ok && name == resource && (kind == "[constructor" || kind == "[method" || kind == "[static") {
			list = append(list, f)
		}
	}
	return list
}

// innerResources makes types of the resources that the world does not know.
func (l *fitter) innerResources() {
	for _, r := range l.plan.Resources {
		if l.byPlan[r.Number] == nil {
			l.byPlan[r.Number] = &bind.ResourceType{
				Name: "resource " + strconv.Itoa(r.Number), Guest: r.Component >= 0, Component: max(r.Component, 0), Dtor: coreItem(r.Dtor)}
		}
	}
}

// functions returns the functions of the plan's host module.
func (l *fitter) functions() ([]importFunction, error) {
	var list []importFunction
	for n, f := range l.plan.Functions {
		steps := 1
		if f.WIT != nil {
			steps += len(f.WIT.Params)
		}
		if err := l.look.Step(steps); err != nil {
			return nil, err
		}
		serve, err := l.function(&f)
		if err != nil {
			return nil, err
		}
		list = append(list, importFunction{strconv.Itoa(n), signatureOf(f.Type), serve, found{}})
	}
	return list, nil
}

func (l *fitter) function(f *plan.HostFunction) (api.GoModuleFunction, error) {
	switch f.Op {
	case binary.CanonLower:
		if f.Callee.From != nil {
			return l.lowerImport(f)
		}
		return l.lowerInner(f), nil
	case binary.CanonResourceNew:
		return l.intrinsic(f, &bind.NewResource), nil
	case binary.CanonResourceRep:
		return l.intrinsic(f, &bind.ResourceRep), nil
	case binary.CanonResourceDrop:
		return l.intrinsic(f, &bind.DropResource), nil
	default:
		panic(fmt.Sprintf("link: unhandled canonical definition %s", f.Op))
	}
}

func (l *fitter) intrinsic(f *plan.HostFunction, fn *bind.Function) *bind.Import {
	typ := l.byPlan[f.Resource.Number]
	return &bind.Import{Name: fn.Name + typ.Name, Handle: fn.Handle, Item: -1, Types: []*bind.ResourceType{typ},
		Options: f.Options, Anytime: fn == &bind.ResourceRep}
}

func (l *fitter) lowerImport(f *plan.HostFunction) (api.GoModuleFunction, error) {
	name := f.Callee.Label
	in, ok := l.importedFunction(f.Callee.From, f.Callee.Name)
	if !ok {
		return nil, l.bad("import "+name, "the guest imports it, and the world does not; build it with the bindings of this world")
	}
	if got := signatureOf(f.Type); got != in.fn.Import {
		return nil, l.bad("import "+name, "the guest takes the function to be of type %s, where the world says %s; build it with the bindings of this world", show(got), show(in.fn.Import))
	}
	if !l.sameType(*in.fn, f.WIT) {
		return nil, l.bad("import "+name, otherType)
	}
	made := l.finder.serving(name, in, f.Options)
	made.Method = made.Method && !l.abi.ParamsInMemory(f.WIT)
	return made, nil
}

// lowerInner returns a call of another component instance.
func (l *fitter) lowerInner(f *plan.HostFunction) *bind.InnerCall {
	m := l.layouts(f.Scope)
	call := &bind.InnerCall{Name: f.Callee.Label, Number: l.made.Inner, Options: f.Options, Callee: l.exportOf(f.Callee.Label, f.Callee)}
	l.made.Inner++
	types := make([]wit.Type, len(f.WIT.Params))
	for i, p := range f.WIT.Params {
		types[i] = p.Type
	}
	call.Params = m.record(types)
	call.ParamsInMemory = l.abi.ParamsInMemory(f.WIT)
	if f.WIT.Result != nil {
		call.Result = m.layout(f.WIT.Result)
		call.ResultInMemory = l.abi.ResultInMemory(f.WIT)
	}
	return call
}

func (l *fitter) layouts(scope *plan.Scope) *layouts {
	known := l.known[scope]
	if known == nil {
		known = map[wit.TypeID]*bind.Layout{}
		l.known[scope] = known
	}
	return &layouts{abi: l.abi, known: known, resource: func(id wit.TypeID) *bind.ResourceType {
		if r := scope.Resource(id); r != nil {
			return l.byPlan[r.Number]
		}
		return &bind.ResourceType{Name: "a resource without a name"} // of which there are no handles
	}}
}

// signatureOf spells the type of a core function as descriptors do.
func signatureOf(f coretype.SubType) bind.Signature {
	s := ""
	for _, t := range f.Params {
		s += t.String() + " "
	}
	s += "->"
	for _, t := range f.Results {
		s += " " + t.String()
	}
	return bind.Signature(s)
}
