package cost

// A work holds the numbers from which the cost of compiling a function is added up.
// Each bounds from above how often a part of wazero's compiler runs.
type work struct {
	counts
	blocks  uint64 // with those put on edges
	finds   uint64 // steps of looking up locals
	linear  uint64
	defs    uint64 // entries in the tables of a block's variables
	aliases uint64
	phis    uint64 // arguments that are compared to find redundant parameters
	rounds  uint64 // how often all parameters are looked at for that
	args    uint64 // arguments of blocks' parameters
	doms    uint64
	walks   uint64
	forest  uint64
	copied  uint64
	meets   uint64
	scans   uint64
	live    uint64 // values that are live where blocks begin
	across  uint64 // values that are live on edges
}

// sum adds up the work of a function.
func sum(w *walker, b *builder, l *liveness) work {
	s := work{
		counts: w.counts, blocks: uint64(len(b.nodes)) + b.split, finds: b.lookups, linear: b.linear, aliases: b.aliases,
		doms: 2 * b.dominators, walks: b.walks, copied: b.copied, meets: b.meets, scans: b.scans,
		defs: w.sets + 3*w.memory + (w.m.reload+2)*w.calls, rounds: w.loops + w.fills + 2,
	}
	extra := 3 + w.cached
	for i := range b.nodes {
		n := &b.nodes[i]
		if i > 0 {
			if p := &b.nodes[n.parent]; p.loop {
				n.header = n.parent
			} else {
				n.header, n.far = p.header, p.far+1
			}
		}
		s.forest += uint64(n.far) + uint64(n.split)*uint64(n.far+1)
		live := uint64(n.live) + uint64(n.height) + uint64(n.params) + extra
		kept := uint64(0)
		sets := n.sets
		if n.header != none {
			h := &b.nodes[n.header]
			kept = h.kept
			sets -= h.sets
		}
		if n.loop {
			n.kept = kept + min(live, uint64(sets)+uint64(n.height)+extra)
			if n.header == none {
				n.kept = live
			}
		}
		all := live + kept
		s.live += all
		s.across += uint64(n.preds) * all
		if n.loop {
			kept = n.kept
		}
		s.live += uint64(n.split) * kept
		s.across += 2 * uint64(n.split) * kept

		switch {
		case n.loop:
			s.finds += uint64(n.live) * n.chains
		case n.preds > 1:
			s.finds += 2 * uint64(n.live) * n.chains
		default:
			continue
		}
		s.defs += uint64(n.live)
		params := uint64(n.live) + uint64(n.params)
		// A parameter for a local that nothing in the block or loop assigns is found to be
		// redundant after as many rounds as loops nest in it.
		stay := uint64(n.phis) + uint64(n.params)
		first := min(s.rounds, uint64(n.nest)+2)
		s.phis += uint64(n.preds) * (first*params*params + (s.rounds-first)*stay*stay)
		s.args += params * uint64(n.preds)
		s.aliases += params * uint64(n.preds) * uint64(n.merges)
	}
	edges := l.edges + b.heights + b.split*extra
	s.live += edges
	s.across += 2 * edges
	s.args += l.edges
	return s
}
