// Package goldentest generates the code of the golden files: a txtar archive for
// each construct of WIT, with the WIT text and the Go files of both sides. The
// golden files lie in testdata/golden; the test of this package compares them,
// and compiles and vets what they hold.
package goldentest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/gogen/neutral"
	"github.com/witgen/witgen/internal/testing/checkout"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// Generator makes the files of a world.
type Generator func(r *wit.Resolve, world wit.WorldID, opts gen.Options) ([]gen.File, diag.List)

// Neutral makes the neutral files alone.
func Neutral(r *wit.Resolve, world wit.WorldID, opts gen.Options) ([]gen.File, diag.List) {
	plan, diags := gogen.NewPlan(r, world, opts)
	if len(diags) > 0 {
		return nil, diags
	}
	var files []gen.File
	for _, pkg := range plan.Packages {
		if !pkg.Foreign {
			files = append(files, neutral.Generate(plan, pkg))
		}
	}
	return files, nil
}

// Input is the file of an archive that holds the WIT text.
const Input = "input.wit"

// IsInput reports whether a file of an archive is written by people: the WIT
// text, and the Go tests of what is generated.
func IsInput(f txtar.File) bool {
	return f.Name == Input || strings.HasSuffix(f.Name, "_test.go")
}

// Generate runs generators for an archive's WIT and returns their files in the
// order of their paths. Lines "key: value" of the archive's comment are
// settings: world (else every world of the main package), versioned, and optional.
// importPath is that of the output folder. It is an error if two generators, or
// two worlds, make different files of one path.
func Generate(archive *txtar.Archive, importPath string, generators ...Generator) ([]gen.File, error) {
	settings := settingsOf(string(archive.Comment))
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == Input })
	if i < 0 {
		return nil, fmt.Errorf("there is no %s", Input)
	}
	result, err := resolve.Source(Input, string(archive.Files[i].Data), resolve.Options{})
	if err != nil {
		return nil, err
	}
	opts := gen.Options{ImportPath: importPath, Versioned: settings["versioned"] == "true", Optional: strings.Fields(settings["optional"])}
	byPath := map[string]gen.File{}
	for _, id := range result.Resolve.Packages[result.Main].Worlds {
		if name := settings["world"]; name != "" && result.Resolve.Worlds[id].Name != name {
			continue
		}
		for _, generate := range generators {
			files, diags := generate(result.Resolve, id, opts)
			if err := diags.Err(); err != nil {
				return nil, err
			}
			for _, f := range files {
				if other, ok := byPath[f.Path]; ok && !bytes.Equal(other.Content, f.Content) {
					return nil, fmt.Errorf("%s comes out in two ways:\n%s\n%s", f.Path, other.Content, f.Content)
				}
				byPath[f.Path] = f
			}
		}
	}
	var files []gen.File
	for _, f := range byPath {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b gen.File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

func settingsOf(comment string) map[string]string {
	settings := map[string]string{}
	for line := range strings.Lines(comment) {
		if key, value, ok := strings.Cut(line, ": "); ok {
			settings[key] = strings.TrimSpace(value)
		}
	}
	return settings
}

// Replace returns the archive with files in place of its output.
func Replace(archive *txtar.Archive, files []gen.File) *txtar.Archive {
	replaced := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if IsInput(f) {
			replaced.Files = append(replaced.Files, f)
		}
	}
	for _, f := range files {
		replaced.Files = append(replaced.Files, txtar.File{Name: f.Path, Data: f.Content})
	}
	return replaced
}

// WriteModule writes the go.mod and go.sum of a module example.com in dir that
// uses the witgen in another folder, with all that this one needs. It takes what is needed
// from the project's own files.
func WriteModule(dir, witgen string) error {
	abs, err := filepath.Abs(witgen)
	if err != nil {
		return err
	}
	root, err := checkout.Root()
	if err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	const module = checkout.Module
	text := regexp.MustCompile(`(?m)^(module .*|tool .*)$`).ReplaceAllString(string(mod), "")
	text = "module example.com\n" + text + "\nrequire " + module + " v0.0.0\nreplace " + module + " => " + abs + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}
