package keyvalue_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi/keyvalue"
)

const limit = 10_000

// kinds calls f for a bucket of each kind.
func kinds(t *testing.T, f func(t *testing.T, b keyvalue.Bucket)) {
	t.Run("memory", func(t *testing.T) { f(t, keyvalue.NewMemory(limit)) })
	t.Run("folder", func(t *testing.T) {
		d, err := keyvalue.OpenDir(filepath.Join(t.TempDir(), "made"), limit)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}()
		f(t, d)
	})
}

// A bucket does what a map does, within its bound.
func TestBuckets(t *testing.T) {
	ctx := context.Background()
	kinds(t, func(t *testing.T, b keyvalue.Bucket) {
		want := map[string]string{"": "empty", "../../escape": "x", "a/b\x00c": "y", strings.Repeat("long", 100): "z", "é": ""}
		for key, value := range want {
			if err := errors.Join(b.Set(ctx, key, []byte("old")), b.Set(ctx, key, []byte(value))); err != nil {
				t.Fatal(err)
			}
		}
		for key, value := range want {
			if got, ok, err := b.Get(ctx, key); string(got) != value || !ok || err != nil {
				t.Errorf("%q: %q, %v, %v", key, got, ok, err)
			}
		}
		keys, err := b.Keys(ctx, 0, 100)
		if err != nil || len(keys) != len(want) || !slices.IsSorted(keys) {
			t.Errorf("keys %q, %v", keys, err)
		}
		if some, _ := b.Keys(ctx, 2, 2); !slices.Equal(some, keys[2:4]) {
			t.Errorf("two keys: %q", some)
		}
		if none, err := b.Keys(ctx, 1<<63, 2); len(none) != 0 || err != nil {
			t.Errorf("keys behind the end: %q, %v", none, err)
		}
		if err := errors.Join(b.Delete(ctx, "é"), b.Delete(ctx, "é")); err != nil {
			t.Error(err)
		}
		if _, ok, _ := b.Get(ctx, "é"); ok {
			t.Error("a key is there after Delete")
		}
		if err := b.Set(ctx, "x", make([]byte, limit)); !errors.Is(err, keyvalue.ErrFull) {
			t.Errorf("a value beyond the bound: %v", err)
		}
		count := 0
		for ; count < 1000; count++ {
			if err := b.Set(ctx, fmt.Sprint("key", count), nil); err != nil {
				break
			}
		}
		if count < 20 || count > limit/128 {
			t.Errorf("%d keys have room", count)
		}
		for n := range count {
			if err := b.Delete(ctx, fmt.Sprint("key", n)); err != nil {
				t.Error(err)
			}
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 20 {
					if err := b.Update(ctx, "n", func(old []byte) ([]byte, error) { return append(old, '.'), nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got, _, _ := b.Get(ctx, "n"); len(got) != 160 {
			t.Errorf("160 updates made %d", len(got))
		}
	})
}

// A folder keeps its values for the next who opens it.
func TestDirStays(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	d, err := keyvalue.OpenDir(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Set(ctx, "k", []byte("value")), d.Close()); err != nil {
		t.Fatal(err)
	}
	if d, err = keyvalue.OpenDir(dir, limit); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := d.Get(ctx, "k"); string(got) != "value" || !ok || err != nil {
		t.Errorf("got %q, %v, %v", got, ok, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	for name, content := range map[string]string{strings.Repeat("a", 64): "\x01k", strings.Repeat("b", 64): "\xff"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := keyvalue.OpenDir(dir, limit); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a folder with another file: %v", err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// failing is a bucket that fails.
type failing struct{ keyvalue.Bucket }

func (failing) Get(context.Context, string) ([]byte, bool, error) {
	return nil, false, errors.New("/a/path/of/the/host")
}

// A guest uses the buckets that it was given, and no others.
func TestGuest(t *testing.T) {
	kinds(t, func(t *testing.T, b keyvalue.Bucket) {
		opt := keyvalue.Buckets(map[string]keyvalue.Bucket{"mine": b, "failing": failing{b}})
		items := host.NewConfig([]host.Option{opt}).Providers[0].(bind.Provider).Imports()
		g := puppet.CompileItems(t, items, opt).Start(t)
		const store, method = "wasi:keyvalue/store#", "wasi:keyvalue/store#[method]bucket."
		name, n := g.Text("other")
		g.Fails(4, 0, store+"open", name, n)
		name, n = g.Text("mine")
		mine := g.Own(store+"open", name, n)
		key, k := g.Text("key")
		value, v := g.Text("value")
		if at := g.OK(method+"exists", mine, key, k); g.U8(at+4) != 0 {
			t.Error("the key exists")
		}
		g.OK(method+"set", mine, key, k, value, v)
		at := g.OK(method+"get", mine, key, k)
		if got := string(g.Get(g.U32(at+8), g.U32(at+12))); g.U8(at+4) != 1 || got != "value" {
			t.Errorf("the value is %q", got)
		}
		number, m := g.Text("number")
		for want := uint64(5); want <= 15; want += 5 {
			if at := g.OK("wasi:keyvalue/atomics#increment", mine, number, m, 5); g.U64(at+8) != want {
				t.Errorf("increment: %d, want %d", g.U64(at+8), want)
			}
		}
		g.Fails(8, 2, "wasi:keyvalue/atomics#increment", mine, key, k, 5)
		at = g.OK(method+"list-keys", mine, 0, 0)
		if g.U32(at+12) != 2 {
			t.Errorf("%d keys", g.U32(at+12))
		}
		keys := g.Room(16)
		for offset, word := range []uint64{key, k, number, m} {
			g.Call("fill", keys+4*uint64(offset), 4, 1, word)
		}
		at = g.OK("wasi:keyvalue/batch#get-many", mine, keys, 2)
		if g.U32(at+8) != 2 {
			t.Errorf("%d values", g.U32(at+8))
		}
		g.OK("wasi:keyvalue/batch#delete-many", mine, keys, 2)
		large := g.Room(2 * limit)
		ok, at := g.Result(method+"set", mine, key, k, large, 2*limit)
		if ok || g.U8(at+4) != 2 || string(g.Get(g.U32(at+8), g.U32(at+12))) != "the bucket is full" {
			t.Error("a value beyond the bound is set")
		}
		name, n = g.Text("failing")
		broken := g.Own(store+"open", name, n)
		ok, at = g.Result(method+"get", broken, key, k)
		if ok || string(g.Get(g.U32(at+8), g.U32(at+12))) != "the bucket failed" {
			t.Error("the guest sees the host's error")
		}
		g.Call(store+"[resource-drop]bucket", mine)
		g.Trap("handle", method+"get", mine, key, k, g.Room(32))
	})
}
