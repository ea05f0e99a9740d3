// Package wasmtest builds core WebAssembly modules for tests, section by section. It
// is internal/wasm's assembler with signatures and types written as text. What it
// builds need not be valid: tests also want modules that are refused.
package wasmtest

import (
	"fmt"
	"math"
	"strings"

	"github.com/witgen/witgen/internal/wasm"
)

// Module is a core module in the making. Its zero value is an empty module.
// Imports of functions come before functions, since they share an index space.
type Module struct {
	m        wasm.Module
	exported map[string]bool
}

// Kind is what an import or export is.
type Kind = wasm.Kind

// The kinds of imports and exports.
const (
	KindFunc   = wasm.FuncKind
	KindTable  = wasm.TableKind
	KindMemory = wasm.MemoryKind
	KindGlobal = wasm.GlobalKind
)

// Export exports item number index of a kind.
func (m *Module) Export(name string, kind Kind, index uint32) {
	if m.exported == nil {
		m.exported = map[string]bool{}
	}
	m.exported[name] = true
	m.m.Export(name, kind, index)
}

// Exports reports whether something is exported under a name.
func (m *Module) Exports(name string) bool { return m.exported[name] }

// Type returns the index of a function type, written as "i32 i64 -> f32".
func (m *Module) Type(signature string) uint32 {
	params, results, ok := strings.Cut(signature, "->")
	if !ok {
		panic(fmt.Sprintf("wasmtest: signature %q has no ->", signature))
	}
	return m.m.Type(wasm.FuncType(valueTypes(params), valueTypes(results)))
}

// Import imports a function and returns its index.
func (m *Module) Import(module, name, signature string) uint32 {
	return m.m.Import(wasm.Import{Module: module, Name: name, Type: wasm.Extern{Kind: KindFunc, Func: m.Type(signature)}})
}

// ImportItem imports anything; typ is its type in binary.
func (m *Module) ImportItem(module, name string, kind Kind, typ []byte) {
	var w wasm.Writer
	w.Name(module)
	w.Name(name)
	w.Byte(byte(kind))
	w.Byte(typ...)
	m.m.RawImport(kind, w.Buf)
}

// Func adds a function and returns its index. locals are the types of its locals
// behind the parameters, as "i32 i32".
func (m *Module) Func(signature, locals string, code ...Code) uint32 {
	return m.m.Func(m.Type(signature), valueTypes(locals), code...)
}

// Declare adds a function that DefineFunc gives a body, and returns its index.
func (m *Module) Declare(signature string) uint32 { return m.RawFunc(signature, nil) }

// DefineFunc gives a declared function its body.
func (m *Module) DefineFunc(index uint32, locals string, code ...Code) {
	m.m.SetBody(index, wasm.Body(valueTypes(locals), code...))
}

// RawFunc adds a function by its body in binary, locals and code, which may be
// wrong.
func (m *Module) RawFunc(signature string, body []byte) uint32 {
	return m.m.RawFunc(m.Type(signature), body)
}

// ExportFunc adds a function and exports it.
func (m *Module) ExportFunc(name, signature, locals string, code ...Code) uint32 {
	index := m.Func(signature, locals, code...)
	m.Export(name, KindFunc, index)
	return index
}

// Memory adds a memory of min pages. max is its maximum, or -1 for none.
func (m *Module) Memory(min uint32, max int64) uint32 { return m.m.Memory(limits(min, max)) }

// Table adds a table of functions.
func (m *Module) Table(min uint32, max int64) uint32 {
	return m.m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: limits(min, max)})
}

// Elements fills the first table from an offset with functions.
func (m *Module) Elements(offset uint32, functions ...uint32) {
	m.m.Element(int32(offset), functions...)
}

// Global adds a mutable global with its initial value, a constant expression.
func (m *Module) Global(typ string, init Code) uint32 {
	return m.m.Global(wasm.Global{Type: valueType(typ), Mutable: true}, init)
}

// Data puts bytes into memory when the module is instantiated.
func (m *Module) Data(offset uint32, bytes []byte) { m.m.Datum(int32(offset), bytes) }

// Start makes a function run when the module is instantiated.
func (m *Module) Start(function uint32) { m.m.Start = &function }

// Custom appends a custom section.
func (m *Module) Custom(name string, content []byte) { m.m.AddCustom(name, content) }

// Bytes returns the module in binary.
func (m *Module) Bytes() []byte { return m.m.Bytes() }

// Limits returns the limits of a memory or table in binary.
func Limits(min uint32, max int64) []byte {
	var w wasm.Writer
	w.Limits(limits(min, max))
	return w.Buf
}

func limits(least uint32, most int64) wasm.Limits {
	if most < 0 {
		return wasm.Limits{Min: uint64(least)}
	}
	return wasm.Limits{Min: uint64(least), Max: uint64(min(most, math.MaxUint32)), HasMax: true}
}

func valueTypes(list string) []wasm.ValType {
	var types []wasm.ValType
	for _, name := range strings.Fields(list) {
		types = append(types, valueType(name))
	}
	return types
}

func valueType(name string) wasm.ValType {
	switch name {
	case "i32":
		return wasm.I32
	case "i64":
		return wasm.I64
	case "f32":
		return wasm.F32
	case "f64":
		return wasm.F64
	default:
		panic(fmt.Sprintf("wasmtest: unknown value type %q", name))
	}
}
