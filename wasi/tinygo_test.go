package wasi_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// A program that TinyGo builds for wasip2 sees what options open, and nothing without.
func TestTinyGoProgram(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join("testdata", "program")
	wasm := guestbuild.BuildWASIP2(t, dir, filepath.Join(dir, "wit"), "test:program/program", "-scheduler=asyncify")
	folder := t.TempDir()
	for name, c := range map[string]struct {
		opts []host.Option
		want string
	}{
		"closed": {nil, `arguments []
environment []
a year passed true
random 32 <nil> true
folder false
`},
		"open": {[]host.Option{wasi.Args("program", "x"), wasi.Env("A", "b"), wasi.Stdin(strings.NewReader("one\ntwo")), wasi.Dir(folder, "/data")}, `arguments [program x]
environment [A=b]
a year passed true
random 32 <nil> true
folder true
write <nil>
read "hello" <nil>
mkdir <nil>
rename <nil>
list 1 <nil>
gone true
outside true
line one
line two
`},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := command.Compile(ctx, wasm, wasi.Host())
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close(ctx)
			var stdout, stderr bytes.Buffer
			code, err := wasi.Run(ctx, p, append(c.opts, wasi.Stdout(&stdout), wasi.Stderr(&stderr))...)
			if code != 0 || err != nil || stderr.String() != "the end\n" {
				t.Errorf("status %d, %v, and %q on standard error", code, err, &stderr)
			}
			if got := stdout.String(); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
			if code, err := wasi.Run(ctx, p, c.opts...); code != 0 || err != nil {
				t.Errorf("without output: status %d, %v", code, err)
			}
		})
	}
}
