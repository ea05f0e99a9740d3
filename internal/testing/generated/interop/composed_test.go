package interop

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/witgen/witgen/examples/compose/gen/example/compose/counter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/words"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// compose has wasm-tools make one component of two: what socket imports, plug
// exports.
func compose(t *testing.T, socket, plug []byte) []byte {
	t.Helper()
	return run(t, nil, filepath.Join("venv", "bin", "wasm-tools"), "compose", file(t, "socket.wasm", socket), "-d", file(t, "plug.wasm", plug))
}

// TestInteropComposed: a component that wasm-tools composes of two gives on
// witgen's host what it gives elsewhere, and what the first gives with a host in
// the place of the second.
func TestInteropComposed(t *testing.T) {
	tools(t)
	compilers := guestbuild.Compilers(t)
	for i, compiler := range compilers {
		other := compilers[(i+1)%len(compilers)]
		t.Run(fmt.Sprintf("%s with %s", compiler, other), func(t *testing.T) {
			wit := "wit"
			socket := guestbuild.BuildComponent(t, compiler, "guest", wit, "judge")
			plug := guestbuild.BuildComponent(t, other, "helping", wit, "helping")
			both := compose(t, socket, plug)
			calls := source{Rand: rand.New(rand.NewPCG(7, 8))}.calls(t, 20)
			want := ours(t, socket, calls)
			agree(t, calls, "composed", want, ours(t, both, calls))
			agree(t, calls, "wasmtime", want, wasmtime(t, both, calls))
			agree(t, calls, "jco", want, jco(t, both, calls))
		})
	}
}

// TestInteropRow: the three guests of examples/compose in one component, through
// which resources and errors go.
func TestInteropRow(t *testing.T) {
	tools(t)
	ctx := context.Background()
	example := filepath.Join("..", "..", "..", "..", "examples", "compose")
	build := func(name, world string) []byte {
		return guestbuild.BuildComponent(t, guestbuild.Go, filepath.Join(example, name), filepath.Join(example, "wit"), world)
	}
	row := compose(t, build("stop", "filter"), compose(t, build("lower", "filter"), build("words", "counter")))
	plugin, err := counter.Compile(ctx, row)
	must(t, err)
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, counter.Imports{})
	must(t, err)
	for range 100 {
		a, err := inst.Words().NewDocument(ctx, "The CAT and the hat")
		must(t, err)
		b, err := inst.Words().NewDocument(ctx, "another Cat")
		must(t, err)
		both, err := inst.Words().Join(ctx, a, b)
		must(t, err)
		counts, err := both.Counts(ctx)
		if got, want := fmt.Sprint(counts), "[{another 1} {cat 2} {hat 1}]"; got != want || err != nil {
			t.Fatalf("%s, %v; want %s", got, err, want)
		}
		must(t, both.Close(ctx))
		must(t, b.Close(ctx))
		empty, err := inst.Words().NewDocument(ctx, " ")
		must(t, err)
		var problem words.ProblemEmpty
		if _, err := empty.Counts(ctx); !errors.As(err, &problem) {
			t.Fatalf("the error of a document without a word is %v", err)
		}
		must(t, empty.Close(ctx))
	}
}
