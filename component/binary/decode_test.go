package binary_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

func TestEncodeGivesWhatDecodeRead(t *testing.T) {
	want := comptest.Everything()
	wasm := want.Encode()
	got, err := binary.Decode(wasm)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, comptest.IgnoreOffsets); diff != "" {
		t.Errorf("decoding gives something else (-want +got):\n%s", diff)
	}
	for name, wasm := range comptest.Seeds(t) {
		if component.FormOf(wasm) != component.ComponentForm {
			continue
		}
		c, err := binary.Decode(wasm)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(c.Encode(), wasm) {
			t.Errorf("%s: encoding gives other bytes", name)
		}
	}
}

// TestOffsets: the offset of each definition is where its bytes are.
func TestOffsets(t *testing.T) {
	made := comptest.Everything().Encode()
	c, err := binary.Decode(made)
	if err != nil {
		t.Fatal(err)
	}
	for d := range c.Defs() {
		if want := encodedDef(d); !bytes.HasPrefix(made[d.At():], want) {
			t.Errorf("%T at %#x: the bytes there are % x, want % x", d, d.At(), made[d.At():d.At()+len(want)], want)
		}
	}
}

// encodedDef returns the binary of a definition.
func encodedDef(d binary.Def) []byte {
	var one, two binary.Component
	one.Add(d)
	two.Add(d)
	two.Add(d)
	w := wasm.NewCursor(one.Encode()[8:], 0)
	w.Byte()   // the section
	w.Uint32() // its length
	if len(two.Sections) == 1 {
		w.Uint32() // the number of definitions
	}
	return w.Rest()
}

func TestMalformed(t *testing.T) {
	deep := strings.Repeat("\x01\x42\x01", 200) // instance types inside each other
	for _, test := range []struct {
		name   string
		wasm   []byte
		offset int
		rule   string
	}{
		{"empty", nil, 0, "not that of WebAssembly"},
		{"core module", []byte(wasm.Preamble), 0, "core module"},
		{"version", []byte("\x00asm\x0e\x00\x01\x00"), 0, "version is 0e 00 01 00"},
		{"section", comptest.Binary("\x0d"), 8, "invalid section 13"},
		{"section too long", append(comptest.Binary(), 7, 5, 0), 10, "5 bytes are announced and 1 are left"},
		{"size too long", append(comptest.Binary(), 7, 0x80, 0x80, 0x80, 0x80, 0x10), 9, "too long"},
		{"bytes left", comptest.Binary("\x07\x00\x00"), 11, "1 bytes are left"},
		{"count", comptest.Binary("\x07\xff\xff\xff\xff\x0f\x7f"), 16, "ends too early"},
		{"type", comptest.Binary("\x07\x01\x3e"), 11, "invalid type 0x3e"},
		{"value type", comptest.Binary("\x07\x01\x70\x40"), 12, "invalid value type 0x40"},
		{"optional type", comptest.Binary("\x07\x01\x66\x02"), 12, "mark of an optional type"},
		{"result list", comptest.Binary("\x07\x01\x40\x00\x01\x01"), 14, "number of results"},
		{"case", comptest.Binary("\x07\x01\x71\x01\x01a\x00\x01"), 16, "end of a case"},
		{"name", comptest.Binary("\x00\x01\xff"), 10, "not valid UTF-8"},
		{"surrogate", comptest.Binary("\x00\x03\xed\xa0\x80"), 10, "not valid UTF-8"},
		{"sort", comptest.Binary("\x06\x01\x06\x00\x00\x00"), 11, "invalid sort 0x06"},
		{"core sort", comptest.Binary("\x06\x01\x00\x05\x00\x00\x00"), 12, "invalid core sort 0x05"},
		{"alias target", comptest.Binary("\x06\x01\x01\x03\x00\x00"), 12, "target of an alias"},
		{"canon", comptest.Binary("\x08\x01\x07"), 11, "invalid canonical definition 0x07"},
		{"canon sort", comptest.Binary("\x08\x01\x01\x01\x00\x00"), 12, "sort func"},
		{"canon option", comptest.Binary("\x08\x01\x01\x00\x00\x01\x08"), 15, "canonical option"},
		{"import of a core func", comptest.Binary("\x0a\x01\x00\x01a\x00\x00\x00"), 14, "core func is neither imported nor exported"},
		{"name form", comptest.Binary("\x0a\x01\x03\x01a\x01\x00"), 11, "form of a name"},
		{"attribute", comptest.Binary("\x0a\x01\x02\x01a\x01\x03\x00\x01\x00"), 15, "attribute"},
		{"import in an instance type", comptest.Binary("\x07\x01\x42\x01\x03"), 13, "invalid declarator"},
		{"core instance argument", comptest.Binary("\x02\x01\x00\x00\x01\x01a\x00\x00"), 16, "sort instance"},
		{"core module of another version", comptest.Binary("\x01\x00asm\x02\x00\x00\x00"), 10, "core module of version 1"},
		{"heap type", comptest.Binary("\x03\x01\x60\x01\x64\x40\x00"), 14, "invalid heap type"},
		{"nested types", comptest.Binary("\x07\x01\x42\x01" + deep), -1, "nested more than"},
		{"nested components", nestedComponents(binary.MaxNesting + 1), -1, "nested more than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := binary.Decode(test.wasm)
			var bad *component.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if !bad.Malformed || !strings.Contains(bad.Rule, test.rule) || test.offset >= 0 && bad.Offset != test.offset {
				t.Errorf("got %v (offset %d), want %q at offset %d", bad, bad.Offset, test.rule, test.offset)
			}
			if want := fmt.Sprintf("at offset 0x%x: ", bad.Offset); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%q does not start with %q", err, want)
			}
		})
	}
	if _, err := binary.Decode(nestedComponents(binary.MaxNesting)); err != nil {
		t.Errorf("components nested %d deep: %v", binary.MaxNesting, err)
	}
}

func nestedComponents(n int) []byte {
	c := &binary.Component{}
	for range n {
		outer := &binary.Component{}
		outer.Add(c)
		c = outer
	}
	return c.Encode()
}
