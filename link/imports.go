package link

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// importFinder finds what serves an import.
type importFinder struct {
	*extension
	world    *bind.World
	types    *resourceTypes
	imports  map[string]int // World.Imports by name
	exports  map[string]int // World.Exports by name
	names    versions       // of imports
	exported versions       // of exports
	// members are the functions and the resources of World.Imports by name, made when
	// first asked for: a world may have as many as a component of any size.
	members map[int]members
}

// members are the functions and the resources of an interface by name.
type members struct{ functions, resources map[string]int }

// of returns the members of an item of World.Imports.
func (f *importFinder) of(item int) members {
	m, ok := f.members[item]
	if !ok {
		of := f.world.Imports[item].Interface
		m = members{functions: map[string]int{}, resources: map[string]int{}}
		for k := range of.Functions {
			m.functions[of.Functions[k].Name] = k
		}
		for k, name := range of.Resources {
			m.resources[name] = k
		}
		f.members[item] = m
	}
	return m
}

func newImportFinder(e *extension, types *resourceTypes) *importFinder {
	world := e.world
	f := &importFinder{extension: e, world: world, types: types, imports: map[string]int{}, exports: map[string]int{}, names: noVersions(), exported: noVersions(), members: map[int]members{}}
	for n, item := range world.Imports {
		f.imports[item.Name] = n
		f.names.add(item.Name)
	}
	for n, item := range world.Exports {
		f.exports[item.Name] = n
		f.exported.add(item.Name)
	}
	return f
}

// found is a function of an import of the world.
type found struct {
	item, number int
	fn           *bind.Function
	// instead reports whether another import stands in for the function.
	instead bool
}

// function finds a function of the world's import of a name.
func (f *importFinder) function(match, name string) (found, bool) {
	item := f.imports[match]
	if k, ok := f.of(item).functions[name]; ok {
		fn := &f.world.Imports[item].Interface.Functions[k]
		_, _, instead := f.elsewhere(item, fn)
		return found{item, k, fn, instead}, true
	}
	// The one that stands in may be of a later version.
	if instead, ok := f.instead[item]; ok {
		if k, ok := f.of(instead).functions[name]; ok {
			return found{instead, k, &f.world.Imports[instead].Interface.Functions[k], false}, true
		}
	}
	return found{}, false
}

// hasResource reports whether the world's import of a name has a resource.
func (f *importFinder) hasResource(match, name string) bool {
	item := f.imports[match]
	if _, ok := f.of(item).resources[name]; ok {
		return true
	}
	instead, ok := f.instead[item]
	if ok {
		_, ok = f.of(instead).resources[name]
	}
	return ok
}

// elsewhere returns the import that stands in for a partial one, with the number of its
// function of that name and type.
func (f *importFinder) elsewhere(item int, fn *bind.Function) (instead, number int, ok bool) {
	if instead, ok = f.instead[item]; !ok {
		return 0, 0, false
	}
	number, ok = f.of(instead).functions[fn.Name]
	if !ok {
		return 0, 0, false
	}
	other := &f.world.Imports[instead].Interface.Functions[number]
	return instead, number, other.Import == fn.Import && other.Type == fn.Type
}

// serving returns what serves a function's calls.
func (f *importFinder) serving(name string, in found, options int) *bind.Import {
	made := &bind.Import{Name: name, Handle: in.fn.Handle, Item: in.item, Number: in.number, Types: f.types.of(f.world.Imports[in.item]), Options: options}
	if in.instead {
		instead, number, _ := f.elsewhere(in.item, in.fn)
		made.Else = f.serving(name, found{item: instead, number: number, fn: &f.world.Imports[instead].Interface.Functions[number]}, options)
		made.Method = strings.HasPrefix(in.fn.Name, "[method]")
	}
	return made
}

// exportPrefix begins the module name of the intrinsics of resources that the
// guest itself defines.
const exportPrefix = "[export]"

// find returns what serves the function name of the module from.
func (f *importFinder) find(from, name string) (importFunction, error) {
	if iface, ok := strings.CutPrefix(from, exportPrefix); ok {
		return f.intrinsic(from, iface, name)
	}
	match, ok := f.names.match(from)
	if !ok {
		return importFunction{}, f.unknown(from, name)
	}
	n := f.imports[match]
	item := f.world.Imports[n]
	if resource, ok := strings.CutPrefix(name, bind.DropResource.Name); ok {
		if k := f.types.number(item, bind.Resource{Item: n, Name: resource}); k >= 0 {
			return f.runtime(&bind.DropResource, from, name, item, k), nil
		}
	}
	if in, ok := f.function(match, name); ok {
		return importFunction{name, in.fn.Import, f.serving(label(from, name), in, 0), in}, nil
	}
	return importFunction{}, f.bad(from, name, "the guest imports a function that the world's interface does not have; build it with the bindings of this world")
}

// intrinsic finds the runtime's function for a resource that the guest defines.
func (f *importFinder) intrinsic(from, iface, name string) (importFunction, error) {
	match, ok := f.exported.match(iface)
	if ok {
		n := f.exports[match]
		for _, fn := range []*bind.Function{&bind.NewResource, &bind.ResourceRep, &bind.DropResource} {
			resource, ok := strings.CutPrefix(name, fn.Name)
			if !ok {
				continue
			}
			item := f.world.Exports[n]
			if k := f.types.number(item, bind.Resource{Export: true, Item: n, Name: resource}); k >= 0 {
				return f.runtime(fn, from, name, item, k), nil
			}
		}
	}
	return importFunction{}, f.bad(from, name, "the guest asks for a resource that its exports in this world do not define; build it with the bindings of this world")
}

// runtime returns one of the runtime's own functions for resource k of an item.
func (f *importFinder) runtime(fn *bind.Function, from, name string, item bind.Item, k int) importFunction {
	return importFunction{name, fn.Import, &bind.Import{Name: label(from, name), Handle: fn.Handle, Item: -1, Types: f.types.of(item), Resource: k, Anytime: fn == &bind.ResourceRep}, found{}}
}

func (f *importFinder) unknown(from, name string) error {
	if other, ok := f.names.otherVersion(from); ok {
		return f.bad(from, name, fmt.Sprintf("the guest imports it, and the world has %s, whose version is not compatible; build it with the bindings of this world", other))
	}
	return f.bad(from, name, "the guest imports it, and the world does not; build it with the bindings of this world")
}

func (f *importFinder) bad(from, name, detail string) error {
	return &host.LinkError{World: f.world.Name, Item: "import " + label(from, name), Detail: detail}
}

func label(from, name string) string {
	if from == root {
		return name
	}
	return from + "#" + name
}
