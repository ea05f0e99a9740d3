package dynamic_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// model resolves a WIT text and returns its last world.
func model(t testing.TB, text string) (*wit.Resolve, wit.WorldID) {
	t.Helper()
	result, err := resolve.Source("test.wit", text, resolve.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	worlds := result.Resolve.Packages[result.Main].Worlds
	return result.Resolve, worlds[len(worlds)-1]
}

// start compiles a guest for a world and starts it. It ends with the test.
func start(t testing.TB, wasm []byte, r *wit.Resolve, world wit.WorldID, imports dynamic.Imports, opts ...host.Option) *dynamic.Instance {
	t.Helper()
	plugin, err := dynamic.CompileWorld(context.Background(), wasm, r, world, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return instantiate(t, plugin, imports)
}

// startComponent makes a component of a core module, and starts it by the WIT that
// it carries.
func startComponent(t testing.TB, wasm []byte, r *wit.Resolve, world wit.WorldID, imports dynamic.Imports) *dynamic.Instance {
	t.Helper()
	plugin, err := dynamic.Compile(context.Background(), componentOf(t, wasm, r, world))
	if err != nil {
		t.Fatal(err)
	}
	return instantiate(t, plugin, imports)
}

// instantiate starts an instance of a plugin, which ends with the test.
func instantiate(t testing.TB, plugin *dynamic.Plugin, imports dynamic.Imports) *dynamic.Instance {
	t.Helper()
	ctx := context.Background()
	t.Cleanup(func() {
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	inst, err := plugin.Instantiate(ctx, imports)
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

func componentOf(t testing.TB, wasm []byte, r *wit.Resolve, world wit.WorldID) []byte {
	t.Helper()
	embedded, err := component.Embed(wasm, r, world, component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	made, err := component.New(embedded, component.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// difference compares values: NaNs are equal.
func difference(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateNaNs(), cmp.Exporter(func(reflect.Type) bool { return true }))
}

// guest is a core module in the making, with a memory and a realloc that gives out
// memory and frees none.
type guest struct {
	wasmtest.Module
	next uint32 // the global that holds where free memory begins
}

// Where the guests put what does not fit the stack, and where free memory begins.
const (
	area = 60 * 64 << 10
	heap = 1 << 10
)

// finish adds memory and realloc and returns the module. pages is the size of the
// memory.
func (g *guest) finish(pages uint32) []byte {
	g.Export("memory", wasmtest.KindMemory, g.Memory(pages, -1))
	const align, size, ptr = 2, 3, 4
	g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32",
		wasmtest.GlobalGet(g.next), wasmtest.Get(align), wasmtest.I32Add, wasmtest.I32(1), wasmtest.I32Sub,
		wasmtest.I32(0), wasmtest.Get(align), wasmtest.I32Sub, wasmtest.I32And, wasmtest.Tee(ptr),
		wasmtest.Get(size), wasmtest.I32Add, wasmtest.GlobalSet(g.next),
		wasmtest.Get(ptr))
	return g.Bytes()
}

// store is the store of a core type to an address and an offset.
func store(t abi.Core, offset uint32) wasmtest.Code {
	opcode := map[abi.Core][]byte{abi.I32: {0x36, 2}, abi.I64: {0x37, 3}, abi.F32: {0x38, 2}, abi.F64: {0x39, 3}}[t]
	return wasmtest.Code(leb128.AppendUint32(append([]byte{}, opcode...), offset))
}

// constant is the constant of a core type with the given bits.
func constant(t abi.Core, bits uint64) wasmtest.Code {
	switch t {
	case abi.I32:
		return wasmtest.I32(uint32(bits))
	case abi.I64:
		return wasmtest.I64(bits)
	case abi.F32: // f32.reinterpret_i32, so that NaNs keep their bits
		return wasmtest.Seq(wasmtest.I32(uint32(bits)), wasmtest.Code{0xbe})
	case abi.F64:
		return wasmtest.Seq(wasmtest.I64(bits), wasmtest.Code{0xbf})
	default:
		panic(fmt.Sprintf("unhandled core type %s", t))
	}
}

// echo makes a guest that exports the functions of an interface and calls in each
// the imported one of the same name.
func echo(r *wit.Resolve, iface wit.InterfaceID) []byte {
	g := &guest{}
	a := abi.New(r)
	name := r.QualifiedName(iface)
	var indices []uint32
	for _, f := range r.Interfaces[iface].Functions {
		indices = append(indices, g.Import(name, f.Name, a.Lower(f).String()))
	}
	g.next = g.Global("i32", wasmtest.I32(heap))
	for i, f := range r.Interfaces[iface].Functions {
		lift, lower := a.Lift(f), a.Lower(f)
		var code []wasmtest.Code
		for i := range lift.Params {
			code = append(code, wasmtest.Get(uint32(i)))
		}
		if len(lower.Params) > len(lift.Params) {
			code = append(code, wasmtest.I32(area), wasmtest.Call(indices[i]), wasmtest.I32(area))
		} else {
			code = append(code, wasmtest.Call(indices[i]))
		}
		g.ExportFunc(name+"#"+f.Name, lift.String(), "", code...)
	}
	return g.finish(64)
}
