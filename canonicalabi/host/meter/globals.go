package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
)

// prefix starts the names under which a rewritten module exports what was added. No compiler makes such
// names, and a module that uses one is refused; see [Reserved].
const prefix = "!meter/"

// Unlimited is the fuel and the depth that a module starts with: more than it can use up.
const Unlimited = 1 << 62

// globals are the indices of the globals that are added.
type globals struct {
	slice   uint32 // i64: fuel at hand; below 0 where a check is due
	reserve uint32 // i64: fuel beyond the slice
	stack   uint32 // i64: what is left of the stack; below 0 where it is too deep
	flag    uint32 // i32: not 0 where the guest is to stop
	cause   uint32 // i32: the Cause of the trap
}

const globalCount = 5

// globalNames are the names of their exports after the prefix, in the order of their
// indices.
var globalNames = [globalCount]string{"slice", "reserve", "stack", "interrupt", "cause"}

func globalsAt(first uint32) globals {
	return globals{slice: first, reserve: first + 1, stack: first + 2, flag: first + 3, cause: first + 4}
}

func globalSection() []byte {
	var a asm
	for _, init := range []int64{units.Slice, Unlimited - units.Slice, Unlimited} {
		a.op(typeI64, 1)
		a.i64(init)
		a.op(opcodeEnd)
	}
	for range 2 {
		a.op(typeI32, 1)
		a.i32(0)
		a.op(opcodeEnd)
	}
	return a
}

func exportSection(h *helpers) addition {
	var out []byte
	n := 0
	export := func(name string, kind byte, index uint32) {
		out = appendSized(out, []byte(prefix+name))
		out = leb128.AppendUint32(append(out, kind), index)
		n++
	}
	for i, name := range globalNames {
		export(name, 3, h.m.globals+uint32(i))
	}
	if h.m.start >= 0 {
		export("start", 0, h.index(helperKey{op: helperStart}))
	}
	return addition{n: n, content: out}
}
