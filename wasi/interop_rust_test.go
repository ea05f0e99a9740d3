package wasi_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cargo builds the programs of testdata/rust and returns the folder where they are.
func (j *judge) cargo(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("cargo", "build", "--locked", "--quiet", "--release", "--target", "wasm32-wasip2", "--bins", "--lib")
	cmd.Dir = filepath.Join("testdata", "rust")
	cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+j.tool("cargo"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return j.tool("cargo/wasm32-wasip2/release")
}

// cases returns a trial for each of some cases of a program.
func cases(names ...string) []trial {
	all := make([]trial, len(names))
	for i, name := range names {
		all[i] = trial{name: name, args: []string{name}}
	}
	return all
}

// traps returns a trial for each of some cases of a program that trap.
func traps(names ...string) []trial {
	return with(cases(names...), func(c *trial) { c.traps = true })
}

// with returns trials, each changed by f.
func with(trials []trial, f func(*trial)) []trial {
	for i := range trials {
		f(&trials[i])
	}
	return trials
}

// network gives trials the whole network in both.
func network(trials []trial, args ...string) []trial {
	return with(trials, func(c *trial) {
		c.args = append(c.args, args...)
		c.wasmtime = []string{"-S", "inherit-network", "-S", "allow-ip-name-lookup"}
		c.witgen = []string{"--tcp", "*:*", "--udp", "*:*", "--listen", "*:*"}
	})
}

// onPurpose are the lines on which wasmtime and witgen differ on purpose, for each
// case. The end of docs/wasi.md tells why.
var onPurpose = map[string]map[string]string{
	"names/slashes": {
		"itself /data/file/: false":  "itself /data/file/: " + notDirectory,
		"itself /data/file//: false": "itself /data/file//: " + notDirectory,
	},
	"meta/symlinks": {
		"itself /data/d/: (false, false, true)": "itself /data/d/: (true, false, false)",
		"itself /data/f/: (false, false, true)": "itself /data/f/: " + notDirectory,
		"itself /data/n/: (false, false, true)": "itself /data/n/: No such file or directory (os error 44) (NotFound)",
	},
	"dirs/remove": {"with a slash: " + invalidText: "with a slash: ()"},
	"udp/names": {
		"-:80: " + unknownName:       "-:80: " + invalidText,
		"..:80: " + unknownName:      "..:80: " + invalidText,
		"long: " + unknownName:       "long: " + invalidText,
		"long label: " + unknownName: "long label: " + invalidText,
	},
	// Preview 1: as a core module, and by way of the adapter.
	"core/modes": {"sync: Not supported": "sync: open"},
	"component/modes": {
		"sync: Not supported":                                "sync: open",
		"read of nonblock: Resource temporarily unavailable": "read of nonblock: 4",
	},
	"core/polls": {
		"a file: 1, in and out 0":         "a file: 1, in and out 1",
		"a bad descriptor: -1, invalid 0": "a bad descriptor: 1, invalid 1",
	},
	"fetch/bad": {
		`path "/#f" Ok(())`:      `path "/#f" Err(())`,
		`authority "u@h" Ok(())`: `authority "u@h" Err(())`,
		`scheme "" Ok(())`:       `scheme "" Err(())`,
		`scheme "1x" Ok(())`:     `scheme "1x" Err(())`,
	},
	"fetch/cut": {
		`body of 4, "failed: false": "part"`: `body of 4, "failed: true": "part"`,
		"no trailers":                        "trailers failed",
	},
	"fetch/short": {"error ErrorCode::HttpProtocolError": "error ErrorCode::HttpRequestBodySize(Some(5))"},
	"fetch/trailers": {
		`headers [("content-type", "text/plain; charset=utf-8"), ("trailer", "X-End")]`: `headers [("content-type", "text/plain; charset=utf-8")]`,
	},
	"raw/poll":   {"a timer of the past is ready false": "a timer of the past is ready true"},
	"raw/times":  {"a second of nanoseconds Ok(())": "a second of nanoseconds " + code(12, "invalid", "Invalid argument", "EINVAL")},
	"raw/hashes": {"the hash of a changed file is the same true": "the hash of a changed file is the same false"},
	"raw/positions": {
		"a huge size " + code(12, "invalid", "Invalid argument", "EINVAL"): "a huge size " + code(8, "file-too-large", "File too large", "EFBIG"),
	},
	"raw/streams": {
		"a stream to write of a reader Ok(())":  "a stream to write of a reader " + badDescriptor,
		"a stream to append of a reader Ok(())": "a stream to append of a reader " + badDescriptor,
		"a stream to read of a writer Ok(())":   "a stream to read of a writer " + badDescriptor,
	},
}

const (
	invalidText  = "Invalid argument (os error 28) (InvalidInput)"
	notDirectory = "Not a directory (os error 54) (NotADirectory)"
	unknownName  = "failed to lookup address information: Name does not resolve (Uncategorized)"
)

var badDescriptor = code(3, "bad-descriptor", "Bad descriptor", "EBADF")

// code returns an error-code as Rust's bindings print it.
func code(n int, name, text, posix string) string {
	return fmt.Sprintf("Err(ErrorCode { code: %d, name: %q, message: \"%s, similar to `%s` in POSIX.\" })", n, name, text, posix)
}

// TestInteropRust runs programs of Rust's standard library, and one on WASI 0.2 itself.
func TestInteropRust(t *testing.T) {
	j := newJudge(t)
	dir := j.cargo(t)
	tcp, udp, nobody := echoes(t)
	for _, p := range []struct {
		name   string
		trials []trial
	}{
		{"names", cases("unicode", "dots", "slashes", "deep", "long", "odd", "roots")},
		{"content", cases("seek", "append", "truncate", "sparse", "shared", "large", "modes", "copy", "gone")},
		{"meta", cases("times", "order", "symlinks", "loops", "escapes", "hardlinks", "kinds", "permissions", "canonical")},
		{"dirs", cases("list", "many", "changing", "rename", "remove", "make", "walk")},
		{"fail", append(append(traps("panic", "abort", "unwrap", "index", "divide", "slice", "memory", "borrow", "temporary folder", "process"), cases("return", "code 0", "code 7", "error", "os error", "exit 0", "exit 1", "exit 200", "exit -1", "try memory", "lacking", "errors")...),
			trial{name: "surroundings", args: []string{"surroundings", "", "two words", "ä", "\n", "--flag"}, wasmtime: []string{"--env", "A=b", "--env", "EMPTY=", "--env", "Ä=ö=ü"}, witgen: []string{"--env", "A=b", "--env", "EMPTY=", "--env", "Ä=ö=ü"}})},
		{"stdio", append(cases("end", "large", "chunks", "both", "unflushed", "terminal", "files", "buffered"),
			trial{name: "lines", args: []string{"lines"}, stdin: "one\n\ntwo ä\nno end"},
			trial{name: "dialogue", args: []string{"dialogue"}, dialogue: []string{"ann", "", "bob"}},
			trial{name: "sum", args: []string{"sum"}, stdin: strings.Repeat("0123456789abcdef\x00\xff\n", 100_000)},
			trial{name: "reversed", args: []string{"reversed"}, stdin: strings.Repeat("binary \x00\x80\xff", 30_000)},
			trial{name: "part", args: []string{"part"}, stdin: strings.Repeat("more than ten", 100_000)},
			trial{name: "part of nothing", args: []string{"part"}},
			trial{name: "closed", args: []string{"end"}, closed: true},
			trial{name: "buffered", args: []string{"buffered"}, stdin: strings.Repeat("x", 100_001)},
			trial{name: "copy", args: []string{"copy"}, stdin: strings.Repeat("y", 1<<20)})},
		{"clock", cases("sleep", "forward", "wall", "together", "condition", "channel")},
		{"tcp", append(network(cases("echo", "large", "refused", "shutdown", "nonblocking", "timeouts", "listen", "peek", "many", "ipv6", "options", "reset", "addresses"), tcp, nobody),
			trial{name: "denied", args: []string{"denied", tcp, nobody}})},
		{"udp", network(cases("echo", "connected", "sizes", "nonblocking", "timeouts", "options", "ipv6", "many", "addresses", "names"), udp)},
		{"raw", append(append(traps("empty poll", "too much"), cases("poll", "streams", "random", "open", "positions", "hashes", "times", "environment", "exit with code")...),
			trial{name: "splice", args: []string{"splice"}, stdin: strings.Repeat("spliced\n", 5000)})},
	} {
		t.Run(p.name, func(t *testing.T) {
			with(p.trials, func(c *trial) { c.differ = onPurpose[p.name+"/"+c.name] })
			j.compare(t, filepath.Join(dir, p.name+".wasm"), p.trials)
		})
	}
}
