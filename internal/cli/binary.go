package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
)

// isBinary reports whether a file is WebAssembly, or ought to be: it starts like it, or
// its name ends in .wasm.
func isBinary(path string, content []byte) bool {
	return component.FormOf(content) != component.NotWasm || filepath.Ext(path) == ".wasm"
}

// readBinary returns the contents of a WebAssembly file, and nil for a folder or any
// other file.
func readBinary(path string) ([]byte, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil || !isBinary(path, content) {
		return nil, err
	}
	return content, nil
}

// binaryMistake returns an error of package component about a file as a diagnostic,
// which names the file, since an offset is no line and column.
func binaryMistake(path string, wasm []byte, err error) error {
	var bad *component.Error
	if !errors.As(err, &bad) {
		return fmt.Errorf("%s: %w", path, err)
	}
	d := &diag.Diagnostic{Code: diag.InvalidBinary, Message: fmt.Sprintf("%s: %v", path, err)}
	form := component.FormOf(wasm)
	if bad.Malformed {
		d.Code = diag.MalformedBinary
	}
	switch form {
	case component.NotWasm:
		d.Code = diag.MalformedBinary
		d.Message = path + ": this is no WebAssembly: it does not start with the bytes 00 61 73 6d"
	case component.OtherWasm:
		d.Code = diag.MalformedBinary
	case component.CoreForm:
		if m, err := component.ReadModule(wasm); err == nil && !m.HasWIT {
			d.Code = diag.NoWIT
			d.Message = path + ": this is a core module that carries no WIT"
			d.Hint("witgen component embed puts a world into a core module, and witgen build compiles a guest with its world inside")
		}
	case component.ComponentForm:
	default:
		panic(fmt.Sprintf("cli: unhandled form %d", form))
	}
	return diag.List{d}
}
