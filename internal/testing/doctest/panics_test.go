package doctest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	runtime "github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/calculator"
	"github.com/witgen/witgen/internal/guestcompile"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/wasi"
)

// What docs/guests.md says of panics: the host gets a Trap, and the text goes to
// the guest's stderr where the compiler has one.
func TestPanics(t *testing.T) {
	ctx := context.Background()
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			wasm := guestbuild.Build(t, compiler, "panics")
			for _, test := range []struct {
				call func(*calculator.Instance) error
				text string
			}{
				{func(i *calculator.Instance) error { _, err := i.Operations().Add(ctx, 1, 2); return err }, "the text of the panic"},
				{func(i *calculator.Instance) error { _, err := i.Operations().Multiply(ctx, 1, 2); return err }, "index out of range"},
			} {
				var stderr bytes.Buffer
				opened := wasi.Host(wasi.Stderr(&stderr), wasi.Stdout(&stderr))
				plugin, err := calculator.Compile(ctx, wasm, opened)
				if err != nil {
					t.Fatal(err)
				}
				defer plugin.Close(ctx)
				inst, err := plugin.Instantiate(ctx, calculator.Imports{})
				if err != nil {
					t.Fatal(err)
				}
				err = test.call(inst)
				var trap *runtime.Trap
				if !errors.As(err, &trap) {
					t.Fatalf("the call gives %v, want a Trap", err)
				}
				if strings.Contains(err.Error(), test.text) {
					t.Errorf("the text of the panic is in the error: %v", err)
				}
				if err := test.call(inst); !errors.Is(err, runtime.ErrDead) {
					t.Errorf("the next call gives %v, want ErrDead", err)
				}
				if got, want := strings.Contains(stderr.String(), test.text), compiler != guestbuild.TinyGoUnknown; got != want {
					t.Errorf("stderr has the text: %v, want %v; it is %q", got, want, stderr.String())
				}
			}
		})
	}
}

// The commands of docs/guests.md and of the README build guests as the tests do.
func TestBuildCommands(t *testing.T) {
	for _, page := range []string{"README.md", "docs/guests.md"} {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, compiler := range guestbuild.All {
			if want := guestcompile.CommandLine(compiler); !strings.Contains(string(text), want) {
				t.Errorf("%s does not show\n%s", page, want)
			}
		}
	}
}

// scripts/build-guest, which needs no witgen to run, has the same flags.
func TestBuildScript(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "scripts/build-guest"))
	if err != nil {
		t.Fatal(err)
	}
	for _, compiler := range []guestcompile.Compiler{guestcompile.TinyGoUnknown, guestcompile.Go} {
		if want := " build " + guestcompile.Flags(compiler) + " -o "; !strings.Contains(string(text), want) {
			t.Errorf("scripts/build-guest does not hold %q", want)
		}
	}
}
