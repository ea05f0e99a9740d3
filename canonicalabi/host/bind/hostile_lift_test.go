package bind_test

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// page is the size of a guest's memory as long as nothing was allocated.
const page = 1 << 16

// calling makes calls whose parameters are the same for every guest.
var calling = map[string]func(ctx context.Context, v values.Interface) error{
	"echo-string":  func(ctx context.Context, v values.Interface) error { _, err := v.EchoString(ctx, ""); return err },
	"echo-bytes":   func(ctx context.Context, v values.Interface) error { _, err := v.EchoBytes(ctx, nil); return err },
	"echo-numbers": func(ctx context.Context, v values.Interface) error { _, err := v.EchoNumbers(ctx, nil); return err },
	"echo-wide":    func(ctx context.Context, v values.Interface) error { _, err := v.EchoWide(ctx, nil); return err },
	"echo-chars":   func(ctx context.Context, v values.Interface) error { _, err := v.EchoChars(ctx, nil); return err },
	"echo-strings": func(ctx context.Context, v values.Interface) error { _, err := v.EchoStrings(ctx, nil); return err },
	"echo-lists":   func(ctx context.Context, v values.Interface) error { _, err := v.EchoLists(ctx, nil); return err },
	"echo-people":  func(ctx context.Context, v values.Interface) error { _, err := v.EchoPeople(ctx, nil); return err },
	"echo-shapes":  func(ctx context.Context, v values.Interface) error { _, err := v.EchoShapes(ctx, nil); return err },
	"echo-groups":  func(ctx context.Context, v values.Interface) error { _, err := v.EchoGroups(ctx, nil); return err },
	"echo-map":     func(ctx context.Context, v values.Interface) error { _, err := v.EchoMap(ctx, nil); return err },
	"echo-char":    func(ctx context.Context, v values.Interface) error { _, err := v.EchoChar(ctx, 'a'); return err },
	"echo-color":   func(ctx context.Context, v values.Interface) error { _, err := v.EchoColor(ctx, 0); return err },
	"echo-fixed": func(ctx context.Context, v values.Interface) error {
		_, err := v.EchoFixed(ctx, [3]uint16{})
		return err
	},
	"echo-person": func(ctx context.Context, v values.Interface) error {
		_, err := v.EchoPerson(ctx, values.Person{})
		return err
	},
	"echo-shape": func(ctx context.Context, v values.Interface) error {
		_, err := v.EchoShape(ctx, values.ShapeDot{})
		return err
	},
	"echo-option": func(ctx context.Context, v values.Interface) error {
		_, err := v.EchoOption(ctx, types.None[uint32]())
		return err
	},
	"echo-outcome": func(ctx context.Context, v values.Interface) error {
		_, _, err := v.EchoOutcome(ctx, types.Tuple2[types.Result[uint32, string], uint8]{})
		return err
	},
	"divide": func(ctx context.Context, v values.Interface) error { _, err := v.Divide(ctx, 1, 1); return err },
	"parse":  func(ctx context.Context, v values.Interface) error { _, err := v.Parse(ctx, ""); return err },
	"check":  func(ctx context.Context, v values.Interface) error { return v.Check(ctx, 0) },
}

// returns is a guest whose function of values returns what code leaves, after
// preparations that data and words make.
func returns(name, fn string, want outcome, code ...wasmtest.Code) hostile {
	return hostile{
		name:  name,
		write: func(g *hosttest.Guest) { g.Define("values."+fn, "", code...) },
		call: func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
			return calling[fn](ctx, inst.Values())
		},
		want: want,
	}
}

// breaks is the Trap of a function of values. The instance is dead.
func breaks(fn string, r host.Rule, text string) outcome { return trap("values."+fn, r, text) }

// words is a guest that returns words in memory.
func words(name, fn string, want outcome, list ...uint32) hostile {
	return returns(name, fn, want, hosttest.Return(list...))
}

// text is a guest that returns a string of the given bytes.
func text(name, bytes string, want outcome) hostile {
	h := words(name, "echo-string", want, hosttest.Heap, uint32(len(bytes)))
	write := h.write
	h.write = func(g *hosttest.Guest) {
		write(g)
		g.Data(hosttest.Heap, []byte(bytes))
	}
	return h
}

// result returns a number as the core result.
func result(name, fn string, want outcome, n uint32) hostile {
	return returns(name, fn, want, wasmtest.I32(n))
}

// at is a guest that returns words in memory, behind a pointer, and others
// elsewhere.
func at(name, fn string, want outcome, address uint32, there []uint32, list ...uint32) hostile {
	return returns(name, fn, want, hosttest.Words(address, there...), hosttest.Return(list...))
}

func liftRules() []rule {
	const str, num, wide = "echo-string", "echo-numbers", "echo-wide"
	return []rule{
		{"load_string_from_range: byte_length > MAX_STRING_BYTE_LENGTH", []hostile{
			words("one more", str, breaks(str, host.RuleStringLength, "268435456 bytes"), 16, 1<<28),
			words("all", str, breaks(str, host.RuleStringLength, ""), 0, 1<<32-1),
			words("most", str, breaks(str, host.RuleBounds, "268435455 bytes at 0x10 in a memory of 65536"), 16, 1<<28-1),
		}},
		{"load_string_from_range: ptr + byte_length > len(memory)", []hostile{
			words("at the end", str, breaks(str, host.RuleBounds, "0x10000"), page, 1),
			words("over the end", str, breaks(str, host.RuleBounds, ""), page-1, 2),
			words("to the end", str, allowed, page-1, 1),
			words("nothing at the end", str, allowed, page, 0),
			words("nothing past the end", str, breaks(str, host.RuleBounds, ""), page+1, 0),
			words("sum overflows", str, breaks(str, host.RuleBounds, ""), 1<<32-1, 2),
			words("last address", str, breaks(str, host.RuleBounds, ""), 1<<32-1, 1<<28-1),
		}},
		{"load_string_from_range: UnicodeError", []hostile{
			text("byte", "ab\xff", breaks(str, host.RuleUTF8, "3 bytes at 0x400")),
			text("cut", "ab\xe2\x82", breaks(str, host.RuleUTF8, "")),
			text("continuation", "\x80", breaks(str, host.RuleUTF8, "")),
			text("overlong", "\xc0\x80", breaks(str, host.RuleUTF8, "")),
			text("surrogate", "\xed\xa0\x80", breaks(str, host.RuleUTF8, "")),
			text("beyond", "\xf4\x90\x80\x80", breaks(str, host.RuleUTF8, "")),
			text("zero byte", "a\x00b", allowed),
			text("last character", "\xf4\x8f\xbf\xbf", allowed),
		}},
		{"load_list_from_range: length * elem_size > MAX_LIST_BYTE_LENGTH", []hostile{
			words("4 GiB of an empty memory", "echo-bytes", breaks("echo-bytes", host.RuleListLength, "4294967295 elements of 1 bytes"), 0, 1<<32-1),
			words("product overflows", num, breaks(num, host.RuleListLength, ""), 0, 1<<30),
			words("product overflows to little", wide, breaks(wide, host.RuleListLength, ""), 0, 1<<29+1),
			words("one more", wide, breaks(wide, host.RuleListLength, ""), 0, 1<<25),
			words("most", wide, breaks(wide, host.RuleBounds, ""), 0, 1<<25-1),
			words("strings", "echo-strings", breaks("echo-strings", host.RuleListLength, ""), 0, 1<<31),
			words("map", "echo-map", breaks("echo-map", host.RuleListLength, "entries"), 0, 1<<31),
		}},
		{"load_list_from_range: ptr != align_to(ptr, alignment)", []hostile{
			words("2 of 4", num, breaks(num, host.RuleAlignment, "0x42 is not a multiple of 4"), 66, 1),
			words("4 of 8", wide, breaks(wide, host.RuleAlignment, ""), 68, 1),
			words("empty", wide, breaks(wide, host.RuleAlignment, ""), 68, 0),
			words("records", "echo-people", breaks("echo-people", host.RuleAlignment, ""), 65, 1),
			words("variants", "echo-shapes", breaks("echo-shapes", host.RuleAlignment, ""), 68, 1),
			words("map", "echo-map", breaks("echo-map", host.RuleAlignment, ""), 66, 1),
			words("bytes", "echo-bytes", allowed, 65, 1),
			at("inner list", "echo-lists", breaks("echo-lists", host.RuleAlignment, ""), 128, []uint32{4, 1}, 128, 1),
		}},
		{"load_list_from_range: ptr + length * elem_size > len(memory)", []hostile{
			words("over the end", num, breaks(num, host.RuleBounds, ""), page-4, 2),
			words("to the end", num, allowed, page-8, 2),
			words("empty past the end", num, breaks(num, host.RuleBounds, ""), page+4, 0),
			words("sum overflows", num, breaks(num, host.RuleBounds, ""), 1<<32-4, 1<<20),
			words("map", "echo-map", breaks("echo-map", host.RuleBounds, ""), page-4, 1),
			at("inner list", "echo-lists", breaks("echo-lists", host.RuleBounds, ""), 128, []uint32{page, 1}, 128, 1),
			at("inner string", "echo-strings", breaks("echo-strings", host.RuleBounds, ""), 128, []uint32{page, 1}, 128, 1),
			at("string in a record", "echo-people", breaks("echo-people", host.RuleBounds, ""), 128, []uint32{page, 1, 0, 0, 0}, 128, 1),
			at("value of a map", "echo-map", breaks("echo-map", host.RuleBounds, ""), 128, []uint32{1, page, 1}, 128, 1),
		}},
		{"convert_i32_to_char: i >= 0x110000", []hostile{
			result("first", "echo-char", breaks("echo-char", host.RuleChar, "0x110000"), 0x110000),
			result("all bits", "echo-char", breaks("echo-char", host.RuleChar, "0xffffffff"), 1<<32-1),
			result("last that may", "echo-char", allowed, 0x10ffff),
			at("in a list", "echo-chars", breaks("echo-chars", host.RuleChar, ""), 128, []uint32{'a', 0x110000}, 128, 2),
			words("in a record", "echo-person", breaks("echo-person", host.RuleChar, ""), 0, 0, 0, 0x110000, 0),
		}},
		{"convert_i32_to_char: 0xD800 <= i <= 0xDFFF", []hostile{
			result("first", "echo-char", breaks("echo-char", host.RuleChar, "0xd800"), 0xd800),
			result("last", "echo-char", breaks("echo-char", host.RuleChar, "0xdfff"), 0xdfff),
			result("before", "echo-char", allowed, 0xd7ff),
			result("after", "echo-char", allowed, 0xe000),
			at("in a list", "echo-chars", breaks("echo-chars", host.RuleChar, ""), 128, []uint32{0xdabc}, 128, 1),
		}},
		{"load_variant: case_index >= len(cases)", []hostile{
			words("variant", "echo-shape", breaks("echo-shape", host.RuleDiscriminant, "4 of 4 cases"), 4),
			words("variant, all bits", "echo-shape", breaks("echo-shape", host.RuleDiscriminant, "255 of 4 cases"), 255),
			words("option", "echo-option", breaks("echo-option", host.RuleDiscriminant, "2 of 2 cases"), 2),
			words("result", "divide", breaks("divide", host.RuleDiscriminant, "2 of 2 cases"), 2),
			words("error of a result", "divide", breaks("divide", host.RuleDiscriminant, "3 of 3 cases"), 1, 3),
			words("option in a record", "echo-person", breaks("echo-person", host.RuleDiscriminant, ""), 0, 0, 0, 'a', 2),
			words("enum in an option", "echo-person", breaks("echo-person", host.RuleDiscriminant, ""), 0, 0, 0, 'a', 3<<8|1),
			words("result in a tuple", "echo-outcome", breaks("echo-outcome", host.RuleDiscriminant, ""), 9),
			at("in a list", "echo-shapes", breaks("echo-shapes", host.RuleDiscriminant, ""), 128, []uint32{7}, 128, 1),
			words("upper bytes are not the discriminant's", "echo-option", allowed, 0xffffff00),
		}},
		{"lift_flat_variant: case_index >= len(cases)", []hostile{
			result("enum", "echo-color", breaks("echo-color", host.RuleDiscriminant, "3 of 3 cases"), 3),
			result("enum, all bits", "echo-color", breaks("echo-color", host.RuleDiscriminant, ""), 1<<32-1),
			result("result", "check", breaks("check", host.RuleDiscriminant, ""), 2),
			result("result, all bits", "check", breaks("check", host.RuleDiscriminant, ""), 1<<32-1),
		}},
		{"lift_flat_values: ptr != align_to(ptr, alignment)", []hostile{
			result("1 of 4", str, breaks(str, host.RuleAlignment, ""), 65),
			result("4 of 8", "echo-shape", breaks("echo-shape", host.RuleAlignment, ""), 68),
			result("1 of 2", "echo-fixed", breaks("echo-fixed", host.RuleAlignment, ""), 65),
		}},
		{"lift_flat_values: ptr + elem_size > len(memory)", []hostile{
			result("at the end", str, breaks(str, host.RuleBounds, "8 bytes at 0x10000"), page),
			result("over the end", str, breaks(str, host.RuleBounds, ""), page-4),
			result("far", "echo-shape", breaks("echo-shape", host.RuleBounds, ""), 1<<32-8),
			result("sum overflows", str, breaks(str, host.RuleBounds, ""), 1<<32-4),
			result("to the end", "echo-fixed", allowed, page-6),
			result("null", str, allowed, 0),
		}},
		{"what is normalised", normalised()},
		{"the size of what a call lifts", bombs()},
	}
}

// normalised are values that the specification does not refuse.
func normalised() []hostile {
	get := func(name, fn string, n uint32, check func(ctx context.Context, v values.Interface) (any, error), want any) hostile {
		h := result(name, fn, allowed, n)
		h.call = func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
			got, err := check(ctx, inst.Values())
			if err == nil && got != want {
				err = fmt.Errorf("got %v, want %v", got, want)
			}
			return err
		}
		return h
	}
	return []hostile{
		get("bool", "echo-bool", 2, func(ctx context.Context, v values.Interface) (any, error) { return v.EchoBool(ctx, false) }, true),
		get("u8", "echo-u8", 0x1ff, func(ctx context.Context, v values.Interface) (any, error) { return v.EchoU8(ctx, 0) }, uint8(0xff)),
		get("s8", "echo-s8", 0xff80, func(ctx context.Context, v values.Interface) (any, error) { return v.EchoS8(ctx, 0) }, int8(-128)),
		get("u16", "echo-u16", 0x1_0001, func(ctx context.Context, v values.Interface) (any, error) { return v.EchoU16(ctx, 0) }, uint16(1)),
		get("s16", "echo-s16", 0xffff, func(ctx context.Context, v values.Interface) (any, error) { return v.EchoS16(ctx, 0) }, int16(-1)),
		get("flags", "echo-perms", 1<<32-1, func(ctx context.Context, v values.Interface) (any, error) { return v.EchoPerms(ctx, 0) }, values.Perms(7)),
	}
}

// bombs are guests that claim more than there is room for.
func bombs() []hostile {
	const size = "size of lifted values"
	// spread fills memory of 32 MiB from address 8 MiB on with the inner lists
	// of a list of a million, which all are the same.
	spread := func(name, fn string, count, ptr, n uint32) hostile {
		const first = 8 << 20
		return hostile{
			name: name,
			write: func(g *hosttest.Guest) {
				g.Export("memory", wasmtest.KindMemory, g.Memory(32<<20/page, -1))
				g.Define("values."+fn, "i32",
					wasmtest.Loop(
						wasmtest.Get(2), wasmtest.I32(ptr), wasmtest.Store32(first),
						wasmtest.Get(2), wasmtest.I32(n), wasmtest.Store32(first+4),
						wasmtest.Get(2), wasmtest.I32(8), wasmtest.I32Add, wasmtest.Tee(2),
						wasmtest.I32(8*count), wasmtest.I32Eq, wasmtest.I32Eqz, wasmtest.BrIf(0)),
					hosttest.Return(first, count))
			},
			call: func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
				return calling[fn](ctx, inst.Values())
			},
			want: limit("values."+fn, size).livesOn(),
		}
	}
	small := words("limit of the host", "echo-bytes", limit("values.echo-bytes", size).livesOn(), 0, 1001)
	small.opts = []host.Option{host.LiftLimit(1000)}
	fits := words("just within it", "echo-bytes", allowed, 0, 1000)
	fits.opts = small.opts
	maps := words("map", "echo-map", limit("values.echo-map", size).livesOn(), 0, 100)
	maps.opts = small.opts
	// What these take are Go's slices, which are half as large where int has 32 bits.
	zero := spread("lists of zero bytes", "echo-lists", 3_000_000, 0, 0)
	zero.opts = []host.Option{host.LiftLimit(64 << 20 * int64(unsafe.Sizeof(uint(0))) / 8)}
	return []hostile{
		small, fits, maps,
		spread("a million lists that claim 32 TiB", "echo-lists", 1_000_000, 0, 1<<22),
		spread("a million strings that claim 4 TiB", "echo-strings", 1_000_000, 1<<20, 4<<20),
		spread("lists of variants, each of which Go allocates", "echo-groups", 100_000, 1<<20, 1000),
		zero,
	}
}
