package meter

import (
	"context"
	"fmt"
	"testing"
)

// operands returns operands for an opcode, in the module of TestEveryOpcode.
func operandsOf(op operand) []byte {
	switch op {
	case opBlock, opLoop, opIf:
		return []byte{blockEmpty, opcodeEnd}
	case opTable:
		return []byte{1, 0, 0}
	case opCallIndirect, opReturnCallIndirect, opMemArg, opMemoryInit, opMemoryCopy, opTableInit, opTableCopy:
		return []byte{0, 0}
	case opBr, opBrIf, opCall, opReturnCall, opCallRef, opReturnCallRef, opLocal, opGlobal, opTableIndex, opMemory, opMemoryGrow,
		opI32, opI64, opRefFunc, opDataDrop, opMemoryFill, opElemDrop, opTableGrow, opTableFill, opLane, opFence:
		return []byte{0}
	case opF32:
		return make([]byte, 4)
	case opF64:
		return make([]byte, 8)
	case op16Bytes:
		return make([]byte, 16)
	case opMemArgLane, opWait:
		return []byte{0, 0, 0}
	case opRefNull:
		return []byte{typeFuncRef}
	case opSelect:
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
	check := func(group string, op operand, code ...byte) {
		code = append(code, operandsOf(op)...)
		fn := seq([]byte{opcodeUnreachable}, code, []byte{opcodeUnreachable})
		switch op {
		case opElse: // belongs in an if
			fn = []byte{opcodeUnreachable, opcodeIf, blockEmpty, opcodeElse, opcodeEnd}
		case opEnd:
			fn = []byte{opcodeBlock, blockEmpty, opcodeEnd}
		}
		in := wasm(
			sec(sectionType, vec(sig("", ""))),
			sec(sectionFunction, vec(u(0))),
			sec(sectionTable, vec([]byte{typeFuncRef, 0, 1})),
			sec(sectionMemory, vec([]byte{3, 1, 1})), // shared, for atomics
			sec(sectionGlobal, vec(seq([]byte{typeI32, 1}, i32(0), []byte{opcodeEnd}))),
			sec(sectionExport, vec(exportFunc("run", 0))),
			sec(sectionElement, vec(seq([]byte{1, 0}, vec(u(0))))),
			sec(sectionDataCount, u(1)),
			sec(sectionCode, vec(body(ti, fn))),
			sec(sectionData, vec([]byte{1, 0})),
		)
		name := fmt.Sprintf("% x", code)
		if op == opException {
			wantError(t, in, Config{}, ErrUnsupported, "exceptions")
			return
		}
		c, plainErr := r.CompileModule(ctx, in)
		if plainErr == nil {
			c.Close(ctx)
			taken[group]++
		}
		out, err := Rewrite(in, Config{Stack: true})
		if op == opWait {
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
	for code := range 256 {
		c := byte(code)
		if coreOps[c] != opPrefix {
			check("core", coreOps[c], c)
		}
		if c < 0x80 {
			check("misc", miscOps[c], opcodeMisc, c)
			check("vector", vectorOps[c], opcodeVector, c)
		} else {
			check("vector", vectorOps[c], opcodeVector, c, 1)
		}
		check("atomic", atomicOps[c], opcodeAtomic, c)
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
