package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	"github.com/witgen/witgen/wasi/wasihttp"
)

type serveFlags struct {
	grants   grantFlags
	limits   limitFlags
	addr     string
	health   string
	reuse    bool
	requests int
	body     sizeFlag
	drain    time.Duration
}

func (a *app) serveCommand() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve [flags] FILE.wasm",
		Short: "Serve HTTP by a component of wasi:http/proxy",
		Long: `Serve HTTP by a component that exports wasi:http/incoming-handler of WASI 0.2. Each
request gets an instance of its own; with --reuse instances serve one request after
another, and what one leaves in memory the next may see.

The first line on standard error tells where: "serving http://127.0.0.1:8080/". A line
of log for each request follows, unless --quiet is given. The guest's output goes to
standard output and standard error. It has the time and random numbers, and what
the flags grant, as those of witgen run do.

SIGINT and SIGTERM end it: no more connections are taken, and the exit status is 0
once the requests under way are served, or 1 where --drain cut them. It is 1, too,
where the file is not a component that can serve, and 2 where the command line, a
file or the address is wrong.`,
		Example: `  witgen serve --addr 127.0.0.1:0 handler.wasm
  witgen serve --addr :8080 --http api.example.com --timeout 10s --health /healthz handler.wasm`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.serve(cmd.Context(), &flags, args[0])
		},
		ValidArgsFunction: completeWasm,
	}
	f := cmd.Flags()
	f.StringVar(&flags.addr, "addr", "127.0.0.1:8080", "listen at `HOST:PORT`; PORT 0 is a free one")
	f.BoolVar(&flags.reuse, "reuse", false, "let an instance serve one request after another")
	f.StringVar(&flags.health, "health", "", "answer GET of `PATH`, such as /healthz, with 200 in the guest's place")
	f.IntVar(&flags.requests, "requests", wasihttp.DefaultMaxRequests, "serve at most `N` requests at a time, and answer others with 503")
	f.Var(&flags.body, "body", "answer requests with a longer body than `SIZE`, such as 1MiB, with 413 (default: no limit)")
	f.DurationVar(&flags.drain, "drain", 10*time.Second, "at the end wait at most a `TIME` for the requests under way")
	for _, name := range []string{"addr", "health"} {
		must(cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions))
	}
	flags.limits.add(cmd, "answer a request with 504 after a `TIME` such as 500ms or 10s (default: never)", "stop a request after about so many `INSTRUCTIONS` (default: never)")
	flags.grants.add(cmd)
	return cmd
}

// check returns a mistake in the values of the flags.
func (f *serveFlags) check() error {
	switch {
	case f.health != "" && !strings.HasPrefix(f.health, "/"):
		return fmt.Errorf("--health %s: it is a path, such as /healthz", f.health)
	case f.requests < 1:
		return fmt.Errorf("--requests %d: it is a number from 1 on", f.requests)
	case f.drain < 0 || f.limits.timeout < 0:
		return errors.New("--drain and --timeout are times from 0 on, such as 10s")
	}
	return nil
}

// serve serves requests until a signal ends it.
func (a *app) serve(ctx context.Context, flags *serveFlags, path string) (err error) {
	if err := flags.check(); err != nil {
		return err
	}
	wasm, err := a.read(path)
	if err != nil {
		return err
	}
	opts, closeCache, err := flags.limits.options()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeCache(ctx)) }()
	opts = append(opts, wasi.Host(wasi.Stdout(a.stdout.w), wasi.Stderr(a.stderr), wasi.Clock()))
	done := a.working("compiling " + filepath.Base(shown(path)))
	plugin, err := proxy.Compile(ctx, wasm, append(opts, flags.grants.options()...)...)
	done()
	if err != nil {
		return serverMistake(path, wasm, err)
	}
	defer func() { err = errors.Join(err, plugin.Close(ctx)) }()
	// A guest that cannot start would fail each request.
	inst, err := plugin.Instantiate(ctx, proxy.Imports{})
	if err != nil {
		return wrong(fmt.Errorf("%s: %w", shown(path), err))
	}
	if err := inst.Close(ctx); err != nil {
		return wrong(fmt.Errorf("%s: %w", shown(path), err))
	}
	listener, err := net.Listen("tcp", flags.addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w; write HOST:PORT, where PORT 0 is a free one", flags.addr, err)
	}
	return a.serveAt(ctx, flags, listener, plugin)
}

// serveAt serves requests that come to a listener.
func (a *app) serveAt(ctx context.Context, flags *serveFlags, listener net.Listener, plugin *proxy.Plugin) error {
	failures := slog.New(slog.NewTextHandler(&a.progress, &slog.HandlerOptions{ReplaceAttr: logInFlags}))
	access := failures
	if a.quiet {
		access = slog.New(slog.DiscardHandler)
	}
	opts := []wasihttp.HandlerOption{wasihttp.Logger(failures), wasihttp.MaxRequests(flags.requests)}
	if flags.reuse {
		opts = append(opts, wasihttp.Reuse(flags.requests))
	}
	if flags.limits.timeout > 0 {
		opts = append(opts, wasihttp.Deadline(flags.limits.timeout))
	}
	if flags.body > 0 {
		opts = append(opts, wasihttp.MaxRequestBody(int64(min(flags.body, 1<<62))))
	}
	server := &http.Server{
		Handler:           logged(access, healthy(flags.health, wasihttp.Handler(plugin, opts...))),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(failures.Handler(), slog.LevelWarn),
	}
	stopped := make(chan os.Signal, 1)
	stop := func(s os.Signal) { stopped <- s }
	a.signalled.Store(&stop)
	served := make(chan error, 1)
	if _, err := fmt.Fprintf(a.stderr, "serving http://%s/\n", listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-stopped:
	}
	drain, cancel := context.WithTimeout(ctx, flags.drain)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		_ = server.Close() // of connections, whose requests are lost
		return wrong(fmt.Errorf("requests were cut after --drain %v", flags.drain))
	}
	return nil
}

// serverMistake returns the error of a file that cannot serve.
func serverMistake(path string, wasm []byte, err error) error {
	if bad := validateBinary(wasm); bad != nil {
		return binaryMistake(path, wasm, bad)
	}
	hint := ""
	var unfit *host.LinkError
	if errors.As(err, &unfit) && strings.HasPrefix(unfit.Item, "export ") {
		hint = "\nwitgen serve takes a component with wasi:http/incoming-handler; witgen run runs programs"
	}
	return wrong(fmt.Errorf("%s: %w%s", shown(path), err, hint))
}

// healthy answers GET of a path that is not "".
func healthy(path string, next http.Handler) http.Handler {
	if path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n") // to a client that may have gone
	})
}

// logged logs each request.
func logged(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted := &countedResponse{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if counted.status == 0 {
				counted.status = http.StatusOK
			}
			log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("path", r.URL.RequestURI()),
				slog.Int("status", counted.status), slog.Int64("bytes", counted.bytes), slog.Duration("time", time.Since(start)),
				slog.String("from", r.RemoteAddr))
		}()
		next.ServeHTTP(counted, r)
	})
}

// countedResponse is a ResponseWriter that knows what was written.
type countedResponse struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *countedResponse) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *countedResponse) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *countedResponse) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}
