package meter

import "github.com/witgen/witgen/internal/leb128"

// A frame is a control instruction that is open at the current place.
type frame struct {
	op     byte
	split  bool   // a loop that is written as two, see emit.go
	edit   int    // the index of a split loop's editLoop
	called int    // how many calls of other functions came before a loop
	out    uint32 // its label in the output, counted from the function's
	region int32  // the region in which the instruction stands, or dead
	target int32  // the outermost frame to which a branch from inside leads
	table  int32  // a region from which a br_table leads here, or dead

	carries int32 // the operands that a branch to the label passes, if its type is not a value type
}

// A region is code that runs as a whole once its first instruction runs, unless it traps: its fuel is
// charged there. It need not be contiguous: what follows a block belongs to the region before it,
// where nothing leaves the block but through its end.
type region struct {
	cost   int64
	extra  int64 // cost taken over from short regions that hang off this one
	parent int32 // the region that is left when this one begins, or dead
	table  int32 // a region from which a br_table leads here, or dead
	loop   bool
	spread bool // ends in a br_table all of whose targets begin regions of their own
}

// dead is the region of code that is not reached.
const dead = -1

// An edit is a change to a function's code. Edits are ordered by their place.
type edit struct {
	kind editKind
	pos  int // in the module
	skip int // bytes that it replaces
	arg  int32
	kept bool // of an editLoop: no other function is called in the loop
}

type editKind uint8

const (
	editCharge    editKind = iota // charge region arg
	editLoop                      // open what surrounds a loop whose block type is arg bytes long
	editLoopHead                  // check at the head of a split loop, charge region arg
	editLoopCheck                 // the same in a loop that is not split
	editLoopEnd                   // close what surrounds a split loop
	editLabel                     // label arg
	editReturn                    // branch to label arg where the function is wrapped, else return
	editCall                      // call function arg
	editBulk                      // do a short memory.copy or memory.fill as it is, else call function arg
	editLeave                     // count a frame off before a tail call
	editEnd                       // before the function's last end
)

// A scanner reads the code of one function after the other and notes what to change.
type scanner struct {
	m       *module
	helpers *helpers
	frames  []frame
	regions []region
	edits   []edit
	fn      int // function index

	pos, end int // in the module
	open     uint32
	cur      int32 // the current region
	cost     int64 // of the current region, not yet added to it

	locals   uint32
	params   uint32
	groups   uint32 // of locals
	groupsAt int    // where they start, after their count
	codeAt   int    // where the instructions start

	calls        int  // instructions that call another function
	checked      bool // a loop's check comes before any call, on every way
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

// scan reads function fn, whose locals and code are in[pos:end].
func (s *scanner) scan(fn, pos, end int) *Error {
	l := &s.m.cfg.Limits
	*s = scanner{
		m: s.m, helpers: s.helpers, frames: s.frames[:0], regions: s.regions[:0], edits: s.edits[:0],
		fn: fn, pos: pos, end: end, constEnd: -1,
	}
	if err := s.limit("FunctionBytes", uint64(end-pos), l.FunctionBytes, pos); err != nil {
		return err
	}
	if err := s.readLocals(); err != nil {
		return err
	}
	s.regions = append(s.regions, region{parent: dead, table: dead})
	s.frames = append(s.frames, frame{table: dead})
	s.open = 1
	if err := s.scanCode(); err != nil {
		return err
	}
	if err := s.limit("FunctionInstructions", s.instructions, l.FunctionInstructions, pos); err != nil {
		return err
	}
	return s.limit("FunctionBlocks", s.blocks, l.FunctionBlocks, pos)
}

func (s *scanner) readLocals() *Error {
	r := &reader{b: s.m.in[:s.end], pos: s.pos}
	s.params = uint32(s.m.types[s.m.funcs[s.fn]].params)
	s.groups = r.count()
	s.groupsAt = r.pos
	total := uint64(s.params)
	for range s.groups {
		total += uint64(r.u32())
		s.m.valueType(r)
		r.limit("FunctionLocals", total, s.m.cfg.Limits.FunctionLocals)
		if r.err != nil {
			break
		}
	}
	if total > 1<<32-1-addedLocals {
		r.fail(ErrMalformed, "too many locals")
	}
	if r.err != nil {
		r.err.Func = s.fn
		return r.err
	}
	s.locals = uint32(total)
	s.pos, s.codeAt = r.pos, r.pos
	return nil
}

// u32 reads an operand.
func (s *scanner) u32() (uint32, *Error) {
	if s.pos < s.end {
		if c := s.m.in[s.pos]; c < 0x80 {
			s.pos++
			return uint32(c), nil
		}
	}
	v, n := leb128.Uint32(s.m.in[s.pos:s.end])
	if n <= 0 {
		return 0, s.fail(ErrMalformed, varintRule(n), s.pos)
	}
	s.pos += n
	return v, nil
}

func varintRule(n int) string {
	if n == 0 {
		return "unexpected end"
	}
	return "integer too long"
}

// index reads an operand that is an index below n.
func (s *scanner) index(n uint32, rule string) (uint32, *Error) {
	at := s.pos
	i, err := s.u32()
	if err == nil && i >= n {
		err = s.fail(ErrMalformed, rule, at)
	}
	return i, err
}

func (s *scanner) skip(n int) *Error {
	if s.end-s.pos < n {
		return s.fail(ErrMalformed, "unexpected end", s.pos)
	}
	s.pos += n
	return nil
}

// zero reads a memory's index, which wazero takes only as one zero byte.
func (s *scanner) zero(at int) *Error {
	if s.m.memories == 0 {
		return s.fail(ErrMalformed, "no memory", at)
	}
	if s.pos >= s.end || s.m.in[s.pos] != 0 {
		return s.fail(ErrMalformed, "memory index is not zero", s.pos)
	}
	s.pos++
	return nil
}

// memArg reads the alignment and offset of a memory access.
func (s *scanner) memArg(at int) *Error {
	if s.m.memories == 0 {
		return s.fail(ErrMalformed, "no memory", at)
	}
	if _, err := s.u32(); err != nil {
		return err
	}
	_, err := s.u32()
	return err
}

// part reads an operand with a reader.
func (s *scanner) part(read func(*reader)) *Error {
	r := &reader{b: s.m.in[:s.end], pos: s.pos}
	read(r)
	s.pos = r.pos
	if r.err != nil {
		r.err.Func = s.fn
	}
	return r.err
}

// flush adds the cost so far to the current region.
func (s *scanner) flush() {
	if s.cur != dead {
		s.regions[s.cur].cost += s.cost
	}
	s.cost = 0
}

// begin begins a region at the current place.
func (s *scanner) begin(parent int32, loop bool) {
	s.flush()
	if parent == dead {
		s.cur = dead
		return
	}
	s.cur = int32(len(s.regions))
	s.regions = append(s.regions, region{parent: parent, table: dead, loop: loop})
	if !loop {
		s.edits = append(s.edits, edit{kind: editCharge, pos: s.pos, arg: s.cur})
	}
}

// stop ends a region after which nothing is reached.
func (s *scanner) stop() {
	s.flush()
	s.cur = dead
}

// branch notes that the current place branches to the label that stands at the current position, and
// writes the label anew where loops in between are split.
func (s *scanner) branch() *Error {
	at := s.pos
	label, err := s.index(uint32(len(s.frames)), "label out of range")
	if err != nil {
		return err
	}
	f := s.leave(label)
	s.operands += uint64(max(0, f.carries-4))
	if out := s.open - 1 - f.out; out != label {
		s.edits = append(s.edits, edit{kind: editLabel, pos: at, skip: s.pos - at, arg: int32(out)})
	}
	return nil
}

// work estimates from above how long wazero compiles the function, in nanoseconds.
func (s *scanner) work() uint64 {
	bytes := uint64(s.end - s.codeAt)
	return 16*s.blocks*s.blocks + 1000*s.blocks*uint64(s.locals) + 1000*bytes + 2000*s.operands
}

// leave notes a branch to a label and returns its frame.
func (s *scanner) leave(label uint32) *frame {
	top := len(s.frames) - 1
	to := int32(top) - int32(label)
	s.frames[top].target = min(s.frames[top].target, to)
	return &s.frames[to]
}
