package meter

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// endless are guests that never return: each exports run(i32).
var endless = map[string][]byte{
	"loop": simple(ti, "", "", []byte{opcodeLoop, blockEmpty, opcodeBr, 0, opcodeEnd}),
	"loop with operands": wasm(
		sec(core.TypeSection, vec(sig(ti, ""), sig(ti, ti))),
		sec(core.FunctionSection, vec(u(0))),
		sec(core.ExportSection, vec(exportFunc("run", 0))),
		sec(core.CodeSection, vec(body("", []byte{opcodeLocalGet, 0, opcodeLoop, 1, opcodeBr, 0, opcodeEnd, opcodeDrop}))),
	),
	"exponential recursion": simple(ti, "", "", []byte{
		opcodeLocalGet, 0, opcodeIf, blockEmpty,
		opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeCall, 0,
		opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeCall, 0,
		opcodeEnd,
	}),
	"tail calls":    simple(ti, "", "", []byte{opcodeLocalGet, 0, 0x12, 0}),
	"loop of fills": simple(ti, "", "", []byte{opcodeLoop, blockEmpty}, i32(0), i32(0), []byte{opcodeLocalGet, 0, opcodeMisc, miscMemoryFill, 0, opcodeBr, 0, opcodeEnd}),
	"loop of br_table": simple(ti, "", "", []byte{
		opcodeLoop, blockEmpty, opcodeBlock, blockEmpty, opcodeBlock, blockEmpty, opcodeLocalGet, 0, 0x0e, 1, 0, 1, opcodeEnd, opcodeBr, 1, opcodeEnd, opcodeBr, 0, opcodeEnd,
	}),
}

// TestEndless interrupts guests that never return, while garbage collections run: Go cannot stop
// compiled code, so a guest that did not leave it would hold up the collection, and the collection
// everybody else.
func TestEndless(t *testing.T) {
	for name, in := range endless {
		for _, depth := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/stack=%v", name, depth), func(t *testing.T) {
				mod, c := metered(t, newRuntime(t), in, Config{Stack: depth})
				done := make(chan string)
				go func() {
					_, trap := call(mod, "run", 1000)
					done <- trap
				}()
				for range 3 {
					runtime.GC()
				}
				c.Interrupt()
				if trap := <-done; trap != "wasm error: unreachable" {
					t.Errorf("trap %q", trap)
				}
				if got := c.Cause(); got != Interrupted {
					t.Errorf("cause %v", got)
				}
			})
		}
	}
}

// TestOutOfFuel runs the same guests until their fuel is used up.
func TestOutOfFuel(t *testing.T) {
	for name, in := range endless {
		t.Run(name, func(t *testing.T) {
			mod, c := metered(t, newRuntime(t), in, Config{})
			for _, fuel := range []uint64{0, 1, 1000, units.Slice, 1_000_000} {
				c.SetFuel(fuel)
				if got := c.Fuel(); got != fuel {
					t.Fatalf("fuel %d, want %d", got, fuel)
				}
				_, trap := call(mod, "run", 1000)
				if trap != "wasm error: unreachable" || c.Cause() != OutOfFuel || c.Fuel() != 0 {
					t.Fatalf("fuel %d: trap %q, cause %v, fuel left %d", fuel, trap, c.Cause(), c.Fuel())
				}
				c.ClearCause()
			}
		})
	}
}

// TestOwnTrap: a guest that traps by itself was not stopped by the host.
func TestOwnTrap(t *testing.T) {
	mod, c := metered(t, newRuntime(t), simple("", "", "", []byte{opcodeUnreachable}), Config{})
	if _, trap := call(mod, "run"); trap != "wasm error: unreachable" || c.Cause() != None {
		t.Errorf("trap %q, cause %v", trap, c.Cause())
	}
}

// TestResume: a guest that was interrupted while it did not run goes on.
func TestResume(t *testing.T) {
	mod, c := metered(t, newRuntime(t), simple(ti, "", "", []byte{
		opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0, opcodeEnd,
	}), Config{})
	c.Interrupt()
	c.Resume()
	if _, trap := call(mod, "run", 100_000); trap != "" || c.Cause() != None {
		t.Errorf("trap %q, cause %v", trap, c.Cause())
	}
	c.Interrupt()
	if _, trap := call(mod, "run", 100_000); trap == "" || c.Cause() != Interrupted {
		t.Errorf("trap %q, cause %v", trap, c.Cause())
	}
}

// fuelTests are functions run(i32) with what they use beside the call itself, which takes
// units.Call. Instructions that only mark blocks are free.
var fuelTests = []struct {
	name string
	code []byte
	arg  uint64
	want uint64
}{
	{"nothing", nil, 0, 0},
	{"one instruction", []byte{opcodeLocalGet, 0, opcodeDrop}, 0, 1},
	{"loop", []byte{ // 6 instructions 100 times, and the loop itself
		opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0, opcodeEnd,
	}, 100, 501},
	{"short if, taken", []byte{opcodeLocalGet, 0, opcodeIf, blockEmpty, opcodeLocalGet, 0, opcodeDrop, opcodeEnd}, 1, 3},
	{"short if, not taken", []byte{opcodeLocalGet, 0, opcodeIf, blockEmpty, opcodeLocalGet, 0, opcodeDrop, opcodeEnd}, 0, 3},
	{"long if, taken", seq([]byte{opcodeLocalGet, 0, opcodeIf, blockEmpty}, slices.Repeat([]byte{opcodeLocalGet, 0, opcodeDrop}, 100), []byte{opcodeEnd}), 1, 102},
	{"long if, not taken", seq([]byte{opcodeLocalGet, 0, opcodeIf, blockEmpty}, slices.Repeat([]byte{opcodeLocalGet, 0, opcodeDrop}, 100), []byte{opcodeEnd}), 0, 2},
	{"after a block that is left by its end", seq([]byte{opcodeBlock, blockEmpty, opcodeLocalGet, 0, opcodeBrIf, 0, opcodeEnd}, slices.Repeat([]byte{opcodeLocalGet, 0, opcodeDrop}, 100)), 0, 102},
	{"after a return", seq([]byte{opcodeLocalGet, 0, opcodeIf, blockEmpty, opcodeReturn, opcodeEnd}, slices.Repeat([]byte{opcodeLocalGet, 0, opcodeDrop}, 100)), 1, 3},
	{"dead code", seq([]byte{opcodeReturn}, slices.Repeat([]byte{opcodeLocalGet, 0, opcodeDrop}, 100)), 0, 1},
	{"fill of a constant length", seq(i32(0), i32(0), i32(160), []byte{opcodeMisc, miscMemoryFill, 0}), 0, 3 + 8 + 10},
	{"fill of a length", seq(i32(0), i32(0), []byte{opcodeLocalGet, 0, opcodeMisc, miscMemoryFill, 0}), 160, 3 + bulkCost + 10},
	{"long fill", seq(i32(0), i32(0), []byte{opcodeLocalGet, 0, opcodeMisc, miscMemoryFill, 0}), 65536, 3 + bulkCost + helperCost + 4096},
	{"long fill of a constant length", seq(i32(0), i32(0), i32(65536), []byte{opcodeMisc, miscMemoryFill, 0}), 0, 3 + helperCost + 4096},
	{"memory.grow", []byte{opcodeLocalGet, 0, opcodeMemoryGrow, 0, opcodeDrop}, 2, 1 + growCost + 2*4096},
	{"memory.grow that fails", []byte{opcodeLocalGet, 0, opcodeMemoryGrow, 0, opcodeDrop}, 1 << 20, 1 + growCost},
}

func TestFuel(t *testing.T) {
	interpreter := newRuntimeWith(t, wazero.NewRuntimeConfigInterpreter())
	for _, tt := range fuelTests {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range []wazero.Runtime{newRuntime(t), interpreter} {
				mod, c := metered(t, r, simple(ti, "", "", tt.code), Config{})
				c.SetFuel(1_000_000)
				if _, trap := call(mod, "run", tt.arg); trap != "" {
					t.Fatal(trap)
				}
				if got, want := 1_000_000-c.Fuel(), units.Call+tt.want; got != want {
					t.Errorf("used %d, want %d", got, want)
				}
			}
		})
	}
}

// countDown turns the loop of the label 0 again until local 0 is 0.
var countDown = []byte{opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0}

// turning are functions run(i32) -> i32 that turn a loop as often as their argument says. They take
// fuel in each way there is in a loop that calls no other function.
func turning() map[string][]byte {
	loop := func(code ...[]byte) []byte {
		return seq([]byte{opcodeLoop, blockEmpty}, seq(code...), countDown, []byte{opcodeEnd, opcodeLocalGet, 0})
	}
	fill := func(n int32) []byte { return seq(i32(0), i32(0), i32(n), []byte{opcodeMisc, miscMemoryFill, 0}) }
	// The block type 0 is that of the function.
	operands := []byte{opcodeLoop, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeLocalGet, 0, opcodeBrIf, 0, opcodeEnd, opcodeDrop}
	all := map[string][]byte{
		"branches":        loop([]byte{opcodeLocalGet, 0, opcodeI32Const, 1, 0x71, opcodeIf, blockEmpty, opcodeLocalGet, 0, opcodeDrop, opcodeEnd}),
		"a loop inside":   loop(seq(i32(3), []byte{opcodeLocalSet, 1, opcodeLoop, blockEmpty, opcodeLocalGet, 1, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 1, opcodeBrIf, 0, opcodeEnd})),
		"a loop of loops": loop([]byte{opcodeLoop, blockEmpty}, countDown, []byte{opcodeEnd, opcodeI32Const, 1, opcodeLocalSet, 0}),
		"operands inside": loop([]byte{opcodeLocalGet, 0}, operands, []byte{opcodeI32Const, 1, opcodeLocalSet, 0}),
		"short fill":      loop(fill(100)),
		"long fill":       loop(fill(5000)),
		"memory.grow":     loop([]byte{opcodeI32Const, 0, opcodeMemoryGrow, 0, opcodeDrop}),
	}
	for name, code := range benchLoops {
		all[name] = code
	}
	return all
}

// TestTurnsCostTheSame: two thousand turns of a loop take a hundredth of the fuel of two hundred
// thousand, which are many slices, but for what is around the loop.
func TestTurnsCostTheSame(t *testing.T) {
	interpreter := newRuntimeWith(t, wazero.NewRuntimeConfigInterpreter())
	const few, many = 2_000, 200_000
	for name, code := range turning() {
		for _, r := range []wazero.Runtime{newRuntime(t), interpreter} {
			mod, c := metered(t, r, simple(ti, ti, ti+ti, code), Config{})
			used := func(turns uint64) int64 {
				c.SetFuel(Unlimited)
				if _, trap := call(mod, "run", turns); trap != "" {
					t.Fatalf("%s: %s", name, trap)
				}
				return int64(Unlimited - c.Fuel())
			}
			one := used(few+1) - used(few)
			if got, want := used(many)-used(few), one*(many-few); one <= 0 || got != want {
				t.Errorf("%s: %d more turns took %d, want %d: one more took %d", name, many-few, got, want, one)
			}
		}
	}
}

// leaving are functions run(i32) -> i32 that call another and are left in each way there is. Function 0
// is run, 1 is i32 -> i32.
var leaving = map[string][]byte{
	"end":         {opcodeLocalGet, 0, opcodeCall, 1},
	"return":      {opcodeLocalGet, 0, opcodeCall, 1, opcodeReturn},
	"br":          {opcodeLocalGet, 0, opcodeCall, 1, opcodeBr, 0},
	"br outwards": {opcodeBlock, blockEmpty, opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeCall, 1, opcodeBr, 2, opcodeEnd, opcodeEnd, opcodeI32Const, 7},
	"return from a loop": {
		opcodeLoop, blockEmpty, opcodeBlock, blockEmpty, opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeCall, 1, opcodeReturn, opcodeEnd, opcodeEnd, opcodeEnd, opcodeI32Const, 7,
	},
	"br_if":           {opcodeLocalGet, 0, opcodeCall, 1, opcodeI32Const, 1, opcodeBrIf, 0, opcodeDrop, opcodeI32Const, 7},
	"br_table":        {opcodeLoop, ti[0], opcodeLocalGet, 0, opcodeCall, 1, opcodeI32Const, 0, 0x0e, 1, 1, 1, opcodeEnd},
	"return_call":     {opcodeLocalGet, 0, opcodeCall, 1, 0x12, 1},
	"return_indirect": {opcodeLocalGet, 0, opcodeI32Const, 0, 0x13, 0, 0},
	"return_call_ref": {opcodeLocalGet, 0, 0xd2, 1, 0x15, 0},
	"br_on_null":      {opcodeLocalGet, 0, opcodeCall, 1, 0xd0, typeFuncRef, 0xd5, 0, opcodeDrop, opcodeDrop, opcodeI32Const, 7},
	"call_indirect":   {opcodeLocalGet, 0, opcodeI32Const, 0, 0x11, 0, 0},
}

func leavingModule(code []byte) []byte {
	return wasm(
		sec(core.TypeSection, vec(sig(ti, ti))),
		sec(core.FunctionSection, vec(u(0), u(0))),
		sec(core.TableSection, vec([]byte{typeFuncRef, 0, 1})),
		sec(core.ExportSection, vec(exportFunc("run", 0))),
		sec(core.ElementSection, vec(seq([]byte{0}, i32(0), []byte{opcodeEnd}, vec(u(1))))),
		sec(core.CodeSection, vec(
			body("", code),
			body("", []byte{opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Add}),
		)),
	)
}

// TestStackComesBack calls functions that are left in each way there is, and wants the stack back that there
// was, and the same results as without metering.
func TestStackComesBack(t *testing.T) {
	r := newRuntime(t)
	for name, code := range leaving {
		t.Run(name, func(t *testing.T) {
			in := leavingModule(code)
			want, plainTrap := call(instantiate(t, r, in), "run", 3)
			mod, c := metered(t, r, in, Config{Stack: true})
			c.SetStack(100_000)
			for range 20 {
				got, trap := call(mod, "run", 3)
				if trap != plainTrap || trap != "" || !slices.Equal(got, want) {
					t.Fatalf("got %v %q, want %v %q", got, trap, want, plainTrap)
				}
				if left := c.StackLeft(); left != 100_000 {
					t.Fatalf("%d bytes left of 100,000", left)
				}
			}
		})
	}
}

// TestTooDeep: a recursion gets as deep as its frames fit, to the byte.
func TestTooDeep(t *testing.T) {
	mod, c := metered(t, newRuntime(t), simple(ti, "", "", []byte{
		opcodeLocalGet, 0, opcodeIf, blockEmpty, opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeCall, 0, opcodeEnd,
	}), Config{Stack: true})
	// What one frame is counted as.
	frame := uint64(1)
	for ; frame < 1000; frame++ {
		c.SetStack(frame)
		if _, trap := call(mod, "run", 0); trap == "" {
			break
		}
		c.ClearCause()
	}
	if frame < 64 || frame > 600 {
		t.Errorf("a frame is counted as %d bytes", frame)
	}
	for _, n := range []uint64{1, 2, 100, 10_000} {
		c.SetStack(n * frame)
		if _, trap := call(mod, "run", n-1); trap != "" {
			t.Errorf("%d frames in %d bytes: %s", n, n*frame, trap)
		}
		c.SetStack(n*frame - 1)
		if _, trap := call(mod, "run", n-1); trap == "" || c.Cause() != TooDeep {
			t.Errorf("%d frames in %d bytes: trap %q, cause %v", n, n*frame-1, trap, c.Cause())
		}
		c.ClearCause()
	}
}

// TestDepth: where calls are counted, a recursion of n frames needs a depth of n, as the last one calls nothing
// more but is of a function that could.
func TestDepth(t *testing.T) {
	mod, c := metered(t, newRuntime(t), simple(ti, "", "", []byte{
		opcodeLocalGet, 0, opcodeIf, blockEmpty, opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeCall, 0, opcodeEnd,
	}), Config{Depth: true})
	for _, n := range []uint64{1, 2, 100, 10_000} {
		c.SetDepth(n)
		if _, trap := call(mod, "run", n-1); trap != "" {
			t.Errorf("%d frames at depth %d: %s", n, n, trap)
		}
		c.SetDepth(n)
		if _, trap := call(mod, "run", n); trap == "" || c.Cause() != TooDeep {
			t.Errorf("%d frames at depth %d: trap %q, cause %v", n+1, n, trap, c.Cause())
		}
		c.ClearCause()
	}
}

// TestStart: the start function runs when the host says so, and can be interrupted.
func TestStart(t *testing.T) {
	module := func(start []byte) []byte {
		return wasm(
			sec(core.TypeSection, vec(sig("", ""), sig("", ti))),
			sec(core.FunctionSection, vec(u(0), u(1))),
			sec(core.GlobalSection, vec(seq([]byte{typeI32, 1}, i32(0), []byte{opcodeEnd}))),
			sec(core.ExportSection, vec(exportFunc("get", 1))),
			sec(core.StartSection, u(0)),
			sec(core.CodeSection, vec(body("", start), body("", []byte{opcodeGlobalGet, 0}))),
		)
	}
	r := newRuntime(t)
	in := module([]byte{opcodeI32Const, 42, opcodeGlobalSet, 0})
	if !mustRewrite(t, in, Config{}).HasStart {
		t.Error("HasStart is not set")
	}
	mod, c := metered(t, r, in, Config{})
	if got, _ := call(mod, "get"); got[0] != 0 {
		t.Errorf("the start function ran on instantiation")
	}
	if err := c.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, _ := call(mod, "get"); got[0] != 42 {
		t.Errorf("get = %d after Start, want 42", got[0])
	}

	_, c = metered(t, r, module([]byte{opcodeLoop, blockEmpty, opcodeBr, 0, opcodeEnd}), Config{})
	c.SetFuel(1000)
	if err := c.Start(context.Background()); err == nil || c.Cause() != OutOfFuel {
		t.Errorf("error %v, cause %v", err, c.Cause())
	}
}

// TestHostFunctionsAreCharged: a guest that calls the host all the time is stopped about as soon as
// another.
func TestHostFunctionsAreCharged(t *testing.T) {
	r := newRuntime(t)
	calls := 0
	_, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithFunc(func() { calls++ }).Export("f").Instantiate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	mod, c := metered(t, r, wasm(
		sec(core.TypeSection, vec(sig("", ""))),
		sec(core.ImportSection, vec(seq(str("host"), str("f"), []byte{0, 0}))),
		sec(core.FunctionSection, vec(u(0))),
		sec(core.ExportSection, vec(exportFunc("run", 1))),
		sec(core.CodeSection, vec(body("", []byte{opcodeLoop, blockEmpty, opcodeCall, 0, opcodeBr, 0, opcodeEnd}))),
	), Config{})
	c.SetFuel(6500)
	if _, trap := call(mod, "run"); trap == "" || calls != 6500/(units.Import+1) {
		t.Errorf("trap %q after %d calls", trap, calls)
	}
}

// TestCancelLatency stops a guest that runs for ever, and wants that to be soon.
func TestCancelLatency(t *testing.T) {
	for _, name := range []string{"loop", "exponential recursion"} {
		mod, c := metered(t, newRuntime(t), endless[name], Config{Stack: true})
		done := make(chan time.Time)
		go func() {
			call(mod, "run", 1000)
			done <- time.Now()
		}()
		for c.Fuel() > Unlimited-10_000_000 { // it runs
			runtime.Gosched()
		}
		start := time.Now()
		c.Interrupt()
		took := (<-done).Sub(start)
		t.Logf("%s: stopped after %v", name, took)
		// The aim is 10 ms; a machine that is busy with other tests may take longer.
		if took > time.Second {
			t.Errorf("%s: stopped after %v", name, took)
		}
	}
}

func globalValue(mod api.Module, name string) uint64 { return mod.ExportedGlobal(name).Get() }
