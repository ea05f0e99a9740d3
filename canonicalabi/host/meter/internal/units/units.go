// Package units says how long instructions take on wazero's compiler, in units, and
// how many units a metered guest may run before it looks whether it is to stop. The
// rewriter charges by these numbers, and the verifier counts by them.
//
// A unit is about the time of an addition, a fraction of a nanosecond. The weights
// were measured, and are such that no instruction takes more than some ten
// nanoseconds a unit on a processor of the last ten years: the worst is a load that
// misses all caches. BenchmarkUnits of package meter measures them anew. What the
// system takes to supply a page of memory that was not touched before is not in them.
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

// Table is what instructions take, by the byte or the number behind a prefix: the
// instructions without a prefix, and those with the prefixes 0xfc, 0xfd and 0xfe. What
// depends on operands, types and lengths comes to it.
type Table [256]uint8

// The instructions' times.
var (
	Core   = table(coreRuns)
	Misc   = table(miscRuns)
	Vector = table(vectorRuns)
	Atomic = table(atomicRuns)
)

// Cost returns what an instruction takes, without what depends on operands.
func Cost(op wasm.Op) int {
	n := op.Number()
	if n > 0xff {
		return 1
	}
	switch op.Prefix() {
	case wasm.MiscPrefix:
		return int(Misc[n])
	case wasm.VectorPrefix:
		return int(Vector[n])
	case wasm.AtomicPrefix:
		return int(Atomic[n])
	}
	return int(Core[n])
}

type run struct {
	first, last byte
	units       uint8
}

func table(runs []run) (t Table) {
	for i := range t {
		t[i] = 1
	}
	for _, r := range runs {
		for i := int(r.first); i <= int(r.last); i++ {
			t[i] = r.units
		}
	}
	return t
}

// Later runs replace earlier ones. What no run names takes 1.
var coreRuns = []run{
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
}

var miscRuns = []run{
	{0x00, 0x07, 8},  // saturating conversions
	{0x08, 0x0c, 8},  // memory.init, data.drop, memory.copy, memory.fill, table.init
	{0x0e, 0x0e, 8},  // table.copy
	{0x0f, 0x0f, 64}, // table.grow, which enters the host
	{0x11, 0x11, 8},  // table.fill
}

var vectorRuns = []run{
	{0x00, 0xff, 4},
	{0x0c, 0x0c, 1}, // v128.const
	{0x5e, 0x5f, 8}, // conversions of floats
	{0x67, 0x6a, 8}, // f32x4.ceil, floor, trunc, nearest
	{0x74, 0x75, 8}, // f64x2.ceil, floor
	{0x7a, 0x7a, 8}, // f64x2.trunc
	{0x94, 0x94, 8}, // f64x2.nearest
	{0xd5, 0xd5, 8}, // i64x2.mul
	{0xe3, 0xe3, 8}, // f32x4.sqrt
	{0xe7, 0xeb, 8}, // f32x4.div, min, max, pmin, pmax
	{0xef, 0xef, 8}, // f64x2.sqrt
	{0xf3, 0xf7, 8}, // f64x2.div, min, max, pmin, pmax
	{0xf8, 0xff, 8}, // conversions
}

var atomicRuns = []run{
	{0x00, 0x00, 64}, // memory.atomic.notify, which enters the host
	{0x03, 0x4e, 16},
	{0x10, 0x16, 4}, // loads
}
