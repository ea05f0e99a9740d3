package fuzztest

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

// model is the puppet under the interpreter.
type model struct {
	*abi.ABI
	memory []byte
}

func (m *model) machine() *interp.Machine {
	return &interp.Machine{
		ABI:    m.ABI,
		Memory: func() []byte { return m.memory },
		Realloc: func(align, size uint32) (uint32, error) {
			calls := m.word(reallocAt) + 1
			m.setWord(reallocAt, uint64(calls), 4)
			ptr := m.word(reallocAt + 4 + 4*(calls%reallocs))
			if ptr%align != 0 || uint64(ptr)+uint64(size) > uint64(len(m.memory)) {
				return 0, &interp.Trap{Rule: badRealloc, Detail: fmt.Sprintf("0x%x", ptr)}
			}
			return ptr, nil
		},
	}
}

func (m *model) word(at uint32) uint32 { return binary.LittleEndian.Uint32(m.memory[at:]) }

// setWord stores a word of 4 or 8 bytes.
func (m *model) setWord(at uint32, bits uint64, size int) {
	var word [8]byte
	binary.LittleEndian.PutUint64(word[:], bits)
	copy(m.memory[at:], word[:size])
}

// flats are the flat values that the puppet passes on.
func (m *model) flats(n int) []uint64 {
	list := make([]uint64, n)
	for i := range list {
		list[i] = binary.LittleEndian.Uint64(m.memory[flatsAt+8*i:])
	}
	return list
}

// export calls an export of values.
func (m *model) export(n int, args []interp.Value) (interp.Value, error) {
	params, results := valueFuncs[n].Export.Types()
	machine := m.machine()
	machine.Core = func(flat []uint64) ([]uint64, error) {
		for i, t := range params {
			m.setWord(argsAt+8*uint32(i), flat[i], width(t))
		}
		return m.flats(len(results)), nil
	}
	fn := valuesWIT()[n]
	v, err := machine.Call(m.Program(abi.CallExport, fn), args)
	return m.normal(fn.Result, v), err
}

// run calls an import of values, and reports whether NaN was among its parameters.
func (m *model) run(n int) (nan bool, err error) {
	params, results := valueFuncs[n].Import.Types()
	fn := valuesWIT()[n]
	machine := m.machine()
	machine.Implementation = func(args []interp.Value) (interp.Value, error) {
		for i, p := range fn.Params {
			args[i] = m.normal(p.Type, args[i])
		}
		nan = holdsNaN(args)
		return implementation(fn.Name, args), nil
	}
	flat, err := machine.Handle(m.Program(abi.HandleImport, fn), m.flats(len(params)))
	if err == nil && len(results) > 0 {
		m.setWord(resultAt, flat[0], width(results[0]))
	}
	return nan, err
}

// width is the size of a core type in memory.
func width(t byte) int {
	if t == 0x7e || t == 0x7c { // i64, f64
		return 8
	}
	return 4
}

// normal makes of a map what Go's map would be.
func (m *model) normal(t wit.Type, v interp.Value) interp.Value {
	if t == nil || v == nil {
		return v
	}
	if _, ok := m.Resolve.Kind(t).(*wit.Map); ok {
		return asMap(v.([]interp.Value))
	}
	return v
}

// implementation does what hosttest.Values does.
func implementation(name string, args []interp.Value) interp.Value {
	number := func(i int) int32 { return int32(args[i].(int64)) }
	switch name {
	case "add":
		return int64(number(0) + number(1))
	case "length":
		return uint64(len(args[0].(string)))
	case "nothing":
		return nil
	case "divide":
		switch a, b := number(0), number(1); {
		case b == 0:
			return interp.Case{Index: 1, Payload: interp.Case{Index: int(values.ColorRed)}}
		case a == -1<<31 && b == -1:
			return interp.Case{Index: 1, Payload: interp.Case{Index: int(values.ColorBlue)}}
		default:
			return interp.Case{Payload: int64(a / b)}
		}
	case "parse":
		n, err := strconv.ParseUint(args[0].(string), 10, 32)
		if err != nil {
			return interp.Case{Index: 1, Payload: err.Error()}
		}
		return interp.Case{Payload: n}
	case "check":
		if args[0].(uint64) == 2 {
			return interp.Case{Index: 1}
		}
		return interp.Case{}
	case "sixteen", "seventeen":
		sum := uint64(0)
		for i, v := range args[:16] {
			sum += v.(uint64) * uint64(i+1)
		}
		if len(args) > 16 {
			sum += args[16].(uint64)
		}
		return sum
	default:
		return args[0]
	}
}
