package preview1

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/internal/gowasm"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// TestWASITypes: the functions over WASI 0.2 have the types of the closed ones.
func TestWASITypes(t *testing.T) {
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	compile := func(wasm []byte, err error) map[string]string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := rt.CompileModule(ctx, wasm)
		if err != nil {
			t.Fatal(err)
		}
		return typesOf(compiled.ExportedFunctions())
	}
	got := compile(wasiModule(Functions(), WASIOptions{Command: true}))
	delete(got, runExport)
	delete(got, "cabi_import_realloc")
	if diff := cmp.Diff(compile(Module(Functions())), got); diff != "" {
		t.Errorf("the functions differ (-closed +over WASI 0.2):\n%s", diff)
	}
}

// TestWASIImports: a guest's functions bring what they need, and nothing else.
func TestWASIImports(t *testing.T) {
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	const output = "cli/stderr.get-stderr cli/stdout.get-stdout io/error.[resource-drop]error " +
		"io/streams.[method]output-stream.blocking-write-and-flush"
	const preopens = " filesystem/preopens.get-directories"
	for _, c := range []struct {
		names, want string
		opts        WASIOptions
	}{
		{"sched_yield", "", WASIOptions{}},
		{"proc_raise", "", WASIOptions{}},
		{"proc_exit", "cli/exit.exit", WASIOptions{}},
		{"proc_exit", "cli/exit.exit-with-code", WASIOptions{ExitCodes: true}},
		{"clock_time_get", "clocks/monotonic-clock.now clocks/wall-clock.now", WASIOptions{}},
		{"random_get", "random/random.get-random-bytes", WASIOptions{}},
		{"args_get args_sizes_get", "cli/environment.get-arguments", WASIOptions{}},
		{"environ_get", "cli/environment.get-environment", WASIOptions{}},
		{"fd_write", output, WASIOptions{}},
		{"fd_close fd_seek fd_pread fd_sync fd_renumber fd_prestat_get", "filesystem/preopens.get-directories filesystem/types.[method]descriptor.read filesystem/types.[method]descriptor.stat filesystem/types.[method]descriptor.sync " +
			"filesystem/types.[resource-drop]descriptor filesystem/types.[resource-drop]directory-entry-stream io/streams.[resource-drop]input-stream io/streams.[resource-drop]output-stream", WASIOptions{}},
		{"fd_close fd_seek fd_pread fd_sync fd_renumber fd_allocate fd_advise fd_filestat_set_size fd_tell sock_recv", "", WASIOptions{}},
		{"path_unlink_file", "filesystem/preopens.get-directories filesystem/types.[method]descriptor.unlink-file-at", WASIOptions{}},
		{"fd_prestat_dir_name", preopens[1:], WASIOptions{}},
	} {
		wasm, err := wasiModule(strings.Fields(c.names), c.opts)
		if err != nil {
			t.Fatal(err)
		}
		m, err := rt.CompileModule(ctx, wasm)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range m.ImportedFunctions() {
			if module, name, _ := f.Import(); module != stateName {
				got = append(got, strings.NewReplacer("wasi:", "", "@0.2.0", "", "@0.2.12", "").Replace(module)+"."+name)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s imports\n%s\nwant\n%s", c.names, strings.Join(got, "\n"), c.want)
		}
	}
}

// TestWASIRefused: what is not a guest over preview 1.
func TestWASIRefused(t *testing.T) {
	for _, c := range []struct {
		core []byte
		opts WASIOptions
		want string
	}{
		{[]byte("no module"), WASIOptions{}, "the module does not start with"},
		{imports("fd_fly"), WASIOptions{}, `WASI preview 1 has no function "fd_fly"`},
		{imports("fd_write"), WASIOptions{Command: true}, "exports no _start"},
	} {
		if _, err := WASIAdapters(c.core, c.opts); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if list, err := WASIAdapters(imports(), WASIOptions{}); len(list) > 0 || err != nil {
		t.Errorf("a module without WASI gets %d adapters, %v", len(list), err)
	}
}

// imports returns a module that imports functions of preview 1.
func imports(names ...string) []byte {
	var m wasmtest.Module
	for _, name := range names {
		m.Import(Name, name, "->")
	}
	return m.Bytes()
}

// TestWASIText: the interfaces of wasi.wit are those of wasi/wit, as they were in version
// 0.2.0.
func TestWASIText(t *testing.T) {
	official, err := resolve.Dir(filepath.Join("..", "..", "wasi", "wit"), resolve.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	ours, _, err := wasiWorld("command-and-exit-code")
	if err != nil {
		t.Fatal(err)
	}
	want, got := signatures(official.Resolve), signatures(ours)
	compared := 0
	for name, text := range got {
		if strings.HasPrefix(name, "witgen:") {
			continue
		}
		compared++
		theirs := want[regexp.MustCompile(`@0\.2\.\d+`).ReplaceAllString(name, "@0.2.12")]
		if strings.HasSuffix(name, "exit@0.2.0 exit-with-code") {
			t.Error("0.2.0 has no exit-with-code")
		}
		if text != theirs {
			t.Errorf("%s is\n%s\nand officially\n%s", name, text, theirs)
		}
	}
	if compared < 100 {
		t.Errorf("%d functions and types are compared", compared)
	}
}

// signatures returns the types and functions of all interfaces in text.
func signatures(r *wit.Resolve) map[string]string {
	all := map[string]string{}
	for id, i := range r.Interfaces {
		if i.Name == "" {
			continue
		}
		name := r.QualifiedName(wit.InterfaceID(id))
		for _, f := range i.Functions {
			var text []string
			for _, p := range f.Params {
				text = append(text, p.Name+": "+typeText(r, p.Type))
			}
			all[name+" "+f.Name] = fmt.Sprint(f.Kind, text, typeText(r, f.Result))
		}
		for _, t := range i.Types {
			all[name+" "+r.Types[t].Name] = kindText(r, t)
		}
	}
	return all
}

func typeText(r *wit.Resolve, t wit.Type) string {
	if id, ok := t.(wit.TypeID); ok {
		if name := r.Types[id].Name; name != "" {
			return name
		}
		return kindText(r, id)
	}
	return fmt.Sprint(t)
}

func kindText(r *wit.Resolve, id wit.TypeID) string {
	var parts []string
	wit.EachType(r.Types[id].Kind, func(t wit.Type) { parts = append(parts, typeText(r, t)) })
	text := fmt.Sprintf("%T %v", r.Types[id].Kind, parts)
	switch k := r.Types[id].Kind.(type) {
	case *wit.Enum:
		for _, c := range k.Cases {
			text += " " + c.Name
		}
	case *wit.Flags:
		for _, f := range k.Flags {
			text += " " + f.Name
		}
	case *wit.Record:
		for _, f := range k.Fields {
			text += " " + f.Name
		}
	case *wit.Variant:
		for _, c := range k.Cases {
			text += " " + c.Name
		}
	}
	return text
}

// fakeHost supplies WASI 0.2 to an adapter, and writes results as the canonical ABI does.
type fakeHost struct {
	*adapter
	state api.Module
	args  []string
}

func (h *fakeHost) realloc(ctx context.Context, align, size uint32) uint32 {
	got, err := h.module.ExportedFunction("cabi_import_realloc").Call(ctx, 0, 0, uint64(align), uint64(size))
	if err != nil {
		panic(err)
	}
	if uint32(got[0])%align != 0 {
		panic("a pointer that is not aligned")
	}
	return uint32(got[0])
}

// newFakeHost makes an adapter with functions, of which the test supplies the imports.
func newFakeHost(t *testing.T, names ...string) *fakeHost {
	t.Helper()
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { rt.Close(ctx) })
	h := &fakeHost{adapter: &adapter{t: t}}
	var env wasmtest.Module
	env.Memory(2, -1)
	env.Export("memory", wasmtest.KindMemory, 0)
	start := func(name string, wasm []byte) api.Module {
		t.Helper()
		m, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(name))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	h.memory = start("env", env.Bytes()).Memory()
	h.state = start(stateName, stateModule())
	supply := func(module, name string, f any) {
		t.Helper()
		if _, err := rt.NewHostModuleBuilder(module).NewFunctionBuilder().WithFunc(f).Export(name).Instantiate(ctx); err != nil {
			t.Fatal(err)
		}
	}
	supply("wasi:cli/environment@0.2.0", "get-arguments", func(ctx context.Context, ret uint32) {
		list := h.realloc(ctx, 4, uint32(8*len(h.args)))
		for n, arg := range h.args {
			at := h.realloc(ctx, 1, uint32(len(arg)))
			h.write(at, []byte(arg))
			h.put32(list+uint32(8*n), at)
			h.put32(list+uint32(8*n)+4, uint32(len(arg)))
		}
		h.put32(ret, list)
		h.put32(ret+4, uint32(len(h.args)))
	})
	supply("wasi:random/random@0.2.0", "get-random-bytes", func(ctx context.Context, length uint64, ret uint32) {
		at := h.realloc(ctx, 1, uint32(length))
		h.write(at, bytes.Repeat([]byte{'r'}, int(length)))
		h.put32(ret, at)
		h.put32(ret+4, uint32(length))
	})
	wasm, err := wasiModule(names, WASIOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h.module = start(Name, wasm)
	h.write(0, slices.Repeat([]byte{0xaa}, 2<<16))
	return h
}

func (h *fakeHost) put32(at, v uint32) {
	h.t.Helper()
	h.write(at, binary.LittleEndian.AppendUint32(nil, v))
}

// unchanged checks that the guest's memory is what it was, but for some bytes.
func (h *fakeHost) unchanged(what string, from, n uint32) {
	h.t.Helper()
	for at, b := range h.read(0, 2<<16) {
		if b != 0xaa && (uint32(at) < from || uint32(at) >= from+n) {
			h.t.Fatalf("%s leaves 0x%02x at %d", what, b, at)
		}
	}
}

// TestBorrowedMemory: what the adapter needs of the guest's memory it gives back, also
// where a buffer of the guest's lies there.
func TestBorrowedMemory(t *testing.T) {
	h := newFakeHost(t, "args_sizes_get", "args_get", "random_get")
	h.args = []string{"program", "", strings.Repeat("long ", 10_000), "last"}
	h.call(success, "args_sizes_get", 1028, 1024)
	if n, size := h.u32(1028), h.u32(1024); n != 4 || size != 8+1+50_001+5 {
		t.Errorf("%d arguments of %d bytes", n, size)
	}
	h.unchanged("args_sizes_get", 1024, 8)
	h.args = nil // They were kept.
	h.call(success, "args_get", 1000, 1016)
	if got := string(h.read(1016, 50_015)); got != "program\x00\x00"+strings.Repeat("long ", 10_000)+"\x00last\x00" {
		t.Errorf("the arguments are %.30q", got)
	}
	for n, want := range []uint32{1016, 1024, 1025, 1025 + 50_001} {
		if got := h.u32(1000 + uint32(4*n)); got != want {
			t.Errorf("argument %d is at %d, want %d", n, got, want)
		}
	}
	h.write(0, slices.Repeat([]byte{0xaa}, 2<<16))

	for _, c := range []struct{ at, n uint32 }{
		{0, 5}, {0, 1024}, {0, 1025}, {1020, 8}, {1024, 64}, {1025, 1}, {1500, 100}, {5119, 20_000}, {0, 2 << 16}, {100, 100_000}, {40_000, 70_000}, {2<<16 - 1, 1}, {7, 0},
	} {
		h.call(success, "random_get", uint64(c.at), uint64(c.n))
		if got := h.read(c.at, c.n); bytes.Count(got, []byte("r")) != len(got) {
			t.Errorf("random_get(%d, %d) leaves %d bytes", c.at, c.n, len(got)-bytes.Count(got, []byte("r")))
		}
		h.unchanged(fmt.Sprintf("random_get(%d, %d)", c.at, c.n), c.at, c.n)
		h.write(0, slices.Repeat([]byte{0xaa}, 2<<16))
	}
}

// TestTooMuch: results that the guest's memory has no room for are a trap.
func TestTooMuch(t *testing.T) {
	h := newFakeHost(t, "args_sizes_get")
	h.args = []string{strings.Repeat("x", 2<<16-2000), strings.Repeat("y", 2000)}
	if _, err := h.module.ExportedFunction("args_sizes_get").Call(t.Context(), 0, 8); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("arguments of the size of the memory: %v", err)
	}
}

// TestStateStays: the adapter keeps no more state however often it is asked.
func TestStateStays(t *testing.T) {
	h := newFakeHost(t, "random_get", "args_sizes_get")
	h.args = []string{strings.Repeat("x", 1000)}
	for range 10_000 {
		h.call(success, "random_get", 3, 8)
		h.call(success, "args_sizes_get", 0, 8)
	}
	pages, err := h.state.ExportedFunction("grow").Call(t.Context(), 0)
	if err != nil || pages[0] != 1 {
		t.Errorf("the state has %v pages, %v", pages, err)
	}
}

// TestAdapterSource: the source is what is compiled, and Go's own tools take it.
func TestAdapterSource(t *testing.T) {
	files := sources()
	entries, err := os.ReadDir("adapter")
	if err != nil || len(entries) != len(files) {
		t.Errorf("%d files are embedded, and there are %d, %v", len(files), len(entries), err)
	}
	exports := append(Functions(), runExport, "cabi_import_realloc")
	if _, err := gowasm.Compile(files, gowasm.Options{Exports: exports}); err != nil {
		t.Error(err)
	}
}
