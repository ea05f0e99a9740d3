package keyvalue

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// keyCost is what a key counts beside its bytes and those of its value.
const keyCost = 128

// Memory is a bucket in memory.
type Memory struct {
	max int64

	mu     sync.Mutex
	values map[string][]byte
	keys   []string // in order
	used   int64
}

var _ Bucket = (*Memory)(nil)

// NewMemory returns a bucket in memory that holds up to max bytes of keys and values. A key
// counts 128 bytes more.
func NewMemory(max int64) *Memory { return &Memory{max: max, values: map[string][]byte{}} }

// Get returns a copy of a key's value.
func (m *Memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return slices.Clone(value), ok, nil
}

// Set keeps a copy of value.
func (m *Memory) Set(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(key, value)
}

func (m *Memory) set(key string, value []byte) error {
	old, had := m.values[key]
	grown := int64(len(value) - len(old))
	if !had {
		grown += int64(len(key)) + keyCost
	}
	if grown > 0 && m.used+grown > m.max {
		return ErrFull
	}
	m.used += grown
	m.values[key] = append([]byte{}, value...)
	if at, found := slices.BinarySearch(m.keys, key); !found {
		m.keys = slices.Insert(m.keys, at, key)
	}
	return nil
}

// Delete removes a key.
func (m *Memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, had := m.values[key]
	if !had {
		return nil
	}
	m.used -= int64(len(key)+len(value)) + keyCost
	delete(m.values, key)
	if at, found := slices.BinarySearch(m.keys, key); found {
		m.keys = slices.Delete(m.keys, at, at+1)
	}
	return nil
}

// Keys returns keys in their order.
func (m *Memory) Keys(_ context.Context, from uint64, max int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return page(m.keys, from, max), nil
}

func page(keys []string, from uint64, max int) []string {
	keys = keys[min(from, uint64(len(keys))):]
	return slices.Clone(keys[:min(max, len(keys))])
}

// Update changes a value while no other call does.
func (m *Memory) Update(_ context.Context, key string, change func([]byte) ([]byte, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, err := change(slices.Clone(m.values[key]))
	if err != nil {
		return err
	}
	return m.set(key, value)
}

// Dir is a bucket in a folder, with a file for each key.
type Dir struct {
	root *os.Root
	max  int64

	mu    sync.Mutex
	sizes map[string]int64 // by key, with what it counts
	keys  []string         // in order
	used  int64
}

var _ Bucket = (*Dir)(nil)

// OpenDir returns a bucket in the folder dir, which it makes if it is not there. Its keys and
// values may have up to max bytes, as NewMemory counts them; those that are there may be more.
// Nobody else may change the folder until Close. The name of a file is a hash of its key, and a
// value takes the place of another as a whole.
func OpenDir(dir string, max int64) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root, max: max, sizes: map[string]int64{}}
	if err := d.load(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// load finds the keys in the folder.
func (d *Dir) load() error {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if len(e.Name()) != 2*sha256.Size {
			continue // of a value that was not written to its end, or not of a bucket
		}
		key, value, err := d.read(e.Name())
		if err != nil {
			return err
		}
		if fileOf(key) != e.Name() {
			return fmt.Errorf("the file %s is not one of a bucket", e.Name())
		}
		d.note(key, int64(len(key)+len(value))+keyCost)
	}
	return nil
}

func (d *Dir) note(key string, size int64) {
	d.used += size - d.sizes[key]
	d.sizes[key] = size
	if at, found := slices.BinarySearch(d.keys, key); !found {
		d.keys = slices.Insert(d.keys, at, key)
	}
}

// Close gives the folder up.
func (d *Dir) Close() error { return d.root.Close() }

// fileOf returns the name of a key's file.
func fileOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// read returns what is in a file: the length of the key, the key, and the value.
func (d *Dir) read(name string) (key string, value []byte, err error) {
	f, err := d.root.Open(name)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	all, err := io.ReadAll(f)
	if err != nil {
		return "", nil, err
	}
	size, n := binary.Uvarint(all)
	if n <= 0 || size > uint64(len(all)-n) {
		return "", nil, fmt.Errorf("the file %s is not one of a bucket", name)
	}
	rest := all[n:]
	return string(rest[:size]), rest[size:], nil
}

// Get reads a key's value.
func (d *Dir) Get(_ context.Context, key string) ([]byte, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.get(key)
}

func (d *Dir) get(key string) ([]byte, bool, error) {
	if _, ok := d.sizes[key]; !ok {
		return nil, false, nil
	}
	_, value, err := d.read(fileOf(key))
	return value, err == nil, err
}

// Set writes a value.
func (d *Dir) Set(_ context.Context, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.set(key, value)
}

func (d *Dir) set(key string, value []byte) error {
	size := int64(len(key)+len(value)) + keyCost
	if grown := size - d.sizes[key]; grown > 0 && d.used+grown > d.max {
		return ErrFull
	}
	all := binary.AppendUvarint(nil, uint64(len(key)))
	all = append(append(all, key...), value...)
	name := fileOf(key)
	if err := d.root.WriteFile(name+".new", all, 0o666); err != nil {
		return errors.Join(err, ignoreAbsent(d.root.Remove(name+".new")))
	}
	if err := d.root.Rename(name+".new", name); err != nil {
		return err
	}
	d.note(key, size)
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Delete removes a key's file.
func (d *Dir) Delete(_ context.Context, key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.sizes[key]; !ok {
		return nil
	}
	if err := ignoreAbsent(d.root.Remove(fileOf(key))); err != nil {
		return err
	}
	d.used -= d.sizes[key]
	delete(d.sizes, key)
	if at, found := slices.BinarySearch(d.keys, key); found {
		d.keys = slices.Delete(d.keys, at, at+1)
	}
	return nil
}

// Keys returns keys in their order.
func (d *Dir) Keys(_ context.Context, from uint64, max int) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return page(d.keys, from, max), nil
}

// Update changes a value while no other call does.
func (d *Dir) Update(_ context.Context, key string, change func([]byte) ([]byte, error)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	old, _, err := d.get(key)
	if err != nil {
		return err
	}
	value, err := change(old)
	if err != nil {
		return err
	}
	return d.set(key, value)
}
