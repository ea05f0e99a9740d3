package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// compileComponent compiles a guest that is a component.
func (p *Plugin) compileComponent(ctx context.Context, wasm []byte) error {
	plan, err := makePlan(wasm)
	if err != nil {
		return planFailed(p.world, err)
	}
	p.component = true
	p.types = newResourceTypes(p.world)
	l := &linker{
		world:  p.world,
		plan:   plan,
		types:  p.types,
		finder: newImportFinder(p.world, p.types),
		byPlan: make([]*bind.ResourceType, len(plan.resources)),
		abi:    abi.New(plan.resolve),
		known:  map[*resourceScope]map[wit.TypeID]*bind.Layout{},
	}
	l.tree()
	if err := l.importedResources(); err != nil {
		return err
	}
	if p.needed, err = l.needed(); err != nil {
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
	if err := p.supply(ctx, importModule{name: moduleKey(theHost), functions: functions}); err != nil {
		return err
	}
	return p.compileCores(ctx, plan)
}

func planFailed(world *bind.World, err error) error {
	what := "the guest cannot be run: "
	var invalid *component.Error
	if errors.As(err, &invalid) {
		what = "the guest is not a valid component: "
	}
	return &host.LinkError{World: world.Name, Detail: what + err.Error()}
}

// compileCores compiles the core modules of a plan, each once for each set of
// things that it imports.
func (p *Plugin) compileCores(ctx context.Context, plan *plan) error {
	rewritten := make([][]byte, len(plan.cores))
	outlines := make([]outline, len(plan.cores))
	for n, core := range plan.cores {
		if core.dropped {
			continue
		}
		var err error
		rewritten[n], err = rewriteImports(core.module.Bytes, func(module, name string, k kind) (string, string, error) {
			ref := plan.real(core.args[module].get(name))
			if ref.core == theHost && k != kindFunc {
				return "", "", fmt.Errorf("a core module imports %q %q, a %s", module, name, k)
			}
			return moduleKey(ref.core), ref.name, nil
		})
		if err != nil {
			return planFailed(p.world, err)
		}
		outlines[n] = outlineOf(rewritten[n])
	}
	if err := p.checkCores(rewritten, outlines); err != nil {
		return err
	}
	known := map[string]wazero.CompiledModule{}
	for n, wasm := range rewritten {
		if wasm == nil {
			p.cores = append(p.cores, coreStep{start: plan.item(plan.cores[n].start)})
			continue
		}
		compiled, ok := known[string(wasm)]
		if !ok {
			var err error
			if compiled, err = p.compileModule(ctx, wasm, outlines[n]); err != nil {
				return err
			}
			known[string(wasm)] = compiled
		}
		p.cores = append(p.cores, coreStep{compiled: compiled})
	}
	return nil
}

// checkCores checks the limits that hold for all core modules of a component
// together, each counted as often as it is instantiated.
func (p *Plugin) checkCores(modules [][]byte, outlines []outline) error {
	bytes, pages := uint64(0), uint64(0)
	for n, module := range outlines {
		bytes += uint64(len(modules[n]))
		if module.memory {
			pages += uint64(module.pages)
		}
		if module.table {
			p.rewriter.Tables++
		}
	}
	if limit := p.config.Module.ModuleBytes; limit > 0 && !p.config.Unmetered && bytes > limit {
		return &host.LimitError{Func: p.world.Name, Limit: "ModuleBytes",
			Detail: fmt.Sprintf("the core modules that the component instantiates have %d, and the limit is %d; raise it with host.ModuleLimits, or make the guest smaller", bytes, limit)}
	}
	if limit := bind.MemoryPages(p.config); pages > limit {
		return bind.MemoryError(p.world.Name, pages, limit)
	}
	return nil
}

// resolveCore finds the module that a rewritten core module imports from.
func (p *Plugin) resolveCore(key string, modules []api.Module) api.Module {
	switch n := keyModule(key); {
	case n == theHost:
		return p.imports[0].instance
	case n >= 0 && n < len(modules):
		return modules[n]
	default:
		return nil
	}
}

// linker fits a plan to a world.
type linker struct {
	world  *bind.World
	plan   *plan
	types  *resourceTypes
	finder *importFinder
	// byPlan are the types of the plan's resources.
	byPlan []*bind.ResourceType
	made   *bind.Tree
	abi    *abi.ABI
	known  map[*resourceScope]map[wit.TypeID]*bind.Layout
}

func (l *linker) bad(item, format string, args ...any) error {
	return &host.LinkError{World: l.world.Name, Item: item, Detail: fmt.Sprintf(format, args...)}
}

// tree describes the component instances.
func (l *linker) tree() {
	l.made = &bind.Tree{Parents: l.plan.components, Modules: len(l.plan.cores), Reentrant: l.plan.tracked()}
	for _, o := range l.plan.options {
		l.made.Options = append(l.made.Options, bind.CanonOptions{
			Component: o.component, Memory: l.plan.item(o.memory), Realloc: l.plan.item(o.realloc), Encoding: o.encoding})
	}
}

// coreItem returns what the runtime calls an item of the plan, nil for none.
func coreItem(r coreRef) *bind.CoreItem {
	if !r.is() {
		return nil
	}
	return &bind.CoreItem{Module: r.core, Name: r.name}
}

// importedResources finds the world's resources among those that the root imports.
func (l *linker) importedResources() error {
	for _, r := range l.plan.resources {
		if r.component >= 0 {
			continue
		}
		for _, m := range r.mentions {
			found, ok := l.worldResource(m)
			if !ok {
				continue
			}
			typ := l.types.get(found)
			if old := l.byPlan[r.number]; old != nil && old != typ {
				return l.bad("import "+label(m.item, m.name), "the guest takes it for the same resource as %s, which it is not; build it with the bindings of this world", old.Name)
			}
			l.byPlan[r.number] = typ
		}
	}
	return nil
}

func (l *linker) worldResource(m mention) (bind.Resource, bool) {
	match, ok := l.finder.names.match(m.item)
	if !ok {
		return bind.Resource{}, false
	}
	item := l.world.Imports[l.finder.imports[match]]
	k := slices.Index(item.Interface.Resources, m.name)
	if k < 0 || k >= len(item.Resources) || item.Resources[k].Export {
		return bind.Resource{}, false
	}
	return item.Resources[k], true
}

// needed returns which of the world's imports the guest asks for. What the world
// does not have is an error that names all of it.
func (l *linker) needed() ([]bool, error) {
	needed := make([]bool, len(l.world.Imports))
	var missing []string
	for _, i := range l.plan.imports {
		switch i.sort {
		case binary.SortFunc:
			if item, _, ok := l.importedFunction(i, ""); ok {
				needed[item] = true
			} else {
				missing = append(missing, i.name)
			}
		case binary.SortInstance:
			match, ok := l.finder.names.match(i.name)
			if !ok {
				if len(i.functions)+len(i.resources) > 0 {
					missing = append(missing, i.name+l.otherVersion(i.name))
				}
				continue
			}
			for _, f := range i.functions {
				if _, _, ok := l.importedFunction(i, f); !ok {
					missing = append(missing, i.name+"#"+f)
				}
			}
			needed[l.finder.imports[match]] = needed[l.finder.imports[match]] || len(i.functions) > 0
		}
	}
	if len(missing) > 0 {
		detail := "the guest imports what the world does not have: " + strings.Join(missing, ", ")
		if slices.ContainsFunc(missing, func(name string) bool { return strings.HasPrefix(name, "wasi:") }) {
			detail += "; this version of witgen supplies no WASI 0.2: build the guest without it, or declare and implement the imports"
		} else {
			detail += "; build it with the bindings of this world"
		}
		return nil, l.bad("imports", "%s", detail)
	}
	return needed, nil
}

func (l *linker) otherVersion(name string) string {
	if other, ok := l.finder.names.otherVersion(name); ok {
		return " (the world has " + other + ", whose version is not compatible)"
	}
	return ""
}

// importedFunction finds a function that the root imports in the world.
func (l *linker) importedFunction(from *rootImport, name string) (item int, f *bind.Function, ok bool) {
	itemName := from.name
	if from.sort == binary.SortFunc {
		itemName, name = root, from.name
	}
	match, ok := l.finder.names.match(itemName)
	if !ok {
		return 0, nil, false
	}
	item = l.finder.imports[match]
	functions := l.world.Imports[item].Interface.Functions
	k := slices.IndexFunc(functions, func(f bind.Function) bool { return f.Name == name })
	if k < 0 {
		return 0, nil, false
	}
	return item, &functions[k], true
}

// exports finds the functions of the world's exports.
func (l *linker) exports() ([]bind.ExportedInterface, error) {
	names := noVersions()
	for name, it := range l.plan.exports {
		if it.sort == binary.SortInstance {
			names.add(name)
		}
	}
	made := make([]bind.ExportedInterface, len(l.world.Exports))
	for n, item := range l.world.Exports {
		made[n].Types = l.types.of(item)
		get := l.rootItem
		prefix := ""
		if item.Name != root {
			name, ok := names.match(item.Name)
			if !ok {
				if len(item.Interface.Functions) == 0 {
					continue
				}
				return nil, l.missingExport(item, names)
			}
			get = l.plan.exports[name].instance.get
			prefix = name + "#"
		}
		if err := l.exportedResources(n, get); err != nil {
			return nil, err
		}
		for _, f := range item.Interface.Functions {
			export, err := l.export(prefix+f.Name, get(binary.SortFunc, f.Name), f)
			if err != nil {
				return nil, err
			}
			made[n].Functions = append(made[n].Functions, export)
		}
	}
	return made, nil
}

func (l *linker) rootItem(_ binary.Sort, name string) item { return l.plan.exports[name] }

func (l *linker) missingExport(item bind.Item, names versions) error {
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
func (l *linker) export(name string, it item, f bind.Function) (bind.Export, error) {
	fn := it.function
	if it.sort != binary.SortFunc || fn == nil {
		return bind.Export{}, l.bad("export "+name, "the guest does not export this function; build it with the bindings of this world")
	}
	if fn.from != nil {
		return bind.Export{}, l.bad("export "+name, "the guest exports its import %s as it is, which is not supported; let it export a function of its own that calls the import", fn.label)
	}
	if got := signatureOf(fn.coreType); got != f.Export {
		return bind.Export{}, l.bad("export "+name, "the guest's function is of type %s, where the world says %s; build it with the bindings of this world", show(got), show(f.Export))
	}
	if !l.sameType(f, fn.fn) {
		return bind.Export{}, l.bad("export "+name, otherType)
	}
	return l.exportOf(name, fn), nil
}

// otherType says that a function of the guest has the core type that the world
// says, and another one in WIT.
const otherType = "the guest's function is of another WIT type than the world's, in a parameter or the result; build it with the bindings of this world (witgen wit shows what the guest has)"

// sameType reports whether a function of the guest is of the type in WIT that the
// world says.
func (l *linker) sameType(f bind.Function, guest *wit.Function) bool {
	return f.Type == 0 || f.Type == l.abi.Identity(guest)
}

func (l *linker) exportOf(name string, fn *function) bind.Export {
	return bind.Export{Name: name, Core: *l.plan.item(fn.core), Post: l.plan.item(fn.post), Options: fn.options}
}

// exportedResources finds the resources that the world's export number n defines.
func (l *linker) exportedResources(n int, get func(binary.Sort, string) item) error {
	for _, r := range l.world.Exports[n].Resources {
		if !r.Export || r.Item != n {
			continue
		}
		name := "export " + label(l.world.Exports[n].Name, r.Name)
		found := get(binary.SortType, r.Name).typ.resource
		if found == nil {
			return l.bad(name, "the guest does not export this resource; build it with the bindings of this world")
		}
		if found.component < 0 {
			return l.bad(name, "the guest imports this resource, where the world says that it defines it; build it with the bindings of this world")
		}
		typ := l.types.get(r)
		if old := l.byPlan[found.number]; old != nil && old != typ {
			return l.bad(name, "the guest takes it for the same resource as %s, which it is not; build it with the bindings of this world", old.Name)
		}
		l.byPlan[found.number] = typ
		typ.Dtor, typ.Component = l.plan.item(found.dtor), found.component
	}
	return nil
}

// innerResources makes types of the resources that the world does not know.
func (l *linker) innerResources() {
	for _, r := range l.plan.resources {
		if l.byPlan[r.number] == nil {
			l.byPlan[r.number] = &bind.ResourceType{
				Name: "resource " + strconv.Itoa(r.number), Guest: r.component >= 0, Component: max(r.component, 0), Dtor: l.plan.item(r.dtor)}
		}
	}
}

// functions returns the functions of the plan's host module.
func (l *linker) functions() ([]importFunction, error) {
	var list []importFunction
	for n, f := range l.plan.functions {
		serve, err := l.function(&f)
		if err != nil {
			return nil, err
		}
		list = append(list, importFunction{strconv.Itoa(n), signatureOf(f.typ), serve, -1})
	}
	return list, nil
}

func (l *linker) function(f *hostFunction) (api.GoModuleFunction, error) {
	switch f.op {
	case binary.CanonLower:
		if f.callee.from != nil {
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
		panic(fmt.Sprintf("instance: unhandled canonical definition %s", f.op))
	}
}

func (l *linker) intrinsic(f *hostFunction, fn *bind.Function) *bind.Import {
	typ := l.byPlan[f.resource.number]
	return &bind.Import{Name: fn.Name + typ.Name, Handle: fn.Handle, Item: -1, Types: []*bind.ResourceType{typ},
		Options: f.options, Anytime: fn == &bind.ResourceRep}
}

func (l *linker) lowerImport(f *hostFunction) (api.GoModuleFunction, error) {
	name := f.callee.label
	item, fn, ok := l.importedFunction(f.callee.from, f.callee.name)
	if !ok {
		return nil, l.bad("import "+name, "the guest imports it, and the world does not; build it with the bindings of this world")
	}
	if got := signatureOf(f.typ); got != fn.Import {
		return nil, l.bad("import "+name, "the guest takes the function to be of type %s, where the world says %s; build it with the bindings of this world", show(got), show(fn.Import))
	}
	if !l.sameType(*fn, f.fn) {
		return nil, l.bad("import "+name, otherType)
	}
	return &bind.Import{Name: name, Handle: fn.Handle, Item: item, Types: l.types.of(l.world.Imports[item]), Options: f.options}, nil
}

// lowerInner returns a call of another component instance.
func (l *linker) lowerInner(f *hostFunction) *bind.InnerCall {
	m := l.layouts(f.scope)
	call := &bind.InnerCall{Name: f.callee.label, Number: l.made.Inner, Options: f.options, Callee: l.exportOf(f.callee.label, f.callee)}
	l.made.Inner++
	types := make([]wit.Type, len(f.fn.Params))
	for i, p := range f.fn.Params {
		types[i] = p.Type
	}
	call.Params = m.record(types)
	call.ParamsInMemory = l.abi.ParamsInMemory(f.fn)
	if f.fn.Result != nil {
		call.Result = m.layout(f.fn.Result)
		call.ResultInMemory = l.abi.ResultInMemory(f.fn)
	}
	return call
}

func (l *linker) layouts(scope *resourceScope) *layouts {
	known := l.known[scope]
	if known == nil {
		known = map[wit.TypeID]*bind.Layout{}
		l.known[scope] = known
	}
	return &layouts{abi: l.abi, known: known, resource: func(id wit.TypeID) *bind.ResourceType {
		if r := scope.byType[id]; r != nil {
			return l.byPlan[r.number]
		}
		return &bind.ResourceType{Name: "a resource without a name"} // of which there are no handles
	}}
}
