// Package nested runs the modules below internal/testing whose Go code imports
// bindings that nobody checks in: internal/testing/generated and the guests of
// internal/testing/sizes. The go command leaves nested modules out of ./..., so a
// clean clone builds and vets; the tests of this package and of sizes generate the
// bindings anew in each run, and what does not change is not written.
package nested

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	// The generator that go generate builds. As an import, its changes reach the
	// cache of test results.
	_ "github.com/witgen/witgen/internal/cli"
)

// InputsVariable names the environment variable that holds the hash of all that the
// tests of a nested module depend on. The go command keeps the result of a test until
// a variable that it read changes, or a file of the test's own module.
const InputsVariable = "WITGEN_INPUTS"

// Generate runs the go:generate lines of the package in a folder, the root of a module. It
// leaves alone what lies below: go generate lists packages before it runs a line, and
// fails if the line removes one.
func Generate(dir string) error {
	cmd := Command(dir, "generate", ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go generate in %s: %w\n%s", dir, err, out)
	}
	return nil
}

// Command returns the go command for the module in a folder.
func Command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	return cmd
}

// Inputs returns a hash of the files below the folder root that a test may depend on:
// all but those of hidden folders, bin and docs. It reads them by itself, so that the
// go command runs a test that calls it anew where one has changed.
func Inputs(root string) (string, error) {
	hash := sha256.New()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"bin", "docs"}, entry.Name())):
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		fmt.Fprintf(hash, "\n%s\n", path)
		_, err = io.Copy(hash, file)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}
