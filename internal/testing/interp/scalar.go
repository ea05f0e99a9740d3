package interp

import (
	"fmt"
	"unicode/utf8"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

func (f *frame) bad(t wit.Type, v Value) error {
	return &BadValue{f.ABI.Resolve.TypeString(t), v}
}

// setValue lifts a scalar of the operation's Type from bits, of which only those
// of the type's width count, and makes it result i.
func (f *frame) setValue(op *abi.Op, i int, bits uint64) error {
	v, err := f.liftScalar(op.Type, bits)
	f.values[op.Results[i]] = v
	return err
}

// liftScalar follows CanonicalABI.md, "Loading" and "Flat Lifting".
func (f *frame) liftScalar(t wit.Type, bits uint64) (Value, error) {
	switch k := f.ABI.Resolve.Kind(t).(type) {
	case nil:
	case *wit.Flags:
		return Flags(bits & (1<<len(k.Flags) - 1)), nil
	case *wit.Enum:
		if uint64(uint32(bits)) >= uint64(len(k.Cases)) {
			return nil, &Trap{InvalidCase, fmt.Sprintf("%d of %d", uint32(bits), len(k.Cases))}
		}
		return Case{Index: int(bits)}, nil
	default:
		panic(fmt.Sprintf("interp: unhandled kind %T", k))
	}
	switch t := f.ABI.Resolve.Dealias(t); t {
	case wit.Bool:
		return uint32(bits) != 0, nil
	case wit.U8:
		return uint64(uint8(bits)), nil
	case wit.U16:
		return uint64(uint16(bits)), nil
	case wit.U32:
		return uint64(uint32(bits)), nil
	case wit.U64:
		return bits, nil
	case wit.S8:
		return int64(int8(bits)), nil
	case wit.S16:
		return int64(int16(bits)), nil
	case wit.S32:
		return int64(int32(bits)), nil
	case wit.S64:
		return int64(bits), nil
	case wit.F32:
		return canonical32(F32(bits)), nil
	case wit.F64:
		return canonical64(F64(bits)), nil
	case wit.Char:
		if r := rune(bits); r >= 0 && utf8.ValidRune(r) {
			return r, nil
		}
		return nil, &Trap{InvalidChar, fmt.Sprintf("%#x", uint32(bits))}
	default:
		panic(fmt.Sprintf("interp: unhandled scalar %v", t))
	}
}

// lowerScalar follows CanonicalABI.md, "Flat Lowering". The low bytes of what it
// returns are what "Storing" stores.
func (f *frame) lowerScalar(t wit.Type, v Value) (uint64, error) {
	switch k := f.ABI.Resolve.Kind(t).(type) {
	case nil:
	case *wit.Flags:
		if flags, ok := v.(Flags); ok && uint64(flags) < 1<<len(k.Flags) {
			return uint64(flags), nil
		}
		return 0, f.bad(t, v)
	case *wit.Enum:
		if c, ok := v.(Case); ok && c.Payload == nil && c.Index >= 0 && c.Index < len(k.Cases) {
			return uint64(c.Index), nil
		}
		return 0, f.bad(t, v)
	default:
		panic(fmt.Sprintf("interp: unhandled kind %T", k))
	}
	switch p := f.ABI.Resolve.Dealias(t); p {
	case wit.Bool:
		b, ok := v.(bool)
		if !ok {
			return 0, f.bad(t, v)
		}
		if b {
			return 1, nil
		}
		return 0, nil
	case wit.U8, wit.U16, wit.U32, wit.U64:
		if n, ok := v.(uint64); ok && n>>(8*f.ABI.Size(p)-1)>>1 == 0 {
			return n, nil
		}
	case wit.S8, wit.S16, wit.S32, wit.S64:
		shift := 64 - 8*f.ABI.Size(p)
		if n, ok := v.(int64); ok && n<<shift>>shift == n {
			return uint64(n), nil
		}
	case wit.F32:
		if x, ok := v.(F32); ok {
			return uint64(canonical32(x)), nil
		}
	case wit.F64:
		if x, ok := v.(F64); ok {
			return uint64(canonical64(x)), nil
		}
	case wit.Char:
		if r, ok := v.(rune); ok && utf8.ValidRune(r) {
			return uint64(r), nil
		}
	default:
		panic(fmt.Sprintf("interp: unhandled scalar %v", p))
	}
	return 0, f.bad(t, v)
}
