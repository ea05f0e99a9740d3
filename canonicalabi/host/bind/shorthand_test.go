package bind_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

// caller starts a guest that exports four functions: run calls the import f with its
// parameters and returns what f returns, nothing does nothing, pair returns the address
// of 7, 8 and crash traps.
func caller(t *testing.T, f func(c *bind.Call)) bind.Exports {
	t.Helper()
	var m wasmtest.Module
	imported := m.Import("t:t/i", "f", "i32 i32 -> i32")
	m.Export("memory", wasmtest.KindMemory, m.Memory(1, -1))
	next := m.Global("i32", wasmtest.I32(1024))
	m.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32",
		wasmtest.GlobalGet(next), wasmtest.I32(7), wasmtest.I32Add, wasmtest.I32(0xfffffff8), wasmtest.I32And, wasmtest.Tee(4),
		wasmtest.Get(3), wasmtest.I32Add, wasmtest.GlobalSet(next), wasmtest.Get(4))
	m.Data(64, []byte{7, 0, 0, 0, 8, 0, 0, 0})
	m.ExportFunc("run", "i32 i32 -> i32", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.Call(imported))
	m.ExportFunc("nothing", "->", "")
	m.ExportFunc("pair", "-> i32", "", wasmtest.I32(64))
	m.ExportFunc("crash", "-> i32", "", wasmtest.Unreachable)
	world := &bind.World{
		Name:    "t:t/w",
		Imports: []bind.Item{{Name: "t:t/i", Field: "I", Interface: &bind.Interface{Functions: []bind.Function{{Name: "f", Import: "i32 i32 -> i32", Handle: f}}}}},
		Exports: []bind.Item{{Name: "$root", Interface: &bind.Interface{Functions: []bind.Function{
			{Name: "run", Export: "i32 i32 -> i32"}, {Name: "nothing", Export: "->"}, {Name: "pair", Export: "-> i32"}, {Name: "crash", Export: "-> i32"},
		}}}},
	}
	ctx := context.Background()
	plugin, err := link.Compile(ctx, m.Bytes(), world)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plugin.Close(ctx) })
	inst, err := plugin.Instantiate(ctx, []any{0})
	if err != nil {
		t.Fatal(err)
	}
	return plugin.Export(inst, 0)
}

// served has a guest call an import with two parameters, which f serves, and returns the
// core result and the error of the guest's call.
func served(t *testing.T, a, b uint32, f func(c *bind.Call)) (uint64, error) {
	t.Helper()
	run := caller(t, f).Func(0)
	c := run.Begin(context.Background())
	c.Stack[0], c.Stack[1] = uint64(a), uint64(b)
	return c.Finish()
}

// inCall runs f within a guest's call of an import, which must not fail.
func inCall(t *testing.T, f func(c *bind.Call)) {
	t.Helper()
	if _, err := served(t, 0, 0, f); err != nil {
		t.Errorf("the call fails: %v", err)
	}
}

// wantsRule checks that a call failed by a rule.
func wantsRule(t *testing.T, what string, err error, rule host.Rule) {
	t.Helper()
	var trap *host.Trap
	if !errors.As(err, &trap) || trap.Rule != rule {
		t.Errorf("%s: got %v, want a trap by the rule %q", what, err, rule)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(types.Option[string]{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Discriminants of options and results are 0 or 1, and others break a rule.
func TestLiftedDiscriminants(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]struct {
		lift func(c *bind.Call, disc uint32) bool
		one  bool // the answer for 1
	}{
		"LiftSome": {(*bind.Call).LiftSome, true},
		"LoadSome": {func(c *bind.Call, disc uint32) bool { return c.LoadSome(byte(disc)) }, true},
		"LiftOK":   {(*bind.Call).LiftOK, false},
		"LoadOK":   {func(c *bind.Call, disc uint32) bool { return c.LoadOK(byte(disc)) }, false},
	} {
		inCall(t, func(c *bind.Call) {
			if f.lift(c, 0) == f.one || f.lift(c, 1) != f.one {
				t.Errorf("%s of 0 and 1: %v, %v", name, f.lift(c, 0), f.lift(c, 1))
			}
		})
		for _, disc := range []uint32{2, 255} {
			_, err := served(t, 0, 0, func(c *bind.Call) {
				if f.lift(c, disc) {
					t.Errorf("%s of %d is true", name, disc)
				}
			})
			wantsRule(t, name, err, host.RuleDiscriminant)
		}
	}
}

func TestStoredDiscriminants(t *testing.T) {
	t.Parallel()
	inCall(t, func(c *bind.Call) {
		area := c.Area(16, 4, 4)
		equal(t, "StoreSome, StoreOK", []bool{c.StoreSome(16, true), c.StoreSome(17, false), c.StoreOK(18, true), c.StoreOK(19, false)}, []bool{true, false, true, false})
		equal(t, "memory", area, []byte{1, 0, 0, 1})
	})
}

// An area that is out of bounds or not aligned fails the call, and zeros take its place.
func TestAreas(t *testing.T) {
	t.Parallel()
	inCall(t, func(c *bind.Call) {
		area := c.Area(64, 8, 4)
		equal(t, "Area", area, []byte{7, 0, 0, 0, 8, 0, 0, 0})
		equal(t, "numbers", []uint64{uint64(bind.Uint16(area[4:])), uint64(bind.Uint32(area)), bind.Uint64(area)}, []uint64{8, 7, 8<<32 + 7})
		c.StoreFloat32(64, 1.5)
		c.StoreFloat64(72, -math.Pi)
		equal(t, "floats", []float64{float64(bind.Float32(c.Area(64, 4, 4))), bind.Float64(c.Area(72, 8, 8))}, []float64{1.5, -math.Pi})
	})
	for _, size := range []uint32{8, 1024, 5000} {
		_, err := served(t, 0, 0, func(c *bind.Call) {
			area := c.Area(65536-4, size, 4)
			if len(area) != int(size) || slices.ContainsFunc(area, func(b byte) bool { return b != 0 }) {
				t.Errorf("the area out of bounds is %d bytes: %v", len(area), area)
			}
		})
		wantsRule(t, "Area out of bounds", err, host.RuleBounds)
	}
	n, err := served(t, 1, 128, func(c *bind.Call) { c.Stack[0] = uint64(c.ResultArea(1, 8, 8)) })
	if n != 128 || err != nil {
		t.Errorf("ResultArea: %d, %v", n, err)
	}
	_, err = served(t, 1, 132, func(c *bind.Call) { c.ResultArea(1, 8, 8) })
	wantsRule(t, "ResultArea", err, host.RuleAlignment)
}

// What is put on the stack, or stored in memory, comes back.
func TestPairs(t *testing.T) {
	t.Parallel()
	inCall(t, func(c *bind.Call) {
		// The stack has the pointer at a place and the length behind it.
		c.PutString(0, "grüße")
		ptr, n := uint32(c.Stack[0]), uint32(c.Stack[1])
		equal(t, "memory", string(c.Area(ptr, n, 1)), "grüße")
		equal(t, "TakeString", c.TakeString(0), "grüße")
		bind.PutNumbers(c, 0, []uint16{1, 0xffff})
		equal(t, "memory", c.Area(uint32(c.Stack[0]), 4, 2), []byte{1, 0, 0xff, 0xff})
		equal(t, "TakeNumbers", bind.TakeNumbers[uint16](c, 0), []uint16{1, 0xffff})
		c.PutStrings(0, []string{"a", "", "bc"})
		equal(t, "TakeStrings", c.TakeStrings(0), []string{"a", "", "bc"})

		c.StoreString(512, "x")
		area := c.Area(512, 8, 4)
		equal(t, "StoreString", string(c.Area(bind.Uint32(area), bind.Uint32(area[4:]), 1)), "x")
		equal(t, "LoadString", c.LoadString(area), "x")
		bind.StoreNumbers(c, 512, []float64{1.5, -2})
		equal(t, "LoadNumbers", bind.LoadNumbers[float64](c, c.Area(512, 8, 4)), []float64{1.5, -2})
		c.StoreStrings(512, []string{"one", "two"})
		equal(t, "LoadStrings", c.LoadStrings(c.Area(512, 8, 4)), []string{"one", "two"})
		at := c.LowerList(2, 4, 4)
		c.StoreUint32(at, 5)
		c.StoreUint32(at+4, 6)
		c.StoreList(512, at, 2)
		region, list := bind.LoadList[uint32](c, c.Area(512, 8, 4), 4, 4)
		equal(t, "LoadList", region, []byte{5, 0, 0, 0, 6, 0, 0, 0})
		equal(t, "its length", len(list), 2)
		region, entries := bind.LoadMap[uint16, uint16](c, c.Area(512, 8, 4), 4, 2)
		equal(t, "LoadMap", region, []byte{5, 0, 0, 0, 6, 0, 0, 0})
		equal(t, "its entries", entries, map[uint16]uint16{})
	})
	_, err := served(t, 65530, 10, func(c *bind.Call) { c.TakeString(0) })
	wantsRule(t, "a string out of bounds", err, host.RuleBounds)
	_, err = served(t, 2, 1, func(c *bind.Call) { c.TakeStrings(0) })
	wantsRule(t, "a list that is not aligned", err, host.RuleAlignment)
}

// An error of a host function reaches the guest where it has the type that WIT names,
// and fails the call otherwise.
func TestErrorsOfHosts(t *testing.T) {
	t.Parallel()
	other := errors.New("another error")
	inCall(t, func(c *bind.Call) {
		c.Return(nil)
		equal(t, "ErrorValue", bind.ErrorValue[uint8](c, types.Error[uint8]{Value: 3}), 3)
		equal(t, "ErrorString", c.ErrorString(types.Error[string]{Value: "text"}), "text")
		equal(t, "ErrorString of any error", c.ErrorString(other), "another error")
	})
	for name, f := range map[string]func(c *bind.Call){
		"Return":      func(c *bind.Call) { c.Return(other) },
		"ErrorValue":  func(c *bind.Call) { equal(t, "ErrorValue", bind.ErrorValue[uint8](c, other), 0) },
		"ErrorString": func(c *bind.Call) { equal(t, "ErrorString", c.ErrorString(context.Canceled), "") },
	} {
		_, err := served(t, 0, 0, f)
		if name != "ErrorString" && !errors.Is(err, other) || name == "ErrorString" && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the call ends with %v", name, err)
		}
	}
}

// Calls of exports go on after a failure, with zeros, and end with the failure.
func TestExports(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var run, nothing, pair, crash bind.Func
	caller(t, func(*bind.Call) {}).Bind(&run, &nothing, &pair, &crash)
	if err := nothing.Begin(ctx).Run(); err != nil {
		t.Errorf("Run: %v", err)
	}
	wit := types.Error[string]{Value: "WIT's"}
	c := pair.Begin(ctx)
	if core := c.InvokeCore(); core != 64 {
		t.Errorf("InvokeCore returns %d", core)
	}
	if err := c.EndWith(wit); err != wit {
		t.Errorf("EndWith returns %v", err)
	}
	c = pair.Begin(ctx)
	equal(t, "InvokeView", c.InvokeView(8, 4), []byte{7, 0, 0, 0, 8, 0, 0, 0})
	if err := c.EndWith(nil); err != nil {
		t.Errorf("EndWith returns %v", err)
	}
	c = crash.Begin(ctx)
	if core := c.InvokeCore(); core != 0 {
		t.Errorf("InvokeCore of a call that traps returns %d", core)
	}
	var trap *host.Trap
	if err := c.EndWith(wit); !errors.As(err, &trap) {
		t.Errorf("EndWith returns %v", err)
	}
	c = pair.Begin(ctx) // the instance is dead
	equal(t, "InvokeView", c.InvokeView(4, 4), make([]byte, 4))
	if err := c.EndWith(nil); !errors.Is(err, host.ErrDead) {
		t.Errorf("EndWith returns %v", err)
	}
}

// Checks of what holds others name the place of what is bad.
func TestCombinedChecks(t *testing.T) {
	t.Parallel()
	const good, bad = "a", "\xff"
	path := func(b *host.BadValueError) string {
		if b == nil {
			return "good"
		}
		return b.In("p").Path
	}
	text := func(s string) *host.BadValueError { return bind.CheckString(s) }
	entry := func(key uint8, s string) *host.BadValueError { return bind.CheckString(s) }
	for _, c := range []struct {
		name, want string
		got        *host.BadValueError
	}{
		{"First of none", "good", bind.First()},
		{"First of good ones", "good", bind.First(nil, text(good))},
		{"First", "p.b", bind.First(nil, text(bad).In("b"), text(bad).In("c"))},
		{"CheckEach", "good", bind.CheckEach([]string{good, good}, 8, text)},
		{"CheckEach of a bad one", "p[1]", bind.CheckEach([]string{good, bad}, 8, text)},
		{"CheckEach of too many", "p", bind.CheckEach(make([]struct{}, 1<<26), 8, func(struct{}) *host.BadValueError { return nil })},
		{"CheckMap", "good", bind.CheckMap(map[uint8]string{1: good}, 12, entry)},
		{"CheckMap of a bad one", "p[7]", bind.CheckMap(map[uint8]string{1: good, 7: bad}, 12, entry)},
		{"CheckSome of none", "good", bind.CheckSome(types.None[string](), text)},
		{"CheckSome", "good", bind.CheckSome(types.Some(good), text)},
		{"CheckSome of a bad one", "p", bind.CheckSome(types.Some(bad), text)},
		{"CheckResult", "good", bind.CheckResult(types.OK[string, string](good), text, text)},
		{"CheckResult of a bad one", "p", bind.CheckResult(types.OK[string, string](bad), text, text)},
		{"CheckResult of a bad error", "p", bind.CheckResult(types.Err[uint8](bad), nil, text)},
		{"CheckResult without a check", "good", bind.CheckResult(types.OK[string, string](bad), nil, text)},
	} {
		if got := path(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
