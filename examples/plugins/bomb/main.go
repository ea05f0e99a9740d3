//go:build !(wasm || tinygo.wasm)

// Command bomb writes a module of 400 KB that is valid, and that wazero would
// compile for minutes: its one function is a hundred thousand empty ifs.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

func main() {
	if _, err := os.Stdout.Write(module()); err != nil {
		fmt.Fprintln(os.Stderr, "bomb:", err)
		os.Exit(1)
	}
}

func module() []byte {
	code := []byte{0} // no locals
	code = append(code, bytes.Repeat([]byte{0x41, 0, 0x04, 0x40, 0x0b}, 100_000)...)
	code = append(code, 0x0b)
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = section(out, 1, []byte{1, 0x60, 0, 0}) // a type: no parameters, no results
	out = section(out, 3, []byte{1, 0})          // a function of it
	return section(out, 10, append(binary.AppendUvarint([]byte{1}, uint64(len(code))), code...))
}

func section(out []byte, id byte, content []byte) []byte {
	return append(binary.AppendUvarint(append(out, id), uint64(len(content))), content...)
}
