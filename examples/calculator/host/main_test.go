//go:build !(wasm || tinygo.wasm)

package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

const calculatorOutput = `add(2, 3) = 5
multiply(6, 7) = 42
`

const scientificOutput = `divide(7, 2) = 3
  [warning] division by zero
divide(1, 0): error by-zero
divide(-2147483648, -1): error overflow
  [debug] 1 + 2 = 3
  [debug] 3 * 3 = 9
  [debug] 9 / 4 = 2.25
  [info] (1 + 2) * 3 / 4 = 2.25
eval("(1 + 2) * 3 / 4") = 2.25
eval("1 +"): error expected a number at offset 3
`

func TestGuestsOfEveryCompiler(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if err := runCalculator(context.Background(), guestbuild.Build(t, compiler, "../guest"), &out); err != nil {
				t.Fatal(err)
			}
			if err := runScientific(context.Background(), guestbuild.Build(t, compiler, "../scientific"), &out); err != nil {
				t.Fatal(err)
			}
			if got, want := out.String(), calculatorOutput+scientificOutput; got != want {
				t.Errorf("the hosts print\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The README shows what make run prints first.
func TestREADMEShowsTheOutput(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```\n"+calculatorOutput+"```") {
		t.Errorf("README.md does not show\n%s", calculatorOutput)
	}
}
