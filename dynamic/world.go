package dynamic

import (
	"fmt"
	"slices"
	"sync"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// world is a world of a Resolve prepared for running: what generated code says of
// it in constants.
type world struct {
	resolve *wit.Resolve
	id      wit.WorldID
	name    string
	// abi knows the layouts of all types before the world is used, and makes
	// Programs under the lock: it is not safe for concurrent use while it learns.
	abi              *abi.ABI
	mu               sync.Mutex
	imports, exports []*group
	host             bind.World
	// defined are the resources that the world itself defines for its host, which only the
	// root of a component can: WIT has no such worlds.
	defined map[wit.TypeID]bool
}

// program is what runs a function: its Program, and those of the named types that
// it runs. It is made when the function is first called, since a hostile guest may
// have very many functions of very large types.
type program struct {
	once sync.Once
	main *abi.Program
	// named are the Programs of types; they are not changed once they are there.
	named map[programKey]*abi.Program
}

type programKey struct {
	kind abi.Kind
	id   wit.TypeID
}

// program returns what runs a function on its side.
func (w *world) program(f *Function) *program {
	f.program.once.Do(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		f.program.main = w.abi.Program(f.kind, f.Func)
		f.program.named = map[programKey]*abi.Program{}
		for _, id := range w.abi.NamedIn(f.program.main) {
			for _, kind := range w.abi.TypeKinds(id) {
				f.program.named[programKey{kind, id}] = w.abi.TypeProgram(kind, id)
			}
		}
	})
	return &f.program
}

func newWorld(r *wit.Resolve, id wit.WorldID) *world {
	w := &world{resolve: r, id: id, abi: abi.New(r), defined: map[wit.TypeID]bool{}}
	of := r.Worlds[id]
	for _, item := range of.Exports {
		if t, ok := item.Item.(wit.TypeID); ok {
			_, w.defined[t] = r.Types[t].Kind.(*wit.Resource)
		}
	}
	for t := range r.Types {
		w.abi.Size(wit.TypeID(t))
	}
	w.name = of.Name
	if of.Package != wit.NoPackage {
		w.name = r.Packages[of.Package].Name.Qualify(of.Name)
	}
	w.imports = w.groups(of.Imports, abi.HandleImport)
	w.exports = w.groups(of.Exports, abi.CallExport)
	w.host = bind.World{Name: w.name, Direct: true, Imports: w.items(w.imports, false), Exports: w.items(w.exports, true)}
	return w
}

// size returns the size of a type in guest memory.
func (w *world) size(t wit.Type) uint64 { return w.abi.Size(t) }

// groups returns the interfaces of one side that have functions or resources, and
// last the world's own functions.
func (w *world) groups(items []*wit.WorldItem, kind abi.Kind) []*group {
	var list []*group
	own := &group{name: rootName, iface: -1}
	for _, item := range items {
		switch what := item.Item.(type) {
		case *wit.Function:
			w.function(own, what)
		case wit.InterfaceID:
			g := &group{name: w.resolve.ItemName(item), iface: what, plain: item.Name != ""}
			for _, f := range w.resolve.Interfaces[what].Functions {
				w.function(g, f)
			}
			list = append(list, g)
		case wit.TypeID:
			if _, ok := w.resolve.Types[what].Kind.(*wit.Resource); ok {
				own.resources = append(own.resources, what)
			}
		default:
			panic(fmt.Sprintf("dynamic: unhandled item %T", what))
		}
	}
	list = append(list, own)
	used := list[:0]
	for _, g := range list {
		w.findResources(g)
		if len(g.functions) == 0 && len(g.resources) == 0 {
			continue
		}
		for number, f := range g.callable() {
			f.item, f.number, f.kind = len(used), number, kind
		}
		used = append(used, g)
	}
	return used
}

// function adds a function to its group.
func (w *world) function(g *group, f *wit.Function) {
	fn := &Function{Name: f.Name, Func: f, Resolve: w.resolve, group: g}
	if g.name != rootName {
		fn.Name, fn.Interface = g.name+"#"+f.Name, g.name
	}
	if what, _, bad := w.abi.Unsupported(f); bad {
		fn.Unsupported = what
	} else if what, _, bad := w.abi.TooLarge(f); bad {
		fn.Unsupported = what
	}
	g.functions = append(g.functions, fn)
}

// findResources numbers the resources of a group: those that it defines, then
// those that its functions mention.
func (w *world) findResources(g *group) {
	g.numbers = map[wit.TypeID]int{}
	defined := g.resources
	g.resources = nil
	add := func(id wit.TypeID) {
		id = w.resolve.Dealias(id).(wit.TypeID)
		if _, known := g.numbers[id]; !known {
			g.numbers[id] = len(g.resources)
			g.resources = append(g.resources, id)
		}
	}
	if g.iface >= 0 {
		for _, id := range w.resolve.Interfaces[g.iface].Types {
			if _, ok := w.resolve.Types[id].Kind.(*wit.Resource); ok {
				add(id)
			}
		}
	}
	for _, id := range defined {
		add(id)
	}
	seen := map[wit.TypeID]bool{}
	var visit func(t wit.Type)
	visit = func(t wit.Type) {
		id, ok := t.(wit.TypeID)
		if !ok || seen[id] {
			return
		}
		seen[id] = true
		switch k := w.resolve.Types[id].Kind.(type) {
		case *wit.Own:
			add(k.Resource)
		case *wit.Borrow:
			add(k.Resource)
		default:
			wit.EachType(k, visit)
		}
	}
	for _, f := range g.callable() {
		for _, p := range f.Func.Params {
			visit(p.Type)
		}
		visit(f.Func.Result)
	}
}

// items describes the groups of one side to the runtime.
func (w *world) items(groups []*group, export bool) []bind.Item {
	items := make([]bind.Item, len(groups))
	for n, g := range groups {
		iface := &bind.Interface{}
		for _, f := range g.callable() {
			function := bind.Function{Name: f.Func.Name, Type: w.abi.Identity(f.Func), Err: w.abi.ErrorType(f.Func), Export: bind.Signature(w.abi.Lift(f.Func).String()), Import: bind.Signature(w.abi.Lower(f.Func).String())}
			if !export {
				function.Handle = func(call *bind.Call) { w.handle(call, f) }
			}
			iface.Functions = append(iface.Functions, function)
		}
		// A missing import is found before the runtime would name this field.
		items[n] = bind.Item{Name: g.name, Field: g.name, Interface: iface, Partial: !export}
		for _, id := range g.resources {
			iface.Resources = append(iface.Resources, w.resolve.Types[id].Name)
			items[n].Resources = append(items[n].Resources, w.definition(id, n, export))
		}
	}
	return items
}

// definition returns where a resource is defined that group number n mentions; see
// [abi.ResourceItem].
func (w *world) definition(id wit.TypeID, n int, export bool) bind.Resource {
	r := bind.Resource{Name: w.resolve.Types[id].Name}
	if w.defined[id] {
		r.Export = true
		r.Item = slices.IndexFunc(w.exports, func(g *group) bool { return g.iface < 0 })
		return r
	}
	owner := wit.InterfaceID(-1) // the world
	if id, ok := w.resolve.Types[id].Owner.(wit.InterfaceID); ok {
		owner = id
	}
	if r.Item, r.Export = abi.ResourceItem(resourceGroups(w.imports), resourceGroups(w.exports), export, n, owner); r.Item < 0 {
		panic(fmt.Sprintf("dynamic: nothing in world %s defines resource %s", w.name, r.Name))
	}
	return r
}

func resourceGroups(groups []*group) []abi.ResourceGroup[wit.InterfaceID] {
	list := make([]abi.ResourceGroup[wit.InterfaceID], len(groups))
	for n, g := range groups {
		list[n] = abi.ResourceGroup[wit.InterfaceID]{Owner: g.iface, World: g.iface < 0, Plain: g.plain}
	}
	return list
}
