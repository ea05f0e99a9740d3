package meter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host/meter/verify"
	"github.com/witgen/witgen/internal/leb128"
	core "github.com/witgen/witgen/internal/wasm"
)

// Modules in these tests are written as bytes, section by section.

// u is an unsigned number, or several.
func u(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = leb128.AppendUint32(b, v)
	}
	return b
}

func i32(v int32) []byte { return leb128.AppendInt32([]byte{opcodeI32Const}, v) }
func i64(v int64) []byte { return leb128.AppendInt64([]byte{opcodeI64Const}, v) }

func seq(parts ...[]byte) []byte { return slices.Concat(parts...) }

func vec(items ...[]byte) []byte { return append(u(uint32(len(items))), seq(items...)...) }

func sec(id core.SectionID, content ...[]byte) []byte {
	return append([]byte{byte(id)}, sized(seq(content...))...)
}

// sized is content with its length before it.
func sized(content []byte) []byte { return append(u(uint32(len(content))), content...) }

func str(s string) []byte { return sized([]byte(s)) }

func wasm(sections ...[]byte) []byte { return append([]byte(core.Preamble), seq(sections...)...) }

// sig is a function type, of value types one byte each.
func sig(params, results string) []byte {
	return append([]byte{0x60}, append(sized([]byte(params)), sized([]byte(results))...)...)
}

// The value types as strings, for sig.
const (
	ti = "\x7f"
	tl = "\x7e"
)

// body is a function's body without locals, or with locals of some types.
func body(locals string, code ...[]byte) []byte {
	var groups [][]byte
	for _, l := range []byte(locals) {
		groups = append(groups, []byte{1, l})
	}
	return sized(seq(vec(groups...), seq(code...), []byte{opcodeEnd}))
}

func custom(name string, data []byte) []byte { return sec(0, str(name), data) }

func exportFunc(name string, index uint32) []byte { return seq(str(name), []byte{0}, u(index)) }

// simple is a module with one memory page and one function "run" of the type given.
func simple(params, results, locals string, code ...[]byte) []byte {
	return wasm(
		sec(core.TypeSection, vec(sig(params, results))),
		sec(core.FunctionSection, vec(u(0))),
		sec(core.MemorySection, vec([]byte{0, 1})),
		sec(core.ExportSection, vec(exportFunc("run", 0), seq(str("memory"), []byte{2, 0}))),
		sec(core.CodeSection, vec(body(locals, code...))),
	)
}

const allFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall |
	experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesTypedFunctionReferences

func newRuntime(t testing.TB) wazero.Runtime {
	t.Helper()
	return newRuntimeWith(t, wazero.NewRuntimeConfig())
}

func newRuntimeWith(t testing.TB, config wazero.RuntimeConfig) wazero.Runtime {
	t.Helper()
	r := wazero.NewRuntimeWithConfig(context.Background(), config.WithCoreFeatures(allFeatures))
	t.Cleanup(func() { r.Close(context.Background()) })
	return r
}

func mustRewrite(t testing.TB, in []byte, cfg Config) *Module {
	t.Helper()
	out, err := Rewrite(in, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify.Module(out.Wasm, verify.Config{Stack: cfg.Stack, Depth: cfg.Depth, Shared: cfg.Shared}); err != nil {
		t.Fatal(err)
	}
	return out
}

// instantiate compiles a module as it is.
func instantiate(t testing.TB, r wazero.Runtime, in []byte) api.Module {
	t.Helper()
	mod, err := r.InstantiateWithConfig(context.Background(), in, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	return mod
}

// metered rewrites and instantiates a module.
func metered(t testing.TB, r wazero.Runtime, in []byte, cfg Config) (api.Module, *Controller) {
	t.Helper()
	mod := instantiate(t, r, mustRewrite(t, in, cfg).Wasm)
	c, err := NewController(mod)
	if err != nil {
		t.Fatal(err)
	}
	return mod, c
}

// call calls an export and returns its results, and the first line of its error.
func call(mod api.Module, name string, args ...uint64) (results []uint64, trap string) {
	results, err := mod.ExportedFunction(name).Call(context.Background(), args...)
	if err != nil {
		trap, _, _ = strings.Cut(err.Error(), "\n")
	}
	return results, trap
}

// wantError checks that a module is refused for a rule.
func wantError(t *testing.T, in []byte, cfg Config, kind error, rule string) *Error {
	t.Helper()
	_, err := Rewrite(in, cfg)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want %v: %s", err, kind, rule)
	}
	if !errors.Is(err, kind) || e.Rule != rule {
		t.Fatalf("got %v, want %v: %s", err, kind, rule)
	}
	return e
}
