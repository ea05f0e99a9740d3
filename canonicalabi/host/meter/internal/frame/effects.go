package frame

import "github.com/witgen/witgen/internal/wasm"

// A kind says how an instruction's values live.
type kind uint8

const (
	plain  kind = iota
	local       // local.get, local.set, local.tee
	global      // global.get, global.set
	load        // from memory, at an address on top of the stack
	store       // to memory, at an address below a value
	shift       // needs a certain register unless the amount is a constant
	fixed       // needs certain registers
	leaves      // calls a function of wazero's or of the host's
)

// An effect says what an instruction does to the operand stack and to registers.
type effect struct {
	pops, pushes uint8
	kind         kind
	floats       bool // it uses registers of floating point
}

type effectRun struct {
	first, last wasm.Op
	effect
}

// effects holds the instructions that Simple counts.
var effects = func() (all wasm.OpTable[effect]) {
	for _, r := range effectRuns {
		all.Fill(r.first, r.last, r.effect)
	}
	return all
}()

// Later runs replace earlier ones.
var effectRuns = []effectRun{
	{0x1a, 0x1a, effect{1, 0, plain, false}},  // drop
	{0x1b, 0x1c, effect{3, 1, plain, true}},   // select
	{0x20, 0x20, effect{0, 1, local, false}},  // local.get
	{0x21, 0x21, effect{1, 0, local, false}},  // local.set
	{0x22, 0x22, effect{1, 1, local, false}},  // local.tee
	{0x23, 0x23, effect{0, 1, global, false}}, // global.get
	{0x24, 0x24, effect{1, 0, global, false}}, // global.set
	{0x25, 0x25, effect{1, 1, fixed, false}},  // table.get
	{0x26, 0x26, effect{2, 0, fixed, false}},  // table.set
	{0x28, 0x35, effect{1, 1, load, false}},
	{0x2a, 0x2b, effect{1, 1, load, true}},
	{0x36, 0x3e, effect{2, 0, store, false}},
	{0x38, 0x39, effect{2, 0, store, true}},
	{0x3f, 0x3f, effect{0, 1, plain, false}},  // memory.size
	{0x40, 0x40, effect{1, 1, leaves, false}}, // memory.grow
	{0x41, 0x42, effect{0, 1, plain, false}},
	{0x43, 0x44, effect{0, 1, plain, true}},
	{0x45, 0x45, effect{1, 1, plain, false}}, // i32.eqz
	{0x46, 0x4f, effect{2, 1, plain, false}},
	{0x50, 0x50, effect{1, 1, plain, false}}, // i64.eqz
	{0x51, 0x5a, effect{2, 1, plain, false}},
	{0x5b, 0x66, effect{2, 1, plain, true}},
	{0x67, 0x69, effect{1, 1, plain, false}},
	{0x6a, 0x6c, effect{2, 1, plain, false}},
	{0x6d, 0x70, effect{2, 1, fixed, false}}, // i32.div, rem
	{0x71, 0x73, effect{2, 1, plain, false}},
	{0x74, 0x78, effect{2, 1, shift, false}},
	{0x79, 0x7b, effect{1, 1, plain, false}},
	{0x7c, 0x7e, effect{2, 1, plain, false}},
	{0x7f, 0x82, effect{2, 1, fixed, false}}, // i64.div, rem
	{0x83, 0x85, effect{2, 1, plain, false}},
	{0x86, 0x8a, effect{2, 1, shift, false}},
	{0x8b, 0x91, effect{1, 1, fixed, true}},
	{0x92, 0x98, effect{2, 1, fixed, true}},
	{0x99, 0x9f, effect{1, 1, fixed, true}},
	{0xa0, 0xa6, effect{2, 1, fixed, true}},
	{0xa7, 0xa7, effect{1, 1, plain, false}},
	{0xa8, 0xab, effect{1, 1, fixed, true}},
	{0xac, 0xad, effect{1, 1, plain, false}},
	{0xae, 0xbf, effect{1, 1, fixed, true}},
	{0xc0, 0xc4, effect{1, 1, plain, false}},
	{0xd0, 0xd0, effect{0, 1, plain, false}},
	{0xd1, 0xd1, effect{1, 1, plain, false}},
	{0xd2, 0xd2, effect{0, 1, leaves, false}}, // ref.func
	{0xd4, 0xd4, effect{1, 1, plain, false}},

	{0xfc000, 0xfc007, effect{1, 1, fixed, true}},
	{0xfc008, 0xfc008, effect{3, 0, leaves, true}}, // memory.init
	{0xfc009, 0xfc009, effect{0, 0, fixed, false}}, // data.drop
	{0xfc00a, 0xfc00c, effect{3, 0, leaves, true}}, // memory.copy, memory.fill, table.init
	{0xfc00d, 0xfc00d, effect{0, 0, fixed, false}}, // elem.drop
	{0xfc00e, 0xfc00e, effect{3, 0, leaves, true}}, // table.copy
	{0xfc00f, 0xfc00f, effect{2, 1, leaves, true}}, // table.grow
	{0xfc010, 0xfc010, effect{0, 1, plain, false}}, // table.size
	{0xfc011, 0xfc011, effect{3, 0, leaves, true}}, // table.fill

	{0xfd000, 0xfd0ff, effect{2, 1, fixed, true}},
	{0xfd000, 0xfd00a, effect{1, 1, load, true}},
	{0xfd00b, 0xfd00b, effect{2, 0, store, true}},
	{0xfd00c, 0xfd00c, effect{0, 1, plain, true}},
	{0xfd00f, 0xfd016, effect{1, 1, fixed, true}}, // splat, extract_lane
	{0xfd018, 0xfd019, effect{1, 1, fixed, true}},
	{0xfd01b, 0xfd01b, effect{1, 1, fixed, true}},
	{0xfd01d, 0xfd01d, effect{1, 1, fixed, true}},
	{0xfd01f, 0xfd01f, effect{1, 1, fixed, true}},
	{0xfd021, 0xfd021, effect{1, 1, fixed, true}},
	{0xfd04d, 0xfd04d, effect{1, 1, fixed, true}}, // v128.not
	{0xfd052, 0xfd052, effect{3, 1, fixed, true}}, // v128.bitselect
	{0xfd053, 0xfd053, effect{1, 1, fixed, true}},
	{0xfd054, 0xfd057, effect{2, 1, store, true}}, // load_lane
	{0xfd058, 0xfd05b, effect{2, 0, store, true}}, // store_lane
	{0xfd05c, 0xfd05d, effect{1, 1, load, true}},
	{0xfd05e, 0xfd064, effect{1, 1, fixed, true}},
	{0xfd067, 0xfd06a, effect{1, 1, fixed, true}},
	{0xfd074, 0xfd075, effect{1, 1, fixed, true}},
	{0xfd07a, 0xfd07a, effect{1, 1, fixed, true}},
	{0xfd07c, 0xfd081, effect{1, 1, fixed, true}},
	{0xfd083, 0xfd084, effect{1, 1, fixed, true}},
	{0xfd087, 0xfd08a, effect{1, 1, fixed, true}},
	{0xfd094, 0xfd094, effect{1, 1, fixed, true}},
	{0xfd0a0, 0xfd0a1, effect{1, 1, fixed, true}},
	{0xfd0a3, 0xfd0a4, effect{1, 1, fixed, true}},
	{0xfd0a7, 0xfd0aa, effect{1, 1, fixed, true}},
	{0xfd0c0, 0xfd0c1, effect{1, 1, fixed, true}},
	{0xfd0c3, 0xfd0c4, effect{1, 1, fixed, true}},
	{0xfd0c7, 0xfd0ca, effect{1, 1, fixed, true}},
	{0xfd0e0, 0xfd0e1, effect{1, 1, fixed, true}},
	{0xfd0e3, 0xfd0e3, effect{1, 1, fixed, true}},
	{0xfd0ec, 0xfd0ed, effect{1, 1, fixed, true}},
	{0xfd0ef, 0xfd0ef, effect{1, 1, fixed, true}},
	{0xfd0f8, 0xfd0ff, effect{1, 1, fixed, true}},

	{0xfe000, 0xfe000, effect{2, 1, leaves, false}}, // memory.atomic.notify
	{0xfe003, 0xfe003, effect{0, 0, fixed, false}},
	{0xfe010, 0xfe016, effect{1, 1, store, false}},
	{0xfe017, 0xfe01d, effect{2, 0, store, false}},
	{0xfe01e, 0xfe047, effect{2, 1, store, false}},
	{0xfe048, 0xfe04e, effect{3, 1, store, false}},
}

// Effect returns how many operands an instruction pops and pushes.
func Effect(op wasm.Op) (pops, pushes int) {
	e := effects.At(op)
	return int(e.pops), int(e.pushes)
}
