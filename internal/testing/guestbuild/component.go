package guestbuild

import (
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/parser/resolve"
)

// BuildComponent builds the guest in the folder dir and returns it as a component of
// a world, as witgen build does. wit is the folder or file of WIT; world may be ""
// where it has one world.
func BuildComponent(t testing.TB, c Compiler, dir, wit, world string) []byte {
	t.Helper()
	return Componentize(t, Build(t, c, dir), wit, world)
}

// Componentize returns a core module as a component of a world. What the module
// imports of WASI preview 1 is met by the adapter of internal/preview1.
func Componentize(t testing.TB, core []byte, wit, world string) []byte {
	t.Helper()
	return componentize(t, core, wit, world, preview1.Adapters)
}

// componentize is Componentize with adapters.
func componentize(t testing.TB, core []byte, wit, world string, adaptersOf func(core []byte) ([]component.Adapter, error)) []byte {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("making a component of world %q: %v", world, err)
		}
	}
	result, err := resolve.Dir(wit, resolve.Options{Decode: component.DecodePackage})
	fail(err)
	id, err := resolve.SelectWorld(result.Resolve, result.Main, world)
	fail(err)
	core, err = component.Embed(core, result.Resolve, id, component.UTF8)
	fail(err)
	adapters, err := adaptersOf(core)
	fail(err)
	made, err := component.New(core, component.NewOptions{Adapters: adapters})
	fail(err)
	return made
}
