package verify

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/wasm"
)

// refillBody returns the locals and code of the only function that may do as it likes
// with the globals: it traps where the guest is to stop, and else leaves the guest for
// a moment and hands out the next slice.
//
//	(func (local $total i64)
//	  (if (i64.lt_s $stack 0) (then cause = 3, unreachable))
//	  (if (i64.lt_s (local.tee $total (i64.add $reserve $slice)) 0) (then cause = 2, unreachable))
//	  (drop (memory.grow 0))
//	  (if $flag (then cause = 1, unreachable))
//	  slice = min(Slice, total)
//	  reserve = total - slice)
func (m *module) refillBody() []byte {
	const total = 0
	get := func(i int) wasm.Code { return wasm.I(wasm.OpGlobalGet, m.globals[i]) }
	set := func(i int) wasm.Code { return wasm.I(wasm.OpGlobalSet, m.globals[i]) }
	trap := func(why int32) wasm.Code {
		return wasm.If(wasm.I32Const(why), set(cause), wasm.I(wasm.OpUnreachable))
	}
	below0 := wasm.Seq(wasm.I64Const(0), wasm.I(wasm.OpI64LtS))
	return wasm.Body([]wasm.ValType{wasm.I64},
		get(stack), below0, trap(3),
		get(reserve), get(slice), wasm.I(wasm.OpI64Add), wasm.I(wasm.OpLocalTee, total), below0, trap(2),
		wasm.I32Const(0), wasm.I(wasm.OpMemoryGrow, 0), wasm.I(wasm.OpDrop),
		get(flag), trap(1),
		wasm.I64Const(units.Slice), wasm.I(wasm.OpLocalGet, total),
		wasm.I(wasm.OpLocalGet, total), wasm.I64Const(units.Slice), wasm.I(wasm.OpI64GtU), wasm.I(wasm.OpSelect), set(slice),
		wasm.I(wasm.OpLocalGet, total), get(slice), wasm.I(wasm.OpI64Sub), set(reserve))
}
