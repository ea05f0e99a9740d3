package wasi

import (
	"context"
	"log/slog"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// Tracer is a hook for traces, such as those of OpenTelemetry. Several goroutines may use
// it.
type Tracer interface {
	// Start begins a span. It returns a context for what happens within, and what ends the
	// span, which is called once, with the error of what happened or nil.
	Start(ctx context.Context, name string, attrs ...slog.Attr) (context.Context, func(err error, attrs ...slog.Attr))
}

// Trace has t get a span for each Run. Package wasihttp has options for requests.
func Trace(t Tracer) host.Option {
	return change(func(p *provider) { p.tracer = t })
}

// LogRuns has l get a record for each Run: the world, the function, the exit code, the
// duration, the fuel that was used if host.Fuel bounds it, and the error.
func LogRuns(l *slog.Logger) host.Option {
	return change(func(p *provider) { p.log = l })
}

// Usage tells what an instance has used. It is for one instance, to whose Instantiate
// Measure is given.
type Usage struct{ worker *bind.Worker }

// Fuel returns how much of its fuel the instance's last call has used. It is 0 without
// host.Fuel, and for a guest that imports nothing of WASI 0.2. It is called while no call
// of the instance runs.
func (u *Usage) Fuel() uint64 { return u.worker.FuelUsed() }

// Measure has u tell what the instance uses.
func Measure(u *Usage) host.Option {
	return change(func(p *provider) { p.usage = u })
}
