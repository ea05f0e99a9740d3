//go:build !(wasm || tinygo.wasm)

// Command host runs the plugins of a folder, none of which it trusts: it loads
// what it can, calls each twice, and reloads one while eight goroutines call it.
//
//	go run ./examples/plugins/host [-reload shout.wasm=shout2.wasm] FOLDER
//
// With -watch it follows the folder instead, and has plugins process what it reads:
// lines such as "shout some text".
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
)

func main() {
	reload := flag.String("reload", "", "`FILE=NEW`: reload FILE of the folder from NEW while it serves, and back")
	watch := flag.Bool("watch", false, "process lines of standard input")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: host [-watch] [-reload FILE=NEW] FOLDER")
		os.Exit(2)
	}
	run := func(ctx context.Context, r *registry) error { return demonstrate(ctx, r, *reload) }
	if *watch {
		run = func(ctx context.Context, r *registry) error { return serve(ctx, r, os.Stdin) }
	}
	ctx := context.Background()
	r := newRegistry(flag.Arg(0), &lockedWriter{to: os.Stdout})
	err := run(ctx, r)
	if err = errors.Join(err, r.close(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

// lockedWriter is a writer for many goroutines: instances log at the same time.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// serve has plugins process lines, and looks at the folder before each.
func serve(ctx context.Context, r *registry, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for {
		if err := r.scan(ctx); err != nil {
			return err
		}
		if !lines.Scan() {
			return lines.Err()
		}
		name, text, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if name != "" {
			r.call(ctx, name+".wasm", text)
		}
	}
}

// call has a plugin process an input, and prints what comes of it.
func (r *registry) call(ctx context.Context, file, input string) {
	answer, err := r.process(ctx, file, input)
	if err != nil {
		r.say("called", file, verdict(err))
		return
	}
	r.say("called", file, fmt.Sprintf("answers %q", answer))
}

// demonstrate loads every plugin, calls each, and reloads one while it serves.
func demonstrate(ctx context.Context, r *registry, reload string) error {
	if err := r.scan(ctx); err != nil {
		return err
	}
	// The second call of a plugin that is dead from the first gets a new instance.
	for _, input := range []string{"one two three", "4 5"} {
		for _, file := range r.loaded() {
			r.call(ctx, file, input)
		}
	}
	if reload == "" {
		return nil
	}
	file, from, ok := strings.Cut(reload, "=")
	if !ok {
		return fmt.Errorf("-reload %s: want FILE=NEW", reload)
	}
	calls, err := reloadWhileServing(ctx, r, file, from)
	if err != nil {
		return err
	}
	r.say("served", file, calls.String())
	return nil
}

// served counts the calls of a plugin that was reloaded meanwhile.
type served struct {
	calls, failed int64
	answers       map[string]int64
	firstErr      error
}

func (s served) String() string {
	text := fmt.Sprintf("%d calls over 2 reloads, %d failed", s.calls, s.failed)
	if s.firstErr != nil {
		text += ": " + verdict(s.firstErr)
	}
	return text + fmt.Sprintf("; %d versions answered", len(s.answers))
}

// reloadWhileServing calls a plugin from eight goroutines while its file is
// replaced by another, and then by what it was.
func reloadWhileServing(ctx context.Context, r *registry, file, from string) (served, error) {
	path := filepath.Join(r.dir, file)
	old, err := os.ReadFile(path)
	if err != nil {
		return served{}, err
	}
	wasm, err := os.ReadFile(from)
	if err != nil {
		return served{}, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var done atomic.Bool
	s := served{answers: map[string]int64{}}
	progress := make(chan struct{}, 1)
	for range 8 {
		wg.Go(func() {
			for !done.Load() {
				answer, err := r.process(ctx, file, "hot")
				mu.Lock()
				s.calls++
				if err != nil {
					s.failed++
					if s.firstErr == nil {
						s.firstErr = err
					}
				} else {
					s.answers[answer]++
				}
				mu.Unlock()
				select {
				case progress <- struct{}{}:
				default:
				}
			}
		})
	}
	for _, version := range [][]byte{wasm, old} {
		for range 100 { // calls between the reloads
			<-progress
		}
		if err = errors.Join(err, replace(path, version), r.scan(ctx)); err != nil {
			break
		}
	}
	for range 100 {
		<-progress
	}
	done.Store(true)
	wg.Wait()
	return s, err
}

// replace replaces a file at once, so that nobody reads half of it.
func replace(path string, content []byte) error {
	temp := path + ".new"
	if err := os.WriteFile(temp, content, 0o644); err != nil {
		return err
	}
	return os.Rename(temp, path)
}
