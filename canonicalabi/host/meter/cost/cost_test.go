package cost_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
	"github.com/witgen/witgen/internal/testing/bombs"
	"github.com/witgen/witgen/internal/wasm"
)

// body returns a module with one function of the code, without parameters, results or
// locals.
func body(code ...wasm.Code) []byte {
	var m wasm.Module
	m.Func(m.Type(wasm.FuncType(nil, nil)), nil, code...)
	return m.Bytes()
}

// TestMalformed refuses what does not follow the format or uses what wazero lacks.
func TestMalformed(t *testing.T) {
	for _, c := range []struct {
		name, want string
		module     []byte
	}{
		{"nothing", "does not start with", nil},
		{"a section that is cut", "are left", append([]byte(wasm.Preamble), 1, 5, 0)},
		{"a local", "local 0 is out of range", body(wasm.I(wasm.OpLocalGet, 0))},
		{"a global", "global 3 is out of range", body(wasm.I(wasm.OpGlobalGet, 3))},
		{"a function", "function 9 is out of range", body(wasm.I(wasm.OpCall, 9))},
		{"a label", "label 1 is out of range", body(wasm.I(wasm.OpBr, 1))},
		{"an operand", "too few operands", body(wasm.I(wasm.OpI32Add))},
		{"operands of a block", "too few operands", body(wasm.I32Const(0), wasm.Block(wasm.I(wasm.OpDrop)))},
		{"an else", "else without if", body(wasm.Code{0x05})},
		{"an end", "left at the end of a function", body(wasm.I(wasm.OpEnd))},
		{"an exception", "is not supported", body(wasm.Code{0x0a})},
		{"garbage collection", "is not supported", body(wasm.I32Const(0), wasm.Code{0xfb, 28})},
	} {
		if _, err := cost.Estimate(c.module, cost.Limits{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// TestDead does not count code that is not reached, but reads it.
func TestDead(t *testing.T) {
	dead := wasm.Seq(wasm.I(wasm.OpUnreachable), wasm.Loop(wasm.I32Const(1), wasm.I(wasm.OpBrIf, 0)), wasm.I(wasm.OpI32Add), wasm.I(wasm.OpDrop))
	short, err := cost.Estimate(body(dead), cost.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	long, err := cost.Estimate(body(dead, wasm.Block(), wasm.Loop(), wasm.Block()), cost.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if long.Time > short.Time+short.Time/10 {
		t.Errorf("blocks in dead code take %d units, and without them it is %d", long.Time, short.Time)
	}
	if _, err := cost.Estimate(body(wasm.I(wasm.OpUnreachable), wasm.I(wasm.OpLocalGet, 7)), cost.Limits{}); err == nil {
		t.Error("a local that is out of range is accepted in dead code")
	}
}

// TestLimits stops at the first function with which a limit is exceeded.
func TestLimits(t *testing.T) {
	for _, s := range bombs.Shapes() {
		if strings.HasPrefix(s.Name, "op ") {
			continue
		}
		b := s.Build(max(1, s.Size/100))
		r, err := cost.Estimate(b, cost.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if _, err := cost.Estimate(b, cost.Limits{Time: r.Time, Memory: r.Memory}); err != nil {
			t.Errorf("%s: refused at what it takes: %v", s.Name, err)
		}
		var limit *cost.LimitError
		if _, err := cost.Estimate(b, cost.Limits{Time: r.Time - 1}); !errors.As(err, &limit) || limit.Limit != "Time" || limit.Got > r.Time {
			t.Errorf("%s: with less time: %v", s.Name, err)
		}
		if _, err := cost.Estimate(b, cost.Limits{Memory: r.Memory - 1}); !errors.As(err, &limit) || limit.Limit != "Memory" || limit.Got > r.Memory {
			t.Errorf("%s: with less memory: %v", s.Name, err)
		}
	}
}

// TestSmallBombs refuses modules of few bytes that took wazero minutes or gigabytes, with
// a minute and three gibibytes.
func TestSmallBombs(t *testing.T) {
	want := map[string]int{ // the size at which each is refused, at the latest
		"branches and locals": 20_000, "nested loops and locals": 2_500, "loops of their own values": 8_000, "known addresses across blocks": 15_000,
		"branches to one label": 200_000, "calls and globals": 8_000, "indirect calls with results": 8_000, "functions and types": 80_000,
	}
	for _, s := range bombs.Shapes() {
		n, ok := want[s.Name]
		if !ok {
			continue
		}
		delete(want, s.Name)
		if r, err := cost.Estimate(s.Build(n), cost.Limits{Time: 60e9, Memory: 3 << 30}); err == nil {
			t.Errorf("%s of size %d is accepted: %+v", s.Name, n, r)
		}
	}
	if len(want) > 0 {
		t.Errorf("no shapes %v", want)
	}
}

// TestBudget adds modules up, before copies are made.
func TestBudget(t *testing.T) {
	b := cost.Budget{Time: 100, Memory: 1000, Bytes: 1 << 20}
	var over *cost.BudgetError
	if err := b.Copies(900, 3<<20); !errors.As(err, &over) || over.Limit != "Bytes" || over.Got != 900*3<<20 {
		t.Errorf("900 copies of 3 MiB: %v", err)
	}
	if err := b.Copies(2, 1<<19); err != nil {
		t.Errorf("what was refused was charged: %v", err)
	}
	r := cost.Report{Time: 30, Memory: 500, Kept: 200}
	if err := b.Compile(3, r); err != nil { // 3 * 200 + 300
		t.Error(err)
	}
	if got := b.Left(); got != (cost.Limits{Time: 10, Memory: 400}) {
		t.Errorf("left are %+v", got)
	}
	if err := b.Compile(1, r); !errors.As(err, &over) || over.Limit != "Time" || over.Got != 120 || over.Most != 100 {
		t.Errorf("a fourth: %v", err)
	}
	if err := b.Compile(1, cost.Report{Time: 1, Memory: 700, Kept: 150}); !errors.As(err, &over) || over.Limit != "Memory" || over.Got != 1300 {
		t.Errorf("one that takes much memory: %v", err)
	}
	if err := b.Compile(math.MaxInt, cost.Report{Time: 1 << 62}); !errors.As(err, &over) || over.Got != 1<<64-1 {
		t.Errorf("an overflow: %v", err)
	}
	var none cost.Budget
	if err := none.Compile(math.MaxInt, cost.Report{Time: 1 << 40, Memory: 1 << 40}); err != nil || none.Left() != (cost.Limits{}) {
		t.Errorf("the zero budget: %v, %+v", err, none.Left())
	}
}

// FuzzEstimate estimates modules of any bytes, and cut ones.
func FuzzEstimate(f *testing.F) {
	f.Add([]byte(wasm.Preamble))
	f.Add(bombs.Empty())
	r := rand.New(rand.NewPCG(5, 6))
	for range 10 {
		b := bombs.RandomGenome(r).Module(300)
		f.Add(b)
		f.Add(b[:len(b)*2/3])
		b = append([]byte(nil), b...)
		for range 5 {
			b[len(b)/2+r.IntN(len(b)/2)] = byte(r.Uint32())
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := cost.Estimate(b, cost.Limits{})
		if err != nil {
			return
		}
		if again, err := cost.Estimate(b, cost.Limits{}); err != nil || again != all {
			t.Errorf("the second estimate is %+v, %v, and the first %+v", again, err, all)
		}
		if all.Kept > all.Memory {
			t.Errorf("more is kept than used: %+v", all)
		}
	})
}

// FuzzCompileCost compares the estimate with what wazero allocates, for modules that a
// genome makes.
func FuzzCompileCost(f *testing.F) {
	for i := range byte(8) {
		f.Add([]byte{i, 255, i * 31, 7, 0, 0, 64, i * 3, 0, 0, 128, i, 16, 8, 255 - i, 0, 0, 4, 2, 1, 0, 0, 0, 3}, uint64(i), uint16(2000))
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64, size uint16) {
		g := bombs.RandomGenome(rand.New(rand.NewPCG(seed, 9)))
		copy(g.Weights[:], b)
		m := g.Module(int(size) % 8000)
		e, err := cost.Estimate(m, cost.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Time > 3e9 || e.Memory > 1<<30 {
			t.Skip("it would take long")
		}
		if got := allocated(t, "module", m); float64(got) > 1.5*float64(e.Memory)+1<<20 {
			t.Errorf("%d bytes are allocated, and the estimate is %d: %+v", got, e.Memory, g)
		}
	})
}
