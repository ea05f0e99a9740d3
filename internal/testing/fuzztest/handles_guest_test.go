package fuzztest

import (
	"encoding/binary"
	"sync"

	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// Where the guest of the handle tests finds and leaves things in its memory.
const (
	areaAt   = 64     // what imports return in memory
	heapAt   = 0x200  // what realloc returns, always
	scriptAt = 0x1000 // what each export does: steps of 16 bytes
	returnAt = 0x2000 // what the last step returned, which exports return
	laterAt  = 0x2010 // the step, its number and one, that the next destructor does
	paramsAt = 0x2030 // the flat parameters of the last export
	areasAt  = 0x2050 // the results that lie in memory: an option, or a list
	listAt   = 0x2070
	dtorsAt  = 0x3000 // how many destructors ran, and of which representations
)

// step is something that the guest does: its number in steps, and two operands.
type step struct {
	op   int
	a, b uint32
}

// The steps of a guest.
const (
	opNewItem = iota
	opNewCrate
	opRepItem
	opDropItem
	opDropCrate
	opDropEntry
	opNewEntry
	opTake
	opCount
	opTakeAll
	opMerge
	opName
	opOpenAll
	opTakeAnd
	opLog
	opConst
	opTrap
	opCountOps
)

// handleGuest is a guest whose exports of shop each store their parameters, do the
// steps of the script in memory, and return what the last step gave or what lies in
// memory. Its destructor of items notes the representation and does one step.
var handleGuest = sync.OnceValue(func() []byte {
	g := hosttest.NewGuest("shop.[resource-new]item", "shop.[resource-new]crate", "shop.[resource-rep]item", "shop.[resource-drop]item",
		"shop.[resource-drop]crate", "store.[resource-drop]entry", "store.[constructor]entry", "store.take", "store.count", "store.take-all",
		"store.[static]entry.merge", "store.[method]entry.name", "store.open-all", "store.take-and", "log")
	g.Export("memory", wasmtest.KindMemory, g.Memory(1, 1))
	a, b := wasmtest.Get(0), wasmtest.Get(1)
	none := wasmtest.I32(0)
	pair := wasmtest.Seq(wasmtest.I32(areaAt), a, wasmtest.Store32(0), wasmtest.I32(areaAt), b, wasmtest.Store32(4), wasmtest.I32(areaAt), wasmtest.I32(2))
	bodies := [opCountOps]wasmtest.Code{
		opNewItem:   wasmtest.Seq(a, g.Call("shop.[resource-new]item")),
		opNewCrate:  wasmtest.Seq(a, g.Call("shop.[resource-new]crate")),
		opRepItem:   wasmtest.Seq(a, g.Call("shop.[resource-rep]item")),
		opDropItem:  wasmtest.Seq(a, g.Call("shop.[resource-drop]item"), none),
		opDropCrate: wasmtest.Seq(a, g.Call("shop.[resource-drop]crate"), none),
		opDropEntry: wasmtest.Seq(a, g.Call("store.[resource-drop]entry"), none),
		opNewEntry:  wasmtest.Seq(none, none, g.Call("store.[constructor]entry")),
		opTake:      wasmtest.Seq(a, g.Call("store.take"), none),
		opCount:     wasmtest.Seq(pair, g.Call("store.count")),
		opTakeAll:   wasmtest.Seq(pair, g.Call("store.take-all"), none),
		opMerge:     wasmtest.Seq(a, b, g.Call("store.[static]entry.merge")),
		opName:      wasmtest.Seq(a, wasmtest.I32(areaAt), g.Call("store.[method]entry.name"), none),
		opOpenAll:   wasmtest.Seq(a, wasmtest.I32(areaAt), g.Call("store.open-all"), none),
		opTakeAnd:   wasmtest.Seq(a, wasmtest.I32(pageSize), wasmtest.I32(1), g.Call("store.take-and"), none),
		opLog:       wasmtest.Seq(none, none, g.Call("log"), none),
		opConst:     a,
		opTrap:      wasmtest.Unreachable,
	}
	var steps []uint32
	for _, body := range bodies {
		steps = append(steps, g.Func("i32 i32 -> i32", "", body))
	}
	g.Table(uint32(len(steps)), -1)
	g.Elements(0, steps...)
	// Each step is its number and one, a and b; 0 ends the script.
	do := func(at ...wasmtest.Code) wasmtest.Code {
		where := wasmtest.Seq(at...)
		return wasmtest.Seq(where, wasmtest.Load32(4), where, wasmtest.Load32(8), where, wasmtest.Load32(0), wasmtest.I32(1), wasmtest.I32Sub,
			wasmtest.CallIndirect(g.Type("i32 i32 -> i32")))
	}
	script := g.Func("->", "i32",
		wasmtest.I32(scriptAt), wasmtest.Set(0),
		wasmtest.Block(wasmtest.Loop(
			wasmtest.Get(0), wasmtest.Load32(0), wasmtest.I32Eqz, wasmtest.BrIf(1),
			wasmtest.I32(returnAt), do(wasmtest.Get(0)), wasmtest.Store32(0),
			wasmtest.Get(0), wasmtest.I32(16), wasmtest.I32Add, wasmtest.Set(0), wasmtest.Br(0))))
	export := func(short string, params int, result ...wasmtest.Code) {
		var code wasmtest.Code
		for i := range params {
			code = wasmtest.Seq(code, wasmtest.I32(paramsAt+4*uint32(i)), wasmtest.Get(uint32(i)), wasmtest.Store32(0))
		}
		g.Define(short, "", code, wasmtest.Call(script), wasmtest.Seq(result...))
	}
	last := wasmtest.Seq(wasmtest.I32(returnAt), wasmtest.Load32(0))
	for short, params := range map[string]int{
		"[constructor]item": 1, "[method]item.value": 1, "[method]item.compare": 2, "[static]item.merge": 2, "[constructor]crate": 0,
		"peek": 1, "take": 1, "visit": 1, "visit-both": 4, "hand": 3, "give": 0,
	} {
		export("shop."+short, params, last)
	}
	export("shop.both", 2)
	export("shop.all", 2, wasmtest.I32(areasAt))
	export("shop.maybe", 0, wasmtest.I32(areasAt))
	export("shop.give-all", 0, wasmtest.I32(areasAt))
	export("run", 0, last, wasmtest.I64ExtendU)
	count := wasmtest.Seq(wasmtest.I32(dtorsAt), wasmtest.Load32(0))
	g.Dtor("item", "",
		count, wasmtest.I32(2), wasmtest.I32Shl, wasmtest.Get(0), wasmtest.Store32(dtorsAt+4),
		wasmtest.I32(dtorsAt), count, wasmtest.I32(1), wasmtest.I32Add, wasmtest.Store32(0),
		wasmtest.I32(laterAt), wasmtest.Load32(0), wasmtest.If(
			wasmtest.I32(laterAt+16), wasmtest.I32(laterAt), wasmtest.Load32(0), wasmtest.Store32(0),
			wasmtest.I32(laterAt+16), wasmtest.I32(laterAt), wasmtest.Load32(4), wasmtest.Store32(4),
			wasmtest.I32(laterAt+16), wasmtest.I32(laterAt), wasmtest.Load32(8), wasmtest.Store32(8),
			wasmtest.I32(laterAt), wasmtest.I32(0), wasmtest.Store32(0),
			do(wasmtest.I32(laterAt+16)), wasmtest.Drop))
	g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.I32(heapAt))
	return g.Bytes()
})

// putStep writes a step, or the end of a script if s is nil.
func putStep(memory []byte, at uint32, s *step) {
	clear(memory[at : at+16])
	if s != nil {
		putWords(memory, at, uint32(s.op)+1, s.a, s.b)
	}
}

func putWords(memory []byte, at uint32, words ...uint32) {
	for i, w := range words {
		binary.LittleEndian.PutUint32(memory[int(at)+4*i:], w)
	}
}

func getWord(memory []byte, at uint32) uint32 { return binary.LittleEndian.Uint32(memory[at:]) }
