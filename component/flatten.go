package component

import (
	"fmt"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// pointer stands for the core type of addresses until the memory is known.
var pointer = wasm.ValType{Code: 0}

// flatKeep is how many core types flatten keeps: one more than can matter.
const flatKeep = abi.MaxFlatParams + 1

// flat returns the core types of a value type (CanonicalABI.md, "Flattening"), and
// at most flatKeep of them. The types of addresses are pointer.
func flat(t val) []wasm.ValType {
	switch {
	case t.absent():
		return nil
	case t.t == nil:
		return flatPrims[t.prim]
	}
	o := t.t.origin()
	if o.flat == nil {
		o.flat = flatType(o)
	}
	return o.flat
}

var flatPrims = map[Prim][]wasm.ValType{
	Bool: {wasm.I32}, S8: {wasm.I32}, U8: {wasm.I32}, S16: {wasm.I32}, U16: {wasm.I32}, S32: {wasm.I32}, U32: {wasm.I32},
	S64: {wasm.I64}, U64: {wasm.I64}, F32: {wasm.F32}, F64: {wasm.F64}, Char: {wasm.I32}, ErrorContextVal: {wasm.I32},
	String: {pointer, pointer},
}

func flatType(t *valType) []wasm.ValType {
	switch def := t.def.(type) {
	case *PrimType:
		return flatPrims[def.Prim]
	case *Record, *Tuple:
		return flatAll(t.parts)
	case *Variant, *Option, *Result:
		list := []wasm.ValType{wasm.I32}
		for _, p := range t.parts {
			for i, c := range flat(p) {
				if i+1 < len(list) {
					list[i+1] = joinCore(list[i+1], c)
				} else {
					list = append(list, c)
				}
			}
		}
		return list[:min(len(list), flatKeep)]
	case *List, *Map:
		return []wasm.ValType{pointer, pointer}
	case *FixedList:
		elem := flat(t.parts[0])
		var list []wasm.ValType
		for range min(def.Length, flatKeep) {
			list = append(list, elem...)
		}
		return list[:min(len(list), flatKeep)]
	case *Flags, *Enum, *Own, *Borrow, *Stream, *Future:
		return []wasm.ValType{wasm.I32}
	default:
		panic(fmt.Sprintf("component: unhandled type %T", def))
	}
}

func flatAll(parts []val) []wasm.ValType {
	var list []wasm.ValType
	for _, p := range parts {
		if list = append(list, flat(p)...); len(list) >= flatKeep {
			return list[:flatKeep]
		}
	}
	return list
}

// flatCount is the number of core types of parameters, up to flatKeep.
func flatCount(params []param) int { return len(flatParams(params)) }

func flatParams(params []param) []wasm.ValType {
	types := make([]val, len(params))
	for i, p := range params {
		types[i] = p.typ
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
func (s *scope) flatten(o options, ft *funcType, lift bool) (params, results []wasm.ValType) {
	params, results = flatParams(ft.params), flat(ft.result)
	async := o.has[AsyncOption]
	limit := abi.MaxFlatParams
	if async && !lift {
		limit = maxFlatAsyncParams
	}
	if len(params) > limit {
		params = []wasm.ValType{pointer}
	}
	memory := len(results) > abi.MaxFlatResults || async && len(results) > 0
	switch {
	case async && lift && o.has[CallbackOption]:
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
