package wasm

import (
	"fmt"
	"slices"
	"testing"
)

// readElement returns what an element segment holds, as text.
func readElement(c *Cursor) string {
	s := c.Element()
	text := ""
	if s.Active {
		c.ConstExpr(func(i Instr) { text += fmt.Sprintf("table %d from %d: ", s.Index, i.Value) })
	}
	text += c.ElementType(s).String()
	for range c.Items() {
		if s.Exprs {
			c.ConstExpr(func(i Instr) { text += fmt.Sprintf(" %v %d", i.Op, i.X) })
		} else {
			text += fmt.Sprintf(" %d", c.Uint32())
		}
	}
	return text
}

// TestElement reads the eight forms, and forms that are not there.
func TestElement(t *testing.T) {
	for in, want := range map[string]string{
		"\x00\x41\x05\x0b\x02\x07\x08":                         "table 0 from 5: funcref 7 8",
		"\x01\x00\x01\x07":                                     "funcref 7",
		"\x02\x03\x41\x05\x0b\x00\x01\x07":                     "table 3 from 5: funcref 7",
		"\x03\x00\x01\x07":                                     "funcref 7",
		"\x04\x41\x05\x0b\x01\xd2\x07\x0b":                     "table 0 from 5: funcref ref.func 7",
		"\x05\x6f\x01\xd0\x6f\x0b":                             "externref ref.null 0",
		"\x06\x03\x41\x05\x0b\x70\x02\xd2\x07\x0b\x23\x01\x0b": "table 3 from 5: funcref ref.func 7 global.get 1",
		"\x07\x70\x00":                                         "funcref",
		"\x81\x00\x00\x00":                                     "funcref", // a form of two bytes
	} {
		c := NewCursor([]byte(in), 0)
		if got := readElement(c); got != want || c.Err() != nil || !c.Done() {
			t.Errorf("% x: %q, %v, %d bytes left; expected %q", in, got, c.Err(), c.Len(), want)
		}
	}
	for in, want := range map[string]Error{
		"\x08":             {Malformed, 0, "unknown form of element segment"},
		"\x01\x01\x00":     {Malformed, 1, "unknown kind of element"},
		"\x05\x40\x00":     {UnknownType, 1, "invalid core value type 0x40"},
		"\x01\x00\x02\x00": {TooManyItems, 2, "a vector has 2 items and 1 bytes are left"},
	} {
		c := NewCursor([]byte(in), 0)
		readElement(c)
		if e, ok := c.Err().(*Error); !ok || *e != want {
			t.Errorf("% x: %v, expected %v", in, c.Err(), &want)
		}
	}
}

func TestDataSegment(t *testing.T) {
	for in, want := range map[string]Segment{"\x00": {Active: true}, "\x01": {}, "\x02\x09": {Active: true, Index: 9}} {
		c := NewCursor([]byte(in), 0)
		if got := c.DataSegment(); got != want || c.Err() != nil || !c.Done() {
			t.Errorf("% x: %+v, %v; expected %+v", in, got, c.Err(), want)
		}
	}
	c := NewCursor([]byte{3}, 0)
	if c.DataSegment(); c.Err() == nil || c.Err().Error() != "at offset 0x0: unknown form of data segment" {
		t.Errorf("form 3: %v", c.Err())
	}
}

func TestTableInit(t *testing.T) {
	for in, want := range map[string]bool{"\x40\x00\x70": true, "\x70": false} {
		c := NewCursor([]byte(in), 0)
		if got := c.TableInit(); got != want || c.Len() != 1 {
			t.Errorf("% x: %v, %d bytes left", in, got, c.Len())
		}
	}
	c := NewCursor([]byte{0x40, 1}, 0)
	if c.TableInit(); c.Err() == nil || c.Err().Error() != "at offset 0x1: unknown kind of table" {
		t.Errorf("a table of another kind: %v", c.Err())
	}
}

func TestNameMaps(t *testing.T) {
	var got []string
	c := NewCursor([]byte("\x02\x05\x01a\x07\x02bc"), 0)
	c.NameMap(func(index uint32, name string) { got = append(got, fmt.Sprint(index, name)) })
	c = NewCursor([]byte("\x01\x03\x02\x00\x01x\x01\x01y"), 0)
	c.IndirectNameMap(func(outer, index uint32, name string) { got = append(got, fmt.Sprint(outer, " ", index, name)) })
	if want := []string{"5a", "7bc", "3 0x", "3 1y"}; !slices.Equal(got, want) || c.Err() != nil || !c.Done() {
		t.Errorf("%q, %v; expected %q", got, c.Err(), want)
	}
	c = NewCursor([]byte("\x02\x05\x01a\x07\x01\xff"), 0)
	names := 0
	if c.NameMap(func(uint32, string) { names++ }); KindOf(c.Err()) != NotUTF8 || names != 1 {
		t.Errorf("%d names, %v", names, c.Err())
	}
	c.NameMap(nil)
}

// TestLaxIntegers: bits beyond an integer's type don't matter, more bytes than it may have do.
func TestLaxIntegers(t *testing.T) {
	for _, tt := range []struct {
		in   string
		v    int32
		ok   bool
		left int
		kind ErrorKind
	}{
		{"\x7f!", -1, true, 1, 0}, {"\x3f", 63, true, 0, 0}, {"\xc0\x00", 64, true, 0, 0}, {"\xff\xff\xff\xff\x07", 1<<31 - 1, true, 0, 0},
		{"\xff\xff\xff\xff\x37!", 0, false, 1, 0}, {"\x80\x80\x80\x80\x80\x00", 0, false, 0, IntegerTooLong}, {"\x80", 0, false, 0, IntegerCut}, {"", 0, false, 0, IntegerCut},
	} {
		c := NewCursor([]byte(tt.in), 0)
		v, ok := c.LaxInt32()
		if ok != tt.ok || ok && v != tt.v || c.Len() != tt.left || (c.Err() != nil) != (tt.kind != 0) || KindOf(c.Err()) != tt.kind {
			t.Errorf("% x: %d, %v, %d bytes left, %v", tt.in, v, ok, c.Len(), c.Err())
		}
	}
	for in, left := range map[string]int{"\x05!": 1, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x3f!": 1, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00": -1, "\x80": -1} {
		c := NewCursor([]byte(in), 0)
		if c.SkipInt64(); (c.Err() != nil) != (left < 0) || left >= 0 && c.Len() != left {
			t.Errorf("% x: %d bytes left, %v", in, c.Len(), c.Err())
		}
	}
}

func TestShort(t *testing.T) {
	c := NewCursor([]byte{0x7f, 0x80, 1}, 0)
	if v, ok := c.Short(); v != 0x7f || !ok || c.Len() != 2 {
		t.Errorf("%d, %v, %d bytes left", v, ok, c.Len())
	}
	if _, ok := c.Short(); ok || c.Len() != 2 {
		t.Errorf("%v, %d bytes left", ok, c.Len())
	}
	if c.Rest(); c.Err() != nil {
		t.Error(c.Err())
	}
	if _, ok := c.Short(); ok || c.Err() != nil {
		t.Errorf("%v at the end, %v", ok, c.Err())
	}
}

// TestItems: an error ends the vector, and so does whoever reads it.
func TestItems(t *testing.T) {
	var got []uint32
	c := NewCursor([]byte{3, 10, 0x80, 0x80}, 0)
	for i := range c.Items() {
		got = append(got, i, c.Uint32())
	}
	if !slices.Equal(got, []uint32{0, 10, 1, 0}) || KindOf(c.Err()) != IntegerCut {
		t.Errorf("%v, %v", got, c.Err())
	}
	c = NewCursor([]byte{2, 1, 2}, 0)
	for range c.Items() {
		break
	}
	if c.Len() != 2 {
		t.Errorf("%d bytes left", c.Len())
	}
}

func TestOpTable(t *testing.T) {
	var table OpTable[int]
	for i, op := range []Op{OpLocalGet, 0xfb003, OpTableFill, 0xfd0ff, OpAtomicFence} {
		table.Fill(op, op, i+1)
	}
	table.Fill(OpMemoryCopy, OpMemoryFill, 9)
	for op, want := range map[Op]int{
		OpLocalGet: 1, 0xfb003: 2, OpTableFill: 3, 0xfd0ff: 4, OpAtomicFence: 5, OpMemoryCopy: 9, OpMemoryFill: 9,
		OpLocalSet: 0, 0xfc020: 0, 0xfd120: 0, 0xff020: 0, 0xfa020: 0, 1 << 24: 0,
	} {
		if got := table.At(op); got != want {
			t.Errorf("%v: %d, expected %d", op, got, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an instruction without a place is taken")
		}
	}()
	table.Fill(0xfd100, 0xfd100, 1)
}
