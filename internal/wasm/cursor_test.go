package wasm

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// at is where the parts that tests read stand in their file.
const at = 0x100

func TestCursorErrors(t *testing.T) {
	tests := []struct {
		name   string
		in     string
		read   func(c *Cursor)
		kind   ErrorKind
		offset int // from at
		text   string
	}{
		{"byte", "", func(c *Cursor) { c.Byte() }, UnexpectedEnd, 0, "ends too early"},
		{"second byte", "\x00", func(c *Cursor) { c.Byte(); c.Byte() }, UnexpectedEnd, 1, "ends too early"},
		{"peek", "", func(c *Cursor) { c.Peek() }, UnexpectedEnd, 0, "ends too early"},
		{"bytes", "\x00\x00", func(c *Cursor) { c.Byte(); c.Bytes(2) }, TooFewBytes, 1, "2 bytes are announced and 1 are left"},
		{"bytes beyond an int32", "\x00", func(c *Cursor) { c.Bytes(1<<32 - 1) }, TooFewBytes, 0, "4294967295 bytes are announced"},
		{"sub", "\x00", func(c *Cursor) { c.Sub(2) }, TooFewBytes, 0, "2 bytes are announced"},
		{"cut integer", "\x80", func(c *Cursor) { c.Uint32() }, IntegerCut, 0, "inside an integer"},
		{"no integer", "", func(c *Cursor) { c.Uint32() }, IntegerCut, 0, "inside an integer"},
		{"long integer", "\x80\x80\x80\x80\x80\x00", func(c *Cursor) { c.Uint32() }, IntegerTooLong, 0, "too long or too large"},
		{"large integer", "\x80\x80\x80\x80\x10", func(c *Cursor) { c.Uint32() }, IntegerTooLong, 0, "too long or too large"},
		{"signed integer", "\xff\xff\xff\xff\x3f", func(c *Cursor) { c.Int32() }, IntegerTooLong, 0, "too long or too large"},
		{"integer of 33 bits", "\xff\xff\xff\xff\x3f", func(c *Cursor) { c.Int33() }, IntegerTooLong, 0, "too long or too large"},
		{"integer of 64 bits", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", func(c *Cursor) { c.Uint64() }, IntegerTooLong, 0, "too long or too large"},
		{"count", "\x00\x02\x00", func(c *Cursor) { c.Byte(); c.Count() }, TooManyItems, 1, "a vector has 2 items and 1 bytes are left"},
		{"name", "\x01\xff", func(c *Cursor) { c.Name() }, NotUTF8, 0, "not valid UTF-8"},
		{"name too long", "\x02a", func(c *Cursor) { c.Name() }, TooFewBytes, 1, "2 bytes are announced and 1 are left"},
		{"one of", "\x02", func(c *Cursor) { c.OneOf(1, "form of a name") }, Malformed, 0, "invalid form of a name 0x02"},
		{"flag", "\x02", func(c *Cursor) { c.Flag("mutability") }, Malformed, 0, "invalid mutability 0x02"},
		{"expect", "\x02", func(c *Cursor) { c.Expect(1, "a one") }, Malformed, 0, "0x02 stands where a one, 0x01, must stand"},
		{"expect at the end", "", func(c *Cursor) { c.Expect(1, "a one") }, UnexpectedEnd, 0, "ends too early"},
		{"end", "\x02\x03", func(c *Cursor) { c.Byte(); c.End("a list") }, LeftOver, 1, "1 bytes are left at the end of a list"},
		{"vector", "\x03\x01", func(c *Cursor) { Vec(c, c.Byte) }, UnexpectedEnd, 2, "ends too early"},
		{"value type", "\x40", func(c *Cursor) { c.ValType() }, UnknownType, 0, "invalid core value type 0x40"},
		{"value type of a vector", "\x01\x76", func(c *Cursor) { Vec(c, c.ValType) }, UnknownType, 1, "invalid core value type 0x76"},
		{"heap type", "\x63\x40", func(c *Cursor) { c.ValType() }, UnknownHeapType, 1, "invalid heap type -64"},
		{"heap type above", "\x63\x75", func(c *Cursor) { c.ValType() }, UnknownHeapType, 1, "invalid heap type -11"},
		{"kind", "\x00\x00\x05", func(c *Cursor) { c.Import() }, UnknownKind, 2, "invalid kind of core import or export 0x05"},
		{"tag", "\x04\x01\x00", func(c *Cursor) { c.Extern() }, Malformed, 1, "attribute of a tag"},
		{"limits", "\x10\x00", func(c *Cursor) { c.Limits() }, Malformed, 0, "invalid kind of limits 0x10"},
		{"mutability", "\x7f\x02", func(c *Cursor) { c.Global() }, Malformed, 1, "invalid mutability 0x02"},
		{"type", "\x4e\x01\x5d", func(c *Cursor) { c.RecGroup() }, UnknownType, 2, "invalid core type 0x5d"},
		{"instruction", "\x01\xff", func(c *Cursor) { c.Expr(nil) }, UnknownOpcode, 1, "unknown instruction 0xff"},
		{"instruction behind a prefix", "\xfc\x20", func(c *Cursor) { c.Instr() }, UnknownOpcode, 0, "unknown instruction 0xfc 32"},
		{"large number behind a prefix", "\xfd\x80\x20", func(c *Cursor) { c.Instr() }, UnknownOpcode, 0, "unknown instruction 0xfd with a number above 4095"},
		{"expression without end", "\x02\x40\x0b", func(c *Cursor) { c.Expr(nil) }, UnexpectedEnd, 3, "ends too early"},
		{"block type", "\x02\x41", func(c *Cursor) { c.Instr() }, UnknownType, 1, "invalid core value type 0x41"},
		{"negative block type", "\x02\x80\x7f", func(c *Cursor) { c.Instr() }, UnknownType, 1, "invalid block type -128"},
		{"fence", "\xfe\x03\x01", func(c *Cursor) { c.Instr() }, Malformed, 2, "the operand of atomic.fence"},
		{"constant", "\x41\x00\x20\x00\x0b", func(c *Cursor) { c.ConstExpr(nil) }, NotConstant, 2, "local.get is not allowed in a constant expression"},
		{"constant of gc", "\xfb\x05\x00\x0b", func(c *Cursor) { c.ConstExpr(nil) }, NotConstant, 0, "struct.set is not allowed"},
		{"preamble", "\x00asm\x0d\x00\x01\x00", func(c *Cursor) { drain(c) }, NotModule, 0, "does not start with"},
		{"short preamble", "\x00asm", func(c *Cursor) { drain(c) }, NotModule, 0, "does not start with"},
		{"section", Preamble + "\x00\x01\x00\x0e\x00", func(c *Cursor) { drain(c) }, UnknownSection, 11, "invalid section 0x0e"},
		{"section too long", Preamble + "\x01\x02\x00", func(c *Cursor) { drain(c) }, TooFewBytes, 10, "2 bytes are announced and 1 are left"},
		{"section without length", Preamble + "\x01", func(c *Cursor) { drain(c) }, IntegerCut, 9, "inside an integer"},
	}
	for _, tt := range tests {
		c := NewCursor([]byte(tt.in), at)
		tt.read(c)
		var e *Error
		if !errors.As(c.Err(), &e) {
			t.Errorf("%s: error %v, expected an *Error", tt.name, c.Err())
			continue
		}
		if e.Kind != tt.kind || e.Offset != at+tt.offset || !strings.Contains(e.Rule, tt.text) {
			t.Errorf("%s: error of kind %d at %d: %s; expected kind %d at %d: %s", tt.name, e.Kind, e.Offset-at, e.Rule, tt.kind, tt.offset, tt.text)
		}
		if KindOf(c.Err()) != tt.kind {
			t.Errorf("%s: KindOf is %d", tt.name, KindOf(c.Err()))
		}
		if !c.Done() || c.Uint32() != 0 || c.Byte() != 0 || c.Name() != "" || len(c.Rest()) > 0 || !errors.Is(c.Err(), e) {
			t.Errorf("%s: the cursor goes on after its error", tt.name)
		}
	}
}

// drain reads the sections of a module, and returns their ids and whether the content
// of all is well-formed.
func drain(c *Cursor) (ids []SectionID) {
	for s := range c.Sections() {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestCursorParts(t *testing.T) {
	file := []byte("\x01ab\x02cdx")
	c := NewCursor(file, at)
	c.Byte()
	from := c.Offset()
	if got := c.Bytes(2); string(got) != "ab" || cap(got) != 2 || c.Offset() != at+3 {
		t.Fatalf("read %q with capacity %d, at %d", got, cap(got), c.Offset())
	}
	if got := string(c.Since(from)); got != "ab" {
		t.Errorf("since %d: %q", from, got)
	}
	sub := c.Sub(c.Uint32())
	if sub.Offset() != at+4 || sub.Len() != 2 || c.Offset() != at+6 || c.Len() != 1 {
		t.Fatalf("a part at %d of %d bytes; %d bytes are left at %d", sub.Offset(), sub.Len(), c.Len(), c.Offset())
	}
	got := sub.Bytes(2)
	if string(got) != "cd" || !sub.Done() || cap(got) != 2 {
		t.Errorf("the part is %q with capacity %d", got, cap(got))
	}
	if sub.Byte(); sub.Err() == nil || c.Err() != nil {
		t.Errorf("reading beyond a part: %v, and %v around it", sub.Err(), c.Err())
	}
	if c.Byte() != 'x' || !c.Done() || c.Err() != nil {
		t.Errorf("at the end: %v", c.Err())
	}
}

func TestOnFail(t *testing.T) {
	var got []error
	c := NewCursor([]byte{2, 0xff, 0xff}, 0)
	c.OnFail(func(err error) { got = append(got, err) })
	c.Sub(3).Name()
	c.Sub(1)
	c.Byte()
	if len(got) != 2 || KindOf(got[0]) != NotUTF8 || KindOf(got[1]) != TooFewBytes {
		t.Errorf("OnFail was called with %v", got)
	}
	own := errors.New("mine")
	c = NewCursor([]byte{1}, 0)
	c.Fail(own)
	if c.Byte(); !errors.Is(c.Err(), own) || KindOf(c.Err()) != Malformed {
		t.Errorf("the error is %v", c.Err())
	}
}

// TestCountsAllocateLittle reads vectors that announce more than follows.
func TestCountsAllocateLittle(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 1}
	items := 0
	got := testing.AllocsPerRun(1, func() {
		c := NewCursor(huge, 0)
		items = cap(Vec(c, func() uint64 { return uint64(c.Byte()) }))
	})
	if items > 64 || got > 10 {
		t.Errorf("room for %d items, %v allocations", items, got)
	}
	if n := NewCursor(huge, 0).Count(); n != 0 {
		t.Errorf("a count of %d", n)
	}
}

func TestSections(t *testing.T) {
	m := sample()
	in := m.Bytes()
	c := NewCursor(append([]byte("before"), in...)[6:], 6)
	var w Writer
	w.Preamble()
	rank := 0
	var ids []SectionID
	for s := range c.Sections() {
		if s.ID != CustomSection {
			if s.ID.Rank() <= rank {
				t.Errorf("%v has rank %d after %d", s.ID, s.ID.Rank(), rank)
			}
			rank = s.ID.Rank()
		}
		if in[s.Start-6] != byte(s.ID) || !bytes.Equal(in[s.Offset-6:s.End-6], s.Data) || s.Content.Len() != len(s.Data) {
			t.Errorf("%v: section from %d, content %d to %d", s.ID, s.Start, s.Offset, s.End)
		}
		ids = append(ids, s.ID)
		w.Section(s.ID, func() { w.Byte(s.Data...) })
		if s.ID == CustomSection {
			if name := s.Custom(); name != "name" {
				t.Errorf("a custom section %q", name)
			}
		}
	}
	if c.Err() != nil || !bytes.Equal(w.Buf, in) {
		t.Errorf("sections %v, error %v", ids, c.Err())
	}
	if want := "[type import function table memory global export start element code data custom]"; sprint(ids) != want {
		t.Errorf("sections %v, expected %s", ids, want)
	}
}
