package wasi_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// programInput is the standard input of the programs below.
var programInput = strings.Repeat("line of some length\n", 300)

// runProgram runs a program with a folder.
func runProgram(t *testing.T, wasm []byte, opts ...host.Option) outcome {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	opts = append([]host.Option{wasi.Clock(), wasi.Stdin(strings.NewReader(programInput)), wasi.Stdout(&stdout), wasi.Stderr(&stderr),
		wasi.Args("program.wasm", "one", "two words"), wasi.Env("A", "b"), wasi.Env("C", "d=e"), wasi.Dir(dir, "/data")}, opts...)
	p, err := command.Compile(ctx, wasm, opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(ctx)
	code, err := wasi.Run(ctx, p)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
	}
	return outcome{code, stdout.String(), stderr.String(), contents(t, dir)}
}

// contents returns what a folder holds, with the targets of symbolic links.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, text := path[len(dir):], []byte("folder")
		switch entry.Type() {
		case fs.ModeDir:
		case fs.ModeSymlink:
			var target string
			target, err = os.Readlink(path)
			text = []byte("link to " + target)
		default:
			text, err = os.ReadFile(path)
		}
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBuiltPreview1: each function of preview 1 answers a program alike, whether the
// host supplies it or the adapter of a component over WASI 0.2.
func TestBuiltPreview1(t *testing.T) {
	for _, c := range guestbuild.Programs(t) {
		t.Run(string(c), func(t *testing.T) {
			core := guestbuild.BuildProgram(t, c, filepath.Join("testdata", "preview1"))
			made := guestbuild.ProgramComponent(t, core)
			decoded, err := binary.Decode(made)
			if err == nil {
				err = component.Validate(decoded)
			}
			if err != nil {
				t.Fatal(err)
			}
			want := runProgram(t, core)
			if lines := strings.Count(want.Stdout, "\n"); want.Code != 9 || lines < 300 {
				t.Errorf("the core module ends with status %d after %d lines:\n%s", want.Code, lines, want.Stdout)
			}
			if diff := cmp.Diff(want, runProgram(t, made)); diff != "" {
				t.Errorf("-core module +component:\n%s", diff)
			}
		})
	}
}
