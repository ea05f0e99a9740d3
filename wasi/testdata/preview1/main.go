//go:build wasip1

// Command preview1 calls each function of WASI preview 1 by itself, rightly and
// wrongly, and prints what comes of it. It has one folder, /data, which is empty.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"unsafe"
)

// memory is what pointers of calls lead to.
var memory [1 << 17]byte

func at(offset int) uint32 { return uint32(uintptr(unsafe.Pointer(&memory[offset]))) }

// put writes a string to memory, and returns its address and length.
func put(offset int, s string) (uint32, uint32) {
	return at(offset), uint32(copy(memory[offset:], s))
}

// list writes a list of buffers that take lengths bytes from offset on.
func list(offset int, lengths ...uint32) (uint32, uint32) {
	b := offset
	for n, length := range lengths {
		binary.LittleEndian.PutUint32(memory[1024+8*n:], at(b))
		binary.LittleEndian.PutUint32(memory[1028+8*n:], length)
		b += int(length)
	}
	return at(1024), uint32(len(lengths))
}

func u32(offset int) uint32 { return binary.LittleEndian.Uint32(memory[offset:]) }
func u64(offset int) uint64 { return binary.LittleEndian.Uint64(memory[offset:]) }

// show prints the error number of a call and what belongs to it.
func show(what string, errno uint32, more ...any) {
	fmt.Println(append([]any{what, errno}, more...)...)
}

const dir = 3 // /data

const (
	read, write, readdir                = 1 << 1, 1 << 6, 1 << 14
	create, folder, exclusive, truncate = 1, 2, 4, 8
	appending, nonblock                 = 1, 4
)

// open opens a path in the folder.
func open(path string, how uint32, rights uint64, flags uint32) (uint32, uint32) {
	p, n := put(0, path)
	errno := path_open(dir, 1, p, n, how, rights, 0, flags, at(512))
	return u32(512), errno
}

func main() {
	start()
	standard()
	files()
	folders()
	paths()
	waiting()
	os.Exit(len(os.Args) + 6)
}

// start asks for arguments, the environment, clocks and random numbers.
func start() {
	errno := args_sizes_get(at(0), at(4))
	show("args_sizes_get", errno, u32(0), u32(4))
	count, size := u32(0), u32(4)
	errno = args_get(at(64), at(4096))
	show("args_get", errno, strings.Split(string(memory[4096:4096+size]), "\x00")[1:])
	for n := range count {
		fmt.Println(u32(int(64+4*n)) - at(4096))
	}
	errno = environ_sizes_get(at(0), at(4))
	show("environ_sizes_get", errno, u32(0), u32(4))
	size = u32(4)
	errno = environ_get(at(64), at(4096))
	show("environ_get", errno, fmt.Sprintf("%q", memory[4096:4096+size]))

	for clock := range uint32(4) {
		show("clock_res_get", clock_res_get(clock, at(0)))
		show("clock_time_get", clock_time_get(clock, 0, at(8)))
	}
	errno = clock_time_get(1, 0, at(0))
	clock_time_get(1, 0, at(8))
	show("monotonic", errno, u64(8) >= u64(0))
	clock_time_get(0, 0, at(0))
	show("realtime", 0, u64(0) > 1_600_000_000_000_000_000, u64(0) < 4_000_000_000_000_000_000)
	for n := range memory {
		memory[n] = 0xaa
	}
	errno = random_get(at(1), 100_000)
	same := 0
	for n := 1; n < 100_001; n++ {
		if memory[n] == 0xaa {
			same++
		}
	}
	show("random_get", errno, same < 1000, memory[0], memory[100_001])
	show("random_get", random_get(at(0), 0))
	show("sched_yield", sched_yield())
	show("proc_raise", proc_raise(2))
}

func fdstat(fd uint32) {
	errno := fd_fdstat_get(fd, at(0))
	show("fd_fdstat_get", errno, fd, memory[0], u32(0)>>16, fmt.Sprintf("%x %x", u64(8), u64(16)))
}

// standard uses the standard streams.
func standard() {
	// Go's own files have set them nonblocking.
	show("fd_fdstat_set_flags", fd_fdstat_set_flags(0, 0), fd_fdstat_set_flags(1, 0), fd_fdstat_set_flags(2, 0))
	for fd := range uint32(5) {
		clear(memory[:64])
		fdstat(fd)
		clear(memory[:64])
		show("fd_filestat_get", fd_filestat_get(fd, at(0)), memory[16])
		clear(memory[:64])
		show("fd_prestat_get", fd_prestat_get(fd, at(0)), u32(0), u32(4))
		show("fd_prestat_dir_name", fd_prestat_dir_name(fd, at(0), 4))
		show("fd_prestat_dir_name", fd_prestat_dir_name(fd, at(0), 20), string(memory[:5]))
		show("fd_fdstat_set_rights", fd_fdstat_set_rights(fd, 0, 0))
		show("fd_seek", fd_seek(fd, 0, 0, at(0)))
		show("fd_tell", fd_tell(fd, at(0)))
		show("fd_sync", fd_sync(fd))
		show("fd_datasync", fd_datasync(fd))
		show("fd_advise", fd_advise(fd, 0, 0, 0))
		show("fd_allocate", fd_allocate(fd, 0, 1))
		show("fd_filestat_set_size", fd_filestat_set_size(fd, 1))
		if fd != dir {
			show("fd_filestat_set_times", fd_filestat_set_times(fd, 0, 0, 5))
		}
		l, n := list(2048, 4)
		show("fd_pread", fd_pread(fd, l, n, 0, at(0)))
		show("fd_pwrite", fd_pwrite(fd, l, n, 0, at(0)))
		show("fd_readdir", fd_readdir(fd, at(2048), 0, 0, at(0)))
		show("sock_accept", sock_accept(fd, 0, at(0)))
		show("sock_recv", sock_recv(fd, l, n, 0, at(0), at(4)))
		show("sock_send", sock_send(fd, l, n, 0, at(0)))
		show("sock_shutdown", sock_shutdown(fd, 1))
		if fd > 2 {
			show("fd_read", fd_read(fd, l, n, at(0)))
			show("fd_write", fd_write(fd, l, n, at(0)))
		}
	}
	l, n := list(2048, 4)
	show("fd_read of output", fd_read(1, l, n, at(0)))
	show("fd_write to input", fd_write(0, l, n, at(0)))
	copy(memory[2048:], "one, two, three\n")
	l, n = list(2048, 5, 0, 11)
	errno := fd_write(1, l, n, at(0))
	show("fd_write", errno, u32(0))
	errno = fd_write(1, l, 0, at(0))
	show("fd_write of nothing", errno, u32(0))
	copy(memory[2048:], strings.Repeat("0123456789", 1000)+"\n")
	l, n = list(2048, 10_001)
	errno = fd_write(1, l, n, at(0))
	show("fd_write of much", errno, u32(0))
	errno = fd_write(2, l, n, at(0))
	show("fd_write to the error", errno, u32(0))

	// Into the middle, so that it shows where nothing is written.
	all := ""
	for len(all) < 10_000 {
		clear(memory[2048:9000])
		l, n = list(2048, 0, 3000, 300)
		errno = fd_read(0, l, n, at(0))
		if errno != 0 || u32(0) == 0 {
			break
		}
		all += string(memory[2048 : 2048+u32(0)])
	}
	show("fd_read", errno, u32(0), len(all), strings.Count(all, "line"))
	l, n = list(2048, 10)
	errno = fd_read(0, l, n, at(0))
	show("fd_read at the end", errno, u32(0))
	show("fd_fdstat_set_flags", fd_fdstat_set_flags(0, nonblock))
	show("fd_fdstat_set_flags", fd_fdstat_set_flags(0, 32), fd_fdstat_set_flags(0, 16))
	fdstat(0)
	errno = fd_read(0, l, n, at(0))
	show("fd_read at the end without waiting", errno, u32(0))
	show("fd_fdstat_set_flags", fd_fdstat_set_flags(1, nonblock))
	copy(memory[2048:], "not waited\n")
	l, n = list(2048, 11)
	errno = fd_write(1, l, n, at(0))
	show("fd_write without waiting", errno, u32(0))
	show("fd_fdstat_set_flags", fd_fdstat_set_flags(1, 0))
}

// files uses a file.
func files() {
	fd, errno := open("file", create|exclusive, read|write, 0)
	show("path_open", errno, fd)
	fdstat(fd)
	copy(memory[2048:], "hello, world")
	l, n := list(2048, 5, 0, 7)
	errno = fd_write(fd, l, n, at(0))
	show("fd_write", errno, u32(0))
	errno = fd_write(fd, l, 0, at(0))
	show("fd_write of nothing", errno, u32(0))
	errno = fd_tell(fd, at(0))
	show("fd_tell", errno, u64(0))
	for _, s := range []struct {
		offset int64
		whence uint32
	}{{-5, 2}, {1, 1}, {0, 0}, {-1, 0}, {100, 0}, {-200, 1}, {0, 3}, {7, 0}} {
		errno = fd_seek(fd, uint64(s.offset), s.whence, at(0))
		show("fd_seek", errno, s.offset, s.whence, u64(0))
	}
	clear(memory[3000:4000])
	l, n = list(3000, 2, 3, 10)
	errno = fd_read(fd, l, n, at(0))
	show("fd_read", errno, u32(0), string(memory[3000:3005]), memory[3005])
	errno = fd_read(fd, l, n, at(0))
	show("fd_read at the end", errno, u32(0))
	errno = fd_read(fd, l, 0, at(0))
	show("fd_read of nothing", errno, u32(0))
	l, n = list(3000, 4, 4)
	errno = fd_pread(fd, l, n, 1, at(0))
	show("fd_pread", errno, u32(0), string(memory[3000:3008]))
	errno = fd_pread(fd, l, n, 1000, at(0))
	show("fd_pread behind the end", errno, u32(0))
	copy(memory[2048:], "HELLO")
	l, n = list(2048, 2, 3)
	errno = fd_pwrite(fd, l, n, 10, at(0))
	show("fd_pwrite", errno, u32(0))
	stat(fd)
	show("fd_filestat_set_size", fd_filestat_set_size(fd, 13))
	stat(fd)
	show("fd_allocate", fd_allocate(fd, 10, 10))
	stat(fd)
	show("fd_allocate", fd_allocate(fd, 0, 5), fd_allocate(fd, 0, 0), fd_allocate(fd, 1<<63-1, 2), fd_allocate(fd, 1<<63, 2))
	show("fd_filestat_set_times", fd_filestat_set_times(fd, 1_000_000_001, 2_000_000_002, 5))
	stat(fd)
	show("fd_filestat_set_times", fd_filestat_set_times(fd, 5, 5, 0), fd_filestat_set_times(fd, 0, 0, 3), fd_filestat_set_times(fd, 0, 0, 12), fd_filestat_set_times(fd, 0, 0, 16))
	stat(fd)
	show("fd_filestat_set_times", fd_filestat_set_times(fd, 0, 0, 2|8))
	fd_filestat_get(fd, at(0))
	show("now", 0, u64(48) > 1_600_000_000_000_000_000)
	show("fd_advise", fd_advise(fd, 0, 10, 0), fd_advise(fd, 0, 10, 5), fd_advise(fd, 0, 10, 6))
	show("fd_sync", fd_sync(fd), fd_datasync(fd))
	show("fd_readdir", fd_readdir(fd, at(2048), 100, 0, at(0)))
	p, length := put(0, "x")
	show("path_create_directory in a file", path_create_directory(fd, p, length))
	show("fd_fdstat_set_flags", fd_fdstat_set_flags(fd, appending))
	fdstat(fd)
	copy(memory[2048:], "appended")
	l, n = list(2048, 8)
	errno = fd_write(fd, l, n, at(0))
	fd_tell(fd, at(8))
	show("fd_write to the end", errno, u32(0), u64(8))
	show("fd_close", fd_close(fd), fd_close(fd))

	fd, errno = open("file", 0, read, 0)
	show("path_open to read", errno, fd)
	fdstat(fd)
	show("fd_write", fd_write(fd, l, n, at(0)), fd_pwrite(fd, l, n, 0, at(0)), fd_allocate(fd, 0, 100))
	l, n = list(1<<14, 1<<16)
	errno = fd_read(fd, l, n, at(0))
	show("fd_read", errno, u32(0), fmt.Sprintf("%q", memory[1<<14:1<<14+u32(0)]))
	other, errno := open("file", 0, write, 0)
	show("path_open to write", errno, other)
	fdstat(other)
	show("fd_read", fd_read(other, l, n, at(0)), fd_pread(other, l, n, 0, at(0)))
	show("fd_renumber", fd_renumber(other, fd), fd_renumber(other, fd), fd_renumber(fd, 50), fd_renumber(fd, fd))
	fdstat(fd)
	show("fd_renumber", fd_renumber(1, fd), fd_close(1))
	copy(memory[2048:], "to another number\n")
	l, n = list(2048, 18)
	errno = fd_write(fd, l, n, at(0))
	show2(fd, fmt.Sprintln("fd_write", errno, u32(0)))
	errno = fd_renumber(fd, 2)
	back, _ := open("file", 0, read, 0)
	show2(2, fmt.Sprintln("fd_renumber", errno, back))
	errno = fd_renumber(2, back)
	show2(back, fmt.Sprintln("fd_renumber", errno))
	standardOutput = back

	// Many files, of which some are closed.
	var many []uint32
	for n := range 40 {
		fd, errno := open(fmt.Sprintf("many-%d", n%7), create, read|write, 0)
		if errno != 0 {
			show2(back, fmt.Sprintln("path_open", errno, n))
		}
		many = append(many, fd)
	}
	show2(back, fmt.Sprintln(many, fd_close(many[5]), fd_close(many[20])))
	again, _ := open("many-1", 0, read, 0)
	again2, _ := open("many-1", 0, read, 0)
	show2(back, fmt.Sprintln(again, again2))
	for _, fd := range many {
		fd_close(fd)
	}
}

// standardOutput is the number that standard output has.
var standardOutput uint32 = 1

// show2 prints to a descriptor.
func show2(fd uint32, text string) {
	copy(memory[2048:], text)
	l, n := list(2048, uint32(len(text)))
	fd_write(fd, l, n, at(0))
}

func stat(fd uint32) {
	errno := fd_filestat_get(fd, at(0))
	modified := u64(48)
	if modified > 4_000_000_004 {
		modified = 0 // some time while this runs
	}
	show("fd_filestat_get", errno, memory[16], u64(24), u64(32), modified)
}

// say is show where standard output has another number.
func say(what string, errno uint32, more ...any) {
	show2(standardOutput, fmt.Sprintln(append([]any{what, errno}, more...)...))
}

// folders lists a folder.
func folders() {
	p, n := put(0, "sub")
	errno := path_create_directory(dir, p, n)
	errno2 := path_create_directory(dir, p, n)
	say("path_create_directory", errno, errno2)
	fd, errno := open("sub", folder, readdir, 0)
	say("path_open of a folder", errno, fd_seek(fd, 0, 0, at(0)))
	for n := range 100 {
		name := fmt.Sprintf("entry-%d-%s", n, strings.Repeat("x", n))
		p, length := put(0, name)
		errno := path_open(fd, 0, p, length, create, write, 0, 0, at(512))
		if errno != 0 {
			say("path_open", errno)
		}
		fd_close(u32(512))
	}
	for _, room := range []int{24, 25, 130, 300, 4096, 1 << 16} {
		seen, cookie, total := map[string]bool{}, uint64(0), 0
		for rounds := 0; ; rounds++ {
			errno := fd_readdir(fd, at(1<<14), uint32(room), cookie, at(0))
			used := int(u32(0))
			if errno != 0 || rounds > 1000 {
				say("fd_readdir", errno, rounds)
				break
			}
			b := memory[1<<14 : 1<<14+used]
			whole := 0
			for len(b) >= 24 {
				length := int(binary.LittleEndian.Uint32(b[16:]))
				if len(b) < 24+length {
					break
				}
				seen[fmt.Sprint(string(b[24:24+length]), " ", b[20])] = true
				cookie = binary.LittleEndian.Uint64(b)
				b = b[24+length:]
				whole++
				total++
			}
			if used < room || whole == 0 && room < 200 {
				break
			}
		}
		say("fd_readdir", 0, room, total, len(seen), seen[". 3"], seen[".. 3"], seen["entry-0- 4"], seen["entry-99-"+strings.Repeat("x", 99)+" 4"])
	}
	// Back to an earlier cookie, and on from a later one.
	for _, cookie := range []uint64{0, 5, 3, 50, 102, 103, 1000, 1, 0} {
		clear(memory[1<<14 : 1<<14+200])
		errno := fd_readdir(fd, at(1<<14), 24, cookie, at(0))
		say("fd_readdir", errno, u32(0), u64(1<<14), memory[1<<14+20])
	}
	say("fd_read of a folder", fd_sync(fd), fd_datasync(fd))
	l, n2 := list(2048, 5)
	say("fd_read of a folder", fd_read(fd, l, n2, at(0)), fd_write(fd, l, n2, at(0)))
	errno = fd_filestat_get(fd, at(0))
	say("fd_filestat_get", errno, memory[16])
	say("fd_close", fd_close(fd))
	fd, errno = open("sub", folder, readdir, 0)
	errno2 = fd_readdir(fd, at(1<<14), 100, 0, at(0))
	say("fd_readdir", errno, errno2, fd_close(fd))
	_, errno = open("file", folder, read, 0)
	_, errno2 = open("sub", 0, write, 0)
	say("path_open", errno, errno2)
}

// paths uses functions of paths.
func paths() {
	// TinyGo does not take imports as values.
	mkdir := func(fd, path, length uint32) uint32 { return path_create_directory(fd, path, length) }
	rmdir := func(fd, path, length uint32) uint32 { return path_remove_directory(fd, path, length) }
	unlink := func(fd, path, length uint32) uint32 { return path_unlink_file(fd, path, length) }
	rename := func(fd, path, length, fd2, path2, length2 uint32) uint32 {
		return path_rename(fd, path, length, fd2, path2, length2)
	}
	in := func(f func(fd, path, length uint32) uint32, path string) uint32 {
		p, n := put(0, path)
		return f(dir, p, n)
	}
	two := func(f func(fd, path, length, fd2, path2, length2 uint32) uint32, from, to string) uint32 {
		p, n := put(0, from)
		p2, n2 := put(256, to)
		return f(dir, p, n, dir, p2, n2)
	}
	link := func(fd, path, length, fd2, path2, length2 uint32) uint32 {
		return path_link(fd, 0, path, length, fd2, path2, length2)
	}
	symlink := func(target, path string) uint32 {
		p, n := put(0, target)
		p2, n2 := put(256, path)
		return path_symlink(p, n, dir, p2, n2)
	}
	stat := func(flags uint32, path string) {
		p, n := put(256, path)
		clear(memory[:64])
		errno := path_filestat_get(dir, flags, p, n, at(0))
		say("path_filestat_get "+fmt.Sprintf("%q", path), errno, memory[16], u64(24), memory[16] == 3 || u64(32) < 1000)
	}
	say("path_rename", two(rename, "file", "sub/file"), two(rename, "file", "x"), two(rename, "sub/file", "../x"))
	say("path_link", two(link, "sub/file", "linked"), two(link, "sub/file", "linked"), two(link, "nothing", "x"))
	say("path_symlink", symlink("linked", "soft"), symlink("nowhere", "dangling"), symlink("/etc", "absolute"), symlink("../..", "out"), symlink("loop", "loop"), symlink("sub", "folder"), symlink("x", "soft"))
	for _, path := range []string{"soft", "dangling", "loop", "folder", "folder/file", "sub", "sub/", "linked", "linked/", ".", "..", "", "/", "out/etc", "nothing", "\xff", "a\xed\xa0\x80", "\xf0\x90\x80", "gr\u00fc\u00df", "\U0001f600", strings.Repeat("y", 300)} {
		stat(0, path)
		stat(1, path)
	}
	say("path_filestat_get", path_filestat_get(dir, 2, at(0), 1, at(64)), path_filestat_get(1, 0, at(0), 1, at(64)), path_filestat_get(99, 0, at(0), 1, at(64)))
	for _, room := range []uint32{0, 3, 6, 100} {
		p, n := put(0, "soft")
		clear(memory[64:256])
		errno := path_readlink(dir, p, n, at(64), room, at(512))
		say("path_readlink", errno, u32(512), fmt.Sprintf("%q", memory[64:74]))
	}
	p, n := put(0, "linked")
	say("path_readlink", path_readlink(dir, p, n, at(64), 10, at(512)))
	p, n = put(0, "nothing")
	say("path_readlink", path_readlink(dir, p, n, at(64), 10, at(512)))
	p, n = put(0, "linked")
	say("path_filestat_set_times", path_filestat_set_times(dir, 1, p, n, 3_000_000_003, 4_000_000_004, 5), path_filestat_set_times(dir, 2, p, n, 0, 0, 0), path_filestat_set_times(dir, 1, p, n, 0, 0, 3))
	errno := path_filestat_get(dir, 1, p, n, at(64))
	say("path_filestat_get", errno, u64(64+40), u64(64+48))
	_, errno = open("file2", create|exclusive, write, 0)
	_, errno2 := open("file2", create|exclusive, write, 0)
	say("path_open", errno, errno2)
	for _, path := range []string{"", "/", "..", "../x", "/etc/passwd", "sub/../../x", "out/x", "dangling", "loop", "soft", "folder", "\xc0\x80", "linked/", "nothing", "nothing/x"} {
		for _, how := range []uint32{0, create, truncate} {
			fd, errno := open(path, how, read, 0)
			say(fmt.Sprintf("path_open %q %d", path, how), errno)
			if errno == 0 {
				fd_close(fd)
			}
		}
	}
	p, n = put(0, "soft")
	errno = path_open(dir, 0, p, n, 0, read, 0, 0, at(512))
	say("path_open of a link", errno, path_open(dir, 2, p, n, 0, read, 0, 0, at(512)), path_open(dir, 0, p, n, 16, read, 0, 0, at(512)), path_open(dir, 0, p, n, 0, read, 0, 32, at(512)), path_open(1, 0, p, n, 0, read, 0, 0, at(512)))
	say("path_unlink_file", in(unlink, "soft"), in(unlink, "soft"), in(unlink, "sub"), in(unlink, "dangling"), in(unlink, "\xff"))
	say("path_remove_directory", in(rmdir, "sub"), in(rmdir, "linked"), in(rmdir, "nothing"))
	say("path_create_directory", in(mkdir, "empty"), in(mkdir, "empty/../..x"), in(mkdir, "a/b"), in(mkdir, ""), in(mkdir, "\xff"))
	say("path_rename", two(rename, "empty", "empty2"), two(rename, "empty2", "linked"), two(rename, "linked", "empty2"), two(rename, "\xff", "x"))
	say("path_remove_directory", in(rmdir, "empty2"))
}

// waiting polls.
func waiting() {
	subscribe := func(n int, user uint64, kind byte, fd uint32, timeout uint64, flags uint16) {
		s := memory[4096+48*n:][:48]
		clear(s)
		binary.LittleEndian.PutUint64(s, user)
		s[8] = kind
		binary.LittleEndian.PutUint32(s[16:], fd)
		binary.LittleEndian.PutUint64(s[24:], timeout)
		binary.LittleEndian.PutUint16(s[40:], flags)
	}
	poll := func(what string, count uint32) {
		for n := range memory[8192:16384] {
			memory[8192+n] = 0xaa
		}
		errno := poll_oneoff(at(4096), at(8192), count, at(512))
		var events []string
		if errno == 0 {
			for n := range int(u32(512)) {
				e := memory[8192+32*n:][:32]
				events = append(events, fmt.Sprint(binary.LittleEndian.Uint64(e), e[8], e[10], binary.LittleEndian.Uint64(e[16:]), e[24]))
			}
		}
		say(what, errno, events)
	}
	poll("poll_oneoff of nothing", 0)
	subscribe(0, 7, 0, 1, 1_000_000, 0)
	poll("poll_oneoff of a timer", 1)
	subscribe(0, 7, 0, 0, 1_000_000, 0)
	poll("poll_oneoff of the other clock", 1)
	subscribe(0, 7, 0, 1, 5, 1)
	poll("poll_oneoff of the past", 1)
	subscribe(0, 7, 0, 0, 5, 1)
	poll("poll_oneoff of the past", 1)
	clock_time_get(1, 0, at(0))
	subscribe(0, 8, 0, 1, u64(0)+2_000_000, 1)
	poll("poll_oneoff until then", 1)
	clock_time_get(0, 0, at(0))
	subscribe(0, 8, 0, 0, u64(0)+2_000_000, 1)
	poll("poll_oneoff until then", 1)
	subscribe(0, 1, 0, 1, 1_000_000, 0)
	subscribe(1, 2, 0, 1, 3600_000_000_000, 0)
	poll("poll_oneoff of two timers", 2)
	subscribe(1, 2, 2, standardOutput, 0, 0)
	subscribe(2, 3, 1, 0, 0, 0)
	subscribe(0, 1, 0, 1, 3600_000_000_000, 0)
	poll("poll_oneoff of streams", 3)
	fd, _ := open("linked", 0, read, 0)
	subscribe(1, 2, 2, fd, 0, 0)
	subscribe(2, 3, 1, fd, 0, 0)
	subscribe(3, 4, 1, dir, 0, 0)
	poll("poll_oneoff of a file", 4)
	fd_seek(fd, 10, 0, at(0))
	poll("poll_oneoff of a file", 4)
	subscribe(1, 2, 1, 77, 0, 0)
	subscribe(2, 3, 1, standardOutput, 0, 0)
	subscribe(3, 4, 0, 3, 0, 0)
	subscribe(4, 5, 2, 0, 0, 0)
	poll("poll_oneoff with errors", 5)
	subscribe(1, 2, 3, 0, 0, 0)
	poll("poll_oneoff of an unknown kind", 2)
	subscribe(1, 2, 0, 0, 0, 2)
	poll("poll_oneoff with unknown flags", 2)
	for n := range 80 {
		subscribe(n, uint64(n), 0, 1, uint64(n+1)*3600_000_000_000, 0)
	}
	subscribe(79, 79, 0, 1, 1_000_000, 0)
	poll("poll_oneoff of many", 80)
}
