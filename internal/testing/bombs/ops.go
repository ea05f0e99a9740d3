package bombs

import (
	"slices"

	"github.com/witgen/witgen/internal/wasm"
)

// An Op is an instruction that takes operands from the stack and leaves results,
// with immediates that need nothing of the module but memory 0. In and Out have a
// letter for each value: i, l, f, d and v for i32, i64, f32, f64 and v128.
type Op struct {
	Code    []byte
	In, Out string
}

// Name returns the instruction's name in the text format.
func (o Op) Name() string {
	c := wasm.NewCursor(o.Code, 0)
	return c.Op().String()
}

// opRun gives the same types to instructions whose numbers follow each other. imm
// stands for the immediates: m for alignment and offset, b for a lane, w for 16 bytes,
// 0 for a zero byte, and digits and letters in their order.
type opRun struct {
	first, last uint32
	in, out     string
	imm         string
}

var plainRuns = []opRun{
	{0x28, 0x28, "i", "i", "m"}, {0x29, 0x29, "i", "l", "m"}, {0x2a, 0x2a, "i", "f", "m"}, {0x2b, 0x2b, "i", "d", "m"},
	{0x2c, 0x2f, "i", "i", "m"}, {0x30, 0x35, "i", "l", "m"},
	{0x36, 0x36, "ii", "", "m"}, {0x37, 0x37, "il", "", "m"}, {0x38, 0x38, "if", "", "m"}, {0x39, 0x39, "id", "", "m"},
	{0x3a, 0x3b, "ii", "", "m"}, {0x3c, 0x3e, "il", "", "m"},
	{0x3f, 0x3f, "", "i", "0"}, {0x40, 0x40, "i", "i", "0"},
	{0x45, 0x45, "i", "i", ""}, {0x46, 0x4f, "ii", "i", ""}, {0x50, 0x50, "l", "i", ""}, {0x51, 0x5a, "ll", "i", ""},
	{0x5b, 0x60, "ff", "i", ""}, {0x61, 0x66, "dd", "i", ""},
	{0x67, 0x69, "i", "i", ""}, {0x6a, 0x78, "ii", "i", ""}, {0x79, 0x7b, "l", "l", ""}, {0x7c, 0x8a, "ll", "l", ""},
	{0x8b, 0x91, "f", "f", ""}, {0x92, 0x98, "ff", "f", ""}, {0x99, 0x9f, "d", "d", ""}, {0xa0, 0xa6, "dd", "d", ""},
	{0xa7, 0xa7, "l", "i", ""}, {0xa8, 0xa9, "f", "i", ""}, {0xaa, 0xab, "d", "i", ""}, {0xac, 0xad, "i", "l", ""},
	{0xae, 0xaf, "f", "l", ""}, {0xb0, 0xb1, "d", "l", ""}, {0xb2, 0xb3, "i", "f", ""}, {0xb4, 0xb5, "l", "f", ""},
	{0xb6, 0xb6, "d", "f", ""}, {0xb7, 0xb8, "i", "d", ""}, {0xb9, 0xba, "l", "d", ""}, {0xbb, 0xbb, "f", "d", ""},
	{0xbc, 0xbc, "f", "i", ""}, {0xbd, 0xbd, "d", "l", ""}, {0xbe, 0xbe, "i", "f", ""}, {0xbf, 0xbf, "l", "d", ""},
	{0xc0, 0xc1, "i", "i", ""}, {0xc2, 0xc4, "l", "l", ""},
}

var miscRuns = []opRun{
	{0, 1, "f", "i", ""}, {2, 3, "d", "i", ""}, {4, 5, "f", "l", ""}, {6, 7, "d", "l", ""},
	{0x0a, 0x0a, "iii", "", "00"}, {0x0b, 0x0b, "iii", "", "0"},
}

var vectorRuns = []opRun{
	{0x00, 0x0a, "i", "v", "m"}, {0x0b, 0x0b, "iv", "", "m"}, {0x0c, 0x0c, "", "v", "w"}, {0x0d, 0x0d, "vv", "v", "w"}, {0x0e, 0x0e, "vv", "v", ""},
	{0x0f, 0x11, "i", "v", ""}, {0x12, 0x12, "l", "v", ""}, {0x13, 0x13, "f", "v", ""}, {0x14, 0x14, "d", "v", ""},
	{0x15, 0x16, "v", "i", "b"}, {0x17, 0x17, "vi", "v", "b"}, {0x18, 0x19, "v", "i", "b"}, {0x1a, 0x1a, "vi", "v", "b"},
	{0x1b, 0x1b, "v", "i", "b"}, {0x1c, 0x1c, "vi", "v", "b"}, {0x1d, 0x1d, "v", "l", "b"}, {0x1e, 0x1e, "vl", "v", "b"},
	{0x1f, 0x1f, "v", "f", "b"}, {0x20, 0x20, "vf", "v", "b"}, {0x21, 0x21, "v", "d", "b"}, {0x22, 0x22, "vd", "v", "b"},
	{0x23, 0x4c, "vv", "v", ""}, {0x4d, 0x4d, "v", "v", ""}, {0x4e, 0x51, "vv", "v", ""}, {0x52, 0x52, "vvv", "v", ""}, {0x53, 0x53, "v", "i", ""},
	{0x54, 0x57, "iv", "v", "mb"}, {0x58, 0x5b, "iv", "", "mb"}, {0x5c, 0x5d, "i", "v", "m"}, {0x5e, 0x62, "v", "v", ""}, {0x63, 0x64, "v", "i", ""},
	{0x65, 0x66, "vv", "v", ""}, {0x67, 0x6a, "v", "v", ""}, {0x6b, 0x6d, "vi", "v", ""}, {0x6e, 0x73, "vv", "v", ""}, {0x74, 0x75, "v", "v", ""},
	{0x76, 0x79, "vv", "v", ""}, {0x7a, 0x7a, "v", "v", ""}, {0x7b, 0x7b, "vv", "v", ""}, {0x7c, 0x81, "v", "v", ""}, {0x82, 0x82, "vv", "v", ""},
	{0x83, 0x84, "v", "i", ""}, {0x85, 0x86, "vv", "v", ""}, {0x87, 0x8a, "v", "v", ""}, {0x8b, 0x8d, "vi", "v", ""}, {0x8e, 0x93, "vv", "v", ""},
	{0x94, 0x94, "v", "v", ""}, {0x95, 0x99, "vv", "v", ""}, {0x9b, 0x9f, "vv", "v", ""}, {0xa0, 0xa1, "v", "v", ""}, {0xa3, 0xa4, "v", "i", ""},
	{0xa7, 0xaa, "v", "v", ""}, {0xab, 0xad, "vi", "v", ""}, {0xae, 0xae, "vv", "v", ""}, {0xb1, 0xb1, "vv", "v", ""}, {0xb5, 0xba, "vv", "v", ""},
	{0xbc, 0xbf, "vv", "v", ""}, {0xc0, 0xc1, "v", "v", ""}, {0xc3, 0xc4, "v", "i", ""}, {0xc7, 0xca, "v", "v", ""}, {0xcb, 0xcd, "vi", "v", ""},
	{0xce, 0xce, "vv", "v", ""}, {0xd1, 0xd1, "vv", "v", ""}, {0xd5, 0xdf, "vv", "v", ""}, {0xe0, 0xe1, "v", "v", ""}, {0xe3, 0xe3, "v", "v", ""},
	{0xe4, 0xeb, "vv", "v", ""}, {0xec, 0xed, "v", "v", ""}, {0xef, 0xef, "v", "v", ""}, {0xf0, 0xf7, "vv", "v", ""}, {0xf8, 0xff, "v", "v", ""},
}

var atomicRuns = []opRun{
	{0x00, 0x00, "ii", "i", "a4"}, {0x03, 0x03, "", "", "0"},
	{0x10, 0x10, "i", "i", "a4"}, {0x11, 0x11, "i", "l", "a8"}, {0x12, 0x12, "i", "i", "a1"}, {0x13, 0x13, "i", "i", "a2"},
	{0x14, 0x14, "i", "l", "a1"}, {0x15, 0x15, "i", "l", "a2"}, {0x16, 0x16, "i", "l", "a4"},
	{0x17, 0x17, "ii", "", "a4"}, {0x18, 0x18, "il", "", "a8"}, {0x19, 0x19, "ii", "", "a1"}, {0x1a, 0x1a, "ii", "", "a2"},
	{0x1b, 0x1b, "il", "", "a1"}, {0x1c, 0x1c, "il", "", "a2"}, {0x1d, 0x1d, "il", "", "a4"},
}

// Ops returns all numeric, vector, memory and atomic instructions that wazero knows,
// save those that wait.
var Ops = func() (all []Op) {
	add := func(prefix byte, runs []opRun) {
		for _, r := range runs {
			for n := r.first; n <= r.last; n++ {
				op := wasm.Op(n)
				if prefix != 0 {
					op, _ = wasm.Prefixed(prefix, n)
				}
				code := wasm.I(op)
				for i := 0; i < len(r.imm); i++ {
					switch r.imm[i] {
					case 'm':
						code = append(code, 0, 8)
					case 'b', '0':
						code = append(code, 0)
					case 'w':
						code = append(code, "\x00\x11\x02\x13\x04\x15\x06\x17\x08\x19\x0a\x1b\x0c\x1d\x0e\x1f"...)
					case 'a':
						i++
						code = append(code, map[byte]byte{'1': 0, '2': 1, '4': 2, '8': 3}[r.imm[i]], 8)
					}
				}
				all = append(all, Op{code, r.in, r.out})
			}
		}
	}
	add(0, plainRuns)
	add(wasm.MiscPrefix, miscRuns)
	add(wasm.VectorPrefix, vectorRuns)
	// The read-modify-write instructions: six operations of seven widths, and cmpxchg.
	widths := []struct {
		in, out, imm string
	}{{"ii", "i", "a4"}, {"il", "l", "a8"}, {"ii", "i", "a1"}, {"ii", "i", "a2"}, {"il", "l", "a1"}, {"il", "l", "a2"}, {"il", "l", "a4"}}
	atomic := slices.Clone(atomicRuns)
	for i := uint32(0); i < 7*7; i++ {
		w := widths[i%7]
		if i >= 6*7 {
			w.in += w.in[1:]
		}
		atomic = append(atomic, opRun{0x1e + i, 0x1e + i, w.in, w.out, w.imm})
	}
	add(wasm.AtomicPrefix, atomic)
	return all
}()
