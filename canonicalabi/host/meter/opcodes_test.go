package meter

import (
	"context"
	"fmt"
	core "github.com/witgen/witgen/internal/wasm"
	"testing"
)

// operandsOf returns operands for an opcode, in the module of TestEveryOpcode.
func operandsOf(op core.Op) []byte {
	switch op.Immediates() {
	case core.BlockImm:
		return []byte{blockEmpty, opcodeEnd}
	case core.LabelsImm:
		return []byte{1, 0, 0}
	case core.IndirectImm, core.MemArgImm, core.DataMemImm, core.MemMemImm, core.ElemTableImm, core.TablesImm:
		return []byte{0, 0}
	case core.LabelImm, core.FuncImm, core.TypeImm, core.LocalImm, core.GlobalImm, core.TableImm, core.MemoryImm,
		core.I32Imm, core.I64Imm, core.DataImm, core.ElemImm, core.LaneImm, core.ZeroImm:
		return []byte{0}
	case core.F32Imm:
		return make([]byte, 4)
	case core.F64Imm:
		return make([]byte, 8)
	case core.BytesImm:
		return make([]byte, 16)
	case core.MemArgLaneImm:
		return []byte{0, 0, 0}
	case core.HeapImm:
		return []byte{typeFuncRef}
	case core.SelectImm:
		return []byte{1, typeI32}
	}
	return nil
}

// TestEveryOpcode asks wazero for each opcode there could be whether it takes it, and wants the same
// answer for the rewritten module. The instruction stands in code that is not reached, where it finds
// any operands that it needs.
func TestEveryOpcode(t *testing.T) {
	r := newRuntime(t)
	ctx := context.Background()
	taken := map[string]int{}
	check := func(group string, op core.Op, code ...byte) {
		code = append(code, operandsOf(op)...)
		fn := seq([]byte{opcodeUnreachable}, code, []byte{opcodeUnreachable})
		switch op {
		case core.OpElse: // belongs in an if
			fn = []byte{opcodeUnreachable, opcodeIf, blockEmpty, opcodeElse, opcodeEnd}
		case core.OpEnd:
			fn = []byte{opcodeBlock, blockEmpty, opcodeEnd}
		}
		in := wasm(
			sec(core.TypeSection, vec(sig("", ""))),
			sec(core.FunctionSection, vec(u(0))),
			sec(core.TableSection, vec([]byte{typeFuncRef, 0, 1})),
			sec(core.MemorySection, vec([]byte{3, 1, 1})), // shared, for atomics
			sec(core.GlobalSection, vec(seq([]byte{typeI32, 1}, i32(0), []byte{opcodeEnd}))),
			sec(core.ExportSection, vec(exportFunc("run", 0))),
			sec(core.ElementSection, vec(seq([]byte{1, 0}, vec(u(0))))),
			sec(core.DataCountSection, u(1)),
			sec(core.CodeSection, vec(body(ti, fn))),
			sec(core.DataSection, vec([]byte{1, 0})),
		)
		name := fmt.Sprintf("% x", code)
		if op.Proposal() == core.Exceptions {
			wantError(t, in, Config{}, ErrUnsupported, "exceptions")
			return
		}
		c, plainErr := r.CompileModule(ctx, in)
		if plainErr == nil {
			c.Close(ctx)
			taken[group]++
		}
		out, err := Rewrite(in, Config{Stack: true})
		if op == core.OpAtomicWait32 || op == core.OpAtomicWait64 {
			wantError(t, in, Config{}, ErrUnsupported, "atomic wait")
			return
		}
		if err == nil {
			if c, err = r.CompileModule(ctx, out.Wasm); err == nil {
				c.Close(ctx)
			}
		}
		if (plainErr == nil) != (err == nil) {
			t.Errorf("%s: plain: %v; rewritten: %v", name, plainErr, err)
		}
	}
	for n := range uint32(256) {
		c := byte(n)
		if op := core.Op(n); classOf(op) != classPrefix {
			check("core", op, c)
		}
		misc, _ := core.Prefixed(core.MiscPrefix, n)
		vector, _ := core.Prefixed(core.VectorPrefix, n)
		atomic, _ := core.Prefixed(core.AtomicPrefix, n)
		if c < 0x80 {
			check("misc", misc, opcodeMisc, c)
			check("vector", vector, opcodeVector, c)
		} else {
			check("vector", vector, opcodeVector, c, 1)
		}
		check("atomic", atomic, opcodeAtomic, c)
	}
	// Without these numbers, a table without operands would pass: wazero would refuse what it got. Of all
	// that there are, br_on_non_null needs another label, and i32.atomic.load16_u another alignment.
	want := map[string]int{"core": 189, "misc": 18, "vector": 236, "atomic": 66}
	for group, n := range want {
		if taken[group] != n {
			t.Errorf("wazero takes %d %s instructions, expected %d", taken[group], group, n)
		}
	}
}
