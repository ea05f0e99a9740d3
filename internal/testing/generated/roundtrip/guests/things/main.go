//go:build wasm || tinygo.wasm

// Command things is the guest of the world roundtrip:things/things. Its counters,
// buckets and cursors each stand for one of the host; what passes through them is
// changed by package mangle.
package main

import (
	"slices"

	"github.com/witgen/witgen/canonicalabi/types"
	rows1 "github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/old/db/v1/rows"
	rows2 "github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/old/db/v2/rows"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/counters"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/pool"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/store"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/things"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/things/env"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

func init() {
	things.Export(
		countersGuest{}, usersGuest{}, stateGuest{}, storeGuest{things.First}, storeGuest{things.Second},
		rows1Guest{}, rows2Guest{}, drainGuest{}, hooksGuest{}, worldGuest{},
	)
}

func main() {}

// live counts the counters, buckets and cursors that were not closed.
var live uint32

type stateGuest struct{}

func (stateGuest) Live() uint32 { return live }

// storeGuest exports one of the host's two stores.
type storeGuest struct{ imported store.Interface }

type bucket struct{ inner store.Bucket }

func (s storeGuest) Open(name string) (store.Bucket, error) {
	inner, err := s.imported.Open(mangle.String(name))
	if err != nil {
		return nil, err
	}
	live++
	return &bucket{inner}, nil
}

func (s storeGuest) Copy(from, to store.Bucket, key string) bool {
	return s.imported.Copy(from.(*bucket).inner, to.(*bucket).inner, mangle.String(key))
}

func (b *bucket) Get(key string) types.Option[string] {
	return mangle.Option(mangle.String)(b.inner.Get(mangle.String(key)))
}

func (b *bucket) Set(key, value string) { b.inner.Set(mangle.String(key), mangle.String(value)) }

func (b *bucket) Close() {
	live--
	b.inner.Close()
}

type rows1Guest struct{}

func (rows1Guest) Fetch(id uint32) rows1.Row { return mangle.OldRow(rows1.Fetch(mangle.Int(id))) }

type rows2Guest struct{}

func (rows2Guest) Fetch(id uint64) types.Option[rows2.Row] {
	return mangle.Option(mangle.NewRow)(rows2.Fetch(mangle.Int(id)))
}

func (rows2Guest) All(from uint64) rows2.Cursor {
	live++
	return &cursor{rows2.All(mangle.Int(from))}
}

type cursor struct{ inner rows2.Cursor }

func (c *cursor) Next() types.Option[rows2.Row] { return mangle.Option(mangle.NewRow)(c.inner.Next()) }

func (c *cursor) Close() {
	live--
	c.inner.Close()
}

type drainGuest struct{}

// UseUp closes c and every second of the others, and gives the last one back.
func (drainGuest) UseUp(c, d pool.Conn, others []pool.Conn) (string, types.Option[pool.Conn]) {
	names := c.Name() + "," + d.Name()
	c.Close()
	last := types.None[pool.Conn]()
	for i, conn := range others {
		names += "," + conn.Name()
		if i == len(others)-1 {
			last = types.Some(conn)
		} else {
			conn.Close()
		}
	}
	return names, last
}

type worldGuest struct{}

func (worldGuest) Lookup(key string) types.Option[string] {
	return mangle.Option(mangle.String)(env.Get(mangle.String(key)))
}

func (worldGuest) Run(s things.Settings, lines []string) ([]uint32, error) {
	s.Name = mangle.String(s.Name)
	session := things.NewSession(s)
	defer session.Close()
	var sent []uint32
	for _, line := range lines {
		sent = append(sent, session.Send(mangle.String(line)))
	}
	level, err := things.Notify(s)
	if err != nil {
		return nil, types.Error[string]{Value: mangle.String(err.Error())}
	}
	return append(sent, uint32(level)), nil
}

// Repack has the host pack the connections and counters anew, in reverse.
func (worldGuest) Repack(parcels []things.Parcel) []things.Parcel {
	var conns []things.Conn
	var all []things.Counter
	for _, p := range slices.Backward(parcels) {
		conns, all = append(conns, p.Conn), append(all, p.Counter)
	}
	return things.Pack(conns, all)
}

// Inspect asks the host's own counters.
func (worldGuest) Inspect(c, d things.Counter) string {
	defer c.Close()
	adopted := things.Adopt(counters.NewCounter(7))
	defer adopted.Close()
	return c.Name() + "," + d.Name() + "," + adopted.Name()
}
