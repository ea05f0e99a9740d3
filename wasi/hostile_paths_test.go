package wasi_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

const secret = "what the guest must not see"

// field is a folder that a guest has, and beside it one that it has not.
type field struct{ base, granted, outside string }

func newField(t *testing.T) field {
	t.Helper()
	base := t.TempDir()
	f := field{base, filepath.Join(base, "granted"), filepath.Join(base, "outside")}
	check(t, os.Mkdir(f.granted, 0o777))
	return f
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// plant makes both folders as they are at the beginning of an attack.
func (f field) plant(t *testing.T) {
	t.Helper()
	check(t, os.RemoveAll(f.outside))
	entries, err := os.ReadDir(f.granted)
	check(t, err)
	for _, e := range entries {
		check(t, os.RemoveAll(filepath.Join(f.granted, e.Name())))
	}
	check(t, os.MkdirAll(filepath.Join(f.outside, "folder"), 0o777))
	check(t, os.WriteFile(filepath.Join(f.outside, "secret"), []byte(secret), 0o666))
	check(t, os.MkdirAll(filepath.Join(f.granted, "sub", "deep"), 0o777))
	check(t, os.WriteFile(filepath.Join(f.granted, "file"), []byte("x"), 0o666))
	for link, target := range map[string]string{
		"to-secret": "../outside/secret", "to-folder": "../outside", "absolute": filepath.Join(f.outside, "secret"),
		"absolute-folder": f.outside, "up": "..", "slashed": "../outside/", "root": "/",
		"chain1": "chain2", "chain2": "sub/chain3", "sub/chain3": "../to-folder", "loop": "loop", "sub/back": "../../outside",
		"new": "../outside/new",
	} {
		check(t, os.Symlink(target, filepath.Join(f.granted, link)))
	}
}

// print describes a folder: whatever changes in it changes the text.
func print(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	check(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprint(&b, path, " ", info.Mode(), " ", info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %q", text)
		}
		fmt.Fprintln(&b)
		return nil
	}))
	return b.String()
}

// attack has an attack try each path, from the same beginning.
func (f field) attack(t *testing.T, try func(path string) (got string, tried bool)) {
	t.Helper()
	outside, granted := "", ""
	for escape, path := range f.escapes() {
		if outside == "" {
			f.plant(t)
			outside, granted = print(t, f.outside), print(t, f.granted)
		}
		got, tried := try(path)
		if !tried {
			continue
		}
		if strings.Contains(got, secret) {
			t.Errorf("%s: the guest has got %q", escape, got)
		}
		entries, err := os.ReadDir(f.base)
		check(t, err)
		if after := print(t, f.outside); after != outside || len(entries) != 2 {
			t.Errorf("%s: outside was\n%s, and is\n%s, beside %v", escape, outside, after, entries)
			outside = ""
		}
		if print(t, f.granted) != granted {
			outside = ""
		}
	}
}

// escapes are paths that lead out of the folder, or look as if they did.
func (f field) escapes() map[string]string {
	return map[string]string{
		"parent":                     "../outside/secret",
		"parent of a folder":         "sub/../../outside/secret",
		"dots and slashes":           ".//./sub//..//..//outside//secret",
		"absolute":                   filepath.Join(f.outside, "secret"),
		"root":                       "/",
		"two slashes":                "/" + filepath.Join(f.outside, "secret"),
		"link":                       "to-secret",
		"link, slash":                "to-secret/",
		"link to a folder":           "to-folder/secret",
		"link to a folder, slash":    "to-folder/",
		"link to a folder, dot":      "to-folder/.",
		"link to a folder and back":  "to-folder/../outside/secret",
		"link with a slash":          "slashed/secret",
		"link to ..":                 "up/outside/secret",
		"absolute link":              "absolute",
		"absolute link to a folder":  "absolute-folder/secret",
		"link to the root":           "root/" + strings.TrimPrefix(f.outside, "/") + "/secret",
		"chain of links":             "chain1/secret",
		"link in a folder":           "sub/back/secret",
		"link to what is to be made": "new",
		"what is to be made":         "../outside/new",
		"the parent":                 "..",
		"the parent, slash":          "../",
		"the parent of a folder":     "sub/../..",
		"loop":                       "loop/secret",
		"NUL":                        "../outside/secret\x00",
		"NUL before the end":         "file\x00/../../outside/secret",
		"NUL first":                  "\x00../outside/secret",
		"a slash of Unicode":         "..\u2215outside\u2215secret",
		"full width":                 "．．／outside／secret",
		"dots of Unicode":            "‥/outside/secret",
		"overlong":                   "\xc0\xae\xc0\xae/outside/secret",
		"not UTF-8":                  "\xff/../../outside/secret",
		"backslashes":                `..\outside\secret`,
		"right to left":              "\u202e../outside/secret",
		"zero width":                 ".\u200b./outside/secret",
		"long":                       strings.Repeat("sub/../", 500) + "../outside/secret",
		"longer than a path may be":  strings.Repeat("./", 3000) + "../outside/secret",
	}
}

// attacks02 and attacks1 are the functions that take a path. Each returns what it has read,
// of a file that it has opened.
var attacks02 = map[string]func(g *puppet.Guest, dir uint64, path string) string{
	"stat-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		ok, result := g.Result(descriptor+"stat-at", dir, 1, at, n)
		if ok && g.U64(result+8+16) == uint64(len(secret)) {
			return secret
		}
		return ""
	},
	"metadata-hash-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		g.Result(descriptor+"metadata-hash-at", dir, 1, at, n)
		return ""
	},
	"open-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		return readOpened(g, dir, 1, at, n, 0, 1)
	},
	"open-at, nofollow": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		return readOpened(g, dir, 0, at, n, 0, 1)
	},
	"open-at, create": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		return readOpened(g, dir, 1, at, n, 1, 3)
	},
	"open-at, exclusive": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		return readOpened(g, dir, 1, at, n, 1|4, 3)
	},
	"open-at, truncate": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		return readOpened(g, dir, 1, at, n, 8, 3)
	},
	"open-at, folder": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		ok, result := g.Result(descriptor+"open-at", dir, 1, at, n, 2, 1|1<<5)
		if !ok {
			return ""
		}
		opened := g.U32(result + 4)
		at, n = g.Text("secret")
		read := readOpened(g, opened, 1, at, n, 0, 1)
		g.Call("wasi:filesystem/types#[resource-drop]descriptor", opened)
		return read
	},
	"create-directory-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		g.Result(descriptor+"create-directory-at", dir, at, n)
		return ""
	},
	"remove-directory-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		g.Result(descriptor+"remove-directory-at", dir, at, n)
		return ""
	},
	"unlink-file-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		g.Result(descriptor+"unlink-file-at", dir, at, n)
		return ""
	},
	"readlink-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		ok, result := g.Result(descriptor+"readlink-at", dir, at, n)
		if ok && strings.HasPrefix(string(g.Get(g.U32(result+4), g.U32(result+8))), "/") {
			return secret + ": an absolute path"
		}
		return ""
	},
	"set-times-at": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		const timestamp, seconds = 2, 12345
		g.Result(descriptor+"set-times-at", dir, 1, at, n, timestamp, seconds, 0, timestamp, seconds, 0)
		return ""
	},
	"link-at, from": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		to, m := g.Text("linked")
		if ok, _ := g.Result(descriptor+"link-at", dir, 0, at, n, dir, to, m); !ok {
			return ""
		}
		return readOpened(g, dir, 1, to, m, 0, 1)
	},
	"link-at, to": func(g *puppet.Guest, dir uint64, path string) string {
		from, m := g.Text("file")
		at, n := g.Text(path)
		g.Result(descriptor+"link-at", dir, 0, from, m, dir, at, n)
		return ""
	},
	"rename-at, from": func(g *puppet.Guest, dir uint64, path string) string {
		at, n := g.Text(path)
		to, m := g.Text("renamed")
		if ok, _ := g.Result(descriptor+"rename-at", dir, at, n, dir, to, m); !ok {
			return ""
		}
		return readOpened(g, dir, 1, to, m, 0, 1)
	},
	"rename-at, to": func(g *puppet.Guest, dir uint64, path string) string {
		from, m := g.Text("file")
		at, n := g.Text(path)
		g.Result(descriptor+"rename-at", dir, from, m, dir, at, n)
		return ""
	},
	"symlink-at, path": func(g *puppet.Guest, dir uint64, path string) string {
		target, m := g.Text("file")
		at, n := g.Text(path)
		g.Result(descriptor+"symlink-at", dir, target, m, at, n)
		return ""
	},
	"symlink-at, target": func(g *puppet.Guest, dir uint64, path string) string {
		target, m := g.Text(path)
		at, n := g.Text("sub/own-link")
		if ok, _ := g.Result(descriptor+"symlink-at", dir, target, m, at, n); !ok {
			return ""
		}
		return readOpened(g, dir, 1, at, n, 0, 1)
	},
}

const descriptor = "wasi:filesystem/types#[method]descriptor."

// readOpened opens a file, and returns what is in it. The guest writes to it, too.
func readOpened(g *puppet.Guest, dir, follow, at, n, how, flags uint64) string {
	ok, result := g.Result(descriptor+"open-at", dir, follow, at, n, how, flags)
	if !ok {
		return ""
	}
	opened := g.U32(result + 4)
	defer g.Call("wasi:filesystem/types#[resource-drop]descriptor", opened)
	text := ""
	if ok, result := g.Result(descriptor+"read", opened, 100, 0); ok {
		text = string(g.Get(g.U32(result+4), g.U32(result+8)))
	}
	if flags&2 != 0 {
		g.Result(descriptor+"write", opened, at, n, 0)
	}
	return text
}

// preopened returns the descriptor of the guest's first folder.
func preopened(g *puppet.Guest) uint64 {
	list := g.Room(8)
	g.Call("wasi:filesystem/preopens#get-directories", list)
	return g.U32(g.U32(list))
}

func TestHostilePaths02(t *testing.T) {
	f := newField(t)
	g := hostile(t, wasi.Dir(f.granted, "/"))
	dir := preopened(g)
	for name, attack := range attacks02 {
		t.Run(name, func(t *testing.T) {
			f.attack(t, func(path string) (string, bool) {
				if !valid(path) {
					return "", false // the bindings refuse it; see TestHostileText
				}
				return attack(g, dir, path), true
			})
		})
	}
}

func valid(path string) bool { return strings.ToValidUTF8(path, "") == path }

var attacks1 = map[string]func(g *puppet.Guest, path string) string{
	"path_filestat_get": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		if to := g.Room(64); g.Call("path_filestat_get", 3, 1, at, n, to) == 0 && g.U64(to+32) == uint64(len(secret)) {
			return secret
		}
		return ""
	},
	"path_open":           func(g *puppet.Guest, path string) string { return open1(g, path, 1, 0) },
	"path_open, nofollow": func(g *puppet.Guest, path string) string { return open1(g, path, 0, 0) },
	"path_open, create":   func(g *puppet.Guest, path string) string { return open1(g, path, 1, 1) },
	"path_open, truncate": func(g *puppet.Guest, path string) string { return open1(g, path, 1, 8) },
	"path_create_directory": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		g.Call("path_create_directory", 3, at, n)
		return ""
	},
	"path_remove_directory": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		g.Call("path_remove_directory", 3, at, n)
		return ""
	},
	"path_unlink_file": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		g.Call("path_unlink_file", 3, at, n)
		return ""
	},
	"path_filestat_set_times": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		g.Call("path_filestat_set_times", 3, 1, at, n, 12345, 12345, 1|4)
		return ""
	},
	"path_readlink": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		to, used := g.Room(256), g.Room(8)
		if g.Call("path_readlink", 3, at, n, to, 256, used) == 0 && g.U8(to) == '/' {
			return secret
		}
		return ""
	},
	"path_link, from": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		to, m := g.Text("linked")
		if g.Call("path_link", 3, 0, at, n, 3, to, m) != 0 {
			return ""
		}
		return open1(g, "linked", 1, 0)
	},
	"path_link, to": func(g *puppet.Guest, path string) string {
		from, m := g.Text("file")
		at, n := g.Text(path)
		g.Call("path_link", 3, 0, from, m, 3, at, n)
		return ""
	},
	"path_rename, from": func(g *puppet.Guest, path string) string {
		at, n := g.Text(path)
		to, m := g.Text("renamed")
		if g.Call("path_rename", 3, at, n, 3, to, m) != 0 {
			return ""
		}
		return open1(g, "renamed", 1, 0)
	},
	"path_rename, to": func(g *puppet.Guest, path string) string {
		from, m := g.Text("file")
		at, n := g.Text(path)
		g.Call("path_rename", 3, from, m, 3, at, n)
		return ""
	},
	"path_symlink, path": func(g *puppet.Guest, path string) string {
		target, m := g.Text("file")
		at, n := g.Text(path)
		g.Call("path_symlink", target, m, 3, at, n)
		return ""
	},
	"path_symlink, target": func(g *puppet.Guest, path string) string {
		target, m := g.Text(path)
		at, n := g.Text("sub/own-link")
		if g.Call("path_symlink", target, m, 3, at, n) != 0 {
			return ""
		}
		return open1(g, "sub/own-link", 1, 0)
	},
}

// open1 opens a file by preview 1, and returns what is in it. The guest writes to it, too.
func open1(g *puppet.Guest, path string, follow, how uint64) string {
	at, n := g.Text(path)
	fd := g.Room(4)
	rights := uint64(1 << 1)
	if how != 0 {
		rights |= 1 << 6
	}
	if g.Call("path_open", 3, follow, at, n, how, rights, 0, 0, fd) != 0 {
		return ""
	}
	opened := g.U32(fd)
	defer g.Call("fd_close", opened)
	to, used, vector := g.Room(100), g.Room(4), g.Room(8)
	g.Call("fill", vector, 4, 1, to)
	g.Call("fill", vector+4, 4, 1, 100)
	text := ""
	if g.Call("fd_read", opened, vector, 1, used) == 0 {
		text = string(g.Get(to, g.U32(used)))
	}
	g.Call("fd_write", opened, vector, 1, used)
	return text
}

func TestHostilePaths1(t *testing.T) {
	f := newField(t)
	g := hostile1(t, wasi.Dir(f.granted, "/"))
	for name, attack := range attacks1 {
		t.Run(name, func(t *testing.T) {
			f.attack(t, func(path string) (string, bool) { return attack(g, path), true })
		})
	}
}

// A folder that moves while the guest has it open does not take the guest along.
func TestHostileMovedFolder(t *testing.T) {
	f := newField(t)
	g := hostile(t, wasi.Dir(f.granted, "/"))
	dir := preopened(g)
	f.plant(t)
	at, n := g.Text("sub")
	sub := g.Own(descriptor+"open-at", dir, 1, at, n, 2, 1|1<<5)
	at, n = g.Text("sub/deep")
	deep := g.Own(descriptor+"open-at", dir, 1, at, n, 2, 1|1<<5)
	before := print(t, f.outside)
	// The guest moves a folder below another, and goes up from it.
	at, n = g.Text("sub/deep")
	to, m := g.Text("deep")
	g.OK(descriptor+"rename-at", dir, at, n, dir, to, m)
	for name, attack := range attacks02 {
		for _, path := range []string{"../outside/secret", "../../outside/secret", "../sub/../../outside/secret", "../file"} {
			if got := attack(g, deep, path); got != "" {
				t.Errorf("%s of %s from a folder that the guest moved: %q", name, path, got)
			}
		}
	}
	if after := print(t, f.outside); after != before {
		t.Errorf("outside was\n%s, and is\n%s", before, after)
	}
	// The host moves one out of what it granted.
	check(t, os.Rename(filepath.Join(f.granted, "sub"), filepath.Join(f.outside, "sub")))
	for name, attack := range attacks02 {
		for _, path := range []string{"../secret", "../folder", "back/secret", "../../granted/file"} {
			if got := attack(g, sub, path); got != "" {
				t.Errorf("%s of %s from a folder that the host moved: %q", name, path, got)
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(f.outside, "secret")); err != nil || string(text) != secret {
		t.Errorf("the secret is %q, %v", text, err)
	}
	g.Call("wasi:filesystem/types#[resource-drop]descriptor", sub)
	g.Call("wasi:filesystem/types#[resource-drop]descriptor", deep)
}

// While the guest walks a path, another process exchanges a folder on it for a link that
// leads out.
func TestHostileSwappedFolder(t *testing.T) {
	f := newField(t)
	g := hostile(t, wasi.Dir(f.granted, "/"))
	dir := preopened(g)
	f.plant(t)
	in := func(name string) string { return filepath.Join(f.granted, name) }
	check(t, os.Mkdir(in("inside"), 0o777))
	check(t, os.Rename(in("to-folder"), in("leads-out")))
	before := print(t, f.outside)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			name := []string{"inside", "leads-out"}[n%2]
			_ = os.Rename(in(name), in("swap")) // the guest may have changed it meanwhile
			_ = os.Rename(in("swap"), in(name))
		}
	}()
	for range 60 {
		for name, attack := range attacks02 {
			if strings.HasPrefix(name, "symlink") || strings.HasPrefix(name, "rename-at, from") {
				continue // they would make what the other process exchanges
			}
			for _, path := range []string{"swap/secret", "swap/folder", "swap", "inside/../swap/secret"} {
				if got := attack(g, dir, path); strings.Contains(got, secret) {
					t.Errorf("%s of %s: the guest has got %q", name, path, got)
				}
			}
		}
	}
	close(stop)
	<-stopped
	if after := print(t, f.outside); after != before {
		t.Errorf("outside was\n%s, and is\n%s", before, after)
	}
}

// A string of 0.2 that is not UTF-8 ends the guest before the host sees it.
func TestHostileText(t *testing.T) {
	f := newField(t)
	p := hostilePlugin(t, wasi.Dir(f.granted, "/"))
	for _, path := range []string{"\xc0\xae\xc0\xae/outside", "\xff", "\xed\xa0\x80"} {
		g := p.Start(t)
		dir := preopened(g)
		at, n := g.Text(path)
		g.Trap("UTF-8", descriptor+"create-directory-at", dir, at, n, g.Room(8))
	}
}

// The walk along a path is counted, however it ends.
func TestHostileWalks(t *testing.T) {
	f := newField(t)
	f.plant(t)
	const fuel = 50_000_000
	long := strings.Repeat("sub/../", 500)
	p1 := puppet.Compile(t, true, wasi.Host(wasi.Dir(f.granted, "/")), host.Fuel(fuel))
	p := hostilePlugin(t, wasi.Dir(f.granted, "/"), host.Fuel(fuel))
	for name, params := range map[string][]uint64{"stat-at": {1}, "open-at": {1}, "metadata-hash-at": {0}} {
		g := p.Start(t)
		dir := preopened(g)
		at, n := g.Text(long)
		params = append([]uint64{fuel, dir}, params...) // as often as the fuel has units
		params = append(params, at, n)
		if name == "open-at" {
			params = append(params, 0, 1)
		}
		outOfFuel(t, g, "repeat "+descriptor+name, append(params, g.Room(64))...)
	}
	g := p1.Start(t)
	at, n := g.Text(long)
	outOfFuel(t, g, "repeat path_filestat_get", fuel, 3, 1, at, n, g.Room(64))
}
