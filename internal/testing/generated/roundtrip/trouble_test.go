package roundtrip

import (
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/lasting"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// A guest with a mistake ends its call with an error that names the mistake, whichever
// compiler built it.
func TestGuestsInTrouble(t *testing.T) {
	const otherError = `the guest returned the error "quota exceeded", which is not of the function's error type, failure`
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			wasm := guest(t, compiler, "lasting")
			plugin, err := lasting.Compile(ctx, wasm, host.MemoryLimit(24<<20))
			must(t, err)
			defer func() { must(t, plugin.Close(ctx)) }()
			for _, test := range []struct {
				what string
				call func(*lasting.Instance) error
				want string
			}{
				{"another error", func(i *lasting.Instance) error { _, err := i.Work().Check(ctx, "another error"); return err }, otherError},
				{"no memory", func(i *lasting.Instance) error { _, err := i.Work().Check(ctx, "memory"); return err }, "and the limit is 25165824; raise it with host.MemoryLimit"},
				{"no memory for a parameter", func(i *lasting.Instance) error {
					_, err := i.Work().Text(ctx, strings.Repeat("x", 25<<20))
					return err
				}, "memory.grow was refused: the guest has "},
			} {
				inst, err := plugin.Instantiate(ctx, lasting.Imports{Work: &workHost{}})
				must(t, err)
				err = test.call(inst)
				var trap *host.Trap
				if !errors.As(err, &trap) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: got %T %v; want a Trap with %q", test.what, err, err, test.want)
				}
				must(t, inst.Close(ctx))
			}
		})
	}
}
