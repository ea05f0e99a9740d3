// Package host generates host bindings: typed Go that runs a guest of a WIT world
// on wazero, and that implements a guest's imports in Go.
package host

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/gogen/neutral"
	"github.com/witgen/witgen/wit"
)

// buildTag keeps a host's file out of guests. TinyGo's wasm-unknown target does
// not set wasm.
const buildTag = "!(wasm || tinygo.wasm)"

// Generate returns the files of the host bindings of a world, the neutral files
// among them. The diagnostics name what is not supported; then there are no
// files.
func Generate(r *wit.Resolve, world wit.WorldID, opts gen.Options) ([]gen.File, diag.List) {
	plan, diags := gogen.NewPlan(r, world, opts)
	if len(diags) > 0 {
		return nil, diags
	}
	layout := abi.New(r)
	return neutral.Files(plan, "host", func(pkg *gogen.Package) *jen.File {
		g := &generator{plan: plan, pkg: pkg, abi: layout}
		if pkg == plan.WorldPackage() {
			g.worldFile()
		} else {
			g.interfaceFile()
		}
		return g.file
	}), nil
}
