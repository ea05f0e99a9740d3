package dynamic

import (
	"errors"
	"slices"
	"strings"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/wit"
)

// Guest is a guest that was read and not compiled. It may be used by several
// goroutines.
type Guest struct {
	wasm    []byte
	world   *world
	exports []*Function
	// imports are the functions that the guest imports and the host must supply.
	imports []*Function
	byName  map[string]*Function // exports
}

// Read reads the WIT that a guest carries: a component, or a core module with
// metadata for strings in UTF-8. The error is a *component.Error if the binary is
// invalid or carries no WIT. The bytes must not change afterwards.
func Read(wasm []byte) (*Guest, error) {
	w, err := component.DecodeExports(wasm)
	if err != nil {
		return nil, err
	}
	if w.IsPackage() {
		return nil, errors.New("the file is a WIT package in binary form, and no code to call")
	}
	world := w.World
	if len(w.Worlds) == 1 { // its own name says more than that of the union
		world = w.Worlds[0]
	}
	for _, encoding := range w.Encodings {
		if encoding != component.UTF8 {
			return nil, errors.New("the core module's strings are not encoded as UTF-8; make a component of it, which says how they are encoded")
		}
	}
	return ReadWorld(wasm, w.Resolve, world)
}

// ReadWorld returns a guest of a world, whatever WIT it carries. Guest.Compile checks
// that it fits the world. The bytes and the Resolve must not change afterwards.
func ReadWorld(wasm []byte, r *wit.Resolve, world wit.WorldID) (*Guest, error) {
	g := &Guest{wasm: wasm, world: newWorld(r, world), byName: map[string]*Function{}}
	g.exports = functions(g.world.exports)
	for _, f := range g.exports {
		g.byName[f.Name] = f
	}
	var err error
	g.imports, err = g.world.imported(wasm)
	return g, err
}

// World returns the world's model and its number there.
func (g *Guest) World() (*wit.Resolve, wit.WorldID) { return g.world.resolve, g.world.id }

// Exports returns the functions that the guest exports, in the order of the world and
// with the world's own functions last. It includes those that are not supported.
func (g *Guest) Exports() []*Function { return slices.Clone(g.exports) }

// Imports returns the functions that the guest imports, which the host passes to
// Plugin.Instantiate.
func (g *Guest) Imports() []*Function { return slices.Clone(g.imports) }

func functions(groups []*group) []*Function {
	var list []*Function
	for _, g := range groups {
		list = append(list, g.functions...)
	}
	return list
}

// imported returns the functions of the world that a guest really imports: all of
// them where it is a component, which has no others.
func (w *world) imported(wasm []byte) ([]*Function, error) {
	all := functions(w.imports)
	if component.FormOf(wasm) != component.CoreForm {
		return all, nil
	}
	module, err := component.ReadModule(wasm)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, i := range module.Imports {
		name := i.Name
		if i.Module != rootName {
			name = i.Module + "#" + i.Name
		}
		named[compatible(name)] = true
	}
	return slices.DeleteFunc(all, func(f *Function) bool { return !named[compatible(f.Name)] }), nil
}

func notSupported(f *Function) string {
	return "the function needs what is not supported: " + f.Unsupported
}

// compatible returns the whole name of a function with only that part of its
// interface's version that compatible versions share.
func compatible(name string) string {
	iface, function, ok := strings.Cut(name, "#")
	base, version, versioned := strings.Cut(iface, "@")
	if !ok || !versioned {
		return name
	}
	return base + "@" + wit.VersionTrack(version) + "#" + function
}
