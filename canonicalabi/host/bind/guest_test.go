package bind_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// asComponent makes compile compile components of the guests. TestMain runs the
// tests on both.
var asComponent bool

// wasmOf returns a guest in the form that is tested.
func wasmOf(t testing.TB, g *hosttest.Guest) []byte {
	t.Helper()
	wasm := g.Bytes()
	if asComponent {
		var err error
		if wasm, err = hosttest.Component(wasm); err != nil {
			t.Fatal(err)
		}
	}
	return wasm
}

// compile compiles a guest of the world subject for the time of the test.
func compile(t testing.TB, g *hosttest.Guest, opts ...host.Option) *subject.Plugin {
	t.Helper()
	return compileWasm(t, wasmOf(t, g), opts...)
}

func compileWasm(t testing.TB, wasm []byte, opts ...host.Option) *subject.Plugin {
	t.Helper()
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

// eachEcho runs a test on guests that echo values: a core module, or components of
// each string encoding, and pairs of them of which one calls the other.
func eachEcho(t *testing.T, test func(t *testing.T, inst *subject.Instance)) {
	t.Helper()
	core := hosttest.NewEcho().Bytes()
	if !asComponent {
		test(t, instantiate(t, compileWasm(t, core), &hosttest.Host{}))
		return
	}
	made := map[string][]byte{}
	encodings := []component.Encoding{component.UTF8, component.UTF16, component.Latin1UTF16}
	parts := map[component.Encoding][]byte{}
	for _, e := range encodings {
		wasm, err := hosttest.ComponentOf(core, e)
		if err != nil {
			t.Fatal(err)
		}
		made[e.String()], parts[e] = wasm, wasm
	}
	for _, first := range encodings {
		for _, second := range encodings {
			wasm, err := hosttest.Compose(parts[first], parts[second])
			if err != nil {
				t.Fatal(err)
			}
			made[first.String()+" and "+second.String()] = wasm
		}
	}
	for name, wasm := range made {
		t.Run(name, func(t *testing.T) { test(t, instantiate(t, compileWasm(t, wasm), &hosttest.Host{})) })
	}
}
