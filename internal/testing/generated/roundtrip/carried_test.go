package roundtrip

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// Guests of all compilers carry the types of their functions, so that a host whose WIT is
// another refuses them.
func TestCarriedTypes(t *testing.T) {
	read := func() (*wit.Resolve, wit.WorldID) {
		result, err := resolve.Dir("wit/values", resolve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		world, err := resolve.SelectWorld(result.Resolve, result.Main, "values")
		if err != nil {
			t.Fatal(err)
		}
		return result.Resolve, world
	}
	for _, compiler := range guestbuild.Compilers(t) {
		wasm := guest(t, compiler, "values")
		r, world := read()
		plugin, err := dynamic.CompileWorld(t.Context(), wasm, r, world, host.RequireWIT())
		if err != nil {
			t.Fatalf("%s: %v", compiler, err)
		}
		if err := plugin.Close(t.Context()); err != nil {
			t.Error(err)
		}
		changed, world := read()
		for _, def := range changed.Types {
			if e, ok := def.Kind.(*wit.Enum); ok {
				slices.Reverse(e.Cases)
			}
		}
		_, err = dynamic.CompileWorld(t.Context(), wasm, changed, world)
		var link *host.LinkError
		if !errors.As(err, &link) || !strings.Contains(link.Detail, "of another WIT type") {
			t.Errorf("%s, enums reversed: got %T %v; want a LinkError", compiler, err, err)
		}
	}
}
