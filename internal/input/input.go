// Package input reads files and folders of any size and kind within limits. What
// others wrote may be endless, as a pipe or /dev/zero is.
package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// The most that is read.
const (
	// MaxWasm is how many bytes a WebAssembly file may have.
	MaxWasm = 128 << 20
	// MaxWIT is how many bytes all WIT of a run may have.
	MaxWIT = 64 << 20
	// MaxEntries is how many entries a folder may have.
	MaxEntries = 100_000
)

// TooLarge is the error for an input that holds more than Limit of What.
type TooLarge struct {
	Limit int64
	What  string // "bytes", "entries"
}

// Error names the limit.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("there are more than %d %s, and no more are read", e.Limit, e.What)
}

// ReadAll returns what r holds. Where that is more than limit bytes, it reads one byte
// more and returns a *TooLarge. It keeps what it has read in pieces until it has all of
// it: a buffer that grows would take several times the memory.
func ReadAll(r io.Reader, limit int64) ([]byte, error) {
	r = io.LimitReader(r, limit+1)
	var pieces [][]byte
	total := int64(0)
	for size := 8 << 10; ; size = min(2*size, 4<<20) {
		piece := make([]byte, size)
		n, err := io.ReadFull(r, piece)
		pieces = append(pieces, piece[:n])
		if total += int64(n); total > limit {
			return nil, &TooLarge{limit, "bytes"}
		}
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if len(pieces) == 1 {
		return pieces[0], nil
	}
	return bytes.Join(pieces, nil), nil
}

// ReadFile returns the content of a regular file of fsys. It opens nothing else: a pipe
// that nobody writes to would wait for ever.
func ReadFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: ErrNotRegular}
	}
	if info.Size() > limit {
		return nil, &TooLarge{limit, "bytes"}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(f, limit)
}

// ErrNotRegular is the error of a pipe, a device or a folder in place of a file.
var ErrNotRegular = errors.New("it is not a regular file")

// ReadDir returns the entries of a folder of fsys, sorted by name.
func ReadDir(fsys fs.FS, name string) ([]fs.DirEntry, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("it is not a folder")}
	}
	var entries []fs.DirEntry
	for {
		more, err := dir.ReadDir(1000)
		entries = append(entries, more...)
		if len(entries) > MaxEntries {
			return nil, &TooLarge{MaxEntries, "entries"}
		}
		if err == io.EOF || err == nil && len(more) == 0 {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
