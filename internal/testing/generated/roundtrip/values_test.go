package roundtrip

import (
	"context"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/values"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// imports serves all imports of the world values by an exchange.
func imports(x *exchange) values.Imports {
	return values.Imports{
		Scalars: scalarsPeer{x}, Text: textPeer{x}, Lists: listsPeer{x}, Fixed: fixedPeer{x}, Maps: mapsPeer{x}, Big: bigPeer{x},
		Tuples: tuplesPeer{x}, Records: recordsPeer{x}, Variants: variantsPeer{x}, Many: manyPeer{x}, Sets: setsPeer{x},
		Options: optionsPeer{x}, Outcomes: outcomesPeer{x}, Calls: callsPeer{x},
	}
}

// session is an instance of the world values that is replaced when it dies.
type session struct {
	plugin *values.Plugin
	inst   *values.Instance
	trips  map[string][]trip
	x      exchange
	seen   uint64 // how many calls the guest must have counted
	// broken is set after a trip that failed, since the instance may be dead.
	broken bool
}

func newSession(t *testing.T, compiler guestbuild.Compiler) *session {
	ctx := context.Background()
	plugin, err := values.Compile(ctx, guest(t, compiler, "values"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(ctx) })
	s := &session{plugin: plugin}
	s.start(t)
	return s
}

// start starts an instance in the place of the one at hand.
func (s *session) start(t testingT) {
	if s.inst != nil {
		_ = s.inst.Close(context.Background())
	}
	var err error
	s.inst, err = s.plugin.Instantiate(context.Background(), imports(&s.x))
	if err != nil {
		t.Fatalf("%v", err)
	}
	s.trips = families(s.inst)
	maps.Copy(s.trips, newerFamilies(s.inst))
	s.seen = 0
}

type testingT interface {
	Fatalf(format string, args ...any)
}

func TestValues(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			t.Parallel()
			s := newSession(t, compiler)
			total := 0
			for _, family := range slices.Sorted(maps.Keys(s.trips)) {
				t.Run(family, func(t *testing.T) {
					s.x.values = 0
					rapid.Check(t, func(t *rapid.T) { s.run(t, family) })
					t.Logf("%d values", s.x.values)
					total += s.x.values
				})
			}
			t.Logf("%d values in all", total)
		})
	}
}

// run makes each trip of a family once.
func (s *session) run(t *rapid.T, family string) {
	if s.broken {
		s.start(t)
	}
	s.broken = true
	for _, trip := range s.trips[family] {
		trip.run(source{t, trip.chars}, &s.x)
		s.seen++
	}
	if seen, err := s.inst.State().Seen(context.Background()); err != nil || seen != s.seen {
		t.Fatalf("the guest has seen %d calls and not %d (%v)", seen, s.seen, err)
	}
	s.broken = false
}
