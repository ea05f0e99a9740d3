package cost_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
)

// hostModule makes a module of n host functions with so many parameters each, of so many
// types, and returns the number of parameters together.
func hostModule(t *testing.T, n, types, params int) (values int) {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	builder := r.NewHostModuleBuilder("host")
	for i := range n {
		var in []api.ValueType
		for k, rest := 0, i%types; k < params; k, rest = k+1, rest/4 {
			in = append(in, []api.ValueType{api.ValueTypeI32, api.ValueTypeI64, api.ValueTypeF32, api.ValueTypeF64}[rest%4])
		}
		values += len(in)
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(context.Context, api.Module, []uint64) {}), in, nil).Export(fmt.Sprint(i))
	}
	compiled, err := builder.Compile(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("")); err != nil {
		t.Fatal(err)
	}
	return values
}

// TestHostModules compares what wazero allocates for host functions with the estimate,
// and, where WITGEN_COST is set, the time.
func TestHostModules(t *testing.T) {
	for _, c := range []struct{ functions, types, params int }{
		{1, 1, 0}, {1000, 1, 0}, {10_000, 1, 0}, {1000, 1, 16}, {2000, 2000, 16}, {10_000, 10_000, 10}, {300, 1, 1000},
	} {
		if c.functions > 2000 && os.Getenv("WITGEN_COST") == "" {
			continue
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		used := processorSeconds()
		values := hostModule(t, c.functions, c.types, c.params)
		used = processorSeconds() - used
		runtime.ReadMemStats(&after)
		e := cost.HostModule(c.functions, c.types, values)
		e.Memory += 1<<20 - cost.HostModule(0, 0, 0).Memory
		got := after.TotalAlloc - before.TotalAlloc
		t.Logf("%+v: %d bytes of %d, %.3f s of %.3f", c, got, e.Memory, used, float64(e.Time)/1e9)
		if got > e.Memory {
			t.Errorf("%+v: %d bytes are allocated, and the estimate is %d", c, got, e.Memory)
		}
		if os.Getenv("WITGEN_COST") != "" && used-noiseSeconds > most*float64(e.Time)/1e9 {
			t.Errorf("%+v: it takes %.3f s, and the estimate is %d", c, used, e.Time)
		}
	}
}
