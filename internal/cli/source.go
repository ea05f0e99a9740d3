package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/input"
	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/parser/resolve"
)

// dash is the path that stands for standard input, or standard output.
const dash = "-"

// stdinName is how messages call standard input.
const stdinName = "<standard input>"

// errStdinTwice is the error of a command line that reads standard input twice.
var errStdinTwice = errors.New("- is standard input, which can be read once only: name a file in its place")

// shown returns how messages call the file of a path.
func shown(path string) string {
	if path == dash {
		return stdinName
	}
	return path
}

// read returns the content of a file, or of standard input for -. It reads no more
// than the parser or package component take: of a file that starts like WebAssembly
// input.MaxWasm bytes, of any other one byte more than WIT may have. The error is a
// diag.List that names the file.
func (a *app) read(path string) ([]byte, error) {
	if path == dash {
		if a.stdinRead {
			return nil, errStdinTwice
		}
		a.stdinRead = true
		content, err := readSource(a.stdin)
		if err != nil {
			return nil, resolve.FileError(stdinName, err)
		}
		return content, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, resolve.FileError(path, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, resolve.FileError(path, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a folder")})
	}
	content, err := readSource(file)
	if err != nil {
		return nil, resolve.FileError(path, err)
	}
	return content, nil
}

// readSource reads WIT or WebAssembly.
func readSource(r io.Reader) ([]byte, error) {
	head := make([]byte, 8)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		return head, err
	}
	whole := io.MultiReader(bytes.NewReader(head), r)
	if component.FormOf(head) != component.NotWasm {
		return input.ReadAll(whole, input.MaxWasm)
	}
	// What is more than WIT may have, and not WebAssembly, is for the parser to refuse.
	return input.ReadAll(io.LimitReader(whole, parser.MaxFileSize+1), parser.MaxFileSize+1)
}

// isFolder reports whether a path is that of a folder.
func isFolder(path string) bool {
	if path == dash {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readModule reads a core module and checks it.
func (a *app) readModule(path string) ([]byte, *component.Module, error) {
	wasm, err := a.read(path)
	if err != nil {
		return nil, nil, err
	}
	if component.FormOf(wasm) == component.ComponentForm {
		return nil, nil, wrong(fmt.Errorf("%s: this is a component, and a core module is needed", shown(path)))
	}
	module, err := component.ReadModule(wasm)
	if err != nil {
		return nil, nil, binaryMistake(path, wasm, err)
	}
	return wasm, module, nil
}

// binaryMistake returns an error of package component about a file as a diagnostic,
// which names the file, since an offset is no line and column.
func binaryMistake(path string, wasm []byte, err error) error {
	var bad *component.Error
	if !errors.As(err, &bad) {
		return wrong(fmt.Errorf("%s: %w", shown(path), err))
	}
	d := &diag.Diagnostic{Code: diag.InvalidBinary, File: shown(path), Message: err.Error()}
	if bad.Malformed {
		d.Code = diag.MalformedBinary
	}
	switch form := component.FormOf(wasm); form {
	case component.NotWasm:
		d.Code = diag.MalformedBinary
		d.Message = "this is no WebAssembly: it does not start with the bytes 00 61 73 6d"
	case component.OtherWasm:
		d.Code = diag.MalformedBinary
	case component.CoreForm:
		if m, err := component.ReadModule(wasm); err == nil && !m.HasWIT {
			d.Code = diag.NoWIT
			d.Message = "this is a core module that carries no WIT"
			d.Hint("witgen component embed puts a world into a core module, and witgen build compiles a guest with its world inside")
		}
	case component.ComponentForm:
	default:
		panic(fmt.Sprintf("cli: unhandled form %d", form))
	}
	return diag.List{d}
}
