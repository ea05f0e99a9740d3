package wasi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

const (
	dropDescriptor = "wasi:filesystem/types#[resource-drop]descriptor"
	dropPollable   = "wasi:io/poll#[resource-drop]pollable"
	subscribe      = "wasi:clocks/monotonic-clock#subscribe-duration"
	inputStream    = "wasi:io/streams#[method]input-stream."
	outputStream   = "wasi:io/streams#[method]output-stream."
	quota, tooMany = 6, 33 // error codes of 0.2 and of preview 1
)

// held returns how many bytes of the heap are in use.
func held() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Open descriptors are bounded, whatever they are of.
func TestHostileDescriptors(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o666))
	g := hostile(t, wasi.Dir(dir, "/"), wasi.Descriptors(50))
	folder := preopened(g)
	file, n := g.Text("file")
	dot, m := g.Text(".")
	var handles []uint64
	for len(handles) < 30 {
		handles = append(handles, g.Own(descriptor+"open-at", folder, 0, file, n, 0, 1))
	}
	var listings []uint64
	for len(listings) < 10 {
		listings = append(listings, g.Own(descriptor+"read-directory", folder))
	}
	var streams []uint64
	for len(streams) < 10 {
		streams = append(streams, g.Own(descriptor+"read-via-stream", handles[0], 0))
	}
	g.Fails(4, quota, descriptor+"open-at", folder, 0, file, n, 0, 1)
	g.Fails(4, quota, descriptor+"open-at", folder, 0, dot, m, 2, 1)
	g.Fails(4, quota, descriptor+"read-directory", folder)
	g.Fails(4, quota, descriptor+"read-via-stream", handles[0], 0)
	g.Call(dropDescriptor, handles[0])
	g.Own(descriptor+"open-at", folder, 0, file, n, 0, 1)
	g.Call("wasi:io/streams#[resource-drop]input-stream", streams[3])
	g.Own(descriptor+"open-at", folder, 0, file, n, 0, 1)
	g.Call("wasi:filesystem/types#[resource-drop]directory-entry-stream", listings[3])
	g.Own(descriptor+"open-at", folder, 0, file, n, 0, 1)
	g.Fails(4, quota, descriptor+"open-at", folder, 0, file, n, 0, 1)
}

func TestHostileDescriptors1(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o666))
	g := hostile1(t, wasi.Dir(dir, "/"), wasi.Descriptors(50))
	at, n := g.Text("file")
	fd := g.Room(4)
	opens := func() uint64 { return g.Call("path_open", 3, 0, at, n, 0, 2, 0, 0, fd) }
	for range 50 {
		if e := opens(); e != 0 {
			t.Fatalf("error %d", e)
		}
	}
	if e := opens(); e != tooMany {
		t.Errorf("the 51st is %d", e)
	}
	if e := g.Call("fd_readdir", 3, g.Room(100), 100, 0, g.Room(8)); e != tooMany {
		t.Errorf("a listing is %d", e)
	}
	// One number takes the place of another, of a folder of the host's too.
	for k := range uint64(5) {
		if e := g.Call("fd_renumber", 10+k, k); e != 0 {
			t.Errorf("fd_renumber to %d: %d", k, e)
		}
	}
	if e := opens(); e != 54 {
		t.Errorf("the folder's number is a file's now, and it opens one: %d", e)
	}
	for k := range uint64(100) {
		g.Call("fd_close", k)
	}
	if e := g.Call("fd_close", math.MaxUint32); e != 8 {
		t.Errorf("fd_close of a number that there is not: %d", e)
	}
}

// Handles are bounded, and timers by a bound of their own.
func TestHostilePollables(t *testing.T) {
	p := hostilePlugin(t, wasi.Clock(), wasi.Timers(100), host.HandleLimit(1000))
	g := p.Start(t)
	g.Trap("more than 100 timers", "repeat "+subscribe, 101, math.MaxUint64)

	g = p.Start(t)
	for range 1000 {
		g.Call(dropPollable, g.Call(subscribe, math.MaxUint64))
	}
	g.Call("repeat "+subscribe, 100, math.MaxUint64)
	stdin := g.Call("wasi:cli/stdin#get-stdin")
	_, err := g.Try(context.Background(), "repeat "+inputStream+"subscribe", 1000, stdin)
	var limit *host.LimitError
	if !errors.As(err, &limit) || !strings.Contains(err.Error(), "handle") {
		t.Errorf("pollables without end: %v", err)
	}
}

// A guest that was given nothing makes tens of thousands of streams, and reads each.
func TestHostileStreams(t *testing.T) {
	g := hostile(t, wasi.Stdin(strings.NewReader(strings.Repeat("x", 100_000))))
	before := held()
	const count = 50_000
	for range count {
		in := g.Call("wasi:cli/stdin#get-stdin")
		g.Result(inputStream+"read", in, 1<<20)
	}
	if grown := held() - before; grown > count*1000 {
		t.Errorf("%d streams take %d bytes of the host", count, grown)
	}
}

// A list of pollables may be long. A million are more than a call may lift.
func TestHostilePolls(t *testing.T) {
	const million, many = 1_000_000, 200_000
	p := hostilePlugin(t, wasi.Clock())
	g := p.Start(t)
	timer, never := g.Call(subscribe, 0), g.Call(subscribe, math.MaxUint64)
	list := g.Room(4 * million)
	g.Call("fill", list, 4, million, timer)
	to := g.Room(8)
	g.Call("wasi:io/poll#poll", list, many, to)
	if n := g.U32(to + 4); n != many {
		t.Errorf("%d of %d are ready", n, many)
	}
	g.Call("fill", list, 4, million, never)
	ends(t, g, "wasi:io/poll#poll", list, many, to)

	g = p.Start(t)
	timer = g.Call(subscribe, 0)
	g.Call("fill", list, 4, million, timer)
	_, err := g.Try(context.Background(), "wasi:io/poll#poll", list, million, to)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "size of lifted values" {
		t.Errorf("a million pollables: %v", err)
	}

	// It is counted before it is done.
	g = puppet.Compile(t, false, wasi.Host(wasi.Clock()), host.Fuel(100*many)).Start(t)
	timer = g.Call(subscribe, 0)
	list = g.Room(4 * many)
	g.Call("fill", list, 4, many, timer)
	outOfFuel(t, g, "wasi:io/poll#poll", list, many, g.Room(8))
}

func TestHostilePolls1(t *testing.T) {
	const million, subscription, event = 1_000_000, 48, 32
	g := hostile1(t, wasi.Clock())
	in, out, n := g.Room(subscription*million), g.Room(event*million), g.Room(8)
	// A million times the monotonic clock in 0 ns: all zeroes but its number.
	g.Call("fill", in+16, subscription, million, 1)
	if e := g.Call("poll_oneoff", in, out, million, n); e != 0 || g.U32(n) != million {
		t.Errorf("error %d, %d events", e, g.U32(n))
	}
	// And never.
	g.Call("fill", in+24, subscription, million, math.MaxUint32)
	g.Call("fill", in+28, subscription, million, math.MaxUint32)
	ends(t, g, "poll_oneoff", in, out, million, n)
}

// What was dropped is not polled, nor an empty list, nor a handle of another type.
func TestHostilePollDropped(t *testing.T) {
	p := hostilePlugin(t)
	for name, c := range map[string]struct {
		text string
		make func(g *puppet.Guest) (list, count uint64)
	}{
		"dropped": {"handle", func(g *puppet.Guest) (uint64, uint64) {
			timer := g.Call(subscribe, 0)
			list := g.Put([]byte{byte(timer), 0, 0, 0})
			g.Call(dropPollable, timer)
			return list, 1
		}},
		"empty": {"empty list", func(g *puppet.Guest) (uint64, uint64) { return g.Room(8), 0 }},
		"another type": {"handle", func(g *puppet.Guest) (uint64, uint64) {
			return g.Put([]byte{byte(g.Call("wasi:cli/stdin#get-stdin")), 0, 0, 0}), 1
		}},
		"out of memory": {"", func(g *puppet.Guest) (uint64, uint64) { return 4, math.MaxUint32 / 4 }},
		"not aligned":   {"aligned", func(g *puppet.Guest) (uint64, uint64) { return 2, 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			g := p.Start(t)
			list, count := c.make(g)
			g.Trap(c.text, "wasi:io/poll#poll", list, count, g.Room(8))
		})
	}
	// A pollable that is dropped while it is lent stays, and the second drop traps.
	g := p.Start(t)
	timer := g.Call(subscribe, 0)
	g.Call(dropPollable, timer)
	g.Trap("handle", dropPollable, timer)
}

func TestHostileRandom(t *testing.T) {
	p := hostilePlugin(t)
	for _, n := range []uint64{1<<24 + 1, 4 << 30, math.MaxInt64, math.MaxUint64} {
		for _, name := range []string{"wasi:random/random#get-random-bytes", "wasi:random/insecure#get-insecure-random-bytes"} {
			g := p.Start(t)
			g.Trap("the limit is 16777216", name, n, g.Room(8))
		}
	}
	p = hostilePlugin(t, wasi.RandomBytes(10))
	g := p.Start(t)
	g.Call("wasi:random/random#get-random-bytes", 10, g.Room(8))
	g.Trap("the limit is 10", "wasi:random/random#get-random-bytes", 11, g.Room(8))

	g = puppet.Compile(t, false, host.Fuel(1_000_000)).Start(t)
	outOfFuel(t, g, "repeat wasi:random/insecure#get-insecure-random-bytes", 100_000, 1<<15, g.Room(8))

	g = hostile1(t)
	g.Trap("out of the guest's memory", "random_get", 0, math.MaxUint32)
	g = hostile1(t, wasi.RandomBytes(10))
	g.Trap("the limit is 10", "random_get", 0, 11)
}

// Buffers may overlap one another, their own list and the result.
func TestHostileVectors(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "file"), bytes.Repeat([]byte{0xff}, 1000), 0o666))
	var out bytes.Buffer
	g := hostile1(t, wasi.Dir(dir, "/"), wasi.Stdin(bytes.NewReader(bytes.Repeat([]byte{0xff}, 1000))), wasi.Stdout(&out))
	at, n := g.Text("file")
	fd := g.Room(4)
	if e := g.Call("path_open", 3, 0, at, n, 0, 2|64, 0, 0, fd); e != 0 {
		t.Fatal(e)
	}
	file := g.U32(fd)
	list := g.Room(1024)
	for _, stream := range []uint64{0, file} {
		for _, result := range []uint64{list, list + 4, list + 512} {
			for k := range uint64(4) { // buffers that hold the list
				g.Call("fill", list+8*k, 4, 1, list)
				g.Call("fill", list+8*k+4, 4, 1, 600)
			}
			g.Call("fd_read", stream, list, 4, result)
		}
	}
	for k := range uint64(4) {
		g.Call("fill", list+8*k, 4, 1, list)
		g.Call("fill", list+8*k+4, 4, 1, 600)
	}
	for _, stream := range []uint64{1, file} {
		if e := g.Call("fd_write", stream, list, 4, list); e != 0 {
			t.Errorf("fd_write: %d", e)
		}
	}
	if out.Len() != 2400 {
		t.Errorf("%d bytes were written, want 2400", out.Len())
	}
	for name, params := range map[string][]uint64{
		"more than there are":     {1, list, math.MaxUint32, list},
		"behind the memory":       {1, math.MaxUint32 - 3, 1, list},
		"result behind it":        {1, list, 1, math.MaxUint32 - 3},
		"a list that is not even": {1, list + 1, 1, list},
	} {
		t.Run(name, func(t *testing.T) {
			g := hostile1(t)
			g.Trap("memory", "fd_write", params...)
		})
	}
}

const tooLarge, invalid = 22, 28 // of preview 1

// Offsets and sizes may be as large as their types.
func TestHostileOffsets1(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	check(t, os.WriteFile(path, []byte("content"), 0o666))
	g := hostile1(t, wasi.Dir(dir, "/"))
	at, n := g.Text("file")
	fd, vector, result := g.Room(4), g.Room(8), g.Room(8)
	if e := g.Call("path_open", 3, 0, at, n, 0, 2|64, 0, 0, fd); e != 0 {
		t.Fatal(e)
	}
	file := g.U32(fd)
	g.Call("fill", vector, 4, 1, at)
	g.Call("fill", vector+4, 4, 1, n)
	fails := func(what string, got uint64, want ...uint64) {
		t.Helper()
		for _, w := range want {
			if got == w {
				return
			}
		}
		t.Errorf("%s: error %d, want one of %d", what, got, want)
	}
	fails("seek to 2^63-1", g.Call("fd_seek", file, math.MaxInt64, 0, result), 0)
	fails("seek beyond", g.Call("fd_seek", file, 1, 1, result), invalid)
	fails("seek from the end", g.Call("fd_seek", file, math.MaxInt64, 2, result), invalid)
	fails("seek before the start", g.Call("fd_seek", file, 1<<63, 0, result), invalid)
	fails("seek by 2^63", g.Call("fd_seek", file, 1<<63, 1, result), invalid)
	fails("read there", g.Call("fd_read", file, vector, 1, result), 0, invalid)
	fails("write there", g.Call("fd_write", file, vector, 1, result), tooLarge)
	for _, offset := range []uint64{1 << 63, math.MaxUint64, math.MaxUint64 - 3} {
		fails("pread", g.Call("fd_pread", file, vector, 1, offset, result), invalid)
		fails("pwrite", g.Call("fd_pwrite", file, vector, 1, offset, result), tooLarge)
		fails("truncate", g.Call("fd_filestat_set_size", file, offset), tooLarge)
		fails("allocate", g.Call("fd_allocate", file, offset, 1), tooLarge)
		fails("allocate", g.Call("fd_allocate", file, 1, offset), tooLarge)
		fails("advise", g.Call("fd_advise", file, offset, offset, 0), invalid)
		fails("times", g.Call("fd_filestat_set_times", file, offset, offset, 1|4), 0, invalid, 61)
	}
	fails("truncate to 2^63-1", g.Call("fd_filestat_set_size", file, math.MaxInt64), tooLarge, invalid)
	if text, err := os.ReadFile(path); err != nil || string(text) != "content" {
		t.Errorf("the file is %q, %v", text, err)
	}
}

func TestHostileOffsets02(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	check(t, os.WriteFile(path, []byte("content"), 0o666))
	g := hostile(t, wasi.Dir(dir, "/"))
	at, n := g.Text("file")
	file := g.Own(descriptor+"open-at", preopened(g), 0, at, n, 0, 3)
	for _, offset := range []uint64{math.MaxInt64, 1 << 63, math.MaxUint64, math.MaxUint64 - 3} {
		for name, params := range map[string][]uint64{
			"set-size": {offset}, "write": {at, n, offset}, "advise": {offset, offset, 0}, "read": {100, offset},
		} {
			if ok, _ := g.Result(descriptor+name, append([]uint64{file}, params...)...); ok && name != "advise" && (name != "read" || offset > math.MaxInt64) {
				t.Errorf("%s at %d is ok", name, offset)
			}
		}
		g.Result(descriptor+"read", file, math.MaxUint64, 0)
		in := g.Own(descriptor+"read-via-stream", file, offset)
		for range 2 {
			g.Result(inputStream+"blocking-read", in, math.MaxUint64)
			g.Result(inputStream+"skip", in, math.MaxUint64)
		}
		out := g.Own(descriptor+"write-via-stream", file, offset)
		g.OK(outputStream+"check-write", out)
		if ok, _ := g.Result(outputStream+"write", out, at, n); ok {
			t.Errorf("a write at %d is ok", offset)
		}
		if ok, _ := g.Result(outputStream+"check-write", out); ok {
			t.Error("the stream goes on after an error")
		}
		// Times from the year 292 billion on.
		const timestamp = 2
		if ok, _ := g.Result(descriptor+"set-times", file, timestamp, offset, 0, timestamp, 0, 0); ok {
			t.Errorf("a time of %d seconds is ok", offset)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "content" {
		t.Errorf("the file is %q, %v", text, err)
	}
}

// Cookies of listings may be made up, and many listings of a large folder take little
// of the host.
func TestHostileCookies(t *testing.T) {
	dir := t.TempDir()
	const files = 3000
	for n := range files {
		check(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%064d", n)), nil, 0o666))
	}
	g := hostile1(t, wasi.Dir(dir, "/"))
	buffer, used := g.Room(1<<20), g.Room(8)
	for _, cookie := range []uint64{math.MaxUint64, math.MaxUint64 - 1, 1 << 63, files + 3, files + 2, 5, 0, 4, 1 << 32} {
		for _, size := range []uint64{0, 1, 23, 24, 100} {
			if e := g.Call("fd_readdir", 3, buffer, size, cookie, used); e != 0 {
				t.Errorf("cookie %d: error %d", cookie, e)
			}
			if got := g.U32(used); cookie <= files+1 && got != size || cookie > files+1 && got != 0 {
				t.Errorf("cookie %d: %d bytes of %d", cookie, got, size)
			}
		}
	}
	dot, n := g.Text(".")
	fd := g.Room(4)
	before := held()
	const listings = 100
	for range listings {
		if e := g.Call("path_open", 3, 0, dot, n, 2, 1<<14, 0, 0, fd); e != 0 {
			t.Fatalf("error %d", e)
		}
		g.Call("fd_readdir", g.U32(fd), buffer, 1<<20, 0, used)
		if got := g.U32(used); got < files*80 {
			t.Fatalf("%d bytes of entries", got)
		}
	}
	if grown := held() - before; grown > listings*20_000 {
		t.Errorf("%d listings take %d bytes of the host", listings, grown)
	}
}

// Pointers of every function of preview 1 may be out of memory: the guest traps, or gets
// an error.
func TestHostilePointers1(t *testing.T) {
	dir := t.TempDir()
	p := puppet.Compile(t, true, wasi.Host(wasi.Dir(dir, "/"), wasi.Env("a", "b"), wasi.Args("x")))
	puppet.Settles(t)
	for name, signature := range puppet.Preview1 {
		for _, pointer := range []uint64{math.MaxUint32, math.MaxUint32 - 7, 1 << 31, 1<<32 - 1<<16, 3} {
			g := p.Start(t)
			params, _, _ := strings.Cut(signature, "->")
			list := make([]uint64, len(strings.Fields(params)))
			for k := range list {
				list[k] = pointer
			}
			for _, first := range []uint64{pointer, 0, 1, 3} {
				if len(list) > 0 {
					list[0] = first
				}
				// A poll that is well formed would wait.
				if _, err := g.Try(context.Background(), name, list...); err != nil {
					break
				}
			}
			g.Close()
		}
	}
}
