//go:build !(wasm || tinygo.wasm)

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/store"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// wants are the lines about each plugin: one when it is loaded, and then one for each
// call.
var wants = map[string][]string{
	"shout":      {`loaded .* "shout 1"`, `answers "ONE TWO THREE!"`, `answers "4 5!"`},
	"wordcount":  {`loaded .* "wordcount"`, `answers "3 words, 3 in all"`, `answers "2 words, 5 in all"`},
	"sum":        {`loaded .* "sum"`, `says no: "invalid: .*not a number"`, `answers "9"`},
	"badpointer": {`loaded`, `trapped: .*pointer out of bounds`, `trapped: .*pointer out of bounds`},
	"badtext":    {`loaded`, `trapped: .*string is not valid UTF-8`, `trapped: .*string is not valid UTF-8`},
	"floods":     {`loaded`, `answers "the store took 10 values: full"`, `answers "the store took 10 values: full"`},
	"hoards":     {`loaded`, `stopped: .*handles`, `stopped: .*handles`},
	"hog":        {`loaded`, `trapped: |stopped: `, `trapped: |stopped: `}, // out of memory, or of fuel while it looks for some
	"loops":      {`loaded`, `stopped: .*fuel`, `stopped: .*fuel`},
	"nags":       {`loaded`, `stopped: .*deadline`, `stopped: .*deadline`},
	"bomb":       {`refused .*stopped: .*CompileTime: .* in function 0`},
	"panics":     {`loaded`, `trapped: .*guest`, `trapped: .*guest`},
	"recurses":   {`loaded`, `stopped: .*stack`, `stopped: .*stack`},
	"stuck":      {`refused .*stopped: .*fuel`},
	"wrongworld": {`refused .*does not fit: .*does not export this interface`},
	"notwasm":    {`refused .*does not fit: .*not WebAssembly`},
	"tornfile":   {`refused .*does not fit: .*not a valid WebAssembly module`},
	"toolarge":   {`refused .*larger than`},
}

// built are the guests that build has built.
var built = map[string][]byte{}

// build builds a guest, once.
func build(t *testing.T, compiler guestbuild.Compiler, source string) []byte {
	t.Helper()
	if built[source] == nil {
		built[source] = guestbuild.Build(t, compiler, source)
	}
	return built[source]
}

// fill makes a folder of all plugins, and returns it with the module of shout2.
func fill(t *testing.T, compiler guestbuild.Compiler) (dir, shout2 string) {
	t.Helper()
	dir = t.TempDir()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name+".wasm"), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sources, err := filepath.Glob("../guests/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range append(sources, "../../calculator/guest") {
		wasm := build(t, compiler, source)
		switch name := filepath.Base(source); name {
		case "guest":
			write("wrongworld", wasm)
		case "shout2":
			shout2 = filepath.Join(t.TempDir(), "shout2.wasm")
			if err := os.WriteFile(shout2, wasm, 0o644); err != nil {
				t.Fatal(err)
			}
		case "shout":
			write("tornfile", wasm[:len(wasm)/2])
			write(name, wasm)
		default:
			write(name, wasm)
		}
	}
	write("notwasm", []byte("this is not a plugin\n"))
	bomb, err := exec.Command("go", "run", "../bomb").Output()
	if err != nil {
		t.Fatal(err)
	}
	write("bomb", bomb)
	write("toolarge", make([]byte, maxFileBytes+1))
	return dir, shout2
}

// output is a writer for many goroutines that can be read.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Every bad plugin ends in its own line, beside good ones that go on, and one of
// those is reloaded while it serves without a failed call. The clock is the test's: it
// goes on only while every goroutine waits, so that a deadline comes for a plugin that
// has the host wait, and never for one that computes, however slow the machine is.
func TestGoodAndBadPlugins(t *testing.T) {
	compilers := guestbuild.Compilers(t)
	dir, shout2 := fill(t, compilers[0])
	synctest.Test(t, func(t *testing.T) { testGoodAndBadPlugins(t, dir, shout2) })
}

func testGoodAndBadPlugins(t *testing.T, dir, shout2 string) {
	ctx := t.Context()
	var out output
	r := newRegistry(dir, &out)
	if err := demonstrate(ctx, r, "shout.wasm="+shout2); err != nil {
		t.Fatal(err)
	}
	if err := r.close(context.Background()); err != nil {
		t.Error(err)
	}
	t.Log("\n" + out.String())
	got := map[string][]string{}
	for line := range strings.Lines(out.String()) {
		if fields := strings.Fields(line); fields[0] != "log" {
			file := strings.TrimSuffix(fields[1], ".wasm")
			got[file] = append(got[file], line)
		}
	}
	wants := wants
	wants["shout"] = append(wants["shout"], `reloaded .*"shout 2"`, `reloaded .*"shout 1"`, `, 0 failed; 2 versions answered`)
	for file, want := range wants {
		if len(got[file]) != len(want) {
			t.Errorf("%s: %d lines, want %d: %q", file, len(got[file]), len(want), got[file])
			continue
		}
		for i, line := range got[file] {
			if !regexp.MustCompile(want[i]).MatchString(line) {
				t.Errorf("%s: line %d is %q, want %s", file, i+1, line, want[i])
			}
		}
	}
	if len(got) != len(wants) {
		t.Errorf("lines about %d files, want %d", len(got), len(wants))
	}
}

// The registry follows its folder: new files, bad versions, files that go.
func TestFollowsTheFolder(t *testing.T) {
	compiler := guestbuild.Compilers(t)[0]
	shout, wordcount := build(t, compiler, "../guests/shout"), build(t, compiler, "../guests/wordcount")
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) { testFollowsTheFolder(t, dir, shout, wordcount) })
}

func testFollowsTheFolder(t *testing.T, dir string, shout, wordcount []byte) {
	ctx := t.Context()
	var out output
	r := newRegistry(dir, &out)
	path := filepath.Join(dir, "p.wasm")
	expect := func(lines ...string) {
		t.Helper()
		before := len(out.String())
		if err := r.scan(ctx); err != nil {
			t.Fatal(err)
		}
		r.call(ctx, "p.wasm", "a b")
		text := out.String()[before:]
		if !regexp.MustCompile(strings.Join(lines, "(?s:.*)")).MatchString(text) {
			t.Errorf("the host says\n%s\nwant %q", text, lines)
		}
	}
	put := func(content []byte) {
		t.Helper()
		if err := replace(path, content); err != nil {
			t.Fatal(err)
		}
	}
	expect(`failed: there is no such plugin`)
	put([]byte("nothing"))
	expect(`refused`, `there is no such plugin`)
	put(wordcount)
	expect(`loaded .*"wordcount"`, `"2 words, 2 in all"`)
	expect(`^  log .*\ncalled .*"2 words, 4 in all"`)
	put([]byte("a bad version"))
	expect(`kept .*the new version is no good: does not fit`, `"2 words, 6 in all"`)
	put(shout)
	expect(`reloaded .*"shout 1"`, `"A B!"`)
	put(wordcount)
	expect(`reloaded .*"wordcount"`, `"2 words, 8 in all"`) // the store outlives reloads
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	expect(`gone`, `there is no such plugin`)
	if err := serve(ctx, r, strings.NewReader("p text\n\n")); err != nil {
		t.Fatal(err)
	}
	if err := r.close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestStoreIsBounded(t *testing.T) {
	ctx := t.Context()
	s := newStorage()
	b, err := s.Open(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", maxStoreBytes)
	if err := b.Set(ctx, "k", large); !errors.Is(err, store.StoreErrorFull) {
		t.Errorf("a value of all the room: %v", err)
	}
	for range 10 { // a value that replaces another of its size takes no room
		if err := b.Set(ctx, "k", large[:maxStoreBytes-1000]); err != nil {
			t.Fatal(err)
		}
	}
	if sum, err := b.Add(ctx, "n", 2); sum != 2 || err != nil {
		t.Errorf("add to nothing: %d, %v", sum, err)
	}
	if sum, err := b.Add(ctx, "n", 3); sum != 5 || err != nil {
		t.Errorf("add: %d, %v", sum, err)
	}
	if v, err := b.Get(ctx, "n"); v.Or("") != "5" || err != nil {
		t.Errorf("get: %v, %v", v, err)
	}
	for n := range maxStoreBytes {
		if _, err = s.Open(ctx, strings.Repeat("b", n)); err != nil {
			break
		}
	}
	if !errors.Is(err, store.StoreErrorFull) {
		t.Errorf("buckets without end: %v", err)
	}
}
