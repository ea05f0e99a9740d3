package doctest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/cli"
	"github.com/witgen/witgen/internal/testing/calltest"
	"github.com/witgen/witgen/parser/resolve"
)

// The commands of docs/call.md print what the page shows, its WIT is the guest's,
// and its Go is that of the example that package dynamic tests.
func TestCall(t *testing.T) {
	const page = "docs/call.md"
	for _, block := range blocks(t, page, "wit") {
		if !strings.Contains(calltest.WIT, block) {
			t.Errorf("the guest's WIT does not hold\n%s", block)
		}
	}
	example, err := os.ReadFile(filepath.Join(root, "dynamic/example_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks(t, page, "go") {
		if !strings.Contains(string(example), block) {
			t.Errorf("example_test.go does not hold\n%s", block)
		}
	}
	sessions := blocks(t, page, "console")
	t.Chdir(t.TempDir())
	writeDemo(t)
	for _, session := range sessions {
		if diff := cmp.Diff(session, replay(t, session)); diff != "" {
			t.Errorf("(-page +witgen):\n%s", diff)
		}
	}
}

// writeDemo writes the guests of the page.
func writeDemo(t *testing.T) {
	t.Helper()
	result, err := resolve.Source("demo.wit", calltest.WIT, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	made := func(world string, core []byte) []byte {
		id, err := resolve.SelectWorld(result.Resolve, result.Main, world)
		if err != nil {
			t.Fatal(err)
		}
		embedded, err := component.Embed(core, result.Resolve, id, component.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		made, err := component.New(embedded, component.NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	core := calltest.Guest(false)
	for name, content := range map[string][]byte{
		"core.wasm": core, "demo.wasm": made("demo", core), "chatty.wasm": made("chatty", calltest.Guest(true)), "demo.wit": []byte(calltest.WIT),
	} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// replay runs the commands of a session, the lines that begin with $, and returns
// the session with what they print now.
func replay(t *testing.T, session string) string {
	t.Helper()
	var out bytes.Buffer
	for line := range strings.Lines(session) {
		command, ok := strings.CutPrefix(line, "$ witgen ")
		if !ok {
			continue
		}
		out.WriteString(line)
		if status := cli.Run(words(command), strings.NewReader(""), &out, &out); status != 0 {
			fmt.Fprintf(&out, "[exit status %d]\n", status)
		}
	}
	return out.String()
}

// words splits a command at blanks that are not between single quotes.
func words(command string) []string {
	var list []string
	for i, part := range strings.Split(strings.TrimSpace(command), "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}
