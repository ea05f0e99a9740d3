package bombs

import (
	"bytes"
	"fmt"

	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// functions returns small functions beside types, globals and imports.
func functions(n, types, globals, imports int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	for i := range types {
		m.Types = append(m.Types, typeOf(i, 12))
	}
	for i := range imports {
		importFunc(m, i, t)
	}
	for range globals {
		m.Globals = append(m.Globals, []byte{0x7f, 0x00, 0x41, 0, 0x0b})
	}
	for range n {
		m.RawFunc(t, body("", 0, nil))
	}
	return m.Bytes()
}

// typeOf returns a function type of its own for each i, with parameters.
func typeOf(i, params int) []byte {
	b := append([]byte{0x60}, leb128.AppendUint32(nil, uint32(params))...)
	for range params {
		b = append(b, 0x7c+byte(i%4))
		i /= 4
	}
	return append(b, 0)
}

func exportsOfFunctions(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	for i := range n {
		m.RawFunc(t, body("", 0, nil))
		m.Export(fmt.Sprint(i), wasm.FuncKind, uint32(i))
	}
	return m.Bytes()
}

func functionsWithLocals(n, locals int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	for range n {
		m.RawFunc(t, body("i", uint32(locals), nil))
	}
	return m.Bytes()
}

func namedLocals(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	var w wasm.Writer
	w.Byte(wasm.NamesOfLocals)
	w.Sized(func() {
		w.Uint32(uint32(n))
		for i := range n {
			w.Uint32(uint32(i))
			w.Uint32(1)
			w.Uint32(0)
			w.Name("x")
		}
	})
	for range n {
		m.RawFunc(t, body("i", 1, nil))
	}
	m.Export("f", wasm.FuncKind, 0)
	m.AddCustom("name", w.Buf)
	return m.Bytes()
}

func typesOnly(n, params int) []byte {
	m := withMemory()
	for i := range n {
		m.Types = append(m.Types, typeOf(i, params))
	}
	m.Types = append(m.Types, []byte{0x60, 0, 0})
	m.RawFunc(uint32(n), body("", 0, nil))
	return m.Bytes()
}

func typesOfReferences(n int) []byte {
	m := withMemory()
	m.Types = append(m.Types, []byte{0x60, 0, 0})
	for range n {
		b := []byte{0x60}
		b = leb128.AppendUint32(b, 1000)
		m.Types = append(m.Types, append(append(b, bytes.Repeat([]byte{0x63, 0}, 1000)...), 0))
	}
	m.RawFunc(0, body("", 0, nil))
	return m.Bytes()
}

func exportsOnly(n int) []byte {
	m := withMemory()
	for i := range n {
		m.Export(fmt.Sprint(i), wasm.MemoryKind, 0)
	}
	return m.Bytes()
}

func elements(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	m.RawFunc(t, body("", 0, nil))
	m.Element(0, make([]uint32, n)...)
	return m.Bytes()
}

func elementsAndImports(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	for i := range n {
		importFunc(m, i, t)
	}
	m.Import(wasm.Import{Module: "m", Name: "g", Type: wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.FuncRef}}})
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	var w wasm.Writer
	w.Byte(4, 0x41, 0, 0x0b)
	w.Uint32(uint32(n))
	w.Byte(bytes.Repeat([]byte{0x23, 0, 0x0b}, n)...)
	m.Elements = append(m.Elements, w.Buf)
	return m.Bytes()
}

func dataSegments(n int) []byte {
	m := withMemory()
	for range n {
		m.Datum(0, []byte("x"))
	}
	return m.Bytes()
}

func names(n int) []byte {
	m := withMemory()
	m.RawFunc(sig(m, "", ""), body("", 0, nil))
	list := make([]string, n)
	for i := range list {
		list[i] = "f"
	}
	m.AddFunctionNames(0, list...)
	return m.Bytes()
}
