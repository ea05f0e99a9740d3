package bind

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
	"github.com/witgen/witgen/internal/wasm"
)

// host.Limits are those of compiling, that of definitions, and meter.Limits but for those of memory and tables,
// under the same names, with the same defaults, and each is passed on.
func TestModuleLimits(t *testing.T) {
	ours, theirs := reflect.TypeFor[host.Limits](), reflect.TypeFor[meter.Limits]()
	if got, want := ours.NumField(), theirs.NumField()-2+len(limitNames); got != want {
		t.Errorf("host.Limits has %d fields, want %d", got, want)
	}
	defaults := host.DefaultLimits()
	want := meter.DefaultLimits()
	want.MemoryPages, want.TableElements = 0, 0
	if got := moduleLimits(&defaults); got != want {
		t.Errorf("the defaults are %+v, want %+v", got, want)
	}
	compiling := slices.Collect(maps.Values(limitNames))
	for n := range ours.NumField() {
		if name := ours.Field(n).Name; name == "DefinitionBytes" || name != "ModuleBytes" && slices.Contains(compiling, name) {
			continue
		}
		var limits host.Limits
		reflect.ValueOf(&limits).Elem().Field(n).SetUint(7)
		var want meter.Limits
		reflect.ValueOf(&want).Elem().FieldByName(ours.Field(n).Name).SetUint(7)
		if got := moduleLimits(&limits); got != want {
			t.Errorf("%s is passed on as %+v", ours.Field(n).Name, got)
		}
	}
}

// A module that cannot be metered, or that is malformed, is refused with the place and
// the remedy, and left as it is where nothing is metered.
func TestRewriteErrors(t *testing.T) {
	reserved := []byte("\x00asm\x01\x00\x00\x00\x05\x03\x01\x00\x00\x07\x0c\x01\x08!meter/x\x02\x00")
	tag := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x0d\x03\x01\x00\x00")
	for name, test := range map[string]struct {
		wasm []byte
		want string
	}{
		"exceptions": {tag, "test:a/w: the guest needs the feature exceptions of WebAssembly, at offset 0x10, which the engine does not have; build it without that"},
		"anyref":     {[]byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x01\x6e\x00"), "test:a/w: the guest needs the feature gc of WebAssembly, at offset 0xb, which the engine does not have; build it without that"},
		"a name":     {reserved, "test:a/w: the guest uses a feature that cannot be metered: reserved export name at offset 0x10; build it without that, or run it with host.Unmetered if you trust it"},
		"cut short":  {tag[:len(tag)-1], "test:a/w: the guest is not a valid WebAssembly module: section longer than the module at offset 0x10"},
	} {
		r := NewRewriter("test:a/w", host.NewConfig(nil))
		_, err := r.Rewrite(context.Background(), test.wasm, 1, 0)
		var link *host.LinkError
		if !errors.As(err, &link) || err.Error() != test.want {
			t.Errorf("%s: got %T %v; want %s", name, err, err, test.want)
		}
		r.Config.Unmetered = true
		if got, err := r.Rewrite(context.Background(), test.wasm, 1, 0); err != nil || &got[0] != &test.wasm[0] {
			t.Errorf("%s, unmetered: %v", name, err)
		}
	}
}

// ifs is a module of functions with so many empty ifs each, the first imported, which have
// names.
func ifs(counts ...int) []byte {
	var m wasm.Module
	typ := m.Type(wasm.FuncType(nil, nil))
	m.Import(wasm.Import{Module: "m", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ}})
	names := []string{"f"}
	for i, n := range counts {
		m.Func(typ, nil, bytes.Repeat(wasm.Code{0x41, 0, 0x04, 0x40, 0x0b}, n))
		names = append(names, fmt.Sprint("name", i))
	}
	m.AddFunctionNames(0, names...)
	return m.Bytes()
}

// The limits of compiling hold for all modules of a guest together, and name the function
// that takes most with its place.
func TestCompileLimits(t *testing.T) {
	ctx := context.Background()
	module := ifs(1, 1000, 10)
	one, err := cost.Estimate(ctx, must(meter.Rewrite(module, meter.Config{Depth: true}))(t).Wasm, cost.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	offset := bytes.Index(module, bytes.Repeat([]byte{0x41, 0, 0x04, 0x40, 0x0b}, 1000)) - 1 // its locals
	for name, test := range map[string]struct {
		time, memory, code uint64
		copies             int
		limit, where       string
	}{
		"time of one":       {time: one.Time - 1, copies: 1, limit: "CompileTime"},
		"time of copies":    {time: 2 * one.Time, copies: 3, limit: "CompileTime"},
		"memory of one":     {memory: one.Memory - 1, copies: 1, limit: "CompileMemory"},
		"memory of copies":  {memory: one.Memory + 2*one.Kept - 1, copies: 3, limit: "CompileMemory"},
		"code":              {code: one.Largest.Code - 1, copies: 1, limit: "MachineCode"},
		"as much as it has": {time: 3 * one.Time, memory: one.Memory + 2*one.Kept, code: one.Largest.Code, copies: 3},
	} {
		c := host.NewConfig(nil)
		c.Module.CompileTime, c.Module.CompileMemory, c.Module.MachineCode = test.time, test.memory, test.code
		r := NewRewriter("test:a/w", c)
		_, err := r.Rewrite(ctx, module, test.copies, 0)
		if test.limit == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var limit *host.LimitError
		if !errors.As(err, &limit) || limit.Limit != test.limit || limit.Func != "test:a/w" ||
			!strings.Contains(limit.Detail, fmt.Sprintf(", most of it in function 2 (name1) at offset 0x%x, and the limit is ", offset)) {
			t.Errorf("%s: got %v", name, err)
		}
	}

	c := host.NewConfig(nil)
	c.Module.CompileTime = 2*one.Time + one.Time/2
	r := NewRewriter("test:a/w", c)
	for range 2 {
		if _, err := r.Rewrite(ctx, module, 1, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Rewrite(ctx, module, 0, 0); err != nil { // a copy that is charged
			t.Fatal(err)
		}
	}
	_, err = r.Rewrite(ctx, module, 1, 0)
	var limit *host.LimitError
	if !errors.As(err, &limit) || !strings.HasPrefix(limit.Detail, fmt.Sprintf("%d, most of it in function 2 (name1)", 3*one.Time)) {
		t.Errorf("a third module: %v", err)
	}
}

// Rewriting and estimating end when the context does.
func TestRewriteHeedsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := NewRewriter("test:a/w", host.NewConfig(nil))
	_, err := r.Rewrite(ctx, ifs(1, 1), 1, 0)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "cancel" {
		t.Errorf("got %v", err)
	}
	if _, _, err := r.rewrite(ctx, ifs(1, 1)); !errors.As(err, &limit) || limit.Limit != "cancel" {
		t.Errorf("while it is rewritten: got %v", err)
	}
	err = r.dear(ctx, ifs(1, 1), ctx.Err())
	if !errors.As(err, &limit) || limit.Limit != "cancel" {
		t.Errorf("while it is estimated: got %v", err)
	}
}

// must returns a function that returns a value, or fails a test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
