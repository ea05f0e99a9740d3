// Command sizes prints how large the guests of two worlds are by witgen's bindings
// and by those of wit-bindgen-go: the same logic, TinyGo and flags.
//
// The worlds lie in wit, the guests in the module guests, and the others in the module
// internal/testing/secondguest. Both have short names, since a guest holds the names of
// its types with their packages' paths.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/witgen/witgen/internal/testing/checkout"
	"github.com/witgen/witgen/internal/testing/nested"
)

// guests are the folders of the guests, and what they are called in the table.
var guests = []struct{ folder, title string }{
	{"calculator", "calculator with eval (3 functions)"},
	{"shops", "shop (30 functions, a resource)"},
}

// collectors are TinyGo's garbage collectors that are measured.
var collectors = []string{"leaking", "conservative"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sizes:", err)
		os.Exit(1)
	}
}

func run() error {
	tinygo := os.Getenv("WITGEN_TINYGO")
	if tinygo == "" || tinygo == "skip" {
		return fmt.Errorf("WITGEN_TINYGO is to name a TinyGo")
	}
	root, err := checkout.Root()
	if err != nil {
		return err
	}
	ours := filepath.Join(root, "internal", "testing", "sizes")
	if err := nested.Generate(filepath.Join(ours, "guests")); err != nil {
		return err
	}
	theirs, err := os.MkdirTemp("", "witgen-sizes")
	if err != nil {
		return err
	}
	defer os.RemoveAll(theirs)
	if err := secondModule(theirs, ours); err != nil {
		return err
	}
	version, err := exec.Command(tinygo, "version").Output()
	if err != nil {
		return fmt.Errorf("%s: %w", tinygo, err)
	}
	fmt.Printf("%s, %s; bytes.\n\n", strings.TrimSpace(string(version)), strings.Join(flags, " "))
	fmt.Println("| guest | -gc | witgen | wit-bindgen-go | ratio | wit-bindgen-go with cabi_realloc | ratio |")
	fmt.Println("|---|---|--:|--:|--:|--:|--:|")
	for _, guest := range guests {
		for _, gc := range collectors {
			var sizes [3]int
			for i, folder := range []string{
				filepath.Join(ours, "guests", guest.folder),
				filepath.Join(theirs, guest.folder),
				filepath.Join(theirs, guest.folder, "callable"),
			} {
				if sizes[i], err = size(tinygo, folder, gc); err != nil {
					return err
				}
			}
			own, plain, callable := sizes[0], sizes[1], sizes[2]
			fmt.Printf("| %s | %s | %d | %d | %.3f | %d | %.3f |\n", guest.title, gc,
				own, plain, float64(own)/float64(plain), callable, float64(own)/float64(callable))
		}
	}
	return nil
}

// flags are what docs/guests.md recommends, beside the collector.
var flags = []string{"-target=wasm-unknown", "-scheduler=none", "-opt=z", "-no-debug"}

// size builds the guest in a folder and returns the number of its bytes.
func size(tinygo, folder, gc string) (int, error) {
	dir, err := os.MkdirTemp("", "witgen-size")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "guest.wasm")
	cmd := exec.Command(tinygo, append(append([]string{"build", "-gc=" + gc, "-o", out}, flags...), ".")...)
	cmd.Dir = folder
	if text, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building %s: %w\n%s", folder, err, text)
	}
	info, err := os.Stat(out)
	if err != nil {
		return 0, err
	}
	return int(info.Size()), nil
}

// secondModule copies the module internal/testing/secondguest to dir and generates the
// bindings of the worlds there. Beside each guest it puts a second one, callable,
// which is the same with a cabi_realloc: without that no host can pass it a string.
func secondModule(dir, ours string) error {
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(ours, "..", "secondguest"))); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, "gen"), 0o755); err != nil {
		return err
	}
	for _, guest := range guests {
		cmd := exec.Command("go", "tool", "wit-bindgen-go", "generate", "--world", guest.folder, "--out", "gen",
			"--package-root", "example.com/second/gen", filepath.Join(ours, "wit"))
		cmd.Dir = dir
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("wit-bindgen-go: %w\n%s", err, text)
		}
		text, err := os.ReadFile(filepath.Join(dir, guest.folder, "main.go"))
		if err != nil {
			return err
		}
		callable := strings.Replace(string(text), "import (", "import (\n\t_ \"example.com/second/realloc\"", 1)
		if err := os.Mkdir(filepath.Join(dir, guest.folder, "callable"), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, guest.folder, "callable", "main.go"), []byte(callable), 0o644); err != nil {
			return err
		}
	}
	return nil
}
