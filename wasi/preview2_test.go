package wasi_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
	"github.com/witgen/witgen/wit"
)

// witOf returns the WIT of wasi with another version, and with edits of its text.
func witOf(t *testing.T, version string, edits ...string) *wit.Resolve {
	t.Helper()
	dir := t.TempDir()
	err := filepath.WalkDir("wit", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		edited := since.ReplaceAllString(string(text), "") // of functions that are later than version
		edited = strings.NewReplacer(append([]string{"@0.2.12", "@" + version}, edits...)...).Replace(edited)
		to := filepath.Join(dir, strings.TrimPrefix(path, "wit"))
		return errors.Join(os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, []byte(edited), 0o666))
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := resolve.Dir(dir, resolve.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	return result.Resolve
}

var since = regexp.MustCompile(`@(since|deprecated)\(version = [0-9.]+\)`)

// componentOf returns a component that imports and exports all of a world of wasi:cli.
func componentOf(t *testing.T, r *wit.Resolve, world string) []byte {
	t.Helper()
	for id, w := range r.Worlds {
		if w.Name != world || r.Packages[w.Package].Name.Name != "cli" {
			continue
		}
		core, err := component.Embed((&comptest.Guest{R: r, World: w}).Wasm(), r, wit.WorldID(id), component.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		made, err := component.New(core, component.NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	t.Fatalf("there is no world %s", world)
	return nil
}

// plain is a world that has nothing to do with WASI.
var plain = bind.World{Name: "test:plain/plain"}

// A component of any version 0.2 that imports all of wasi:cli links against any world.
func TestAllImports(t *testing.T) {
	ctx := context.Background()
	for _, version := range []string{"0.2.0", "0.2.3", "0.2.11", "0.2.12"} {
		t.Run(version, func(t *testing.T) {
			wasm := componentOf(t, witOf(t, version), "command")
			p, err := link.Compile(ctx, wasm, &plain)
			if err != nil {
				t.Fatal(err)
			}
			// It traps as soon as it runs: all imports are there by then.
			if _, err := p.Instantiate(ctx, nil); err == nil || !strings.Contains(err.Error(), "unreachable") {
				t.Errorf("the start: %v", err)
			}
			if err := p.Close(ctx); err != nil {
				t.Error(err)
			}
			for _, opts := range [][]host.Option{nil, {wasi.Clock()}} {
				c, err := command.Compile(ctx, wasm, opts...)
				if err != nil {
					t.Fatal(err)
				}
				d, err := dynamic.Compile(ctx, wasm, opts...)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := d.Instantiate(ctx, nil); err == nil || !strings.Contains(err.Error(), "unreachable") {
					t.Errorf("the start in dynamic: %v", err)
				}
				if err := errors.Join(c.Close(ctx), d.Close(ctx)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A function that there is not, of a later 0.2 or of 0.3, is refused by its name.
func TestNotSupplied(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		version, old, edit string
		want               []string
	}{
		"later": {"0.2.99", "initial-cwd: func", "home: func() -> string;\n  shell: func() -> string;\n  initial-cwd: func",
			[]string{"wasi:cli/environment@0.2.99#home, wasi:cli/environment@0.2.99#shell;", "WASI 0.2 up to 0.2.12"}},
		"another type": {"0.2.99", "get-random-u64: func()", "get-random-u64: func(n: u8)",
			[]string{"import wasi:random/random@0.2.99#get-random-u64"}},
		"0.3": {"0.3.0", "", "", []string{"wasi:cli/environment@0.3.0", "wasi:io/streams@0.3.0", "WASI 0.2 up to 0.2.12"}},
	} {
		t.Run(name, func(t *testing.T) {
			var edits []string
			if c.old != "" {
				edits = []string{c.old, c.edit}
			}
			_, err := link.Compile(ctx, componentOf(t, witOf(t, c.version, edits...), "command"), &plain)
			var bad *host.LinkError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %v", want, err)
				}
			}
		})
	}
}

// program is a core module that is a program of wasi:cli.
func program(body func(m *wasmtest.Module) []wasmtest.Code) []byte {
	m := &wasmtest.Module{}
	m.ExportFunc("wasi:cli/run@0.2.3#run", "-> i32", "", body(m)...)
	m.Export("memory", wasmtest.KindMemory, m.Memory(1, -1))
	return m.Bytes()
}

// start is a program of preview 1.
func start(body func(m *wasmtest.Module) []wasmtest.Code) []byte {
	m := &wasmtest.Module{}
	m.ExportFunc("_start", "->", "", body(m)...)
	m.Export("memory", wasmtest.KindMemory, m.Memory(1, -1))
	return m.Bytes()
}

func TestRun(t *testing.T) {
	ctx := context.Background()
	call := func(module, name, signature string, params ...wasmtest.Code) func(*wasmtest.Module) []wasmtest.Code {
		return func(m *wasmtest.Module) []wasmtest.Code {
			return append(params, wasmtest.Call(m.Import(module, name, signature)))
		}
	}
	then := func(f func(*wasmtest.Module) []wasmtest.Code, code ...wasmtest.Code) func(*wasmtest.Module) []wasmtest.Code {
		return func(m *wasmtest.Module) []wasmtest.Code { return append(f(m), code...) }
	}
	returns := func(n uint32) func(*wasmtest.Module) []wasmtest.Code {
		return func(*wasmtest.Module) []wasmtest.Code { return []wasmtest.Code{wasmtest.I32(n)} }
	}
	none := func(*wasmtest.Module) []wasmtest.Code { return nil }
	for name, c := range map[string]struct {
		wasm []byte
		code int
		err  string
	}{
		"ok":               {program(returns(0)), 0, ""},
		"error":            {program(returns(1)), 1, ""},
		"exit ok":          {program(then(call("wasi:cli/exit@0.2.0", "exit", "i32 ->", wasmtest.I32(0)), wasmtest.I32(1))), 0, ""},
		"exit error":       {program(then(call("wasi:cli/exit@0.2.0", "exit", "i32 ->", wasmtest.I32(1)), wasmtest.I32(0))), 1, ""},
		"exit with a code": {program(then(call("wasi:cli/exit@0.2.3", "exit-with-code", "i32 ->", wasmtest.I32(77)), wasmtest.I32(0))), 77, ""},
		"trap":             {program(then(none, wasmtest.Unreachable)), 1, "unreachable"},
		"_start":           {start(none), 0, ""},
		"proc_exit":        {start(call("wasi_snapshot_preview1", "proc_exit", "i32 ->", wasmtest.I32(3))), 3, ""},
		"_start traps":     {start(then(none, wasmtest.Unreachable)), 1, "unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := command.Compile(ctx, c.wasm)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close(ctx)
			for range 2 {
				code, err := wasi.Run(ctx, p)
				if code != c.code || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %d, %v; want %d and %q", code, err, c.code, c.err)
				}
			}
		})
	}
	// Whatever the call before it has returned, _start returns ok.
	both := &wasmtest.Module{}
	both.ExportFunc("answer", "-> i32", "", wasmtest.I32(42))
	both.ExportFunc("_start", "->", "")
	p, err := link.Compile(ctx, both.Bytes(), &bind.World{Name: "test:both/both", Exports: []bind.Item{
		{Name: "$root", Interface: &bind.Interface{Functions: []bind.Function{{Name: "answer", Export: "-> i32"}}}},
		{Name: "wasi:cli/run@0.2.0", Interface: &bind.Interface{Functions: []bind.Function{{Name: "run", Export: "-> i32"}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(ctx)
	inst, err := p.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, run := p.Export(inst, 0).Func(0), p.Export(inst, 1).Func(0)
	for range 2 {
		if got, err := answer.Begin(ctx).Finish(); got != 42 || err != nil {
			t.Errorf("answer: %d, %v", got, err)
		}
		if got, err := run.Begin(ctx).Finish(); got != 0 || err != nil {
			t.Errorf("_start: %d, %v", got, err)
		}
	}
	if _, err := link.Compile(ctx, start(none), &plain); err == nil || !strings.Contains(err.Error(), "wasi.Run") {
		t.Errorf("a command in another world: %v", err)
	}
}

// What a program has written has left when Run returns, also where it exits at once.
func TestRunDrains(t *testing.T) {
	ctx := context.Background()
	writes := program(func(m *wasmtest.Module) []wasmtest.Code {
		stdout := m.Import("wasi:cli/stdout@0.2.0", "get-stdout", "-> i32")
		check := m.Import("wasi:io/streams@0.2.0", "[method]output-stream.check-write", "i32 i32 ->")
		write := m.Import("wasi:io/streams@0.2.0", "[method]output-stream.write", "i32 i32 i32 i32 ->")
		exit := m.Import("wasi:cli/exit@0.2.0", "exit", "i32 ->")
		m.Data(64, []byte("the last words"))
		stream := m.Global("i32", wasmtest.I32(0))
		return []wasmtest.Code{
			wasmtest.Call(stdout), wasmtest.GlobalSet(stream),
			wasmtest.GlobalGet(stream), wasmtest.I32(128), wasmtest.Call(check),
			wasmtest.GlobalGet(stream), wasmtest.I32(64), wasmtest.I32(14), wasmtest.I32(128), wasmtest.Call(write),
			wasmtest.I32(0), wasmtest.Call(exit), wasmtest.I32(0),
		}
	})
	p, err := command.Compile(ctx, writes, wasi.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(ctx)
	w := &slowWriter{begun: make(chan struct{}), goOn: make(chan struct{})}
	go func() {
		<-w.begun
		close(w.goOn)
	}()
	if code, err := wasi.Run(ctx, p, wasi.Stdout(w)); code != 0 || err != nil || w.String() != "the last words" {
		t.Errorf("got %d, %v, and the output %q", code, err, w)
	}

	// Output that does not leave holds a run until its context ends.
	short, cancel := context.WithCancel(ctx)
	w = &slowWriter{begun: make(chan struct{}), goOn: make(chan struct{})}
	go func() {
		<-w.begun
		cancel()
	}()
	_, _ = wasi.Run(short, p, wasi.Stdout(w))
	close(w.goOn)
}

// slowWriter tells when a write has begun, and goes on when it is told.
type slowWriter struct {
	bytes.Buffer
	begun, goOn chan struct{}
}

func (w *slowWriter) Write(p []byte) (int, error) {
	close(w.begun)
	<-w.goOn
	return w.Buffer.Write(p)
}

// says writes a byte to standard error, and waits until it has left.
func says(m *wasmtest.Module) []wasmtest.Code {
	stderr := m.Import("wasi:cli/stderr@0.2.0", "get-stderr", "-> i32")
	write := m.Import("wasi:io/streams@0.2.0", "[method]output-stream.blocking-write-and-flush", "i32 i32 i32 i32 ->")
	return []wasmtest.Code{wasmtest.Call(stderr), wasmtest.I32(64), wasmtest.I32(1), wasmtest.I32(128), wasmtest.Call(write)}
}

// teller is a writer that calls a function.
type teller func()

func (f teller) Write(p []byte) (int, error) { f(); return len(p), nil }

// A wait of a guest ends with its context, and leaves no goroutine behind.
func TestWaitsOf02End(t *testing.T) {
	block := func(m *wasmtest.Module) []wasmtest.Code {
		sub := m.Import("wasi:clocks/monotonic-clock@0.2.0", "subscribe-duration", "i64 -> i32")
		block := m.Import("wasi:io/poll@0.2.0", "[method]pollable.block", "i32 ->")
		return []wasmtest.Code{wasmtest.I64(uint64(time.Hour)), wasmtest.Call(sub), wasmtest.Call(block)}
	}
	read := func(m *wasmtest.Module) []wasmtest.Code {
		stdin := m.Import("wasi:cli/stdin@0.2.0", "get-stdin", "-> i32")
		skip := m.Import("wasi:io/streams@0.2.0", "[method]input-stream.blocking-skip", "i32 i64 i32 ->")
		return []wasmtest.Code{wasmtest.Call(stdin), wasmtest.I64(1), wasmtest.I32(64), wasmtest.Call(skip)}
	}
	before := runtime.NumGoroutine()
	for name, body := range map[string]func(*wasmtest.Module) []wasmtest.Code{"sleep": block, "read": read} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			wasm := program(func(m *wasmtest.Module) []wasmtest.Code {
				return append(append(says(m), body(m)...), wasmtest.I32(0))
			})
			ctx, cancel := context.WithCancel(context.Background())
			p, err := command.Compile(context.Background(), wasm, wasi.Clock(), wasi.Stdin(r), wasi.Stderr(teller(cancel)))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close(context.Background())
			_, err = wasi.Run(ctx, p)
			var limit *host.LimitError
			if !errors.As(err, &limit) || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the end of the context", err)
			}
			_ = w.Close()
		})
	}
	for deadline := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			buffer := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), buffer[:runtime.Stack(buffer, true)])
		}
		runtime.Gosched()
	}
}

// A host of dynamic may supply functions of WASI itself. The others come from package
// wasi, and the methods of a resource from where it does.
func TestDynamicSupplies(t *testing.T) {
	ctx := context.Background()
	r := witOf(t, "0.2.3", "world command {", "world mine {\n  import environment;\n  import stdout;\n  import stderr;\n  export calls: func() -> u64;\n}\n\nworld command {")
	m := &wasmtest.Module{}
	args := m.Import("wasi:cli/environment@0.2.3", "get-arguments", "i32 ->")
	stdout := m.Import("wasi:cli/stdout@0.2.3", "get-stdout", "-> i32")
	stderr := m.Import("wasi:cli/stderr@0.2.3", "get-stderr", "-> i32")
	check := m.Import("wasi:io/streams@0.2.3", "[method]output-stream.check-write", "i32 i32 ->")
	drop := m.Import("wasi:io/streams@0.2.3", "[resource-drop]output-stream", "i32 ->")
	heap, out, err2 := m.Global("i32", wasmtest.I32(1024)), m.Global("i32", wasmtest.I32(0)), m.Global("i32", wasmtest.I32(0))
	m.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.GlobalGet(heap), wasmtest.GlobalGet(heap), wasmtest.Get(3),
		wasmtest.I32Add, wasmtest.I32(7), wasmtest.I32Add, wasmtest.I32(0xfffffff8), wasmtest.I32And, wasmtest.GlobalSet(heap))
	m.Export("memory", wasmtest.KindMemory, m.Memory(1, -1))
	// The number of arguments and, shifted, how many bytes each stream permits.
	m.ExportFunc("calls", "-> i64", "",
		wasmtest.I32(128), wasmtest.Call(args),
		wasmtest.Call(stdout), wasmtest.GlobalSet(out), wasmtest.GlobalGet(out), wasmtest.I32(144), wasmtest.Call(check),
		wasmtest.Call(stderr), wasmtest.GlobalSet(err2), wasmtest.GlobalGet(err2), wasmtest.I32(160), wasmtest.Call(check),
		wasmtest.GlobalGet(out), wasmtest.Call(drop), wasmtest.GlobalGet(err2), wasmtest.Call(drop),
		wasmtest.I32(132), wasmtest.Load32(0), wasmtest.I64ExtendU,
		wasmtest.I32(152), wasmtest.Load64(0), wasmtest.I64(1<<8), wasmtest.I64Mul, wasmtest.I64Add,
		wasmtest.I32(168), wasmtest.Load64(0), wasmtest.I64(1<<32), wasmtest.I64Mul, wasmtest.I64Add)
	world := slices.IndexFunc(r.Worlds, func(w *wit.World) bool { return w.Name == "mine" })
	core, err := component.Embed(m.Bytes(), r, wit.WorldID(world), component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := component.New(core, component.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	type mine struct{ permits uint64 }
	own := dynamic.Imports{
		"wasi:cli/environment@0.2.0#get-arguments": func(context.Context, []any) (any, error) { return []any{"a", "b", "c"}, nil },
		"wasi:cli/stdout@0.2.0#get-stdout":         func(context.Context, []any) (any, error) { return &mine{5}, nil },
		"wasi:io/streams@0.2.0#[method]output-stream.check-write": func(_ context.Context, args []any) (any, error) {
			return value.OK(args[0].(*mine).permits), nil
		},
	}
	withoutMethod := maps.Clone(own)
	delete(withoutMethod, "wasi:io/streams@0.2.0#[method]output-stream.check-write")
	const sink = 64 << 10
	for name, wasm := range map[string][]byte{"core module": core, "component": whole} {
		for _, opts := range [][]host.Option{nil, {wasi.Args("x", "y")}} {
			p, err := dynamic.Compile(ctx, wasm, opts...)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				imports dynamic.Imports
				want    uint64
			}{{nil, sink<<32 + sink<<8 + 2*uint64(len(opts))}, {own, sink<<32 + 5<<8 + 3}} {
				inst, err := p.Instantiate(ctx, c.imports)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := inst.Call(ctx, "calls"); got != c.want || err != nil {
					t.Errorf("%s: got %x, %v; want %x", name, got, err, c.want)
				}
			}
			// A resource of the host's without its methods.
			inst, err := p.Instantiate(ctx, withoutMethod)
			if err == nil {
				_, err = inst.Call(ctx, "calls")
			}
			if err == nil || !strings.Contains(err.Error(), "check-write") {
				t.Errorf("%s: a method that nobody supplies: %v", name, err)
			}
			if err := p.Close(ctx); err != nil {
				t.Error(err)
			}
		}
	}
}
