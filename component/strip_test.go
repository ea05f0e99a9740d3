package component_test

import (
	"github.com/witgen/witgen/internal/wasm"
)

// plainComponent returns a component without the custom sections that name things and
// tell who made it, in it and in its core modules.
func plainComponent(c []byte) []byte {
	w := wasm.Writer{Buf: append([]byte(nil), c[:8]...)}
	in := wasm.NewCursor(c[8:], 8)
	for !in.Done() {
		id := in.Byte()
		data := in.Bytes(in.Uint32())
		switch id {
		case 0:
			if name := wasm.NewCursor(data, 0).Name(); name == "producers" || name == "component-name" {
				continue
			}
		case 1:
			data = plainModule(data)
		case 4:
			data = plainComponent(data)
		}
		w.Byte(id)
		w.Bytes(data)
	}
	return w.Buf
}

func plainModule(m []byte) []byte {
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(m, 0).Sections() {
		if s.ID == wasm.CustomSection {
			if name := s.Custom(); name == "producers" || name == "name" {
				continue
			}
		}
		w.Byte(byte(s.ID))
		w.Bytes(s.Data)
	}
	return w.Buf
}

// plainMetadata returns a core module whose metadata lacks what says who made it.
func plainMetadata(m []byte) []byte {
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(m, 0).Sections() {
		if s.ID == wasm.CustomSection {
			if name := s.Custom(); name == "component-type" {
				w.Custom(name, plainComponent(s.Content.Rest()))
				continue
			}
		}
		w.Byte(byte(s.ID))
		w.Bytes(s.Data)
	}
	return w.Buf
}
