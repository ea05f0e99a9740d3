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
	guests := 0 // to link; none where there is nothing to generate
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
			guests, err = b.writeGuests(folder)
			return err
		},
		stepHost: func() error {
			if guests == 0 {
				return errSkip
			}
			return errors.Join(b.command(".", nil, "go", "build", packages), b.command(".", nil, "go", "vet", packages))
		},
		stepGo: func() error {
			if guests == 0 {
				return errSkip
			}
			if err := b.command(".", wasm, "go", "vet", packages); err != nil {
				return err
			}
			for i := range guests {
				if err := b.command(guestFolder(folder, i), wasm, "go", "build", "-buildmode=c-shared", "-o", "go.wasm", "."); err != nil {
					return err
				}
			}
			return nil
		},
		stepTinyGo: func() error {
			if guests == 0 || b.tinygo == "skip" {
				return errSkip
			}
			for i := range guests {
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

// writeGuests writes main packages from which guests can be linked, and returns
// how many: one for each world that exports something, with all packages that
// export nothing. Two worlds may export one name, which one guest cannot.
func (b *builder) writeGuests(folder string) (int, error) {
	var exporting, others []string // import paths
	err := filepath.WalkDir(filepath.Join(b.dir, folder, "gen"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_guest.wit.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(b.dir, filepath.Dir(file))
		importPath := path.Join("corpus.example", filepath.ToSlash(rel))
		if bytes.Contains(text, []byte("//go:wasmexport ")) {
			exporting = append(exporting, importPath)
		} else {
			others = append(others, importPath)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	guests := [][]string{others}
	if len(exporting) > 0 {
		guests = nil
	}
	for _, world := range exporting {
		guests = append(guests, append([]string{world}, others...))
	}
	for i, imports := range guests {
		var main strings.Builder
		main.WriteString("package main\n\n")
		for _, importPath := range imports {
			fmt.Fprintf(&main, "import _ %q\n", importPath)
		}
		main.WriteString("\nfunc main() {}\n")
		dir := filepath.Join(b.dir, guestFolder(folder, i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(main.String()), 0o666); err != nil {
			return 0, err
		}
	}
	return len(guests), nil
}

func guestFolder(folder string, i int) string { return filepath.Join(folder, "guest", fmt.Sprint(i)) }
