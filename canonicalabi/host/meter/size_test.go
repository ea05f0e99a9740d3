package meter

import (
	"testing"

	core "github.com/witgen/witgen/internal/wasm"
)

// measureCode returns how large the code of a module is, and how many blocks, ifs, loops and branches it has.
func measureCode(t testing.TB, in []byte) (bytes, blocks int) {
	t.Helper()
	c := core.NewCursor(in, 0)
	for s := range c.Sections() {
		if s.ID != core.CodeSection {
			continue
		}
		bytes = len(s.Data)
		for range s.Content.Count() {
			body := s.Content.Sub(s.Content.Uint32())
			for range body.Uint32() {
				body.Uint32()
				body.ValType()
			}
			body.Expr(func(i core.Instr) {
				switch i.Op {
				case core.OpBlock, core.OpLoop, core.OpIf, core.OpBr, core.OpBrIf, core.OpBrTable, core.OpMemoryFill, core.OpMemoryCopy:
					blocks++
				case core.OpCall, core.OpCallIndirect, core.OpCallRef:
					blocks++ // a function that calls may be checked for it
				}
			})
			if body.Err() != nil {
				t.Fatal(body.Err())
			}
		}
	}
	return bytes, blocks
}

// TestSize: additions are bounded by what there was, in bytes and in blocks, which are what takes wazero long to
// compile. What the helpers are is the same for each module.
func TestSize(t *testing.T) {
	// The most is added to a loop that is empty: 3 bytes become 34, and one block becomes four with three branches and
	// a call between them.
	const (
		bytesTimes, bytesMore   = 12, 4000
		blocksTimes, blocksMore = 8, 150
	)
	modules := map[string][]byte{}
	for _, a := range adversaries(t) {
		modules[a.name] = a.wasm
	}
	for name, code := range map[string]core.Code{
		"fills of a variable length":  times(10_000, get0, get0, get0, core.Code{opcodeMisc, miscMemoryFill, 0}),
		"copies of a variable length": times(10_000, get0, get0, get0, core.Code{opcodeMisc, miscMemoryCopy, 0, 0}),
		"fills of a constant length":  times(5000, core.I32Const(0), core.I32Const(0), core.I32Const(9), core.Code{opcodeMisc, miscMemoryFill, 0}),
		"calls":                       times(10_000, get0, core.I(core.OpCall, 0)),
		"empty loops":                 times(1500, core.Loop()),
		"loops":                       times(1500, core.Loop(get0, core.I(core.OpBrIf, 0))),
		"long ifs":                    times(1000, get0, core.If(times(20, add1))),
		"returns":                     times(1000, get0, core.If(core.I(core.OpReturn))),
		"globals":                     times(10_000, core.I(core.OpGlobalGet, 0), drop),
	} {
		a := &attack{}
		a.Memory(core.Limits{Min: 1})
		a.Global(core.Global{Type: core.I64, Mutable: true}, core.I64Const(0))
		a.fn(ti, "", tl, code)
		modules[name] = a.Bytes()
	}
	for seed := range uint64(100) {
		modules[string(rune('A'+seed))], _ = randomModule(seed)
	}
	for name, in := range modules {
		for _, cfg := range []Config{{}, {Stack: true}, sharedConfig} {
			out := mustRewrite(t, in, cfg).Wasm
			bytes, blocks := measureCode(t, in)
			nowBytes, nowBlocks := measureCode(t, out)
			if nowBytes > bytesTimes*bytes+bytesMore {
				t.Errorf("%s: %d bytes of code become %d", name, bytes, nowBytes)
			}
			if nowBlocks > blocksTimes*blocks+blocksMore {
				t.Errorf("%s: %d blocks become %d", name, blocks, nowBlocks)
			}
		}
	}
}
