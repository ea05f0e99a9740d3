package wasm

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/internal/leb128"
)

// Writer appends the parts of a module to Buf. Its methods are the counterparts of
// those of [Cursor]; integers take their shortest form.
type Writer struct{ Buf []byte }

// Byte appends bytes.
func (w *Writer) Byte(b ...byte) { w.Buf = append(w.Buf, b...) }

// Uint32 appends an unsigned integer.
func (w *Writer) Uint32(v uint32) { w.Buf = leb128.AppendUint32(w.Buf, v) }

// Uint64 appends an unsigned integer.
func (w *Writer) Uint64(v uint64) { w.Buf = leb128.AppendUint64(w.Buf, v) }

// Int64 appends a signed integer. One of 33 bits is appended by it too.
func (w *Writer) Int64(v int64) { w.Buf = leb128.AppendInt64(w.Buf, v) }

// Flag appends 0 or 1.
func (w *Writer) Flag(b bool) {
	if b {
		w.Byte(1)
		return
	}
	w.Byte(0)
}

// Name appends a name with its length.
func (w *Writer) Name(s string) {
	w.Uint32(uint32(len(s)))
	w.Buf = append(w.Buf, s...)
}

// Bytes appends bytes with their length.
func (w *Writer) Bytes(b []byte) {
	w.Uint32(uint32(len(b)))
	w.Buf = append(w.Buf, b...)
}

// Indices appends a vector of indices.
func (w *Writer) Indices(list []uint32) { WriteVec(w, list, w.Uint32) }

// WriteVec appends a vector.
func WriteVec[T any](w *Writer, items []T, item func(T)) {
	w.Uint32(uint32(len(items)))
	for _, it := range items {
		item(it)
	}
}

// Sized appends what body appends, with its length in bytes before it.
func (w *Writer) Sized(body func()) {
	start := len(w.Buf)
	body()
	var length [leb128.MaxLen32]byte
	w.Buf = slices.Insert(w.Buf, start, leb128.AppendUint32(length[:0], uint32(len(w.Buf)-start))...)
}

// Preamble appends the preamble of a core module.
func (w *Writer) Preamble() { w.Buf = append(w.Buf, Preamble...) }

// Section appends a section whose content body appends.
func (w *Writer) Section(id SectionID, body func()) {
	w.Byte(byte(id))
	w.Sized(body)
}

// Custom appends a custom section.
func (w *Writer) Custom(name string, data []byte) {
	w.Section(CustomSection, func() {
		w.Name(name)
		w.Byte(data...)
	})
}

// ValType appends a value type.
func (w *Writer) ValType(t ValType) {
	w.Byte(t.Code)
	if t.HasHeap() {
		w.Int64(t.Heap)
	}
}

// Limits appends limits.
func (w *Writer) Limits(l Limits) {
	var bits byte
	for _, b := range []struct {
		set bool
		bit byte
	}{{l.HasMax, limitMax}, {l.Shared, limitShared}, {l.Addr64, limit64}, {l.HasPage, limitPage}} {
		if b.set {
			bits |= b.bit
		}
	}
	w.Byte(bits)
	w.Uint64(l.Min)
	if l.HasMax {
		w.Uint64(l.Max)
	}
	if l.HasPage {
		w.Uint32(l.PageLog2)
	}
}

// Table appends the type of a table.
func (w *Writer) Table(t Table) {
	w.ValType(t.Elem)
	w.Limits(t.Limits)
}

// Global appends the type of a global.
func (w *Writer) Global(g Global) {
	w.ValType(g.Type)
	w.Flag(g.Mutable)
}

// Tag appends the type of a tag, by the index of its function type.
func (w *Writer) Tag(index uint32) {
	w.Byte(0x00)
	w.Uint32(index)
}

// Extern appends the kind and the type of an import. It panics for a kind that the
// format does not have.
func (w *Writer) Extern(t Extern) {
	w.Byte(byte(t.Kind))
	switch t.Kind {
	case FuncKind:
		w.Uint32(t.Func)
	case TableKind:
		w.Table(t.Table)
	case MemoryKind:
		w.Limits(t.Memory)
	case GlobalKind:
		w.Global(t.Global)
	case TagKind:
		w.Tag(t.Func)
	default:
		panic(fmt.Sprintf("wasm: unhandled kind %d", byte(t.Kind)))
	}
}

// Import appends an import.
func (w *Writer) Import(i Import) {
	w.Name(i.Module)
	w.Name(i.Name)
	w.Extern(i.Type)
}

// Export appends an export.
func (w *Writer) Export(e Export) {
	w.Name(e.Name)
	w.Byte(byte(e.Kind))
	w.Uint32(e.Index)
}

// RecGroup appends an item of the type section.
func (w *Writer) RecGroup(g *RecGroup) {
	if g.Explicit {
		w.Byte(GroupForm)
		WriteVec(w, g.Types, w.SubType)
		return
	}
	w.SubType(g.Types[0])
}

// SubType appends a type. It panics for a kind that the format does not have.
func (w *Writer) SubType(t SubType) {
	if t.Form != 0 {
		w.Byte(t.Form)
		w.Indices(t.Supers)
	}
	w.Byte(t.Kind)
	switch t.Kind {
	case FuncForm:
		WriteVec(w, t.Params, w.ValType)
		WriteVec(w, t.Results, w.ValType)
	case StructForm:
		WriteVec(w, t.Fields, w.field)
	case ArrayForm:
		w.field(t.Fields[0])
	default:
		panic(fmt.Sprintf("wasm: unhandled type 0x%02x", t.Kind))
	}
}

func (w *Writer) field(f Field) {
	w.ValType(f.Type)
	w.Flag(f.Mutable)
}

// FuncType returns the type of a function.
func FuncType(params, results []ValType) SubType {
	return SubType{Kind: FuncForm, Params: params, Results: results}
}
