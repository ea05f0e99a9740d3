package cost

import (
	"slices"

	"github.com/witgen/witgen/internal/wasm"
)

// A reference does for the locals of a function what wazero's compiler does, step by
// step as its source has it, and counts the steps. It is what the estimate bounds.
type reference struct {
	m      *module
	blocks []*refBlock // by number
	exit   *refBlock
	node   *refBlock // the current block, or nil in code that is not reached
	labels []*refLabel

	values, instructions int
	alias                map[int]int

	finds, scans, walks, forest, doms, phis, rounds int
}

type refBlock struct {
	number   int
	began    int // when its first instruction was made
	preds    []*refEdge
	succs    []*refBlock
	sealed   bool
	defs     map[uint32]int
	unknown  []refUnknown
	params   []int
	accesses []refAccess // of locals, in order
	depth    int
	idom     *refBlock
	order    int
	loop     bool
	live     map[uint32]bool
}

type refEdge struct {
	from *refBlock
	args []int
}

type refUnknown struct {
	local uint32
	value int
}

type refAccess struct {
	local uint32
	set   bool
}

type refLabel struct {
	op            wasm.Op
	head, behind  *refBlock // of a loop its first block
	other         *refBlock
	params, arity int
	dead          bool
}

func (r *reference) block() *refBlock {
	b := &refBlock{number: len(r.blocks), defs: map[uint32]int{}}
	r.blocks = append(r.blocks, b)
	return b
}

func (r *reference) value() int { r.values++; return r.values }

// begin notes that an instruction is made in a block.
func (r *reference) begin(b *refBlock) {
	r.instructions++
	if b.began == 0 {
		b.began = r.instructions
	}
}

// jump adds an edge from the current block that passes so many operands, each a value
// of its own.
func (r *reference) jump(from, to *refBlock, operands int) {
	r.begin(from)
	r.scans += len(to.preds)
	e := &refEdge{from: from}
	for range operands {
		e.args = append(e.args, r.value())
	}
	to.preds = append(to.preds, e)
	from.succs = append(from.succs, to)
}

func (r *reference) addParams(b *refBlock, n int) {
	for range n {
		b.params = append(b.params, r.value())
	}
}

// find is findValue of ssa/builder.go.
func (r *reference) find(local uint32, b *refBlock) int {
	r.finds++
	if v, ok := b.defs[local]; ok {
		return v
	}
	if !b.sealed {
		v := r.value()
		b.defs[local] = v
		b.unknown = append(b.unknown, refUnknown{local, v})
		return v
	}
	if b.number == 0 {
		return -int(local) - 1 // zero, or the parameter
	}
	if len(b.preds) == 1 {
		return r.find(local, b.preds[0].from)
	}
	v := r.value()
	b.defs[local] = v
	unique, same := 0, true
	for i, p := range b.preds {
		w := r.find(local, p.from)
		if i == 0 {
			unique = w
		} else if w != unique {
			same = false
			break
		}
	}
	if same {
		r.alias[v] = unique
		return unique
	}
	b.params = append(b.params, v)
	for _, p := range b.preds {
		p.args = append(p.args, r.find(local, p.from))
	}
	return v
}

func (r *reference) seal(b *refBlock) {
	b.sealed = true
	for _, u := range b.unknown {
		b.params = append(b.params, u.value)
		for _, p := range b.preds {
			p.args = append(p.args, r.find(u.local, p.from))
		}
	}
}

// function makes the blocks of a function.
func (r *reference) function(t *funcType, c *wasm.Cursor) {
	for n := c.Count(); n > 0; n-- {
		c.Uint32()
		c.ValType()
	}
	r.alias = map[int]int{}
	r.exit = &refBlock{number: -1}
	r.node = r.block()
	r.seal(r.node)
	r.labels = []*refLabel{{op: wasm.OpBlock, behind: r.exit, arity: t.results}}
	for len(r.labels) > 0 && c.Err() == nil {
		switch wasm.Op(c.Peek()) {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			r.open(c)
			continue
		case wasm.OpBrTable:
			r.table(c)
			continue
		}
		i := c.Instr()
		if r.node != nil {
			r.begin(r.node)
		}
		switch i.Op {
		case wasm.OpElse:
			r.otherwise()
			continue
		case wasm.OpEnd:
			r.close()
			continue
		}
		if r.node == nil {
			continue
		}
		switch i.Op {
		case wasm.OpLocalGet:
			r.node.accesses = append(r.node.accesses, refAccess{i.X, false})
			r.find(i.X, r.node)
		case wasm.OpLocalSet, wasm.OpLocalTee:
			r.node.accesses = append(r.node.accesses, refAccess{i.X, true})
			r.node.defs[i.X] = r.value()
		case wasm.OpBr:
			r.branch(r.node, i.X)
			r.node = nil
		case wasm.OpBrIf, wasm.OpBrOnNull, wasm.OpBrOnNonNull:
			r.branch(r.node, i.X)
			r.next(r.block())
		case wasm.OpReturn, wasm.OpUnreachable, wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef:
			r.node = nil
		case wasm.OpMemoryFill, wasm.OpTableFill:
			before, loop, behind := r.block(), r.block(), r.block()
			r.addParams(loop, 1)
			r.jump(r.node, behind, 0)
			r.jump(r.node, before, 0)
			r.jump(before, loop, 1)
			r.jump(loop, loop, 1)
			r.jump(loop, behind, 0)
			r.seal(before)
			r.seal(loop)
			r.seal(behind)
			r.node = behind
		}
	}
}

// next goes on in a block whose one predecessor is the current one.
func (r *reference) next(b *refBlock) {
	r.jump(r.node, b, 0)
	r.seal(b)
	r.node = b
}

func (r *reference) branch(from *refBlock, label uint32) {
	l := r.labels[len(r.labels)-1-int(label)]
	if l.op == wasm.OpLoop {
		r.jump(from, l.head, l.params)
		return
	}
	r.jump(from, l.behind, l.arity)
}

func (r *reference) open(c *wasm.Cursor) {
	l := &refLabel{op: c.Op(), dead: r.node == nil}
	t := c.BlockType()
	l.arity = t.Results()
	if t.HasFunc {
		l.params, l.arity = r.m.types[t.Func].params, r.m.types[t.Func].results
	}
	r.labels = append(r.labels, l)
	if l.dead {
		return
	}
	switch l.op {
	case wasm.OpBlock:
		l.behind = r.block()
	case wasm.OpLoop:
		l.head, l.behind = r.block(), r.block()
		r.addParams(l.head, l.params)
		r.jump(r.node, l.head, l.params)
		r.node = l.head
	case wasm.OpIf:
		then := r.block()
		l.other, l.behind = r.block(), r.block()
		r.jump(r.node, l.other, 0)
		r.jump(r.node, then, 0)
		r.seal(then)
		r.seal(l.other)
		r.node = then
	}
	r.addParams(l.behind, l.arity)
}

func (r *reference) otherwise() {
	l := r.labels[len(r.labels)-1]
	if l.dead {
		return
	}
	if r.node != nil {
		r.jump(r.node, l.behind, l.arity)
	}
	l.op = wasm.OpElse
	r.node = l.other
}

func (r *reference) close() {
	l := r.labels[len(r.labels)-1]
	r.labels = r.labels[:len(r.labels)-1]
	if l.dead {
		return
	}
	if r.node != nil {
		r.jump(r.node, l.behind, l.arity)
	}
	switch l.op {
	case wasm.OpLoop:
		r.seal(l.head)
	case wasm.OpIf:
		r.jump(l.other, l.behind, l.arity)
	}
	if l.behind == r.exit {
		return
	}
	r.seal(l.behind)
	r.node = l.behind
	if len(l.behind.preds) == 0 {
		r.node = nil
	}
}

func (r *reference) table(c *wasm.Cursor) {
	c.Op()
	n := c.Count()
	from := r.node
	var all []*refBlock
	for range n + 1 {
		label := c.Uint32()
		if from == nil {
			continue
		}
		b := r.block()
		all = append(all, b)
		r.branch(b, label)
	}
	for _, b := range all {
		r.jump(from, b, 0)
		r.seal(b)
	}
	r.node = nil
}

// dominate finds immediate dominators and counts the walks over them.
func (r *reference) dominate() {
	// A block is done once all that it put on the stack is, which need not be all of its
	// successors. This is a postorder only for the order in which they are put there.
	var order []*refBlock
	const unseen, seen, done = 0, 1, 2
	state := map[*refBlock]int{r.exit: done}
	stack := []*refBlock{r.blocks[0]}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if state[b] == done {
			order = append(order, b)
			continue
		}
		stack = append(stack, b)
		slices.SortFunc(b.succs, func(x, y *refBlock) int { return x.began - y.began })
		for _, s := range b.succs {
			if state[s] == unseen {
				state[s] = seen
				stack = append(stack, s)
			}
		}
		state[b] = done
	}
	slices.Reverse(order)
	for i, b := range order {
		b.order = i
	}
	order[0].idom = order[0]
	for changed := true; changed; {
		changed = false
		for _, b := range order[1:] {
			var idom *refBlock
			for _, e := range b.preds {
				switch p := e.from; {
				case p.idom == nil:
				case idom == nil:
					idom = p
				default:
					for p != idom {
						for p.order > idom.order {
							p = p.idom
							r.doms++
						}
						for idom.order > p.order {
							idom = idom.idom
							r.doms++
						}
					}
				}
			}
			if b.idom != idom {
				b.idom, changed = idom, true
			}
		}
	}
	for _, b := range order {
		if b.idom != b {
			b.depth = b.idom.depth + 1
		}
		for _, e := range b.preds {
			n := e.from
			for ; n != b && n != order[0]; n = n.idom {
				r.walks++
			}
			if n == b {
				b.loop = true
			}
		}
	}
	for _, b := range order {
		n := b.idom
		for ; !n.loop && n != order[0]; n = n.idom {
			r.forest++
		}
	}
	r.blocks = order // those that are reached
}

// resolve is resolveAlias.
func (r *reference) resolve(v int) int {
	for {
		w, ok := r.alias[v]
		if !ok {
			return v
		}
		v = w
	}
}

// redundant is passRedundantPhiEliminationOpt of ssa/pass.go.
func (r *reference) redundant() {
	for changed := true; changed; {
		changed = false
		r.rounds++
		for _, b := range r.blocks[1:] {
			var drop []int
			for i, p := range b.params {
				unique, redundant := 0, true
				found := false
				for _, e := range b.preds {
					r.phis += len(e.args)
					for k := range e.args {
						e.args[k] = r.resolve(e.args[k])
					}
					switch v := e.args[i]; {
					case v == p:
					case !found:
						unique, found = v, true
					case v != unique:
						redundant = false
					}
					if !redundant {
						break
					}
				}
				if redundant {
					drop = append(drop, i)
					r.alias[p] = unique
				}
			}
			for _, i := range slices.Backward(drop) {
				b.params = slices.Delete(b.params, i, i+1)
				for _, e := range b.preds {
					e.args = slices.Delete(e.args, i, i+1)
				}
			}
			changed = changed || len(drop) > 0
		}
	}
}

// liveness finds the locals that are live where each block begins.
func (r *reference) liveness() {
	for changed := true; changed; {
		changed = false
		for _, b := range slices.Backward(r.blocks) {
			live := map[uint32]bool{}
			for _, s := range b.succs {
				for v := range s.live {
					live[v] = true
				}
			}
			for _, a := range slices.Backward(b.accesses) {
				if a.set {
					delete(live, a.local)
				} else {
					live[a.local] = true
				}
			}
			if len(live) != len(b.live) {
				b.live, changed = live, true
			}
		}
	}
}
