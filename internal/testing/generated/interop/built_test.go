package interop

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// TestInteropBuiltWASI: guests whose preview 1 is answered by WASI 0.2 give the same
// results under wasmtime and jco, and here. Panics of theirs are traps, whose text goes to
// the host's standard error.
func TestInteropBuiltWASI(t *testing.T) {
	tools(t)
	program := witgen(t)
	for _, compiler := range guestbuild.Compilers(t) {
		if compiler == guestbuild.TinyGoUnknown {
			continue // It has no WASI.
		}
		t.Run(string(compiler), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "judge.wasm")
			args := slices.Concat([]string{"build", "--wasi", "--wit", "wit", "--world", "judge", "-o", path}, buildFlags[compiler], []string{"./guest"})
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
