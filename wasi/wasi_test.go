package wasi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/wasi"
)

// Where the guest has its strings and results.
const (
	target  = 512 // of a symbolic link
	name    = 600
	buffer  = 2048
	results = 256
)

// guest is a guest whose run makes calls of WASI preview 1 and returns the error number
// of the last, and above it the 32 bits at results.
type guest struct {
	hosttest.Guest
	code []wasmtest.Code
}

func newGuest() *guest { return &guest{} }

// call adds a call.
func (g *guest) call(function, signature string, params ...wasmtest.Code) *guest {
	f := g.Module.Import("wasi_snapshot_preview1", function, signature)
	g.code = append(g.code, wasmtest.Seq(params...), wasmtest.Call(f), wasmtest.I64ExtendU, wasmtest.Set(1))
	return g
}

func (g *guest) bytes() []byte {
	g.Heap = g.Global("i32", wasmtest.I32(1<<15))
	g.Data(target, []byte("../../../../../../../../etc/hostname"))
	g.Data(name, []byte("file"))
	g.Define("run", "i64", wasmtest.Seq(g.code...),
		wasmtest.I32(results), wasmtest.Load64(0), wasmtest.I64(1000), wasmtest.I64Mul, wasmtest.Get(1), wasmtest.I64Add)
	return g.Bytes()
}

func i32(n uint32) wasmtest.Code { return wasmtest.I32(n) }

// reads reads up to 16 bytes of a descriptor into the buffer.
func (g *guest) reads(fd wasmtest.Code) *guest {
	g.code = append(g.code, hosttest.Words(results+16, buffer, 16))
	return g.call("fd_read", "i32 i32 i32 i32 -> i32", fd, i32(results+16), i32(1), i32(results))
}

// writes writes the name to a descriptor.
func (g *guest) writes(fd uint32) *guest {
	g.code = append(g.code, hosttest.Words(results+16, name, 4))
	return g.call("fd_write", "i32 i32 i32 i32 -> i32", i32(fd), i32(results+16), i32(1), i32(results))
}

// opens opens the file in the first folder, following links.
func (g *guest) opens(rights uint64) *guest {
	return g.call("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32 -> i32",
		i32(3), i32(1), i32(name), i32(4), i32(0), wasmtest.I64(rights), wasmtest.I64(0), i32(0), i32(results))
}

// What preview 1 does for a guest takes fuel, by its size.
func TestWorkTakesFuel(t *testing.T) {
	for fuel, want := range map[uint64]bool{20 * 60 << 10: false, 30 * 60 << 10: true} {
		g := newGuest()
		for range 20 {
			g.call("random_get", "i32 i32 -> i32", i32(buffer), i32(60<<10))
		}
		plugin := compile(t, g, host.Fuel(fuel))
		inst, err := plugin.Instantiate(t.Context(), subject.Imports{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = inst.Run(t.Context(), 0)
		var limit *host.LimitError
		if ok := err == nil; ok != want || !ok && (!errors.As(err, &limit) || limit.Limit != "fuel" || !limit.Fatal) {
			t.Errorf("with fuel of %d: %v", fuel, err)
		}
	}
}

func compile(t *testing.T, g *guest, opts ...host.Option) *subject.Plugin {
	t.Helper()
	p, err := subject.Compile(context.Background(), g.bytes(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// run starts an instance and calls it, and returns the error number and the result.
func run(t *testing.T, p *subject.Plugin, opts ...host.Option) (errno, result uint64) {
	t.Helper()
	inst, err := p.Instantiate(context.Background(), (&hosttest.Host{}).Imports(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	n, err := inst.Run(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.Close(context.Background()); err != nil {
		t.Error(err)
	}
	return n % 1000, n / 1000 & (1<<32 - 1)
}

// A guest cannot make a way out of its folder, as wazero's own WASI lets it.
func TestNoWayOut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a right on Windows")
	}
	dir := t.TempDir()
	g := newGuest().
		call("path_symlink", "i32 i32 i32 i32 i32 -> i32", i32(target), i32(36), i32(3), i32(name), i32(4)).
		opens(2)
	const notPermitted = 63
	if errno, _ := run(t, compile(t, g, wasi.Dir(dir, "/data"))); errno != notPermitted {
		t.Errorf("opening the link returns %d", errno)
	}
	if link, err := os.Readlink(filepath.Join(dir, "file")); err != nil || !strings.HasSuffix(link, "/etc/hostname") {
		t.Errorf("the link is %q, %v", link, err)
	}
}

// A file opens for reading with the rights that standard Go asks for, which has that to set
// the file's size among them, where the folder is for reading only.
func TestRightsOfGo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("text"), 0o444); err != nil {
		t.Fatal(err)
	}
	const read, write, setSize, rofs = 1 << 1, 1 << 6, 1 << 22, 69
	if errno, _ := run(t, compile(t, newGuest().opens(read|setSize), wasi.ReadOnlyDir(dir, "/data"))); errno != 0 {
		t.Errorf("errno %d", errno)
	}
	if errno, _ := run(t, compile(t, newGuest().opens(read|write), wasi.ReadOnlyDir(dir, "/data"))); errno != rofs {
		t.Errorf("errno %d for writing", errno)
	}
}

// Options of Instantiate are the instance's own, and override those of Compile.
func TestInstances(t *testing.T) {
	var all, one bytes.Buffer
	p := compile(t, newGuest().writes(1), wasi.Stdout(&all))
	for range 2 {
		if errno, n := run(t, p); errno != 0 || n != 4 {
			t.Errorf("errno %d, %d bytes", errno, n)
		}
	}
	run(t, p, wasi.Stdout(&one), wasi.Env("A", "B"))
	run(t, p)
	if all.String() != "filefilefile" || one.String() != "file" {
		t.Errorf("one got %q, the others %q", &one, &all)
	}

	p = compile(t, newGuest().call("environ_sizes_get", "i32 i32 -> i32", i32(results), i32(results+8)), wasi.Env("A", "1"), wasi.Env("B", "2"), wasi.Env("A", "3"))
	for _, c := range []struct {
		opts []host.Option
		want uint64
	}{{nil, 2}, {[]host.Option{wasi.Env("C", "3")}, 3}, {[]host.Option{wasi.Env("B", "3")}, 2}, {nil, 2}} {
		if _, n := run(t, p, c.opts...); n != c.want {
			t.Errorf("%d variables, want %d", n, c.want)
		}
	}

	var link *host.LinkError
	p = compile(t, newGuest().writes(1))
	if _, err := p.Instantiate(context.Background(), (&hosttest.Host{}).Imports(), wasi.Stdout(&one)); !errors.As(err, &link) || !strings.Contains(err.Error(), "wasi") {
		t.Errorf("without an option of Compile: %v", err)
	}
	one.Reset()
	p = compile(t, newGuest().writes(1), wasi.Host(wasi.Env("A", "B")))
	if run(t, p, wasi.Stdout(&one)); one.String() != "file" {
		t.Errorf("with Host, the instance wrote %q", &one)
	}
}

// Folders are opened where the guest is compiled, so that it fails there.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"file": {Data: []byte("text")}}
	const readOnly = 69
	for _, c := range []struct {
		name       string
		option     host.Option
		read, edit uint64
	}{
		{"Dir", wasi.Dir(dir, "/"), 0, 0},
		{"ReadOnlyDir", wasi.ReadOnlyDir(dir, "/"), 0, readOnly},
		{"FS", wasi.FS(fsys, "/"), 0, readOnly},
		{"FS of a folder", wasi.FS(os.DirFS(dir), "/"), 0, readOnly},
		{"the last at a path", wasi.Host(wasi.Dir(dir, "/"), wasi.FS(fsys, "/")), 0, readOnly},
	} {
		if errno, n := run(t, compile(t, newGuest().opens(2).reads(i32(4)), c.option)); errno != c.read || n != 4 {
			t.Errorf("%s: reading returns %d, %d bytes", c.name, errno, n)
		}
		if errno, _ := run(t, compile(t, newGuest().opens(1<<6), c.option)); errno != c.edit {
			t.Errorf("%s: opening to write returns %d", c.name, errno)
		}
	}
	var link *host.LinkError
	_, err := subject.Compile(context.Background(), newGuest().opens(2).bytes(), wasi.Dir(filepath.Join(dir, "nothing"), "/data"))
	if !errors.As(err, &link) || !errors.Is(err, fs.ErrNotExist) && !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a folder that is not there: %v", err)
	}
	const tooMany = 33
	if errno, _ := run(t, compile(t, newGuest().opens(2).opens(2), wasi.Dir(dir, "/"), wasi.Descriptors(1))); errno != tooMany {
		t.Errorf("a second descriptor returns %d", errno)
	}
}

// stuck is a stream that tells of its first use, and then waits until it is released.
type stuck struct{ used, release chan struct{} }

func (s stuck) wait() (int, error) {
	close(s.used)
	<-s.release
	return 0, io.ErrClosedPipe
}

func (s stuck) Read([]byte) (int, error)  { return s.wait() }
func (s stuck) Write([]byte) (int, error) { return s.wait() }

// A wait of the guest's ends with the call's context, and the instance is dead.
func TestWaitsEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	poll := newGuest()
	poll.code = append(poll.code, hosttest.Words(buffer, 0, 0, 1, 0, 0)) // reading descriptor 0
	poll.call("poll_oneoff", "i32 i32 i32 i32 -> i32", i32(buffer), i32(buffer+64), i32(1), i32(results))
	for name, g := range map[string]*guest{"read": newGuest().reads(i32(0)), "write": newGuest().writes(1), "poll": poll} {
		stream := stuck{make(chan struct{}), make(chan struct{})}
		inst, err := compile(t, g, wasi.Stdin(stream), wasi.Stdout(stream), wasi.Clock()).Instantiate(context.Background(), (&hosttest.Host{}).Imports())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-stream.used
			cancel()
		}()
		var limit *host.LimitError
		if _, err := inst.Run(ctx, 0); !errors.As(err, &limit) || !errors.Is(err, context.Canceled) || !limit.Fatal {
			t.Errorf("%s: %v", name, err)
		}
		again, cancelAgain := context.WithTimeout(context.Background(), time.Minute)
		if _, err := inst.Run(again, 0); !errors.Is(err, host.ErrDead) {
			t.Errorf("%s: the next call: %v", name, err)
		}
		cancelAgain()
		// Nobody has released the stream yet, and the instance is gone all the same.
		if err := inst.Close(context.Background()); err != nil {
			t.Errorf("%s: closing: %v", name, err)
		}
		close(stream.release)
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

// A bad pointer traps.
func TestBadPointer(t *testing.T) {
	g := newGuest().call("random_get", "i32 i32 -> i32", i32(1<<31), i32(16))
	inst, err := compile(t, g).Instantiate(context.Background(), (&hosttest.Host{}).Imports())
	if err != nil {
		t.Fatal(err)
	}
	var trap *host.Trap
	if _, err := inst.Run(context.Background(), 0); !errors.As(err, &trap) || !strings.Contains(err.Error(), "random_get") {
		t.Errorf("the call fails by %v", err)
	}
}
