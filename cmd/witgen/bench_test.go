package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// writeTree writes a WIT package with dependencies that is the size of wasi:http
// and those of it: 7 packages, 42 interfaces and about 150 KB of text.
func writeTree(b *testing.B, dir string) {
	b.Helper()
	for p := range 7 {
		name := fmt.Sprintf("deps/dep%d/types.wit", p)
		if p == 6 {
			name = "root.wit"
		}
		var text strings.Builder
		fmt.Fprintf(&text, "package bench:dep%d@0.2.8;\n\n", p)
		for i := range 6 {
			fmt.Fprintf(&text, "/// Interface %d of package %d.\ninterface types%d {\n", i, p, i)
			if p > 0 {
				fmt.Fprintf(&text, "  use bench:dep%d/types%d@0.2.8.{stat as stat-before};\n", p-1, i)
			}
			fmt.Fprintf(&text, "  /// %s\n  enum error-code { access, again, already, bad-descriptor, busy, deadlock, quota, exist }\n", strings.Repeat("What can go wrong. ", 20))
			for r := range 2 {
				fmt.Fprintf(&text, "  record stat%s { size: u64, link-count: option<u64>, name: string, marks: list<tuple<string, u32>> }\n", []string{"", "-a", "-b", "-c"}[r])
			}
			fmt.Fprintf(&text, "  /// %s\n  resource descriptor {\n", strings.Repeat("A thing that is open. ", 20))
			for m := range 5 {
				fmt.Fprintf(&text, "    /// %s\n    @since(version = 0.2.0)\n    method%d: func(offset: u64, buffer: list<u8>) -> result<tuple<list<u8>, bool>, error-code>;\n", strings.Repeat("Reads from it. ", 25), m)
			}
			text.WriteString("  }\n}\n\n")
		}
		if p == 6 {
			text.WriteString("world all {\n")
			for i := range 6 {
				fmt.Fprintf(&text, "  import types%d;\n", i)
			}
			text.WriteString("}\n")
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheck is the whole process of witgen check on a tree the size of
// wasi:http with its dependencies.
func BenchmarkCheck(b *testing.B) { benchmarkProcess(b, "check") }

// BenchmarkGenerate is the whole process of witgen generate, both sides, on the
// same tree. Each run writes all files anew.
func BenchmarkGenerate(b *testing.B) {
	benchmarkProcess(b, "generate", "--world", "all", "--import-path", "example.com/gen", "--out", "gen")
}

// buildWitgen builds the command in a folder as make build does.
func buildWitgen(b *testing.B, dir string) string {
	b.Helper()
	binary := filepath.Join(dir, "witgen")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func benchmarkProcess(b *testing.B, args ...string) {
	dir := b.TempDir()
	wit := filepath.Join(dir, "wit")
	writeTree(b, wit)
	binary := buildWitgen(b, dir)
	args = append(args, wit)
	var memory int64 // KiB, the largest of all runs
	for b.Loop() {
		b.StopTimer()
		if err := os.RemoveAll(filepath.Join(dir, "gen")); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		cmd := exec.Command(binary, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("witgen %s: %v\n%s", args, err, out)
		}
		memory = max(memory, maxRSS(cmd.ProcessState))
	}
	if memory > 0 {
		b.ReportMetric(float64(memory)/1024, "peak-MiB")
	}
}
