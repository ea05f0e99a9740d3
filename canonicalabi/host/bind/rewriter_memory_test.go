package bind

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/bombs"
)

// Compiling counts the memory of definitions and of the rewriter: a module is refused before
// it is rewritten, or as soon as too much of it is written.
func TestMemoryOfRewriting(t *testing.T) {
	var small []byte
	for _, s := range bombs.Shapes() {
		if s.Name == "loops with calls" {
			small = s.Build(5_000)
		}
	}
	with := func(memory uint64) *Rewriter {
		l := host.DefaultLimits()
		l.CompileMemory, l.CompileTime = memory, 0
		r := NewRewriter("test:a/w", host.NewConfig([]host.Option{host.ModuleLimits(l)}))
		return &r
	}
	refused := func(what string, err error, detail string) {
		t.Helper()
		var limit *host.LimitError
		if !errors.As(err, &limit) || limit.Limit != "CompileMemory" || !strings.Contains(limit.Detail, detail) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ctx := context.Background()
	_, memory, err := with(1<<40).rewrite(ctx, small)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := with(memory).rewrite(ctx, small); err != nil {
		t.Errorf("with the memory that it takes: %v", err)
	}
	_, _, err = with(memory/2).rewrite(ctx, small)
	refused("with half of the memory", err, "to rewrite a module")
	_, _, err = with(1<<20).rewrite(ctx, small)
	refused("with a mebibyte", err, "to rewrite a module")
	_, err = with(memory-1).Rewrite(ctx, small, 1, 0)
	refused("with a byte less", err, "")

	r := with(memory + 128<<10)
	if err := r.Definitions(1 << 10); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.rewrite(ctx, small); err != nil {
		t.Errorf("beside few definitions: %v", err)
	}
	if err := r.Definitions(memory / 200); err != nil {
		t.Fatal(err)
	}
	_, _, err = r.rewrite(ctx, small)
	refused("beside many definitions", err, "to rewrite a module")
	refused("definitions", r.Definitions(memory/128), "for the definitions of the component")
}
