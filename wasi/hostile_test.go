package wasi_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

// The tests of the files hostile_*_test.go are what an attacker would try who writes the
// guest. Each checks that the host keeps its word, that the process goes on, and that no
// goroutine and no file descriptor is left behind.

// hostile starts a guest that imports all of WASI 0.2.
func hostile(t *testing.T, opts ...host.Option) *puppet.Guest {
	t.Helper()
	return hostilePlugin(t, opts...).Start(t)
}

// hostilePlugin compiles that guest. What it opens stays open as long as the plugin.
func hostilePlugin(t *testing.T, opts ...host.Option) *puppet.Plugin {
	t.Helper()
	p := puppet.Compile(t, false, wasi.Host(opts...))
	puppet.Settles(t)
	return p
}

// hostile1 starts one that imports preview 1.
func hostile1(t *testing.T, opts ...host.Option) *puppet.Guest {
	t.Helper()
	p := puppet.Compile(t, true, wasi.Host(opts...))
	puppet.Settles(t)
	return p.Start(t)
}

// ends checks that a call that would wait for ever ends with its context.
func ends(t *testing.T, g *puppet.Guest, name string, params ...uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := g.Try(ctx, name, params...)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "deadline" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s: %v; want the end of the context", name, err)
	}
}

// outOfFuel checks that a call ends for want of fuel.
func outOfFuel(t *testing.T, g *puppet.Guest, name string, params ...uint64) {
	t.Helper()
	_, err := g.Try(context.Background(), name, params...)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "fuel" {
		t.Errorf("%s: %v; want the end of the fuel", name, err)
	}
}
