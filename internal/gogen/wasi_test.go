package gogen

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// What wasi.txt lists is what the WIT of the published packages has.
func TestPublished(t *testing.T) {
	root := filepath.Join("..", "..")
	result, err := resolve.Dir(filepath.Join(root, "wasi", "wit"), resolve.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	r := result.Resolve
	shapes := abi.New(r)
	version := r.Packages[result.Main].Name.Version
	var lines []string
	for id, iface := range r.Interfaces {
		pkg := r.Packages[iface.Package].Name
		if pkg.Version != version {
			t.Errorf("%s is not of version %s", pkg, version)
		}
		for name, shape := range membersOf(r, wit.InterfaceID(id), shapes) {
			lines = append(lines, fmt.Sprintf("%s:%s/%s %s %016x\n", pkg.Namespace, pkg.Name, iface.Name, name, shape))
		}
		file := filepath.Join(root, layoutDir(pkg, []string{iface.Name}, "v"+wit.VersionTrack(version)), iface.Name+".wit.go")
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), r.QualifiedName(wit.InterfaceID(id))) {
			t.Errorf("the package of %s: %v, and it must name the interface and its version; run go generate ./wasi", r.QualifiedName(wit.InterfaceID(id)), err)
		}
	}
	slices.Sort(lines)
	want := version + "\n" + strings.Join(lines, "")
	if *update {
		if err := os.WriteFile("wasi.txt", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, wasiText); diff != "" {
		t.Errorf("wasi.txt is out of date; run the test with -update (-want +got):\n%s", diff)
	}
}

func TestWASI(t *testing.T) {
	const io = `package wasi:io@%s {
	interface error { resource error { to-debug-string: func() -> string; } }
	interface poll { resource pollable { ready: func() -> bool; block: func(); } poll: func(in: list<borrow<pollable>>) -> list<u32>; }
}
interface mine { use wasi:io/poll@%[1]s.{pollable}; f: func() -> pollable; }
world w { import wasi:io/poll@%[1]s; import mine; }`
	const root = "github.com/witgen/witgen/wasi/io/v0.2/"
	text := func(version string) string { return "package a:b;\n" + fmt.Sprintf(io, version) }
	own := []string{"wasi/io/poll poll", "a/b/mine mine", "a/b/w w"}
	ours := []string{"wasi/io/poll poll " + root + "poll", "a/b/mine mine", "a/b/w w"}
	for _, c := range []struct {
		name, text string
		opts       Options
		want       []string
	}{
		{"the version itself", text("0.2.12"), Options{}, ours},
		{"an earlier one", text("0.2.0"), Options{}, ours},
		{"a later one", text("0.2.13"), Options{}, own},
		{"a candidate", text("0.2.0-rc-2023-11-10"), Options{}, own},
		{"another track", text("0.3.0"), Options{}, own},
		{"without a version", strings.ReplaceAll(text("0.2.0"), "@0.2.0", ""), Options{}, own},
		{"OwnWASI", text("0.2.0"), Options{OwnWASI: true}, own},
		{"With", text("0.2.0"), Options{With: map[string]string{"wasi:io/poll": "acme.com/poll"}},
			[]string{"wasi/io/poll poll acme.com/poll", "a/b/mine mine", "a/b/w w"}},
		{"a function of another type", strings.Replace(text("0.2.0"), "block: func()", "block: func() -> bool", 1), Options{}, own},
		{"a function more", strings.Replace(text("0.2.0"), "poll: func", "more: func(); poll: func", 1), Options{}, own},
		{"fewer functions", strings.Replace(text("0.2.0"), "block: func();", "", 1), Options{}, ours},
		{"what refers to one that With names",
			"package a:b;\n" + `package wasi:io@0.2.0 {
	interface error { resource error { to-debug-string: func() -> string; } }
	interface poll { resource pollable { ready: func() -> bool; } }
	interface streams { use poll.{pollable}; use error.{error}; resource input-stream { subscribe: func() -> pollable; } }
}
world w { import wasi:io/streams@0.2.0; }`,
			Options{With: map[string]string{"wasi:io/poll": "acme.com/poll"}},
			[]string{"wasi/io/poll poll acme.com/poll", "wasi/io/error ioerror " + root + "error", "wasi/io/streams streams", "a/b/w w"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := mustPlan(t, c.text, c.opts)
			if diff := cmp.Diff(c.want, layout(plan)); diff != "" {
				t.Error(diff)
			}
			for _, pkg := range plan.Packages {
				if foreign := !strings.HasPrefix(pkg.ImportPath, "example.com/gen/"); pkg.Foreign != foreign {
					t.Errorf("%s: Foreign is %v", pkg.Source, pkg.Foreign)
				}
			}
		})
	}
}
