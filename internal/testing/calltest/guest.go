// Package calltest makes the guest that the tests of witgen call and of its
// documentation run. Its WIT is demo.wit.
package calltest

import (
	_ "embed"

	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// WIT is the text of demo.wit.
//
//go:embed demo.wit
var WIT string

const (
	area   = 64 // of results
	reason = 512
	heap   = 1024
)

// The guest's functions in words:
//
//	add, divide    do what they say; divide by 0 is an error
//	the functions of people return their argument
//	counters       a counter's representation is the address of its number
//	crash          traps
//	spin           never returns
//	hello          writes "hello" to the log

// Guest returns the core module of the world demo, or chatty.
func Guest(chatty bool) []byte {
	const pkg, version = "demo:calls/", "@1.2.0"
	var m wasmtest.Module
	newHandle := m.Import("[export]"+pkg+"counters"+version, "[resource-new]counter", "i32 -> i32")
	if chatty {
		write := m.Import(pkg+"log"+version, "write", "i32 i32 ->")
		m.ExportFunc("hello", "->", "", wasmtest.I32(reason), wasmtest.I32(5), wasmtest.Call(write))
	}
	next := m.Global("i32", wasmtest.I32(heap))
	m.Export("memory", wasmtest.KindMemory, m.Memory(4, -1))
	realloc := m.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32",
		wasmtest.GlobalGet(next), wasmtest.I32(7), wasmtest.I32Add, wasmtest.I32(0xfffffff8), wasmtest.I32And, wasmtest.Tee(4),
		wasmtest.Get(3), wasmtest.I32Add, wasmtest.GlobalSet(next), wasmtest.Get(4))
	m.Data(reason, []byte("hello, division by zero"))

	operations := pkg + "operations" + version + "#"
	m.ExportFunc(operations+"add", "i32 i32 -> i32", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add)
	m.ExportFunc(operations+"divide", "i32 i32 -> i32", "",
		wasmtest.Get(1), wasmtest.I32Eqz, wasmtest.If(
			words(1, reason+7, 16), wasmtest.I32(area), wasmtest.Return),
		words(0), wasmtest.I32(area), wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32DivS, wasmtest.Store32(4), wasmtest.I32(area))

	people := pkg + "people" + version + "#"
	m.ExportFunc(people+"echo", "i32 i32 i32 i32 i32 i32 -> i32", "", params(6)...)
	m.ExportFunc(people+"mood-of", "i32 -> i32", "", wasmtest.Get(0))
	m.ExportFunc(people+"allow", "i32 -> i32", "", wasmtest.Get(0))
	m.ExportFunc(people+"add", "i32 i32 -> i32", "", params(2)...)

	counters := pkg + "counters" + version + "#"
	constructor := m.ExportFunc(counters+"[constructor]counter", "i32 -> i32", "i32",
		wasmtest.I32(0), wasmtest.I32(0), wasmtest.I32(4), wasmtest.I32(4), wasmtest.Call(realloc), wasmtest.Tee(1),
		wasmtest.Get(0), wasmtest.Store32(0), wasmtest.Get(1), wasmtest.Call(newHandle))
	m.ExportFunc(counters+"[method]counter.value", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Load32(0))
	m.ExportFunc(counters+"[method]counter.increase", "i32 i32 -> i32", "",
		wasmtest.Get(0), wasmtest.Get(0), wasmtest.Load32(0), wasmtest.Get(1), wasmtest.I32Add, wasmtest.Store32(0),
		wasmtest.Get(0), wasmtest.Load32(0))
	m.ExportFunc(counters+"[static]counter.sum", "i32 i32 -> i32", "",
		wasmtest.Get(0), wasmtest.Load32(0), wasmtest.Get(1), wasmtest.Load32(0), wasmtest.I32Add)
	m.ExportFunc(counters+"twins", "i32 -> i32", "",
		wasmtest.I32(area), wasmtest.Get(0), wasmtest.Call(constructor), wasmtest.Store32(0),
		wasmtest.I32(area), wasmtest.Get(0), wasmtest.Call(constructor), wasmtest.Store32(4), wasmtest.I32(area))
	// A counter that was dropped counts nothing.
	m.ExportFunc(counters+"[dtor]counter", "i32 ->", "", wasmtest.Get(0), wasmtest.I32(0), wasmtest.Store32(0))

	m.ExportFunc("crash", "->", "", wasmtest.Unreachable)
	m.ExportFunc("spin", "->", "", wasmtest.Loop(wasmtest.Br(0)))
	return m.Bytes()
}

// words stores words in the area.
func words(list ...uint32) wasmtest.Code {
	var code wasmtest.Code
	for i, w := range list {
		code = wasmtest.Seq(code, wasmtest.I32(area), wasmtest.I32(w), wasmtest.Store32(4*uint32(i)))
	}
	return code
}

// params stores the first n parameters in the area and returns it.
func params(n uint32) []wasmtest.Code {
	var code []wasmtest.Code
	for i := range n {
		code = append(code, wasmtest.I32(area), wasmtest.Get(i), wasmtest.Store32(4*i))
	}
	return append(code, wasmtest.I32(area))
}

// Leaving returns the core module of the world leaving.
func Leaving() []byte {
	var m wasmtest.Module
	exit := m.Import("wasi_snapshot_preview1", "proc_exit", "i32 ->")
	m.ExportFunc("leave", "i32 ->", "", wasmtest.Get(0), wasmtest.Call(exit))
	return m.Bytes()
}
