// Package host generates host bindings: typed Go that runs a guest of a WIT world
// on wazero, and that implements a guest's imports in Go.
package host

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/gen/types"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// buildTag keeps a host's file out of guests. TinyGo's wasm-unknown target does
// not set wasm.
const buildTag = "!(wasm || tinygo.wasm)"

// Generate returns the files of the host bindings of a world, the neutral files
// among them. The diagnostics name what is not supported; then there are no
// files.
func Generate(r *wit.Resolve, world wit.WorldID, opts gogen.Options) ([]gogen.File, diag.List) {
	plan, diags := gogen.NewPlan(r, world, opts)
	if len(diags) > 0 {
		return nil, diags
	}
	layout := abi.New(r)
	var sources gogen.Sources
	for _, pkg := range plan.Packages {
		if pkg.Foreign {
			continue
		}
		sources.Add(pkg, types.Source(plan, pkg), "")
		g := &generator{plan: plan, pkg: pkg, abi: layout}
		if pkg == plan.WorldPackage() {
			g.worldFile()
		} else if g.needsFile() {
			g.interfaceFile()
		} else {
			continue
		}
		sources.Add(pkg, g.file, "host")
	}
	return sources.Render(), nil
}
