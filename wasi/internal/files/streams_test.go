package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/streams"
)

func TestStreams(t *testing.T) {
	d, dir := grant(t, nil)
	write(t, filepath.Join(dir, "f"), "0123456789")
	f, err := d.Open("f", false, 0, Read|Write)
	must(t, err)
	defer f.Close()
	in, err := f.ReadStream(2)
	must(t, err)
	defer in.Close()
	out, err := f.WriteStream(8)
	must(t, err)
	defer out.Close()
	end, err := f.AppendStream()
	must(t, err)
	defer end.Close()
	p := make([]byte, 4)
	if n, err := in.Read(p); string(p[:n]) != "2345" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if n, err := in.Read(nil); n != 0 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	ctx := context.Background()
	must(t, streams.WriteAndFlush(ctx, out, []byte("ab")))
	must(t, streams.WriteAndFlush(ctx, end, []byte("end")))
	must(t, streams.WriteAndFlush(ctx, out, []byte("cd")))
	must(t, streams.WriteAndFlush(ctx, end, []byte("!")))
	if got, _ := os.ReadFile(filepath.Join(dir, "f")); string(got) != "01234567abcdd!" {
		t.Errorf("the file has %q", got)
	}
	if n, err := streams.Skip(in, 4); n != 4 || err != nil {
		t.Errorf("skipped %d, %v", n, err)
	}
	if n, err := in.Read(p); string(p[:n]) != "cdd!" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if n, err := in.Read(p); n != 0 || !errors.Is(err, streams.ErrClosed) {
		t.Errorf("at the end: %d, %v", n, err)
	}
	unchecked, err := f.AppendStream()
	must(t, err)
	defer unchecked.Close()
	if err := unchecked.Write([]byte("x")); !errors.Is(err, streams.ErrPermit) {
		t.Errorf("a write without permission: %v", err)
	}
	// A failing write fails once, and the stream is closed then.
	far, err := f.WriteStream(1<<63 - 2)
	must(t, err)
	defer far.Close()
	n, err := far.Check()
	if n == 0 || err != nil {
		t.Errorf("check: %d, %v", n, err)
	}
	expect(t, "a far write", far.Write([]byte("xxx")), fault.FileTooLarge)
	if _, err := far.Check(); !errors.Is(err, streams.ErrClosed) {
		t.Errorf("after a failure: %v", err)
	}
	reading, err := d.Open("f", false, 0, Read)
	must(t, err)
	defer reading.Close()
	expect(t, "write stream", err2(reading.WriteStream(0)), fault.BadDescriptor)
	expect(t, "append stream", err2(reading.AppendStream()), fault.BadDescriptor)
	expect(t, "stream of a folder", err2(d.ReadStream(0)), fault.IsDirectory)
	expect(t, "write stream of a folder", err2(d.WriteStream(0)), fault.BadDescriptor)
}

// bare hides what a file can do beside reading.
type bare struct{ fs.FS }

type bareFile struct{ f fs.File }

func (b bare) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if _, ok := f.(fs.ReadDirFile); ok {
		return f, nil
	}
	return bareFile{f}, nil
}

func (b bareFile) Read(p []byte) (int, error) { return b.f.Read(p) }
func (b bareFile) Close() error               { return b.f.Close() }
func (b bareFile) Stat() (fs.FileInfo, error) { return b.f.Stat() }

func TestFS(t *testing.T) {
	made := time.Unix(1e9, 0)
	fsys := fstest.MapFS{
		"file":         {Data: []byte("0123456789"), ModTime: made},
		"folder/inner": {Data: []byte("inner")},
		"link":         {Data: []byte("file"), Mode: fs.ModeSymlink},
		"dirlink":      {Data: []byte("folder"), Mode: fs.ModeSymlink},
		"folder/back":  {Data: []byte("../file"), Mode: fs.ModeSymlink},
		"folder/out":   {Data: []byte("../../file"), Mode: fs.ModeSymlink},
		"absolute":     {Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink},
		"loop":         {Data: []byte("loop"), Mode: fs.ModeSymlink},
	}
	d := FS(fsys).Descriptor(NewBudget(5))
	for _, c := range []struct {
		path   string
		follow bool
		how    OpenFlags
		flags  Flags
		want   fault.Code
	}{
		{"file", false, 0, Read, none},
		{"folder/inner", false, 0, Read, none},
		{"folder/../file", false, 0, Read, none},
		{"dirlink/../file", false, 0, Read, none},
		{"dirlink/inner", false, 0, Read, none},
		{"folder/back", true, 0, Read, none},
		{"link", true, 0, Read, none},
		{"link", false, 0, Read, fault.Loop},
		{"link/", true, 0, Read, fault.NotDirectory},
		{"file/", false, 0, Read, fault.NotDirectory},
		{"file/..", false, 0, Read, fault.NotDirectory},
		{"file/x", false, 0, Read, fault.NotDirectory},
		{"file", false, DirectoryOnly, Read, fault.NotDirectory},
		{"folder", false, DirectoryOnly, Read, none},
		{"folder/", false, 0, Read, none},
		{".", false, 0, Read, none},
		{"folder/..", false, 0, Read, none},
		{"dirlink/", false, 0, Read, none},
		{"..", false, 0, Read, fault.NotPermitted},
		{"folder/../..", false, 0, Read, fault.NotPermitted},
		{"folder/out", true, 0, Read, fault.NotPermitted},
		{"absolute", true, 0, Read, fault.NotPermitted},
		{"absolute/x", false, 0, Read, fault.NotPermitted},
		{"loop", true, 0, Read, fault.Loop},
		{"nothing", false, 0, Read, fault.NoEntry},
		{"folder/../nothing", false, 0, Read, fault.NoEntry},
		{"file", false, 0, Write, fault.ReadOnly},
		{"new", false, Create, Read, fault.ReadOnly},
		{"file", false, Truncate, Read, fault.ReadOnly},
	} {
		got, err := d.Open(c.path, c.follow, c.how, c.flags)
		expect(t, "open "+c.path, err, c.want)
		if err == nil {
			must(t, got.Close())
		}
	}
	for _, fsys := range []fs.FS{fsys, bare{fsys}} {
		d := FS(fsys).Descriptor(nil)
		f, err := d.Open("file", false, 0, Read)
		must(t, err)
		p := make([]byte, 4)
		for _, offset := range []uint64{0, 4, 2, 8, 0, 10, 20, 1} {
			want := ""
			if offset < 10 {
				want = "0123456789"[offset:min(offset+4, 10)]
			}
			n, err := f.ReadAt(p, offset)
			if string(p[:n]) != want || (err != nil) != (n < 4) {
				t.Errorf("at %d: %q, %v", offset, p[:n], err)
			}
		}
		if stat, err := f.Stat(); err != nil || stat.Size != 10 || stat.Type != RegularFile || !stat.Modified.Equal(made) {
			t.Errorf("the file is %+v, %v", stat, err)
		}
		expect(t, "write", err2(f.WriteAt(p, 0)), fault.BadDescriptor)
		expect(t, "size", f.SetSize(0), fault.Invalid)
		expect(t, "times", f.SetTimes(Time{}, Time{}), fault.ReadOnly)
		must(t, f.Sync(true))
		must(t, f.Advise(0, 0, Normal))
		must(t, f.Close())
		l, err := d.List()
		must(t, err)
		var all []string
		for {
			entry, err := l.Next()
			if err != nil {
				break
			}
			all = append(all, fmt.Sprint(entry.Name, entry.Type))
		}
		must(t, l.Close())
		if got := strings.Join(all, " "); got != "absolute5 dirlink5 file6 folder3 link5 loop5" {
			t.Errorf("the folder has %s", got)
		}
	}
	if target, err := d.Readlink("link"); target != "file" || err != nil {
		t.Errorf("readlink: %q, %v", target, err)
	}
	expect(t, "readlink", err2(d.Readlink("absolute")), fault.NotPermitted)
	expect(t, "readlink", err2(d.Readlink("file")), fault.Invalid)
	if stat, err := d.StatAt("link", false); err != nil || stat.Type != SymbolicLink {
		t.Errorf("a link is %+v, %v", stat, err)
	}
	if stat, err := d.StatAt("link", true); err != nil || stat.Type != RegularFile {
		t.Errorf("a file is %+v, %v", stat, err)
	}
	folder, err := d.Open("folder", false, 0, Read)
	must(t, err)
	defer folder.Close()
	again, err := d.Open("dirlink", true, 0, Read)
	must(t, err)
	defer again.Close()
	if d.Same(folder) {
		t.Error("two folders are one")
	}
	expect(t, "out of it", err2(folder.Open("../file", false, 0, Read)), fault.NotPermitted)
	expect(t, "remove", d.Unlink("file"), fault.ReadOnly)
	host, _ := grant(t, nil)
	expect(t, "rename", host.Rename("x", d, "y"), fault.ReadOnly)
}

// TestOSFS grants a folder of the host as an fs.FS.
func TestOSFS(t *testing.T) {
	needLinks(t)
	_, dir := grant(t, nil)
	populate(t, dir)
	root, err := os.OpenRoot(dir)
	must(t, err)
	defer root.Close()
	d := FS(root.FS()).Descriptor(nil)
	expect(t, "up", err2(d.Open("up", true, 0, Read)), fault.NotPermitted)
	f, err := d.Open("dirlink/back", true, 0, Read)
	must(t, err)
	defer f.Close()
	p := make([]byte, 20)
	if n, _ := f.ReadAt(p, 0); string(p[:n]) != "contents" {
		t.Errorf("read %q", p[:n])
	}
	g, err := d.Open("file", true, 0, Read)
	must(t, err)
	defer g.Close()
	if !f.Same(g) {
		t.Error("a file is two")
	}
}
