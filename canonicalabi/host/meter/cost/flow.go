package cost

// A node is a block of the compiler's control flow graph.
type node struct {
	// number is the compiler's number of the block.
	number int32
	// parent is the block's immediate dominator, jump an ancestor further up that
	// makes the way to any ancestor short, and depth the number of ancestors.
	parent, jump, depth int32
	// chain is the number of blocks up to the next with several predecessors or none:
	// each has one predecessor, so a variable is looked up through them.
	chain int32
	// merges is the number of ancestors, the block itself among them, that may have
	// parameters.
	merges int32
	// preds is the number of predecessors, and chains the sum of chain+1 over them.
	preds  int32
	chains uint64
	// height is the number of operands on the stack where the block begins, without
	// the params that its predecessors pass to it.
	height, params int32
	// live is the number of locals that are live where the block begins, and phis of
	// these the ones that are assigned between the next common ancestor of its
	// predecessors and it.
	live, phis int32
	// defs is the number of variables that are defined in the block, as its own table of
	// them has it, and calls is true where a function is called in it.
	defs  int32
	calls bool
	// bounds is the number of addresses that are known at the block's end.
	bounds int32
	// sets is the number of assignments to locals before the block in the code.
	sets int32
	// nest is how deep loops nest in the block or loop that the block ends or begins.
	nest int32
	// head is true of the first block of a loop, and loop of one to which a branch leads
	// back.
	head, loop bool
	// header is the next ancestor that is a loop, or none, and far the number of blocks
	// between.
	header, far int32
	// fresh is the number of operands on the stack, where a loop begins, that were not
	// there where the loop that is header began.
	fresh int32
	// split is the number of edges from the block that get blocks of their own.
	split int32
	// kept is how many values the allocator takes to be live in all blocks that a loop
	// dominates.
	kept uint64
	// sure is, of a loop, how many of phis its first block certainly gets as parameters.
	sure int32
	// later is, of a loop, the number of assignments behind its beginning in the code, and
	// of parameters that loops get there, whose value is live at the beginning of a loop
	// behind. own is that with the loop's own parameters.
	later, own int32
}

// none is the node of code that is not reached.
const none = -1

// A graph is the control flow graph of a function in the making. Ancestors stand
// before their descendants.
type graph struct {
	nodes []node
	// dominators counts the steps in which the compiler finds immediate dominators,
	// and walks those of its walks from each edge up to the entry.
	dominators, walks uint64
	// scans counts the predecessors that are compared as one is added.
	scans uint64
}

func (g *graph) reset() { *g = graph{nodes: g.nodes[:0]} }

// add adds a block under its dominator.
func (g *graph) add(parent int32, n node) int32 {
	id := int32(len(g.nodes))
	n.parent, n.header = parent, none
	if parent == none {
		n.parent, n.jump = id, id
		g.nodes = append(g.nodes, n)
		return id
	}
	p := &g.nodes[parent]
	n.depth = p.depth + 1
	if p.loop {
		n.header = parent
	} else {
		n.header, n.far = p.header, p.far+1
	}
	// Jump pointers of skew-binary lengths: two jumps of equal length make a longer.
	if j := &g.nodes[p.jump]; p.depth-j.depth == j.depth-g.nodes[j.jump].depth {
		n.jump = j.jump
	} else {
		n.jump = parent
	}
	g.nodes = append(g.nodes, n)
	return id
}

// single adds a block with one predecessor.
func (g *graph) single(pred int32, height int, sets int32) int32 {
	p := &g.nodes[pred]
	g.edge(pred)
	return g.add(pred, node{chain: p.chain + 1, merges: p.merges, preds: 1, chains: uint64(p.chain) + 1, height: int32(height), sets: sets})
}

// edge counts an edge from a block.
func (g *graph) edge(from int32) {
	g.walks += uint64(g.nodes[from].depth)
}

// common returns the next common ancestor of two blocks.
func (g *graph) common(a, b int32) int32 {
	if g.nodes[a].depth < g.nodes[b].depth {
		a, b = b, a
	}
	a = g.up(a, g.nodes[b].depth)
	for a != b {
		if g.nodes[a].jump != g.nodes[b].jump {
			a, b = g.nodes[a].jump, g.nodes[b].jump
		} else {
			a, b = g.nodes[a].parent, g.nodes[b].parent
		}
	}
	return a
}

// up returns the ancestor at a depth.
func (g *graph) up(a, depth int32) int32 {
	for g.nodes[a].depth > depth {
		if j := g.nodes[a].jump; g.nodes[j].depth >= depth {
			a = j
		} else {
			a = g.nodes[a].parent
		}
	}
	return a
}

// A join collects the branches to a block that does not yet stand in the graph: the
// end of a block, or of an if.
type join struct {
	preds  int32
	common int32 // the next common ancestor of the branches so far
	chains uint64
	// first is the first branch's block, and bounds what is known of addresses there;
	// least is the least that is known at any of the branches.
	first         int32
	bounds, least int32
}

// branch notes a branch from a block.
func (g *graph) branch(j *join, from, bounds int32) {
	g.edge(from)
	g.scans += uint64(j.preds)
	n := &g.nodes[from]
	if j.preds == 0 {
		*j = join{common: from, first: from, bounds: bounds, least: bounds}
	} else {
		c := g.common(j.common, from)
		g.dominators += uint64(g.nodes[j.common].depth+n.depth) - 2*uint64(g.nodes[c].depth)
		j.common = c
		j.least = min(j.least, bounds)
	}
	j.preds++
	j.chains += uint64(n.chain) + 1
}

// enter adds the block to which the branches of j lead, or returns none where no
// branch does.
func (g *graph) enter(j *join, height, params int, sets int32) int32 {
	n := node{preds: j.preds, chains: j.chains, height: int32(height), params: int32(params), sets: sets}
	switch {
	case j.preds == 0:
		return none
	case j.preds == 1:
		n.merges = g.nodes[j.first].merges
		n.chain = g.nodes[j.first].chain + 1
		if params > 0 {
			n.merges++
		}
		return g.add(j.first, n)
	}
	n.merges = g.nodes[j.common].merges + 1
	return g.add(j.common, n)
}
