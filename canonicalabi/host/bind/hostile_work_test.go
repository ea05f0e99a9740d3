package bind_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

const bindKept = bind.MostKeptStacks

// instanceOf returns the runtime's instance in a generated one.
func instanceOf(inst *subject.Instance) *bind.Instance {
	return (*bind.Instance)(reflect.ValueOf(inst).Elem().FieldByName("inst").UnsafePointer())
}

// results is a guest whose function fn returns words, in a memory of so many pages.
func results(name, fn string, want outcome, pages uint32, words ...uint32) hostile {
	return hostile{
		name: name,
		write: func(g *hosttest.Guest) {
			g.Export("memory", wasmtest.KindMemory, g.Memory(pages, -1))
			g.Define(fn, "", hosttest.Return(words...))
		},
		want: want,
	}
}

func many(n int) []string { return make([]string, n) }

// workRules are guests that have the host work without end, and little to do themselves.
func workRules() []rule {
	fuel := host.Fuel(500_000)
	const big = 200
	strings4000 := func(ctx context.Context, inst *subject.Instance) error {
		_, err := inst.Values().EchoStrings(ctx, many(4000))
		return err
	}
	lifts := func(name, fn string, call func(ctx context.Context, inst *subject.Instance) error, words ...uint32) hostile {
		return results(name, fn, limit(fn, "fuel"), big, words...).sends(call).with(fuel, host.LiftLimit(1<<40))
	}
	loop := func(n uint32, code ...wasmtest.Code) wasmtest.Code { // with local 1
		return wasmtest.Seq(wasmtest.I32(n), wasmtest.Set(1), wasmtest.Loop(wasmtest.Seq(code...),
			wasmtest.Get(1), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Tee(1), wasmtest.BrIf(0)), wasmtest.I64(0))
	}
	inLoop := func(name, fn string, n uint32, args ...uint32) hostile {
		h := hostile{name: name, imports: []string{fn}, call: callRun, want: limit("run", "fuel")}
		h.write = func(g *hosttest.Guest) {
			g.Export("memory", wasmtest.KindMemory, g.Memory(big, -1))
			var code wasmtest.Code
			for _, arg := range args {
				code = wasmtest.Seq(code, wasmtest.I32(arg))
			}
			g.Define("run", "i32", loop(n, code, g.Call(fn)))
		}
		return h.with(fuel)
	}
	return []rule{
		{"work of the host takes fuel", []hostile{
			lifts("a string", "values.echo-string", func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoString(ctx, "")
				return err
			}, 1024, 6<<20),
			lifts("bytes", "values.echo-bytes", func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoBytes(ctx, nil)
				return err
			}, 0, big<<16),
			lifts("empty strings", "values.echo-strings", func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoStrings(ctx, nil)
				return err
			}, 0, 100_000),
			lifts("bools", "values.echo-bools", func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoBools(ctx, nil)
				return err
			}, 0, 100_000),
			lifts("people", "values.echo-people", func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoPeople(ctx, nil)
				return err
			}, 4096, 100_000),
			lifts("a map", "values.echo-map", func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoMap(ctx, nil)
				return err
			}, 4096, 50_000),
			inLoop("strings for an import", "log", 20, 1024, 200_000),
			inLoop("numbers for an import", "values.echo-numbers", 4, 1024, 500_000, hosttest.Area),
			reallocs("a short realloc, called often", limit("values.echo-strings", "fuel"), wasmtest.I32(8)).sends(strings4000).with(fuel),
			reallocs("a short realloc, called seldom", trap("values.echo-strings", "", "unreachable"), wasmtest.I32(8)).sends(strings4000).with(host.Fuel(5_000_000)),
		}},
		{"work of the host heeds the deadline", []hostile{
			slowRealloc(),
		}},
	}
}

// slowRealloc is a guest whose realloc has 2,000 divisions, without a loop, and is called
// for each of many strings under a context that ends meanwhile.
func slowRealloc() hostile {
	h := reallocs("a realloc of 2,000 divisions", outcome{fn: "values.echo-strings", limit: "cancel", is: context.Canceled},
		wasmtest.I32(1<<30), repeat(2000, wasmtest.I32(1), wasmtest.I32DivS), wasmtest.Drop, wasmtest.I32(8))
	return h.sends(func(ctx context.Context, inst *subject.Instance) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		looks := 0
		instanceOf(inst).OnLook(func(uint64) {
			if looks++; looks == 3 {
				cancel()
			}
		})
		_, err := inst.Values().EchoStrings(ctx, many(8_000))
		return err
	})
}

// What an instance of the echoing guest is sent in TestLooks.
func sendAll(ctx context.Context, inst *subject.Instance, r randomValues) error {
	v := inst.Values()
	long := strings.Repeat(r.text()+"é☃𝄞x", 1+r.IntN(20_000))
	_, err := v.EchoString(ctx, long)
	_, err2 := v.EchoString(ctx, strings.Repeat("plain", r.IntN(60_000)))
	_, err3 := v.EchoNumbers(ctx, make([]uint32, r.IntN(200_000)))
	_, err4 := v.EchoStrings(ctx, listOf(r, func() string { return strings.Repeat(r.text(), r.IntN(2000)) }))
	_, err5 := v.EchoPeople(ctx, listOf(r, r.person))
	_, err6 := v.EchoGroups(ctx, listOf(r, func() []values.Shape { return listOf(r, r.shape) }))
	_, err7 := v.EchoBools(ctx, make([]bool, r.IntN(300_000)))
	_, err8 := v.EchoChars(ctx, make([]rune, r.IntN(300_000)))
	m := map[uint32]string{}
	for i := range r.IntN(3_000) {
		m[uint32(i)] = r.text()
	}
	_, err9 := v.EchoMap(ctx, m)
	return errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9)
}

// Between two looks the host does a bounded amount of work, and the same in every run.
func TestLooks(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		for seed := range uint64(3) {
			run := func() (looks int, sum, most uint64) {
				instanceOf(inst).OnLook(func(units uint64) { looks, sum, most = looks+1, sum+units, max(most, units) })
				if err := sendAll(t.Context(), inst, randomValues{rand.New(rand.NewPCG(seed, 1))}); err != nil {
					t.Fatal(err)
				}
				return looks, sum, most
			}
			looks, sum, most := run()
			if looks < 10 || most > bind.MostWork {
				t.Errorf("seed %d: %d looks, and at most %d units between two, want %d", seed, looks, most, bind.MostWork)
			}
			if looks2, sum2, _ := run(); looks2 != looks || sum2 != sum {
				t.Errorf("seed %d: %d looks and %d units, then %d and %d", seed, looks, sum, looks2, sum2)
			}
		}
	})
}

// Lists are not lifted in one go, whatever their elements are.
func TestLooksWithinLists(t *testing.T) {
	t.Parallel()
	const count = 50_000
	for name, call := range map[string]func(inst *subject.Instance) error{
		"values.echo-shapes": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoShapes(t.Context(), nil)
			return err
		},
		"values.echo-strings": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoStrings(t.Context(), nil)
			return err
		},
		"values.echo-bools": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoBools(t.Context(), nil)
			return err
		},
		"values.echo-chars": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoChars(t.Context(), nil)
			return err
		},
		"values.echo-people": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoPeople(t.Context(), nil)
			return err
		},
		"values.echo-groups": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoGroups(t.Context(), nil)
			return err
		},
		"values.echo-map": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoMap(t.Context(), nil)
			return err
		},
	} {
		g := hosttest.NewGuest()
		g.Export("memory", wasmtest.KindMemory, g.Memory(80, -1))
		// Where the bytes are ones, shapes are circles. Strings lie at 0 and are empty.
		bytes := wasmtest.Code{}
		if name == "values.echo-shapes" {
			bytes = wasmtest.Seq(wasmtest.I32(1<<20), wasmtest.I32(1), wasmtest.I32(40*count), wasmtest.MemoryFill)
		}
		g.Define(name, "", bytes, hosttest.Return(1<<20, count))
		inst := start(t, g, &hosttest.Host{})
		looks := 0
		instanceOf(inst).OnLook(func(uint64) { looks++ })
		if err := call(inst); err != nil {
			t.Fatal(err)
		}
		if least := count * bind.ElementUnits / bind.MostWork; looks < least {
			t.Errorf("%s: %d looks, want %d at least", name, looks, least)
		}
	}
}

// A context that ends while the host works stops the call at the next look. The instance
// is dead, as the guest's memory was left as it is.
func TestEndsBetweenLooks(t *testing.T) {
	t.Parallel()
	eachEcho(t, func(t *testing.T, inst *subject.Instance) {
		ctx, cancel := context.WithCancel(t.Context())
		after := 0
		looks := 0
		instanceOf(inst).OnLook(func(uint64) {
			if looks++; looks == 3 {
				cancel()
			} else if looks > 3 {
				after++
			}
		})
		_, err := inst.Values().EchoString(ctx, strings.Repeat("text", 1_000_000))
		wantsLimit(t, "values.echo-string", err, context.Canceled)
		if after > 0 {
			t.Errorf("%d looks after the end", after)
		}
		checkState(t, inst, false)
	})
}

// A call whose work takes as much fuel as it has passes, and one unit less does not reach
// the end, in every run.
func TestWorkIsDeterministic(t *testing.T) {
	t.Parallel()
	core := hosttest.NewEcho().Bytes()
	if asComponent {
		part, err := hosttest.Component(core)
		if err != nil {
			t.Fatal(err)
		}
		if core, err = hosttest.Compose(part, part); err != nil {
			t.Fatal(err)
		}
	}
	enough := func(fuel uint64) bool {
		plugin, err := subject.Compile(t.Context(), core, host.Fuel(fuel))
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(t.Context())
		inst := instantiate(t, plugin, &hosttest.Host{})
		_, err = inst.Values().EchoStrings(t.Context(), []string{strings.Repeat("x", 500_000), "y", strings.Repeat("z", 100_000)})
		var limit *host.LimitError
		if err != nil && (!errors.As(err, &limit) || limit.Limit != "fuel") {
			t.Fatalf("with %d: %v", fuel, err)
		}
		return err == nil
	}
	low, high := uint64(0), uint64(10_000_000)
	for high-low > 1 {
		if middle := (low + high) / 2; enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	t.Logf("the call takes %d", high)
	if high < 600_000/4 {
		t.Errorf("the call takes %d only", high)
	}
	for range 3 {
		if !enough(high) || enough(high-1) {
			t.Fatalf("the call does not take %d again", high)
		}
	}
}
