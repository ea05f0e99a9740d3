package preview2

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/canonicalabi/types"
	filesystem "github.com/witgen/witgen/wasi/filesystem/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/clocks"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/streams"
	iopoll "github.com/witgen/witgen/wasi/io/v0.2/poll"
	iostreams "github.com/witgen/witgen/wasi/io/v0.2/streams"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
)

// Each resource that an interface mentions is one that an interface defines.
func TestItems(t *testing.T) {
	interfaces := All(grants.Closed(), nil)
	for _, item := range Items(interfaces) {
		for k, r := range item.Resources {
			if r.Item < 0 {
				t.Fatalf("nothing defines %s of %s", item.Interface.Resources[k], item.Name)
			}
			if own := interfaces[r.Item]; !slices.Contains(own.Defines, r.Name) || !slices.Contains(own.Descriptor.Resources, r.Name) {
				t.Errorf("%s has %s from %s", item.Name, r.Name, own.Name)
			}
		}
	}
	for _, i := range interfaces {
		free := slices.ContainsFunc(i.Descriptor.Functions, func(f bind.Function) bool { return !strings.HasPrefix(f.Name, "[") })
		if free != (i.Impl != nil) {
			t.Errorf("%s has functions of its own: %v, and an implementation: %v", i.Name, free, i.Impl != nil)
		}
	}
}

// poll waits over whatever there is, and what is ready comes in order.
func TestPoll(t *testing.T) {
	ctx := context.Background()
	event, other := &poll.Event{}, &poll.Event{}
	r, w := io.Pipe()
	in := NewInput(nil, streams.NewReader(r), false)
	ready, err := in.Subscribe(ctx)
	if err != nil {
		t.Fatal(err)
	}
	timer, err := newMonotonic(&grants.Grants{Clock: clocks.NewSystem(), Timers: 1}).SubscribeDuration(ctx, uint64(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	list := []iopoll.Pollable{timer, NewPollable(nil, other), ready, NewPollable(nil, event)}
	polled := make(chan []uint32)
	go func() {
		got, err := polls{&grants.Grants{}}.Poll(ctx, list)
		if err != nil {
			t.Error(err)
		}
		polled <- got
	}()
	go func() { _, _ = w.Write([]byte("x")) }()
	if got := <-polled; !slices.Equal(got, []uint32{2}) {
		t.Errorf("ready are %v, want the stream alone", got)
	}
	event.Set()
	if got, err := (polls{&grants.Grants{}}).Poll(ctx, list); err != nil || !slices.Equal(got, []uint32{2, 3}) {
		t.Errorf("ready are %v, %v", got, err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := (polls{&grants.Grants{}}).Poll(ended, list[:2]); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	if err := timer.Block(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("block with an ended context: %v", err)
	}
	if _, err := (polls{&grants.Grants{}}).Poll(ctx, nil); err == nil {
		t.Error("an empty list is polled")
	}
	if _, err := (polls{&grants.Grants{}}).Poll(ctx, []iopoll.Pollable{foreign{}}); err == nil {
		t.Error("a pollable of another implementation is polled")
	}
	if err := in.Close(ctx); err != nil {
		t.Error(err)
	}
}

// foreign is a resource of somebody else's.
type foreign struct{}

func (foreign) Ready(context.Context) (bool, error) { return true, nil }
func (foreign) Block(context.Context) error         { return nil }
func (foreign) Close(context.Context) error         { return nil }

// A resource is dropped after those that depend on it. At the end of the instance they
// are closed in any order.
func TestDrop(t *testing.T) {
	ctx := context.Background()
	closes := 0
	in := &Input{in: streams.Empty{}}
	in.init("input-stream", nil, func(context.Context) error { closes++; return nil })
	child, err := in.Subscribe(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Drop(ctx); err == nil || !strings.Contains(err.Error(), "input-stream before 1 resources") || closes != 0 {
		t.Errorf("dropped before its pollable: %v, closed %d times", err, closes)
	}
	if err := child.(*Pollable).Drop(ctx); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := in.Drop(ctx); err != nil || closes != 1 {
			t.Errorf("dropped after it: %v, closed %d times", err, closes)
		}
	}

	out := NewOutput(nil, streams.Sink{}, false)
	if child, err = out.Subscribe(ctx); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(out.Close(ctx), child.Close(ctx)); err != nil {
		t.Error(err)
	}
}

// failing is a writer or reader that fails once with the host's error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestStreams(t *testing.T) {
	ctx := context.Background()
	in := NewInput(nil, streams.NewReader(strings.NewReader("hello")), false)
	got, err := in.BlockingRead(ctx, 2)
	if err != nil || string(got) != "he" {
		t.Errorf("read %q, %v", got, err)
	}
	if n, err := in.Skip(ctx, 1); err != nil || n != 1 {
		t.Errorf("skipped %d, %v", n, err)
	}
	var to bytes.Buffer
	out := NewOutput(nil, streams.NewWriter(&to), false)
	if n, err := out.BlockingSplice(ctx, in, 100); err != nil || n != 2 || to.String() != "lo" {
		t.Errorf("spliced %d, %v: %q", n, err, &to)
	}
	for range 2 {
		if _, err := in.BlockingRead(ctx, 1); err != (iostreams.StreamErrorClosed{}) {
			t.Errorf("at the end: %v", err)
		}
	}
	if err := NewOutput(nil, streams.NewWriter(&to), false).Write(ctx, []byte("x")); err == nil || isStreamError(err) {
		t.Errorf("a write that was not permitted: %v, want an error that traps", err)
	}
	if n, err := out.CheckWrite(ctx); err != nil || n == 0 {
		t.Errorf("check-write: %d, %v", n, err)
	}
	if err := errors.Join(out.Write(ctx, []byte("x")), out.WriteZeroes(ctx, 2), out.BlockingFlush(ctx)); err != nil || to.String() != "lox\x00\x00" {
		t.Errorf("wrote %q, %v", &to, err)
	}
	for name, err := range map[string]error{
		"blocking-write-and-flush":        out.BlockingWriteAndFlush(ctx, make([]byte, 4097)),
		"blocking-write-zeroes-and-flush": out.BlockingWriteZeroesAndFlush(ctx, 4097),
	} {
		if err == nil || isStreamError(err) {
			t.Errorf("%s of 4097 bytes: %v, want an error that traps", name, err)
		}
	}
	if err := errors.Join(out.BlockingWriteAndFlush(ctx, make([]byte, 4096)), out.BlockingWriteZeroesAndFlush(ctx, 4096)); err != nil || to.Len() != 5+8192 {
		t.Errorf("wrote %d bytes, %v", to.Len(), err)
	}
	if err := out.Drop(ctx); err != nil {
		t.Error(err)
	}
	if err := out.Flush(ctx); err != (iostreams.StreamErrorClosed{}) {
		t.Errorf("flush of a closed stream: %v", err)
	}

	// A wait ends with its context.
	r, w := io.Pipe()
	defer w.Close()
	waiting := NewInput(nil, streams.NewReader(r), false)
	if got, err := waiting.Read(ctx, 1); err != nil || len(got) != 0 {
		t.Errorf("read of nothing: %q, %v", got, err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := waiting.BlockingRead(ended, 1); !errors.Is(err, context.Canceled) || isStreamError(err) {
		t.Errorf("a read whose context ended: %v", err)
	}
	if err := waiting.Close(ctx); err != nil {
		t.Error(err)
	}
}

func isStreamError(err error) bool {
	var e iostreams.StreamError
	return errors.As(err, &e)
}

// An error of the host's comes once, with its code, and without the host's paths.
func TestErrors(t *testing.T) {
	ctx := context.Background()
	_, denied := os.Open(filepath.Join(t.TempDir(), "secret"))
	in := NewInput(nil, streams.NewReader(failing{denied}), false)
	_, err := in.BlockingRead(ctx, 1)
	var failed iostreams.StreamErrorLastOperationFailed
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	text, err := failed.Value.ToDebugString(ctx)
	if err != nil || strings.Contains(text, "secret") || !strings.Contains(text, "no such file") {
		t.Errorf("the error is %q, %v", text, err)
	}
	if code, _ := (filesystemTypes{}).FilesystemErrorCode(ctx, failed.Value); code != types.Some(filesystem.ErrorCodeNoEntry) {
		t.Errorf("its code is %v", code)
	}
	if code, _ := (networks{}).NetworkErrorCode(ctx, failed.Value); code != types.None[network.ErrorCode]() {
		t.Errorf("its code of a network is %v", code)
	}
	if _, err := in.BlockingRead(ctx, 1); err != (iostreams.StreamErrorClosed{}) {
		t.Errorf("after the error: %v", err)
	}
}

// What a guest sees that was granted nothing.
func TestClosed(t *testing.T) {
	ctx := context.Background()
	g := grants.Closed()
	if args, err := (environ{g}).GetArguments(ctx); len(args) != 0 || err != nil {
		t.Errorf("arguments %v, %v", args, err)
	}
	if env, err := (environ{g}).GetEnvironment(ctx); len(env) != 0 || err != nil {
		t.Errorf("environment %v, %v", env, err)
	}
	if dirs, err := (folders{g}).GetDirectories(ctx); len(dirs) != 0 || err != nil {
		t.Errorf("folders %v, %v", dirs, err)
	}
	std := stdio{g}
	in, _ := std.GetStdin(ctx)
	if _, err := in.BlockingRead(ctx, 1); err != (iostreams.StreamErrorClosed{}) {
		t.Errorf("standard input: %v", err)
	}
	out, _ := std.GetStdout(ctx)
	if err := out.BlockingWriteAndFlush(ctx, []byte("dropped")); err != nil {
		t.Errorf("standard output: %v", err)
	}
	if term, _ := std.GetTerminalStdout(ctx); term.Or(nil) != nil {
		t.Error("standard output is a terminal")
	}
	clock := newMonotonic(g)
	first, _ := clock.Now(ctx)
	timer, _ := clock.SubscribeDuration(ctx, uint64(time.Hour))
	if err := timer.Block(ctx); err != nil {
		t.Error(err)
	}
	if second, _ := clock.Now(ctx); second < first+uint64(time.Hour) {
		t.Errorf("after an hour's sleep the clock went from %d to %d", first, second)
	}
	now, _ := (wall{g.Clock}).Now(ctx)
	if now.Seconds > 3601 {
		t.Errorf("the time of day is %v", now)
	}
	if z, _ := (zone{time.UTC}).Display(ctx, now); z.Name != "UTC" || z.UtcOffset != 0 {
		t.Errorf("the time zone is %v", z)
	}
	a, b, _ := insecure{g}.InsecureSeed(ctx)
	if c, d, _ := (insecure{g}).InsecureSeed(ctx); a != c || b != d {
		t.Error("the seed changes")
	}
	if _, err := (secure{g}).GetRandomBytes(ctx, 1<<40); err == nil {
		t.Error("2^40 random bytes are given")
	}
	for status, want := range map[types.Result[types.Unit, types.Unit]]uint32{
		types.OK[types.Unit, types.Unit](types.Unit{}): 0, types.Err[types.Unit, types.Unit](types.Unit{}): 1,
	} {
		var e *host.ExitError
		if err := (exit{}).Exit(ctx, status); !errors.As(err, &e) || e.Code != want {
			t.Errorf("exit of %v: %v", status, err)
		}
	}
	none := noSockets{}
	if _, err := none.CreateTCPSocket(ctx, 0); err != network.ErrorCodeAccessDenied {
		t.Errorf("create-tcp-socket: %v", err)
	}
	if _, err := none.CreateUDPSocket(ctx, 0); err != network.ErrorCodeAccessDenied {
		t.Errorf("create-udp-socket: %v", err)
	}
	if _, err := none.ResolveAddresses(ctx, nil, "localhost"); err != network.ErrorCodePermanentResolverFailure {
		t.Errorf("resolve-addresses: %v", err)
	}
}

func TestFilesystem(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	folder, err := files.OpenFolder(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	g := grants.Closed()
	g.Folders = []grants.Folder{{Folder: folder, Path: "/data"}}
	dirs, err := folders{g}.GetDirectories(ctx)
	if err != nil || len(dirs) != 1 || dirs[0].F1 != "/data" {
		t.Fatalf("folders %v, %v", dirs, err)
	}
	d := dirs[0].F0
	const readWrite = filesystem.DescriptorFlagsRead | filesystem.DescriptorFlagsWrite
	f, err := d.OpenAt(ctx, 0, "file", filesystem.OpenFlagsCreate, readWrite)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.Write(ctx, []byte("hello world"), 0); n != 11 || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	for _, c := range []struct {
		length, offset uint64
		want           string
		end            bool
	}{{5, 0, "hello", false}, {100, 6, "world", true}, {1, 11, "", true}, {0, 0, "", false}} {
		got, err := f.Read(ctx, c.length, c.offset)
		if err != nil || string(got.F0) != c.want || got.F1 != c.end {
			t.Errorf("read(%d, %d) is %q, %v, %v", c.length, c.offset, got.F0, got.F1, err)
		}
	}
	at := time.Date(2001, 2, 3, 4, 5, 6, 7000, time.UTC)
	stamp := filesystem.NewTimestampTimestamp{Value: datetime(at)}
	if err := f.SetTimes(ctx, filesystem.NewTimestampNoChange{}, stamp); err != nil {
		t.Error(err)
	}
	stat, err := d.StatAt(ctx, 0, "file")
	if modified, _ := stat.DataModificationTimestamp.Get(); err != nil || stat.Size != 11 || stat.Type != filesystem.DescriptorTypeRegularFile || modified != datetime(at) {
		t.Errorf("stat %+v, %v", stat, err)
	}
	bad := filesystem.NewTimestampTimestamp{Value: filesystem.Datetime{Nanoseconds: 1e9}}
	if err := f.SetTimes(ctx, bad, stamp); err != filesystem.ErrorCodeInvalid {
		t.Errorf("a second of 10^9 nanoseconds: %v", err)
	}
	late := filesystem.NewTimestampTimestamp{Value: filesystem.Datetime{Seconds: 1 << 63}}
	if err := f.SetTimes(ctx, late, stamp); err != filesystem.ErrorCodeOverflow {
		t.Errorf("a time that no file has: %v", err)
	}
	one, err := f.MetadataHash(ctx)
	two, err2 := d.MetadataHashAt(ctx, 0, "file")
	if one != two || errors.Join(err, err2) != nil {
		t.Errorf("hashes %v and %v, %v, %v", one, two, err, err2)
	}
	if err := d.CreateDirectoryAt(ctx, "folder"); err != nil {
		t.Error(err)
	}
	var names []string
	list, err := d.ReadDirectory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for {
		entry, err := list.ReadDirectoryEntry(ctx)
		if err != nil {
			t.Fatal(err)
		}
		e, ok := entry.Get()
		if !ok {
			break
		}
		names = append(names, e.Name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"file", "folder"}) {
		t.Errorf("the folder has %v", names)
	}
	for name, c := range map[string]struct{ err, want error }{
		"unlink a folder":    {d.UnlinkFileAt(ctx, "folder"), filesystem.ErrorCodeIsDirectory},
		"rmdir a file":       {d.RemoveDirectoryAt(ctx, "file"), filesystem.ErrorCodeNotDirectory},
		"follow a link to":   {d.LinkAt(ctx, filesystem.PathFlagsSymlinkFollow, "file", d, "x"), filesystem.ErrorCodeInvalid},
		"leave":              {d.CreateDirectoryAt(ctx, "../x"), filesystem.ErrorCodeNotPermitted},
		"an absolute target": {d.SymlinkAt(ctx, "/etc", "x"), filesystem.ErrorCodeNotPermitted},
		"no entry":           {d.RenameAt(ctx, "none", d, "x"), filesystem.ErrorCodeNoEntry},
		"size of a folder":   {d.SetSize(ctx, 1), filesystem.ErrorCodeBadDescriptor},
	} {
		if c.err != c.want {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if same, err := f.IsSameObject(ctx, d); same || err != nil {
		t.Errorf("the file and the folder are the same: %v, %v", same, err)
	}

	// A stream outlives the descriptor that it is of.
	in, err := f.ReadViaStream(ctx, 6)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(ctx); err != nil {
		t.Error(err)
	}
	if got, err := in.BlockingRead(ctx, 100); string(got) != "world" || err != nil {
		t.Errorf("the stream reads %q, %v", got, err)
	}
	if err := errors.Join(in.Close(ctx), list.Close(ctx), d.Close(ctx)); err != nil {
		t.Error(err)
	}
	if n := g.Descriptors.Used(); n != 0 {
		t.Errorf("%d descriptors are in use at the end", n)
	}
}

// counted is a source that counts how often it is asked and watched.
type counted struct {
	poll.Event
	asked, watched int
}

func (c *counted) Ready() bool {
	c.asked++
	return c.watched > 0 // it becomes ready while it is watched
}

func (c *counted) Watch(w *poll.Waiter) (stop func()) {
	c.watched++
	return c.Event.Watch(w)
}

// A pollable that is named often is waited for once, and ready in each place.
func TestPollOfOne(t *testing.T) {
	source := &counted{}
	often := NewPollable(nil, source)
	in := make([]iopoll.Pollable, 1000)
	for n := range in {
		in[n] = often
	}
	in[500] = NewPollable(nil, poll.Never{})
	ready, err := polls{&grants.Grants{}}.Poll(context.Background(), in)
	if err != nil || len(ready) != 999 || ready[499] != 499 || ready[500] != 501 {
		t.Errorf("%d places, %v", len(ready), err)
	}
	if source.watched != 1 || source.asked > 2 {
		t.Errorf("watched %d times, asked %d times", source.watched, source.asked)
	}
}
