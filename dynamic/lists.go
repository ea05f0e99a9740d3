package dynamic

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// lowerList lowers a list or map to new memory.
func (fr *frame) lowerList(op *abi.Op) bool {
	v := fr.values[op.Args[0]]
	if op.Bulk {
		ptr, n := lowerNumbers(fr.call, v)
		fr.setCore(op.Results[0], uint64(ptr))
		fr.setCore(op.Results[1], uint64(n))
		return true
	}
	m, isMap := v.(value.Map)
	list, _ := v.([]any)
	if isMap {
		list = fr.sortedKeys(m)
	}
	ptr := fr.call.LowerList(len(list), op.Size, op.Align)
	fr.setCore(op.Results[0], uint64(ptr))
	fr.setCore(op.Results[1], uint64(len(list)))
	return fr.storeElements(op, ptr, list, m)
}

// storeElements stores the elements of a list at ptr, or the entries of a map with the keys
// in a list.
func (fr *frame) storeElements(op *abi.Op, ptr uint32, list []any, m value.Map) bool {
	block := &op.Blocks[0]
	for start, part := range bind.LowerPieces(fr.call, ptr, list, op.Size) {
		for i, e := range part {
			fr.setCore(block.Params[0], uint64(start+uint32(i)*op.Size))
			fr.values[block.Params[1]] = e
			if m != nil {
				fr.values[block.Params[2]] = m[e]
			}
			if !fr.run(block.Body) {
				return false
			}
		}
	}
	return true
}

// storeFixed stores a list<T, N>.
func (fr *frame) storeFixed(op *abi.Op) bool {
	ptr := fr.core(op.Args[0]) + op.Offset
	v := fr.values[op.Args[1]]
	if op.Bulk {
		storeNumbers(fr.call, ptr, v)
		return true
	}
	return fr.storeElements(op, ptr, v.([]any), nil)
}

// liftList lifts n elements at ptr, of a list or of a list<T, N>.
func (fr *frame) liftList(op *abi.Op, ptr, n uint32) bool {
	v := op.Results[0]
	if op.Bulk {
		return fr.lifted(v, liftNumbers(fr.call, fr.elementType(op.Type), ptr, n))
	}
	_, list := bind.LiftList[any](fr.call, ptr, n, op.Size, op.Align)
	block := &op.Blocks[0]
	for i := range list {
		fr.setCore(block.Params[0], uint64(ptr+uint32(i)*op.Size))
		if !fr.run(block.Body) {
			return false
		}
		list[i] = fr.values[block.Results[0]]
	}
	return fr.lifted(v, list)
}

// elementType returns the type of the elements of a list, which is no alias.
func (fr *frame) elementType(t wit.Type) wit.Type {
	switch k := fr.resolve.Kind(t).(type) {
	case *wit.List:
		return fr.resolve.Dealias(k.Type)
	case *wit.FixedList:
		return fr.resolve.Dealias(k.Type)
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind %T", k))
	}
}

// liftMap lifts a map; the last of two equal keys wins.
func (fr *frame) liftMap(op *abi.Op) bool {
	ptr, n := fr.core(op.Args[0]), fr.core(op.Args[1])
	region, m := bind.LiftMap[any, any](fr.call, ptr, n, op.Size, op.Align)
	block := &op.Blocks[0]
	for at := uint32(0); uint64(at) < uint64(len(region)); at += op.Size {
		fr.setCore(block.Params[0], uint64(ptr+at))
		if !fr.run(block.Body) {
			return false
		}
		m[fr.values[block.Results[0]]] = fr.values[block.Results[1]]
	}
	return fr.lifted(op.Results[0], value.Map(m))
}

// sortedKeys returns the keys of a map in the order in which maps are lowered, and fewer if
// the call is to stop.
func (fr *frame) sortedKeys(m value.Map) []any {
	return bind.SortKeys(fr.call, m, func(a, b any) int {
		if text, ok := a.(string); ok {
			return fr.call.CompareStrings(text, b.(string))
		}
		return value.CompareKeys(a, b)
	})
}

func lowerNumbers(call *bind.Call, v any) (ptr, n uint32) {
	switch list := v.(type) {
	case []uint8:
		return bind.LowerNumbers(call, list)
	case []uint16:
		return bind.LowerNumbers(call, list)
	case []uint32:
		return bind.LowerNumbers(call, list)
	case []uint64:
		return bind.LowerNumbers(call, list)
	case []int8:
		return bind.LowerNumbers(call, list)
	case []int16:
		return bind.LowerNumbers(call, list)
	case []int32:
		return bind.LowerNumbers(call, list)
	case []int64:
		return bind.LowerNumbers(call, list)
	case []float32:
		return bind.LowerNumbers(call, list)
	case []float64:
		return bind.LowerNumbers(call, list)
	default:
		panic(fmt.Sprintf("dynamic: a %T was not checked", v))
	}
}

func storeNumbers(call *bind.Call, ptr uint32, v any) {
	switch list := v.(type) {
	case []uint8:
		bind.StoreArray(call, ptr, list)
	case []uint16:
		bind.StoreArray(call, ptr, list)
	case []uint32:
		bind.StoreArray(call, ptr, list)
	case []uint64:
		bind.StoreArray(call, ptr, list)
	case []int8:
		bind.StoreArray(call, ptr, list)
	case []int16:
		bind.StoreArray(call, ptr, list)
	case []int32:
		bind.StoreArray(call, ptr, list)
	case []int64:
		bind.StoreArray(call, ptr, list)
	case []float32:
		bind.StoreArray(call, ptr, list)
	case []float64:
		bind.StoreArray(call, ptr, list)
	default:
		panic(fmt.Sprintf("dynamic: a %T was not checked", v))
	}
}

func liftNumbers(call *bind.Call, t wit.Type, ptr, n uint32) any {
	switch t {
	case wit.U8:
		return bind.LiftNumbers[uint8](call, ptr, n)
	case wit.U16:
		return bind.LiftNumbers[uint16](call, ptr, n)
	case wit.U32:
		return bind.LiftNumbers[uint32](call, ptr, n)
	case wit.U64:
		return bind.LiftNumbers[uint64](call, ptr, n)
	case wit.S8:
		return bind.LiftNumbers[int8](call, ptr, n)
	case wit.S16:
		return bind.LiftNumbers[int16](call, ptr, n)
	case wit.S32:
		return bind.LiftNumbers[int32](call, ptr, n)
	case wit.S64:
		return bind.LiftNumbers[int64](call, ptr, n)
	case wit.F32:
		return bind.LiftNumbers[float32](call, ptr, n)
	case wit.F64:
		return bind.LiftNumbers[float64](call, ptr, n)
	default:
		panic(fmt.Sprintf("dynamic: unhandled number %v", t))
	}
}
