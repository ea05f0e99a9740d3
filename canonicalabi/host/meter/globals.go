package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
	core "github.com/witgen/witgen/internal/wasm"
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
	globalTypes = [globalCount]core.ValType{core.I64, core.I64, core.I64, core.I32, core.I32}
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
	var w core.Writer
	for i, name := range globalNames {
		w.Import(core.Import{
			Module: module, Name: prefix + name,
			Type: core.Extern{Kind: core.GlobalKind, Global: core.Global{Type: globalTypes[i], Mutable: true}},
		})
	}
	return w.Buf
}

// shiftGlobals returns the content of a section with the indices that its globals have in the module that is
// written.
func (m *module) shiftGlobals(s *section, content []byte) []byte {
	if s.id == core.TableSection { // before the globals that have moved, so what it names is imported
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
	var m core.Module
	for i, name := range globalNames {
		m.Export(prefix+name, core.GlobalKind, m.Global(core.Global{Type: globalTypes[i], Mutable: true}, globalInit(i)))
	}
	return m.Bytes()
}

// globalInit returns what a global starts with.
func globalInit(i int) core.Code {
	if globalTypes[i] == core.I64 {
		return core.I64Const(globalInits[i])
	}
	return core.I32Const(int32(globalInits[i]))
}

func globalSection() []byte {
	var w core.Writer
	for i, t := range globalTypes {
		w.Global(core.Global{Type: t, Mutable: true})
		w.Byte(globalInit(i)...)
		w.Byte(byte(core.OpEnd))
	}
	return w.Buf
}

// exportSection returns the exports that are added, and their number.
func exportSection(h *helpers) (exports []byte, n int) {
	var w core.Writer
	export := func(name string, kind core.Kind, index uint32) {
		w.Export(core.Export{Name: prefix + name, Kind: kind, Index: index})
		n++
	}
	if h.m.cfg.Shared == "" {
		for i, name := range globalNames {
			export(name, core.GlobalKind, h.globals.slice+uint32(i))
		}
	}
	if h.m.start >= 0 {
		export("start", core.FuncKind, h.index(helperKey{op: helperStart}))
	}
	return w.Buf, n
}
