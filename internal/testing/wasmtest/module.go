// Package wasmtest builds core WebAssembly modules for tests, section by section
// and without an assembler. What it builds need not be valid: tests also want
// modules that are refused.
package wasmtest

import (
	"fmt"
	"math"
	"strings"

	"github.com/witgen/witgen/internal/leb128"
)

// Module is a core module in the making. Its zero value is an empty module.
// Imports of functions come before functions, since they share an index space.
type Module struct {
	types     []string // signatures, by type index
	imports   []imported
	functions []function
	tables    [][]byte
	memories  [][]byte
	globals   [][]byte
	exports   [][]byte
	start     int // function index and one, or 0
	elements  [][]byte
	data      [][]byte
	custom    []byte
	exported  map[string]bool
}

type imported struct {
	bytes []byte
	kind  Kind
}

type function struct {
	typ  uint32
	body []byte
}

// Kind is what an import or export is.
type Kind byte

// The kinds of imports and exports.
const (
	KindFunc   Kind = 0
	KindTable  Kind = 1
	KindMemory Kind = 2
	KindGlobal Kind = 3
)

// Export exports item number index of a kind.
func (m *Module) Export(name string, kind Kind, index uint32) {
	if m.exported == nil {
		m.exported = map[string]bool{}
	}
	m.exported[name] = true
	m.exports = append(m.exports, leb128.AppendUint32(append(str(name), byte(kind)), index))
}

// Exports reports whether something is exported under a name.
func (m *Module) Exports(name string) bool { return m.exported[name] }

// Type returns the index of a function type, written as "i32 i64 -> f32".
func (m *Module) Type(signature string) uint32 {
	for i, t := range m.types {
		if t == signature {
			return uint32(i)
		}
	}
	m.types = append(m.types, signature)
	return uint32(len(m.types) - 1)
}

// Import imports a function and returns its index.
func (m *Module) Import(module, name, signature string) uint32 {
	if len(m.functions) > 0 {
		panic("wasmtest: an import of a function after functions")
	}
	m.ImportItem(module, name, KindFunc, leb128.AppendUint32(nil, m.Type(signature)))
	return m.importedFunctions() - 1
}

// ImportItem imports anything; typ is its type in binary.
func (m *Module) ImportItem(module, name string, kind Kind, typ []byte) {
	b := append(append(str(module), str(name)...), byte(kind))
	m.imports = append(m.imports, imported{append(b, typ...), kind})
}

func (m *Module) importedFunctions() uint32 {
	n := uint32(0)
	for _, i := range m.imports {
		if i.kind == KindFunc {
			n++
		}
	}
	return n
}

// Func adds a function and returns its index. locals are the types of its locals
// behind the parameters, as "i32 i32".
func (m *Module) Func(signature, locals string, code ...Code) uint32 {
	index := m.Declare(signature)
	m.DefineFunc(index, locals, code...)
	return index
}

// Declare adds a function that DefineFunc gives a body, and returns its index.
func (m *Module) Declare(signature string) uint32 {
	m.functions = append(m.functions, function{typ: m.Type(signature)})
	return m.importedFunctions() + uint32(len(m.functions)-1)
}

// DefineFunc gives a declared function its body.
func (m *Module) DefineFunc(index uint32, locals string, code ...Code) {
	types := strings.Fields(locals)
	body := leb128.AppendUint32(nil, uint32(len(types)))
	for _, t := range types {
		body = append(body, 1, valueType(t))
	}
	body = append(append(body, Seq(code...)...), 0x0b)
	m.functions[index-m.importedFunctions()].body = body
}

// RawFunc adds a function by its body in binary, locals and code, which may be
// wrong.
func (m *Module) RawFunc(signature string, body []byte) uint32 {
	m.functions = append(m.functions, function{typ: m.Type(signature), body: body})
	return m.importedFunctions() + uint32(len(m.functions)-1)
}

// ExportFunc adds a function and exports it.
func (m *Module) ExportFunc(name, signature, locals string, code ...Code) uint32 {
	index := m.Func(signature, locals, code...)
	m.Export(name, KindFunc, index)
	return index
}

// Memory adds a memory of min pages. max is its maximum, or -1 for none.
func (m *Module) Memory(min uint32, max int64) uint32 {
	m.memories = append(m.memories, Limits(min, max))
	return uint32(len(m.memories) - 1)
}

// Table adds a table of functions.
func (m *Module) Table(min uint32, max int64) uint32 {
	m.tables = append(m.tables, append([]byte{0x70}, Limits(min, max)...))
	return uint32(len(m.tables) - 1)
}

// Elements fills the first table from an offset with functions.
func (m *Module) Elements(offset uint32, functions ...uint32) {
	b := append([]byte{0}, I32(offset)...)
	b = leb128.AppendUint32(append(b, 0x0b), uint32(len(functions)))
	for _, f := range functions {
		b = leb128.AppendUint32(b, f)
	}
	m.elements = append(m.elements, b)
}

// Global adds a mutable global with its initial value, a constant expression.
func (m *Module) Global(typ string, init Code) uint32 {
	m.globals = append(m.globals, append(append([]byte{valueType(typ), 1}, init...), 0x0b))
	return uint32(len(m.globals) - 1)
}

// Data puts bytes into memory when the module is instantiated.
func (m *Module) Data(offset uint32, bytes []byte) {
	b := append([]byte{0}, I32(offset)...)
	b = leb128.AppendUint32(append(b, 0x0b), uint32(len(bytes)))
	m.data = append(m.data, append(b, bytes...))
}

// Start makes a function run when the module is instantiated.
func (m *Module) Start(function uint32) { m.start = int(function) + 1 }

// Custom appends a custom section.
func (m *Module) Custom(name string, content []byte) {
	m.custom = appendSection(m.custom, 0, append(str(name), content...))
}

// Bytes returns the module in binary.
func (m *Module) Bytes() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	vector := func(id byte, items [][]byte) {
		if len(items) == 0 {
			return
		}
		b := leb128.AppendUint32(nil, uint32(len(items)))
		for _, item := range items {
			b = append(b, item...)
		}
		out = appendSection(out, id, b)
	}
	var types, imports, functions, codes [][]byte
	for _, t := range m.types {
		types = append(types, functionType(t))
	}
	for _, i := range m.imports {
		imports = append(imports, i.bytes)
	}
	for _, f := range m.functions {
		functions = append(functions, leb128.AppendUint32(nil, f.typ))
		codes = append(codes, append(leb128.AppendUint32(nil, uint32(len(f.body))), f.body...))
	}
	vector(1, types)
	vector(2, imports)
	vector(3, functions)
	vector(4, m.tables)
	vector(5, m.memories)
	vector(6, m.globals)
	vector(7, m.exports)
	if m.start > 0 {
		out = appendSection(out, 8, leb128.AppendUint32(nil, uint32(m.start-1)))
	}
	vector(9, m.elements)
	vector(10, codes)
	vector(11, m.data)
	return append(out, m.custom...)
}

// Limits returns the limits of a memory or table in binary.
func Limits(min uint32, max int64) []byte {
	if max < 0 {
		return leb128.AppendUint32([]byte{0}, min)
	}
	return leb128.AppendUint32(leb128.AppendUint32([]byte{1}, min), uint32(min32(max)))
}

func min32(n int64) int64 { return min(n, math.MaxUint32) }

func appendSection(out []byte, id byte, content []byte) []byte {
	out = leb128.AppendUint32(append(out, id), uint32(len(content)))
	return append(out, content...)
}

func str(s string) []byte {
	return append(leb128.AppendUint32(nil, uint32(len(s))), s...)
}

func functionType(signature string) []byte {
	params, results, ok := strings.Cut(signature, "->")
	if !ok {
		panic(fmt.Sprintf("wasmtest: signature %q has no ->", signature))
	}
	b := []byte{0x60}
	for _, list := range []string{params, results} {
		types := strings.Fields(list)
		b = leb128.AppendUint32(b, uint32(len(types)))
		for _, t := range types {
			b = append(b, valueType(t))
		}
	}
	return b
}

func valueType(name string) byte {
	switch name {
	case "i32":
		return 0x7f
	case "i64":
		return 0x7e
	case "f32":
		return 0x7d
	case "f64":
		return 0x7c
	default:
		panic(fmt.Sprintf("wasmtest: unknown value type %q", name))
	}
}
