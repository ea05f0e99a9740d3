package host_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/hosttest"
	"github.com/witgen/witgen/internal/hosttest/gen/test/subject/subject"
)

// asComponent makes compile compile components of the guests. TestMain runs the
// tests on both.
var asComponent bool

// compile compiles a guest of the world subject for the time of the test.
func compile(t testing.TB, g *hosttest.Guest, opts ...host.Option) *subject.Plugin {
	t.Helper()
	wasm := g.Bytes()
	if asComponent {
		var err error
		if wasm, err = hosttest.Component(wasm); err != nil {
			t.Fatal(err)
		}
	}
	plugin, err := subject.Compile(context.Background(), wasm, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plugin.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return plugin
}

// start makes an instance of a guest, with what h supplies.
func start(t testing.TB, g *hosttest.Guest, h *hosttest.Host, opts ...host.Option) *subject.Instance {
	t.Helper()
	return instantiate(t, compile(t, g, opts...), h)
}

func instantiate(t testing.TB, plugin *subject.Plugin, h *hosttest.Host) *subject.Instance {
	t.Helper()
	inst, err := plugin.Instantiate(context.Background(), h.Imports())
	if err != nil {
		t.Fatal(err)
	}
	return inst
}
