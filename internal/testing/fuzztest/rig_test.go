package fuzztest

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var ctx = context.Background()

// Where the puppet finds and leaves things in its memory of one page. Below
// flatsAt the room is free for values.
const (
	pageSize  = 1 << 16
	flatsAt   = 0xf000 // the flat values that it passes on, 8 bytes each
	reallocAt = 0xf100 // how often realloc was called, and the pointers it returns
	argsAt    = 0xf200 // the flat parameters that its exports were called with
	resultAt  = 0xf300 // the flat result of the import that it called
)

// reallocs is how many pointers realloc has before it begins again.
const reallocs = 15

// values are the functions of the interface values, in order.
var valueFuncs = values.Descriptor.Functions

// subjectWIT is the world of internal/testing/hosttest.
var subjectWIT = sync.OnceValues(func() (*wit.Resolve, wit.WorldID) {
	const file = "../hosttest/subject.wit"
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	result, err := resolve.Source(file, string(text), resolve.Options{})
	if err != nil {
		panic(err)
	}
	return result.Resolve, result.Resolve.Packages[result.Main].Worlds[0]
})

// valuesWIT is the interface values in the model.
func valuesWIT() []*wit.Function {
	r, _ := subjectWIT()
	for _, i := range r.Interfaces {
		if i.Name == "values" {
			return i.Functions
		}
	}
	panic("fuzztest: there is no interface values")
}

// puppet is a guest that does what its memory says. Its exports of values store
// their flat parameters and return flat results from memory; run(n) calls the
// imported function n of values with flat parameters from memory, and stores its
// flat result; its realloc returns pointers from memory.
var puppet = sync.OnceValue(func() []byte {
	var imports []string
	for _, f := range valueFuncs {
		imports = append(imports, "values."+f.Name)
	}
	g := hosttest.NewGuest(imports...)
	g.Export("memory", wasmtest.KindMemory, g.Memory(1, 1))
	var callers []uint32
	for _, f := range valueFuncs {
		params, results := f.Import.Types()
		code := wasmtest.I32(resultAt)
		for i, t := range params {
			code = wasmtest.Seq(code, wasmtest.I32(flatsAt+8*uint32(i)), access(t, false))
		}
		code = wasmtest.Seq(code, g.Call("values."+f.Name))
		if len(results) > 0 {
			code = wasmtest.Seq(code, access(results[0], true))
		} else {
			code = wasmtest.Seq(code, wasmtest.Drop)
		}
		callers = append(callers, g.Func("->", "", code))
	}
	for _, f := range valueFuncs {
		params, results := f.Export.Types()
		var code wasmtest.Code
		for i, t := range params {
			code = wasmtest.Seq(code, wasmtest.I32(argsAt+8*uint32(i)), wasmtest.Get(uint32(i)), access(t, true))
		}
		if len(results) > 0 {
			code = wasmtest.Seq(code, wasmtest.I32(flatsAt), access(results[0], false))
		}
		g.Define("values."+f.Name, "", code)
	}
	g.Table(uint32(len(callers)), -1)
	g.Elements(0, callers...)
	g.Define("run", "", wasmtest.Get(0), wasmtest.CallIndirect(g.Type("->")), wasmtest.I64(0))
	next := wasmtest.Seq(wasmtest.I32(reallocAt), wasmtest.Load32(0))
	g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", // the next of the pointers
		wasmtest.I32(reallocAt), next, wasmtest.I32(1), wasmtest.I32Add, wasmtest.Store32(0),
		next, wasmtest.I32(reallocs), i32RemU, wasmtest.I32(2), wasmtest.I32Shl, wasmtest.Load32(reallocAt+4))
	return g.Bytes()
})

var i32RemU = wasmtest.Code{0x70}

// access loads or stores a value of a core type.
func access(t api.ValueType, store bool) wasmtest.Code {
	load := map[api.ValueType][2]byte{api.ValueTypeI32: {0x28, 2}, api.ValueTypeI64: {0x29, 3}, api.ValueTypeF32: {0x2a, 2}, api.ValueTypeF64: {0x2b, 3}}[t]
	opcode := load[0]
	if store { // i32.store is 0x36, and so on in the same order
		opcode += 0x36 - 0x28
	}
	return leb128.AppendUint32([]byte{opcode, load[1]}, 0)
}

// rig runs the puppet.
type rig struct {
	t      testing.TB
	plugin *subject.Plugin
	inst   *subject.Instance
	memory *ownMemory
}

// liftLimit bounds what the host lifts, so that the interpreter, whose values are
// larger, has to bear no more.
const liftLimit = 1 << 20

func newRig(t testing.TB, wasm []byte) *rig {
	t.Helper()
	plugin, err := subject.Compile(ctx, wasm, host.LiftLimit(liftLimit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &rig{t: t, plugin: plugin}
}

// asComponent makes a component of a guest.
func asComponent(t testing.TB, core []byte) []byte {
	t.Helper()
	wasm, err := hosttest.Component(core)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// ready makes an instance that lives, with memory as its memory.
func (r *rig) ready(t *testing.T, memory []byte) {
	t.Helper()
	if r.inst != nil && r.inst.Err() != nil {
		if err := r.inst.Close(ctx); err != nil {
			t.Fatal(err)
		}
		r.inst = nil
	}
	if r.inst == nil {
		r.memory = &ownMemory{}
		var err error
		r.inst, err = r.plugin.Instantiate(ctx, (&hosttest.Host{}).Imports(), host.Memory(r.memory))
		if err != nil {
			t.Fatal(err)
		}
	}
	copy(r.memory.bytes, memory)
}

// ownMemory is the guest's memory that the test reads and writes. It implements
// wazero's MemoryAllocator. Of the memories of a component it is the one that has a
// page.
type ownMemory struct{ bytes []byte }

func (m *ownMemory) Allocate(_, _ uint64) experimental.LinearMemory { return &ownBytes{of: m} }

// ownBytes implements wazero's LinearMemory.
type ownBytes struct {
	of    *ownMemory
	bytes []byte
}

func (b *ownBytes) Reallocate(size uint64) []byte {
	b.bytes = append(b.bytes, make([]byte, size-uint64(len(b.bytes)))...)
	if size > 0 && b.of != nil {
		b.of.bytes = b.bytes
	}
	return b.bytes
}

func (b *ownBytes) Free() {}

// anyInstance is an instance, whether it lives or not.
func (r *rig) anyInstance(t *testing.T) *subject.Instance {
	t.Helper()
	if r.inst == nil {
		r.ready(t, nil)
	}
	return r.inst
}
