package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/witgen/witgen/internal/cli"
	"github.com/witgen/witgen/parser/resolve"
)

// build takes a package through the steps, in a folder of the module.
func (b *builder) build(folder string, p *witPackage) {
	for step, do := range b.steps(folder, p) {
		var async errAsync
		switch err := do(); {
		case err == nil:
			p.outcomes[step] = "ok"
		case errors.Is(err, errSkip):
			p.outcomes[step] = "skip"
		case errors.As(err, &async):
			p.outcomes[step], p.why = "async", async.what
			return
		default:
			p.outcomes[step], p.why = "FAIL", err.Error()
			return
		}
	}
}

// errSkip is the outcome of a step with nothing to do.
var errSkip = errors.New("skip")

// errAsync is the outcome for what is asynchronous.
type errAsync struct{ what string }

func (e errAsync) Error() string { return e.what }

// steps returns the steps in order. Each uses what those before it found.
func (b *builder) steps(folder string, p *witPackage) [stepCount]func() error {
	var result *resolve.Result
	var worlds []string // import paths of the worlds' packages that export something
	generated := false
	here := filepath.Join(b.dir, folder)
	packages := "./" + folder + "/gen/..."
	wasm := []string{"GOOS=wasip1", "GOARCH=wasm"}
	return [stepCount]func() error{
		stepResolve: func() (err error) {
			result, err = resolve.Dir(p.path, allFeatures)
			return err
		},
		stepGenerate: func() error {
			if err := os.MkdirAll(here, 0o777); err != nil {
				return err
			}
			input, err := withWorld(p, result, filepath.Join(here, "wit"))
			if err != nil || input == "" {
				return errors.Join(err, emptyPackage(input))
			}
			if err := generate(input, filepath.Join(here, "gen"), worldsOf(result.Resolve, result.Main)); err != nil {
				return err
			}
			generated = true
			worlds, err = b.writeGuests(folder)
			return err
		},
		stepHost: func() error {
			if !generated {
				return errSkip
			}
			return errors.Join(b.command(".", nil, "go", "build", packages), b.command(".", nil, "go", "vet", packages))
		},
		stepGo: func() error {
			if !generated {
				return errSkip
			}
			if err := b.command(".", wasm, "go", "vet", packages); err != nil {
				return err
			}
			for i := range worlds {
				if err := b.command(guestFolder(folder, i), wasm, "go", "build", "-buildmode=c-shared", "-o", "go.wasm", "."); err != nil {
					return err
				}
			}
			return nil
		},
		stepTinyGo: func() error {
			if len(worlds) == 0 || b.tinygo == "skip" {
				return errSkip
			}
			for i := range worlds {
				if err := b.command(guestFolder(folder, i), nil, b.tinygo, "build", "-target=wasm-unknown",
					"-gc=conservative", "-scheduler=none", "-no-debug", "-o", "tinygo.wasm", "."); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func emptyPackage(input string) error {
	if input == "" {
		return errSkip
	}
	return nil
}

// Codes of the diagnostics for what is asynchronous: AsyncFunction, StreamType,
// FutureType and ErrorContextType.
var (
	anyCode   = regexp.MustCompile(`error\[([A-Z]\d+)\]: (.*)`)
	asyncCode = []string{"G0101", "G0102", "G0103", "G0104"}
)

// generate runs witgen generate for all worlds.
func generate(input, out string, worlds []string) error {
	args := []string{"generate", "--all-features", "--out", out}
	for _, world := range worlds {
		args = append(args, "--world", world)
	}
	var stdout, stderr bytes.Buffer
	if cli.Run(append(args, input), strings.NewReader(""), &stdout, &stderr) == 0 {
		return nil
	}
	found := anyCode.FindAllStringSubmatch(stderr.String(), -1)
	other := slices.IndexFunc(found, func(m []string) bool { return !slices.Contains(asyncCode, m[1]) })
	if len(found) > 0 && other < 0 {
		return errAsync{found[0][2]}
	}
	return fmt.Errorf("witgen generate:\n%s", stderr.String())
}

// writeGuests writes a main package for each world that was generated, so that
// its guest can be linked. It returns the import paths of the worlds' packages.
func (b *builder) writeGuests(folder string) ([]string, error) {
	var worlds []string
	err := filepath.WalkDir(filepath.Join(b.dir, folder, "gen"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_guest.wit.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !bytes.Contains(text, []byte("//go:wasmexport ")) {
			return nil // an interface, or a world that exports nothing
		}
		rel, err := filepath.Rel(b.dir, filepath.Dir(file))
		worlds = append(worlds, path.Join("corpus.example", filepath.ToSlash(rel)))
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, world := range worlds {
		dir := filepath.Join(b.dir, guestFolder(folder, i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		main := fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", world)
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(main), 0o666); err != nil {
			return nil, err
		}
	}
	return worlds, nil
}

func guestFolder(folder string, i int) string { return filepath.Join(folder, "guest", fmt.Sprint(i)) }
