package files

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// TestNamedPipe opens a pipe before anyone is at its other end. Opening it as the
// system does by itself would wait.
func TestNamedPipe(t *testing.T) {
	d, dir := grant(t, nil)
	path := filepath.Join(dir, "pipe")
	must(t, unix.Mkfifo(path, 0o666))
	if got := names(t, d); got[0] != "pipe|" {
		t.Errorf("the folder has %q", got)
	}
	expect(t, "write without a reader", err2(d.Open("pipe", false, 0, Write)), fault.NoSuchDevice)
	reader, err := d.Open("pipe", false, 0, Read)
	must(t, err)
	defer reader.Close()
	writer, err := d.Open("pipe", false, 0, Write)
	must(t, err)
	defer writer.Close()
	if kind, err := reader.Type(); kind != FIFO || err != nil || !reader.IsStream() {
		t.Errorf("the pipe is %v, %v", kind, err)
	}
	in, err := reader.ReadStream(0)
	must(t, err)
	defer in.Close()
	out, err := writer.WriteStream(0)
	must(t, err)
	p := make([]byte, 10)
	if n, err := in.Read(p); n != 0 || err != nil {
		t.Errorf("an empty pipe reads %d, %v", n, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	must(t, streams.WriteAndFlush(ctx, out, []byte("hello")))
	if n, err := streams.ReadBlocking(ctx, in, p); string(p[:n]) != "hello" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	expect(t, "read at an offset", err2(reader.ReadAt(p, 0)), fault.InvalidSeek)
	expect(t, "write at an offset", err2(writer.WriteAt(p, 0)), fault.InvalidSeek)
	must(t, out.Close())
	must(t, writer.Close())
	if _, err := streams.ReadBlocking(ctx, in, p); err != streams.ErrClosed {
		t.Errorf("a pipe without a writer reads %v", err)
	}
	// A full pipe permits no more, and one that nobody reads breaks.
	host, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	must(t, err)
	writer, err = d.Open("pipe", false, 0, Write)
	must(t, err)
	defer writer.Close()
	out, err = writer.WriteStream(0)
	must(t, err)
	total := 0
	for {
		n, err := out.Check()
		must(t, err)
		if n == 0 {
			break
		}
		must(t, out.Write(make([]byte, n)))
		total += n
	}
	if total < streams.Chunk {
		t.Errorf("a pipe took %d bytes", total)
	}
	if n, err := io.ReadFull(host, make([]byte, total)); n != total {
		t.Errorf("read %d of %d: %v", n, total, err)
	}
	must(t, streams.FlushBlocking(ctx, out))
	must(t, host.Close())
	must(t, in.Close())
	must(t, reader.Close())
	expect(t, "a broken pipe", streams.WriteAndFlush(ctx, out, []byte("x")), fault.Pipe)
	must(t, out.Close())
}

// TestOpenedElsewhere has another folder take the place of the one that was opened,
// before its root is.
func TestOpenedElsewhere(t *testing.T) {
	d, dir := grant(t, nil)
	must(t, os.Mkdir(filepath.Join(dir, "one"), 0o777))
	must(t, os.Mkdir(filepath.Join(dir, "other"), 0o777))
	fd, err := unix.Open(filepath.Join(dir, "one"), unix.O_DIRECTORY, 0)
	must(t, err)
	_, _, err = d.folder.(*hostFolder).opened(fd, "other")
	expect(t, "another folder", err, fault.NoEntry)
	fd, err = unix.Open(filepath.Join(dir, "one"), unix.O_DIRECTORY, 0)
	must(t, err)
	_, folder, err := d.folder.(*hostFolder).opened(fd, "one")
	must(t, err)
	must(t, folder.Close())
}
