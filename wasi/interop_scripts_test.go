package wasi_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInteropPython has a program and a handler, one component of componentize-py, run
// by both.
func TestInteropPython(t *testing.T) {
	j := newJudge(t)
	host := upstream(t)
	_, _, nobody := echoes(t)
	out := filepath.Join(t.TempDir(), "python.wasm")
	shell(t, "", j.tool("venv/bin/componentize-py"), "--quiet", "-d", "wit", "-d", filepath.Join("testdata", "python"), "-w", "judge:python/both",
		"componentize", "-p", filepath.Join("testdata", "python"), "app", "-o", out)
	j.scripted(t, out, host, append(cases("files", "clock", "chance", "exit"),
		trial{name: "error", args: []string{"error"}, traps: true},
		trial{name: "surroundings", args: []string{"surroundings", "one", "", "zwei ä"}, wasmtime: []string{"--env", "A=b"}, witgen: []string{"--env", "A=b"}},
		trial{name: "lines", args: []string{"lines"}, stdin: strings.Repeat("eine Zeile ä\n", 5000) + "no end"},
		trial{name: "digest", args: []string{"digest"}, stdin: strings.Repeat("binary \x00", 20_000)},
		trial{name: "fetch", args: []string{"fetch", host, nobody}}), map[string]exchange{
		"plain":     {path: "/"},
		"echo":      {method: "POST", path: "/echo", body: strings.Repeat("text", 10_000)},
		"seen":      {path: "/seen?a=b&c", header: http.Header{"X-One": {"1"}, "X-Two": {"a", "b"}}},
		"large":     {path: "/large"},
		"fetch":     {path: "/fetch?" + host + "/hello"},
		"raise":     {path: "/raise", fails: true},
		"not found": {path: "/none"},
	})
}

// TestInteropJavaScript has a program and a handler, one component of jco and
// StarlingMonkey, run by both.
func TestInteropJavaScript(t *testing.T) {
	j := newJudge(t)
	host := upstream(t)
	_, _, nobody := echoes(t)
	out := filepath.Join(t.TempDir(), "javascript.wasm")
	shell(t, "", j.tool("node_modules/.bin/jco"), "componentize", filepath.Join("testdata", "javascript", "app.js"), "--wit", starlingMonkey(t), "--world-name", "both", "-o", out)
	j.scripted(t, out, host, append(cases("files", "random", "time", "throw"),
		trial{name: "surroundings", args: []string{"surroundings", "one", "", "zwei ä"}, wasmtime: []string{"--env", "A=b"}, witgen: []string{"--env", "A=b"}},
		trial{name: "copy", args: []string{"copy"}, stdin: strings.Repeat("some text\n", 10_000)},
		trial{name: "fetches", args: []string{"fetches", host, nobody}}), map[string]exchange{
		"plain":        {path: "/"},
		"echo":         {method: "POST", path: "/echo", body: strings.Repeat("text", 10_000)},
		"pass":         {method: "PUT", path: "/pass", body: strings.Repeat("text", 10_000), chunked: true},
		"seen":         {path: "/seen?a=b&c", header: http.Header{"X-One": {"1"}, "X-Two": {"a", "b"}}},
		"status":       {path: "/status?418"},
		"no content":   {path: "/status?204"},
		"stream":       {path: "/stream"},
		"large":        {path: "/large"},
		"fetch":        {path: "/fetch?" + host + "/hello"},
		"fetch stream": {path: "/fetch?" + host + "/stream"},
		"throw":        {path: "/throw", left: true},
		"not found":    {path: "/none"},
	})
}

// scripted has a component that is a program and a handler run by both.
func (j *judge) scripted(t *testing.T, wasm, host string, trials []trial, exchanges map[string]exchange) {
	t.Run("program", func(t *testing.T) {
		j.compare(t, wasm, with(trials, func(c *trial) {
			c.wasmtime = append(c.wasmtime, "-S", "http")
			c.witgen = append(c.witgen, "--http", "127.0.0.1:*")
		}))
	})
	t.Run("handler", func(t *testing.T) { j.served(t, wasm, exchanges) })
}

// starlingMonkey returns a folder with the WIT of a program and a handler. The handler
// is of wasi:http 0.2.10, which StarlingMonkey has within.
func starlingMonkey(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o777)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	older := func(text string) string { return strings.ReplaceAll(text, "0.2.12", "0.2.10") }
	for _, name := range []string{"cli", "clocks", "filesystem", "io", "random", "sockets"} {
		text := read(filepath.Join("wit", "deps", name+".wit"))
		write(filepath.Join("deps", name, name+".wit"), text)
		if name == "clocks" || name == "io" {
			write(filepath.Join("deps", name+"10", name+".wit"), older(text))
		}
	}
	text, _, _ := strings.Cut(read(filepath.Join("wit", "http.wit")), "/// A handler of HTTP requests")
	write(filepath.Join("deps", "http", "http.wit"), older(text))
	write("world.wit", "package judge:javascript;\nworld both { include wasi:cli/command@0.2.12; export wasi:http/incoming-handler@0.2.10; }\n")
	return dir
}
