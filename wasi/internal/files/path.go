package files

import (
	"strings"
	"unicode/utf8"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// MaxPath bounds a path, in bytes, as Linux does.
const MaxPath = 4096

// maxLinks bounds the symbolic links that the last element of a path leads through.
const maxLinks = 40

// checkPath checks a path that a guest gives.
func checkPath(path string) error {
	switch {
	case path == "":
		return fault.NoEntry
	case len(path) >= MaxPath:
		return fault.NameTooLong
	case !utf8.ValidString(path):
		return fault.IllegalByteSequence
	case strings.IndexByte(path, 0) >= 0:
		return fault.Invalid
	case path[0] == '/':
		return fault.NotPermitted
	}
	return checkSystemPath(path)
}

// split cuts a path into a folder's path, empty for the folder that it starts from,
// and the name in it, which has no slash. A path that ends in "." or ".." is that
// folder, and its name ".". slash reports whether the path ends in one: it is a
// folder's then, and symbolic links in it are followed.
func split(path string) (dir, name string, slash bool) {
	trimmed := strings.TrimRight(path, "/")
	slash = len(trimmed) < len(path)
	cut := strings.LastIndexByte(trimmed, '/')
	name = trimmed[cut+1:]
	if name == "." || name == ".." {
		if trimmed == "." {
			trimmed = ""
		}
		return trimmed, ".", slash
	}
	if cut >= 0 {
		dir = strings.TrimRight(trimmed[:cut], "/")
	}
	return dir, name, slash
}

// through returns the path that a symbolic link in the folder dir leads to. A target
// that is not relative is not followed.
func through(dir, target string, slash bool) (string, error) {
	path := target
	if err := checkTarget(target); err != nil {
		return "", err
	}
	if dir != "" {
		path = dir + "/" + target
	}
	if slash {
		path += "/"
	}
	if len(path) >= 4*MaxPath {
		return "", fault.NameTooLong
	}
	return path, nil
}

// checkTarget checks the target of a symbolic link, old or new.
func checkTarget(target string) error {
	if target == "" {
		return fault.NoEntry
	}
	if target[0] == '/' {
		return fault.NotPermitted
	}
	if len(target) >= MaxPath {
		return fault.NameTooLong
	}
	return checkSystemPath(target)
}
