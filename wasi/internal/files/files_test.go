package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// none is the code of success.
const none = fault.Code(255)

func codeOf(err error) fault.Code {
	if err == nil {
		return none
	}
	return fault.Of(err)
}

func expect(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if got := codeOf(err); got != want {
		t.Errorf("%s: %v (%v), want %v", what, got, err, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o777))
	must(t, os.WriteFile(path, []byte(text), 0o666))
}

// grant returns a descriptor of a folder of the host, and the folder's path.
func grant(t *testing.T, budget *Budget) (*Descriptor, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "granted")
	must(t, os.Mkdir(dir, 0o777))
	return open(t, dir, false, budget), dir
}

func open(t *testing.T, dir string, readOnly bool, budget *Budget) *Descriptor {
	t.Helper()
	f, err := OpenFolder(dir, readOnly)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f.Descriptor(budget)
}

// populate makes a folder with one of each:
//
//	file, folder/inner, empty/, link -> file, dirlink -> folder, dangling -> nothing,
//	loop -> loop, up -> ../outside, absolute -> /
func populate(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, "file"), "contents")
	write(t, filepath.Join(dir, "folder/inner"), "inner")
	must(t, os.Mkdir(filepath.Join(dir, "empty"), 0o777))
	write(t, filepath.Join(filepath.Dir(dir), "outside"), "outside")
	for name, target := range map[string]string{
		"link": "file", "dirlink": "folder", "dangling": "nothing", "loop": "loop", "up": "../outside", "absolute": "/",
		"folder/back": "../file", "slashlink": "folder/", "upfolder": "..",
	} {
		must(t, os.Symlink(target, filepath.Join(dir, name)))
	}
}

func needLinks(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a right on Windows")
	}
}

func TestOpen(t *testing.T) {
	needLinks(t)
	const nofollow, follow = false, true
	for _, c := range []struct {
		path   string
		follow bool
		how    OpenFlags
		flags  Flags
		want   fault.Code
	}{
		{"file", nofollow, 0, Read, none},
		{"file", nofollow, 0, Read | Write, none},
		{"file", nofollow, 0, 0, none},
		{"./file", nofollow, 0, Read, none},
		{"folder/../file", nofollow, 0, Read, none},
		{"dirlink/../file", nofollow, 0, Read, none},
		{"folder//inner", nofollow, 0, Read, none},
		{"folder/./inner", nofollow, 0, Read, none},
		{"file", nofollow, DirectoryOnly, Read, fault.NotDirectory},
		{"file/", nofollow, 0, Read, fault.NotDirectory},
		{"file/x", nofollow, 0, Read, fault.NotDirectory},
		{"file/..", nofollow, 0, Read, fault.NotDirectory},
		{"file/.", nofollow, 0, Read, fault.NotDirectory},
		{"nothing", nofollow, 0, Read, fault.NoEntry},
		{"nothing/x", nofollow, 0, Read, fault.NoEntry},
		{"nothing/", nofollow, Create, Write, fault.IsDirectory},
		{"folder/", nofollow, Create, Read, fault.IsDirectory},
		{"", nofollow, 0, Read, fault.NoEntry},
		{"/", nofollow, 0, Read, fault.NotPermitted},
		{"/file", nofollow, 0, Read, fault.NotPermitted},
		{"..", nofollow, 0, Read, fault.NotPermitted},
		{"../", nofollow, 0, Read, fault.NotPermitted},
		{"../granted/file", nofollow, 0, Read, fault.NotPermitted},
		{"folder/../../granted/file", nofollow, 0, Read, fault.NotPermitted},
		{"fi\x00le", nofollow, 0, Read, fault.Invalid},
		{"fi\xffle", nofollow, 0, Read, fault.IllegalByteSequence},
		{string(slices.Repeat([]byte("a"), 300)), nofollow, 0, Read, fault.NameTooLong},
		{string(slices.Repeat([]byte("a/"), 3000)), nofollow, 0, Read, fault.NameTooLong},
		{".", nofollow, 0, Read, none},
		{"./", nofollow, 0, Read, none},
		{"folder", nofollow, 0, Read, none},
		{"folder/", nofollow, 0, Read, none},
		{"folder/.", nofollow, 0, Read, none},
		{"folder/..", nofollow, 0, Read, none},
		{"folder", nofollow, DirectoryOnly, Read, none},
		{"folder", nofollow, DirectoryOnly, Read | MutateDirectory, none},
		{"file", nofollow, 0, Read | MutateDirectory, fault.NotDirectory},
		{"file", nofollow, 0, Read | Write | MutateDirectory, none},
		{"folder", nofollow, 0, Read | Write, fault.IsDirectory},
		{"folder", nofollow, DirectoryOnly | Create, Read, fault.Invalid},
		{"new", nofollow, Create, Read | Write, none},
		{"new", nofollow, Create, Read, none},
		{"file", nofollow, Create | Exclusive, Write, fault.Exist},
		{"link", follow, Create | Exclusive, Write, fault.Exist},
		{"dangling", follow, Create | Exclusive, Write, fault.Exist},
		{"new2", nofollow, Create | Exclusive, Write, none},
		{"file", nofollow, Truncate, Write, none},
		{"link", nofollow, 0, Read, fault.Loop},
		{"link", follow, 0, Read, none},
		{"link/", follow, 0, Read, fault.NotDirectory},
		{"link/", nofollow, 0, Read, fault.NotDirectory},
		{"dirlink", follow, 0, Read, none},
		{"dirlink", follow, DirectoryOnly, Read, none},
		{"dirlink/", nofollow, 0, Read, none},
		{"dirlink/.", nofollow, 0, Read, none},
		{"dirlink/inner", nofollow, 0, Read, none},
		{"slashlink", follow, 0, Read, none},
		{"folder/back", follow, 0, Read, none},
		{"dirlink/back", follow, 0, Read, none},
		{"dangling", follow, 0, Read, fault.NoEntry},
		{"dangling", follow, Create, Write, none}, // it makes "nothing"
		{"loop", follow, 0, Read, fault.Loop},
		{"loop/x", nofollow, 0, Read, fault.Loop},
		{"up", follow, 0, Read, fault.NotPermitted},
		{"up/", nofollow, 0, Read, fault.NotPermitted},
		{"upfolder/outside", nofollow, 0, Read, fault.NotPermitted},
		{"absolute", follow, 0, Read, fault.NotPermitted},
		{"absolute/etc/hostname", nofollow, 0, Read, fault.NotPermitted},
	} {
		budget := NewBudget(10)
		d, dir := grant(t, budget)
		populate(t, dir)
		got, err := d.Open(c.path, c.follow, c.how, c.flags)
		expect(t, "open "+c.path, err, c.want)
		want := 0
		if err == nil {
			want = 1
		}
		if budget.Used() != want {
			t.Errorf("open %q: %d descriptors are counted", c.path, budget.Used())
		}
		if err == nil {
			must(t, got.Close())
			must(t, got.Close())
		}
		if budget.Used() != 0 {
			t.Errorf("open %q: %d descriptors are counted after Close", c.path, budget.Used())
		}
	}
}

// TestChange runs the operations that change a folder, each on a fresh one.
func TestChange(t *testing.T) {
	needLinks(t)
	mkdir := func(path string) func(d *Descriptor) error {
		return func(d *Descriptor) error { return d.CreateDirectory(path) }
	}
	rmdir := func(path string) func(d *Descriptor) error {
		return func(d *Descriptor) error { return d.RemoveDirectory(path) }
	}
	unlink := func(path string) func(d *Descriptor) error {
		return func(d *Descriptor) error { return d.Unlink(path) }
	}
	symlink := func(target, path string) func(d *Descriptor) error {
		return func(d *Descriptor) error { return d.Symlink(target, path) }
	}
	rename := func(path, to string) func(d *Descriptor) error {
		return func(d *Descriptor) error { return d.Rename(path, d, to) }
	}
	link := func(path string, follow bool, to string) func(d *Descriptor) error {
		return func(d *Descriptor) error { return d.Link(path, follow, d, to) }
	}
	readlink := func(path, want string) func(d *Descriptor) error {
		return func(d *Descriptor) error {
			got, err := d.Readlink(path)
			if err == nil && got != want {
				t.Errorf("readlink %s: %q", path, got)
			}
			return err
		}
	}
	for _, c := range []struct {
		name string
		op   func(d *Descriptor) error
		want fault.Code
		// there and gone are paths to look for afterwards, without following a link.
		there, gone string
	}{
		{"mkdir", mkdir("new"), none, "new", ""},
		{"mkdir/", mkdir("new/"), none, "new", ""},
		{"mkdir in", mkdir("dirlink/new"), none, "folder/new", ""},
		{"mkdir again", mkdir("folder"), fault.Exist, "", ""},
		{"mkdir file", mkdir("file"), fault.Exist, "", ""},
		{"mkdir link", mkdir("dangling"), fault.Exist, "", "nothing"},
		{"mkdir .", mkdir("."), fault.Exist, "", ""},
		{"mkdir ..", mkdir(".."), fault.NotPermitted, "", ""},
		{"mkdir up", mkdir("upfolder/new"), fault.NotPermitted, "", "../new"},
		{"mkdir absolute", mkdir("/tmp"), fault.NotPermitted, "", ""},
		{"mkdir under nothing", mkdir("nothing/new"), fault.NoEntry, "", ""},
		{"rmdir", rmdir("empty"), none, "", "empty"},
		{"rmdir/", rmdir("empty/"), none, "", "empty"},
		{"rmdir full", rmdir("folder"), fault.NotEmpty, "folder", ""},
		{"rmdir file", rmdir("file"), fault.NotDirectory, "file", ""},
		{"rmdir link", rmdir("dirlink"), fault.NotDirectory, "dirlink", ""},
		{"rmdir link/", rmdir("dirlink/"), fault.NotDirectory, "dirlink", ""},
		{"rmdir nothing", rmdir("nothing"), fault.NoEntry, "", ""},
		{"rmdir .", rmdir("."), fault.Invalid, "", ""},
		{"rmdir ..", rmdir(".."), fault.NotPermitted, "", ""},
		{"unlink", unlink("file"), none, "", "file"},
		{"unlink link", unlink("link"), none, "file", "link"},
		{"unlink dangling", unlink("dangling"), none, "", "dangling"},
		{"unlink up", unlink("up"), none, "../outside", "up"},
		{"unlink dirlink", unlink("dirlink"), none, "folder/inner", "dirlink"},
		{"unlink folder", unlink("empty"), fault.IsDirectory, "empty", ""},
		{"unlink folder/", unlink("empty/"), fault.IsDirectory, "empty", ""},
		{"unlink file/", unlink("file/"), fault.NotDirectory, "file", ""},
		{"unlink dirlink/", unlink("dirlink/"), fault.NotDirectory, "dirlink", ""},
		{"unlink nothing", unlink("nothing"), fault.NoEntry, "", ""},
		{"unlink .", unlink("."), fault.IsDirectory, "", ""},
		{"unlink outside", unlink("upfolder/outside"), fault.NotPermitted, "../outside", ""},
		{"symlink", symlink("file", "new"), none, "new", ""},
		{"symlink nowhere", symlink("a/b/c", "new"), none, "new", ""},
		{"symlink absolute", symlink("/etc", "new"), fault.NotPermitted, "", "new"},
		{"symlink empty", symlink("", "new"), fault.NoEntry, "", "new"},
		{"symlink exists", symlink("file", "folder"), fault.Exist, "", ""},
		{"symlink new/", symlink("file", "new/"), fault.NoEntry, "", "new"},
		{"symlink file/", symlink("file", "file/"), fault.NotDirectory, "", ""},
		{"symlink folder/", symlink("file", "folder/"), fault.Exist, "", ""},
		{"rename", rename("file", "new"), none, "new", "file"},
		{"rename onto file", rename("file", "folder/inner"), none, "folder/inner", "file"},
		{"rename onto itself", rename("file", "file"), none, "file", ""},
		{"rename folder", rename("folder", "new"), none, "new/inner", "folder"},
		{"rename folder to new/", rename("folder", "new/"), none, "new/inner", "folder"},
		{"rename folder/", rename("folder/", "new"), none, "new/inner", "folder"},
		{"rename folder onto empty", rename("folder", "empty"), none, "empty/inner", "folder"},
		{"rename folder onto full", rename("empty", "folder"), fault.NotEmpty, "empty", ""},
		{"rename folder onto file", rename("empty", "file"), fault.NotDirectory, "empty", ""},
		{"rename file onto folder", rename("file", "empty"), fault.IsDirectory, "file", ""},
		{"rename file to new/", rename("file", "new/"), fault.NotDirectory, "file", "new"},
		{"rename file/", rename("file/", "new"), fault.NotDirectory, "file", "new"},
		{"rename link", rename("link", "new"), none, "new", "link"},
		{"rename onto link", rename("file", "dangling"), none, "dangling", "nothing"},
		{"rename dirlink/", rename("dirlink/", "new"), fault.NotDirectory, "dirlink", ""},
		{"rename into itself", rename("folder", "folder/new"), fault.Invalid, "folder", ""},
		{"rename nothing", rename("nothing", "new"), fault.NoEntry, "", "new"},
		{"rename out", rename("file", "../new"), fault.NotPermitted, "file", "../new"},
		{"rename out by link", rename("file", "upfolder/new"), fault.NotPermitted, "file", "../new"},
		{"rename in", rename("upfolder/outside", "new"), fault.NotPermitted, "../outside", "new"},
		{"link", link("file", false, "new"), none, "new", ""},
		{"link a link", link("link", false, "new"), none, "new", ""},
		{"link by a link", link("link", true, "new"), fault.Invalid, "", "new"},
		{"link exists", link("file", false, "folder"), fault.Exist, "", ""},
		{"link folder", link("folder", false, "new"), fault.NotPermitted, "", "new"},
		{"link file/", link("file/", false, "new"), fault.NotDirectory, "", "new"},
		{"link to new/", link("file", false, "new/"), fault.NoEntry, "", "new"},
		{"link nothing", link("nothing", false, "new"), fault.NoEntry, "", "new"},
		{"link outside", link("upfolder/outside", false, "new"), fault.NotPermitted, "", "new"},
		{"link to outside", link("file", false, "../new"), fault.NotPermitted, "", "../new"},
		{"readlink", readlink("link", "file"), none, "", ""},
		{"readlink up", readlink("up", "../outside"), none, "", ""},
		{"readlink absolute", readlink("absolute", ""), fault.NotPermitted, "", ""},
		{"readlink file", readlink("file", ""), fault.Invalid, "", ""},
		{"readlink folder", readlink("folder", ""), fault.Invalid, "", ""},
		{"readlink nothing", readlink("nothing", ""), fault.NoEntry, "", ""},
		{"readlink dirlink/", readlink("dirlink/", ""), fault.Invalid, "", ""},
		{"readlink link/", readlink("link/", ""), fault.NotDirectory, "", ""},
	} {
		d, dir := grant(t, nil)
		populate(t, dir)
		expect(t, c.name, c.op(d), c.want)
		if c.there != "" {
			if _, err := os.Lstat(filepath.Join(dir, c.there)); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if c.gone != "" {
			if _, err := os.Lstat(filepath.Join(dir, c.gone)); err == nil {
				t.Errorf("%s: %s is there", c.name, c.gone)
			}
		}
		// Nothing changes in a folder for reading alone.
		want := fault.ReadOnly
		if strings.HasPrefix(c.name, "readlink") {
			want = c.want
		} else if c.name == "mkdir absolute" {
			want = fault.NotPermitted
		}
		if c.name == "link by a link" {
			want = fault.Invalid
		}
		if c.want != none || strings.HasPrefix(c.name, "readlink") {
			expect(t, c.name+", for reading", c.op(open(t, dir, true, nil)), want)
		}
	}
}

func TestRenameAndLinkAcrossFolders(t *testing.T) {
	needLinks(t)
	a, dirA := grant(t, nil)
	b, dirB := grant(t, nil)
	populate(t, dirA)
	must(t, a.Rename("folder", b, "moved"))
	must(t, a.Link("file", false, b, "hard"))
	for _, path := range []string{filepath.Join(dirB, "moved/inner"), filepath.Join(dirB, "hard")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	stat, err := b.StatAt("hard", false)
	must(t, err)
	if stat.Links != 2 {
		t.Errorf("a file with two names has %d links", stat.Links)
	}
	// Neither way out of a folder for reading, nor into one.
	reading := open(t, dirA, true, nil)
	expect(t, "rename out", reading.Rename("file", b, "x"), fault.ReadOnly)
	expect(t, "rename in", b.Rename("hard", reading, "x"), fault.ReadOnly)
	expect(t, "link out", reading.Link("file", false, b, "x"), fault.ReadOnly)
	expect(t, "link in", b.Link("hard", false, reading, "x"), fault.ReadOnly)
}

func TestReadAndWrite(t *testing.T) {
	d, dir := grant(t, nil)
	f, err := d.Open("f", false, Create, Read|Write)
	must(t, err)
	defer f.Close()
	n, err := f.WriteAt([]byte("hello"), 3)
	must(t, err)
	if n != 5 {
		t.Errorf("wrote %d", n)
	}
	p := make([]byte, 10)
	if n, err := f.ReadAt(p, 0); n != 8 || err != io.EOF || string(p[:n]) != "\x00\x00\x00hello" {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if n, err := f.ReadAt(p[:2], 4); n != 2 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	if n, err := f.ReadAt(p, 100); n != 0 || err != io.EOF {
		t.Errorf("read %d, %v", n, err)
	}
	must(t, f.SetSize(4))
	if _, err := f.Append([]byte("x")); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "f")); string(got) != "\x00\x00\x00hx" {
		t.Errorf("the file has %q", got)
	}
	must(t, f.Sync(true))
	must(t, f.Sync(false))
	must(t, f.Advise(0, 10, WillNeed))
	expect(t, "advise", f.Advise(1<<63, 0, Normal), fault.Invalid)
	expect(t, "a far offset", err2(f.ReadAt(p, 1<<63)), fault.Invalid)
	expect(t, "a far write", err2(f.WriteAt(p, 1<<63-1)), fault.FileTooLarge)
	expect(t, "a huge size", f.SetSize(1<<63), fault.FileTooLarge)

	reading, err := d.Open("f", false, 0, Read)
	must(t, err)
	defer reading.Close()
	expect(t, "write", err2(reading.WriteAt(p, 0)), fault.BadDescriptor)
	expect(t, "append", err2(reading.Append(p)), fault.BadDescriptor)
	expect(t, "size", reading.SetSize(0), fault.Invalid)
	must(t, reading.Sync(false))
	writing, err := d.Open("f", false, 0, Write)
	must(t, err)
	defer writing.Close()
	expect(t, "read", err2(writing.ReadAt(p, 0)), fault.BadDescriptor)
	if !reading.Same(writing) || reading.Same(d) {
		t.Error("Same is wrong")
	}
	expect(t, "read a folder", err2(d.ReadAt(p, 0)), fault.IsDirectory)
	expect(t, "write a folder", err2(d.WriteAt(p, 0)), fault.BadDescriptor)
	expect(t, "resize a folder", d.SetSize(0), fault.BadDescriptor)
	expect(t, "advise a folder", d.Advise(0, 0, Normal), fault.BadDescriptor)
	expect(t, "open in a file", err2(reading.Open("x", false, 0, Read)), fault.NotDirectory)
	expect(t, "list a file", err2(reading.List()), fault.NotDirectory)
	must(t, d.Sync(false))
}

func err2[T any](_ T, err error) error { return err }

func TestStatAndTimes(t *testing.T) {
	needLinks(t)
	d, dir := grant(t, nil)
	populate(t, dir)
	stat, err := d.StatAt("link", false)
	must(t, err)
	if stat.Type != SymbolicLink || stat.Size != 4 {
		t.Errorf("a link is %+v", stat)
	}
	stat, err = d.StatAt("link", true)
	must(t, err)
	if stat.Type != RegularFile || stat.Size != 8 || stat.Links != 1 || stat.Inode == 0 {
		t.Errorf("a file is %+v", stat)
	}
	stat, err = d.StatAt("dirlink/", false)
	must(t, err)
	if stat.Type != Directory {
		t.Errorf("a folder is %+v", stat)
	}
	expect(t, "stat link/", err2(d.StatAt("link/", false)), fault.NotDirectory)
	expect(t, "stat up", err2(d.StatAt("up", true)), fault.NotPermitted)
	expect(t, "stat ..", err2(d.StatAt("..", true)), fault.NotPermitted)
	expect(t, "stat loop", err2(d.StatAt("loop", true)), fault.Loop)
	expect(t, "stat nothing", err2(d.StatAt("nothing", true)), fault.NoEntry)

	first, second := time.Unix(1e9, 5000), time.Unix(1.5e9, 7000)
	must(t, d.SetTimesAt("link", true, Time{Set: true, At: first}, Time{Set: true, At: second}))
	stat, err = d.StatAt("file", false)
	must(t, err)
	if !stat.Accessed.Equal(first) || !stat.Modified.Equal(second) {
		t.Errorf("the times are %v and %v", stat.Accessed, stat.Modified)
	}
	lower, upper, err := d.HashAt("file", false)
	must(t, err)
	must(t, d.SetTimesAt("file", true, Time{}, Time{Set: true, At: first}))
	stat, err = d.StatAt("file", false)
	must(t, err)
	if !stat.Accessed.Equal(first) || !stat.Modified.Equal(first) {
		t.Errorf("the times are %v and %v", stat.Accessed, stat.Modified)
	}
	if l, u, err := d.HashAt("file", false); err != nil || l == lower || u == upper {
		t.Error("a changed file has the same hash")
	}
	if l, u, err := d.HashAt("link", true); err != nil || l == lower || u == upper {
		t.Error("a changed file has the same hash")
	}
	// A link's own.
	must(t, d.SetTimesAt("up", false, Time{}, Time{Set: true, At: first}))
	if stat, err := d.StatAt("up", false); err != nil || !stat.Modified.Equal(first) {
		t.Errorf("a link's time is %v, %v", stat.Modified, err)
	}
	expect(t, "times of up", d.SetTimesAt("up", true, Time{Now: true}, Time{}), fault.NotPermitted)
	expect(t, "times of link/", d.SetTimesAt("link/", true, Time{Now: true}, Time{}), fault.NotDirectory)

	f, err := d.Open("file", false, 0, Read)
	must(t, err)
	defer f.Close()
	must(t, f.SetTimes(Time{Set: true, At: second}, Time{Now: true}))
	stat, err = f.Stat()
	must(t, err)
	if !stat.Accessed.Equal(second) || time.Since(stat.Modified) > time.Hour {
		t.Errorf("the times are %v and %v", stat.Accessed, stat.Modified)
	}
	must(t, d.SetTimes(Time{Set: true, At: first}, Time{Set: true, At: first}))
	if stat, err := d.Stat(); err != nil || !stat.Modified.Equal(first) {
		t.Errorf("a folder's time is %v, %v", stat.Modified, err)
	}
	reading := open(t, dir, true, nil)
	expect(t, "times", reading.SetTimesAt("file", true, Time{}, Time{}), fault.ReadOnly)
	expect(t, "folder's times", reading.SetTimes(Time{}, Time{}), fault.ReadOnly)
	rf, err := reading.Open("file", false, 0, Read)
	must(t, err)
	defer rf.Close()
	expect(t, "file's times", rf.SetTimes(Time{}, Time{}), fault.ReadOnly)
}

func names(t *testing.T, d *Descriptor) []string {
	t.Helper()
	l, err := d.List()
	must(t, err)
	defer l.Close()
	var all []string
	for {
		entry, err := l.Next()
		if err == io.EOF {
			slices.Sort(all)
			return all
		}
		must(t, err)
		kind := map[Type]string{Directory: "/", RegularFile: "", SymbolicLink: "@", FIFO: "|"}[entry.Type]
		all = append(all, entry.Name+kind)
		if stat, err := d.StatAt(entry.Name, false); err != nil || stat.Inode != entry.Inode {
			t.Errorf("%s has inode %d, and its entry %d", entry.Name, stat.Inode, entry.Inode)
		}
	}
}

func TestList(t *testing.T) {
	needLinks(t)
	d, dir := grant(t, NewBudget(1))
	populate(t, dir)
	want := []string{"absolute@", "dangling@", "dirlink@", "empty/", "file", "folder/", "link@", "loop@", "slashlink@", "up@", "upfolder@"}
	for range 2 {
		if got := names(t, d); !slices.Equal(got, want) {
			t.Errorf("the folder has %q", got)
		}
	}
	l, err := d.List()
	must(t, err)
	expect(t, "a second listing", err2(d.List()), fault.TooManyFiles)
	must(t, l.Close())
	must(t, l.Close())
}

// TestListMany lists a folder that takes the system several calls.
func TestListMany(t *testing.T) {
	d, dir := grant(t, nil)
	var want []string
	for n := range 1000 {
		name := fmt.Sprintf("a file with a long name %04d", n)
		want = append(want, name)
		write(t, filepath.Join(dir, name), "")
	}
	if got := names(t, d); !slices.Equal(got, want) {
		t.Errorf("of %d files, %d are listed", len(want), len(got))
	}
}

// TestListRemoved lists a folder that was removed after the listing began.
func TestListRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows removes no folder that is open")
	}
	d, dir := grant(t, nil)
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o777))
	folder, err := d.Open("folder", false, 0, Read)
	must(t, err)
	defer folder.Close()
	l, err := folder.List()
	must(t, err)
	defer l.Close()
	must(t, os.Remove(filepath.Join(dir, "folder")))
	if e, err := l.Next(); err != io.EOF {
		t.Errorf("got %v, %v; want the end", e, err)
	}
}

func TestFlags(t *testing.T) {
	d, dir := grant(t, nil)
	write(t, filepath.Join(dir, "folder/f"), "")
	if d.Flags() != Read|MutateDirectory || !d.IsFolder() || !d.Mutable() {
		t.Error("a granted folder is not for reading and changing")
	}
	folder, err := d.Open("folder", false, 0, Read)
	must(t, err)
	defer folder.Close()
	if folder.Flags() != Read|MutateDirectory {
		t.Error("a folder in it is not")
	}
	f, err := folder.Open("f", false, 0, Read|Write|DataIntegritySync)
	must(t, err)
	defer f.Close()
	if f.Flags() != Read|Write|DataIntegritySync || f.IsFolder() || f.IsStream() {
		t.Errorf("the file's flags are %b", f.Flags())
	}
	if kind, err := f.Type(); kind != RegularFile || err != nil {
		t.Errorf("the file is %v, %v", kind, err)
	}
	reading := open(t, dir, true, nil)
	if reading.Flags() != Read {
		t.Error("a folder for reading is for more")
	}
	for _, c := range []struct {
		how   OpenFlags
		flags Flags
	}{{0, Write}, {0, Read | MutateDirectory}, {Create, Read}, {Truncate, Read}} {
		expect(t, "open", err2(reading.Open("folder/f", false, c.how, c.flags)), fault.ReadOnly)
	}
	inner, err := reading.Open("folder", false, 0, Read)
	must(t, err)
	defer inner.Close()
	expect(t, "create below", err2(inner.Open("g", false, Create, Write)), fault.ReadOnly)
	expect(t, "remove below", inner.Unlink("f"), fault.ReadOnly)
}

func TestErrorsHideTheHost(t *testing.T) {
	d, _ := grant(t, nil)
	_, err := d.Open("nothing", false, 0, Read)
	if err == nil || err.Error() != "no such file or directory" {
		t.Errorf("the error is %q", err)
	}
	if !errors.Is(err, os.ErrNotExist) || !errors.Is(err, fault.NoEntry) {
		t.Error("the error has lost its cause or its code")
	}
	if _, err := OpenFolder(filepath.Join(t.TempDir(), "nothing"), false); err == nil {
		t.Error("a folder that is not there was opened")
	}
}
