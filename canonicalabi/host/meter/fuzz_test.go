package meter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/canonicalabi/host/meter/verify"
	core "github.com/witgen/witgen/internal/wasm"
)

// fuzzLimits keep what the fuzzer makes small enough to compile.
var fuzzLimits = Limits{
	ModuleBytes: 1 << 16, Params: 100, Results: 100, TableElements: 1000, MemoryPages: 20, Elements: 1000, Nesting: 200, FunctionBlocks: 1000,
	FunctionLocals: 1000, CompileWork: 100_000_000,
}

// laxRules are those of code in which wazero takes what the specification does not.
var laxRules = map[string]bool{
	"type index out of range": true, // it does not look at a local's reference type before it is used
}

// fewLocals says of a module that is well-formed but for its code that no function has too many locals.
func fewLocals(in []byte) bool {
	m, err := readModule(in, &Config{Limits: fuzzLimits})
	if err != nil {
		return false
	}
	return m.eachBody(func(_ int, body *core.Cursor) *Error {
		s := &scanner{m: m, fn: int(m.imported.funcs), c: *body}
		return s.readLocals()
	}) == nil
}

// FuzzRewrite mutates modules: reading one never panics, and wazero takes the rewritten module if and only
// if it takes the original.
func FuzzRewrite(f *testing.F) {
	for _, in := range endless {
		f.Add(in, true)
	}
	for _, code := range leaving {
		f.Add(leavingModule(code), true)
	}
	for _, tt := range refused {
		if len(tt.in) < 1000 {
			f.Add(tt.in, false)
		}
	}
	for _, tt := range fuelTests {
		f.Add(simple(ti, "", "", tt.code), false)
	}
	for seed := range uint64(20) {
		in, _ := randomModule(seed)
		f.Add(in, seed%2 == 0)
	}
	for _, a := range adversaries(f) {
		if len(a.wasm) < 2000 {
			f.Add(a.wasm, true)
		}
	}
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(allFeatures).WithMemoryLimitPages(20))
	f.Cleanup(func() { r.Close(ctx) })
	compile := func(in []byte) (err error) {
		// wazero 1.12 panics on some code that ends too early.
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		c, err := r.CompileModule(ctx, in)
		if err == nil {
			err = c.Close(ctx)
		}
		return err
	}
	f.Fuzz(func(t *testing.T, in []byte, depth bool) {
		cfg := Config{Stack: depth, Limits: fuzzLimits}
		out, err := Rewrite(in, cfg)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Rule == "" || e.Offset < 0 || e.Offset > len(in) {
				t.Fatalf("error %v", err)
			}
			// Code is read last, so what is malformed there is so by itself. Other malformed modules are not
			// shown to wazero: it allocates by the counts that it reads, before it looks at what follows.
			if e.Kind == ErrMalformed && e.Func >= 0 && fewLocals(in) && !laxRules[e.Rule] && compile(in) == nil {
				t.Fatalf("wazero takes what is refused: %v", err)
			}
			return
		}
		plain, rewritten := compile(in), compile(out.Wasm)
		if plain == nil {
			checkProof(t, in, cfg)
		}
		if (plain == nil) != (rewritten == nil) {
			// wazero refuses a malformed name section, which is replaced here, and an empty custom section
			// at the end of a module, which no longer stands there.
			if text := fmt.Sprint(plain); strings.Contains(text, "custom section") || strings.Contains(text, "section custom") {
				return
			}
			t.Fatalf("plain: %v\nrewritten: %v", plain, rewritten)
		}
	})
}

// checkProof verifies what comes of a valid module, with globals of its own and with shared ones.
func checkProof(t *testing.T, in []byte, cfg Config) {
	for _, cfg.Shared = range []string{"", "meter"} {
		out, err := Rewrite(in, cfg)
		if err != nil {
			continue // it names the module of the globals
		}
		if err := verify.Module(out.Wasm, verify.Config{Stack: cfg.Stack, Depth: cfg.Depth, Shared: cfg.Shared}); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzProof makes random modules, each of its own seed, proves what comes of them, and runs it while it counts.
func FuzzProof(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	r := newRuntime(f)
	f.Fuzz(func(t *testing.T, seed uint64) {
		in, functions := randomModule(seed)
		cfg := Config{Stack: seed%2 == 0}
		checkProof(t, in, cfg)
		c := countedInstance(t, r, mustRewrite(t, in, cfg).Wasm)
		defer c.Close(t.Context())
		c.SetFuel(20_000)
		for i := range functions {
			if _, trap := call(c, fmt.Sprint(i), seed, seed<<20); trap != "" {
				break
			}
		}
		c.checkCounts(t, fmt.Sprint(seed))
		if all := c.count(countAll); all > 20_000+units.Bound {
			t.Errorf("%d units ran with fuel 20,000", all)
		}
	})
}
