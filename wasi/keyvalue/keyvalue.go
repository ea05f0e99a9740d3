// Package keyvalue supplies wasi:keyvalue 0.2.0-draft: buckets of values by key, in memory or
// in a folder. The WIT is that of the crate wasmtime-wasi-keyvalue 50.0.1 (Apache-2.0 WITH
// LLVM-exception), without its comments. It is a proposal, of which a later version may
// differ: a guest of another one does not link.
package keyvalue

import (
	"context"
	"errors"
	"maps"
	"strconv"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/keyvalue/v0.2.0-draft/atomics"
	"github.com/witgen/witgen/wasi/keyvalue/v0.2.0-draft/batch"
	"github.com/witgen/witgen/wasi/keyvalue/v0.2.0-draft/store"
)

// Bucket keeps values by key. Several goroutines may use it. Its errors are the host's: a
// guest gets other, without their text, except for ErrFull.
type Bucket interface {
	// Get returns the value of a key, if it has one.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Set gives a key a value.
	Set(ctx context.Context, key string, value []byte) error
	// Delete removes a key, if it is there.
	Delete(ctx context.Context, key string) error
	// Keys returns up to max keys from a place on, in an order of the bucket's.
	Keys(ctx context.Context, from uint64, max int) ([]string, error)
	// Update gives a key the value that change makes of its old one, or of nil. Between the
	// two no other call changes it.
	Update(ctx context.Context, key string, change func(old []byte) ([]byte, error)) error
}

// ErrFull is the error of a bucket that has no room for a value.
var ErrFull = errors.New("the bucket is full")

// Buckets lets a guest that imports wasi:keyvalue open these buckets, by their names. Any
// other name is no-such-store.
func Buckets(buckets map[string]Bucket) host.Option {
	return host.Provide(&provider{maps.Clone(buckets)})
}

type provider struct{ buckets map[string]Bucket }

var (
	_ bind.Provider     = (*provider)(nil)
	_ store.Interface   = (*provider)(nil)
	_ atomics.Interface = (*provider)(nil)
	_ batch.Interface   = (*provider)(nil)
	_ store.Bucket      = (*bucket)(nil)
)

// Name returns the name that errors show.
func (*provider) Name() string { return "wasi:keyvalue" }

// Imports returns the interfaces.
func (*provider) Imports() []bind.Item {
	own := []bind.Resource{{Item: 0, Name: "bucket"}}
	return []bind.Item{
		{Name: "wasi:keyvalue/store@0.2.0-draft", Field: "store", Interface: &store.Descriptor, Resources: own},
		{Name: "wasi:keyvalue/atomics@0.2.0-draft", Field: "atomics", Interface: &atomics.Descriptor, Resources: own},
		{Name: "wasi:keyvalue/batch@0.2.0-draft", Field: "batch", Interface: &batch.Descriptor, Resources: own},
	}
}

// Supply returns the implementations for an instance.
func (p *provider) Supply(context.Context) ([]any, func(context.Context) error, error) {
	return []any{p, p, p}, nil, nil
}

// Open returns the bucket of a name.
func (p *provider) Open(_ context.Context, name string) (store.Bucket, error) {
	b, ok := p.buckets[name]
	if !ok {
		return nil, store.ErrorNoSuchStore{}
	}
	return &bucket{b}, nil
}

// bucket is the resource bucket.
type bucket struct{ Bucket }

// failure returns an error as a guest has it. The end of the context stays what it is, and
// the guest traps.
func failure(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return err
	case errors.Is(err, ErrFull):
		return store.ErrorOther{Value: ErrFull.Error()}
	case errors.Is(err, errNumber):
		return store.ErrorOther{Value: errNumber.Error()}
	}
	return store.ErrorOther{Value: "the bucket failed"}
}

// Get returns the value of a key.
func (b *bucket) Get(ctx context.Context, key string) (types.Option[[]byte], error) {
	value, ok, err := b.Bucket.Get(ctx, key)
	if err != nil || !ok {
		return types.None[[]byte](), failure(ctx, err)
	}
	return types.Some(value), nil
}

// Set gives a key a value.
func (b *bucket) Set(ctx context.Context, key string, value []byte) error {
	return failure(ctx, b.Bucket.Set(ctx, key, value))
}

// Delete removes a key.
func (b *bucket) Delete(ctx context.Context, key string) error {
	return failure(ctx, b.Bucket.Delete(ctx, key))
}

// Exists reports whether a key has a value.
func (b *bucket) Exists(ctx context.Context, key string) (bool, error) {
	_, ok, err := b.Bucket.Get(ctx, key)
	return ok, failure(ctx, err)
}

// pageKeys is how many keys one call lists.
const pageKeys = 1000

// ListKeys returns keys from a cursor on, and a cursor for the rest if there is one. A key
// that is added or removed meanwhile may move others over the cursor.
func (b *bucket) ListKeys(ctx context.Context, cursor types.Option[uint64]) (store.KeyResponse, error) {
	from := cursor.Or(0)
	keys, err := b.Bucket.Keys(ctx, from, pageKeys)
	if err != nil {
		return store.KeyResponse{}, failure(ctx, err)
	}
	next := types.None[uint64]()
	if len(keys) == pageKeys {
		next = types.Some(from + pageKeys)
	}
	return store.KeyResponse{Keys: keys, Cursor: next}, nil
}

// Close does nothing: the host has the bucket longer than the guest.
func (*bucket) Close(context.Context) error { return nil }

// of returns the bucket that a guest passes.
func of(b store.Bucket) (*bucket, error) {
	own, ok := b.(*bucket)
	if !ok {
		return nil, errors.New("the guest passes a bucket that another implementation of wasi:keyvalue made")
	}
	return own, nil
}

var errNumber = errors.New("the value is not a number")

// Increment adds delta to the number that a key's value is in decimal, or to 0, and returns
// the sum, which wraps around.
func (*provider) Increment(ctx context.Context, b atomics.Bucket, key string, delta uint64) (sum uint64, err error) {
	own, err := of(b)
	if err != nil {
		return 0, err
	}
	err = own.Update(ctx, key, func(old []byte) ([]byte, error) {
		n := uint64(0)
		if old != nil {
			if n, err = strconv.ParseUint(string(old), 10, 64); err != nil {
				return nil, errNumber
			}
		}
		sum = n + delta
		return strconv.AppendUint(nil, sum, 10), nil
	})
	return sum, failure(ctx, err)
}

// GetMany returns the values of keys, in their order.
func (*provider) GetMany(ctx context.Context, b batch.Bucket, keys []string) ([]types.Option[types.Tuple2[string, []byte]], error) {
	own, err := of(b)
	if err != nil {
		return nil, err
	}
	list := make([]types.Option[types.Tuple2[string, []byte]], len(keys))
	for n, key := range keys {
		value, ok, err := own.Bucket.Get(ctx, key)
		if err != nil {
			return nil, failure(ctx, err)
		}
		if ok {
			list[n] = types.Some(types.Tuple2[string, []byte]{F0: key, F1: value})
		}
	}
	return list, nil
}

// SetMany gives keys values, up to the first error.
func (*provider) SetMany(ctx context.Context, b batch.Bucket, list []types.Tuple2[string, []byte]) error {
	own, err := of(b)
	if err != nil {
		return err
	}
	for _, kv := range list {
		if err := own.Set(ctx, kv.F0, kv.F1); err != nil {
			return err
		}
	}
	return nil
}

// DeleteMany removes keys, up to the first error.
func (*provider) DeleteMany(ctx context.Context, b batch.Bucket, keys []string) error {
	own, err := of(b)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := own.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
