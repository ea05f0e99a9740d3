package wasi

import (
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/random"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// Host opens what opts open. Without any, it opens nothing, and lets Instantiate take
// options of this package.
func Host(opts ...host.Option) host.Option {
	return func(c *host.Config) {
		change(func(*provider) {})(c)
		for _, opt := range opts {
			opt(c)
		}
	}
}

// change returns an option that changes the configuration's provider. It changes a copy,
// since that of Compile is all instances'.
func change(set func(*provider)) host.Option {
	return func(c *host.Config) {
		made := &provider{descriptors: DefaultDescriptors, maxRandom: DefaultRandom, timers: DefaultTimers, bytes: DefaultBufferedBytes, linger: DefaultLinger}
		for _, p := range c.Providers {
			if old, ok := p.(*provider); ok {
				made = old.clone()
			}
		}
		set(made)
		host.Provide(made)(c)
	}
}

// Stdin gives a guest r as its standard input. Instances that share it read in turn:
// what one has read, no other one gets. For os.Stdin that holds for the whole process.
func Stdin(r io.Reader) host.Option {
	in := streams.Shared(r)
	return change(func(p *provider) {
		p.stdin, p.terminal[0] = in, isTerminal(r)
	})
}

// Stdout lets a guest write to w as its standard output. The guest's instances share
// w, and may write at once.
func Stdout(w io.Writer) host.Option {
	return change(func(p *provider) {
		p.stdout, p.terminal[1] = w, isTerminal(w)
	})
}

// Stderr is Stdout for standard error.
func Stderr(w io.Writer) host.Option {
	return change(func(p *provider) {
		p.stderr, p.terminal[2] = w, isTerminal(w)
	})
}

// Args sets a guest's arguments, the program's name among them.
func Args(args ...string) host.Option {
	return change(func(p *provider) { p.args = args })
}

// Env sets a variable of a guest's environment.
func Env(name, value string) host.Option {
	return change(func(p *provider) { p.setEnv(name, value) })
}

// Clock gives a guest the time of day, the host's time zone and the passing of time, and
// lets it sleep. A sleep ends with the context of the call.
func Clock() host.Option {
	return change(func(p *provider) { p.clock = true })
}

// Dir lets a guest read and change the host's folder dir and what is below it, as
// path. No path and no symbolic link leads it out of dir. The folder is opened once,
// by the first instance: it stays the same where the host moves it.
func Dir(dir, path string) host.Option { return folder(dir, path, false) }

// ReadOnlyDir is Dir for reading only.
func ReadOnlyDir(dir, path string) host.Option { return folder(dir, path, true) }

func folder(dir, path string, readOnly bool) host.Option {
	open := sync.OnceValues(func() (*files.Folder, error) {
		f, err := files.OpenFolder(dir, readOnly)
		if err != nil {
			return nil, fmt.Errorf("the folder %s for a guest's %s: %w", dir, path, err)
		}
		return f, nil
	})
	return change(func(p *provider) { p.mount(path, open) })
}

// FS lets a guest read fsys, as path. Symbolic links in it, which it tells as an
// fs.ReadLinkFS, lead no further than fsys; whether it follows links by itself is up to
// fsys, as os.DirFS does, out of its folder.
func FS(fsys fs.FS, path string) host.Option {
	open := func() (*files.Folder, error) { return files.FS(fsys), nil }
	return change(func(p *provider) { p.mount(path, open) })
}

// DefaultDescriptors is how many files, folders and listings of folders an instance
// may have open at a time.
const DefaultDescriptors = 1024

// Descriptors bounds how many files, folders and listings of folders an instance may
// have open at a time. Opening one more fails in the guest.
func Descriptors(n int) host.Option {
	return change(func(p *provider) { p.descriptors = n })
}

// DefaultRandom is how many random bytes a guest may ask for at a time.
const DefaultRandom = random.DefaultMax

// RandomBytes bounds how many random bytes a guest may ask for at a time. A request for
// more ends the guest with a *host.Trap.
func RandomBytes(n uint64) host.Option {
	return change(func(p *provider) { p.maxRandom = n })
}

// DefaultTimers is how many pollables of clocks an instance may have at a time.
const DefaultTimers = grants.DefaultTimers

// Timers bounds how many pollables of clocks an instance may have at a time. One more ends
// the guest with a *host.Trap. Preview 1 has timers only while it waits for them.
func Timers(n int) host.Option {
	return change(func(p *provider) { p.timers = n })
}

// DefaultBufferedBytes is how many bytes the streams of an instance may hold.
const DefaultBufferedBytes = streams.DefaultBudget

// BufferedBytes bounds how many bytes the streams of an instance may hold in the host, beside
// those of its standard streams, each of which holds up to 192 KiB. Each stream takes what it
// may ever hold while it is open: a TCP socket 192 KiB, a UDP socket 384 KiB, the body of an
// HTTP message that comes in 64 KiB and that of one that goes out as much as HTTPBuffer has,
// and a stream of a file without offsets, such as a pipe, 64 KiB to read and 128 KiB to write.
// Opening one for which there is no room fails in the guest.
func BufferedBytes(n int64) host.Option {
	return change(func(p *provider) { p.bytes = n })
}
