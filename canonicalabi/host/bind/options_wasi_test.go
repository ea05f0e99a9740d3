package bind_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/wasi"
)

// wasiGuest is a guest whose run calls a function of WASI and returns the 64 bits
// that stand at the Area then.
func wasiGuest(name, signature string, code ...wasmtest.Code) *hosttest.Guest {
	g := &hosttest.Guest{}
	f := g.Module.Import("wasi_snapshot_preview1", name, signature)
	g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
	g.Data(512, []byte("hello"))
	g.Data(520, []byte("file"))
	g.Define("run", "i64", wasmtest.Seq(code...), wasmtest.Call(f), wasmtest.I64ExtendU, wasmtest.Set(1),
		wasmtest.I32(hosttest.Area), wasmtest.Load64(0), wasmtest.I64(1000), wasmtest.I64Mul, wasmtest.Get(1), wasmtest.I64Add)
	return g
}

// Each thing of WASI is closed to a core module without its option, and open with it.
// Within a component it is closed, whatever the options.
func TestWASIOptions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	const area, notOpen = hosttest.Area, 8
	write := func(fd uint32) []wasmtest.Code {
		return []wasmtest.Code{hosttest.Words(256, 512, 5), wasmtest.I32(fd), wasmtest.I32(256), wasmtest.I32(1), wasmtest.I32(area)}
	}
	// open opens the file below the first directory, to read or to make it.
	open := func(flags uint32) []wasmtest.Code {
		return []wasmtest.Code{wasmtest.I32(3), wasmtest.I32(0), wasmtest.I32(520), wasmtest.I32(4), wasmtest.I32(flags),
			wasmtest.I64(1 << 6), wasmtest.I64(0), wasmtest.I32(0), wasmtest.I32(area)}
	}
	counts := func(count uint64) func(uint64) bool {
		return func(n uint64) bool { return n%1000 == 0 && n/1000<<32>>32 == count }
	}
	fails := func(errno uint64) func(uint64) bool { return func(n uint64) bool { return n%1000 == errno } }
	ok := fails(0)
	var stdout, stderr bytes.Buffer
	hello := "hello"
	const pathOpen = "i32 i32 i32 i32 i32 i64 i64 i32 i32 -> i32"
	for name, test := range map[string]struct {
		guest        *hosttest.Guest
		option       host.Option
		closed, open func(n uint64) bool
	}{
		"a variable":      {wasiGuest("environ_sizes_get", "i32 i32 -> i32", wasmtest.I32(area), wasmtest.I32(area+4)), wasi.Env("NAME", "value"), counts(0), counts(1)},
		"arguments":       {wasiGuest("args_sizes_get", "i32 i32 -> i32", wasmtest.I32(area), wasmtest.I32(area+4)), wasi.Args("guest", "-v"), counts(0), counts(2)},
		"a directory":     {wasiGuest("path_open", pathOpen, open(1)...), wasi.Dir(dir, "/"), fails(notOpen), ok},
		"a read-only one": {wasiGuest("path_open", pathOpen, open(0)...), wasi.ReadOnlyDir(dir, "/"), fails(notOpen), func(n uint64) bool { return n%1000 != notOpen }},
		"standard output": {wasiGuest("fd_write", "i32 i32 i32 i32 -> i32", write(1)...), wasi.Stdout(&stdout), ok, ok},
		"standard error":  {wasiGuest("fd_write", "i32 i32 i32 i32 -> i32", write(2)...), wasi.Stderr(&stderr), ok, ok},
		"the clock":       {wasiGuest("clock_time_get", "i32 i64 i32 -> i32", wasmtest.I32(0), wasmtest.I64(0), wasmtest.I32(area)), wasi.Clock(), differs(time.Now()), func(n uint64) bool { return !differs(time.Now())(n) }},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(opts ...host.Option) uint64 {
				t.Helper()
				n, err := start(t, test.guest, &hosttest.Host{}, opts...).Run(context.Background(), 0)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := run(); !test.closed(n) {
				t.Errorf("without the option the guest gets %d", n)
			}
			if stdout.Len()+stderr.Len() > 10 {
				t.Errorf("without the option the host gets %q %q", &stdout, &stderr)
			}
			opened := test.open
			if asComponent {
				opened = test.closed
			}
			if n := run(test.option); !opened(n) {
				t.Errorf("with the option the guest gets %d", n)
			}
		})
	}
	if asComponent {
		hello = ""
	}
	if stdout.String() != hello || stderr.String() != hello {
		t.Errorf("the host gets %q and %q", &stdout, &stderr)
	}
}

// differs reports whether a clock is far from now. The guest's result is a thousand
// times the clock's nanoseconds, modulo 2^64.
func differs(now time.Time) func(n uint64) bool {
	return func(n uint64) bool {
		off := int64(n - uint64(now.UnixNano())*1000)
		return max(off, -off) > int64(time.Hour)*1000
	}
}
