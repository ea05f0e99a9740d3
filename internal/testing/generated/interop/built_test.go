package interop

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// TestInteropBuiltWASI: guests whose preview 1 is answered by WASI 0.2, and those for
// wasip2, give the same results under wasmtime and jco, and here.
func TestInteropBuiltWASI(t *testing.T) {
	tools(t)
	program := witgen(t)
	for name, flags := range map[string][]string{
		"go":             {"--compiler", "go", "--wasi"},
		"tinygo, wasip1": {"--compiler", "tinygo", "--wasi"},
		"tinygo, wasip2": {"--compiler", "tinygo", "--target", "wasip2"},
	} {
		if flags[1] == "tinygo" && !slices.Contains(guestbuild.Compilers(t), guestbuild.TinyGoWASIP1) {
			continue // which is logged
		}
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "judge.wasm")
			args := slices.Concat([]string{"build", "--wit", "wit", "--world", "judge", "-o", path}, flags, []string{"./guest"})
			command(t, program, args...)
			wasm, err := os.ReadFile(path)
			must(t, err)
			wasmTools(t, wasm, "validate")
			sameWIT(t, command(t, program, "wit", "--json", path), wasm)
			calls := source{Rand: rand.New(rand.NewPCG(7, 8))}.calls(t, 20)
			want := ours(t, wasm, calls)
			agree(t, calls, "wasmtime", want, wasmtime(t, wasm, calls))
			agree(t, calls, "jco", want, jco(t, wasm, calls))
		})
	}
}
