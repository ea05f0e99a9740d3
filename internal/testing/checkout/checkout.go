// Package checkout finds the files of the project for tests and for the programs
// that measure it.
package checkout

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
)

// Module is the path of the project's module.
const Module = "github.com/witgen/witgen"

// Root returns the folder of the project that the current folder's module is or
// depends on. It asks the go command once.
var Root = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", Module).Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", Module, err)
	}
	return strings.TrimSpace(string(out)), nil
})
