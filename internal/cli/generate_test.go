package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// runWith runs witgen with one generator for both sides.
func runWith(t *testing.T, g generator, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := newApp(strings.NewReader(""), &out, &errs)
	a.generators = map[side]generator{hostSide: g, guestSide: g}
	status = a.run(args)
	return status, out.String(), errs.String()
}

// writeWIT writes a package with two worlds and returns its path.
func writeWIT(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "w.wit")
	text := `package a:b;
interface one {}
interface two {}
world w1 { import one; }
world w2 { export two; }
`
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPanicIsAnInternalError(t *testing.T) {
	status, stdout, stderr := runWith(t, func(*wit.Resolve, wit.WorldID, gogen.Options) ([]gogen.File, diag.List) {
		panic("gogen: unhandled kind *wit.Novelty")
	}, "generate", "--import-path=x.y/z", "--out", t.TempDir(), "--world=w1", writeWIT(t))
	if status != 2 || stdout != "" {
		t.Errorf("status %d, standard output %q; want 2 and nothing", status, stdout)
	}
	for _, want := range []string{"internal error: gogen: unhandled kind *wit.Novelty", issues, "TestPanicIsAnInternalError"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("standard error lacks %q:\n%s", want, stderr)
		}
	}
}

func TestGeneratorsGetTheirOptions(t *testing.T) {
	var got []string
	g := func(r *wit.Resolve, world wit.WorldID, opts gogen.Options) ([]gogen.File, diag.List) {
		var with []string
		for name, path := range opts.With {
			with = append(with, name+"="+path)
		}
		slices.Sort(with)
		got = append(got, fmt.Sprintf("%s %s %t %s", r.Worlds[world].Name, opts.ImportPath, opts.Versioned, strings.Join(with, " ")))
		return nil, nil
	}
	status, _, stderr := runWith(t, g, "host", "--import-path=x.y/z", "--out", t.TempDir(), "--world=w2", "--world=w1", "--world=a:b/w2", "--versioned",
		"--with=a:b/one=p/one", "--with=a:b/two=p/two", "--with=a:b/none=p/none", writeWIT(t))
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	want := []string{
		"w2 x.y/z true a:b/none=p/none a:b/two=p/two",
		"w1 x.y/z true a:b/none=p/none a:b/one=p/one",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("calls of the generator (-want +got):\n%s", d)
	}
}

func TestDiagnosticsOfBothSidesComeOnce(t *testing.T) {
	g := func(r *wit.Resolve, world wit.WorldID, _ gogen.Options) ([]gogen.File, diag.List) {
		return nil, diag.List{{Code: diag.AsyncFunction, Span: r.Worlds[world].Span, Message: "async is not supported"}}
	}
	out := filepath.Join(t.TempDir(), "gen")
	status, _, stderr := runWith(t, g, "generate", "--import-path=x.y/z", "--out", out, "--world=w1", "--world=w2", writeWIT(t))
	if status != 1 || strings.Count(stderr, "async is not supported") != 2 {
		t.Errorf("status %d, want 1 and an error for each world:\n%s", status, stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("the folder was made although the run failed")
	}
}

func TestWithIsChecked(t *testing.T) {
	never := func(*wit.Resolve, wit.WorldID, gogen.Options) ([]gogen.File, diag.List) {
		t.Error("the generator ran")
		return nil, nil
	}
	for _, c := range []struct{ flags, want string }{
		{"--with=a:b/one", "write --with ns:pkg/interface=IMPORT-PATH"},
		{"--with=a:b/one=", "an element is empty"},
		{"--with=a:b/one=p q", "' '"},
		{"--with=a:b/one=p --with=a:b/one=q", "names two packages for a:b/one"},
		{"--import-path=/x", "an element is empty"},
		{"--import-path=x/../y", `the element ".."`},
		{"--out=", "--out is empty"},
	} {
		var args []string
		for flag := range strings.SplitSeq(c.flags, " --") {
			args = append(args, "--"+strings.TrimPrefix(flag, "--"))
		}
		args = append([]string{"host", "--world=w1", writeWIT(t)}, args...)
		if !strings.Contains(c.flags, "import-path") {
			args = append(args, "--import-path=x.y/z")
		}
		status, _, stderr := runWith(t, never, args...)
		if status != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: status %d, want 2 and %q:\n%s", c.flags, status, c.want, stderr)
		}
	}
}
