package fuzztest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

// seed is an input of FuzzLift: which function it is of, whether that is an import (bit
// 7), and whether the puppet is a component (bit 6).
type seed struct {
	which         uint8
	flats, memory []byte
}

// seeds are values of each function, as a guest that means well lays them out.
func seeds(t testing.TB) []seed {
	r, _ := subjectWIT()
	var list []seed
	for n, fn := range valuesWIT() {
		for k := range uint64(3) {
			random := randomValues{rand.New(rand.NewPCG(k, uint64(n))), r}
			m := &model{ABI: abi.New(r), memory: make([]byte, pageSize)}
			next := uint32(64)
			machine := m.machine()
			machine.Realloc = func(align, size uint32) (uint32, error) {
				ptr := (next + align - 1) &^ (align - 1)
				next = ptr + size
				return ptr, nil
			}
			machine.Implementation = func([]interp.Value) (interp.Value, error) { return random.value(fn.Result, 3), nil }
			if fn.Result != nil {
				flat, err := machine.Handle(m.Program(abi.HandleExport, noParams(fn)), nil)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, seed{uint8(n), words(flat), m.memory[:min(next, flatsAt)]})
			}
			m.memory, next = make([]byte, pageSize), 64
			var flat []uint64
			machine.Core = func(args []uint64) ([]uint64, error) {
				flat = append([]uint64(nil), args...)
				return nil, errStop
			}
			args := make([]interp.Value, len(fn.Params))
			for i, p := range fn.Params {
				args[i] = random.value(p.Type, 3)
			}
			if _, err := machine.Call(m.Program(abi.CallImport, fn), args); err != errStop {
				t.Fatal(err)
			}
			list = append(list, seed{uint8(n) | 1<<7, words(flat), m.memory[:min(next, flatsAt)]})
		}
	}
	return list
}

var errStop = errors.New("stop")

// noParams is a function with the same result.
func noParams(fn *wit.Function) *wit.Function {
	c := *fn
	c.Params = nil
	return &c
}

func words(list []uint64) []byte {
	var b []byte
	for _, w := range list {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// randomValues makes values for the interpreter.
type randomValues struct {
	*rand.Rand
	r *wit.Resolve
}

func (g randomValues) value(t wit.Type, depth int) interp.Value {
	if t == nil {
		return nil
	}
	many := func(n int, t wit.Type) []interp.Value {
		list := make([]interp.Value, n)
		for i := range list {
			list[i] = g.value(t, depth-1)
		}
		return list
	}
	length := g.IntN(max(depth, 0) + 2)
	switch k := g.r.Kind(t).(type) {
	case nil:
		return g.prim(g.r.Dealias(t).(wit.Prim))
	case *wit.Record, *wit.Tuple:
		var list []interp.Value
		for _, t := range fieldTypes(k) {
			list = append(list, g.value(t, depth))
		}
		return list
	case *wit.List:
		return many(length, k.Type)
	case *wit.FixedList:
		return many(int(k.Size), k.Type)
	case *wit.Map:
		var list []interp.Value
		for range length {
			list = append(list, []interp.Value{g.value(k.Key, depth), g.value(k.Value, depth)})
		}
		return list
	case *wit.Variant:
		n := g.IntN(len(k.Cases))
		return interp.Case{Index: n, Payload: g.value(k.Cases[n].Type, depth)}
	case *wit.Enum:
		return interp.Case{Index: g.IntN(len(k.Cases))}
	case *wit.Flags:
		return interp.Flags(g.IntN(1 << len(k.Flags)))
	case *wit.Option:
		if g.IntN(2) == 0 {
			return interp.Case{}
		}
		return interp.Case{Index: 1, Payload: g.value(k.Type, depth)}
	case *wit.Result:
		if g.IntN(2) == 0 {
			return interp.Case{Payload: g.value(k.OK, depth)}
		}
		return interp.Case{Index: 1, Payload: g.value(k.Err, depth)}
	default:
		panic(fmt.Sprintf("fuzztest: unhandled kind %T", k))
	}
}

func (g randomValues) prim(p wit.Prim) interp.Value {
	bits := g.Uint64() >> (8 * g.UintN(8))
	switch p {
	case wit.Bool:
		return bits&1 != 0
	case wit.U8:
		return uint64(uint8(bits))
	case wit.U16:
		return uint64(uint16(bits))
	case wit.U32:
		return uint64(uint32(bits))
	case wit.U64:
		return bits
	case wit.S8:
		return int64(int8(bits))
	case wit.S16:
		return int64(int16(bits))
	case wit.S32:
		return int64(int32(bits))
	case wit.S64:
		return int64(bits)
	case wit.F32:
		return interp.F32(bits)
	case wit.F64:
		return interp.F64(bits)
	case wit.Char:
		if c := rune(bits % 0x110000); utf8.ValidRune(c) {
			return c
		}
		return 'c'
	case wit.String:
		return []string{"", "a", "grüße", "世界", "\U0010ffff!"}[g.IntN(5)]
	default:
		panic(fmt.Sprintf("fuzztest: unhandled type %s", p))
	}
}
