package meter

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

var (
	guestsMu sync.Mutex
	guests   = map[guestbuild.Compiler][]byte{}
)

// guest returns testdata/guest built by a compiler, once.
func guest(t testing.TB, c guestbuild.Compiler) []byte {
	t.Helper()
	guestsMu.Lock()
	defer guestsMu.Unlock()
	if guests[c] == nil {
		guests[c] = guestbuild.Build(t, c, "testdata/guest")
	}
	return guests[c]
}

// wasiRuntime returns a runtime with WASI, which the guests of two compilers import.
func wasiRuntime(t testing.TB) wazero.Runtime {
	t.Helper()
	r := newRuntime(t)
	wasi_snapshot_preview1.MustInstantiate(context.Background(), r)
	return r
}

// initialized returns an instance of a guest whose _initialize has run.
func initialized(t testing.TB, r wazero.Runtime, in []byte) api.Module {
	t.Helper()
	mod := instantiate(t, r, in)
	if f := mod.ExportedFunction("_initialize"); f != nil {
		if _, err := f.Call(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return mod
}

// TestGuests runs guests of each compiler plain and metered: the results are the same, the fuel is the same
// for each instance, and a guest that spins can be stopped.
func TestGuests(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			in := guest(t, compiler)
			r := wasiRuntime(t)
			plain := initialized(t, r, in)
			cfg := Config{Depth: true, Limits: DefaultLimits()}
			out := mustRewrite(t, in, cfg).Wasm
			t.Logf("%d bytes become %d", len(in), len(out))
			var fuel []uint64
			for range 2 {
				mod := initialized(t, r, out)
				c, err := NewController(mod)
				if err != nil {
					t.Fatal(err)
				}
				c.SetFuel(Unlimited)
				for _, f := range []struct {
					name string
					arg  uint64
				}{{"fib", 20}, {"sieve", 10_000}, {"mixed", 500}, {"mixed", 501}} {
					want, wantTrap := call(plain, f.name, f.arg)
					got, trap := call(mod, f.name, f.arg)
					if trap != wantTrap || !slices.Equal(got, want) {
						t.Errorf("%s(%d) = %v %q, want %v %q", f.name, f.arg, got, trap, want, wantTrap)
					}
				}
				fuel = append(fuel, Unlimited-c.Fuel())
				if left := c.Depth(); left != Unlimited {
					t.Errorf("depth %d off", Unlimited-left)
				}

				w := NewWatch(c)
				ctx, cancel := context.WithCancel(context.Background())
				if err := w.Begin(ctx); err != nil {
					t.Fatal(err)
				}
				go cancel()
				if _, trap := call(mod, "spin"); trap == "" || c.Cause() != Interrupted || !w.End() {
					t.Errorf("spin: trap %q, cause %v", trap, c.Cause())
				}
				w.Close()
			}
			if fuel[0] != fuel[1] {
				t.Errorf("two instances used %d and %d", fuel[0], fuel[1])
			}
			t.Logf("used %d", fuel[0])
		})
	}
}
