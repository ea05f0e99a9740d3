package files

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// secretText is what no guest may read. It lies beside the granted folder.
const secretText = "the host's own"

// guarded returns a granted folder in a folder with a secret file and a secret folder.
func guarded(t *testing.T) (*Descriptor, string) {
	t.Helper()
	needLinks(t)
	d, dir := grant(t, nil)
	write(t, filepath.Join(dir, "../secret"), secretText)
	write(t, filepath.Join(dir, "../secrets/secret"), secretText)
	write(t, filepath.Join(dir, "a/b/c/file"), "the guest's")
	return d, dir
}

// intact checks that nothing outside of the granted folder has changed.
func intact(t *testing.T, dir string) {
	t.Helper()
	outside := filepath.Dir(dir)
	var found []string
	must(t, filepath.WalkDir(outside, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == dir {
			return filepath.SkipDir
		}
		found = append(found, strings.TrimPrefix(path, outside))
		if !entry.IsDir() {
			if text, err := os.ReadFile(path); err != nil || string(text) != secretText {
				t.Errorf("%s has %q, %v", path, text, err)
			}
			if info, err := os.Lstat(path); err != nil || info.ModTime().Unix() < 1e9+1 {
				t.Errorf("the time of %s was set", path)
			}
		}
		return nil
	}))
	if got := strings.Join(found, " "); got != " /secret /secrets /secrets/secret" {
		t.Errorf("outside lies%s", got)
	}
}

// attempts tries all that a path can be used for, and reports what comes of the
// outside.
func attempts(t *testing.T, what string, d *Descriptor, path string) {
	t.Helper()
	for _, follow := range []bool{false, true} {
		for _, flags := range []Flags{Read, Write, Read | Write} {
			for _, how := range []OpenFlags{0, Create, Create | Exclusive, DirectoryOnly} {
				got, err := d.Open(path, follow, how, flags)
				if err != nil {
					continue
				}
				p := make([]byte, 100)
				if n, _ := got.ReadAt(p, 0); strings.Contains(string(p[:n]), secretText) {
					t.Errorf("%s: opening %s reads the secret", what, path)
				}
				if got.IsFolder() {
					for _, name := range names(t, got) {
						if strings.HasPrefix(name, "secret") || name == "passwd" || name == "granted/" {
							t.Errorf("%s: opening %s lists %s", what, path, name)
						}
					}
				}
				must(t, got.Close())
			}
		}
		if stat, err := d.StatAt(path, follow); err == nil && stat.Type == RegularFile && stat.Size == uint64(len(secretText)) {
			t.Errorf("%s: %s has the secret's size", what, path)
		}
		now := Time{Set: true}
		_ = d.SetTimesAt(path, follow, now, now)
		if d.Link(path, follow, d, "stolen") == nil {
			if f, err := d.Open("stolen", false, 0, Read); err == nil {
				p := make([]byte, 100)
				if n, _ := f.ReadAt(p, 0); string(p[:n]) == secretText {
					t.Errorf("%s: %s was linked", what, path)
				}
				must(t, f.Close())
			}
			_ = d.Unlink("stolen")
		}
	}
	_ = d.CreateDirectory(path + "/made")
	_ = d.CreateDirectory(path)
	_ = d.Symlink("x", path+"/made")
	if d.Rename(path+"/secret", d, "stolen") == nil {
		t.Errorf("%s: %s/secret was moved in", what, path)
	}
	_ = d.Rename("a/b/c/file", d, path+"/secret")
	_ = d.Unlink(path + "/secret")
	_ = d.RemoveDirectory(path + "/secrets")
}

func TestEscapes(t *testing.T) {
	link := func(target, path string) func(t *testing.T, d *Descriptor, dir string) {
		return func(t *testing.T, d *Descriptor, dir string) { must(t, d.Symlink(target, path)) }
	}
	hostLink := func(target, path string) func(t *testing.T, d *Descriptor, dir string) {
		return func(t *testing.T, d *Descriptor, dir string) {
			must(t, os.Symlink(strings.ReplaceAll(target, "DIR", dir), filepath.Join(dir, path)))
		}
	}
	nothing := func(*testing.T, *Descriptor, string) {}
	both := func(fs ...func(*testing.T, *Descriptor, string)) func(*testing.T, *Descriptor, string) {
		return func(t *testing.T, d *Descriptor, dir string) {
			for _, f := range fs {
				f(t, d, dir)
			}
		}
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T, d *Descriptor, dir string)
		path string
	}{
		{"parent", nothing, ".."},
		{"parent's file", nothing, "../secret"},
		{"parent, slash", nothing, "../"},
		{"parent, dot", nothing, "../."},
		{"down and up", nothing, "a/../../secret"},
		{"far down and up", nothing, "a/b/c/../../../../secret"},
		{"dots and slashes", nothing, "a/.//..///.././secret"},
		{"absolute", nothing, "/etc/passwd"},
		{"double slash", nothing, "//etc/passwd"},
		{"self", nothing, "/proc/self/cwd/../secret"},
		{"link up", link("../secret", "l"), "l"},
		{"link up, slash", link("../secrets", "l"), "l/"},
		{"link up to a folder", link("../secrets", "l"), "l/secret"},
		{"link up, dot", link("../secrets", "l"), "l/."},
		{"link far up", link("../../../../../../../../etc", "l"), "l/passwd"},
		{"link in depth", link("../../../../secret", "a/b/c/l"), "a/b/c/l"},
		{"chain of links", both(link("..", "a/b/up"), link("a/b/up/..", "top"), link("top/../..", "out")), "out/secret"},
		{"link to a link", both(link("../secret", "l"), link("l", "m"), link("m", "n")), "n"},
		{"link by dot dot after a link", both(link("a/b/c", "deep")), "deep/../../../../secret"},
		{"absolute link of the host's", hostLink("/etc/passwd", "l"), "l"},
		{"absolute link to itself", hostLink("DIR/../secret", "l"), "l"},
		{"absolute link to a folder", hostLink("/", "l"), "l/etc/passwd"},
		{"link to the kernel's links", hostLink("/proc/self/root", "l"), "l/etc/passwd"},
		{"link to a descriptor", hostLink("/proc/self/fd", "l"), "l/0"},
		{"link into the kernel's folder by up", link("../../../../../../../../proc/self/root/etc", "l"), "l/passwd"},
		{"hard link to a link", func(t *testing.T, d *Descriptor, dir string) {
			must(t, d.Symlink("../secret", "l"))
			must(t, d.Link("l", false, d, "hard"))
		}, "hard"},
		{"renamed link", func(t *testing.T, d *Descriptor, dir string) {
			must(t, d.Symlink("../../../secret", "a/b/l"))
			must(t, d.Rename("a/b/l", d, "l"))
		}, "l"},
		{"link that fits in depth, moved up", func(t *testing.T, d *Descriptor, dir string) {
			must(t, d.Symlink("../../secret", "a/b/l")) // within: granted/secret
			must(t, d.Rename("a/b", d, "b"))
		}, "b/l"},
		{"backslashes", nothing, `..\secret`},
		{"device", nothing, "../../../../../../../../dev/stdin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, dir := guarded(t)
			c.make(t, d, dir)
			attempts(t, c.name, d, c.path)
			intact(t, dir)
			// The same through a folder that was opened below.
			if below, err := d.Open("a", false, DirectoryOnly, Read); err == nil {
				attempts(t, c.name+", below", below, "../"+c.path)
				attempts(t, c.name+", below", below, c.path)
				must(t, below.Close())
				intact(t, dir)
			}
		})
	}
}

// TestBelowStaysBelow has a folder that was opened in a granted one confine like a
// granted one.
func TestBelowStaysBelow(t *testing.T) {
	d, dir := guarded(t)
	write(t, filepath.Join(dir, "sibling"), "x")
	below, err := d.Open("a/b", false, DirectoryOnly, Read)
	must(t, err)
	defer below.Close()
	must(t, os.Symlink("../../sibling", filepath.Join(dir, "a/b/l")))
	for _, path := range []string{"..", "../../sibling", "l"} {
		expect(t, path, err2(below.Open(path, true, 0, Read)), fault.NotPermitted)
	}
	// Where the host moves it, it stays the folder that it is.
	must(t, os.Rename(filepath.Join(dir, "a/b"), filepath.Join(dir, "moved")))
	must(t, os.MkdirAll(filepath.Join(dir, "a/b/other"), 0o777))
	f, err := below.Open("c/file", false, 0, Read)
	must(t, err)
	must(t, f.Close())
	expect(t, "its old place", err2(below.Open("other", false, 0, Read)), fault.NoEntry)
}

// TestRaces has one goroutine change what another one resolves.
func TestRaces(t *testing.T) {
	d, dir := guarded(t)
	const rounds = 400
	link := func(target, path string) { must(t, os.Symlink(target, filepath.Join(dir, path))) }
	write(t, filepath.Join(dir, "x/secret"), "the guest's")
	link("../secrets", "out")
	swaps := map[string]func(){
		// A folder and a link out of the granted one change places.
		"swap": func() {
			_ = d.Rename("x", d, "tmp")
			_ = d.Rename("out", d, "x")
			_ = d.Rename("x", d, "out")
			_ = d.Rename("tmp", d, "x")
		},
		// A folder moves away while something in it is looked for by "..".
		"move": func() {
			_ = d.Rename("a/b/c", d, "c")
			_ = d.Rename("c", d, "a/b/c")
		},
		// A file becomes a link.
		"file": func() {
			_ = d.Symlink("../secret", "l")
			_ = d.Rename("l", d, "f")
			_ = d.Unlink("f")
			if f, err := d.Open("f", false, Create, Write); err == nil {
				_ = f.Close()
			}
		},
	}
	var opened atomic.Int64
	for name, swap := range swaps {
		var wait sync.WaitGroup
		wait.Go(func() {
			for range rounds {
				swap()
				runtime.Gosched()
			}
		})
		for _, path := range []string{"x/secret", "x/", "a/b/c/../../../secret", "a/b/c/../../../../secret", "f"} {
			wait.Go(func() {
				for range rounds {
					for _, follow := range []bool{true, false} {
						got, err := d.Open(path, follow, 0, Read)
						if err != nil {
							continue
						}
						opened.Add(1)
						p := make([]byte, 100)
						if n, _ := got.ReadAt(p, 0); strings.Contains(string(p[:n]), secretText) {
							t.Errorf("%s: opening %s read the secret", name, path)
						}
						if got.IsFolder() {
							if f, err := got.Open("secret", true, 0, Read); err == nil {
								if n, _ := f.ReadAt(p, 0); strings.Contains(string(p[:n]), secretText) {
									t.Errorf("%s: opening %s led to the secret", name, path)
								}
								must(t, f.Close())
							}
						}
						must(t, got.Close())
						if stat, err := d.StatAt(path, follow); err == nil && stat.Size == uint64(len(secretText)) {
							t.Errorf("%s: %s has the secret's size", name, path)
						}
					}
				}
			})
		}
		wait.Wait()
	}
	if opened.Load() == 0 {
		t.Error("nothing was ever opened: the race tries nothing")
	}
	for _, path := range []string{"secret", "secrets/secret"} {
		if text, err := os.ReadFile(filepath.Join(dir, "..", path)); err != nil || string(text) != secretText {
			t.Errorf("%s has %q, %v", path, text, err)
		}
	}
}

// TestDescriptorsAreGiven has every descriptor of the host closed in the end.
func TestDescriptorsAreGiven(t *testing.T) {
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("this system does not list its descriptors")
		}
		return len(entries)
	}
	d, dir := guarded(t)
	populate(t, dir)
	budget := NewBudget(100)
	d.budget = budget
	before := count()
	for range 3 {
		for _, path := range []string{"a", "a/b/c/file", "link", "up", "dirlink", "folder/inner", "nothing/x", "a/b/../b", "upfolder"} {
			for _, flags := range []Flags{Read, Read | Write, Read | MutateDirectory} {
				f, err := d.Open(path, true, 0, flags)
				if err != nil {
					continue
				}
				if s, err := f.ReadStream(0); err == nil {
					must(t, s.Close())
				}
				if s, err := f.AppendStream(); err == nil {
					must(t, s.Close())
				}
				if l, err := f.List(); err == nil {
					_, _ = l.Next()
					must(t, l.Close())
				}
				must(t, f.Close())
			}
			_, _ = d.StatAt(path, true)
			_, _ = d.Readlink(path)
			_ = d.CreateDirectory(path)
			_ = d.Link(path, false, d, "x/y")
			_ = d.Rename(path, d, "x/y")
		}
	}
	if after := count(); after != before {
		t.Errorf("%d descriptors of the host before, %d after", before, after)
	}
	if budget.Used() != 0 {
		t.Errorf("%d descriptors are counted", budget.Used())
	}
}

func TestBudget(t *testing.T) {
	d, dir := grant(t, NewBudget(3))
	write(t, filepath.Join(dir, "f"), "text")
	var opened []*Descriptor
	for range 3 {
		f, err := d.Open("f", false, 0, Read)
		must(t, err)
		opened = append(opened, f)
	}
	expect(t, "a fourth", err2(d.Open("f", false, 0, Read)), fault.TooManyFiles)
	expect(t, "a stream", err2(opened[0].ReadStream(0)), fault.TooManyFiles)
	must(t, opened[2].Close())
	s, err := opened[0].ReadStream(1)
	must(t, err)
	for _, f := range opened {
		must(t, f.Close())
	}
	p := make([]byte, 10)
	if n, err := s.Read(p); string(p[:n]) != "ext" || err != nil {
		t.Errorf("a stream whose file was closed reads %q, %v", p[:n], err)
	}
	must(t, s.Close())
	if _, err := s.Read(p); err == nil || err == io.EOF {
		t.Errorf("a closed stream reads: %v", err)
	}
	if d.budget.Used() != 0 {
		t.Errorf("%d descriptors are counted", d.budget.Used())
	}
}

func ExampleDescriptor_Open() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	folder, _ := OpenFolder(dir, false)
	defer folder.Close()
	d := folder.Descriptor(NewBudget(10))
	_ = d.Symlink("../../../../etc/hostname", "a")
	_, err := d.Open("a", true, 0, Read)
	fmt.Println(err)
	// Output: operation not permitted
}
