package preview1

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/grants"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// guest stands for a guest: memory, and calls of the functions.
type guest struct {
	t   *testing.T
	ctx context.Context
	*System
	memory memory
	heap   uint32
	// worked is told each count of units, and may be nil.
	worked func(units uint64)
}

type memory struct {
	api.Memory
	bytes []byte
}

func (m memory) Read(offset, size uint32) ([]byte, bool) {
	if uint64(offset)+uint64(size) > uint64(len(m.bytes)) {
		return nil, false
	}
	return m.bytes[offset : offset+size : offset+size], true
}

func newGuest(t *testing.T, g *grants.Grants) *guest {
	made := &guest{t: t, ctx: context.Background(), System: New(g), memory: memory{bytes: make([]byte, 1<<20)}, heap: 16}
	t.Cleanup(func() {
		must(t, made.Close(context.Background()))
		if n := g.Descriptors.Used(); n != 0 {
			t.Errorf("%d descriptors are open after Close", n)
		}
	})
	return made
}

// call calls a function.
func (g *guest) call(name string, params ...uint64) errno {
	g.t.Helper()
	for _, f := range functions {
		if f.name == name {
			if len(params) != len(f.params) {
				g.t.Fatalf("%s has %d parameters, not %d", name, len(f.params), len(params))
			}
			return f.run(&call{System: g.System, ctx: g.ctx, mem: g.memory, name: name, stack: params, units: func(_ context.Context, _ string, units uint64) {
				if g.worked != nil {
					g.worked(units)
				}
			}})
		}
	}
	g.t.Fatalf("there is no %s", name)
	return 0
}

// want checks what a function returns.
func (g *guest) want(want errno, name string, params ...uint64) {
	g.t.Helper()
	if got := g.call(name, params...); got != want {
		g.t.Errorf("%s%v returns %d, want %d", name, params, got, want)
	}
}

// room returns a pointer to free memory.
func (g *guest) room(size int) uint64 {
	at := g.heap
	g.heap += uint32(size+15) &^ 15
	clear(g.memory.bytes[at : int(at)+size])
	return uint64(at)
}

// text returns a pointer to a string.
func (g *guest) text(s string) uint64 {
	at := g.room(len(s))
	copy(g.memory.bytes[at:], s)
	return at
}

func (g *guest) u32(at uint64) uint32 { return binary.LittleEndian.Uint32(g.memory.bytes[at:]) }
func (g *guest) u64(at uint64) uint64 { return binary.LittleEndian.Uint64(g.memory.bytes[at:]) }

// vectors returns a pointer to a list of buffers.
func (g *guest) vectors(buffers ...[2]uint64) uint64 {
	at := g.room(8 * len(buffers))
	for n, b := range buffers {
		binary.LittleEndian.PutUint32(g.memory.bytes[int(at)+8*n:], uint32(b[0]))
		binary.LittleEndian.PutUint32(g.memory.bytes[int(at)+8*n+4:], uint32(b[1]))
	}
	return at
}

// write writes a text to a descriptor.
func (g *guest) write(fd uint64, text string) errno {
	g.t.Helper()
	n := g.room(4)
	e := g.call("fd_write", fd, g.vectors([2]uint64{g.text(text), uint64(len(text))}), 1, n)
	if e == success && int(g.u32(n)) != len(text) {
		g.t.Errorf("%d bytes of %d were written", g.u32(n), len(text))
	}
	return e
}

// read reads up to size bytes of a descriptor, into two buffers.
func (g *guest) read(fd uint64, size int) (string, errno) {
	g.t.Helper()
	n, at := g.room(4), g.room(size)
	first := uint64(size / 2)
	e := g.call("fd_read", fd, g.vectors([2]uint64{at, first}, [2]uint64{at + first, uint64(size) - first}), 2, n)
	return string(g.memory.bytes[at:][:g.u32(n)]), e
}

// open opens a path in the first folder, for reading and writing.
func (g *guest) open(path string, how uint64) uint64 {
	g.t.Helper()
	fd := g.room(4)
	g.want(success, "path_open", 3, 1, g.text(path), uint64(len(path)), how, rightRead|rightWrite, 0, 0, fd)
	return uint64(g.u32(fd))
}

// withFolder grants a folder as /data, beside it one for reading, and returns the
// path of the first.
func withFolder(t *testing.T, g *grants.Grants) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "d")
	must(t, os.Mkdir(dir, 0o777))
	for n, path := range []string{"/data", "/read"} {
		f, err := files.OpenFolder(dir, n == 1)
		must(t, err)
		t.Cleanup(func() { must(t, f.Close()) })
		g.Folders = append(g.Folders, grants.Folder{Folder: f, Path: path})
	}
	return dir
}

// traps reports the error that a call panics with.
func traps(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		var ok bool
		if err, ok = recover().(error); !ok {
			t.Error("the guest did not trap")
			err = errors.New("nothing")
		}
	}()
	f()
	return nil
}
