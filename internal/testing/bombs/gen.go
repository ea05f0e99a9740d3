package bombs

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// types are the value types by their letters in [Op].
var types = map[byte]wasm.ValType{'i': wasm.I32, 'l': wasm.I64, 'f': wasm.F32, 'd': wasm.F64, 'v': {Code: wasm.CodeV128}}

// valTypes returns the types of letters.
func valTypes(letters string) []wasm.ValType {
	var all []wasm.ValType
	for i := range len(letters) {
		t, ok := types[letters[i]]
		if !ok {
			panic(fmt.Sprintf("bombs: no type %q", letters[i]))
		}
		all = append(all, t)
	}
	return all
}

// sig returns the index of a function type.
func sig(m *wasm.Module, in, out string) uint32 {
	return m.Type(wasm.FuncType(valTypes(in), valTypes(out)))
}

// withMemory returns a module with a memory of a page.
func withMemory() *wasm.Module {
	var m wasm.Module
	m.Memory(wasm.Limits{Min: 1})
	return &m
}

// locals returns the body of a function with n locals of each type of letters.
func body(letters string, n uint32, code wasm.Code) []byte {
	var w wasm.Writer
	w.Uint32(uint32(len(letters)))
	for _, t := range valTypes(letters) {
		w.Uint32(n)
		w.ValType(t)
	}
	w.Byte(code...)
	w.Byte(byte(wasm.OpEnd))
	return w.Buf
}

// Empty returns a module with one function that does nothing.
func Empty() []byte { return functions(1, 0, 0, 0) }
