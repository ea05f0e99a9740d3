// Package doctest tests that what the documentation shows is true.
package doctest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/witgen/witgen/gen/guest"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/internal/testing/goldentest"
)

const root = "../../.."

// fences finds the fenced blocks of a page.
var fences = regexp.MustCompile("(?ms)^```([^\n]+)\n(.*?)^```$")

// blocks returns the blocks of a page that are of the given kind.
func blocks(t *testing.T, page, kind string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range fences.FindAllStringSubmatch(string(text), -1) {
		if m[1] == kind {
			list = append(list, m[2])
		}
	}
	if len(list) == 0 {
		t.Fatalf("%s has no block of %s", page, kind)
	}
	return list
}

// packages are what the blocks of docs/mapping.md may refer to.
var packages = []string{
	"context", "errors", "strconv",
	"github.com/witgen/witgen/canonicalabi/host",
	"github.com/witgen/witgen/canonicalabi/host/bind",
	"github.com/witgen/witgen/canonicalabi/types",
	"example.com/gen/docs/mapping/kinds",
	"example.com/gen/docs/mapping/mapping",
}

// program makes a Go file of blocks.
func program(constraint, name string, blocks []string) string {
	body := strings.Join(blocks, "\n")
	var b strings.Builder
	fmt.Fprintf(&b, "//go:build %s\n\npackage %s\n\nimport (\n", constraint, name)
	for _, path := range packages {
		if regexp.MustCompile(`\b` + filepath.Base(path) + `\.[A-Z]`).MatchString(body) {
			fmt.Fprintf(&b, "%q\n", path)
		}
	}
	b.WriteString(")\n\n" + body)
	return b.String()
}

// The WIT of docs/mapping.md is one interface, its host blocks are one package
// and its guest blocks one guest, and all of it compiles and vets.
func TestMapping(t *testing.T) {
	const page = "docs/mapping.md"
	wit := "package docs:mapping@1.0.0;\ninterface kinds {\n" + strings.Join(blocks(t, page, "wit"), "\n") + "}\nworld mapping { export kinds; }\n"
	archive := &txtar.Archive{Files: []txtar.File{{Name: goldentest.Input, Data: []byte(wit)}}}
	files, err := goldentest.Generate(archive, "example.com/gen", host.Generate, guest.Generate)
	if err != nil {
		t.Fatalf("%v\n%s", err, wit)
	}
	dir := t.TempDir()
	if err := goldentest.WriteModule(dir, root); err != nil {
		t.Fatal(err)
	}
	sources := map[string][]byte{
		"host/host.go":   []byte(program("!(wasm || tinygo.wasm)", "usage", blocks(t, page, "go host"))),
		"guest/guest.go": []byte(program("wasm || tinygo.wasm", "main", blocks(t, page, "go guest"))),
	}
	for _, f := range files {
		sources["gen/"+f.Path] = f.Content
	}
	for name, text := range sources {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, env := range [][]string{nil, {"GOOS=wasip1", "GOARCH=wasm"}} {
		cmd := exec.Command("go", "vet", "./...")
		cmd.Dir = dir
		cmd.Env = slices.Concat(os.Environ(), []string{"GOFLAGS=-mod=mod", "GOPROXY=off"}, env)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s go vet: %v\n%s", strings.Join(env, " "), err, out)
		}
	}
}

// What docs/publishing.md shows is in the script that runs it.
func TestPublishing(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, "cmd/witgen/testdata/script/publish.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"go", "wit"} {
		for _, block := range blocks(t, "docs/publishing.md", kind) {
			if !strings.Contains(string(script), block) {
				t.Errorf("publish.txtar does not hold\n%s", block)
			}
		}
	}
}
