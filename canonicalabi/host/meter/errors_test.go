package meter

import (
	"bytes"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/leb128"
	core "github.com/witgen/witgen/internal/wasm"
)

// code is a module with a function of type () -> () in which the bytes stand, with one global, one
// table and no memory.
func code(c ...byte) []byte {
	return wasm(
		sec(1, vec(sig("", ""))), sec(3, vec(u(0))), sec(4, vec([]byte{typeFuncRef, 0, 0})),
		sec(6, vec(seq([]byte{typeI64, 1}, i64(0), []byte{opcodeEnd}))),
		sec(10, vec(body("", c))),
	)
}

var refused = []struct {
	name string
	in   []byte
	kind error
	rule string
}{
	{"empty", nil, ErrMalformed, "not a core module"},
	{"component", []byte("\x00asm\x0d\x00\x01\x00"), ErrMalformed, "not a core module"},
	{"section cut", wasm([]byte{1, 5, 0}), ErrMalformed, "section longer than the module"},
	{"section too long", wasm(sec(1, vec(), []byte{0})), ErrMalformed, "section longer than its content"},
	{"section too short", wasm(sec(1, []byte{1, 0x60})), ErrMalformed, "unexpected end"},
	{"unknown section", wasm(sec(14)), ErrMalformed, "unknown section"},
	{"sections out of order", wasm(sec(3, vec()), sec(1, vec())), ErrMalformed, "section out of order"},
	{"section twice", wasm(sec(1, vec()), sec(1, vec())), ErrMalformed, "section out of order"},
	{"code before its data count", wasm(sec(10, vec()), sec(12, u(0))), ErrMalformed, "section out of order"},
	{"four billion types", wasm(sec(1, u(1<<32-1))), ErrMalformed, "vector longer than its section"},
	{"four billion imports", wasm(sec(2, u(1<<32-1))), ErrMalformed, "vector longer than its section"},
	{"four billion exports", wasm(sec(7, u(1<<32-1))), ErrMalformed, "vector longer than its section"},
	{"four billion elements", wasm(sec(4, vec([]byte{typeFuncRef, 0, 0})), sec(9, vec(seq([]byte{0}, i32(0), []byte{opcodeEnd}, u(1<<32-1))))), ErrMalformed, "vector longer than its section"},
	{"four billion bytes of data", wasm(sec(5, vec([]byte{0, 0})), sec(11, vec(seq([]byte{1}, u(1<<32-1))))), ErrMalformed, "unexpected end"},
	{"long name", wasm(sec(7, vec(u(1<<32-1)))), ErrMalformed, "unexpected end"},
	{"name that is not UTF-8", wasm(sec(0, []byte{1, 0xff})), ErrMalformed, "name is not valid UTF-8"},
	{"too long an integer", wasm(sec(1, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0})), ErrMalformed, "integer too long"},
	{"struct type", wasm(sec(1, vec([]byte{0x5f, 0}))), ErrUnsupported, "type that is no function type"},
	{"unknown value type", wasm(sec(1, vec(sig("\x41", "")))), ErrUnsupported, "unknown type"},
	{"unknown heap type", wasm(sec(1, vec([]byte{0x60, 1, typeRef, 0x6e, 0}))), ErrUnsupported, "unknown heap type"},
	{"type that is not there", wasm(sec(1, vec([]byte{0x60, 1, typeRef, 5, 0}))), ErrMalformed, "type index out of range"},
	{"import of a type that is not there", wasm(sec(2, vec(seq(str("a"), str("b"), []byte{0, 0})))), ErrMalformed, "type index out of range"},
	{"function of a type that is not there", wasm(sec(3, vec(u(0)))), ErrMalformed, "type index out of range"},
	{"functions without code", wasm(sec(1, vec(sig("", ""))), sec(3, vec(u(0)))), ErrMalformed, "functions without code"},
	{"code without functions", wasm(sec(10, vec(body("")))), ErrMalformed, "number of functions and number of bodies differ"},
	{"tag", wasm(sec(1, vec(sig("", ""))), sec(13, vec([]byte{0, 0}))), ErrUnsupported, "exceptions"},
	{"import of a tag", wasm(sec(1, vec(sig("", ""))), sec(2, vec(seq(str("a"), str("b"), []byte{4, 0, 0})))), ErrUnsupported, "exceptions"},
	{"64-bit memory", wasm(sec(5, vec([]byte{4, 0}))), ErrUnsupported, "limits other than 32-bit ones"},
	{"shared memory without a maximum", wasm(sec(5, vec([]byte{2, 0}))), ErrMalformed, "shared memory without a maximum"},
	{"reserved export", wasm(sec(5, vec([]byte{0, 0})), sec(7, vec(seq(str("!meter/x"), []byte{2, 0})))), ErrUnsupported, "reserved export name"},
	{"reserved import", wasm(sec(2, vec(seq(str("x"), str("!meter/interrupt"), []byte{3, typeI32, 1})))), ErrUnsupported, "reserved import name"},
	{"export of an added function", wasm(sec(7, vec(exportFunc("f", 0)))), ErrMalformed, "function index out of range"},
	{"export of an added global", wasm(sec(7, vec(seq(str("g"), []byte{3, 0})))), ErrMalformed, "global index out of range"},
	{"export of an added memory", wasm(sec(7, vec(seq(str("m"), []byte{2, 0})))), ErrMalformed, "memory index out of range"},
	{"start in an added function", wasm(sec(8, u(0))), ErrMalformed, "function index out of range"},
	{"element of an added function", wasm(sec(4, vec([]byte{typeFuncRef, 0, 1})), sec(9, vec(seq([]byte{0}, i32(0), []byte{opcodeEnd}, vec(u(0)))))), ErrMalformed, "function index out of range"},
	{"constant of an added global", wasm(sec(6, vec([]byte{typeI64, 0, opcodeGlobalGet, 1, opcodeEnd}))), ErrMalformed, "global index out of range"},
	{"constant of an added function", wasm(sec(6, vec([]byte{typeFuncRef, 0, 0xd2, 0, opcodeEnd}))), ErrMalformed, "function index out of range"},
	{"data in an added memory", wasm(sec(11, vec(seq([]byte{0}, i32(0), []byte{opcodeEnd, 0})))), ErrMalformed, "memory index out of range"},
	{"unknown form of an element segment", wasm(sec(9, vec(u(8)))), ErrMalformed, "unknown form of element segment"},
	{"unknown kind of element", wasm(sec(9, vec([]byte{1, 1, 0}))), ErrMalformed, "unknown kind of element"},
	{"unknown form of a data segment", wasm(sec(11, vec(u(3)))), ErrMalformed, "unknown form of data segment"},
	{"unknown kind of table", wasm(sec(4, vec([]byte{0x40, 1, typeFuncRef, 0, 0}))), ErrMalformed, "unknown kind of table"},
	{"mutability", wasm(sec(6, vec([]byte{typeI64, 2, opcodeI64Const, 0, opcodeEnd}))), ErrMalformed, "invalid mutability 0x02"},
	{"garbage collection in a constant", wasm(sec(1, vec(sig("", ""))), sec(6, vec([]byte{typeRef, 0, 0, 0xfb, 1, 0, opcodeEnd}))), ErrMalformed, "instruction in a constant expression"},
	{"instruction in a constant", wasm(sec(6, vec([]byte{typeI64, 0, opcodeMemoryGrow, 0, opcodeEnd}))), ErrMalformed, "instruction in a constant expression"},

	{"global.get of an added global", code(opcodeGlobalGet, 1, opcodeDrop), ErrMalformed, "global index out of range"},
	{"global.set of an added global", code(opcodeI64Const, 0, opcodeGlobalSet, 1), ErrMalformed, "global index out of range"},
	{"call of an added function", code(opcodeCall, 1), ErrMalformed, "function index out of range"},
	{"ref.func of an added function", code(0xd2, 1, opcodeDrop), ErrMalformed, "function index out of range"},
	{"block of an added type", code(opcodeBlock, 1, opcodeEnd), ErrMalformed, "unknown block type"},
	{"call_indirect of an added type", code(opcodeI32Const, 0, 0x11, 1, 0), ErrMalformed, "type index out of range"},
	{"added local", code(opcodeLocalGet, 0, opcodeDrop), ErrMalformed, "local index out of range"},
	{"added label", code(opcodeBr, 1), ErrMalformed, "label out of range"},
	{"added label in a loop", code(opcodeLoop, blockEmpty, opcodeBr, 2, opcodeEnd), ErrMalformed, "label out of range"},
	{"added memory: load", code(opcodeI32Const, 0, 0x28, 0, 0, opcodeDrop), ErrMalformed, "no memory"},
	{"added memory: size", code(opcodeMemorySize, 0, opcodeDrop), ErrMalformed, "no memory"},
	{"added memory: grow", code(opcodeI32Const, 0, opcodeMemoryGrow, 0, opcodeDrop), ErrMalformed, "no memory"},
	{"added memory: fill", code(opcodeI32Const, 0, opcodeI32Const, 0, opcodeI32Const, 0, opcodeMisc, miscMemoryFill, 0), ErrMalformed, "no memory"},
	{"added memory: vector", code(opcodeI32Const, 0, opcodeVector, 0, 0, 0, opcodeDrop), ErrMalformed, "no memory"},
	{"atomic wait", simple("", "", "", i32(0), i32(0), i64(0), []byte{opcodeAtomic, 1, 2, 0, opcodeDrop}), ErrUnsupported, "atomic wait"},
	{"throw", code(0x08, 0), ErrUnsupported, "exceptions"},
	{"else without if", code(opcodeElse), ErrMalformed, "else without if"},
	{"two elses", code(opcodeI32Const, 0, opcodeIf, blockEmpty, opcodeElse, opcodeElse, opcodeEnd), ErrMalformed, "else without if"},
	{"end too early", code(opcodeEnd, opcodeNop), ErrMalformed, "code after the function's end"},
	{"no end", code(opcodeBlock, blockEmpty), ErrMalformed, "unexpected end"},
	{"cut constant", code(0x44), ErrMalformed, "unexpected end"},
	{"cut br_table", code(opcodeBlock, blockEmpty, 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f), ErrMalformed, "label out of range"},
	{"unknown instruction", code(0xff), ErrUnsupported, "unknown instruction 0xff"},
	{"instruction of garbage collection", code(0xd3), ErrUnsupported, "unknown instruction 0xd3"},
	{"unknown misc instruction", code(opcodeMisc, 0x12), ErrUnsupported, "unknown instruction 0xfc 0x12"},
	{"relaxed vector instruction", code(opcodeVector, 0x80, 2), ErrUnsupported, "unknown instruction 0xfd 0x80"},
	{"unknown atomic instruction", code(opcodeAtomic, 0x4f), ErrUnsupported, "unknown instruction 0xfe 0x4f"},
	{"too many locals", wasm(sec(1, vec(sig("", ""))), sec(3, vec(u(0))), sec(10, vec(sized(seq(u(2), u(1<<32-1), []byte{typeI32}, u(1<<32-1), []byte{typeI32}, []byte{opcodeEnd}))))), ErrMalformed, "too many locals"},
}

func TestRefused(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			e := wantError(t, tt.in, Config{Stack: true}, tt.kind, tt.rule)
			if e.Offset > len(tt.in) {
				t.Errorf("offset %d in a module of %d bytes", e.Offset, len(tt.in))
			}
			if !strings.HasPrefix(e.Error(), "meter: "+tt.kind.Error()+": "+tt.rule) {
				t.Errorf("text %q", e.Error())
			}
		})
	}
}

// TestErrorNamesTheFunction: the index counts imports, and the name comes from the name section.
func TestErrorNamesTheFunction(t *testing.T) {
	in := wasm(
		sec(1, vec(sig("", ""))), sec(2, vec(seq(str("a"), str("b"), []byte{0, 0}))), sec(3, vec(u(0), u(0))),
		sec(10, vec(body(""), body("", []byte{opcodeNop, 0xff}))),
		custom("name", seq([]byte{1}, sized(vec(seq(u(1), str("good")), seq(u(2), str("bad")))))),
	)
	e := wantError(t, in, Config{}, ErrUnsupported, "unknown instruction 0xff")
	at := bytes.IndexByte(in, 0xff)
	if e.Func != 2 || e.Name != "bad" || e.Offset != at {
		t.Errorf("got %+v, want function 2 (bad) at %d", e, at)
	}
	want := "meter: module cannot be metered: unknown instruction 0xff, in function 2 (bad), at offset 0x" + string("0123456789abcdef"[at>>4]) + string("0123456789abcdef"[at&15])
	if e.Error() != want {
		t.Errorf("got %q, want %q", e.Error(), want)
	}
}

// TestEveryPrefix: a module that ends anywhere is refused, or is one of whole sections.
func TestEveryPrefix(t *testing.T) {
	in := leavingModule(leaving["br_table"])
	for n := range in {
		if _, err := Rewrite(in[:n], Config{Stack: true}); err == nil {
			c := core.NewCursor(in[:n], 0)
			for range c.Sections() {
			}
			if c.Err() != nil {
				t.Errorf("the first %d bytes are taken", n)
			}
		}
	}
}

// TestManySections: reading is linear in the number of sections and types.
func TestManySections(t *testing.T) {
	refs := leb128.AppendUint32(nil, 100_000)
	refs = append(refs, bytes.Repeat([]byte{0x60, 1, typeRef, 0, 0}, 100_000)...)
	in := wasm(bytes.Repeat(sec(0, []byte{0}), 1_000_000), sec(1, refs))
	mustRewrite(t, in, Config{})
}
