// Package guest generates the guest bindings of a world: what TinyGo or standard
// Go compiles to WebAssembly. For an interface they are the functions and
// resources that a guest imports and the Go interface that it implements; for a
// world, Export and the functions of the core module.
package guest

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/gen/types"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// buildTag is the constraint of guest files. TinyGo's targets wasm-unknown and
// wasip2 have a GOARCH that is not wasm.
const buildTag = "wasm || tinygo.wasm"

// Generate returns the files of a world for guests: the neutral file of each
// package, and beside it the guest's, where the package has anything for guests.
// The diagnostics say what the world needs that is not supported; then there are
// no files.
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
		g := newGenerator(plan, pkg, layout)
		switch {
		case pkg == plan.WorldPackage():
			g.worldFile()
		case g.needsFile():
			g.interfaceFile()
		default:
			continue
		}
		sources.Add(pkg, g.file, "guest")
	}
	return sources.Render(), nil
}
