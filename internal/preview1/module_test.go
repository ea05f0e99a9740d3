package preview1

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// adapter is an instance of the module with the memory that it uses.
type adapter struct {
	t      *testing.T
	module api.Module
	memory api.Memory
}

// newAdapter makes an instance with all functions, or those named.
func newAdapter(t *testing.T, names ...string) *adapter {
	t.Helper()
	if len(names) == 0 {
		names = Functions()
	}
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { rt.Close(ctx) })
	var env wasmtest.Module
	env.Memory(1, -1)
	env.Export("memory", wasmtest.KindMemory, 0)
	main, err := rt.InstantiateWithConfig(ctx, env.Bytes(), wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		t.Fatal(err)
	}
	wasm, err := Module(names)
	if err != nil {
		t.Fatal(err)
	}
	module, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(Name))
	if err != nil {
		t.Fatal(err)
	}
	a := &adapter{t, module, main.Memory()}
	// What a function does not write shows as this byte.
	a.write(0, slices.Repeat([]byte{0xaa}, 65536))
	return a
}

func (a *adapter) write(offset uint32, b []byte) {
	a.t.Helper()
	if !a.memory.Write(offset, b) {
		a.t.Fatalf("%d bytes do not fit at %d", len(b), offset)
	}
}

func (a *adapter) read(offset, n uint32) []byte {
	a.t.Helper()
	b, ok := a.memory.Read(offset, n)
	if !ok {
		a.t.Fatalf("there are no %d bytes at %d", n, offset)
	}
	return slices.Clone(b)
}

func (a *adapter) u32(offset uint32) uint32 { return binary.LittleEndian.Uint32(a.read(offset, 4)) }
func (a *adapter) u64(offset uint32) uint64 { return binary.LittleEndian.Uint64(a.read(offset, 8)) }

// call calls a function and fails unless it returns the error number.
func (a *adapter) call(want uint64, name string, args ...uint64) {
	a.t.Helper()
	got, err := a.module.ExportedFunction(name).Call(a.t.Context(), args...)
	if err != nil {
		a.t.Fatalf("%s%v: %v", name, args, err)
	}
	if len(got) != 1 || got[0] != want {
		a.t.Errorf("%s%v returns %v, want %d", name, args, got, want)
	}
}

// TestTypes: the functions are those of WASI preview 1, with the types that wazero
// gives them.
func TestTypes(t *testing.T) {
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	compiled, err := wasi_snapshot_preview1.NewBuilder(rt).Compile(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(typesOf(compiled.ExportedFunctions()), typesOf(newAdapter(t).module.ExportedFunctionDefinitions())); diff != "" {
		t.Errorf("the functions differ (-wazero +here):\n%s", diff)
	}
}

func typesOf(defs map[string]api.FunctionDefinition) map[string]string {
	types := map[string]string{}
	for name, def := range defs {
		show := func(list []api.ValueType) string {
			var names []string
			for _, t := range list {
				names = append(names, api.ValueTypeName(t))
			}
			return strings.Join(names, " ")
		}
		types[name] = show(def.ParamTypes()) + " -> " + show(def.ResultTypes())
	}
	return types
}

// TestModuleHasWhatIsAskedFor: no other function, and no memory unless it is used.
func TestModuleHasWhatIsAskedFor(t *testing.T) {
	a := newAdapter(t, "sched_yield", "proc_exit")
	names := slices.Sorted(maps.Keys(a.module.ExportedFunctionDefinitions()))
	if diff := cmp.Diff([]string{"proc_exit", "sched_yield"}, names); diff != "" {
		t.Errorf("the exports differ (-want +got):\n%s", diff)
	}
	wasm, err := Module([]string{"sched_yield"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(wasm), "memory") {
		t.Error("it imports a memory that nothing uses")
	}
	if _, err := Module([]string{"fd_fly"}); err == nil || !strings.Contains(err.Error(), `"fd_fly"`) {
		t.Errorf("a function that there is not: %v", err)
	}
}

func TestArguments(t *testing.T) {
	for _, what := range []string{"args", "environ"} {
		a := newAdapter(t)
		a.call(success, what+"_sizes_get", 16, 32)
		if n, bytes := a.u32(16), a.u32(32); n != 0 || bytes != 0 {
			t.Errorf("%s: %d of %d bytes", what, n, bytes)
		}
		a.call(success, what+"_get", 0, 8)
	}
}

func TestClock(t *testing.T) {
	a := newAdapter(t)
	a.call(success, "clock_res_get", 0, 8)
	if got := a.u64(8); got != step {
		t.Errorf("the resolution is %d", got)
	}
	// The realtime and the monotonic clock are one.
	for i := range uint64(4) {
		a.call(success, "clock_time_get", i%2, 0, 8)
		if got, want := a.u64(8), (i+1)*step; got != want {
			t.Errorf("reading %d of the clock gives %d, want %d", i, got, want)
		}
	}
	a.call(inval, "clock_time_get", 2, 0, 8)
	a.call(inval, "clock_res_get", 2, 8)
}

func TestRandom(t *testing.T) {
	a := newAdapter(t)
	a.call(success, "random_get", 101, 5)
	a.call(success, "random_get", 106, 20)
	// SplitMix64 from 0, the lowest byte of each number.
	var want []byte
	for state := uint64(0); len(want) < 25; {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		want = append(want, byte(z^z>>31))
	}
	if got := a.read(101, 25); !slices.Equal(got, want) {
		t.Errorf("random numbers % x, want % x", got, want)
	}
	if a.read(100, 1)[0] != 0xaa || a.read(126, 1)[0] != 0xaa {
		t.Error("random_get writes beyond its buffer")
	}
	a.call(success, "random_get", 65536, 0)
}

func TestOutputAndInput(t *testing.T) {
	a := newAdapter(t)
	// Two buffers, of 5 and 300 bytes.
	for i, n := range []uint32{0, 5, 1000, 300} {
		a.write(uint32(16+4*i), binary.LittleEndian.AppendUint32(nil, n))
	}
	for _, fd := range []uint64{1, 2} {
		a.write(8, []byte{0xaa, 0xaa, 0xaa, 0xaa})
		a.call(success, "fd_write", fd, 16, 2, 8)
		if got := a.u32(8); got != 305 {
			t.Errorf("fd_write to %d reports %d bytes, want 305", fd, got)
		}
	}
	a.call(success, "fd_write", 1, 16, 0, 8)
	if got := a.u32(8); got != 0 {
		t.Errorf("fd_write of nothing reports %d bytes", got)
	}
	a.call(success, "fd_read", 0, 16, 2, 8)
	if got := a.u32(8); got != 0 {
		t.Errorf("fd_read reports %d bytes", got)
	}
	for _, fd := range []uint64{0, 3, 1<<32 - 1} {
		a.call(badf, "fd_write", fd, 16, 2, 8)
	}
	for _, fd := range []uint64{1, 2, 3} {
		a.call(badf, "fd_read", fd, 16, 2, 8)
	}
}

func TestDescriptors(t *testing.T) {
	a := newAdapter(t)
	for fd := range uint64(3) {
		a.call(success, "fd_fdstat_get", fd, 64)
		rights := uint64(rightWrite)
		if fd == 0 {
			rights = rightRead
		}
		want := append([]byte{characterDevice, 0, 0, 0, 0, 0, 0, 0}, binary.LittleEndian.AppendUint64(nil, rights)...)
		want = append(want, 0, 0, 0, 0, 0, 0, 0, 0, 0xaa)
		if got := a.read(64, 25); !slices.Equal(got, want) {
			t.Errorf("fd_fdstat_get of %d gives % x, want % x", fd, got, want)
		}
		a.call(success, "fd_filestat_get", fd, 128)
		stat := make([]byte, 65)
		stat[16], stat[64] = characterDevice, 0xaa
		if got := a.read(128, 65); !slices.Equal(got, stat) {
			t.Errorf("fd_filestat_get of %d gives % x", fd, got)
		}
		a.call(spipe, "fd_seek", fd, 0, 0, 8)
		a.call(success, "fd_close", fd)
		a.call(nosys, "fd_sync", fd)
	}
	for name, def := range a.module.ExportedFunctionDefinitions() {
		if strings.HasPrefix(name, "fd_") || strings.HasPrefix(name, "path_") {
			args := make([]uint64, len(def.ParamTypes()))
			args[0] = 3
			a.call(badf, name, args...)
		}
		if strings.HasPrefix(name, "sock_") || name == "proc_raise" {
			a.call(nosys, name, make([]uint64, len(def.ParamTypes()))...)
		}
	}
	// A guest asks for preopened folders from 3 on, and some from 0 on.
	a.call(badf, "fd_prestat_get", 0, 8)
}

func TestExit(t *testing.T) {
	a := newAdapter(t)
	for _, code := range []uint64{0, 1} {
		_, err := a.module.ExportedFunction("proc_exit").Call(t.Context(), code)
		if err == nil || !strings.Contains(err.Error(), "unreachable") || !strings.Contains(err.Error(), ".proc_exit(") {
			t.Errorf("proc_exit(%d): %v; want a trap that names it", code, err)
		}
	}
	a.call(success, "sched_yield")
}

// subscription is one of poll_oneoff, in binary.
func subscription(userData uint64, kind byte, fd uint32, timeout uint64, absolute bool) []byte {
	s := make([]byte, 48)
	binary.LittleEndian.PutUint64(s, userData)
	s[8] = kind
	binary.LittleEndian.PutUint32(s[16:], fd)
	binary.LittleEndian.PutUint64(s[24:], timeout)
	if absolute {
		s[40] = 1
	}
	return s
}

const clockKind, readKind, writeKind = 0, 1, 2

func TestPoll(t *testing.T) {
	type event struct {
		userData uint64
		errno    uint16
		kind     byte
	}
	for _, test := range []struct {
		name   string
		subs   [][]byte
		events []event
		now    uint64 // after one reading before the call
	}{
		{"sleep", [][]byte{subscription(7, clockKind, 1, 5_000_000, false)}, []event{{7, 0, clockKind}}, step + 5_000_000},
		{"sleep for no time", [][]byte{subscription(7, clockKind, 1, 0, false)}, []event{{7, 0, clockKind}}, step},
		{"sleep until", [][]byte{subscription(7, clockKind, 1, 5_000_000, true)}, []event{{7, 0, clockKind}}, 5_000_000},
		{"sleep until before now", [][]byte{subscription(7, clockKind, 1, 5, true)}, []event{{7, 0, clockKind}}, step},
		{"two times", [][]byte{subscription(1, clockKind, 1, 9000, false), subscription(2, clockKind, 0, 3000, false), subscription(3, clockKind, 0, 4000, true)},
			[]event{{2, 0, clockKind}, {3, 0, clockKind}}, step + 3000},
		{"output is ready", [][]byte{subscription(1, clockKind, 1, 9000, false), subscription(1<<63, writeKind, 1, 0, false)},
			[]event{{1 << 63, 0, writeKind}}, step},
		{"input is ready", [][]byte{subscription(5, readKind, 0, 0, false)}, []event{{5, 0, readKind}}, step},
		{"no such descriptor", [][]byte{subscription(5, readKind, 4, 0, false)}, []event{{5, badf, readKind}}, step},
		{"for ever", [][]byte{subscription(5, clockKind, 0, 1<<64-1, false)}, []event{{5, 0, clockKind}}, 1<<64 - 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAdapter(t)
			a.call(success, "clock_time_get", 0, 0, 8)
			a.write(1000, slices.Concat(test.subs...))
			a.call(success, "poll_oneoff", 1000, 2000, uint64(len(test.subs)), 16)
			var got []event
			for i := range a.u32(16) {
				e := a.read(2000+32*i, 32)
				got = append(got, event{binary.LittleEndian.Uint64(e), binary.LittleEndian.Uint16(e[8:]), e[10]})
				if rest := e[11:]; slices.Max(rest) != 0 {
					t.Errorf("event %d ends in % x", i, rest)
				}
			}
			if !slices.Equal(got, test.events) {
				t.Errorf("events %v, want %v", got, test.events)
			}
			a.call(success, "clock_time_get", 0, 0, 8)
			if got, want := a.u64(8), test.now+step; got != want {
				t.Errorf("the clock is at %d, want %d", got, want)
			}
		})
	}
	newAdapter(t).call(inval, "poll_oneoff", 1000, 2000, 0, 16)
}
