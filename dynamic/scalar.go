package dynamic

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// lowerScalar returns the bits of a bool, number, char, enum or flags, which has
// been checked: at least as many as its core type has.
func (fr *frame) lowerScalar(t wit.Type, v any) uint64 {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case uint8:
		return uint64(v)
	case uint16:
		return uint64(v)
	case uint32:
		return uint64(v)
	case uint64:
		return v
	case int8:
		return uint64(v)
	case int16:
		return uint64(v)
	case int32: // a char too
		return uint64(v)
	case int64:
		return uint64(v)
	case float32:
		return uint64(math.Float32bits(v))
	case float64:
		return math.Float64bits(v)
	case value.Enum:
		cases := fr.resolve.Kind(t).(*wit.Enum).Cases
		return uint64(slices.IndexFunc(cases, func(l wit.Label) bool { return l.Name == string(v) }))
	case value.Flags:
		bits := uint64(0)
		for i, f := range fr.resolve.Kind(t).(*wit.Flags).Flags {
			if slices.Contains(v, f.Name) {
				bits |= 1 << i
			}
		}
		return bits
	default:
		panic(fmt.Sprintf("dynamic: a %T was not checked", v))
	}
}

// liftScalar returns the value that bits stand for. Those beyond the type's own
// are ignored.
func (fr *frame) liftScalar(t wit.Type, bits uint64) any {
	switch k := fr.resolve.Kind(t).(type) {
	case nil: // a primitive
	case *wit.Enum:
		return value.Enum(k.Cases[fr.call.LiftEnum(uint32(bits), uint32(len(k.Cases)))].Name)
	case *wit.Flags:
		set := value.Flags{}
		for i, f := range k.Flags {
			if bits&(1<<i) != 0 {
				set = append(set, f.Name)
			}
		}
		return set
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind %T", k))
	}
	switch p := fr.resolve.Dealias(t); p {
	case wit.Bool:
		return bits != 0
	case wit.U8:
		return uint8(bits)
	case wit.U16:
		return uint16(bits)
	case wit.U32:
		return uint32(bits)
	case wit.U64:
		return bits
	case wit.S8:
		return int8(bits)
	case wit.S16:
		return int16(bits)
	case wit.S32:
		return int32(bits)
	case wit.S64:
		return int64(bits)
	case wit.F32:
		return math.Float32frombits(uint32(bits))
	case wit.F64:
		return math.Float64frombits(bits)
	case wit.Char:
		return fr.call.LiftChar(uint32(bits))
	default:
		panic(fmt.Sprintf("dynamic: unhandled scalar %v", p))
	}
}

// load reads up to eight bytes of an area that has been checked.
func (fr *frame) load(op *abi.Op) bool {
	size := op.Size
	if op.Code == abi.LoadCore {
		size = 4
	}
	bytes, ok := fr.call.View(fr.core(op.Args[0])+op.Offset, size, 1)
	if !ok {
		return false
	}
	var word [8]byte
	copy(word[:], bytes)
	bits := binary.LittleEndian.Uint64(word[:])
	if op.Code == abi.LoadScalar {
		return fr.lifted(op.Results[0], fr.liftScalar(op.Type, bits))
	}
	fr.setCore(op.Results[0], bits)
	return true
}

// store writes up to eight bytes of an area that has been checked.
func (fr *frame) store(op *abi.Op) {
	bits, size := op.Imm, op.Size
	switch op.Code {
	case abi.StoreScalar:
		bits = fr.lowerScalar(op.Type, fr.values[op.Args[1]])
	case abi.StoreCore:
		bits, size = fr.cores[op.Args[1]], 4
	case abi.StoreDisc:
	default:
		panic(fmt.Sprintf("dynamic: %s does not store", op.Code))
	}
	ptr := fr.core(op.Args[0]) + op.Offset
	switch size {
	case 1:
		fr.call.StoreUint8(ptr, uint8(bits))
	case 2:
		fr.call.StoreUint16(ptr, uint16(bits))
	case 4:
		fr.call.StoreUint32(ptr, uint32(bits))
	case 8:
		fr.call.StoreUint64(ptr, bits)
	default:
		panic(fmt.Sprintf("dynamic: no scalar has %d bytes", size))
	}
}
