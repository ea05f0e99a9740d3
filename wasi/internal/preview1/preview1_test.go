package preview1

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/witgen/witgen/wasi/internal/clocks"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// TestSignatures compares the functions' names and types with those of another
// implementation.
func TestSignatures(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	theirs := r.NewHostModuleBuilder("theirs")
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(theirs)
	ours := r.NewHostModuleBuilder("ours")
	Export(ours, func(context.Context, api.Module) *System { return nil }, nil)
	show := func(b wazero.HostModuleBuilder) []string {
		c, err := b.Compile(ctx)
		must(t, err)
		var all []string
		for name, f := range c.ExportedFunctions() {
			all = append(all, fmt.Sprint(name, f.ParamTypes(), f.ResultTypes()))
		}
		slices.Sort(all)
		return all
	}
	if got, want := show(ours), show(theirs); !slices.Equal(got, want) {
		t.Errorf("the functions are\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestClosed has a guest that was granted nothing.
func TestClosed(t *testing.T) {
	g := newGuest(t, grants.Closed())
	a, b := g.room(8), g.room(8)
	for _, name := range []string{"args_sizes_get", "environ_sizes_get"} {
		g.want(success, name, a, b)
		if g.u32(a) != 0 || g.u32(b) != 0 {
			t.Errorf("%s: %d, %d", name, g.u32(a), g.u32(b))
		}
	}
	g.want(success, "args_get", a, b)
	g.want(success, "environ_get", a, b)
	g.want(badf, "fd_prestat_get", 3, a)
	if got, e := g.read(0, 10); got != "" || e != success {
		t.Errorf("standard input has %q, %d", got, e)
	}
	for fd := range uint64(3) {
		if e := g.write(fd, "dropped"); (e == success) != (fd > 0) {
			t.Errorf("a write to %d returns %d", fd, e)
		}
	}
	for n := range uint64(2) {
		g.want(success, "clock_time_get", n, 0, a)
		if want := (n + 1) * clocks.Step; g.u64(a) != want {
			t.Errorf("clock %d shows %d, not %d", n, g.u64(a), want)
		}
		g.want(success, "clock_res_get", n, a)
		if g.u64(a) != clocks.Step {
			t.Errorf("clock %d has the resolution %d", n, g.u64(a))
		}
		g.want(inval, "clock_time_get", n+2, 0, a)
		g.want(inval, "clock_res_get", n+2, a)
	}
	random := g.room(64)
	g.want(success, "random_get", random, 64)
	if bytes.Equal(g.memory.bytes[random:][:64], make([]byte, 64)) {
		t.Error("the random numbers are zeros")
	}
	g.want(success, "sched_yield")
	g.want(notsup, "proc_raise", 1)
	g.want(badf, "sock_accept", 3, 0, a)
	g.want(notsock, "sock_shutdown", 1, 0)
	var exit *sys.ExitError
	if err := traps(t, func() { g.call("proc_exit", 7) }); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("proc_exit: %v", err)
	}
}

func TestArgumentsAndEnvironment(t *testing.T) {
	granted := grants.Closed()
	granted.Args = []string{"prog", "", "two words"}
	granted.Env = []grants.Variable{{Name: "A", Value: "1"}, {Name: "EMPTY"}}
	g := newGuest(t, granted)
	for name, want := range map[string][]string{"args": granted.Args, "environ": {"A=1", "EMPTY="}} {
		count, size := g.room(4), g.room(4)
		g.want(success, name+"_sizes_get", count, size)
		pointers, text := g.room(4*int(g.u32(count))), g.room(int(g.u32(size)))
		g.want(success, name+"_get", pointers, text)
		var got []string
		for n := range uint64(g.u32(count)) {
			s, _, _ := bytes.Cut(g.memory.bytes[g.u32(pointers+4*n):], []byte{0})
			got = append(got, string(s))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s are %q", name, got)
		}
		if total := len(strings.Join(want, "\x00")) + 1; int(g.u32(size)) != total {
			t.Errorf("%s take %d bytes, not %d", name, g.u32(size), total)
		}
	}
}

func TestStandardStreams(t *testing.T) {
	granted := grants.Closed()
	var stdout, stderr bytes.Buffer
	granted.Stdin = streams.Shared(strings.NewReader("hello, world"))
	granted.Stdout, granted.Stderr = streams.NewWriter(&stdout), streams.NewWriter(&stderr)
	granted.Terminal[1] = true
	g := newGuest(t, granted)
	if got, e := g.read(0, 6); got != "hello," || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	if got, e := g.read(0, 100); got != " world" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	if got, e := g.read(0, 100); got != "" || e != success {
		t.Errorf("at the end: %q, %d", got, e)
	}
	n := g.room(4)
	list := g.vectors([2]uint64{g.text("one "), 4}, [2]uint64{0, 0}, [2]uint64{g.text("two"), 3})
	g.want(success, "fd_write", 1, list, 3, n)
	if g.u32(n) != 7 || stdout.String() != "one two" {
		t.Errorf("wrote %d, %q", g.u32(n), &stdout)
	}
	if e := g.write(2, "oops"); e != success || stderr.String() != "oops" {
		t.Errorf("%d, %q", e, &stderr)
	}
	stat := g.room(64)
	for fd, want := range []struct {
		kind   byte
		rights uint64
	}{{typeUnknown, rightRead}, {typeCharacterDevice, rightWrite}, {typeUnknown, rightWrite}} {
		g.want(success, "fd_fdstat_get", uint64(fd), stat)
		if rights := g.u64(stat + 8); g.memory.bytes[stat] != want.kind || rights&(rightRead|rightWrite) != want.rights || rights&(rightSeek|rightTell) != 0 {
			t.Errorf("%d is of type %d and has the rights %b", fd, g.memory.bytes[stat], rights)
		}
		g.want(success, "fd_filestat_get", uint64(fd), stat)
		if g.memory.bytes[stat+16] != want.kind {
			t.Errorf("%d is of type %d", fd, g.memory.bytes[stat+16])
		}
	}
	const spipe = 70
	g.want(spipe, "fd_seek", 1, 0, 0, n)
	g.want(spipe, "fd_tell", 1, n)
	g.want(spipe, "fd_pread", 0, list, 1, 0, n)
	g.want(spipe, "fd_pwrite", 1, list, 1, 0, n)
	g.want(badf, "fd_read", 1, list, 1, n)
	g.want(badf, "fd_write", 0, list, 1, n)
	g.want(inval, "fd_sync", 1)
	g.want(success, "fd_close", 1)
	g.want(badf, "fd_close", 1)
	g.want(badf, "fd_write", 1, list, 1, n)
	// A number that was given back is the next one.
	g.want(success, "fd_renumber", 2, 0)
	if e := g.write(0, "!"); e != success || stderr.String() != "oops!" {
		t.Errorf("%d, %q", e, &stderr)
	}
	g.want(badf, "fd_renumber", 2, 0)
	g.want(badf, "fd_renumber", 0, 2)
}

// TestNonblocking has a guest read and write streams that are not ready.
func TestNonblocking(t *testing.T) {
	granted := grants.Closed()
	from, to := io.Pipe()
	nobody, out := io.Pipe()
	defer nobody.Close()
	granted.Stdin, granted.Stdout = streams.NewReader(from), streams.NewWriter(out)
	g := newGuest(t, granted)
	const again = 6
	g.want(success, "fd_fdstat_set_flags", 0, flagNonblock)
	g.want(success, "fd_fdstat_set_flags", 1, flagNonblock)
	g.want(inval, "fd_fdstat_set_flags", 1, 1<<5)
	g.want(inval, "fd_fdstat_set_flags", 1, flagSync)
	g.want(notsup, "fd_fdstat_set_rights", 1, 0, 0)
	stat := g.room(24)
	g.want(success, "fd_fdstat_get", 1, stat)
	if g.u32(stat)>>16 != flagNonblock {
		t.Errorf("the flags are %b", g.u32(stat)>>16)
	}
	if got, e := g.read(0, 10); got != "" || e != again {
		t.Errorf("an empty pipe reads %q, %d", got, e)
	}
	big := g.room(2 * streams.Chunk)
	n := g.room(4)
	list := g.vectors([2]uint64{big, 2 * streams.Chunk})
	g.want(success, "fd_write", 1, list, 1, n)
	if g.u32(n) != streams.Chunk {
		t.Errorf("%d bytes were written", g.u32(n))
	}
	g.want(again, "fd_write", 1, list, 1, n)
	ctx, cancel := context.WithCancel(context.Background())
	g.ctx = ctx
	cancel()
	for fd, name := range []string{"fd_read", "fd_write"} {
		g.want(success, "fd_fdstat_set_flags", uint64(fd), 0)
		if err := traps(t, func() { g.call(name, uint64(fd), list, 1, n) }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s that waits for ever: %v", name, err)
		}
	}
	go to.Write([]byte("abc"))
	g.ctx = context.Background()
	if got, e := g.read(0, 10); got != "abc" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	must(t, nobody.Close())
	must(t, to.Close())
}

func TestFiles(t *testing.T) {
	granted := grants.Closed()
	dir := withFolder(t, granted)
	g := newGuest(t, granted)
	at := g.room(64)
	g.want(success, "fd_prestat_get", 4, at)
	if g.u32(at) != 0 || g.u32(at+4) != 5 {
		t.Errorf("the second folder is %d, %d", g.u32(at), g.u32(at+4))
	}
	g.want(success, "fd_prestat_dir_name", 4, at, 5)
	if got := string(g.memory.bytes[at:][:5]); got != "/read" {
		t.Errorf("it is at %q", got)
	}
	g.want(37, "fd_prestat_dir_name", 4, at, 4)
	g.want(badf, "fd_prestat_get", 5, at)
	g.want(success, "fd_fdstat_get", 3, at)
	if g.memory.bytes[at] != 3 || g.u64(at+8)&(1<<13) == 0 || g.u64(at+16) != allRights {
		t.Error("the folder is not one to open files in")
	}

	fd := g.open("f", 1)
	if fd != 5 {
		t.Errorf("the file has the number %d", fd)
	}
	if e := g.write(fd, "0123456789"); e != success {
		t.Error(e)
	}
	g.want(success, "fd_tell", fd, at)
	if g.u64(at) != 10 {
		t.Errorf("the offset is %d", g.u64(at))
	}
	negative := ^uint64(0)
	g.want(success, "fd_seek", fd, negative-2, 2, at)
	if g.u64(at) != 7 {
		t.Errorf("the offset is %d", g.u64(at))
	}
	if got, e := g.read(fd, 2); got != "78" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	g.want(success, "fd_seek", fd, negative, 1, at)
	if got, e := g.read(fd, 100); got != "89" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	if got, e := g.read(fd, 100); got != "" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	g.want(inval, "fd_seek", fd, negative, 0, at)
	g.want(inval, "fd_seek", fd, 0, 3, at)
	n := g.room(4)
	buffer := g.text("abcdef")
	list := g.vectors([2]uint64{buffer, 2}, [2]uint64{buffer + 2, 4})
	g.want(success, "fd_pwrite", fd, list, 2, 2, n)
	if text, _ := os.ReadFile(filepath.Join(dir, "f")); string(text) != "01abcdef89" || g.u32(n) != 6 {
		t.Errorf("the file has %q after a write of %d", text, g.u32(n))
	}
	g.want(success, "fd_pread", fd, list, 2, 7, n)
	if got := string(g.memory.bytes[buffer:][:6]); got != "f89def" || g.u32(n) != 3 {
		t.Errorf("read %d: %q", g.u32(n), got)
	}
	g.want(success, "fd_fdstat_set_flags", fd, flagAppend)
	if e := g.write(fd, "!"); e != success {
		t.Error(e)
	}
	g.want(success, "fd_filestat_get", fd, at)
	if g.memory.bytes[at+16] != 4 || g.u64(at+24) != 1 || g.u64(at+32) != 11 || time.Since(time.Unix(0, int64(g.u64(at+48)))) > time.Hour {
		t.Error("the file is not what it is")
	}
	g.want(success, "fd_filestat_set_size", fd, 4)
	g.want(success, "fd_allocate", fd, 2, 6)
	g.want(success, "fd_filestat_get", fd, at)
	if g.u64(at+32) != 8 {
		t.Errorf("the size is %d", g.u64(at+32))
	}
	g.want(success, "fd_allocate", fd, 0, 1)
	g.want(inval, "fd_allocate", fd, 0, 0)
	g.want(22, "fd_allocate", fd, 1<<63, 1)
	g.want(success, "fd_sync", fd)
	g.want(success, "fd_datasync", fd)
	g.want(success, "fd_advise", fd, 0, 0, 3)
	g.want(inval, "fd_advise", fd, 0, 0, 6)
	const atim, now, mtim = 1, 2, 4
	g.want(success, "fd_filestat_set_times", fd, 1e9+5, 7, atim)
	g.want(success, "path_filestat_set_times", 3, 0, g.text("f"), 1, 0, 2e9, mtim)
	g.want(inval, "fd_filestat_set_times", fd, 0, 0, atim|now)
	g.want(inval, "fd_filestat_set_times", fd, 0, 0, 16)
	g.want(success, "path_filestat_get", 3, 0, g.text("f"), 1, at)
	if g.u64(at+40) != 1e9+5 || g.u64(at+48) != 2e9 {
		t.Errorf("the times are %d, %d", g.u64(at+40), g.u64(at+48))
	}
	g.want(success, "fd_close", fd)
	for name, params := range map[string][]uint64{
		"fd_read": {fd, list, 1, n}, "fd_write": {fd, list, 1, n}, "fd_pread": {fd, list, 1, 0, n}, "fd_pwrite": {fd, list, 1, 0, n},
		"fd_seek": {fd, 0, 0, at}, "fd_tell": {fd, at}, "fd_sync": {fd}, "fd_datasync": {fd}, "fd_advise": {fd, 0, 0, 0}, "fd_allocate": {fd, 0, 1},
		"fd_fdstat_get": {fd, at}, "fd_fdstat_set_flags": {fd, 0}, "fd_fdstat_set_rights": {fd, 0, 0}, "fd_filestat_get": {fd, at},
		"fd_filestat_set_size": {fd, 0}, "fd_filestat_set_times": {fd, 0, 0, 0}, "fd_readdir": {fd, at, 8, 0, n}, "fd_close": {1 << 31},
		"path_open": {fd, 0, at, 1, 0, 0, 0, 0, n}, "path_create_directory": {fd, at, 1}, "path_rename": {3, at, 1, fd, at, 1},
		"path_link": {3, 0, at, 1, fd, at, 1}, "path_symlink": {at, 1, fd, at, 1}, "path_readlink": {fd, at, 1, at, 8, n},
		"path_filestat_get": {fd, 0, at, 1, at}, "path_unlink_file": {fd, at, 1}, "path_remove_directory": {fd, at, 1},
		"path_filestat_set_times": {fd, 0, at, 1, 0, 0, 0},
	} {
		g.want(badf, name, params...)
	}
}

func TestPaths(t *testing.T) {
	granted := grants.Closed()
	dir := withFolder(t, granted)
	must(t, os.WriteFile(filepath.Join(dir, "../outside"), []byte("secret"), 0o666))
	g := newGuest(t, granted)
	const exist, isdir, loop, noent, notempty, perm, rofs, ilseq, toolong = 20, 31, 32, 44, 55, 63, 69, 25, 37
	p := func(path string) []uint64 { return []uint64{g.text(path), uint64(len(path))} }
	with := func(parts ...[]uint64) []uint64 { return slices.Concat(parts...) }
	n, at := g.room(4), g.room(64)
	g.want(success, "path_create_directory", with([]uint64{3}, p("a"))...)
	g.want(exist, "path_create_directory", with([]uint64{3}, p("a"))...)
	g.want(perm, "path_create_directory", with([]uint64{3}, p("../b"))...)
	g.want(rofs, "path_create_directory", with([]uint64{4}, p("b"))...)
	g.want(ilseq, "path_create_directory", with([]uint64{3}, p("\xff"))...)
	g.want(inval, "path_create_directory", with([]uint64{3}, p("a\x00"))...)
	g.want(noent, "path_create_directory", with([]uint64{3}, p(""))...)
	fd := g.open("a/f", 1)
	if e := g.write(fd, "text"); e != success {
		t.Error(e)
	}
	g.want(success, "path_symlink", with(p("a/f"), []uint64{3}, p("l"))...)
	g.want(success, "path_symlink", with(p("../outside"), []uint64{3}, p("up"))...)
	g.want(perm, "path_symlink", with(p("/etc"), []uint64{3}, p("abs"))...)
	g.want(success, "path_readlink", with([]uint64{3}, p("l"), []uint64{at, 10, n})...)
	if got := string(g.memory.bytes[at:][:g.u32(n)]); got != "a/f" {
		t.Errorf("the link leads to %q", got)
	}
	g.want(success, "path_readlink", with([]uint64{3}, p("l"), []uint64{at, 2, n})...)
	if g.u32(n) != 2 {
		t.Errorf("%d bytes of a link", g.u32(n))
	}
	open := func(fd, follow uint64, path string, how, rights, flags uint64) []uint64 {
		return with([]uint64{fd, follow}, p(path), []uint64{how, rights, 0, flags, n})
	}
	g.want(perm, "path_open", open(3, 1, "up", 0, rightRead, 0)...)
	g.want(loop, "path_open", open(3, 0, "l", 0, rightRead, 0)...)
	g.want(success, "path_open", open(3, 1, "l", 0, rightRead, flagSync)...)
	g.want(rofs, "path_open", open(4, 1, "l", 0, rightWrite, 0)...)
	g.want(success, "path_open", open(4, 1, "l", 0, rightRead, 0)...)
	if got, e := g.read(uint64(g.u32(n)), 10); got != "text" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	g.want(badf, "fd_write", uint64(g.u32(n)), 0, 0, at)
	g.want(isdir, "path_open", open(3, 1, "a", 0, rightWrite, 0)...)
	g.want(notdir, "path_open", open(3, 1, "a/f", 2, 0, 0)...)
	g.want(exist, "path_open", open(3, 1, "a/f", 5, rightWrite, 0)...)
	g.want(inval, "path_open", open(3, 2, "a", 0, 0, 0)...)
	g.want(inval, "path_open", open(3, 1, "a", 16, 0, 0)...)
	g.want(inval, "path_open", open(3, 1, "a", 0, 0, 32)...)
	g.want(notdir, "path_open", open(fd, 1, "a", 0, 0, 0)...)
	g.want(notdir, "path_open", open(1, 1, "a", 0, 0, 0)...)
	g.want(success, "path_open", open(3, 1, "a", 2, rightReaddir, 0)...)
	folder := uint64(g.u32(n))
	g.want(success, "path_open", open(folder, 1, "f", 0, rightRead, 0)...)
	g.want(perm, "path_open", open(folder, 1, "../l", 0, rightRead, 0)...)
	g.want(badf, "fd_read", folder, 0, 0, n)
	g.want(success, "fd_sync", folder)
	g.want(success, "path_link", with([]uint64{3, 0}, p("a/f"), []uint64{folder}, p("hard"))...)
	g.want(rofs, "path_link", with([]uint64{4, 0}, p("a/f"), []uint64{3}, p("hard"))...)
	g.want(success, "path_rename", with([]uint64{folder}, p("hard"), []uint64{3}, p("moved"))...)
	g.want(perm, "path_rename", with([]uint64{3}, p("moved"), []uint64{3}, p("../moved"))...)
	g.want(success, "path_filestat_get", with([]uint64{3, 0}, p("moved"), []uint64{at})...)
	if g.u64(at+24) != 2 || g.u64(at+32) != 4 {
		t.Errorf("the file has %d links and %d bytes", g.u64(at+24), g.u64(at+32))
	}
	g.want(success, "path_filestat_get", with([]uint64{3, 0}, p("l"), []uint64{at})...)
	if g.memory.bytes[at+16] != 7 {
		t.Errorf("a link is of type %d", g.memory.bytes[at+16])
	}
	g.want(perm, "path_filestat_get", with([]uint64{3, 1}, p("up"), []uint64{at})...)
	g.want(inval, "path_filestat_get", with([]uint64{3, 4}, p("up"), []uint64{at})...)
	g.want(notempty, "path_remove_directory", with([]uint64{3}, p("a"))...)
	g.want(isdir, "path_unlink_file", with([]uint64{3}, p("a"))...)
	g.want(success, "path_unlink_file", with([]uint64{3}, p("a/f"))...)
	g.want(success, "path_remove_directory", with([]uint64{3}, p("a/"))...)
	g.want(notdir, "path_remove_directory", with([]uint64{3}, p("moved"))...)
	g.want(toolong, "path_unlink_file", with([]uint64{3}, p(strings.Repeat("a", 300)))...)
}

func TestReaddir(t *testing.T) {
	granted := grants.Closed()
	dir := withFolder(t, granted)
	want := []string{".", ".."}
	for n := range 200 {
		name := fmt.Sprintf("a name of some length %03d", n)
		want = append(want, name)
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
	}
	g := newGuest(t, granted)
	at, used := g.room(4096), g.room(4)
	// list reads the folder with a buffer of a size, from a cookie on, and keeps the
	// cookies.
	list := func(size, cookie uint64) (names []string, cookies []uint64) {
		for rounds := 0; rounds < 1000; rounds++ {
			g.want(success, "fd_readdir", 3, at, size, cookie, used)
			b := g.memory.bytes[at:][:g.u32(used)]
			full := uint64(len(b)) == size
			for len(b) >= 24 {
				length := int(binary.LittleEndian.Uint32(b[16:]))
				if len(b) < 24+length {
					break
				}
				cookie = binary.LittleEndian.Uint64(b)
				name := string(b[24:][:length])
				names, cookies = append(names, name), append(cookies, cookie)
				if kind := b[20]; kind != 4 && name[0] != '.' || kind != 3 && name[0] == '.' {
					t.Errorf("%s is of type %d", name, kind)
				}
				if inode := binary.LittleEndian.Uint64(b[8:]); name != ".." && inode == 0 {
					t.Errorf("%s has no inode", name)
				}
				b = b[24+length:]
			}
			if !full {
				return names, cookies
			}
		}
		t.Error("the folder does not end")
		return nil, nil
	}
	for _, size := range []uint64{4096, 100, 60} {
		names, cookies := list(size, 0)
		sorted := slices.Clone(names)
		slices.Sort(sorted)
		if !slices.Equal(sorted, want) {
			t.Errorf("with %d bytes, %d names", size, len(names))
			continue
		}
		// Going back and forth.
		for _, k := range []int{150, 3, 0, 199, 201} {
			if again, _ := list(size, cookies[k]); !slices.Equal(again, names[k+1:]) {
				t.Errorf("with %d bytes, %d names after number %d", size, len(again), k)
			}
		}
	}
	g.want(success, "fd_readdir", 3, at, 4096, 1<<63, used)
	if g.u32(used) != 0 {
		t.Error("there is something after the end")
	}
	g.want(success, "fd_readdir", 3, at, 0, 0, used)
	g.want(notdir, "fd_readdir", 1, at, 10, 0, used)
}

func TestPointers(t *testing.T) {
	granted := grants.Closed()
	withFolder(t, granted)
	g := newGuest(t, granted)
	const far = 1<<32 - 8
	at, n := g.room(64), g.room(4)
	list := g.vectors([2]uint64{far, 100})
	huge := uint64(1 << 31)
	for name, all := range map[string][][]uint64{
		"args_sizes_get":        {{far, at}, {at, far}, {at + 1, at}},
		"clock_time_get":        {{1, 0, far}, {1, 0, at + 4}},
		"clock_res_get":         {{1, far}},
		"fd_fdstat_get":         {{1, far}, {1, at + 4}},
		"fd_filestat_get":       {{1, far}},
		"fd_prestat_get":        {{3, far}},
		"fd_prestat_dir_name":   {{3, far, 5}},
		"fd_read":               {{0, far, 1, n}, {0, list, 1, n}, {0, at, huge, n}, {0, at + 2, 1, n}},
		"fd_write":              {{1, far, 1, n}, {1, list, 1, n}, {1, at, huge, n}},
		"fd_readdir":            {{3, far, 100, 0, n}, {3, at, 8, 0, far}},
		"path_create_directory": {{3, far, 100}, {3, at, huge}},
		"path_open":             {{3, 0, far, 9, 0, 0, 0, 0, n}, {3, 0, at, 1, 1, 0, 0, 0, far}},
		"path_symlink":          {{far, 9, 3, at, 1}, {at, 1, 3, far, 9}},
		"path_rename":           {{3, at, 1, 3, far, 9}},
		"path_link":             {{3, 0, far, 9, 3, at, 1}},
		"path_filestat_get":     {{3, 0, far, 9, at}},
		"path_unlink_file":      {{3, far, 9}},
		"poll_oneoff":           {{far, at, 1, n}, {at, far, 1, n}, {at, at, huge, n}, {at, at, 1, far}, {at + 4, at, 1, n}},
		"random_get":            {{far, 9}, {at, huge}},
	} {
		for _, params := range all {
			var pointer *PointerError
			if err := traps(t, func() { g.call(name, params...) }); !errors.As(err, &pointer) || pointer.Func != name {
				t.Errorf("%s%v: %v", name, params, err)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(granted.Folders[0].Path, "x")); err == nil {
		t.Error("a file was made")
	}
}

// TestNoMemory has a guest without memory call.
func TestNoMemory(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	s := New(grants.Closed())
	b := r.NewHostModuleBuilder(Module)
	Export(b, func(context.Context, api.Module) *System { return s }, func(context.Context, string, uint64) {})
	_, err := b.Instantiate(ctx)
	must(t, err)
	// (import M "random_get" (func (param i32 i32) (result i32)))
	// (func (export "f") (drop (call 0 (i32.const 0) (i32.const 0))))
	wasm := append([]byte("\x00asm\x01\x00\x00\x00\x01\x0a\x02\x60\x02\x7f\x7f\x01\x7f\x60\x00\x00\x02\x25\x01\x16"+Module+"\x0arandom_get\x00\x00"),
		"\x03\x02\x01\x01\x07\x05\x01\x01f\x00\x01\x0a\x0b\x01\x09\x00\x41\x00\x41\x00\x10\x00\x1a\x0b"...)
	m, err := r.Instantiate(ctx, wasm)
	must(t, err)
	var pointer *PointerError
	if _, err := m.ExportedFunction("f").Call(ctx); !errors.As(err, &pointer) {
		t.Errorf("the call fails by %v", err)
	}
	must(t, s.Close(ctx))
}

func TestDescriptorLimit(t *testing.T) {
	granted := grants.Closed()
	withFolder(t, granted)
	g := newGuest(t, granted)
	n := g.room(4)
	path := g.text("f")
	const mfile = 33
	opened := 0
	for ; opened < 2*grants.DefaultDescriptors; opened++ {
		if e := g.call("path_open", 3, 0, path, 1, 1, rightWrite, 0, 0, n); e != success {
			if e != mfile {
				t.Errorf("the error is %d", e)
			}
			break
		}
	}
	if opened != grants.DefaultDescriptors {
		t.Errorf("%d files are open", opened)
	}
}
