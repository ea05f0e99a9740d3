package guestbuild

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module guest\n\ngo 1.26.5\n",
		"main.go": "package main\n\n//go:wasmexport answer\nfunc answer() int32 { return 42 }\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range Compilers(t) {
		t.Run(string(c), func(t *testing.T) {
			wasm := Build(t, c, dir)
			if !bytes.HasPrefix(wasm, []byte("\x00asm\x01\x00\x00\x00")) || !bytes.Contains(wasm, []byte("answer")) {
				t.Errorf("%d bytes that are no module with the export", len(wasm))
			}
			t.Logf("%d bytes", len(wasm))
		})
	}
}
