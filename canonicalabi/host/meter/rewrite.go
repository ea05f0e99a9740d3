package meter

import (
	"slices"
	"strings"

	"github.com/witgen/witgen/internal/leb128"
	core "github.com/witgen/witgen/internal/wasm"
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
	// Done ends the rewriting when it is closed, with [ErrStopped]: after one function, or 4,096 items of
	// other sections, at the latest. It may be nil.
	Done <-chan struct{}

	looks *looks // of tests
}

// A looks counts how often Done is looked at, and stops the rewriting after so many times, unless
// that is 0.
type looks struct{ n, most int }

// stopped returns an error once Done is closed.
func (c *Config) stopped() error {
	if l := c.looks; l != nil {
		if l.n++; l.n == l.most {
			return &Error{Kind: ErrStopped, Rule: "stopped", Func: -1}
		}
	}
	select {
	case <-c.Done:
		return &Error{Kind: ErrStopped, Rule: "stopped", Func: -1}
	default:
		return nil
	}
}

// Module is a module that was rewritten.
type Module struct {
	// Wasm is the module for wazero to compile.
	Wasm []byte
	// HasStart is set for a module that has a start function. It does not run on instantiation any more:
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
	var functions, bodies core.Writer
	var names []string
	for i := 0; i < len(h.keys); i++ {
		b := h.build(h.keys[i])
		functions.Uint32(b.typ)
		bodies.Bytes(b.body)
		names = append(names, b.name)
	}
	w := &writer{m: m, h: h, code: code, helperNames: names}
	size := len(m.in) + len(code) + len(bodies.Buf) + 4096
	if m.code != nil {
		size -= m.code.end - m.code.body
	}
	w.out.Buf = make([]byte, 0, size)
	w.add(core.TypeSection, len(h.types), slices.Concat(h.types...))
	if m.cfg.Shared != "" {
		w.add(core.ImportSection, globalCount, importSection(m.cfg.Shared))
	}
	w.add(core.FunctionSection, len(h.keys), functions.Buf)
	if m.memories == 0 {
		// For memory.grow in the slow path. The guest cannot use it: its code has no memory.
		w.add(core.MemorySection, 1, []byte{1, 0, 0})
	}
	if m.cfg.Shared == "" {
		w.add(core.GlobalSection, globalCount, globalSection())
	}
	exports, n := exportSection(h)
	w.add(core.ExportSection, n, exports)
	w.add(core.CodeSection, len(h.keys), bodies.Buf)
	w.write()
	if err := m.look.Err(); err != nil { // names are left out where they cannot be read
		return nil, convert(err, -1)
	}
	return &Module{Wasm: w.out.Buf, HasStart: m.start >= 0}, nil
}

// rewriteCode returns the functions of the code section, rewritten, without their count.
func (m *module) rewriteCode(h *helpers) ([]byte, *Error) {
	if m.code == nil {
		return nil, nil
	}
	s, e := &scanner{m: m, helpers: h}, &emitter{h: h}
	m.leaves = make([]uint16, uint32(len(m.funcs))-m.imported.funcs)
	// What a call takes depends on whether the function is a leaf, so these are looked for
	// first. Mistakes in functions are reported below.
	if err := m.eachBody(func(fn int, body *core.Cursor) *Error {
		if body.Len() <= leafBytes && s.scan(fn, body) == nil && s.leaf() > 0 && e.function(s) == nil {
			m.leaves[fn-int(m.imported.funcs)] = uint16(s.leaf())
		}
		return nil
	}); err != nil && err.Func < 0 {
		return nil, err
	}
	w := core.Writer{Buf: make([]byte, 0, (m.code.end-m.code.body)*3/2)}
	err := m.eachBody(func(fn int, body *core.Cursor) *Error {
		if err := s.scan(fn, body); err != nil {
			return err
		}
		if err := e.function(s); err != nil {
			return err
		}
		w.Bytes(e.out)
		return s.limit("RewrittenBytes", uint64(len(w.Buf)), m.cfg.Limits.RewrittenBytes, body.Offset())
	})
	return w.Buf, err
}

// eachBody calls visit for each function with its locals and code.
func (m *module) eachBody(visit func(fn int, body *core.Cursor) *Error) *Error {
	c := core.NewCursor(m.in[m.code.body:m.code.end], m.code.body)
	n := c.Uint32()
	if n != uint32(len(m.funcs))-m.imported.funcs {
		fail(c, c.Offset(), ErrMalformed, "number of functions and number of bodies differ")
	}
	var body core.Cursor // one for all functions, of which there may be many
	for i := range c.Times(n) {
		fn := int(m.imported.funcs + i)
		size := c.Uint32()
		at := c.Offset()
		body = *core.NewCursor(c.Bytes(size), at)
		if err := errorOf(c, fn); err != nil {
			return err
		}
		if err := visit(fn, &body); err != nil {
			return err
		}
		if err := m.cfg.stopped(); err != nil {
			return convert(err, -1)
		}
	}
	c.End("the code section")
	return errorOf(c, -1)
}

// An addition is what is appended to a section's vector.
type addition struct {
	id      core.SectionID
	n       int
	content []byte
}

// A writer writes the sections.
type writer struct {
	m           *module
	h           *helpers
	out         core.Writer
	added       []addition // in the order of sections, those that are not written yet
	code        []byte
	helperNames []string
}

func (w *writer) add(id core.SectionID, n int, content []byte) {
	if n > 0 {
		w.added = append(w.added, addition{id, n, content})
	}
}

func (w *writer) write() {
	w.out.Preamble()
	for i := range w.m.sections {
		s := &w.m.sections[i]
		if s.id != core.CustomSection {
			w.missing(s.id.Rank())
		}
		w.section(s)
	}
	w.missing(core.DataSection.Rank() + 1)
	// Names that were not there: those of what was added still help in a trap's stack.
	if w.m.names == nil {
		w.out.Custom("name", appendNames(nil, w.h, w.helperNames))
	}
}

// missing writes the sections before a rank that the module does not have and to which
// something is added.
func (w *writer) missing(rank int) {
	for len(w.added) > 0 && w.added[0].id.Rank() < rank {
		w.put(w.added[0].id, nil)
	}
}

// put writes a section that is a vector: what was there, with its length, and what is added.
func (w *writer) put(id core.SectionID, content []byte) {
	if len(w.added) == 0 || w.added[0].id != id {
		w.out.Byte(byte(id))
		w.out.Bytes(content)
		return
	}
	a := w.added[0]
	w.added = w.added[1:]
	n, k := leb128.Uint32(content)
	content = content[k:]
	if id == core.CodeSection {
		content = w.code
	}
	n += uint32(a.n)
	w.out.Byte(byte(id))
	w.out.Uint32(uint32(leb128.LenUint32(n) + len(content) + len(a.content)))
	w.out.Uint32(n)
	w.out.Byte(content...)
	w.out.Byte(a.content...)
}

func (w *writer) section(s *section) {
	m := w.m
	content := m.in[s.body:s.end]
	switch s.id {
	case core.CustomSection:
		switch {
		case s.name == "name":
			if s == m.names {
				w.out.Custom("name", appendNames(m.in[s.rest:s.end], w.h, w.helperNames))
			}
			return
		case holdsOffsets(s.name):
			return
		}
	case core.StartSection:
		return
	case core.TableSection:
		content = lowerMax(m.in, s, m.tableLimits, m.tableMax)
	case core.MemorySection:
		content = lowerMax(m.in, s, m.memLimits, func(limits) uint64 { return m.cfg.Limits.MemoryPages })
	}
	w.put(s.id, m.shiftGlobals(s, content))
}

// holdsOffsets reports whether a custom section holds offsets into the code, which are no longer right.
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
	return max(l.Min+(limit-m.elementsAtStart)/uint64(len(m.tableLimits)), 1)
}

// lowerMax returns the content of a table or memory section with every maximum at most what limitOf says.
func lowerMax(in []byte, s *section, all []limits, limitOf func(limits) uint64) []byte {
	pos := s.body
	var w core.Writer
	for _, l := range all {
		limit := limitOf(l)
		if limit == 0 || (l.HasMax && l.Max <= limit) || limit > 1<<32-1 {
			continue
		}
		w.Byte(in[pos:l.from]...)
		l.HasMax, l.Max = true, limit
		w.Limits(l.Limits)
		pos = l.end
	}
	w.Byte(in[pos:s.end]...)
	return w.Buf
}
