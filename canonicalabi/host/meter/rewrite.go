package meter

import (
	"strings"

	"github.com/witgen/witgen/internal/leb128"
)

// Config says how a module is rewritten. The zero value counts fuel and looks for interrupts, and has
// no limits.
type Config struct {
	// Stack counts the bytes that the frames of the guest's functions take on the stack, for
	// [Controller.SetStack]. It costs about 0.3 ns for each call in the guest. wazero has a limit of its
	// own for each call that the host makes, a stack of 50 to 100 MB.
	Stack bool
	// Depth counts how deep calls are nested, for [Controller.SetDepth], in the place of bytes: it has no
	// effect beside Stack. A call of a function with a large frame counts as any other.
	Depth bool
	// Shared names the module from which the globals are imported that the meter needs, instead of being
	// defined. Several modules that call each other share fuel, stack and interrupts in that way: they are
	// instantiated behind one instance of [Globals] of that name, of which a [Controller] is made. The
	// start function of each is run by [Start].
	Shared string
	// Limits are checked while the module is read.
	Limits Limits
	// Done ends the rewriting between two functions when it is closed, with [ErrStopped]. It may be nil.
	Done <-chan struct{}
}

// Module is a module that was rewritten.
type Module struct {
	// Wasm is the module for wazero to compile.
	Wasm []byte
	// HasStart says that the module has a start function. It does not run on instantiation any more:
	// [Controller.Start] calls it.
	HasStart bool
}

// Rewrite adds to a core module what lets a host interrupt it and count what it does; see the package
// comment. It does not change the input. The error is an [*Error].
func Rewrite(wasm []byte, cfg Config) (*Module, error) {
	m, err := readModule(wasm, &cfg)
	if err == nil {
		var out *Module
		if out, err = m.rewrite(); err == nil {
			return out, nil
		}
	}
	if err.Func >= 0 {
		err.Name = functionName(wasm, uint32(err.Func))
	}
	return nil, err
}

func (m *module) rewrite() (*Module, *Error) {
	h := newHelpers(m)
	code, err := m.rewriteCode(h)
	if err != nil {
		return nil, err
	}
	var functions, bodies []byte
	var names []string
	for i := 0; i < len(h.keys); i++ {
		b := h.build(h.keys[i])
		functions = leb128.AppendUint32(functions, b.typ)
		bodies = appendSized(bodies, b.body)
		names = append(names, b.name)
	}
	w := &writer{m: m, h: h, out: make([]byte, 0, len(m.in)+len(code)/4+4096)}
	w.added[sectionType] = addition{n: len(h.types), content: concat(h.types)}
	w.added[sectionFunction] = addition{n: len(h.keys), content: functions}
	if m.memories == 0 {
		// For memory.grow in the slow path. The guest cannot use it: its code has no memory.
		w.added[sectionMemory] = addition{n: 1, content: []byte{1, 0, 0}}
	}
	if m.cfg.Shared == "" {
		w.added[sectionGlobal] = addition{n: globalCount, content: globalSection()}
	} else {
		w.added[sectionImport] = addition{n: globalCount, content: importSection(m.cfg.Shared)}
	}
	w.added[sectionExport] = exportSection(h)
	w.added[sectionCode] = addition{n: len(h.keys), content: bodies}
	w.code, w.helperNames = code, names
	w.write()
	return &Module{Wasm: w.out, HasStart: m.start >= 0}, nil
}

// rewriteCode returns the functions of the code section, rewritten, without their count.
func (m *module) rewriteCode(h *helpers) (out []byte, _ *Error) {
	if m.code == nil {
		return nil, nil
	}
	s, e := &scanner{m: m, helpers: h}, &emitter{h: h}
	m.leaves = make([]uint16, uint32(len(m.funcs))-m.imported.funcs)
	// What a call takes depends on whether the function is a leaf, so these are looked for
	// first. What is wrong with a function is said below.
	if err := m.eachBody(func(fn, at, end int) *Error {
		if end-at <= leafBytes && s.scan(fn, at, end) == nil && s.leaf() > 0 && e.function(s) == nil {
			m.leaves[fn-int(m.imported.funcs)] = uint16(s.leaf())
		}
		return nil
	}); err != nil && err.Func < 0 {
		return nil, err
	}
	out = make([]byte, 0, (m.code.end-m.code.body)*3/2)
	err := m.eachBody(func(fn, at, end int) *Error {
		if err := s.scan(fn, at, end); err != nil {
			return err
		}
		if err := e.function(s); err != nil {
			return err
		}
		out = appendSized(out, e.out)
		return s.limit("RewrittenBytes", uint64(len(out)), m.cfg.Limits.RewrittenBytes, at)
	})
	return out, err
}

// eachBody calls visit for each function with the place of its locals and code.
func (m *module) eachBody(visit func(fn, at, end int) *Error) *Error {
	r := &reader{b: m.in[:m.code.end], pos: m.code.body}
	n := r.u32()
	if r.err == nil && n != uint32(len(m.funcs))-m.imported.funcs {
		r.fail(ErrMalformed, "number of functions and number of bodies differ")
	}
	for i := uint32(0); i < n && r.err == nil; i++ {
		fn := int(m.imported.funcs + i)
		size := r.u32()
		at := r.pos
		if r.bytes(size); r.err != nil {
			r.err.Func = fn
			break
		}
		if err := visit(fn, at, at+int(size)); err != nil {
			return err
		}
		select {
		case <-m.cfg.Done:
			return &Error{Kind: ErrStopped, Rule: "stopped", Func: -1, Offset: at}
		default:
		}
	}
	if r.err == nil && r.left() > 0 {
		r.fail(ErrMalformed, "section longer than its content")
	}
	return r.err
}

// An addition is what is appended to a section's vector.
type addition struct {
	n       int
	content []byte
}

// A writer writes the sections.
type writer struct {
	m           *module
	h           *helpers
	out         []byte
	added       [sectionTag + 1]addition
	code        []byte
	helperNames []string
}

func (w *writer) write() {
	w.out = append(w.out, magic...)
	rank := 0
	for i := range w.m.sections {
		s := &w.m.sections[i]
		if s.id != sectionCustom {
			w.missing(rank+1, sectionRank[s.id])
			rank = sectionRank[s.id]
		}
		w.section(s)
	}
	w.missing(rank+1, len(sectionRank))
	// Names that were not there: those of what was added still help in a trap's stack.
	if w.m.names == nil {
		w.custom("name", appendNames(nil, w.h, w.helperNames))
	}
}

// missing writes the sections of ranks from up to before to that the module does not have and to which
// something is added.
func (w *writer) missing(from, to int) {
	for rank := from; rank < to; rank++ {
		for id, r := range sectionRank {
			if a := w.added[id]; r == rank && id != sectionCustom && a.n > 0 {
				w.put(byte(id), a.content, uint32(a.n), nil)
			}
		}
	}
}

// put writes a section that is a vector: its length, what was there and what is added.
func (w *writer) put(id byte, added []byte, n uint32, content []byte) {
	size := leb128.LenUint32(n) + len(content) + len(added)
	w.out = append(w.out, id)
	w.out = leb128.AppendUint32(w.out, uint32(size))
	w.out = leb128.AppendUint32(w.out, n)
	w.out = append(w.out, content...)
	w.out = append(w.out, added...)
}

func (w *writer) custom(name string, data []byte) {
	content := append(appendSized(nil, []byte(name)), data...)
	w.out = append(w.out, sectionCustom)
	w.out = appendSized(w.out, content)
}

func (w *writer) section(s *section) {
	m := w.m
	content := m.in[s.body:s.end]
	switch s.id {
	case sectionCustom:
		switch {
		case s.name == "name":
			if s == m.names {
				w.custom("name", appendNames(m.in[s.rest:s.end], w.h, w.helperNames))
			}
			return
		case holdsOffsets(s.name):
			return
		}
	case sectionStart:
		return
	case sectionTable:
		content = lowerMax(m.in, s, m.tableLimits, m.tableMax)
	case sectionMemory:
		content = lowerMax(m.in, s, m.memLimits, func(limits) uint64 { return m.cfg.Limits.MemoryPages })
	}
	content = m.shiftGlobals(s, content)
	a := w.added[s.id]
	if a.n == 0 {
		w.out = append(w.out, s.id)
		w.out = appendSized(w.out, content)
		return
	}
	n, k := leb128.Uint32(content)
	content = content[k:]
	if s.id == sectionCode {
		content = w.code
	}
	w.put(s.id, a.content, n+uint32(a.n), content)
}

// holdsOffsets says whether a custom section holds offsets into the code, which are no longer right.
func holdsOffsets(name string) bool {
	switch name {
	case "sourceMappingURL", "external_debug_info", "linking":
		return true
	}
	return strings.HasPrefix(name, ".debug_") || strings.HasPrefix(name, "reloc.") || strings.HasPrefix(name, "metadata.code.")
}

// tableMax is how large a table may become, 0 for no limit: what it starts with and its part of what the
// tables together may have beyond that.
func (m *module) tableMax(l limits) uint64 {
	limit := m.cfg.Limits.TableElements
	if limit == 0 {
		return 0
	}
	return max(uint64(l.min)+(limit-m.elementsAtStart)/uint64(len(m.tableLimits)), 1)
}

// lowerMax returns the content of a table or memory section with every maximum at most what limitOf says.
func lowerMax(in []byte, s *section, all []limits, limitOf func(limits) uint64) []byte {
	pos := s.body
	var out []byte
	for _, l := range all {
		limit := limitOf(l)
		if limit == 0 || (l.hasMax() && uint64(l.max) <= limit) || limit > 1<<32-1 {
			continue
		}
		out = append(out, in[pos:l.from]...)
		out = append(out, l.flags|1)
		out = leb128.AppendUint32(out, l.min)
		out = leb128.AppendUint32(out, uint32(limit))
		pos = l.end
	}
	return append(out, in[pos:s.end]...)
}

func concat(parts [][]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
