package nested

import (
	"flag"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

const root = "../../.."

// TestGenerated generates the bindings of internal/testing/generated and runs the
// tests there: round trips, what other tools make and judge, the benchmarks' rows.
// scripts/generated runs one of them.
func TestGenerated(t *testing.T) {
	dir := filepath.Join("..", "generated")
	if err := Generate(dir); err != nil {
		t.Fatal(err)
	}
	inputs, err := Inputs(root)
	if err != nil {
		t.Fatal(err)
	}
	cmd := Command(dir, append(append([]string{"test"}, flags(t)...), "./...")...)
	cmd.Env = append(cmd.Env, InputsVariable+"="+inputs)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Run(); err != nil {
		t.Errorf("%s in internal/testing/generated: %v", cmd, err)
	}
}

// flags returns the flags of go test that this test was run with and that are to
// count for others, too. Those that hang end before this one does, with their stacks.
func flags(t *testing.T) []string {
	var list []string
	flag.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"test.v", "test.short", "test.count", "test.cpu", "test.parallel"}, f.Name) {
			list = append(list, "-"+f.Name[len("test."):]+"="+f.Value.String())
		}
	})
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		list = append(list, "-race")
	}
	if deadline, ok := t.Deadline(); ok {
		list = append(list, "-timeout="+(time.Until(deadline)*9/10).String())
	}
	return list
}

// A changed, added or renamed file changes the hash; one that is hidden does not.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		hash, err := Inputs(dir)
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	hashes := []string{write("a/x.go", "1"), write("a/x.go", "2"), write("y.go", ""), write("a/y.go", "")}
	slices.Sort(hashes)
	if len(slices.Compact(hashes)) != 4 {
		t.Errorf("of four states, two have one hash: %v", hashes)
	}
	if before, after := write("a/y.go", ""), write(".git/index", "1"); before != after {
		t.Error("a file in a hidden folder changes the hash")
	}
}
