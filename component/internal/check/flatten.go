package check

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// pointer stands for the core type of addresses until the memory is known.
var pointer = wasm.ValType{Code: 0}

// flatKeep is how many core types flatten keeps: one more than can matter.
const flatKeep = abi.MaxFlatParams + 1

// flat returns the core types of a value type (CanonicalABI.md, "Flattening"), and
// at most flatKeep of them. The types of addresses are pointer.
func flat(t checked.Ref) []wasm.ValType {
	switch {
	case t.Absent():
		return nil
	case t.Value == nil:
		return flatPrims[t.Prim]
	}
	o := t.Value.Origin()
	if o.Flat == nil {
		o.Flat = flatType(o)
	}
	return o.Flat
}

var flatPrims = map[binary.Prim][]wasm.ValType{
	binary.Bool: {wasm.I32}, binary.S8: {wasm.I32}, binary.U8: {wasm.I32}, binary.S16: {wasm.I32}, binary.U16: {wasm.I32}, binary.S32: {wasm.I32}, binary.U32: {wasm.I32},
	binary.S64: {wasm.I64}, binary.U64: {wasm.I64}, binary.F32: {wasm.F32}, binary.F64: {wasm.F64}, binary.Char: {wasm.I32}, binary.ErrorContextVal: {wasm.I32},
	binary.String: {pointer, pointer},
}

func flatType(t *checked.Value) []wasm.ValType {
	switch def := t.Def.(type) {
	case *binary.PrimType:
		return flatPrims[def.Prim]
	case *binary.Record, *binary.Tuple:
		return flatAll(t.Parts)
	case *binary.Variant, *binary.Option, *binary.Result:
		list := []wasm.ValType{wasm.I32}
		for _, p := range t.Parts {
			for i, c := range flat(p) {
				if i+1 < len(list) {
					list[i+1] = joinCore(list[i+1], c)
				} else {
					list = append(list, c)
				}
			}
		}
		return list[:min(len(list), flatKeep)]
	case *binary.List, *binary.Map:
		return []wasm.ValType{pointer, pointer}
	case *binary.FixedList:
		elem := flat(t.Parts[0])
		var list []wasm.ValType
		for range min(def.Length, flatKeep) {
			list = append(list, elem...)
		}
		return list[:min(len(list), flatKeep)]
	case *binary.Flags, *binary.Enum, *binary.Own, *binary.Borrow, *binary.Stream, *binary.Future:
		return []wasm.ValType{wasm.I32}
	default:
		panic(fmt.Sprintf("check: unhandled type %T", def))
	}
}

func flatAll(parts []checked.Ref) []wasm.ValType {
	var list []wasm.ValType
	for _, p := range parts {
		if list = append(list, flat(p)...); len(list) >= flatKeep {
			return list[:flatKeep]
		}
	}
	return list
}

// flatCount is the number of core types of parameters, up to flatKeep.
func flatCount(params []checked.Param) int { return len(flatParams(params)) }

func flatParams(params []checked.Param) []wasm.ValType {
	types := make([]checked.Ref, len(params))
	for i, p := range params {
		types[i] = p.Type
	}
	return flatAll(types)
}

// joinCore returns the core type that holds the bits of both. With addresses of 64
// bits a pointer joins like i64, and with 32 like i32.
func joinCore(a, b wasm.ValType) wasm.ValType {
	switch {
	case a == b:
		return a
	case a == pointer && (b == wasm.I32 || b == wasm.F32), b == pointer && (a == wasm.I32 || a == wasm.F32):
		return pointer
	case a == wasm.I32 && b == wasm.F32, a == wasm.F32 && b == wasm.I32:
		return wasm.I32
	default:
		return wasm.I64
	}
}

// flatten returns the core function type for a function type (CanonicalABI.md,
// "Flattening", flatten_functype), for lift or for lower.
func (s *scope) flatten(o options, ft *checked.Func, lift bool) (params, results []wasm.ValType) {
	params, results = flatParams(ft.Params), flat(ft.Result)
	async := o.has[binary.AsyncOption]
	limit := abi.MaxFlatParams
	if async && !lift {
		limit = maxFlatAsyncParams
	}
	if len(params) > limit {
		params = []wasm.ValType{pointer}
	}
	memory := len(results) > abi.MaxFlatResults || async && len(results) > 0
	switch {
	case async && lift && o.has[binary.CallbackOption]:
		results = []wasm.ValType{wasm.I32}
	case async && lift:
		results = nil
	case lift && memory:
		results = []wasm.ValType{pointer}
	case !lift && memory:
		params = append(params[:len(params):len(params)], pointer)
		results = nil
	}
	if async && !lift {
		results = []wasm.ValType{wasm.I32}
	}
	return o.addresses(params), o.addresses(results)
}

// addresses replaces pointer by the type of addresses in the memory.
func (o options) addresses(list []wasm.ValType) []wasm.ValType {
	out := make([]wasm.ValType, len(list))
	for i, c := range list {
		if out[i] = c; c == pointer {
			out[i] = o.pointer
		}
	}
	return out
}
