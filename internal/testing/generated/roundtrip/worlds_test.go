package roundtrip

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/canonicalabi/types"
	rows1 "github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/old/db/v1/rows"
	rows2 "github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/old/db/v2/rows"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/pool"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/store"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/things"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// hostStore is one of the two stores that the host supplies.
type hostStore struct {
	name    string
	buckets map[string]*hostBucket
	closed  int
}

func newHostStore(name string) *hostStore {
	return &hostStore{name: name, buckets: map[string]*hostBucket{}}
}

type hostBucket struct {
	store  *hostStore
	values map[string]string
}

func (s *hostStore) Open(_ context.Context, name string) (store.Bucket, error) {
	if name == "" {
		return nil, fmt.Errorf("%s has no bucket without a name", s.name)
	}
	b := s.buckets[name]
	if b == nil {
		b = &hostBucket{s, map[string]string{}}
		s.buckets[name] = b
	}
	return b, nil
}

func (s *hostStore) Copy(_ context.Context, from, to store.Bucket, key string) (bool, error) {
	value, ok := from.(*hostBucket).values[key]
	if ok {
		to.(*hostBucket).values[key] = value
	}
	return ok, nil
}

func (b *hostBucket) Get(_ context.Context, key string) (types.Option[string], error) {
	if value, ok := b.values[key]; ok {
		return types.Some(value), nil
	}
	return types.None[string](), nil
}

func (b *hostBucket) Set(_ context.Context, key, value string) error {
	b.values[key] = value
	return nil
}

func (b *hostBucket) Close(context.Context) error {
	b.store.closed++
	return nil
}

// oldRows and newRows implement one interface in two versions.
type oldRows struct{}

func (oldRows) Fetch(_ context.Context, id uint32) (rows1.Row, error) {
	return rows1.Row{ID: id, Text: fmt.Sprint("old ", id)}, nil
}

type newRows struct{}

func newRow(id uint64) types.Option[rows2.Row] {
	if id%2 == 0 {
		return types.None[rows2.Row]()
	}
	return types.Some(rows2.Row{ID: id, Text: types.Some(fmt.Sprint("new ", id)), Tags: []string{"a", "b", fmt.Sprint(id)}})
}

func (newRows) Fetch(_ context.Context, id uint64) (types.Option[rows2.Row], error) {
	return newRow(id), nil
}

func (newRows) All(_ context.Context, from uint64) (rows2.Cursor, error) {
	return &newCursor{from}, nil
}

type newCursor struct{ at uint64 }

func (c *newCursor) Next(context.Context) (types.Option[rows2.Row], error) {
	c.at++
	return newRow(c.at), nil
}

func (c *newCursor) Close(context.Context) error { return nil }

type hostEnv struct{}

func (hostEnv) Get(_ context.Context, key string) (types.Option[string], error) {
	if len(key)%2 == 0 {
		return types.None[string](), nil
	}
	return types.Some("value of " + key), nil
}

// hostWorld implements what the world itself imports.
type hostWorld struct {
	*hostCounters
	sessions int // that are open
}

func (w *hostWorld) Notify(_ context.Context, s things.Settings) (things.Level, error) {
	if s.Level == things.LevelLow {
		return 0, errors.New(s.Name + " is too low")
	}
	return s.Level, nil
}

func (w *hostWorld) Adopt(_ context.Context, c things.Counter) (things.Counter, error) {
	return w.own(c), nil
}

func (w *hostWorld) Pack(_ context.Context, conns []things.Conn, all []things.Counter) ([]things.Parcel, error) {
	var parcels []things.Parcel
	for i, c := range all {
		parcels = append(parcels, things.Parcel{Counter: w.own(c), Conn: conns[i]})
	}
	return parcels, nil
}

func (w *hostWorld) NewSession(_ context.Context, s things.Settings) (things.Session, error) {
	w.sessions++
	return &hostSession{w, s.Name}, nil
}

type hostSession struct {
	world *hostWorld
	name  string
}

func (s *hostSession) Send(_ context.Context, line string) (uint32, error) {
	return uint32(len(s.name) + 1000*len(line)), nil
}

func (s *hostSession) Close(context.Context) error {
	s.world.sessions--
	return nil
}

// hostConn is a resource of an interface that guests only import.
type hostConn struct {
	name   string
	closed bool
}

func (c *hostConn) Name(context.Context) (string, error) {
	if c.closed {
		return "", errors.New("use of a closed connection")
	}
	return c.name, nil
}

func (c *hostConn) Close(context.Context) error {
	c.closed = true
	return nil
}

// worlds is an instance of the world things with what it imports.
type worlds struct {
	*things.Instance
	first, second *hostStore
	world         *hostWorld
}

func TestWorlds(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			t.Parallel()
			plugin, err := things.Compile(ctx, guest(t, compiler, "things"))
			must(t, err)
			t.Cleanup(func() { must(t, plugin.Close(ctx)) })
			w := worlds{first: newHostStore("first"), second: newHostStore("second"), world: &hostWorld{hostCounters: &hostCounters{}}}
			w.Instance, err = plugin.Instantiate(ctx, things.Imports{
				Counters: w.world, Users: w.world, First: w.first, Second: w.second, DBV1Rows: oldRows{},
				DBV2Rows: newRows{}, Env: hostEnv{}, World: w.world,
			})
			must(t, err)
			for name, test := range map[string]func(*rapid.T){
				"plain names": w.plainNames, "versions": w.versions, "own functions": w.own, "own resources": w.resources, "parcels": w.parcels,
				"inline interface": w.inline, "imported only": w.importedOnly,
			} {
				t.Run(name, func(t *testing.T) { rapid.Check(t, test) })
			}
			live, err := w.State().Live(ctx)
			if err != nil || live != 0 {
				t.Errorf("%d resources are left (%v)", live, err)
			}
		})
	}
}

func (w worlds) plainNames(t *rapid.T) {
	name, key, value := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "key"), rapid.String().Draw(t, "value")
	near, err := w.Near().Open(ctx, name)
	if name == "" {
		if text, ok := types.AsError[string](err); !ok || text != "first has no bucket without a name" {
			t.Fatalf("error %v", err)
		}
		return
	}
	must(t, err)
	far, err := w.Far().Open(ctx, name)
	must(t, err)
	must(t, near.Set(ctx, key, value))
	must(t, far.Set(ctx, key, value+"2"))
	inner := mangle.String(key)
	same(t, "in the first", mangle.String(value), w.first.buckets[mangle.String(name)].values[inner])
	same(t, "in the second", mangle.String(value+"2"), w.second.buckets[mangle.String(name)].values[inner])
	got, err := near.Get(ctx, key)
	must(t, err)
	same(t, "value", types.Some(mangle.String(mangle.String(value))), got)

	other, err := w.Near().Open(ctx, name+"x")
	must(t, err)
	ok, err := w.Near().Copy(ctx, near, other, key)
	must(t, err)
	same(t, "copied", true, ok)
	same(t, "copy", mangle.String(value), w.first.buckets[mangle.String(name+"x")].values[inner])
	if _, err := w.Far().Copy(ctx, near, far, key); err == nil || !strings.Contains(err.Error(), "bucket") {
		t.Fatalf("far took a bucket of near: %v", err)
	}
	closed := w.first.closed
	for _, b := range []store.Bucket{near, far, other} {
		must(t, b.Close(ctx))
	}
	same(t, "closed", closed+2, w.first.closed)
}

func (w worlds) versions(t *rapid.T) {
	id := rapid.Uint64().Draw(t, "id")
	row, err := w.DBV1Rows().Fetch(ctx, uint32(id))
	must(t, err)
	asked := mangle.Int(uint32(id))
	same(t, "old row", mangle.OldRow(rows1.Row{ID: asked, Text: fmt.Sprint("old ", asked)}), row)
	fetched, err := w.DBV2Rows().Fetch(ctx, id)
	must(t, err)
	want := mangle.Option(mangle.NewRow)
	same(t, "new row", want(newRow(mangle.Int(id))), fetched)
	cursor, err := w.DBV2Rows().All(ctx, id)
	must(t, err)
	for i := range 3 {
		next, err := cursor.Next(ctx)
		must(t, err)
		same(t, "next row", want(newRow(mangle.Int(id)+uint64(i)+1)), next)
	}
	must(t, cursor.Close(ctx))
}

func (w worlds) own(t *rapid.T) {
	s := random[things.Settings](source{T: t})
	lines := rapid.SliceOf(rapid.String()).Draw(t, "lines")
	got, err := w.Run(ctx, s, lines)
	same(t, "open sessions", 0, w.world.sessions)
	if s.Level == things.LevelLow {
		if text, ok := types.AsError[string](err); !ok || text != mangle.String(mangle.String(s.Name)+" is too low") {
			t.Fatalf("error %v", err)
		}
		return
	}
	must(t, err)
	var want []uint32
	for _, line := range lines {
		want = append(want, uint32(len(s.Name)+1000*len(line)))
	}
	same(t, "sent", append(want, uint32(s.Level)), got)
}

// The world's own exports take the host's own counters.
func (w worlds) resources(t *rapid.T) {
	c, d := w.world.add("given", 1), w.world.add("lent", 2)
	got, err := w.Inspect(ctx, c, d)
	must(t, err)
	same(t, "names", c.name+","+d.name+","+w.world.last.name, got)
	same(t, "why the given one is gone", "closed", c.gone)
	same(t, "why the lent one is gone", "", d.gone)
	same(t, "problem", "", w.world.problem)
	must(t, d.Close(ctx))
	same(t, "counters that live", 0, len(w.world.live))
}

// What the world imports and exports itself mentions the same record, and its
// resources in another order.
func (w worlds) parcels(t *rapid.T) {
	given := make([]things.Parcel, rapid.IntRange(0, 4).Draw(t, "parcels"))
	for i := range given {
		given[i] = things.Parcel{Counter: w.world.add(fmt.Sprint("counter ", i), 1), Conn: &hostConn{name: fmt.Sprint("conn ", i)}}
	}
	got, err := w.Repack(ctx, given)
	must(t, err)
	same(t, "parcels", len(given), len(got))
	for i, p := range slices.Backward(got) {
		want := given[len(given)-1-i]
		same(t, "connection", want.Conn, p.Conn)
		same(t, "counter", want.Counter, p.Counter)
		must(t, p.Conn.Close(ctx))
		must(t, p.Counter.Close(ctx))
	}
	same(t, "problem", "", w.world.problem)
	same(t, "counters that live", 0, len(w.world.live))
}

func (w worlds) inline(t *rapid.T) {
	key := rapid.String().Draw(t, "key")
	got, err := w.Lookup(ctx, key)
	must(t, err)
	want, err := hostEnv{}.Get(ctx, mangle.String(key))
	must(t, err)
	same(t, "value", mangle.Option(mangle.String)(want), got)
}

// What an export takes may be of an interface that is only imported.
func (w worlds) importedOnly(t *rapid.T) {
	conns := make([]*hostConn, rapid.IntRange(2, 6).Draw(t, "connections"))
	var all []pool.Conn
	want := ""
	for i := range conns {
		conns[i] = &hostConn{name: fmt.Sprint("conn ", i)}
		all = append(all, conns[i])
		want += "," + conns[i].name
	}
	got, last, err := w.Drain().UseUp(ctx, all[0], all[1], all[2:])
	must(t, err)
	same(t, "names", want[1:], got)
	for i, c := range conns {
		same(t, c.name+" is closed", i != 1 && (i < 2 || i < len(conns)-1), c.closed)
	}
	if c, ok := last.Get(); ok {
		same[pool.Conn](t, "last", conns[len(conns)-1], c)
		must(t, c.Close(ctx))
	} else {
		same(t, "connections", 2, len(conns))
	}
}
