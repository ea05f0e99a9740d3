package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/witgen/witgen/internal/input"
)

// importPathOf returns the import path of the folder out, which need not exist:
// that of the module whose go.mod lies nearest above it, and the way from there.
func importPathOf(out string) (string, error) {
	abs, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, "go.mod")
		content, err := input.ReadFile(os.DirFS(dir), "go.mod", 1<<20)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			if filepath.Dir(dir) == dir {
				return "", fmt.Errorf("no go.mod lies in %s or above it, so the import path of the generated packages is not known: "+
					"run go mod init first, or pass --import-path", abs)
			}
			continue
		}
		if err != nil {
			return "", err
		}
		module, err := modulePath(content)
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		rel, err := filepath.Rel(dir, abs)
		if err != nil {
			return "", err
		}
		importPath := path.Join(module, filepath.ToSlash(rel))
		if err := checkImportPath(importPath); err != nil {
			return "", fmt.Errorf("%s: %w: choose another --out, or pass --import-path", out, err)
		}
		return importPath, nil
	}
}

// modulePath returns the path in the module line of a go.mod.
func modulePath(goMod []byte) (string, error) {
	for scanner := bufio.NewScanner(bytes.NewReader(goMod)); scanner.Scan(); {
		text, _, _ := strings.Cut(scanner.Text(), "//")
		fields := strings.Fields(text)
		if len(fields) != 2 || fields[0] != "module" {
			continue
		}
		if quote := fields[1][0]; quote != '"' && quote != '`' {
			return fields[1], nil
		}
		unquoted, err := strconv.Unquote(fields[1])
		if err != nil {
			return "", fmt.Errorf("the module line cannot be read: %s", scanner.Text())
		}
		return unquoted, nil
	}
	return "", errors.New("there is no module line")
}

// checkImportPath refuses what Go refuses in an import path.
func checkImportPath(p string) error {
	for _, elem := range strings.Split(p, "/") {
		switch {
		case elem == "":
			return fmt.Errorf("%q is no import path: an element is empty", p)
		case elem == "." || elem == "..":
			return fmt.Errorf("%q is no import path: it has the element %q", p, elem)
		case strings.HasSuffix(elem, "."):
			return fmt.Errorf("%q is no import path: %q ends in a dot", p, elem)
		}
		for _, r := range elem {
			if r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._~+", r) {
				return fmt.Errorf("%q is no import path: it has the character %q", p, r)
			}
		}
	}
	return nil
}
