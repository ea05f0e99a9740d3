// Command corpus generates bindings for every WIT package in a folder, builds and
// vets them, and prints a table of what works and what does not.
//
//	corpus FOLDER
//
// A package is a folder of .wit files, with its folder deps, or a single .wit
// file where those of its folder are not one package. What a package has no world
// for is put into a world that imports and exports all of its interfaces. All
// features are active.
//
// The columns of the table are: resolve, generate (both sides), host (go build and
// go vet), go (go vet for wasip1, and a guest linked by standard Go), tinygo (a
// guest linked for wasm-unknown). WITGEN_TINYGO names the TinyGo; skip leaves it
// out. The exit status is 1 where something failed. Asynchronous functions and
// types are not supported and count as async, not as failures.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/witgen/witgen/internal/testing/checkout"
	"github.com/witgen/witgen/wit"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: corpus FOLDER")
		os.Exit(2)
	}
	ok, err := run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(dir string) (ok bool, err error) {
	packages, err := findPackages(dir)
	if err != nil {
		return false, err
	}
	if len(packages) == 0 {
		return false, fmt.Errorf("%s: there are no WIT packages", dir)
	}
	b, err := newBuilder()
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(b.dir)

	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for i, p := range packages {
		wait.Add(1)
		slots <- struct{}{}
		go func() {
			defer wait.Done()
			b.build(fmt.Sprintf("p%d", i), p)
			<-slots
		}()
	}
	wait.Wait()
	return report(packages), nil
}

// The steps, in order. A step that does not run because one before it failed has
// no outcome.
const (
	stepResolve = iota
	stepGenerate
	stepHost
	stepGo
	stepTinyGo
	stepCount
)

var stepNames = [stepCount]string{"resolve", "generate", "host", "go", "tinygo"}

// witPackage is a package of the corpus and what became of it.
type witPackage struct {
	name string // for people
	path string
	// outcomes holds "ok", "async", "FAIL" or "skip" for each step that ran.
	outcomes [stepCount]string
	why      string // of the first failure
}

// report prints the table, and returns whether nothing failed.
func report(packages []*witPackage) bool {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "package\t%s\twhy\n", strings.Join(stepNames[:], "\t"))
	failed, async := 0, 0
	for _, p := range packages {
		cells := p.outcomes
		for i, outcome := range cells {
			if outcome == "" {
				cells[i] = "-"
			}
		}
		why, _, _ := strings.Cut(p.why, "\n")
		fmt.Fprintf(out, "%s\t%s\t%s\n", p.name, strings.Join(cells[:], "\t"), why)
		switch {
		case slices.Contains(cells[:], "FAIL"):
			failed++
		case slices.Contains(cells[:], "async"):
			async++
		}
	}
	out.Flush()
	for _, p := range packages {
		if strings.Contains(p.why, "\n") && slices.Contains(p.outcomes[:], "FAIL") {
			fmt.Printf("\n%s:\n%s\n", p.name, p.why)
		}
	}
	fmt.Printf("\n%d passed, %d failed, %d skipped\n", len(packages)-failed-async, failed, async)
	if async > 0 {
		fmt.Println("skipped: asynchronous functions, streams and futures are not supported")
	}
	return failed == 0
}

// builder builds packages in a Go module of its own.
type builder struct {
	dir    string
	tinygo string
}

// newBuilder makes a module that uses this checkout of witgen and what it
// requires.
func newBuilder() (*builder, error) {
	tinygo := os.Getenv("WITGEN_TINYGO")
	if tinygo == "" {
		tinygo = "skip"
	}
	root, err := checkout.Root()
	if err != nil {
		return nil, err
	}
	own, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return nil, err
	}
	_, requires, _ := strings.Cut(string(own), "\nrequire")
	goMod := fmt.Sprintf("module corpus.example\n\ngo 1.26.5\n\nrequire github.com/witgen/witgen v0.0.0\n\nreplace github.com/witgen/witgen => %s\n\nrequire%s", root, requires)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o666); err != nil {
		return nil, err
	}
	return &builder{dir: dir, tinygo: tinygo}, os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o666)
}

// command runs a program in a folder of the module, and returns its output where
// it fails.
func (b *builder) command(folder string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = filepath.Join(b.dir, folder)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	cmd.Env = append(cmd.Env, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// worldsOf returns the worlds of the package as the command line names them.
func worldsOf(r *wit.Resolve, main wit.PackageID) []string {
	var names []string
	for _, id := range r.Packages[main].Worlds {
		names = append(names, r.Worlds[id].Name)
	}
	return names
}
