package wasi

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/wasi/closed"
	"github.com/witgen/witgen/wasi/internal/clocks"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/preview1"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/preview2/http"
	"github.com/witgen/witgen/wasi/internal/preview2/inet"
	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// provider is what the options of a host open. It does not change once an option has
// made it.
type provider struct {
	stdin          streams.Input // or nil
	stdout, stderr io.Writer     // or nil
	terminal       [3]bool
	args           []string
	env            []grants.Variable
	clock          bool
	mounts         []mount
	descriptors    int

	dial, listen, udp sockets.Allow
	resolve           func(name string) bool
	maxSockets        int // or 0 for the default
	maxRandom         uint64
	timers            int
	bytes             int64
	linger            time.Duration

	transport http.Transport // or nil
	http      http.Limits

	granted func(*grants.Grants) // or nil; called with what an instance is given

	tracer Tracer       // or nil
	log    *slog.Logger // or nil
	usage  *Usage       // or nil
}

// mount is a folder at a path of the guest's.
type mount struct {
	path string
	open func() (*files.Folder, error)
}

var (
	_ bind.Provider   = (*provider)(nil)
	_ closed.Provider = (*provider)(nil)
)

// Name returns the name that errors show.
func (*provider) Name() string { return closed.Name }

func (p *provider) clone() *provider {
	made := *p
	made.env, made.mounts = slices.Clone(p.env), slices.Clone(p.mounts)
	return &made
}

func (p *provider) setEnv(name, value string) {
	n := slices.IndexFunc(p.env, func(v grants.Variable) bool { return v.Name == name })
	if n < 0 {
		p.env = append(p.env, grants.Variable{Name: name, Value: value})
		return
	}
	p.env[n].Value = value
}

// mount opens a folder at a path, in place of an earlier one there.
func (p *provider) mount(path string, open func() (*files.Folder, error)) {
	p.mounts = slices.DeleteFunc(p.mounts, func(m mount) bool { return m.path == path })
	p.mounts = append(p.mounts, mount{path, open})
}

// Check reports what cannot be opened, when the guest is compiled.
func (p *provider) Check() error {
	for _, m := range p.mounts {
		if _, err := m.open(); err != nil {
			return err
		}
	}
	return nil
}

// Grants implements closed.Granter.
func (p *provider) Grants() (arguments, environment, folders bool) {
	return len(p.args) > 0, len(p.env) > 0, len(p.mounts) > 0
}

// Imports returns the interfaces of WASI 0.2.
func (*provider) Imports() []bind.Item { return closed.Items() }

// Supply returns WASI 0.2 for an instance.
func (p *provider) Supply(ctx context.Context) (impls []any, release func(context.Context) error, err error) {
	g, err := p.grants()
	if err != nil {
		return nil, nil, err
	}
	worker := bind.WorkerOf(ctx)
	g.Work = worker.Count
	if p.usage != nil {
		p.usage.worker = worker
	}
	limits := p.http
	limits.Bytes, limits.Work = g.Descriptors.Bytes, g.Work
	web := http.New(p.transport, limits)
	end := func(ctx context.Context) error {
		web.Close()
		return g.Close(ctx)
	}
	var inside preview2.Sockets // nil if no option opened any
	if p.dial != nil || p.listen != nil || p.udp != nil || p.resolve != nil {
		n := &sockets.Network{Dial: p.dial, Listen: p.listen, UDP: p.udp, Resolve: p.resolve, Max: p.maxSockets, Bytes: g.Descriptors.Bytes, Linger: p.linger}
		inside, g.Flush = inet.New(n), n.Drain
		end = func(ctx context.Context) error {
			web.Close()
			n.Close()
			return g.Close(ctx)
		}
	}
	return preview2.Impls(preview2.All(g, inside, web.Interfaces()...)), end, nil
}

// Preview1 returns WASI preview 1 for an instance.
func (p *provider) Preview1(context.Context) (closed.System, error) {
	g, err := p.grants()
	if err != nil {
		return nil, err
	}
	return preview1.New(g), nil
}

// grants returns what one instance has.
func (p *provider) grants() (*grants.Grants, error) {
	g := grants.Closed()
	g.Args, g.Env, g.Terminal = p.args, p.env, p.terminal
	g.Descriptors = files.NewBudget(p.descriptors)
	g.Descriptors.Bytes = streams.NewBudget(p.bytes)
	g.Timers = p.timers
	if p.stdin != nil {
		g.Stdin = p.stdin
	}
	if p.stdout != nil {
		g.Stdout = streams.NewWriter(p.stdout).Piped()
	}
	if p.stderr != nil {
		g.Stderr = streams.NewWriter(p.stderr).Piped()
	}
	if p.clock {
		g.Clock, g.Zone = clocks.NewSystem(), time.Local
	}
	g.Random.Max = p.maxRandom
	for _, m := range p.mounts {
		f, err := m.open()
		if err != nil {
			return nil, err
		}
		g.Folders = append(g.Folders, grants.Folder{Folder: f, Path: m.path})
	}
	if p.granted != nil {
		p.granted(g)
	}
	return g, nil
}

// isTerminal reports whether a standard stream is a terminal of the host's.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && terminal(f)
}
