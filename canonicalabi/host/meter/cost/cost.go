package cost

import "github.com/witgen/witgen/internal/wasm"

// each calls f with the work of each function.
func each(b []byte, f func(index int, s work)) (*module, error) {
	m, err := readModule(b)
	if err != nil {
		return nil, err
	}
	if m.code == nil {
		return m, nil
	}
	c := m.code
	w := &walker{m: m, globals: make([]int, m.globals)}
	var g builder
	var l liveness
	n := c.Count()
	for i := range n {
		if uint64(m.importedFuncs)+uint64(i) >= uint64(len(m.funcs)) {
			c.FailAt(c.Offset(), wasm.Malformed, "more code than functions")
		}
		body := c.Sub(c.Uint32())
		if c.Err() != nil {
			break
		}
		t := &m.types[m.funcs[m.importedFuncs+i]]
		w.function(int(i), t, body)
		if err := body.Err(); err != nil {
			return nil, err
		}
		m.locals += uint64(w.locals)
		g.build(w.events, t.params)
		l.find(w.events, &g, w.nesting, int(w.loops), len(w.used))
		f(int(i), sum(w, &g, &l))
	}
	return m, c.Err()
}
