package hosttest

import (
	"strings"

	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// NewEcho returns a guest whose every exported function of values calls the
// imported one of the same name, so that what a host sends goes through both
// directions.
func NewEcho(more ...string) *Guest {
	imports := more
	for _, f := range values.Descriptor.Functions {
		imports = append(imports, "values."+f.Name)
	}
	g := NewGuest(imports...)
	for _, f := range values.Descriptor.Functions {
		short := "values." + f.Name
		var code []wasmtest.Code
		params, _, _ := strings.Cut(string(f.Export), "->")
		for i := range strings.Fields(params) {
			code = append(code, wasmtest.Get(uint32(i)))
		}
		if f.Import != f.Export { // the result goes through memory
			code = append(code, wasmtest.I32(Area), g.Call(short), wasmtest.I32(Area))
		} else {
			code = append(code, g.Call(short))
		}
		g.Define(short, "", code...)
	}
	return g
}
