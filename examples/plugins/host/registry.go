//go:build !(wasm || tinygo.wasm)

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/processor"
)

// The limits that every plugin is kept to. What a plugin imports of WASI, it gets
// closed: no files, environment or output.
const (
	maxFileBytes  = 16 << 20        // of a plugin's file
	instances     = 2               // of a plugin, each with a memory of its own
	startDeadline = 2 * time.Second // for an instance to start and say its name
	callDeadline  = 2 * time.Second // for a call, and for the wait for an instance
)

// What the guest's code may do comes out the same on every machine: fuel
// counts instructions about, and the stack is counted in bytes. The deadlines are for what takes time without
// them, such as waiting in the host.
var options = []host.Option{
	host.Fuel(200_000_000),            // instructions of a start or call: a tenth of a second or two
	host.StackLimit(16 << 20),         // bytes of stack
	host.MemoryLimit(32 << 20),        // each instance
	host.TableLimit(10_000),           // functions that it calls through pointers
	host.LiftLimit(1 << 20),           // what one call brings out
	host.HandleLimit(64),              // open buckets
	host.InstanceLimit(instances + 1), // and one for its name
}

// running is an instance with the log that it writes.
type running struct {
	*plugin.Instance
	log *logger
}

// registry holds the plugins of a folder.
type registry struct {
	dir string
	out io.Writer

	scanning sync.Mutex // one scan at a time
	mu       sync.RWMutex
	plugins  map[string]*entry // by file name
}

// entry is a file of the folder.
type entry struct {
	seen  stamp
	name  string               // what the plugin calls itself
	store *storage             // outlives reloads
	pool  *host.Pool[*running] // nil while no version of the file was good
}

// stamp tells whether a file has changed.
type stamp struct {
	size int64
	time time.Time
}

func newRegistry(dir string, out io.Writer) *registry {
	return &registry{dir: dir, out: out, plugins: map[string]*entry{}}
}

// scan makes the registry follow the folder: it loads new files, reloads those
// that have changed while calls go on, and lets go of those that are gone. A file
// that is no good is a line of output; of a good plugin with a bad new version
// the old one goes on.
func (r *registry) scan(ctx context.Context) error {
	r.scanning.Lock()
	defer r.scanning.Unlock()
	files, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, file := range files {
		info, err := file.Info()
		if err != nil || !info.Mode().IsRegular() || filepath.Ext(file.Name()) != ".wasm" {
			continue
		}
		found[file.Name()] = true
		r.follow(ctx, file.Name(), stamp{info.Size(), info.ModTime()})
	}
	for file, e := range r.known() {
		if !found[file] {
			r.mu.Lock()
			delete(r.plugins, file)
			r.mu.Unlock()
			r.say("gone", file, "")
			go e.close(ctx) // once the calls under way have ended
		}
	}
	return nil
}

func (r *registry) known() map[string]*entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return maps.Clone(r.plugins)
}

// follow loads a file, unless it is as it was.
func (r *registry) follow(ctx context.Context, file string, seen stamp) {
	old := r.known()[file]
	if old != nil && old.seen == seen {
		return
	}
	next := &entry{seen: seen, store: newStorage()}
	if old != nil {
		next.store, next.name, next.pool = old.store, old.name, old.pool
	}
	source, name, err := r.load(ctx, file, next.store)
	if err == nil && next.pool != nil {
		if err = next.pool.Swap(ctx, source); err != nil {
			err = errors.Join(err, source.Close(ctx))
		}
	}
	switch {
	case err != nil && next.pool != nil:
		r.say("kept", file, "the new version is no good: "+verdict(err))
	case err != nil:
		r.say("refused", file, verdict(err))
	case next.pool != nil:
		next.name = name
		r.say("reloaded", file, fmt.Sprintf("%q", name))
	default:
		next.name, next.pool = name, host.NewPool(instances, source)
		r.say("loaded", file, fmt.Sprintf("%q", name))
	}
	r.mu.Lock()
	r.plugins[file] = next
	r.mu.Unlock()
}

// load compiles a file, and has an instance say its name.
func (r *registry) load(ctx context.Context, file string, store *storage) (source host.Source[*running], name string, err error) {
	wasm, err := readFile(filepath.Join(r.dir, file))
	if err != nil {
		return source, "", err
	}
	compiled, err := plugin.Compile(ctx, wasm, options...)
	if err != nil {
		return source, "", err
	}
	source = host.Source[*running]{
		Instantiate: func(ctx context.Context) (*running, error) {
			log := &logger{out: r.out, file: file}
			inst, err := compiled.Instantiate(ctx, plugin.Imports{Log: log, Store: store})
			if err != nil {
				return nil, err
			}
			return &running{inst, log}, nil
		},
		Close: compiled.Close,
	}
	if name, err = tryOut(ctx, source); err != nil {
		return source, "", errors.Join(err, compiled.Close(ctx))
	}
	return source, name, nil
}

// tryOut starts an instance for its name.
func tryOut(ctx context.Context, source host.Source[*running]) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	inst, err := source.Instantiate(ctx)
	if err != nil {
		return "", err
	}
	defer inst.Close(context.WithoutCancel(ctx))
	name, err := inst.Processor().Name(ctx)
	if err == nil && (name == "" || len(name) > 40) {
		err = fmt.Errorf("a plugin's name has 1 to 40 bytes, not %d", len(name))
	}
	return name, err
}

// readFile reads a file that is not too large.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	wasm, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(wasm) > maxFileBytes {
		err = fmt.Errorf("the file is larger than %d bytes", maxFileBytes)
	}
	return wasm, err
}

// errUnknown is the error for a plugin that is not there.
var errUnknown = errors.New("there is no such plugin")

// process has a plugin process an input. The plugin may have a new version before
// the call, after it, or during it.
func (r *registry) process(ctx context.Context, file, input string) (answer string, err error) {
	r.mu.RLock()
	e := r.plugins[file]
	r.mu.RUnlock()
	if e == nil || e.pool == nil {
		return "", errUnknown
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	err = e.pool.Do(ctx, func(inst *running) error {
		inst.log.lines = 0
		answer, err = inst.Processor().Process(ctx, input)
		return err
	})
	return answer, err
}

// loaded returns the files of the plugins that can be called.
func (r *registry) loaded() []string {
	var files []string
	for file, e := range r.known() {
		if e.pool != nil {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// close ends all plugins.
func (r *registry) close(ctx context.Context) error {
	var errs []error
	for _, e := range r.known() {
		errs = append(errs, e.close(ctx))
	}
	return errors.Join(errs...)
}

func (e *entry) close(ctx context.Context) error {
	if e.pool == nil {
		return nil
	}
	return e.pool.Close(ctx)
}

func (r *registry) say(what, file, detail string) {
	fmt.Fprintln(r.out, strings.TrimRight(fmt.Sprintf("%-10s %-16s %s", what, file, detail), " "))
}

// verdict says in one line what became of a plugin.
func verdict(err error) string {
	var limit *host.LimitError
	var trap *host.Trap
	var link *host.LinkError
	text, _, _ := strings.Cut(err.Error(), "\n") // the guest's stack follows
	if failure, ok := types.AsError[processor.Error](err); ok {
		return fmt.Sprintf("says no: %q", failure)
	}
	switch {
	case errors.As(err, &limit):
		return "stopped: " + text
	case errors.As(err, &trap):
		return "trapped: " + text
	case errors.As(err, &link):
		return "does not fit: " + text
	default:
		return "failed: " + text
	}
}
