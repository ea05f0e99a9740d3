package link_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/link"
)

// moduleWith returns a core module of one function without parameters and results.
func moduleWith(body ...byte) []byte {
	function := append([]byte{0}, append(body, 0x0b)...)
	code := append(append([]byte{1}, leb128.AppendUint64(nil, uint64(len(function)))...), function...)
	wasm := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a")
	return append(append(wasm, leb128.AppendUint64(nil, uint64(len(code)))...), code...)
}

// nameless returns a core module that imports a function from a module without a name.
func nameless(body ...byte) []byte {
	wasm := moduleWith(body...)
	at := bytes.Index(wasm, []byte("\x03\x02\x01\x00"))
	return slices.Concat(wasm[:at], []byte("\x02\x06\x01\x00\x01f\x00\x00"), wasm[at:])
}

func TestCheckCode(t *testing.T) {
	nop, drop := moduleWith(0x01), moduleWith(0x1a)
	blocks := moduleWith(append(bytes.Repeat([]byte{0x02, 0x40}, 5001), bytes.Repeat([]byte{0x0b}, 5001)...)...)
	badName := append([]byte(nil), nop...)
	badName = append(badName, 0, 6, 4, 'n', 'a', 'm', 'e', 0x01) // a name section that ends too early
	around := func(modules ...[]byte) []byte {
		c := &binary.Component{}
		c.Add(&binary.CoreTypeDef{Module: &binary.ModuleType{}})
		c.Add(&binary.Import{Name: binary.Named("m"), Type: binary.ExternType{Sort: binary.SortCoreModule}})
		for _, m := range modules {
			c.Add(&binary.CoreModule{Bytes: m})
		}
		outer := &binary.Component{}
		outer.Add(&binary.Component{})
		outer.Add(c)
		return outer.Encode()
	}
	for _, test := range []struct {
		name             string
		wasm             []byte
		rule, notChecked string
	}{
		{"valid", nop, "", ""},
		{"a stack that is empty", drop, "invalid function[0]", ""},
		{"in a component", around(nop, drop), "core module 2 of component 1: invalid function[0]", ""},
		{"a limit in a component", around(blocks, nop), "", "the code of core module 1 of component 1, at offset"},
		{"a limit and a mistake", around(blocks, drop), "core module 2 of component 1: invalid", "Nesting is 5001, and 5000 is the limit"},
		{"a name section that is wrong", badName, "", ""},
		{"an atomic wait", moduleWith(0xfe, 0x01, 0x02, 0x00), "", "atomic wait, which is not supported"},
		{"a block of anyref", moduleWith(0x02, 0x6e, 0x00, 0x0b, 0x1a), "", "blocks of such a reference type"},
		{"a block of no type", moduleWith(0x02, 0x50, 0x00, 0x0b, 0x1a), "unknown block type", ""},
		{"elements that are exceptions", append([]byte(nil), "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x09\x07\x01\x05\x69\x01\xd0\x69\x0b"...), "", "elements of a type other than"},
		{"elements that are exceptions, with an index", append([]byte(nil), "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x09\x0a\x02\x01\x00\x00\x05\x69\x01\xd0\x69\x0b"...), "", "elements of a type other than"},
		{"an import from a module without a name", nameless(0x10, 0x00), "", ""},
		{"an import from a module without a name, and a mistake", nameless(0x10, 0x00, 0x1a), "invalid function[0]", ""},
		{"a memory and a call of a module without a name", append(nameless(0x10, 0x00), 0, 3, 1, 'x', 0), "", ""},
		{"a table that is too large", []byte("\x00asm\x01\x00\x00\x00\x04\x07\x01\x70\x00\x81\x80\x80\x40"), "", "a table of more than 134217728 elements is not supported"},
		{"an imported table that is too large", []byte("\x00asm\x01\x00\x00\x00\x02\x0c\x01\x01m\x01t\x01\x70\x00\x81\x80\x80\x40"), "", "a table of more than 134217728 elements is not supported"},
		{"a load from the second memory", []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x05\x05\x02\x00\x01\x00\x01\x0a\x0d\x01\x0b\x00\x41\x00\x28\x40\x01\xa1\x02\x1a\x0b\x0b"), "", "several memories"},
		{"a constant of a proposal", []byte("\x00asm\x01\x00\x00\x00\x06\x0a\x01\x6f\x00\x41\x00\xfb\x1c\xfb\x1b\x0b"), "", "ref.i31 in a constant expression"},
		{"what is no constant", []byte("\x00asm\x01\x00\x00\x00\x06\x08\x01\x7f\x00\x41\x00\x40\x00\x0b"), "instruction in a constant expression", ""},
		{"a type that refers to itself", []byte("\x00asm\x01\x00\x00\x00\x01\x06\x01\x60\x00\x01\x63\x00"), "", "types that refer to themselves are not supported"},
		{"a type that refers to one before it", []byte("\x00asm\x01\x00\x00\x00\x01\x09\x02\x60\x00\x00\x60\x00\x01\x63\x00"), "", ""},
		{"an imported memory and another", append([]byte(nil), "\x00asm\x01\x00\x00\x00\x02\x08\x01\x01m\x01m\x02\x00\x00\x05\x03\x01\x00\x00"...), "", "several memories"},
		{"relaxed vectors", moduleWith(0xfd, 0x80, 0x02), "", "instructions of the proposal relaxed-simd are not supported (0xfd)"},
		{"wide arithmetic", moduleWith(0xfc, 0x13), "", "instructions of the proposal wide-arithmetic are not supported (0xfc)"},
		{"a struct", moduleWith(0xfb, 0x01, 0x00), "", "instructions of the proposal gc are not supported (0xfb)"},
		{"a continuation", moduleWith(0xe0, 0x00), "", "instructions of the proposal stack-switching are not supported (0xe0)"},
		{"a shared global", moduleWith(0xfe, 0x4f), "", "instructions of the proposal shared-everything-threads are not supported (0xfe)"},
		{"an instruction behind a prefix that no proposal has", moduleWith(0xfc, 0x30), "", "instruction 0xfc 0x30 is not supported"},
		{"an instruction that no proposal has", moduleWith(0xff), "unknown instruction 0xff", ""},
		{"several memories", append(append([]byte(nil), nop[:len(nop)-7]...), append([]byte{5, 5, 2, 0, 1, 0, 1}, nop[len(nop)-7:]...)...), "", "several memories"},
	} {
		t.Run(test.name, func(t *testing.T) {
			unchecked, err := link.CheckCode(t.Context(), test.wasm)
			if test.rule == "" && err != nil {
				t.Error(err)
			}
			var bad *component.Error
			if test.rule != "" && (!errors.As(err, &bad) || !strings.Contains(bad.Rule, test.rule) || bad.Offset <= 0 || bad.Offset >= len(test.wasm)) {
				t.Errorf("got %v, want %q", err, test.rule)
			}
			text := ""
			for _, u := range unchecked {
				text += u.String() + "\n"
			}
			if !strings.Contains(text, test.notChecked) || (test.notChecked == "") != (text == "") {
				t.Errorf("not checked: %q, want %q", text, test.notChecked)
			}
		})
	}
}
