package wasi

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
	"github.com/witgen/witgen/wasi/internal/grants"
)

// Run runs a program once, in an instance of its own, and returns its exit status:
//
//	plugin, err := command.Compile(ctx, wasm, wasi.Host(wasi.Stdout(os.Stdout), wasi.Args("hello")))
//	code, err := wasi.Run(ctx, plugin)
//
// The program is a component that exports wasi:cli/run, or a core module with the
// function _start over preview 1. opts override those of Compile for this run. A program
// that exits and one that returns end alike; the result's error is status 1. Run returns
// when what the program has written to the standard streams has left.
//
// The error is not nil if the program did not end by itself: it trapped, reached a limit,
// or ctx ended. The status is 1 then.
func Run(ctx context.Context, plugin *command.Plugin, opts ...host.Option) (code int, err error) {
	var mu sync.Mutex
	var given []*grants.Grants
	begun, usage := time.Now(), &Usage{}
	var tracer Tracer
	var log *slog.Logger
	opts = append(opts, watch(func(p *provider) {
		tracer, log = p.tracer, p.log
		if p.usage == nil {
			p.usage = usage
		}
		usage = p.usage
		p.granted = func(g *grants.Grants) {
			mu.Lock()
			defer mu.Unlock()
			given = append(given, g)
		}
	}))
	inst, err := plugin.Instantiate(ctx, command.Imports{}, opts...)
	const world, function = "wasi:cli/command", "wasi:cli/run#run"
	end := func(error, ...slog.Attr) {}
	if tracer != nil {
		ctx, end = tracer.Start(ctx, function, slog.String("world", world))
	}
	fuel := uint64(0)
	if err == nil {
		err = inst.Run().Run(ctx)
		fuel = usage.Fuel()
		// The program has ended: what its resources tell at their end is nobody's.
		_ = inst.Close(context.WithoutCancel(ctx))
	}
	mu.Lock()
	defer mu.Unlock()
	for _, g := range given {
		if drained := g.Drain(ctx); drained != nil && ctx.Err() != nil && err == nil {
			err = drained // the output has not left: the program has not done its work
		}
	}
	code, err = status(err)
	attrs := []slog.Attr{slog.Int("code", code), slog.Duration("duration", time.Since(begun))}
	if fuel > 0 {
		attrs = append(attrs, slog.Uint64("fuel", fuel))
	}
	end(err, attrs...)
	if log != nil {
		logRun(ctx, log, err, append([]slog.Attr{slog.String("world", world), slog.String("function", function)}, attrs...))
	}
	return code, err
}

// logRun logs a run that has ended, with the error of one that did not end by itself.
func logRun(ctx context.Context, log *slog.Logger, err error, attrs []slog.Attr) {
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelError
		for _, attr := range host.LogAttrs(err) {
			if attr.Key != "function" {
				attrs = append(attrs, attr)
			}
		}
		attrs = append(attrs, slog.Any("error", err))
	}
	log.LogAttrs(ctx, level, "the program has ended", attrs...)
}

// status returns the exit status in the error with which a program ended, or the error.
func status(err error) (int, error) {
	var exit *host.ExitError
	var failed types.Error[types.Unit]
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return int(exit.Code), nil
	case errors.As(err, &failed):
		return 1, nil
	}
	return 1, err
}

// watch has f change what the provider of this package gives to one instance, if Compile
// was given options of this package.
func watch(f func(*provider)) host.Option {
	return func(c *host.Config) {
		for _, p := range c.Providers {
			if old, ok := p.(*provider); ok {
				made := old.clone()
				f(made)
				host.Provide(made)(c)
				return
			}
		}
	}
}
