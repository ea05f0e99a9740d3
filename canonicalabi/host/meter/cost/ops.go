package cost

import "github.com/witgen/witgen/internal/wasm"

// An effect is what an instruction does to the operand stack and how much it becomes
// in the compiler: values of its intermediate form, and machine instructions of the
// longer of the two backends.
type effect struct {
	pops, pushes uint8
	ssa, mach    uint8
	known        bool
	memory       bool // it checks an address against the size of the memory
}

// An effectRun gives the same effect to instructions whose numbers follow each other.
type effectRun struct {
	first, last  uint32
	pops, pushes uint8
	ssa, mach    uint8
}

// What the check of an address adds to a memory access. It is left out where the
// address is a value that was checked before, which the estimate does not follow.
const (
	checkSSA  = 7
	checkMach = 16
)

var plainEffects = effects([]effectRun{
	{0x1a, 0x1a, 1, 0, 0, 0},                           // drop
	{0x1b, 0x1c, 3, 1, 1, 6},                           // select
	{0x28, 0x35, 1, 1, 1, 2}, {0x36, 0x3e, 2, 0, 1, 2}, // loads, stores
	{0x3f, 0x3f, 0, 1, 4, 5},                           // memory.size
	{0x41, 0x44, 0, 1, 1, 1},                           // constants
	{0x45, 0x45, 1, 1, 2, 3}, {0x46, 0x4f, 2, 1, 1, 3}, // comparisons of i32
	{0x50, 0x50, 1, 1, 2, 3}, {0x51, 0x5a, 2, 1, 1, 3}, // of i64
	{0x5b, 0x66, 2, 1, 1, 5},                            // of f32 and f64
	{0x67, 0x69, 1, 1, 1, 12},                           // clz, ctz, popcnt
	{0x6a, 0x6c, 2, 1, 1, 3}, {0x6d, 0x70, 2, 1, 1, 34}, // add, sub, mul; div, rem
	{0x71, 0x78, 2, 1, 1, 6},
	{0x79, 0x7b, 1, 1, 1, 12},
	{0x7c, 0x7e, 2, 1, 1, 3}, {0x7f, 0x82, 2, 1, 1, 34},
	{0x83, 0x8a, 2, 1, 1, 6},
	{0x8b, 0x91, 1, 1, 1, 4}, {0x92, 0x95, 2, 1, 1, 3}, {0x96, 0x98, 2, 1, 1, 13}, // floats
	{0x99, 0x9f, 1, 1, 1, 4}, {0xa0, 0xa3, 2, 1, 1, 3}, {0xa4, 0xa6, 2, 1, 1, 13},
	{0xa7, 0xa7, 1, 1, 1, 1}, {0xa8, 0xab, 1, 1, 1, 52}, {0xac, 0xad, 1, 1, 1, 2}, {0xae, 0xb1, 1, 1, 1, 52}, // truncations
	{0xb2, 0xbf, 1, 1, 1, 14}, {0xc0, 0xc4, 1, 1, 1, 2},
	{0xd1, 0xd1, 1, 1, 2, 3}, // ref.is_null
	{0xd4, 0xd4, 1, 1, 3, 15},
}, 0x28, 0x3e)

var miscEffects = effects([]effectRun{
	{0x00, 0x07, 1, 1, 1, 32},
}, 1, 0)

var vectorEffects = effects([]effectRun{
	{0x00, 0x0a, 1, 1, 2, 7}, {0x0b, 0x0b, 2, 0, 1, 2}, {0x0c, 0x0c, 0, 1, 1, 6}, {0x0d, 0x0e, 2, 1, 1, 16}, {0x0f, 0x16, 1, 1, 1, 6},
	{0x17, 0x17, 2, 1, 1, 4}, {0x18, 0x19, 1, 1, 1, 4}, {0x1a, 0x1a, 2, 1, 1, 4}, {0x1b, 0x1b, 1, 1, 1, 4}, {0x1c, 0x1c, 2, 1, 1, 4},
	{0x1d, 0x1d, 1, 1, 1, 4}, {0x1e, 0x1e, 2, 1, 1, 4}, {0x1f, 0x1f, 1, 1, 1, 4}, {0x20, 0x20, 2, 1, 1, 4}, {0x21, 0x21, 1, 1, 1, 4},
	{0x22, 0x4c, 2, 1, 1, 7}, {0x4d, 0x4d, 1, 1, 1, 5}, {0x4e, 0x51, 2, 1, 1, 4}, {0x52, 0x52, 3, 1, 1, 6}, {0x53, 0x53, 1, 1, 1, 5},
	{0x54, 0x57, 2, 1, 2, 5}, {0x58, 0x5b, 2, 0, 2, 5}, {0x5c, 0x5d, 1, 1, 1, 2}, {0x5e, 0x64, 1, 1, 1, 12}, {0x65, 0x66, 2, 1, 1, 4},
	{0x67, 0x6a, 1, 1, 1, 2}, {0x6b, 0x6d, 2, 1, 1, 12}, {0x6e, 0x73, 2, 1, 1, 4}, {0x74, 0x75, 1, 1, 1, 2}, {0x76, 0x79, 2, 1, 1, 4},
	{0x7a, 0x7a, 1, 1, 1, 2}, {0x7b, 0x7b, 2, 1, 1, 4}, {0x7c, 0x81, 1, 1, 1, 8}, {0x82, 0x82, 2, 1, 1, 6}, {0x83, 0x84, 1, 1, 1, 12},
	{0x85, 0x86, 2, 1, 1, 4}, {0x87, 0x8a, 1, 1, 1, 4}, {0x8b, 0x8d, 2, 1, 1, 8}, {0x8e, 0x93, 2, 1, 1, 4}, {0x94, 0x94, 1, 1, 1, 2},
	{0x95, 0x99, 2, 1, 1, 4}, {0x9b, 0x9b, 2, 1, 1, 4}, {0x9c, 0x9f, 2, 1, 3, 9}, {0xa0, 0xa1, 1, 1, 1, 4}, {0xa3, 0xa4, 1, 1, 1, 12},
	{0xa7, 0xaa, 1, 1, 1, 4}, {0xab, 0xad, 2, 1, 1, 8}, {0xae, 0xae, 2, 1, 1, 4}, {0xb1, 0xb1, 2, 1, 1, 4}, {0xb5, 0xba, 2, 1, 1, 4},
	{0xbc, 0xbf, 2, 1, 3, 9}, {0xc0, 0xc1, 1, 1, 1, 8}, {0xc3, 0xc4, 1, 1, 1, 12}, {0xc7, 0xca, 1, 1, 1, 4}, {0xcb, 0xcd, 2, 1, 1, 10},
	{0xce, 0xce, 2, 1, 1, 4}, {0xd1, 0xd1, 2, 1, 1, 4}, {0xd5, 0xd5, 2, 1, 1, 12}, {0xd6, 0xdb, 2, 1, 1, 7}, {0xdc, 0xdf, 2, 1, 3, 18},
	{0xe0, 0xe1, 1, 1, 1, 5}, {0xe3, 0xe3, 1, 1, 1, 2}, {0xe4, 0xe7, 2, 1, 1, 4}, {0xe8, 0xe9, 2, 1, 1, 13}, {0xea, 0xeb, 2, 1, 1, 4},
	{0xec, 0xed, 1, 1, 1, 5}, {0xef, 0xef, 1, 1, 1, 2}, {0xf0, 0xf3, 2, 1, 1, 4}, {0xf4, 0xf5, 2, 1, 1, 13}, {0xf6, 0xf7, 2, 1, 1, 4},
	{0xf8, 0xff, 1, 1, 1, 16},
}, 0x00, 0x0b, 0x54, 0x5d)

var atomicEffects = effects([]effectRun{
	{0x00, 0x00, 2, 1, 10, 27}, {0x01, 0x02, 3, 1, 12, 40}, {0x03, 0x03, 0, 0, 1, 1},
	{0x10, 0x16, 1, 1, 8, 16}, {0x17, 0x1d, 2, 0, 8, 17}, {0x1e, 0x47, 2, 1, 8, 29}, {0x48, 0x4e, 3, 1, 8, 21},
}, 0x00, 0x02, 0x10, 0x4e)

// effects expands runs to a table. memory are the first and last numbers of runs of
// memory accesses.
func effects(runs []effectRun, memory ...uint32) (table [256]effect) {
	for _, r := range runs {
		for n := r.first; n <= r.last; n++ {
			table[n] = effect{r.pops, r.pushes, r.ssa, r.mach, true, false}
		}
	}
	for i := 0; i < len(memory); i += 2 {
		for n := memory[i]; n <= memory[i+1]; n++ {
			table[n].memory = table[n].known
		}
	}
	// A constant and a fence access nothing.
	return table
}

// effectOf returns the effect of an instruction that is not listed by name in walk.
func effectOf(op wasm.Op) effect {
	n := op.Number()
	if n > 255 {
		return effect{}
	}
	switch op.Prefix() {
	case 0:
		return plainEffects[n]
	case wasm.MiscPrefix:
		return miscEffects[n]
	case wasm.VectorPrefix:
		return vectorEffects[n]
	case wasm.AtomicPrefix:
		return atomicEffects[n]
	}
	return effect{}
}
