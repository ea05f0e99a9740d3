package wasi_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// judge runs programs by wasmtime's command and by witgen's.
type judge struct {
	tools  string // WITGEN_INTEROP
	witgen string
	cache  string
}

// trial is a run of a program by both.
type trial struct {
	name     string
	args     []string
	stdin    string
	dialogue []string               // lines of input: each is sent when the program has written a line
	closed   bool                   // standard input is closed
	traps    bool                   // both end the program by a trap
	fixed    func(dir string) error // what else /fixed holds
	wasmtime []string               // flags
	witgen   []string               // flags
	// differ has the lines of standard output on which the two differ on purpose:
	// wasmtime's, and ours. docs/wasi.md tells why.
	differ map[string]string
}

// outcome is what comes of a run of a program.
type outcome struct {
	Code           int
	Stdout, Stderr string
	Files          map[string]string
}

// ending is what comes of a run.
type ending struct {
	Code           int
	Trapped        bool
	Stdout, Stderr string
	Data, Fixed    map[string]string
}

// newJudge returns the judge, and skips the test if there is none.
func newJudge(t *testing.T) *judge {
	t.Helper()
	tools := os.Getenv("WITGEN_INTEROP")
	if tools == "" {
		t.Skip("wasmtime is left out: make interop installs and asks it")
	}
	j := &judge{tools: tools, witgen: filepath.Join(tools, "witgen"), cache: t.TempDir()}
	shell(t, "", "go", "build", "-o", j.witgen, "github.com/witgen/witgen/cmd/witgen")
	return j
}

// shell runs a command in a folder.
func shell(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, text)
	}
}

// tool returns the path of a tool.
func (j *judge) tool(path string) string { return filepath.Join(j.tools, filepath.FromSlash(path)) }

// compiled compiles a program by wasmtime.
func (j *judge) compiled(t *testing.T, wasm string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), filepath.Base(wasm))
	shell(t, "", j.tool("venv/bin/wasmtime"), "compile", "-o", out, wasm)
	return out
}

// compare runs a program by both, as the trials have it.
func (j *judge) compare(t *testing.T, wasm string, trials []trial) {
	theirs := j.compiled(t, wasm)
	for i, c := range trials {
		t.Run(c.name, func(t *testing.T) {
			if i > 0 { // The first one compiles for all.
				t.Parallel()
			}
			flags := append([]string{"run", "--allow-precompiled"}, c.wasmtime...)
			want := c.run(t, append(flags, c.folders(t)...), theirs, j.tool("venv/bin/wasmtime"))
			flags = append([]string{"run", "--cache", j.cache}, c.witgen...)
			got := c.run(t, append(flags, c.folders(t)...), wasm, j.witgen)
			if want.Trapped != c.traps {
				t.Errorf("wasmtime traps: %v, want %v", want.Trapped, c.traps)
			}
			if len(want.Stdout)+len(want.Stderr) == 0 && !want.Trapped && want.Code == 0 {
				t.Error("the program shows nothing")
			}
			want.Stdout = c.onPurpose(t, want.Stdout, got.Stdout)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-wasmtime +witgen:\n%s", diff)
			}
		})
	}
}

// onPurpose puts our lines in place of wasmtime's that differ on purpose.
func (c *trial) onPurpose(t *testing.T, theirs, ours string) string {
	lines := strings.SplitAfter(theirs, "\n")
	found := map[string]bool{}
	for i, line := range lines {
		line, ended := strings.CutSuffix(line, "\n")
		if mine, ok := c.differ[line]; ok && ended {
			lines[i], found[line] = mine+"\n", true
		}
	}
	for line := range c.differ {
		if !found[line] {
			t.Errorf("wasmtime has no line %q any more", line)
		}
	}
	return strings.Join(lines, "")
}

// folders returns flags that give the program a folder /data and one /fixed.
func (c *trial) folders(t *testing.T) []string {
	data, fixed := t.TempDir(), t.TempDir()
	err := os.WriteFile(filepath.Join(fixed, "text"), []byte("fixed"), 0o666)
	if err == nil && c.fixed != nil {
		err = c.fixed(fixed)
	}
	if err != nil {
		t.Fatal(err)
	}
	return []string{"--dir", data + "::/data", "--dir", fixed + "::/fixed"}
}

// run runs a program by a command with flags, whose last ones name the folders.
func (c *trial) run(t *testing.T, flags []string, wasm, name string) ending {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, append(append(flags, wasm), c.args...)...)
	if c.closed {
		cmd = exec.CommandContext(ctx, "sh", append([]string{"-c", `exec "$0" "$@" <&-`, name}, cmd.Args[1:]...)...)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.stdin != "" {
		cmd.Stdin = strings.NewReader(c.stdin)
	}
	var err error
	if c.dialogue != nil {
		err = c.talk(cmd, &stdout)
	} else {
		err = cmd.Run()
	}
	var exit *exec.ExitError
	if ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v, %v; standard output %.2000q, standard error %.2000q", filepath.Base(name), err, ctx.Err(), &stdout, &stderr)
	}
	o := ending{Code: cmd.ProcessState.ExitCode(), Stdout: stdout.String()}
	text, trap, ended := strings.Cut(stderr.String(), "Error: failed to run main module")
	if !ended {
		text, trap, ended = strings.Cut(text, "witgen: ")
	}
	if o.Stderr = text; ended {
		o.Trapped = strings.Contains(trap, "guest trapped") || strings.Contains(trap, "stopped by the host") || strings.Contains(trap, "wasm trap") || strings.Contains(trap, "limit reached: stack") || strings.Contains(trap, "error while executing")
		if o.Code = 1; !o.Trapped {
			o.Stderr = stderr.String()
		}
	}
	o.Data = tree(t, flags[len(flags)-3])
	o.Fixed = tree(t, flags[len(flags)-1])
	return o
}

// talk runs a command that answers each line.
func (c *trial) talk(cmd *exec.Cmd, stdout *bytes.Buffer) error {
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(out)
	for _, say := range c.dialogue {
		line, err := lines.ReadString('\n')
		stdout.WriteString(line)
		if err == nil {
			_, err = io.WriteString(in, say+"\n")
		}
		if err != nil {
			break
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	if _, err := stdout.ReadFrom(lines); err != nil {
		return err
	}
	return cmd.Wait()
}

// tree returns what a folder holds: the text of files, the targets of links.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	_, dir, _ = strings.Cut("::"+dir, "::")
	dir, _, _ = strings.Cut(dir, "::")
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			all[name] = "folder"
		case entry.Type() == fs.ModeSymlink:
			target, err := os.Readlink(path)
			all[name] = "-> " + target
			return err
		case info.Size() > 1<<24:
			all[name] = "large"
		default:
			text, err := os.ReadFile(path)
			all[name] = string(text)
			return err
		}
		all[name] += " " + info.Mode().String()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
