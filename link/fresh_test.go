package link_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/link"
)

// scribbler is a core module whose run(1) returns a sum of all that it can see, and
// run(n) for other n changes all of it.
func scribbler() []byte {
	m := &wasm.Module{}
	run := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I32}))
	m.Memory(wasm.Limits{Min: 2, Max: 10, HasMax: true})
	_ = run
	return m.Bytes()
}

func TestFreshSmoke(t *testing.T) {
	ctx := context.Background()
	plugin := compileGrowing(t, host.Fresh())
	inst := startGrowing(t, plugin)
	for range 3 {
		wants(t, inst, 1, "run", 9)
		if err := inst.Reset(ctx); err != nil {
			t.Fatal(err)
		}
	}
	_ = link.Compile
}
