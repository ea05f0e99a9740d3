package meter

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/canonicalabi/host/meter/verify"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	core "github.com/witgen/witgen/internal/wasm"
)

// A site is a place in a function of a rewritten module.
type site struct {
	c    *unitCounter
	code []coding
	at   int
	n    int  // how many instructions were added here, or 0
	test bool // they are a check
	kept map[uint32]bool
}

func (s *site) op(n int) core.Op {
	if k := s.at + n; k >= 0 && k < len(s.code) {
		return s.code[k].Op
	}
	return core.OpUnreachable
}

func (s *site) writes(n int, global uint32) bool {
	return s.op(n) == core.OpGlobalSet && s.code[s.at+n].X == global
}

// charges reports whether the site is a charge of a constant, and where that stands.
func (s *site) charges() bool {
	return s.n >= 4 && !s.test && s.op(1) == core.OpI64Const && s.op(2) == core.OpI64Sub && !s.frames()
}

// frames reports whether a frame is counted or counted off at the site.
func (s *site) frames() bool { return s.n == 4 && s.writes(3, s.c.meter.stack) }

// with returns the code with count instructions from n on replaced.
func (s *site) with(n, count int, code ...core.Code) []coding {
	from := s.at + n
	return slices.Concat(s.code[:from], []coding{{bytes: core.Seq(code...)}}, s.code[from+count:])
}

// A mutation does something to a rewritten module that makes it unsafe, as a mistake in the rewriter would. It
// returns nil where it does not fit.
type mutation struct {
	name string
	// always tells that a module is unsafe wherever this is done, unless the place is not reached; otherwise what
	// is left out may have been more than needed.
	always bool
	do     func(s *site) []coding
}

var mutations = []mutation{
	{"a check is dropped", false, func(s *site) []coding {
		if !s.test {
			return nil
		}
		return s.with(0, s.n)
	}},
	{"the check at the head of a loop is dropped", false, func(s *site) []coding {
		if !s.test || s.op(s.n-1) != core.OpBrIf {
			return nil
		}
		return s.with(0, s.n)
	}},
	{"the check at a function's start is dropped", true, func(s *site) []coding {
		if !s.test || s.op(2) != core.OpI64Or {
			return nil
		}
		return s.with(0, s.n)
	}},
	{"a check looks at the stack only", true, func(s *site) []coding {
		if !s.test || s.op(2) != core.OpI64Or {
			return nil
		}
		return s.with(0, 3, core.I(core.OpGlobalGet, s.c.meter.stack))
	}},
	{"a check looks at the slice only", true, func(s *site) []coding {
		if !s.test || s.op(2) != core.OpI64Or {
			return nil
		}
		return s.with(1, 2)
	}},
	{"a check hands out nothing", false, func(s *site) []coding {
		if !s.test || s.op(s.n-1) != core.OpEnd {
			return nil
		}
		for n := range s.n {
			if s.op(n) == core.OpCall {
				return s.with(n, 1)
			}
		}
		return nil
	}},
	{"a check compares with another number", false, func(s *site) []coding {
		for n := range s.n {
			if s.test && s.op(n) == core.OpI64Const && s.op(n+1) == core.OpI64LtS {
				return s.with(n, 1, core.I64Const(-1_000_000))
			}
		}
		return nil
	}},
	{"a check is turned round", false, func(s *site) []coding {
		for n := range s.n {
			if s.test && s.op(n) == core.OpI64LtS {
				return s.with(n, 1, core.I(core.OpI64GtU))
			}
		}
		return nil
	}},
	{"the check of a loop branches into the loop", false, func(s *site) []coding {
		if !s.test || s.op(s.n-1) != core.OpBrIf {
			return nil
		}
		return s.with(s.n-1, 1, core.I(core.OpBrIf, 0))
	}},
	{"the next slice of a loop is not handed out", false, func(s *site) []coding {
		if s.n > 0 || s.op(0) != core.OpCall || s.code[s.at].X != s.c.refill {
			return nil
		}
		return s.with(0, 1)
	}},
	{"a charge is dropped", false, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(0, s.n)
	}},
	{"a charge is too small", false, func(s *site) []coding {
		if !s.charges() || s.code[s.at+1].Value < 2 {
			return nil
		}
		return s.with(1, 1, core.I64Const(s.code[s.at+1].Value/2))
	}},
	{"a charge gives", true, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(1, 1, core.I64Const(-s.code[s.at+1].Value))
	}},
	{"a charge is added", true, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(2, 1, core.I(core.OpI64Add))
	}},
	{"a charge comes too late", false, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		// After the next call.
		for n := s.at + s.n; n < len(s.code); n++ {
			switch s.code[n].Op {
			case core.OpCall, core.OpCallIndirect:
				moved := slices.Concat(s.code[:s.at], s.code[s.at+s.n:n+1], s.code[s.at:s.at+s.n])
				return slices.Concat(moved, s.code[n+1:])
			case core.OpBlock, core.OpLoop, core.OpIf, core.OpElse, core.OpEnd, core.OpBr, core.OpBrIf, core.OpBrTable, core.OpReturn, core.OpReturnCall:
				return nil
			}
		}
		return nil
	}},
	{"the local beside the slice is not loaded again", false, func(s *site) []coding {
		if s.n != 2 || s.op(1) != core.OpLocalSet {
			return nil
		}
		return s.with(0, 2)
	}},
	{"the slice is written and not the local", false, func(s *site) []coding {
		if s.n != 5 || s.test || s.op(3) != core.OpLocalTee {
			return nil
		}
		return s.with(3, 1)
	}},
	{"the local beside the slice is set", false, func(s *site) []coding {
		if s.n != 5 || s.test || s.op(3) != core.OpLocalTee {
			return nil
		}
		return s.with(5, 0, core.I64Const(1<<40), core.I(core.OpLocalSet, s.code[s.at+3].X))
	}},
	{"the guest writes the slice", true, func(s *site) []coding {
		if s.n == 0 || s.op(s.n) == core.OpEnd {
			return nil
		}
		return s.with(0, 0, core.I64Const(1<<40), core.I(core.OpGlobalSet, s.c.meter.slice))
	}},
	{"the guest takes the interrupt back", true, func(s *site) []coding {
		if s.n == 0 {
			return nil
		}
		return s.with(0, 0, core.I32Const(0), core.I(core.OpGlobalSet, s.c.meter.flag))
	}},
	{"the guest reads the fuel", true, func(s *site) []coding {
		if s.n == 0 {
			return nil
		}
		return s.with(0, 0, core.I(core.OpGlobalGet, s.c.meter.reserve), core.I(core.OpDrop))
	}},
	{"a frame is not counted", true, func(s *site) []coding {
		if !s.frames() || s.at > 0 {
			return nil
		}
		return s.with(0, 4)
	}},
	{"a frame is not counted off", true, func(s *site) []coding {
		if !s.frames() || s.at == 0 {
			return nil
		}
		return s.with(0, 4)
	}},
	{"a frame is counted off twice", true, func(s *site) []coding {
		if !s.frames() || s.at == 0 {
			return nil
		}
		return slices.Concat(s.code[:s.at+4], s.code[s.at:])
	}},
	{"more is counted off than a frame", true, func(s *site) []coding {
		if !s.frames() || s.at == 0 {
			return nil
		}
		return s.with(1, 1, core.I64Const(s.code[s.at+1].Value+1))
	}},
	{"a length is not charged", false, func(s *site) []coding {
		if s.n != 7 {
			return nil
		}
		return s.with(0, 7)
	}},
	{"a length is charged too little", false, func(s *site) []coding {
		if s.n != 7 || s.op(4) != core.OpI64ShrU {
			return nil
		}
		return s.with(3, 1, core.I64Const(s.code[s.at+3].Value+3))
	}},
	{"another length is charged", false, func(s *site) []coding {
		if s.n != 7 || s.op(4) != core.OpI64ShrU {
			return nil
		}
		other := s.code[s.at+1].X - 1
		if other == bulkFrom {
			other = bulkTo // the value that fills a table is no number
		}
		return s.with(1, 1, core.I(core.OpLocalGet, other))
	}},
	{"memory grows without a charge", true, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(0, 0, core.I32Const(1), core.I(core.OpMemoryGrow, 0), core.I(core.OpDrop))
	}},
	{"memory is filled in one piece", true, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(0, 0, core.I32Const(0), core.I32Const(0), core.I32Const(1<<20), core.Code{opcodeMisc, miscMemoryFill, 0})
	}},
	{"a loop is added", true, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(0, 0, core.Loop(core.I32Const(1), core.I(core.OpBrIf, 0)))
	}},
	{"code is added", true, func(s *site) []coding {
		if !s.charges() {
			return nil
		}
		return s.with(0, 0, times(units.Late, core.I32Const(1), drop))
	}},
	{"the slice is larger", true, func(s *site) []coding {
		if s.op(0) != core.OpI64Const || s.code[s.at].Value != units.Slice {
			return nil
		}
		return s.with(0, 1, core.I64Const(1<<40))
	}},
	{"an interrupt is not looked for", true, func(s *site) []coding {
		if s.op(0) != core.OpGlobalGet || s.code[s.at].X != s.c.meter.flag {
			return nil
		}
		return s.with(0, 1, core.I32Const(0))
	}},
}

// eachSite calls visit for each place of a rewritten module until it returns true.
func eachSite(out []byte, visit func(fn int, s *site) bool) {
	c, sections := newUnitCounter(out)
	for _, sec := range sections {
		if sec.ID != core.CodeSection {
			continue
		}
		in := *sec.Content
		for i := range in.Count() {
			_, code, kept, _ := c.decode(in.Sub(in.Uint32()))
			for at := 0; at < len(code); {
				s := &site{c: c, code: code, at: at, kept: kept}
				if c.imported+i != c.refill {
					s.n, s.test = c.added(code[at:], kept)
				}
				if visit(int(i), s) {
					return
				}
				at += max(s.n, 1)
			}
		}
	}
}

// withCode returns a module in which a function has other code.
func withCode(out []byte, fn int, code []coding) []byte {
	c, sections := newUnitCounter(out)
	var w core.Writer
	w.Preamble()
	for _, sec := range sections {
		if sec.ID != core.CodeSection {
			w.Byte(out[sec.Start:sec.End]...)
			continue
		}
		in := sec.Content
		n := in.Count()
		w.Section(sec.ID, func() {
			w.Uint32(n)
			for i := range n {
				body := in.Sub(in.Uint32())
				if int(i) != fn {
					w.Bytes(body.Rest())
					continue
				}
				locals, _, _, _ := c.decode(body)
				whole := slices.Clone(locals)
				for _, k := range code {
					whole = append(whole, k.bytes...)
				}
				w.Bytes(whole)
			}
		})
	}
	return w.Buf
}

// TestMutations changes rewritten modules as mistakes in the rewriter would, each mistake at many places, and wants
// the verifier to refuse them.
func TestMutations(t *testing.T) {
	if len(mutations) < 30 {
		t.Fatalf("%d mutations", len(mutations))
	}
	var modules [][]byte
	for _, a := range adversaries(t) {
		if len(a.wasm) < 4000 {
			modules = append(modules, mustRewrite(t, a.wasm, Config{Depth: true}).Wasm)
		}
	}
	for seed := range uint64(40) {
		in, _ := randomModule(seed)
		modules = append(modules, mustRewrite(t, in, Config{Depth: true}).Wasm)
	}
	random := rand.New(rand.NewPCG(1, 2))
	r := newRuntimeWith(t, wazero.NewRuntimeConfigInterpreter())
	most := 20
	if guestbuild.Whole() {
		most = 200
	}
	for _, mutation := range mutations {
		t.Run(mutation.name, func(t *testing.T) {
			tried, refused := 0, 0
			for _, i := range random.Perm(len(modules)) {
				if tried == most {
					break
				}
				out := modules[i]
				sites := 0
				eachSite(out, func(_ int, s *site) bool {
					if mutation.do(s) != nil {
						sites++
					}
					return false
				})
				if sites == 0 {
					continue
				}
				pick := random.IntN(sites)
				var mutant []byte
				eachSite(out, func(fn int, s *site) bool {
					code := mutation.do(s)
					if code == nil {
						return false
					}
					if pick--; pick >= 0 {
						return false
					}
					mutant = withCode(out, fn, code)
					return true
				})
				if compiled, err := r.CompileModule(t.Context(), mutant); err != nil {
					t.Fatalf("the mutant is not valid: %v", err)
				} else {
					compiled.Close(t.Context())
				}
				tried++
				var e *verify.Error
				switch err := verify.Module(mutant, verify.Config{Stack: true}); {
				case errors.As(err, &e):
					refused++
				case err != nil:
					t.Fatal(err)
				}
			}
			least := tried / 3
			if mutation.always {
				least = tried * 8 / 10
			}
			t.Logf("%d of %d refused", refused, tried)
			if refused == 0 || refused < least {
				t.Errorf("%d of %d refused, at least %d expected", refused, tried, least)
			}
		})
	}
}
