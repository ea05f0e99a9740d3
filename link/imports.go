package link

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// importFinder finds what serves a core import.
type importFinder struct {
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

func newImportFinder(world *bind.World, types *resourceTypes) *importFinder {
	f := &importFinder{world: world, types: types, imports: map[string]int{}, exports: map[string]int{}, names: noVersions(), exported: noVersions(), members: map[int]members{}}
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
	if k, ok := f.of(n).functions[name]; ok {
		fn := &item.Interface.Functions[k]
		return importFunction{name, fn.Import, &bind.Import{Name: label(from, name), Handle: fn.Handle, Item: n, Types: f.types.of(item)}, n, fn}, nil
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
	return importFunction{name, fn.Import, &bind.Import{Name: label(from, name), Handle: fn.Handle, Item: -1, Types: f.types.of(item), Resource: k, Anytime: fn == &bind.ResourceRep}, -1, nil}
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
