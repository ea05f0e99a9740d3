// Package guest generates the guest bindings of a world: what TinyGo or standard
// Go compiles to WebAssembly. For an interface they are the functions and
// resources that a guest imports and the Go interface that it implements; for a
// world, Export and the functions of the core module.
package guest

import (
	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/gogen/neutral"
	"github.com/witgen/witgen/wit"
)

// buildTag is the constraint of guest files. TinyGo's targets wasm-unknown and
// wasip2 have a GOARCH that is not wasm.
const buildTag = "wasm || tinygo.wasm"

// Generate returns the files of the guest bindings of a world, the neutral files
// among them. The diagnostics name what is not supported; then there are no
// files.
func Generate(r *wit.Resolve, world wit.WorldID, opts gen.Options) ([]gen.File, diag.List) {
	plan, diags := gogen.NewPlan(r, world, opts)
	if len(diags) > 0 {
		return nil, diags
	}
	layout := abi.New(r)
	return neutral.Files(plan, "guest", func(pkg *gogen.Package) *jen.File {
		g := newGenerator(plan, pkg, layout)
		if pkg == plan.WorldPackage() {
			g.worldFile()
		} else {
			g.interfaceFile()
		}
		return g.file
	}), nil
}
