package bind_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// encoded is a component whose strings are in an encoding, and a call into it.
type encoded struct {
	name     string
	encoding component.Encoding
	write    func(g *hosttest.Guest)
	// caller is the encoding of another instance in the component, which sends it
	// text; UTF8 where it is the host that does.
	caller component.Encoding
	text   string
	want   outcome
}

// encodedRule is a rule that such a component can break.
type encodedRule struct {
	of     string
	guests []encoded
}

// encodingRules are the rules for strings that are not UTF-8, which only components
// have.
func encodingRules() []encodedRule {
	const u16, latin1 = component.UTF16, component.Latin1UTF16
	const tag = 1 << 31
	const heap, end = hosttest.Heap, page
	lifts := func(name string, encoding component.Encoding, r host.Rule, ptr, n uint32, memory string) encoded {
		want := trap("values.echo-string", r, "")
		if r == "" {
			want = allowed
		}
		return encoded{name: name, encoding: encoding, want: want, write: func(g *hosttest.Guest) {
			g.Data(heap, []byte(memory))
			g.Define("values.echo-string", "", hosttest.Return(ptr, n))
		}}
	}
	lowers := func(name string, encoding component.Encoding, text string, pointers ...uint32) encoded {
		return encoded{name: name, encoding: encoding, text: text, write: reallocsInTurn(pointers), want: trap("values.length", host.RuleRealloc, "")}
	}
	fine := func(e encoded) encoded { e.want = allowed; return e }
	from := func(caller component.Encoding, e encoded) encoded {
		e.caller, e.want.fn = caller, "run"
		return e
	}
	return []encodedRule{
		{"load_string_from_range: byte_length > MAX_STRING_BYTE_LENGTH, of UTF-16", []encoded{
			lifts("one more", u16, host.RuleStringLength, 0, 1<<27, ""),
			lifts("a number that overflows", u16, host.RuleStringLength, 0, 1<<31, ""),
			lifts("most", u16, host.RuleBounds, 0, 1<<27-1, ""),
			lifts("one more, tagged", latin1, host.RuleStringLength, 0, tag|1<<27, ""),
			lifts("one more, of Latin-1", latin1, host.RuleStringLength, 0, 1<<28, ""),
		}},
		{"load_string_from_range: ptr != align_to(ptr, alignment)", []encoded{
			lifts("of UTF-16", u16, host.RuleAlignment, heap+1, 1, ""),
			lifts("of Latin-1", latin1, host.RuleAlignment, heap+1, 1, ""),
			lifts("empty", u16, host.RuleAlignment, heap+1, 0, ""),
		}},
		{"load_string_from_range: ptr + byte_length > len(memory), of UTF-16", []encoded{
			lifts("over the end", u16, host.RuleBounds, end-2, 2, ""),
			lifts("to the end", u16, "", end-4, 2, ""),
			lifts("tagged", latin1, host.RuleBounds, end-2, tag|2, ""),
			lifts("Latin-1 to the end", latin1, "", end-2, 2, ""),
		}},
		{"load_string_from_range: UnicodeError, of UTF-16", []encoded{
			lifts("high surrogate", u16, host.RuleUTF16, heap, 1, "\x00\xd8"),
			lifts("low surrogate", u16, host.RuleUTF16, heap, 1, "\x00\xdc"),
			lifts("two high ones", u16, host.RuleUTF16, heap, 2, "\x00\xd8\x00\xd8"),
			lifts("two low ones", u16, host.RuleUTF16, heap, 2, "\x00\xdc\x00\xdc"),
			lifts("tagged", latin1, host.RuleUTF16, heap, tag|1, "\x00\xd8"),
			lifts("a pair", u16, "", heap, 2, "\x00\xd8\x00\xdc"),
			lifts("any byte of Latin-1", latin1, "", heap, 3, "\x00\x80\xff"),
		}},
		{"store_string_copy: ptr != align_to(ptr, dst_alignment)", []encoded{
			from(u16, lowers("UTF-16", u16, "a", heap+1)),
			from(latin1, lowers("Latin-1", latin1, "a", heap+1)),
		}},
		{"store_utf8_to_utf16: ptr != align_to(ptr, 2)", []encoded{
			lowers("first", u16, "ab", heap+1),
			lowers("shrunk", u16, "é", heap, heap+1),
		}},
		{"store_utf8_to_utf16: ptr + worst_case_size > len(memory)", []encoded{
			lowers("over the end", u16, "ab", end-2),
			fine(lowers("to the end", u16, "ab", end-4)),
			lowers("the worst case over the end", u16, "é", end-2, heap),
		}},
		{"store_utf8_to_utf16: ptr + len(encoded) > len(memory)", []encoded{
			lowers("shrunk", u16, "é", heap, end),
			fine(lowers("shrunk to the end", u16, "é", heap, end-2)),
		}},
		{"store_string_to_latin1_or_utf16: ptr != align_to(ptr, 2)", []encoded{
			lowers("first", latin1, "ab", heap+1),
			lowers("widened", latin1, "a世", heap, heap+1),
			lowers("widened and shrunk", latin1, "a世", heap, heap, heap+1),
			lowers("shrunk", latin1, "é", heap, heap+1),
		}},
		{"store_string_to_latin1_or_utf16: ptr + src_code_units > len(memory)", []encoded{
			lowers("over the end", latin1, "abcd", end-2),
			fine(lowers("to the end", latin1, "abcd", end-4)),
		}},
		{"store_string_to_latin1_or_utf16: ptr + worst_case_size > len(memory)", []encoded{lowers("widened", latin1, "a世", heap, end-4, heap)}},
		{"store_string_to_latin1_or_utf16: ptr + len(encoded) > len(memory)", []encoded{lowers("widened and shrunk", latin1, "a世", heap, heap, end-2)}},
		{"store_string_to_latin1_or_utf16: ptr + dst_byte_length > len(memory)", []encoded{lowers("shrunk", latin1, "é", heap, end)}},
		{"store_string_to_utf8: ptr + src_code_units > len(memory)", []encoded{from(u16, lowers("over the end", component.UTF8, "ab", end-1))}},
		{"store_string_to_utf8: ptr + worst_case_size > len(memory)", []encoded{
			from(u16, lowers("of UTF-16", component.UTF8, "é", heap, end-2, heap)),
			from(latin1, lowers("of Latin-1", component.UTF8, "é", heap, end-1, heap)),
		}},
		{"store_string_to_utf8: ptr + len(encoded) > len(memory)", []encoded{from(u16, lowers("shrunk", component.UTF8, "é", heap, heap, end-1))}},
		{"store_probably_utf16_to_latin1_or_utf16: ptr != align_to(ptr, 2)", []encoded{from(tagged, lowers("first", latin1, "世", heap+1))}},
		{"store_probably_utf16_to_latin1_or_utf16: ptr + src_byte_length > len(memory)", []encoded{from(tagged, lowers("over the end", latin1, "世", end))}},
		{"store_probably_utf16_to_latin1_or_utf16: ptr + latin1_size > len(memory)", []encoded{from(tagged, lowers("shrunk", latin1, "é", heap, end))}},
	}
}

// tagged is the encoding Latin1UTF16 for a caller that chooses UTF-16.
const tagged component.Encoding = 1 << 7

// reallocsInTurn is a guest whose realloc returns pointers, one after the other, and
// that takes text.
func reallocsInTurn(pointers []uint32) func(g *hosttest.Guest) {
	const counter, list = 0x20, 0x40
	return func(g *hosttest.Guest) {
		var words []byte
		for _, p := range pointers {
			words = binary.LittleEndian.AppendUint32(words, p)
		}
		g.Data(list, words)
		g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "",
			wasmtest.I32(counter), wasmtest.I32(counter), wasmtest.Load32(0), wasmtest.I32(4), wasmtest.I32Add, wasmtest.Store32(0),
			wasmtest.I32(counter), wasmtest.Load32(0), wasmtest.Load32(list-4))
		g.Define("values.length", "", wasmtest.Get(1))
	}
}

// sender is a guest whose run sends text to values.length.
func sender(text string, encoding component.Encoding) *hosttest.Guest {
	g := hosttest.NewGuest("values.length")
	var bytes []byte
	units := uint32(0)
	for _, r := range text { // all of one unit
		units++
		if encoding == component.Latin1UTF16 {
			bytes = append(bytes, byte(r))
		} else {
			bytes = binary.LittleEndian.AppendUint16(bytes, uint16(r))
		}
	}
	if encoding == tagged {
		units |= 1 << 31
	}
	g.Data(hosttest.Heap, bytes)
	g.Define("run", "", wasmtest.I32(hosttest.Heap), wasmtest.I32(units), g.Call("values.length"), wasmtest.I64ExtendU)
	return g
}

// TestHostileEncodings runs the guests of encodingRules: as TestHostile does, where
// it is a component whose strings are not UTF-8 that breaks a rule.
func TestHostileEncodings(t *testing.T) {
	t.Parallel()
	for _, r := range encodingRules() {
		t.Run(r.of, func(t *testing.T) {
			for _, test := range r.guests {
				t.Run(test.name, func(t *testing.T) { runEncoded(t, test) })
			}
		})
	}
}

func runEncoded(t *testing.T, test encoded) {
	ctx := context.Background()
	g := hosttest.NewGuest()
	test.write(g)
	wasm, err := hosttest.ComponentOf(g.Bytes(), test.encoding)
	if err == nil && test.caller != component.UTF8 {
		encoding := test.caller
		if encoding == tagged {
			encoding = component.Latin1UTF16
		}
		var caller []byte
		if caller, err = hosttest.ComponentOf(sender(test.text, test.caller).Bytes(), encoding); err == nil {
			wasm, err = hosttest.Compose(wasm, caller)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	plugin := compileWasm(t, wasm)
	call := func(inst *subject.Instance) error {
		switch {
		case test.caller != component.UTF8:
			_, err := inst.Run(ctx, 0)
			return err
		case test.text != "":
			n, err := inst.Values().Length(ctx, test.text)
			if err == nil && n == 0 {
				err = errors.New("no text has come")
			}
			return err
		default:
			_, err := inst.Values().EchoString(ctx, "")
			return err
		}
	}
	inst := instantiate(t, plugin, &hosttest.Host{})
	defer inst.Close(ctx)
	checkOutcome(t, call(inst), test.want)
	if test.want.fn == "" {
		return
	}
	if err := inst.Err(); !errors.Is(err, host.ErrDead) {
		t.Errorf("the instance is not dead: %v", err)
	}
	other := instantiate(t, plugin, &hosttest.Host{})
	if err := call(other); errors.Is(err, host.ErrDead) {
		t.Error(fmt.Errorf("another instance: %w", err))
	}
}
