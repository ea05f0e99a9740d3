package interp_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

func oneParam(t wit.Type) *wit.Function {
	return &wit.Function{Name: "f", Resource: -1, Params: []wit.Param{{Name: "p", Type: t}}}
}

func oneResult(t wit.Type) *wit.Function {
	return &wit.Function{Name: "f", Resource: -1, Result: t}
}

const memorySize = 1 << 16

// What a guest hands to an import is lifted, or traps for the rule it breaks.
func TestLiftTraps(t *testing.T) {
	m := newTypes()
	list64 := m.add("", &wit.List{Type: wit.U64})
	spilled := m.add("", &wit.FixedList{Type: wit.U32, Size: 17})
	enum3 := m.add("e", &wit.Enum{Cases: make([]wit.Label, 3)})
	tests := []struct {
		name   string
		t      wit.Type
		args   []uint64
		memory string // from address 16 on
		want   interp.Value
		rule   interp.Rule
	}{
		{name: "char", t: wit.Char, args: []uint64{0xd7ff}, want: '\ud7ff'},
		{name: "surrogate", t: wit.Char, args: []uint64{0xd800}, rule: interp.InvalidChar},
		{name: "last surrogate", t: wit.Char, args: []uint64{0xdfff}, rule: interp.InvalidChar},
		{name: "char after the last", t: wit.Char, args: []uint64{0x110000}, rule: interp.InvalidChar},
		{name: "negative char", t: wit.Char, args: []uint64{0xffffffff}, rule: interp.InvalidChar},
		{name: "enum", t: enum3, args: []uint64{2}, want: interp.Case{Index: 2}},
		{name: "enum too large", t: enum3, args: []uint64{3}, rule: interp.InvalidCase},
		{name: "option too large", t: m.add("", &wit.Option{Type: wit.U8}), args: []uint64{2, 0}, rule: interp.InvalidCase},
		{name: "option in memory", t: m.add("", &wit.List{Type: m.add("", &wit.Option{Type: wit.U8})}), args: []uint64{16, 1}, memory: "\x02", rule: interp.InvalidCase},
		{name: "bool 2", t: wit.Bool, args: []uint64{2}, want: true},
		{name: "upper bits of u8", t: wit.U8, args: []uint64{0x1ff}, want: uint64(0xff)},
		{name: "upper bits of s8", t: wit.S8, args: []uint64{0x180}, want: int64(-128)},
		{name: "unknown flags", t: m.add("f", &wit.Flags{Flags: make([]wit.Label, 3)}), args: []uint64{0xff}, want: interp.Flags(7)},
		{name: "NaN", t: wit.F32, args: []uint64{0xffffffff}, want: interp.F32(0x7fc00000)},
		{name: "string", t: wit.String, args: []uint64{16, 2}, memory: "é", want: "é"},
		{name: "string at the end", t: wit.String, args: []uint64{memorySize, 0}, want: ""},
		{name: "string across the end", t: wit.String, args: []uint64{memorySize - 1, 2}, rule: interp.OutOfBounds},
		{name: "empty string past the end", t: wit.String, args: []uint64{memorySize + 1, 0}, rule: interp.OutOfBounds},
		{name: "string that wraps", t: wit.String, args: []uint64{0xffffffff, 2}, rule: interp.OutOfBounds},
		{name: "string too long", t: wit.String, args: []uint64{0, 1 << 28}, rule: interp.StringTooLong},
		{name: "long string", t: wit.String, args: []uint64{0, 1<<28 - 1}, rule: interp.OutOfBounds},
		{name: "not UTF-8", t: wit.String, args: []uint64{16, 1}, memory: "é", rule: interp.InvalidUTF8},
		{name: "surrogate in UTF-8", t: wit.String, args: []uint64{16, 3}, memory: "\xed\xa0\x80", rule: interp.InvalidUTF8},
		{name: "list", t: list64, args: []uint64{16, 1}, memory: "\x07", want: []interp.Value{uint64(7)}},
		{name: "misaligned list", t: list64, args: []uint64{12, 1}, rule: interp.Misaligned},
		{name: "misaligned empty list", t: list64, args: []uint64{1, 0}, rule: interp.Misaligned},
		{name: "list too long", t: list64, args: []uint64{0, 1 << 25}, rule: interp.ListTooLong},
		{name: "list whose bytes overflow", t: list64, args: []uint64{0, 1<<29 + 1}, rule: interp.ListTooLong},
		{name: "list across the end", t: list64, args: []uint64{memorySize - 8, 2}, rule: interp.OutOfBounds},
		{name: "billions of nothing", t: m.add("", &wit.List{Type: m.add("", &wit.Tuple{})}), args: []uint64{0, 1<<32 - 1}, rule: interp.ListTooLong},
		{name: "misaligned parameters", t: spilled, args: []uint64{18}, rule: interp.Misaligned},
		{name: "parameters across the end", t: spilled, args: []uint64{memorySize - 64}, rule: interp.OutOfBounds},
	}
	a := abi.New(m.Resolve)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := &guest{memory: make([]byte, memorySize)}
			copy(g.memory[16:], tt.memory)
			machine := g.machine(a)
			var got interp.Value
			machine.Implementation = func(args []interp.Value) (interp.Value, error) {
				got = args[0]
				return nil, nil
			}
			_, err := machine.Handle(a.Program(abi.HandleImport, oneParam(tt.t)), tt.args)
			checkRule(t, err, tt.rule)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func checkRule(t *testing.T, err error, want interp.Rule) {
	t.Helper()
	var rule interp.Rule
	if trap := new(interp.Trap); errors.As(err, &trap) {
		rule = trap.Rule
	} else if err != nil {
		t.Fatal(err)
	}
	if rule != want {
		t.Errorf("trapped for %q, not %q", rule, want)
	}
}

// The areas that a guest gives for results and parameters are checked.
func TestAreaTraps(t *testing.T) {
	m := newTypes()
	pair := m.add("", &wit.Tuple{Types: []wit.Type{wit.U32, wit.U32}})
	spilled := m.add("", &wit.FixedList{Type: wit.U64, Size: 17})
	a := abi.New(m.Resolve)
	for _, tt := range []struct {
		ptr  uint32
		rule interp.Rule
	}{
		{16, ""}, {memorySize - 8, ""}, {18, interp.Misaligned}, {memorySize - 4, interp.OutOfBounds}, {0xfffffffc, interp.OutOfBounds},
	} {
		g := &guest{memory: make([]byte, memorySize)}
		machine := g.machine(a)
		machine.Implementation = func([]interp.Value) (interp.Value, error) {
			return []interp.Value{uint64(1), uint64(2)}, nil
		}
		_, err := machine.Handle(a.Program(abi.HandleImport, oneResult(pair)), []uint64{uint64(tt.ptr)})
		checkRule(t, err, tt.rule)
		if err == nil && binary.LittleEndian.Uint64(g.memory[tt.ptr:]) != 2<<32|1 {
			t.Errorf("memory at %d is %x", tt.ptr, g.memory[tt.ptr:tt.ptr+8])
		}
		freed := false
		machine.Core = func([]uint64) ([]uint64, error) { return []uint64{uint64(tt.ptr)}, nil }
		machine.PostReturn = func(results []uint64) error { freed = true; return nil }
		_, err = machine.Call(a.Program(abi.CallExport, oneResult(pair)), nil)
		checkRule(t, err, tt.rule)
		if freed != (tt.rule == "") {
			t.Errorf("at %d, post-return ran: %t", tt.ptr, freed)
		}
	}
	// A realloc may return anything.
	args := []interp.Value{make([]interp.Value, 17)}
	for i := range args[0].([]interp.Value) {
		args[0].([]interp.Value)[i] = uint64(0)
	}
	for ptr, rule := range map[uint32]interp.Rule{0: "", 4: interp.Misaligned, memorySize - 128: interp.OutOfBounds} {
		g := &guest{memory: make([]byte, memorySize)}
		machine := g.machine(a)
		machine.Realloc = func(align, size uint32) (uint32, error) { return ptr, nil }
		machine.Core = func([]uint64) ([]uint64, error) { return nil, nil }
		_, err := machine.Call(a.Program(abi.CallExport, oneParam(spilled)), args)
		checkRule(t, err, rule)
	}
}

// A value that its type does not have is an error, and no guest is entered.
func TestBadValues(t *testing.T) {
	m := newTypes()
	tests := []struct {
		name string
		t    wit.Type
		v    interp.Value
	}{
		{"u8 too large", wit.U8, uint64(256)},
		{"s8 too small", wit.S8, int64(-129)},
		{"signed for unsigned", wit.U64, int64(1)},
		{"nothing", wit.Bool, nil},
		{"surrogate", wit.Char, rune(0xd800)},
		{"not UTF-8", wit.String, "\xff"},
		{"case", m.add("e", &wit.Enum{Cases: make([]wit.Label, 2)}), interp.Case{Index: 2}},
		{"negative case", m.add("", &wit.Option{Type: wit.U8}), interp.Case{Index: -1}},
		{"no payload", m.add("", &wit.Option{Type: wit.U8}), interp.Case{Index: 1}},
		{"a payload", m.add("", &wit.Option{Type: wit.U8}), interp.Case{Index: 0, Payload: uint64(1)}},
		{"flag", m.add("f", &wit.Flags{Flags: make([]wit.Label, 2)}), interp.Flags(4)},
		{"fields", m.add("", &wit.Tuple{Types: []wit.Type{wit.U8}}), []interp.Value{}},
		{"elements", m.add("", &wit.List{Type: m.add("", &wit.FixedList{Type: wit.U8, Size: 2})}), []interp.Value{[]interp.Value{uint64(1)}}},
		{"entry", m.add("", &wit.Map{Key: wit.U8, Value: wit.U8}), []interp.Value{uint64(1)}},
	}
	a := abi.New(m.Resolve)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			machine := (&guest{memory: make([]byte, memorySize)}).machine(a)
			machine.Core = func([]uint64) ([]uint64, error) { panic("the guest is entered") }
			_, err := machine.Call(a.Program(abi.CallExport, oneParam(tt.t)), []interp.Value{tt.v})
			if bad := new(interp.BadValue); !errors.As(err, &bad) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
