// Package puppet makes guests that do to WASI whatever a test says: the guest imports all
// functions of WASI 0.2 or of preview 1, and the test calls each of them through it.
package puppet

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/wasi/closed"
)

// The memory of a guest: the room for results and lists that the host lowers, and behind
// it what the test puts there.
const (
	lowered = 1 << 20
	own     = 8 << 20
	pages   = 2000
)

// Plugin is a guest that can be started.
type Plugin struct {
	plugin *link.Plugin
	numbers
}

// numbers are the places of exports by the names of functions.
type numbers map[string]int

// Preview1 has the signatures of preview 1's functions.
var Preview1 = map[string]string{
	"args_get": "i32 i32 -> i32", "args_sizes_get": "i32 i32 -> i32", "environ_get": "i32 i32 -> i32", "environ_sizes_get": "i32 i32 -> i32",
	"clock_res_get": "i32 i32 -> i32", "clock_time_get": "i32 i64 i32 -> i32", "fd_advise": "i32 i64 i64 i32 -> i32",
	"fd_allocate": "i32 i64 i64 -> i32", "fd_close": "i32 -> i32", "fd_datasync": "i32 -> i32", "fd_fdstat_get": "i32 i32 -> i32",
	"fd_fdstat_set_flags": "i32 i32 -> i32", "fd_fdstat_set_rights": "i32 i64 i64 -> i32", "fd_filestat_get": "i32 i32 -> i32",
	"fd_filestat_set_size": "i32 i64 -> i32", "fd_filestat_set_times": "i32 i64 i64 i32 -> i32", "fd_pread": "i32 i32 i32 i64 i32 -> i32",
	"fd_prestat_get": "i32 i32 -> i32", "fd_prestat_dir_name": "i32 i32 i32 -> i32", "fd_pwrite": "i32 i32 i32 i64 i32 -> i32",
	"fd_read": "i32 i32 i32 i32 -> i32", "fd_readdir": "i32 i32 i32 i64 i32 -> i32", "fd_renumber": "i32 i32 -> i32",
	"fd_seek": "i32 i64 i32 i32 -> i32", "fd_sync": "i32 -> i32", "fd_tell": "i32 i32 -> i32", "fd_write": "i32 i32 i32 i32 -> i32",
	"path_create_directory": "i32 i32 i32 -> i32", "path_filestat_get": "i32 i32 i32 i32 i32 -> i32",
	"path_filestat_set_times": "i32 i32 i32 i32 i64 i64 i32 -> i32", "path_link": "i32 i32 i32 i32 i32 i32 i32 -> i32",
	"path_open": "i32 i32 i32 i32 i32 i64 i64 i32 i32 -> i32", "path_readlink": "i32 i32 i32 i32 i32 i32 -> i32",
	"path_remove_directory": "i32 i32 i32 -> i32", "path_rename": "i32 i32 i32 i32 i32 i32 -> i32", "path_symlink": "i32 i32 i32 i32 i32 -> i32",
	"path_unlink_file": "i32 i32 i32 -> i32", "poll_oneoff": "i32 i32 i32 i32 -> i32", "proc_exit": "i32 ->", "proc_raise": "i32 -> i32",
	"sched_yield": "-> i32", "random_get": "i32 i32 -> i32", "sock_accept": "i32 i32 i32 -> i32", "sock_recv": "i32 i32 i32 i32 i32 i32 -> i32",
	"sock_send": "i32 i32 i32 i32 i32 -> i32", "sock_shutdown": "i32 i32 -> i32",
}

// Compile compiles a guest that imports preview 1 if preview1 is set, and all of WASI 0.2
// if not. A function of 0.2 has a name as "wasi:io/streams#[method]input-stream.read", or
// with [resource-drop].
func Compile(t testing.TB, preview1 bool, opts ...host.Option) *Plugin {
	t.Helper()
	if preview1 {
		return compile(t, nil, opts)
	}
	return compile(t, closed.Items(), opts)
}

// CompileItems compiles a guest that imports other interfaces.
func CompileItems(t testing.TB, items []bind.Item, opts ...host.Option) *Plugin {
	t.Helper()
	return compile(t, items, opts)
}

// compile compiles a guest that imports items, or if there is none, preview 1.
func compile(t testing.TB, items []bind.Item, opts []host.Option) *Plugin {
	t.Helper()
	m := &wasmtest.Module{}
	made := &Plugin{numbers: numbers{}}
	world := bind.World{Name: "test:puppet/puppet"}
	var functions []bind.Function
	export := func(name, signature string, code ...wasmtest.Code) {
		made.numbers[name] = len(functions)
		functions = append(functions, bind.Function{Name: name, Export: bind.Signature(signature)})
		m.ExportFunc(name, signature, "i32", code...)
	}
	type imported struct{ name, signature string }
	var list []imported
	var indices []uint32
	add := func(module, function, name, signature string) {
		list = append(list, imported{name, signature})
		indices = append(indices, m.Import(module, function, signature))
	}
	if items == nil {
		for name, signature := range Preview1 {
			add(closed.Module, name, name, signature)
		}
	} else {
		for place, item := range items {
			interfaceName, _, _ := strings.Cut(item.Name, "@")
			for _, f := range item.Interface.Functions {
				add(item.Name, f.Name, interfaceName+"#"+f.Name, string(f.Import))
			}
			for _, r := range item.Resources {
				if r.Item == place {
					add(item.Name, "[resource-drop]"+r.Name, interfaceName+"#[resource-drop]"+r.Name, "i32 ->")
				}
			}
		}
	}
	for n, f := range list {
		params, _, _ := strings.Cut(f.signature, "->")
		types := strings.Fields(params)
		var call, shifted []wasmtest.Code
		for k := range types {
			call = append(call, wasmtest.Get(uint32(k)))
			shifted = append(shifted, wasmtest.Get(uint32(k+1)))
		}
		export(f.name, f.signature, append(call, wasmtest.Call(indices[n]))...)
		// The same, a number of times. The results are dropped.
		again := append(shifted, wasmtest.Call(indices[n]))
		if !strings.HasSuffix(f.signature, "->") {
			again = append(again, wasmtest.Drop)
		}
		again = append(again, wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Tee(0), wasmtest.BrIf(0))
		export("repeat "+f.name, strings.Join(append([]string{"i32"}, types...), " ")+" ->", wasmtest.Loop(again...))
	}
	heap := m.Global("i32", wasmtest.I32(lowered))
	export("peek", "i32 -> i64", wasmtest.Get(0), wasmtest.Load64(0))
	export("poke", "i32 i64 ->", wasmtest.Get(0), wasmtest.Get(1), wasmtest.Store64(0))
	export("reset", "->", wasmtest.I32(lowered), wasmtest.GlobalSet(heap))
	// fill stores words: at a place, with a stride, a count and a value.
	export("fill", "i32 i32 i32 i32 ->", wasmtest.Loop(
		wasmtest.Get(0), wasmtest.Get(3), wasmtest.Store32(0), wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add, wasmtest.Set(0),
		wasmtest.Get(2), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Tee(2), wasmtest.BrIf(0)))
	m.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32",
		wasmtest.GlobalGet(heap), wasmtest.I32(15), wasmtest.I32Add, wasmtest.I32(0xfffffff0), wasmtest.I32And, wasmtest.Tee(4),
		wasmtest.Get(3), wasmtest.I32Add, wasmtest.GlobalSet(heap), wasmtest.Get(4))
	m.Export("memory", wasmtest.KindMemory, m.Memory(pages, -1))
	world.Exports = []bind.Item{{Name: "$root", Interface: &bind.Interface{Functions: functions}}}
	plugin, err := link.Compile(context.Background(), m.Bytes(), &world, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plugin.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	made.plugin = plugin
	return made
}

// Guest is an instance.
type Guest struct {
	t       testing.TB
	inst    *bind.Instance
	exports bind.Exports
	funcs   map[int]*bind.Func
	numbers
	room uint32
}

// Start starts an instance, and closes it at the end of the test unless the test does.
func (p *Plugin) Start(t testing.TB, opts ...host.Option) *Guest {
	t.Helper()
	inst, err := p.plugin.Instantiate(context.Background(), nil, opts...)
	if err != nil {
		t.Fatal(err)
	}
	g := &Guest{t: t, inst: inst, exports: p.plugin.Export(inst, 0), funcs: map[int]*bind.Func{}, numbers: p.numbers, room: own}
	t.Cleanup(g.Close)
	return g
}

// Close closes the instance. A second Close does nothing.
func (g *Guest) Close() {
	if err := g.inst.Close(context.Background()); err != nil {
		g.t.Errorf("close: %v", err)
	}
}

// Err returns what killed the instance, or nil.
func (g *Guest) Err() error { return g.inst.Err() }

// Try calls a function under a context. What the host lowered before is gone.
func (g *Guest) Try(ctx context.Context, name string, params ...uint64) (uint64, error) {
	g.t.Helper()
	if name != "peek" && name != "poke" && name != "reset" {
		g.Call("reset")
	}
	number, ok := g.numbers[name]
	if !ok {
		g.t.Fatalf("there is no %s", name)
	}
	f := g.funcs[number]
	if f == nil {
		made := g.exports.Func(number)
		f = &made
		g.funcs[number] = f
	}
	call := f.Begin(ctx)
	copy(call.Stack, params)
	return call.Finish()
}

// Call is Try without an end, and fails the test if the call fails.
func (g *Guest) Call(name string, params ...uint64) uint64 {
	g.t.Helper()
	result, err := g.Try(context.Background(), name, params...)
	if err != nil {
		g.t.Fatalf("%s%v: %v", name, params, err)
	}
	return result
}

// Trap fails the test unless a call ends the guest with a *host.Trap whose text has text.
func (g *Guest) Trap(text, name string, params ...uint64) {
	g.t.Helper()
	_, err := g.Try(context.Background(), name, params...)
	var trap *host.Trap
	if !errors.As(err, &trap) || !strings.Contains(err.Error(), text) {
		g.t.Fatalf("%s%v: %v; want a trap with %q", name, params, err, text)
	}
}

// Room returns a pointer to n bytes that are 0.
func (g *Guest) Room(n int) uint64 {
	at := g.room
	g.room += uint32(n+15) &^ 15
	if g.room > pages<<16 {
		g.t.Fatal("the guest has no more memory")
	}
	return uint64(at)
}

// Put returns a pointer to bytes.
func (g *Guest) Put(b []byte) uint64 {
	at := g.Room(len(b) + 8)
	for n := 0; n < len(b); n += 8 {
		var word [8]byte
		copy(word[:], b[n:])
		g.Call("poke", at+uint64(n), binary.LittleEndian.Uint64(word[:]))
	}
	return at
}

// Text returns a string as two parameters.
func (g *Guest) Text(s string) (at, size uint64) { return g.Put([]byte(s)), uint64(len(s)) }

// Get returns n bytes at a pointer.
func (g *Guest) Get(at, n uint64) []byte {
	var b []byte
	for k := uint64(0); k < n; k += 8 {
		b = binary.LittleEndian.AppendUint64(b, g.Call("peek", at+k))
	}
	return b[:n]
}

// U8 returns the byte at a pointer.
func (g *Guest) U8(at uint64) uint64 { return g.Call("peek", at) & 0xff }

// U32 returns the 32 bits at a pointer.
func (g *Guest) U32(at uint64) uint64 { return g.Call("peek", at) & 0xffffffff }

// U64 returns the 64 bits at a pointer.
func (g *Guest) U64(at uint64) uint64 { return g.Call("peek", at) }

// Result calls a function that stores a result at its last parameter, which Result adds.
// It returns whether that is ok, and a pointer to the result.
func (g *Guest) Result(name string, params ...uint64) (ok bool, at uint64) {
	g.t.Helper()
	at = g.Room(64)
	g.Call(name, append(params, at)...)
	return g.U8(at) == 0, at
}

// OK is Result for one that must be ok.
func (g *Guest) OK(name string, params ...uint64) (at uint64) {
	g.t.Helper()
	ok, at := g.Result(name, params...)
	if !ok {
		g.t.Fatalf("%s%v: error %x", name, params, g.Get(at, 16))
	}
	return at
}

// Own is OK for a result with a handle.
func (g *Guest) Own(name string, params ...uint64) (handle uint64) {
	g.t.Helper()
	return g.U32(g.OK(name, params...) + 4)
}

// Fails fails the test unless the result is an error, at an offset, of a code.
func (g *Guest) Fails(offset, code uint64, name string, params ...uint64) {
	g.t.Helper()
	ok, at := g.Result(name, params...)
	if got := g.U8(at + offset); ok || got != code {
		g.t.Errorf("%s%v: ok %v, code %d; want the error %d", name, params, ok, got, code)
	}
}
