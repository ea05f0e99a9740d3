//go:build !(wasm || tinygo.wasm)

package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/log"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/store"
)

// What a plugin may log in one call.
const (
	maxLogLines = 3
	maxLogBytes = 60
)

// logger is the log of one instance. Only one call of an instance runs at a time.
type logger struct {
	out   io.Writer
	file  string
	lines int // that this call has written
}

func (l *logger) Write(_ context.Context, level log.Level, message string) error {
	l.lines++
	switch {
	case l.lines > maxLogLines+1:
		return nil
	case l.lines > maxLogLines:
		message = "(what follows is dropped)"
	case len(message) > maxLogBytes:
		message = message[:maxLogBytes] + "..."
	}
	// Quoted, since a stranger's text could steer a terminal.
	_, err := fmt.Fprintf(l.out, "  log      %-16s [%s] %q\n", l.file, level, message)
	return err
}

// What a plugin may keep: each entry counts its key, its value, and entryBytes for
// the map that holds it.
const (
	maxStoreBytes = 64 << 10
	entryBytes    = 64
)

// operationsPerSecond is how often a plugin may use its store. More of them wait.
const operationsPerSecond = 1000

// storage is what one plugin keeps. All instances of the plugin share it.
type storage struct {
	mu      sync.Mutex
	buckets map[string]map[string]string
	bytes   int

	second     time.Time // the current one's start
	operations int       // in the current second
}

func newStorage() *storage { return &storage{buckets: map[string]map[string]string{}} }

// operate waits until the plugin may use its store once more, and locks it. It
// gives up when the call that waits has to end.
func (s *storage) operate(ctx context.Context) error {
	for {
		s.mu.Lock()
		now := time.Now()
		if now.Sub(s.second) >= time.Second {
			s.second, s.operations = now, 0
		}
		if s.operations++; s.operations <= operationsPerSecond {
			return nil
		}
		wait := time.NewTimer(s.second.Add(time.Second).Sub(now))
		s.mu.Unlock()
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

// Open implements store.Interface.
func (s *storage) Open(ctx context.Context, name string) (store.Bucket, error) {
	if err := s.operate(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	values := s.buckets[name]
	if values == nil {
		if !s.take(len(name) + entryBytes) {
			return nil, store.StoreErrorFull
		}
		values = map[string]string{}
		s.buckets[name] = values
	}
	return &bucket{s, values}, nil
}

// take takes room, if there is so much. s.mu is held.
func (s *storage) take(bytes int) bool {
	if s.bytes+bytes > maxStoreBytes {
		return false
	}
	s.bytes += bytes
	return true
}

// bucket is an open bucket.
type bucket struct {
	storage *storage
	values  map[string]string
}

func (b *bucket) Get(ctx context.Context, key string) (types.Option[string], error) {
	if err := b.storage.operate(ctx); err != nil {
		return types.None[string](), err
	}
	defer b.storage.mu.Unlock()
	if value, ok := b.values[key]; ok {
		return types.Some(value), nil
	}
	return types.None[string](), nil
}

func (b *bucket) Set(ctx context.Context, key, value string) error {
	if err := b.storage.operate(ctx); err != nil {
		return err
	}
	defer b.storage.mu.Unlock()
	return b.set(key, value)
}

func (b *bucket) Add(ctx context.Context, key string, n uint64) (uint64, error) {
	if err := b.storage.operate(ctx); err != nil {
		return 0, err
	}
	defer b.storage.mu.Unlock()
	old, _ := strconv.ParseUint(b.values[key], 10, 64) // what is no number counts as 0
	return old + n, b.set(key, strconv.FormatUint(old+n, 10))
}

// set keeps a value, where there is room. The storage is locked.
func (b *bucket) set(key, value string) error {
	more := len(value) - len(b.values[key])
	if _, ok := b.values[key]; !ok {
		more += len(key) + entryBytes
	}
	if !b.storage.take(more) {
		return store.StoreErrorFull
	}
	b.values[key] = value
	return nil
}

// Close implements store.Bucket.
func (b *bucket) Close(context.Context) error { return nil }
