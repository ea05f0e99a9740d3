package wasi_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// spans is a Tracer that writes spans down.
type spans struct{ text bytes.Buffer }

type spanKey struct{}

func (s *spans) Start(ctx context.Context, name string, attrs ...slog.Attr) (context.Context, func(error, ...slog.Attr)) {
	fmt.Fprintln(&s.text, "start", name, attrs)
	return context.WithValue(ctx, spanKey{}, name), func(err error, attrs ...slog.Attr) {
		fmt.Fprintln(&s.text, "end", name, err != nil, attrs)
	}
}

// A run is logged and traced, however it ends.
func TestRunIsObserved(t *testing.T) {
	ctx := context.Background()
	exits := program(func(m *wasmtest.Module) []wasmtest.Code {
		return []wasmtest.Code{wasmtest.I32(7), wasmtest.Call(m.Import("wasi:cli/exit@0.2.3", "exit-with-code", "i32 ->")), wasmtest.I32(0)}
	})
	traps := program(func(m *wasmtest.Module) []wasmtest.Code {
		m.Import("wasi:cli/exit@0.2.3", "exit-with-code", "i32 ->")
		return []wasmtest.Code{wasmtest.Unreachable}
	})
	spins := program(func(m *wasmtest.Module) []wasmtest.Code {
		m.Import("wasi:cli/exit@0.2.3", "exit-with-code", "i32 ->")
		return []wasmtest.Code{wasmtest.Loop(wasmtest.Br(0)), wasmtest.I32(0)}
	})
	for name, c := range map[string]struct {
		wasm      []byte
		log, span string
	}{
		"exit": {exits, "level=INFO msg=\"the program has ended\" world=wasi:cli/command function=wasi:cli/run#run code=7 duration=", "end wasi:cli/run#run false [code=7 duration="},
		"trap": {traps, "level=ERROR msg=\"the program has ended\" world=wasi:cli/command function=wasi:cli/run#run code=1 duration=", "end wasi:cli/run#run true [code=1 duration="},
		"fuel": {spins, " limit=fuel error=", "end wasi:cli/run#run true [code=1 duration="},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			traced := &spans{}
			p, err := command.Compile(ctx, c.wasm, host.Fuel(100_000), wasi.LogRuns(slog.New(slog.NewTextHandler(&log, nil))), wasi.Trace(traced))
			check(t, err)
			defer p.Close(ctx)
			_, _ = wasi.Run(ctx, p)
			if !strings.Contains(log.String(), c.log) || !strings.Contains(log.String(), " fuel=") || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("logged %q, want %q", log.String(), c.log)
			}
			if got := traced.text.String(); !strings.HasPrefix(got, "start wasi:cli/run#run [world=wasi:cli/command]\n") || !strings.Contains(got, c.span) || !strings.Contains(got, "fuel=") {
				t.Errorf("traced %q, want %q", got, c.span)
			}
			// What the instance uses is known to whoever asks.
			usage := &wasi.Usage{}
			_, _ = wasi.Run(ctx, p, wasi.Measure(usage))
			if usage.Fuel() == 0 || usage.Fuel() > 200_000 {
				t.Errorf("%d of the fuel was used", usage.Fuel())
			}
		})
	}
}
