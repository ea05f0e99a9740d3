// Package units says how long instructions take on wazero's compiler, in units, and
// how many units a metered guest may run before it looks whether it is to stop. The
// rewriter charges by these numbers, and the verifier counts by them.
//
// A unit is about the time of an addition, a fraction of a nanosecond. The weights
// were measured: no instruction that works in registers takes more than some three
// nanoseconds a unit. A load that misses all caches takes tens of nanoseconds, for
// two units; to weigh it so would make all other loads dear. BenchmarkUnits of package
// meter measures them anew. What the system takes to supply a page of memory that was
// not touched before is not in them.
package units

import "github.com/witgen/witgen/internal/wasm"

const (
	// Bound is how many units run at most between two checks, wherever a guest is.
	Bound = 20_000
	// Slice is how much fuel is handed out at once. A check whose slice is used up
	// leaves the guest. Between two of these at most Slice + 2*Bound units run.
	Slice = 1 << 16
	// Leaf is how many units a function may run before its first check, and from
	// its start to its end where it has none.
	Leaf = 256
	// Exit is how many units a function may have run since its last check when it
	// returns.
	Exit = 8_000
	// Late is how much may have run in a function that is not charged yet, at most, and
	// Owed how much at the head of a loop.
	Late = 100
	Owed = 64
	// Frame is how many bytes of stack a function may take that is not counted: one that
	// calls none that is.
	Frame = 4_096
	// MostFrame is how many bytes a function's frame may take that is counted. A stack grows
	// by a frame before that is counted, so by as much beyond what is allowed.
	MostFrame = 8 << 20
	// Most is how much one instruction may take; what takes more is refused.
	Most = 4_096
)

const (
	// Call is what a call takes. The called function pays it, whoever calls.
	Call = 4
	// Import is what the call of an imported function takes: entering the host takes
	// about as long.
	Import = 64

	// The time of operations on ranges: a unit for each 16 bytes of memory and each 2
	// elements of a table, which are as large. BulkShift and ElementShift are the
	// logarithms.
	BulkShift    = 4
	ElementShift = 1
	// PieceBytes and PieceElements are what one operation does at most.
	PieceBytes    = 64 << 10
	PieceElements = PieceBytes / 8
	// PageShift is the logarithm of what memory.grow is charged for each page, which
	// is the host's work. table.grow is charged a unit for each element.
	PageShift = 16 - BulkShift
)

// Moves returns what it takes to pass n operands with a call, a branch or a block:
// the first are in registers.
func Moves(n int) int { return max(0, n-16) / 8 }

// Edge returns what a branch takes, or entering a block that one may end in, in a
// function of so many locals: where ways meet, wazero moves every local that one of
// them has changed to its place.
func Edge(locals int) int { return max(0, locals-64) / 16 }

// costs is what instructions take. What depends on operands, types and lengths comes to
// it.
var costs = func() (all wasm.OpTable[uint8]) {
	for prefix := range all {
		for n := range all[prefix] {
			all[prefix][n] = 1
		}
	}
	for _, r := range runs {
		all.Fill(r.first, r.last, r.units)
	}
	return all
}()

// Cost returns what an instruction takes, without what depends on operands.
func Cost(op wasm.Op) int {
	if op.Number() > 0xff {
		return 1
	}
	return int(costs.At(op))
}

type run struct {
	first, last wasm.Op
	units       uint8
}

// Later runs replace earlier ones. What no run names takes 1.
var runs = []run{
	{0x01, 0x02, 0},  // nop, block
	{0x05, 0x05, 0},  // else
	{0x0b, 0x0b, 0},  // end
	{0x10, 0x10, 0},  // call: the called function pays
	{0x12, 0x12, 0},  // return_call
	{0x11, 0x11, 8},  // call_indirect
	{0x13, 0x15, 8},  // return_call_indirect, call_ref, return_call_ref
	{0x1a, 0x1a, 0},  // drop
	{0x25, 0x26, 4},  // table.get, table.set
	{0x28, 0x3e, 4},  // loads and stores
	{0x40, 0x40, 64}, // memory.grow, which enters the host
	{0x5b, 0x66, 2},  // comparisons of floats
	{0x67, 0x69, 2},  // i32.clz, ctz, popcnt
	{0x6d, 0x70, 8},  // i32.div, rem
	{0x79, 0x7b, 2},  // i64.clz, ctz, popcnt
	{0x7f, 0x82, 16}, // i64.div, rem
	{0x8b, 0xa6, 2},  // arithmetic of floats
	{0x8d, 0x91, 8},  // f32.ceil, floor, trunc, nearest, sqrt
	{0x95, 0x97, 8},  // f32.div, min, max
	{0x9b, 0x9f, 8},  // f64.ceil, floor, trunc, nearest, sqrt
	{0xa3, 0xa5, 8},  // f64.div, min, max
	{0xa8, 0xab, 8},  // i32.trunc
	{0xae, 0xb1, 8},  // i64.trunc
	{0xb2, 0xbb, 4},  // conversions to floats
	{0xd2, 0xd2, 64}, // ref.func, which enters the host

	{0xfc000, 0xfc007, 8},  // saturating conversions
	{0xfc008, 0xfc00c, 8},  // memory.init, data.drop, memory.copy, memory.fill, table.init
	{0xfc00e, 0xfc00e, 8},  // table.copy
	{0xfc00f, 0xfc00f, 64}, // table.grow, which enters the host
	{0xfc011, 0xfc011, 8},  // table.fill

	{0xfd000, 0xfd0ff, 4},
	{0xfd00c, 0xfd00c, 1}, // v128.const
	{0xfd05e, 0xfd05f, 8}, // conversions of floats
	{0xfd067, 0xfd06a, 8}, // f32x4.ceil, floor, trunc, nearest
	{0xfd074, 0xfd075, 8}, // f64x2.ceil, floor
	{0xfd07a, 0xfd07a, 8}, // f64x2.trunc
	{0xfd094, 0xfd094, 8}, // f64x2.nearest
	{0xfd0d5, 0xfd0d5, 8}, // i64x2.mul
	{0xfd0e3, 0xfd0e3, 8}, // f32x4.sqrt
	{0xfd0e7, 0xfd0eb, 8}, // f32x4.div, min, max, pmin, pmax
	{0xfd0ef, 0xfd0ef, 8}, // f64x2.sqrt
	{0xfd0f3, 0xfd0f7, 8}, // f64x2.div, min, max, pmin, pmax
	{0xfd0f8, 0xfd0ff, 8}, // conversions

	{0xfe000, 0xfe000, 64}, // memory.atomic.notify, which enters the host
	{0xfe003, 0xfe04e, 16},
	{0xfe010, 0xfe016, 4}, // loads
}
