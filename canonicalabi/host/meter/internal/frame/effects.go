package frame

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
	first, last Op
	effect
}

// effects holds the instructions that Simple counts.
var effects = func() (all [0x400]effect) {
	for _, r := range effectRuns {
		for i := r.first; i <= r.last; i++ {
			all[i] = r.effect
		}
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

	{Misc + 0x00, Misc + 0x07, effect{1, 1, fixed, true}},
	{Misc + 0x08, Misc + 0x08, effect{3, 0, leaves, true}}, // memory.init
	{Misc + 0x09, Misc + 0x09, effect{0, 0, fixed, false}}, // data.drop
	{Misc + 0x0a, Misc + 0x0c, effect{3, 0, leaves, true}}, // memory.copy, memory.fill, table.init
	{Misc + 0x0d, Misc + 0x0d, effect{0, 0, fixed, false}}, // elem.drop
	{Misc + 0x0e, Misc + 0x0e, effect{3, 0, leaves, true}}, // table.copy
	{Misc + 0x0f, Misc + 0x0f, effect{2, 1, leaves, true}}, // table.grow
	{Misc + 0x10, Misc + 0x10, effect{0, 1, plain, false}}, // table.size
	{Misc + 0x11, Misc + 0x11, effect{3, 0, leaves, true}}, // table.fill

	{Vector + 0x00, Vector + 0xff, effect{2, 1, fixed, true}},
	{Vector + 0x00, Vector + 0x0a, effect{1, 1, load, true}},
	{Vector + 0x0b, Vector + 0x0b, effect{2, 0, store, true}},
	{Vector + 0x0c, Vector + 0x0c, effect{0, 1, plain, true}},
	{Vector + 0x0f, Vector + 0x16, effect{1, 1, fixed, true}}, // splat, extract_lane
	{Vector + 0x18, Vector + 0x19, effect{1, 1, fixed, true}},
	{Vector + 0x1b, Vector + 0x1b, effect{1, 1, fixed, true}},
	{Vector + 0x1d, Vector + 0x1d, effect{1, 1, fixed, true}},
	{Vector + 0x1f, Vector + 0x1f, effect{1, 1, fixed, true}},
	{Vector + 0x21, Vector + 0x21, effect{1, 1, fixed, true}},
	{Vector + 0x4d, Vector + 0x4d, effect{1, 1, fixed, true}}, // v128.not
	{Vector + 0x52, Vector + 0x52, effect{3, 1, fixed, true}}, // v128.bitselect
	{Vector + 0x53, Vector + 0x53, effect{1, 1, fixed, true}},
	{Vector + 0x54, Vector + 0x57, effect{2, 1, store, true}}, // load_lane
	{Vector + 0x58, Vector + 0x5b, effect{2, 0, store, true}}, // store_lane
	{Vector + 0x5c, Vector + 0x5d, effect{1, 1, load, true}},
	{Vector + 0x5e, Vector + 0x64, effect{1, 1, fixed, true}},
	{Vector + 0x67, Vector + 0x6a, effect{1, 1, fixed, true}},
	{Vector + 0x74, Vector + 0x75, effect{1, 1, fixed, true}},
	{Vector + 0x7a, Vector + 0x7a, effect{1, 1, fixed, true}},
	{Vector + 0x7c, Vector + 0x81, effect{1, 1, fixed, true}},
	{Vector + 0x83, Vector + 0x84, effect{1, 1, fixed, true}},
	{Vector + 0x87, Vector + 0x8a, effect{1, 1, fixed, true}},
	{Vector + 0x94, Vector + 0x94, effect{1, 1, fixed, true}},
	{Vector + 0xa0, Vector + 0xa1, effect{1, 1, fixed, true}},
	{Vector + 0xa3, Vector + 0xa4, effect{1, 1, fixed, true}},
	{Vector + 0xa7, Vector + 0xaa, effect{1, 1, fixed, true}},
	{Vector + 0xc0, Vector + 0xc1, effect{1, 1, fixed, true}},
	{Vector + 0xc3, Vector + 0xc4, effect{1, 1, fixed, true}},
	{Vector + 0xc7, Vector + 0xca, effect{1, 1, fixed, true}},
	{Vector + 0xe0, Vector + 0xe1, effect{1, 1, fixed, true}},
	{Vector + 0xe3, Vector + 0xe3, effect{1, 1, fixed, true}},
	{Vector + 0xec, Vector + 0xed, effect{1, 1, fixed, true}},
	{Vector + 0xef, Vector + 0xef, effect{1, 1, fixed, true}},
	{Vector + 0xf8, Vector + 0xff, effect{1, 1, fixed, true}},

	{Atomic + 0x00, Atomic + 0x00, effect{2, 1, leaves, false}}, // memory.atomic.notify
	{Atomic + 0x03, Atomic + 0x03, effect{0, 0, fixed, false}},
	{Atomic + 0x10, Atomic + 0x16, effect{1, 1, store, false}},
	{Atomic + 0x17, Atomic + 0x1d, effect{2, 0, store, false}},
	{Atomic + 0x1e, Atomic + 0x47, effect{2, 1, store, false}},
	{Atomic + 0x48, Atomic + 0x4e, effect{3, 1, store, false}},
}

// Effect returns how many operands an instruction pops and pushes.
func Effect(op Op) (pops, pushes int) { return int(effects[op].pops), int(effects[op].pushes) }
