package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// line is how many units may run between two checks before the scanner inserts a
// check, and how many a region may cost. What an instruction takes at most, and what a
// called function may run before its first check, still fits below units.Bound.
const line = units.Bound - units.Most

// leafBytes is how large the code of a function is at most that is called without a
// check of its own.
const leafBytes = 1 << 10

// A control is a control instruction that is open at the current place.
type control struct {
	op     core.Op
	split  bool   // a loop that is written as two, see emit.go
	edit   int    // the index of a split loop's editLoop
	step   int    // that of the step that opens it
	called int    // how many calls of other functions came before
	checks int    // how many calls that check came before
	out    uint32 // its label in the output, counted from the function's
	region int32  // the region in which the instruction stands, or dead
	target int32  // the outermost to which a branch from inside leads
	table  int32  // a region from which a br_table leads here, or dead
	begin  way    // at the start of an if
	end    way    // where branches to the label come from

	carries int32 // the operands that a branch to the label passes
}

// A way is how much may have run on the ways that lead to a place: since the start of
// the function where no check lies between, and since the last check. It is none where
// no such way leads there.
type way struct{ start, check int64 }

const none = -1

var nowhere = way{none, none}

// most returns the most that may have run.
func (w way) most() int64 { return max(w.start, w.check) }

func (w way) or(o way) way { return way{max(w.start, o.start), max(w.check, o.check)} }

func (w *way) run(units int64) {
	if w.start != none {
		w.start += units
	}
	if w.check != none {
		w.check += units
	}
}

// An edit is a change to a function's code. Edits are ordered by their place.
type edit struct {
	kind editKind
	pos  int // in the module
	skip int // bytes that it replaces
	arg  int32
	cost int64 // of an editLeave: what is owed
	kept bool  // of an editLoop: no other function is called in the loop
}

type editKind uint8

const (
	editCharge    editKind = iota // charge region arg
	editCheck                     // check
	editLoop                      // open what surrounds a loop whose block type is arg bytes long
	editLoopHead                  // check at the head of a split loop, charge region arg
	editLoopCheck                 // the same in a loop that is not split
	editLoopEnd                   // close what surrounds a split loop
	editLabel                     // label or global arg
	editReturn                    // branch to label arg where the function is wrapped, else return
	editCall                      // call function arg
	editBulk                      // do a short memory.copy or memory.fill as it is, else call function arg
	editOpcode                    // opcode arg
	editLeave                     // count the function's frame off before a tail call
	editEnd                       // before the function's last end
)

// A scanner reads the code of one function after the other and notes what to change.
type scanner struct {
	m       *module
	helpers *helpers
	open    []control
	regions []region
	edits   []edit
	steps   []step
	fn      int // function index

	c      core.Cursor
	end    int    // of the function, in the module
	labels uint32 // in the output that enclose the current place
	cur    int32  // the current region
	cost   int64  // of the current region, not yet added to it
	room   int64  // how much cost may come before a check or a region must
	way    way    // without cost

	locals   uint32
	params   uint32
	groups   uint32 // of locals
	groupsAt int    // where they start, after their count
	codeAt   int    // where the instructions start
	edge     int64  // what a branch takes for the locals

	calls        int   // instructions that call another function
	checks       int   // of them, and of calls of helpers, those that check
	early        bool  // one of these comes before any check
	longest      int64 // the most that runs before the first check
	lasts        bool  // it may end long after its last check
	large        bool  // its frame is counted though it calls none
	inserted     bool  // there is an editCheck
	helped       bool  // there are calls of helpers
	loops        int
	bulks        int  // bulk operations that stand in the code
	bulk         bool // there is an editBulk
	kept         bool // there is a kept loop
	blocks       uint64
	instructions uint64
	operands     uint64 // that calls, blocks and branches pass, beyond a few for each

	constEnd int // where the last i32.const ended
	constVal uint32
}

func (s *scanner) fail(kind error, rule string, at int) *Error {
	return &Error{Kind: kind, Rule: rule, Func: s.fn, Offset: at}
}

func (s *scanner) limit(name string, got, limit uint64, at int) *Error {
	if limit == 0 || got <= limit {
		return nil
	}
	err := s.fail(ErrLimit, name, at)
	err.Got, err.Limit = got, limit
	return err
}

// scan reads function fn, whose locals and code a cursor holds, of which it takes a copy.
func (s *scanner) scan(fn int, body *core.Cursor) *Error {
	l := &s.m.cfg.Limits
	pos := body.Offset()
	*s = scanner{
		m: s.m, helpers: s.helpers, open: s.open[:0], regions: s.regions[:0], edits: s.edits[:0], steps: s.steps[:0],
		fn: fn, c: *body, end: pos + body.Len(), constEnd: -1, way: way{0, none},
	}
	if err := s.limit("FunctionBytes", uint64(body.Len()), l.FunctionBytes, pos); err != nil {
		return err
	}
	if err := s.readLocals(); err != nil {
		return err
	}
	// Only a local that is set moves, and each is set by two bytes at least.
	s.edge = int64(units.Edge(int(min(s.locals, uint32(s.end-s.codeAt)/2)) + addedLocals))
	s.regions = append(s.regions, region{parent: dead, table: dead})
	s.open = append(s.open, control{table: dead, end: nowhere, carries: int32(s.m.types[s.m.funcs[fn]].arity)})
	s.labels = 1
	s.steps = append(s.steps, step{kind: stepCharge})
	// With the block around a function that is wrapped.
	s.cost = units.Call + s.edge + int64(units.Moves(s.m.types[s.m.funcs[fn]].arity))
	s.flush()
	if err := s.scanCode(); err != nil {
		return err
	}
	if err := s.limit("FunctionInstructions", s.instructions, l.FunctionInstructions, pos); err != nil {
		return err
	}
	return s.limit("FunctionBlocks", s.blocks, l.FunctionBlocks, pos)
}

// leaf returns what the function takes that was scanned, if it is short and needs no
// check, and else 0.
func (s *scanner) leaf() int64 {
	if s.calls > 0 || s.helped || s.loops > 0 || s.large || s.inserted || s.lasts || s.longest > units.Leaf || s.end-s.codeAt > leafBytes {
		return 0
	}
	return s.longest
}

// entryCheck reports whether the function must check at its start: where it calls
// functions that check before it has checked itself, or runs for too long.
func (s *scanner) entryCheck() bool { return s.early || s.longest > units.Leaf }

func (s *scanner) readLocals() *Error {
	c := &s.c
	s.params = uint32(s.m.types[s.m.funcs[s.fn]].params)
	s.groups = c.Count()
	s.groupsAt = c.Offset()
	total := uint64(s.params)
	for range c.Times(s.groups) {
		total += uint64(c.Uint32())
		s.m.valType(c)
		limit(c, "FunctionLocals", total, s.m.cfg.Limits.FunctionLocals)
	}
	if total > 1<<32-1-addedLocals {
		fail(c, c.Offset(), ErrMalformed, "too many locals")
	}
	s.locals, s.codeAt = uint32(total), c.Offset()
	return s.err()
}

// pos returns the current place in the module.
func (s *scanner) pos() int { return s.c.Offset() }

// err returns the error of what was read, if any.
func (s *scanner) err() *Error {
	if s.c.Err() == nil {
		return nil
	}
	return errorOf(&s.c, s.fn)
}

// index reads an operand that is an index below n.
func (s *scanner) index(n uint32, rule string) (uint32, *Error) {
	at := s.pos()
	i, ok := s.c.Short()
	if !ok {
		i = s.c.Uint32()
	}
	if i >= n || s.c.Err() != nil {
		return 0, s.outOfRange(at, rule)
	}
	return i, nil
}

// outOfRange returns the error of an index at a place, which is out of range or malformed.
func (s *scanner) outOfRange(at int, rule string) *Error {
	if err := s.err(); err != nil {
		return err
	}
	return s.fail(ErrMalformed, rule, at)
}

// zero reads a memory's index, which wazero takes only as one zero byte.
func (s *scanner) zero(at int) *Error {
	if s.m.memories == 0 {
		return s.fail(ErrMalformed, "no memory", at)
	}
	if s.c.Done() || s.c.Peek() != 0 {
		return s.fail(ErrMalformed, "memory index is not zero", s.pos())
	}
	s.c.Byte()
	return nil
}

// memArg reads the alignment and offset of a memory access. An error in them is left to
// scanCode.
func (s *scanner) memArg(at int) *Error {
	if s.m.memories == 0 {
		return s.fail(ErrMalformed, "no memory", at)
	}
	if _, ok := s.c.Short(); !ok {
		s.c.Uint32()
	}
	if _, ok := s.c.Short(); !ok {
		s.c.Uint32()
	}
	return nil
}

// spend counts the units of the instruction at a place, before which a check or a
// region begins where there is no room for them.
func (s *scanner) spend(at int, cost int64) *Error {
	if s.cost += cost; s.cost <= s.room {
		return nil
	}
	s.cost -= cost
	if cost > units.Most {
		return s.fail(ErrUnsupported, "instruction with too many operands", at)
	}
	s.flush()
	if s.cur == dead {
		return nil
	}
	if s.way.most()+cost > line {
		s.check(at)
	} else {
		s.begin(s.cur, false, at)
	}
	s.cost = cost
	return nil
}

// check inserts a check at a place.
func (s *scanner) check(at int) {
	s.flush()
	s.inserted = true
	s.edits = append(s.edits, edit{kind: editCheck, pos: at})
	s.way = way{none, 0}
	s.begin(s.cur, false, at)
}

// leaves inserts a check before the tail call at a place, which ends the function once so
// many more units have run, where that would be too long after the last check.
func (s *scanner) leaves(at int, more int64) {
	if s.flush(); s.cur != dead && s.way.most()+more > units.Exit {
		s.check(at)
	}
}

// flush adds the cost so far to the current region and to the ways that lead here.
func (s *scanner) flush() {
	if s.cur == dead {
		s.cost, s.room = 0, 1<<62
		return
	}
	r := &s.regions[s.cur]
	if s.cost > 0 {
		r.cost += s.cost
		s.way.run(s.cost)
		s.steps = append(s.steps, step{kind: stepRun, cost: s.cost})
		s.cost = 0
	}
	s.longest = max(s.longest, s.way.start)
	s.room = line - max(s.way.most(), r.cost)
}

// begin begins a region at a place.
func (s *scanner) begin(parent int32, loop bool, at int) {
	s.flush()
	if parent == dead {
		s.cur = dead
		s.flush()
		return
	}
	s.cur = int32(len(s.regions))
	s.regions = append(s.regions, region{parent: parent, table: dead, loop: loop})
	s.steps = append(s.steps, step{kind: stepCharge, arg: s.cur})
	if !loop {
		s.edits = append(s.edits, edit{kind: editCharge, pos: at, arg: s.cur})
	}
	s.flush()
}

// stop ends a region after which nothing is reached.
func (s *scanner) stop() {
	if s.flush(); s.cur != dead {
		s.steps = append(s.steps, step{kind: stepStop})
	}
	s.cur, s.way = dead, nowhere
	s.flush()
}

// branch reads a label and notes that the current place branches to it. It writes the
// label anew where loops in between are split. The branch itself is counted already.
func (s *scanner) branch() (label uint32, err *Error) {
	at := s.pos()
	if label, err = s.index(uint32(len(s.open)), "label out of range"); err != nil {
		return 0, err
	}
	f := s.leave(label)
	s.operands += uint64(max(0, f.carries-4))
	if out := s.labels - 1 - f.out; out != label {
		s.edits = append(s.edits, edit{kind: editLabel, pos: at, skip: s.pos() - at, arg: int32(out)})
	}
	return label, nil
}

// leave notes a branch to a label and returns what it names.
func (s *scanner) leave(label uint32) *control {
	top := len(s.open) - 1
	to := int32(top) - int32(label)
	s.open[top].target = min(s.open[top].target, to)
	f := &s.open[to]
	if s.flush(); s.cur != dead {
		f.end = f.end.or(s.way)
		s.steps = append(s.steps, step{kind: stepBranch, arg: int32(label)})
	}
	return f
}

// work estimates from above how long wazero compiles the function, in nanoseconds.
func (s *scanner) work() uint64 {
	bytes := uint64(s.end - s.codeAt)
	return 16*s.blocks*s.blocks + 1000*s.blocks*uint64(s.locals) + 1000*bytes + 2000*s.operands
}
