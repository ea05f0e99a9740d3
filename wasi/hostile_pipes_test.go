//go:build unix

package wasi_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

// A named pipe in a folder whose other end does nothing holds neither the guest nor the
// host.
func TestHostilePipes(t *testing.T) {
	dir := t.TempDir()
	p := hostilePlugin(t, wasi.Dir(dir, "/"))
	hold := func() *os.File {
		f, err := os.OpenFile(filepath.Join(dir, "pipe"), os.O_RDWR, 0)
		check(t, err)
		return f
	}
	for name, wait := range map[string]func(g *puppet.Guest, pipe uint64){
		"read": func(g *puppet.Guest, pipe uint64) {
			ends(t, g, inputStream+"blocking-read", g.Own(descriptor+"read-via-stream", pipe, 0), 10, g.Room(16))
		},
		"write": func(g *puppet.Guest, pipe uint64) {
			out := g.Own(descriptor+"write-via-stream", pipe, 0)
			fills(g, out)
			ends(t, g, outputStream+"blocking-flush", out, g.Room(16))
		},
		"truncate and seek": func(g *puppet.Guest, pipe uint64) {
			for name, params := range map[string][]uint64{"set-size": {0}, "read": {10, 0}, "write": {g.Room(8), 8, 0}, "advise": {0, 1, 0}} {
				if ok, _ := g.Result(descriptor+name, append([]uint64{pipe}, params...)...); ok {
					t.Errorf("%s of a pipe is ok", name)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			// What another test has written may be in its pipe for a while.
			check(t, ignoreAbsent(os.Remove(filepath.Join(dir, "pipe"))))
			check(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666))
			other := hold()
			g := p.Start(t)
			at, n := g.Text("pipe")
			flags := map[string]uint64{"read": 1, "write": 2, "truncate and seek": 3}[name]
			wait(g, g.Own(descriptor+"open-at", preopened(g), 0, at, n, 0, flags))
			g.Close()
			check(t, other.Close()) // what the guest has written and nobody took is gone
		})
	}
	check(t, os.Remove(filepath.Join(dir, "pipe")))
	check(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666))
	g := p.Start(t)
	at, n := g.Text("pipe")
	// Nobody reads: to open it for writing does not wait.
	if ok, _ := g.Result(descriptor+"open-at", preopened(g), 0, at, n, 0, 2); ok {
		t.Error("a pipe without a reader is open for writing")
	}
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
