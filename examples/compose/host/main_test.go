//go:build !(wasm || tinygo.wasm)

package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/counter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/filter"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

const output = `"the cat and the hat": [{cat 1} {hat 1}]
"the cat and the hat another cat": [{another 1} {cat 2} {hat 1}]
" ": empty
"  another cat": [{another 1} {cat 1}]
"a secret of the trade": forbidden: secret
"a secret of the trade another cat": forbidden: secret
`

// build builds the three guests.
func build(t *testing.T, compiler guestbuild.Compiler) (guests [3][]byte) {
	for i, dir := range []string{"../words", "../lower", "../stop"} {
		guests[i] = guestbuild.Build(t, compiler, dir)
	}
	return guests
}

func TestThreeGuestsInARow(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if err := run(context.Background(), build(t, compiler), &out); err != nil {
				t.Fatal(err)
			}
			if out.String() != output {
				t.Errorf("the host prints\n%s\nwant\n%s", out.String(), output)
			}
		})
	}
}

// A resource goes down the row and is closed at its other end, and the end of a
// guest further down is no error of WIT for those above it.
func TestRowComesToAnEnd(t *testing.T) {
	ctx := context.Background()
	guests := build(t, guestbuild.Go)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	first, err := counter.Compile(ctx, guests[0], host.HandleLimit(2))
	must(err)
	defer first.Close(ctx)
	second, err := filter.Compile(ctx, guests[1], host.HandleLimit(2))
	must(err)
	defer second.Close(ctx)
	source, err := first.Instantiate(ctx, counter.Imports{})
	must(err)
	lower, err := second.Instantiate(ctx, filter.Imports{Words: source.Words()})
	must(err)
	for range 100 { // many more than the guests may hold at a time
		doc, err := lower.Words().NewDocument(ctx, "A b")
		must(err)
		must(doc.Close(ctx))
	}
	doc, err := lower.Words().NewDocument(ctx, "A b")
	must(err)
	must(source.Close(ctx))
	if _, err = doc.Counts(ctx); !errors.Is(err, host.ErrClosed) {
		t.Errorf("a call through a closed instance: %v", err)
	}
	if _, err = doc.Counts(ctx); !errors.Is(err, host.ErrDead) {
		t.Errorf("a call after that: %v", err)
	}
}
