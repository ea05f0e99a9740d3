package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
)

// prefix starts the names under which a rewritten module exports what was added. No compiler makes such
// names, and a module that uses one is refused; see [Reserved].
const prefix = "!meter/"

// Unlimited is the fuel and the stack that a module starts with: more than it can use up.
const Unlimited = 1 << 62

// globals are the indices of the globals that are added.
type globals struct {
	slice   uint32 // i64: fuel at hand; below 0 where a check is due
	reserve uint32 // i64: fuel beyond the slice
	stack   uint32 // i64: what is left of the stack; below 0 where it is too deep
	flag    uint32 // i32: not 0 where the guest is to stop
	cause   uint32 // i32: the Cause of the trap
}

const globalCount = 5

// globalNames are the names of their exports after the prefix, in the order of their
// indices.
var globalNames = [globalCount]string{"slice", "reserve", "stack", "interrupt", "cause"}

func globalsAt(first uint32) globals {
	return globals{slice: first, reserve: first + 1, stack: first + 2, flag: first + 3, cause: first + 4}
}

// globalTypes are their types and globalInits what they start with.
var (
	globalTypes = [globalCount]byte{typeI64, typeI64, typeI64, typeI32, typeI32}
	globalInits = [globalCount]int64{units.Slice, Unlimited - units.Slice, Unlimited}
)

// meterGlobals returns the indices of the globals in the module that is written.
func (m *module) meterGlobals() globals {
	if m.cfg.Shared != "" {
		return globalsAt(m.imported.globals)
	}
	return globalsAt(m.globals)
}

// importSection returns the imports of the globals from a module.
func importSection(module string) []byte {
	var out []byte
	for i, name := range globalNames {
		out = appendSized(out, []byte(module))
		out = appendSized(out, []byte(prefix+name))
		out = append(out, 3, globalTypes[i], 1)
	}
	return out
}

// shiftGlobals returns the content of a section with the indices that its globals have in the module that is
// written.
func (m *module) shiftGlobals(s *section, content []byte) []byte {
	if s.id == sectionTable { // before the globals that have moved, so what it names is imported
		return content
	}
	var out []byte
	pos := s.body
	for _, ref := range m.refs {
		if ref.pos < s.body || ref.pos >= s.end {
			continue
		}
		out = append(out, m.in[pos:ref.pos]...)
		out = leb128.AppendUint32(out, ref.index)
		pos = ref.end
	}
	if pos == s.body {
		return content
	}
	return append(out, m.in[pos:s.end]...)
}

// Globals returns the module that defines and exports the globals which modules import that were rewritten
// with [Config].Shared.
func Globals() []byte {
	var exports []byte
	for i, name := range globalNames {
		exports = appendSized(exports, []byte(prefix+name))
		exports = append(exports, 3, byte(i))
	}
	out := append([]byte{}, magic...)
	out = append(out, sectionGlobal)
	out = appendSized(out, append([]byte{globalCount}, globalSection()...))
	out = append(out, sectionExport)
	return appendSized(out, append([]byte{globalCount}, exports...))
}

func globalSection() []byte {
	var a asm
	for i, typ := range globalTypes {
		a.op(typ, 1)
		if typ == typeI64 {
			a.i64(globalInits[i])
		} else {
			a.i32(int32(globalInits[i]))
		}
		a.op(opcodeEnd)
	}
	return a
}

func exportSection(h *helpers) addition {
	var out []byte
	n := 0
	export := func(name string, kind byte, index uint32) {
		out = appendSized(out, []byte(prefix+name))
		out = leb128.AppendUint32(append(out, kind), index)
		n++
	}
	if h.m.cfg.Shared == "" {
		for i, name := range globalNames {
			export(name, 3, h.globals.slice+uint32(i))
		}
	}
	if h.m.start >= 0 {
		export("start", 0, h.index(helperKey{op: helperStart}))
	}
	return addition{n: n, content: out}
}
