// Command memory is a guest whose exports and imports do by hand what generated
// code does, with a collection of garbage at every step.
package main

import (
	"runtime"
	"strings"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/guest"
)

func main() {}

// collect frees what is garbage and writes over it.
//
//go:wasmexport collect
func collect() {
	runtime.GC()
	for size := 8; size <= 1<<12; size *= 2 {
		for range 64 {
			block := make([]byte, size)
			for i := range block {
				block[i] = 0xee
			}
			sink = block
		}
	}
	sink = nil
}

var sink []byte

// bareRealloc is a realloc without roots.
//
//go:wasmexport bare_realloc
func bareRealloc(_, _, _, size uint32) uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8+1)))))
}

// join is join: func(list: list<string>) -> string.
//
//go:wasmexport join
func join(listPtr, listLen uint32) uint32 {
	list := make([]string, listLen)
	for i := range list {
		at := guest.PointerTo(listPtr + uint32(i)*8)
		list[i] = guest.LiftString(guest.Load[uint32](at, 0), guest.Load[uint32](at, 4))
		collect()
	}
	guest.ParamsLifted()
	collect()
	result := strings.Join(list, ",")
	area := guest.ResultArea(8)
	resultPtr := guest.LowerString(&guest.Results, result)
	guest.Store(area, 0, resultPtr)
	guest.Store(area, 4, uint32(len(result)))
	return guest.Address(area)
}

//go:wasmexport cabi_post_join
func postReturnJoin(uint32) { guest.FreeResults() }

// pass is pass: func(list: list<string>) -> list<string>, as generated code does it.
//
//go:wasmexport pass
func pass(listPtr, listLen uint32) uint32 {
	list := guest.LiftStrings(listPtr, listLen)
	guest.ParamsLifted()
	collect()
	area := guest.ResultArea(8)
	resultPtr := guest.LowerStrings(&guest.Results, list)
	collect()
	guest.Store(area, 0, resultPtr)
	guest.Store(area, 4, uint32(len(list)))
	return guest.Address(area)
}

//go:wasmimport host exchange
func importExchange(uint32, uint32, uint32)

func lower(call *guest.Arena, s string) (ptr, length uint32) {
	return guest.LowerString(call, s), uint32(len(s))
}

// exchange calls exchange: func(list: list<string>) -> list<string>, with
// strings that nothing but the call refers to.
//
//go:wasmexport exchange
func exchange(n uint32) uint32 {
	call := guest.Call()
	listPtr := call.List(int(n), 8)
	for i := range n {
		at := guest.PointerTo(listPtr + i*8)
		itemPtr, itemLen := lower(call, strings.Repeat(string('a'+rune(i%26)), int(i)+1))
		collect()
		guest.Store(at, 0, itemPtr)
		guest.Store(at, 4, itemLen)
	}
	importExchange(listPtr, n, call.ResultArea(8))
	area := call.Returned(8)
	resultPtr := guest.Load[uint32](area, 0)
	result := make([]string, guest.Load[uint32](area, 4))
	for i := range result {
		at := guest.PointerTo(resultPtr + uint32(i)*8)
		result[i] = guest.LiftString(guest.Load[uint32](at, 0), guest.Load[uint32](at, 4))
		collect()
	}
	call.Done()
	collect()
	for i, item := range result {
		if item != strings.Repeat(string('A'+rune(i%26)), i+1) {
			return 0
		}
	}
	return uint32(len(result))
}

// echo is echo: func(text: string) -> string.
//
//go:wasmexport echo
func echo(textPtr, textLen uint32) uint32 {
	text := guest.LiftString(textPtr, textLen)
	guest.ParamsLifted()
	result := strings.ToUpper(text)
	area := guest.ResultArea(8)
	resultPtr := guest.LowerString(&guest.Results, result)
	guest.Store(area, 0, resultPtr)
	guest.Store(area, 4, uint32(len(result)))
	return guest.Address(area)
}

//go:wasmexport cabi_post_echo
func postReturnEcho(uint32) { guest.FreeResults() }
