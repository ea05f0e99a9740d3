package wasm

import "slices"

// Module is a core module in the making. Its zero value is an empty module. Items
// that are imported and items that are defined share index spaces, imported ones
// first; so imports of a kind come before definitions of it. What is made need not be
// valid: the raw fields take anything.
type Module struct {
	// Types are the items of the type section in binary.
	Types [][]byte
	// Imports are the imports in binary, and imported counts them by kind.
	Imports  [][]byte
	imported [kinds]uint32
	// Functions are the functions that the module defines.
	Functions []Function
	// Tables, Memories, Globals, Exports, Elements and Data are the items of their
	// sections in binary.
	Tables, Memories, Globals, Exports, Elements, Data [][]byte
	// Start is the index of the function that runs at instantiation, or nil.
	Start *uint32
	// Custom are the custom sections behind the others, whole.
	Custom []byte
}

// Function is a function that a module defines: the index of its type, and locals
// and code in binary, without the length.
type Function struct {
	Type uint32
	Body []byte
}

// part returns what write writes.
func part(write func(w *Writer)) []byte {
	var w Writer
	write(&w)
	return w.Buf
}

// Type returns the index of a type, which it adds where it is not there.
func (m *Module) Type(t SubType) uint32 {
	b := part(func(w *Writer) { w.SubType(t) })
	for i, known := range m.Types {
		if string(known) == string(b) {
			return uint32(i)
		}
	}
	m.Types = append(m.Types, b)
	return uint32(len(m.Types) - 1)
}

// Import adds an import and returns its index among those of its kind. It panics
// where the module defines functions already and imports another.
func (m *Module) Import(i Import) uint32 {
	return m.RawImport(i.Type.Kind, part(func(w *Writer) { w.Import(i) }))
}

// RawImport is Import for an import in binary.
func (m *Module) RawImport(kind Kind, b []byte) uint32 {
	if kind == FuncKind && len(m.Functions) > 0 {
		panic("wasm: an import of a function after functions")
	}
	m.Imports = append(m.Imports, b)
	m.imported[kind]++
	return m.imported[kind] - 1
}

// Imported returns the number of imports of a kind.
func (m *Module) Imported(kind Kind) uint32 { return m.imported[kind] }

// Func adds a function and returns its index. locals are the types of its locals
// behind the parameters; the end is added to the code.
func (m *Module) Func(typ uint32, locals []ValType, code ...Code) uint32 {
	return m.RawFunc(typ, Body(locals, code...))
}

// RawFunc adds a function by its body in binary.
func (m *Module) RawFunc(typ uint32, body []byte) uint32 {
	m.Functions = append(m.Functions, Function{typ, body})
	return m.imported[FuncKind] + uint32(len(m.Functions)-1)
}

// Body returns the body of a function in binary: locals, code and the end.
func Body(locals []ValType, code ...Code) []byte {
	n := 8 + 4*len(locals)
	for _, c := range code {
		n += len(c)
	}
	return part(func(w *Writer) {
		w.Buf = make([]byte, 0, n)
		w.Uint32(uint32(len(locals)))
		for _, t := range locals {
			w.Byte(1)
			w.ValType(t)
		}
		for _, c := range code {
			w.Byte(c...)
		}
		w.Byte(byte(OpEnd))
	})
}

// SetBody sets the body of a function that the module defines.
func (m *Module) SetBody(index uint32, body []byte) {
	m.Functions[index-m.imported[FuncKind]].Body = body
}

// Table adds a table and returns its index.
func (m *Module) Table(t Table) uint32 {
	m.Tables = append(m.Tables, part(func(w *Writer) { w.Table(t) }))
	return m.imported[TableKind] + uint32(len(m.Tables)-1)
}

// Memory adds a memory and returns its index.
func (m *Module) Memory(l Limits) uint32 {
	m.Memories = append(m.Memories, part(func(w *Writer) { w.Limits(l) }))
	return m.imported[MemoryKind] + uint32(len(m.Memories)-1)
}

// Global adds a global with its initial value, a constant expression without its
// end, and returns its index.
func (m *Module) Global(g Global, init Code) uint32 {
	m.Globals = append(m.Globals, part(func(w *Writer) {
		w.Global(g)
		w.Byte(init...)
		w.Byte(byte(OpEnd))
	}))
	return m.imported[GlobalKind] + uint32(len(m.Globals)-1)
}

// Export adds an export.
func (m *Module) Export(name string, kind Kind, index uint32) {
	m.Exports = append(m.Exports, part(func(w *Writer) { w.Export(Export{name, kind, index}) }))
}

// Element adds an active segment that fills table 0 with functions from an offset.
func (m *Module) Element(offset int32, functions ...uint32) {
	m.Elements = append(m.Elements, part(func(w *Writer) {
		w.Uint32(0)
		w.Byte(I32Const(offset)...)
		w.Byte(byte(OpEnd))
		w.Indices(functions)
	}))
}

// Datum adds an active segment that puts bytes into memory 0 at an offset.
func (m *Module) Datum(offset int32, b []byte) {
	m.Data = append(m.Data, part(func(w *Writer) {
		w.Uint32(0)
		w.Byte(I32Const(offset)...)
		w.Byte(byte(OpEnd))
		w.Bytes(b)
	}))
}

// AddCustom adds a custom section behind the others.
func (m *Module) AddCustom(name string, data []byte) {
	m.Custom = slices.Concat(m.Custom, part(func(w *Writer) { w.Custom(name, data) }))
}

// AddFunctionNames adds a name section with the names of functions, by index from
// first on.
func (m *Module) AddFunctionNames(first uint32, names ...string) {
	m.AddCustom("name", part(func(w *Writer) {
		w.Byte(NamesOfFunctions)
		w.Sized(func() {
			w.Uint32(uint32(len(names)))
			for i, name := range names {
				w.Uint32(first + uint32(i))
				w.Name(name)
			}
		})
	}))
}

// Bytes returns the module in binary. Sections without items are left out.
func (m *Module) Bytes() []byte {
	var w Writer
	w.Preamble()
	vector := func(id SectionID, items [][]byte) {
		if len(items) > 0 {
			w.Section(id, func() { WriteVec(&w, items, func(b []byte) { w.Byte(b...) }) })
		}
	}
	var types, bodies [][]byte
	for _, f := range m.Functions {
		types = append(types, part(func(w *Writer) { w.Uint32(f.Type) }))
		bodies = append(bodies, part(func(w *Writer) { w.Bytes(f.Body) }))
	}
	vector(TypeSection, m.Types)
	vector(ImportSection, m.Imports)
	vector(FunctionSection, types)
	vector(TableSection, m.Tables)
	vector(MemorySection, m.Memories)
	vector(GlobalSection, m.Globals)
	vector(ExportSection, m.Exports)
	if m.Start != nil {
		w.Section(StartSection, func() { w.Uint32(*m.Start) })
	}
	vector(ElementSection, m.Elements)
	vector(CodeSection, bodies)
	vector(DataSection, m.Data)
	w.Byte(m.Custom...)
	return w.Buf
}
