package component

import (
	"fmt"

	"github.com/witgen/witgen/internal/abi"
)

// pointer stands for the core type of addresses until the memory is known.
var pointer = CoreValType{Code: 0}

// flatKeep is how many core types flatten keeps: one more than can matter.
const flatKeep = abi.MaxFlatParams + 1

// flat returns the core types of a value type (CanonicalABI.md, "Flattening"), and
// at most flatKeep of them. The types of addresses are pointer.
func flat(t val) []CoreValType {
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

var flatPrims = map[Prim][]CoreValType{
	Bool: {CoreI32}, S8: {CoreI32}, U8: {CoreI32}, S16: {CoreI32}, U16: {CoreI32}, S32: {CoreI32}, U32: {CoreI32},
	S64: {CoreI64}, U64: {CoreI64}, F32: {CoreF32}, F64: {CoreF64}, Char: {CoreI32}, ErrorContextVal: {CoreI32},
	String: {pointer, pointer},
}

func flatType(t *valType) []CoreValType {
	switch def := t.def.(type) {
	case *PrimType:
		return flatPrims[def.Prim]
	case *Record, *Tuple:
		return flatAll(t.parts)
	case *Variant, *Option, *Result:
		list := []CoreValType{CoreI32}
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
		return []CoreValType{pointer, pointer}
	case *FixedList:
		elem := flat(t.parts[0])
		var list []CoreValType
		for range min(def.Length, flatKeep) {
			list = append(list, elem...)
		}
		return list[:min(len(list), flatKeep)]
	case *Flags, *Enum, *Own, *Borrow, *Stream, *Future:
		return []CoreValType{CoreI32}
	default:
		panic(fmt.Sprintf("component: unhandled type %T", def))
	}
}

func flatAll(parts []val) []CoreValType {
	var list []CoreValType
	for _, p := range parts {
		if list = append(list, flat(p)...); len(list) >= flatKeep {
			return list[:flatKeep]
		}
	}
	return list
}

// flatCount is the number of core types of parameters, up to flatKeep.
func flatCount(params []param) int { return len(flatParams(params)) }

func flatParams(params []param) []CoreValType {
	types := make([]val, len(params))
	for i, p := range params {
		types[i] = p.typ
	}
	return flatAll(types)
}

// joinCore returns the core type that holds the bits of both. With addresses of 64
// bits a pointer joins like i64, and with 32 like i32.
func joinCore(a, b CoreValType) CoreValType {
	switch {
	case a == b:
		return a
	case a == pointer && (b == CoreI32 || b == CoreF32), b == pointer && (a == CoreI32 || a == CoreF32):
		return pointer
	case a == CoreI32 && b == CoreF32, a == CoreF32 && b == CoreI32:
		return CoreI32
	default:
		return CoreI64
	}
}

// flatten returns the core function type for a function type (CanonicalABI.md,
// "Flattening", flatten_functype), for lift or for lower.
func (s *scope) flatten(o options, ft *funcType, lift bool) (params, results []CoreValType) {
	params, results = flatParams(ft.params), flat(ft.result)
	async := o.has[AsyncOption]
	limit := abi.MaxFlatParams
	if async && !lift {
		limit = maxFlatAsyncParams
	}
	if len(params) > limit {
		params = []CoreValType{pointer}
	}
	memory := len(results) > abi.MaxFlatResults || async && len(results) > 0
	switch {
	case async && lift && o.has[CallbackOption]:
		results = []CoreValType{CoreI32}
	case async && lift:
		results = nil
	case lift && memory:
		results = []CoreValType{pointer}
	case !lift && memory:
		params = append(params[:len(params):len(params)], pointer)
		results = nil
	}
	if async && !lift {
		results = []CoreValType{CoreI32}
	}
	return o.addresses(params), o.addresses(results)
}

// addresses replaces pointer by the type of addresses in the memory.
func (o options) addresses(list []CoreValType) []CoreValType {
	out := make([]CoreValType, len(list))
	for i, c := range list {
		if out[i] = c; c == pointer {
			out[i] = o.pointer
		}
	}
	return out
}
