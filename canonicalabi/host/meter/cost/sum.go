package cost

// A work holds the numbers from which the cost of compiling a function is added up.
// Each bounds from above how often a part of wazero's compiler runs.
type work struct {
	counts
	blocks  uint64 // with those put on edges
	values  uint64
	finds   uint64 // steps of looking up locals
	linear  uint64 // steps of looking up globals and the memory's place
	defs    uint64 // entries in the tables of a block's variables
	aliases uint64 // steps of resolving values that stand for others
	phis    uint64 // arguments that are compared to find redundant parameters
	rounds  uint64 // how often all parameters are looked at for that
	args    uint64 // arguments of blocks' parameters
	doms    uint64 // steps of finding immediate dominators
	walks   uint64 // steps from each edge up to the entry
	forest  uint64 // steps from each block up to a loop
	copied  uint64 // known bounds that are copied from block to block
	resets  uint64 // known bounds that calls reset
	meets   uint64 // known bounds that are compared where blocks join
	scans   uint64 // predecessors that are compared as one is added
	live    uint64 // values that are live where blocks begin
	across  uint64 // values that are live on edges
	used    uint64 // locals that are used
	deep    uint64 // blocks that dominate each other or have one predecessor, at most
}

// What a function becomes whatever is in it: its entry, its return, and the moves of
// its parameters.
const (
	functionSSA, functionMach = 2, 24
)

// contexts is how many values a function has that point to what belongs to its module and
// to the call, and are live wherever it needs them.
const contexts = 2

// A retained holds the lists that the compiler keeps; see slots.
type retained struct {
	live   slots    // the values that are live, by block
	defs   []uint32 // the most entries in the table of variables of each block
	bounds slots    // the known addresses, by block
	preds  slots    // the predecessors and successors, by block
	values slots    // operands of calls and branches and parameters of blocks, if they are many
	tables slots    // the targets of branch tables
}

// inPlace is how many values a list holds that takes no room of its own.
const inPlace = 8

// done ends a function with so many blocks, lists of values that take room of their
// own, and blocks at whose ends so many addresses are known that it takes room.
func (r *retained) done(blocks, large, known uint64) {
	r.live.done(blocks)
	r.bounds.done(known)
	r.preds.done(blocks)
	r.values.done(large)
	r.tables.done(large)
}

// define notes how many variables are defined in the block of a number.
func (r *retained) define(block int, n uint64) {
	for block >= len(r.defs) {
		r.defs = append(r.defs, 0)
	}
	r.defs[block] = max(r.defs[block], uint32(min(n, 1<<31)))
}

// sum adds up the work of a function.
func sum(w *walker, b *builder, l *liveness, t *funcType, r *retained) work {
	s := work{
		counts: w.counts, blocks: uint64(b.made) + b.split, finds: b.lookups, linear: b.linear, aliases: b.aliases,
		doms: 2 * b.dominators, walks: b.walks, copied: b.copied, resets: b.resets, meets: b.meets, scans: b.scans,
		defs:   w.sets + 3*w.memory + w.reads + (w.m.reload+2)*w.calls + uint64(t.params),
		rounds: w.loops + w.fills + 2,
	}
	s.used = uint64(len(w.used))
	s.ssa += functionSSA
	s.mach += functionMach + uint64(3*t.params+2*t.results)
	s.values = s.ssa + s.results + uint64(t.params) + 2
	extra := 3 + w.cached
	large, known := s.large, uint64(0)
	for i := range b.nodes {
		n := &b.nodes[i]
		s.deep = max(s.deep, uint64(max(n.depth, n.chain)))
		s.forest += uint64(n.far) + uint64(n.split)*uint64(n.far+1)
		live := uint64(n.live) + uint64(n.height) + uint64(n.params) + extra
		kept := uint64(0)
		if n.header != none {
			kept = b.nodes[n.header].kept
		}
		all := live + kept
		s.live += all
		s.across += 2 * uint64(n.preds) * all
		r.live.put(1, all)
		if n.loop {
			// What is live here and was not where the loop that dominates this one begins was
			// made between the two, or is a parameter of that. A loop's own parameters do not
			// count, and what is cached of globals and memory is not live in loops.
			here := uint64(n.live-n.sure) + uint64(n.height) + contexts
			if n.header != none {
				here = min(here, uint64(b.nodes[n.header].own-n.later)+uint64(n.fresh))
			}
			kept += here + uint64(n.params)
			n.kept = kept
		}
		r.live.put(uint64(n.split), kept)
		r.bounds.put(1, uint64(n.bounds))
		if n.bounds > inPlace {
			known++
		}
		r.preds.put(1, uint64(n.preds))
		defs := uint64(n.defs)
		if n.calls {
			defs += w.m.reload + 2
		}

		s.live += uint64(n.split) * kept
		s.across += 2 * uint64(n.split) * kept

		// A block with several predecessors may get a parameter for each local that is
		// live there, as may one of which it is not known at first that it has only one.
		params := uint64(0)
		if n.head || n.preds > 1 {
			params = uint64(n.live)
			s.finds += 2 * params * n.chains
			s.defs += params
			defs += params
		}
		r.define(int(n.number), defs)
		params += uint64(n.params)
		if params == 0 || i == 0 {
			continue
		}
		s.values += params
		// A parameter for a local that nothing in the block or loop assigns is found to be
		// redundant after as many rounds as loops nest in it.
		stay := uint64(n.phis) + uint64(n.params)
		first := min(s.rounds, uint64(n.nest)+2)
		s.phis += uint64(n.preds) * (first*params*params + (s.rounds-first)*stay*stay)
		s.args += params * uint64(n.preds)
		if params > inPlace {
			large += 1 + uint64(n.preds)
			r.values.put(1+uint64(n.preds), params)
		}
		s.aliases += params * uint64(n.preds) * uint64(n.merges+1)
	}
	edges := l.edges + b.heights + b.split*extra
	s.live += edges
	s.across += 2 * edges
	s.args += l.edges
	r.done(s.blocks, large, known)
	return s
}
