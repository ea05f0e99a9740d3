package guest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// build is a way to build the guests of these tests.
type build struct {
	name     string
	compiler guestbuild.Compiler
	flags    []string
}

// builds returns the compilers that are there.
func builds(t testing.TB) []build {
	var list []build
	for _, c := range guestbuild.Compilers(t) {
		list = append(list, build{string(c), c, nil})
	}
	return list
}

// collectors returns the compilers that are there, TinyGo with each collector
// that collects.
func collectors(t testing.TB) []build {
	list := builds(t)
	for _, b := range list {
		if b.compiler != guestbuild.Go {
			list = append(list, build{b.name + "-precise", b.compiler, []string{"-gc=precise"}})
		}
	}
	return list
}

var (
	builtMutex sync.Mutex
	built      = map[string][]byte{}
)

// wasm builds a guest of testdata, once.
func (b build) wasm(t testing.TB, dir string) []byte {
	builtMutex.Lock()
	defer builtMutex.Unlock()
	key := b.name + " " + dir
	if built[key] == nil {
		built[key] = guestbuild.BuildWith(t, b.compiler, "testdata/"+dir, b.flags...)
	}
	return built[key]
}

// guest is an instance of a guest.
type guest struct {
	t      testing.TB
	ctx    context.Context
	module api.Module
	// realloc is the name of the export that allocates.
	realloc string
	// collects says to collect the guest's garbage after each allocation.
	collects bool
}

// start builds and instantiates a guest of testdata.
func start(t testing.TB, b build, dir string) *guest {
	t.Helper()
	return instantiate(t, b.wasm(t, dir), io.Discard)
}

// cache has the guests that were compiled before.
var cache = wazero.NewCompilationCache()

// instantiate instantiates a guest, which may import exchange. What it prints goes
// to output: TinyGo prints panics to standard output, Go to standard error.
func instantiate(t testing.TB, wasm []byte, output io.Writer) *guest {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(cache))
	t.Cleanup(func() { r.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	g := &guest{t: t, ctx: ctx, realloc: "cabi_realloc", collects: true}
	_, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().
		WithFunc(func(_ context.Context, m api.Module, ptr, n, area uint32) { g.exchange(ptr, n, area) }).
		Export("exchange").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := r.CompileModule(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	g.module, err = r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithStartFunctions("_initialize").WithStdout(output).WithStderr(output))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// try calls an export.
func (g *guest) try(name string, args ...uint32) (uint32, error) {
	stack := make([]uint64, max(len(args), 1))
	for i, arg := range args {
		stack[i] = uint64(arg)
	}
	err := g.module.ExportedFunction(name).CallWithStack(g.ctx, stack)
	return uint32(stack[0]), err
}

func (g *guest) call(name string, args ...uint32) uint32 {
	g.t.Helper()
	result, err := g.try(name, args...)
	if err != nil {
		g.t.Fatalf("%s: %v", name, err)
	}
	return result
}

// alloc allocates as a host does, and collects.
func (g *guest) alloc(size, align uint32) (uint32, error) {
	ptr, err := g.try(g.realloc, 0, 0, align, size)
	if err == nil && g.collects {
		_, err = g.try("collect")
	}
	return ptr, err
}

// put lowers a string.
func (g *guest) put(text string) (ptr, n uint32, err error) {
	ptr, err = g.alloc(uint32(len(text)), 1)
	if err == nil && !g.module.Memory().WriteString(ptr, text) {
		err = fmt.Errorf("%d bytes at %#x are out of bounds", len(text), ptr)
	}
	return ptr, uint32(len(text)), err
}

// putList lowers a list<string>.
func (g *guest) putList(list []string) (ptr, n uint32, err error) {
	ptr, err = g.alloc(uint32(len(list))*8, 4)
	for i, text := range list {
		if err != nil {
			break
		}
		var start, length uint32
		start, length, err = g.put(text)
		g.module.Memory().WriteUint32Le(ptr+uint32(i)*8, start)
		g.module.Memory().WriteUint32Le(ptr+uint32(i)*8+4, length)
	}
	return ptr, uint32(len(list)), err
}

// text reads the string whose pointer and length lie at an address.
func (g *guest) text(at uint32) string {
	memory := g.module.Memory()
	ptr, ok1 := memory.ReadUint32Le(at)
	n, ok2 := memory.ReadUint32Le(at + 4)
	text, ok3 := memory.Read(ptr, n)
	if !ok1 || !ok2 || !ok3 {
		return fmt.Sprintf("out of bounds: %d bytes at %#x", n, ptr)
	}
	return string(text)
}

// exchange serves the import of testdata/memory: it checks the list and returns
// it in upper case.
func (g *guest) exchange(ptr, n, area uint32) {
	if g.collects {
		g.call("collect")
	}
	list := make([]string, n)
	for i := range list {
		text := g.text(ptr + uint32(i)*8)
		if want := strings.Repeat(string('a'+rune(i%26)), i+1); text != want {
			g.t.Errorf("item %d is %q, want %q", i, text, want)
		}
		list[i] = strings.ToUpper(text)
	}
	ptr, n, err := g.putList(list)
	if err != nil {
		g.t.Error(err)
	}
	g.module.Memory().WriteUint32Le(area, ptr)
	g.module.Memory().WriteUint32Le(area+4, n)
}

// words are strings of many lengths.
func words() []string {
	var list []string
	for i := range 40 {
		list = append(list, strings.Repeat(string('a'+rune(i%26)), i*i/4+1))
	}
	return list
}

// A collection between any two reallocs loses nothing that the host has placed.
// Without the roots it does: the test itself shows it.
func TestCollectionBetweenReallocs(t *testing.T) {
	for _, b := range collectors(t) {
		t.Run(b.name, func(t *testing.T) {
			g := start(t, b, "memory")
			want := strings.Join(words(), ",")
			if got, err := g.join(words()); err != nil || got != want {
				t.Errorf("a parameter or result was lost: %.200q, %v", got, err)
			}
			if got := g.call("exchange", 30); got != 30 {
				t.Error("the result of an import was lost")
			}
			if got, err := g.pass(words()); err != nil || got != want {
				t.Errorf("a string of a list was lost: %.200q, %v", got, err)
			}
			g.realloc = "bare_realloc"
			if got, err := g.join(words()); err == nil && got == want {
				t.Error("nothing was lost without roots: the test proves nothing")
			}
		})
	}
}

// Goroutines of a guest that call imports at the same time get what belongs to
// their own calls. The host does not collect here: Go itself mixes up goroutines
// where one blocks inside an export that another's import has called.
func TestConcurrentImports(t *testing.T) {
	g := start(t, build{string(guestbuild.Go), guestbuild.Go, nil}, "memory")
	g.collects = false
	if right := g.call("concurrent", 4); right != 4 {
		t.Errorf("%d of 4 goroutines got their own results", right)
	}
}

// pass calls pass of testdata/memory and joins what it returns.
func (g *guest) pass(list []string) (string, error) {
	ptr, n, err := g.putList(list)
	if err != nil {
		return "", err
	}
	area, err := g.try("pass", ptr, n)
	if err == nil {
		_, err = g.try("collect")
	}
	if err != nil {
		return "", err
	}
	first, _ := g.module.Memory().ReadUint32Le(area)
	length, _ := g.module.Memory().ReadUint32Le(area + 4)
	passed := make([]string, length)
	for i := range passed {
		passed[i] = g.text(first + uint32(i)*8)
	}
	return strings.Join(passed, ","), nil
}

// join calls join of testdata/memory.
func (g *guest) join(list []string) (string, error) {
	ptr, n, err := g.putList(list)
	if err != nil {
		return "", err
	}
	area, err := g.try("join", ptr, n)
	if err != nil {
		return "", err
	}
	if _, err := g.try("collect"); err != nil {
		return "", err
	}
	text := g.text(area)
	_, err = g.try("cabi_post_join", area)
	return text, err
}

// Any number of calls leaves the guest's memory as it is.
func TestMemoryDoesNotGrow(t *testing.T) {
	for _, b := range collectors(t) {
		t.Run(b.name, func(t *testing.T) {
			g := start(t, b, "memory")
			g.collects = false
			calls := func(n int) uint32 {
				for i := range n {
					text := fmt.Sprintf("call number %d%400s", i, "")
					ptr, length, err := g.put(text)
					if err != nil {
						t.Fatal(err)
					}
					area := g.call("echo", ptr, length)
					if got := g.text(area); got != strings.ToUpper(text) {
						t.Fatalf("echo of %q is %q", text, got)
					}
					g.call("cabi_post_echo", area)
				}
				return g.module.Memory().Size()
			}
			before := calls(30_000)
			if after := calls(60_000); after > before {
				t.Errorf("the memory grew from %d to %d bytes", before, after)
			}
		})
	}
}

func TestRealloc(t *testing.T) {
	for _, b := range builds(t) {
		t.Run(b.name, func(t *testing.T) {
			g := start(t, b, "memory")
			g.collects = false
			for _, align := range []uint32{1, 2, 4, 8} {
				for _, size := range []uint32{0, 1, 3, 8, 15, 100, 5000} {
					if ptr := g.call("cabi_realloc", 0, 0, align, size); ptr == 0 || ptr%align != 0 {
						t.Errorf("%d bytes aligned to %d are at %#x", size, align, ptr)
					}
				}
			}
			ptr, n, err := g.put("some text that moves")
			if err != nil {
				t.Fatal(err)
			}
			grown := g.call("cabi_realloc", ptr, n, 1, 4000)
			text, _ := g.module.Memory().Read(grown, n)
			if string(text) != "some text that moves" {
				t.Errorf("after growing there is %q", text)
			}
			if shrunk := g.call("cabi_realloc", grown, 4000, 1, n); shrunk != grown {
				t.Errorf("shrinking moved %#x to %#x", grown, shrunk)
			}
			if none := g.call("cabi_realloc", grown, 4000, 4, 0); none == 0 || none%4 != 0 {
				t.Errorf("shrinking to nothing gives %#x", none)
			}
		})
	}
}

// The checks of testdata/handles hold.
func TestInside(t *testing.T) {
	for _, b := range builds(t) {
		t.Run(b.name, func(t *testing.T) {
			g := start(t, b, "handles")
			for _, name := range []string{"values", "structs", "take", "handle", "borrows", "keys", "pairs", "discriminants"} {
				if failed := g.call(name); failed != 0 {
					t.Errorf("%s: check %d fails", name, failed)
				}
			}
			for _, c := range []struct {
				name string
				v    uint32
			}{
				{"lower-enum", 0}, {"lower-enum", 2}, {"lower-flags", 0}, {"lower-flags", 7},
				{"lower-char", 0x10ffff}, {"lower-char", 0xd7ff}, {"lower-char", 0xe000},
				{"lift-some", 0}, {"lift-some", 1}, {"lift-ok", 0}, {"lift-ok", 1},
			} {
				if got := g.call(c.name, c.v); got != c.v {
					t.Errorf("%s of %#x gives %#x", c.name, c.v, got)
				}
			}
		})
	}
}

// What a guest must not do panics, and where a guest can print the message names
// what is wrong.
func TestPanics(t *testing.T) {
	const gone = "use of a x.Thing that was closed or given away"
	for _, b := range builds(t) {
		t.Run(b.name, func(t *testing.T) {
			for _, c := range []struct {
				name    string
				arg     uint32
				message string
			}{
				{"lend-after-give", 0, gone},
				{"give-after-close", 0, gone},
				{"lower-enum", 3, "3 is no case of x.Color"},
				{"lower-flags", 9, "9 has flags that are unknown to x.Colors"},
				{"lower-char", 0xd800, "rune 55296 is no Unicode scalar value"},
				{"lower-char", 0xdfff, "rune 57343 is no Unicode scalar value"},
				{"lower-char", 0x110000, "rune 1114112 is no Unicode scalar value"},
				{"lower-char", 1 << 31, "rune 2147483648 is no Unicode scalar value"},
				{"lift-some", 2, "2 is no discriminant of an option"},
				{"lift-ok", 256, "256 is no discriminant of a result"},
			} {
				var output bytes.Buffer
				g := instantiate(t, b.wasm(t, "handles"), &output)
				args := []uint32{c.arg}
				if c.message == gone {
					args = nil
				}
				if _, err := g.try(c.name, args...); err == nil {
					t.Errorf("%s of %#x does not panic", c.name, c.arg)
				}
				if b.compiler != guestbuild.TinyGoUnknown && !strings.Contains(output.String(), c.message) {
					t.Errorf("%s of %#x says %q, want %q", c.name, c.arg, output.String(), c.message)
				}
			}
		})
	}
}
