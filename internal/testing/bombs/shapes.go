package bombs

import (
	"bytes"
	"fmt"

	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// A Shape is a family of modules, by a size that grows with the number of bytes.
type Shape struct {
	Name string
	// Size is a size at which wazero takes about a second, or as many bytes as the
	// shape can use to take longest.
	Size  int
	Build func(n int) []byte
}

// Shapes returns all shapes.
func Shapes() []Shape {
	all := []Shape{
		{"adds", 300_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x20, 0, 0x6a}) }},
		{"adds of constants", 200_000, func(n int) []byte { return chain(n, "l", "l", append(wasm.I64Const(1<<40), 0x7c)) }},
		{"multiplications of i64", 300_000, func(n int) []byte { return chain(n, "l", "l", wasm.Code{0x20, 0, 0x7e}) }},
		{"divisions", 50_000, func(n int) []byte { return chain(n, "l", "l", wasm.Code{0x20, 0, 0x7f}) }},
		{"loads", 100_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x28, 2, 0}) }},
		{"loads of bytes", 100_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x2d, 0, 9}) }},
		{"truncations", 30_000, func(n int) []byte { return chain(n, "d", "d", wasm.Code{0xb1, 0xba}) }},
		{"saturating truncations", 30_000, func(n int) []byte { return chain(n, "f", "f", wasm.Code{0xfc, 5, 0xb5}) }},
		{"minima", 50_000, func(n int) []byte { return chain(n, "d", "d", wasm.Code{0x20, 0, 0xa4}) }},
		{"rotations", 200_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x20, 0, 0x77}) }},
		{"comparisons", 200_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x20, 0, 0x48}) }},
		{"selects", 100_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x20, 0, 0x20, 0, 0x1b}) }},
		{"selects of floats", 100_000, func(n int) []byte { return chain(n, "di", "d", wasm.Code{0x20, 0, 0x20, 1, 0x1b}) }},
		{"shuffles", 50_000, func(n int) []byte {
			return chain(n, "v", "v", append(wasm.Code{0x20, 0}, "\xfd\x0d\x00\x11\x02\x13\x04\x15\x06\x17\x08\x19\x0a\x1b\x0c\x1d\x0e\x1f"...))
		}},
		{"shifts of vectors", 50_000, func(n int) []byte { return chain(n, "vi", "v", wasm.Code{0x20, 1, 0xfd, 0x6c}) }},
		{"products of vectors", 50_000, func(n int) []byte { return chain(n, "v", "v", wasm.Code{0x20, 0, 0xfd, 0xdd, 1}) }},
		{"constants of vectors", 50_000, func(n int) []byte {
			return chain(n, "v", "v", append(append(wasm.Code{0xfd, 0x0c}, "0123456789abcdef"...), 0xfd, 0xae, 1))
		}},
		{"stores", 100_000, stores},
		{"atomics", 50_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x20, 0, 0xfe, 0x2c, 2, 4}) }},
		{"constants on the stack", 100_000, onStack},
		{"globals", 100_000, globals},
		{"copies of memory", 10_000, func(n int) []byte {
			return repeat(n, "iii", wasm.Code{0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0a, 0, 0})
		}},
		{"fills of memory", 3_000, func(n int) []byte {
			return repeat(n, "iii", wasm.Code{0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0b, 0})
		}},
		{"growing of memory", 30_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x40, 0}) }},

		{"branches to one label", 20_000, func(n int) []byte { return branches(n, 0) }},
		{"branches and locals", 3_000, func(n int) []byte { return branches(n, n/20) }},
		{"branches to the end", 30_000, func(n int) []byte { return repeat(n, "i", wasm.Code{0x20, 0, 0x0d, 0}) }},
		{"blocks with a branch", 20_000, func(n int) []byte { return repeat(n, "i", wasm.Code{0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b}) }},
		{"blocks with a branch and a use", 10_000, func(n int) []byte {
			return repeat(n, "ii", wasm.Code{0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x24, 0})
		}},
		{"ifs", 20_000, func(n int) []byte { return repeat(n, "i", wasm.Code{0x20, 0, 0x04, 0x40, 0x0b}) }},
		{"ifs with results", 20_000, func(n int) []byte { return chain(n, "i", "i", wasm.Code{0x04, 0x7f, 0x20, 0, 0x05, 0x41, 7, 0x0b}) }},
		{"loops", 10_000, func(n int) []byte { return repeat(n, "i", wasm.Code{0x03, 0x40, 0x20, 0, 0x0d, 0, 0x0b}) }},
		{"loops that do not loop", 20_000, func(n int) []byte { return repeat(n, "i", wasm.Code{0x03, 0x40, 0x0b}) }},
		{"nested blocks", 5_000, func(n int) []byte {
			return nested(n, wasm.Code{0x02, 0x40}, wasm.Code{0x20, 0, 0x0d, 0, 0x0b}, 1, nil)
		}},
		{"nested loops", 2_000, func(n int) []byte {
			return nested(n, wasm.Code{0x03, 0x40}, wasm.Code{0x20, 0, 0x0d, 0, 0x0b}, 1, nil)
		}},
		{"nested loops and locals", 300, func(n int) []byte {
			return nested(n, wasm.Code{0x03, 0x40}, wasm.Code{0x20, 0, 0x0d, 0, 0x0b}, n/4, uses(n/4))
		}},
		{"nested ifs", 5_000, func(n int) []byte {
			return nested(n, wasm.Code{0x20, 0, 0x04, 0x40}, wasm.Code{0x0b}, 1, nil)
		}},
		{"loops of their own values", 1_000, func(n int) []byte { return ownLoops(n, 8) }},
		{"copies from loop to loop", 300, copies},
		{"locals across blocks", 300, func(n int) []byte { return across(n, n) }},
		{"locals across loops", 200, func(n int) []byte { return acrossLoops(n, n) }},
		{"operands across blocks", 300, func(n int) []byte { return operandsAcross(n, n) }},
		{"operands across calls", 2_000, operandsAcrossCalls},
		{"results of blocks", 300, func(n int) []byte { return blockResults(n, 200) }},
		{"parameters of loops", 200, func(n int) []byte { return loopParams(n, 200) }},
		{"branch table to one label", 10_000, func(n int) []byte { return table(n, 1, 0) }},
		{"branch table to labels", 3_000, func(n int) []byte { return table(n, n, 0) }},
		{"branch tables with results", 300, func(n int) []byte { return table(n, n, 100) }},
		{"branch tables", 2_000, tables},
		{"known addresses across blocks", 3_000, knownAddresses},
		{"known addresses that meet", 1_000, addressesMeet},
		{"distant spills", 2_000, distantSpills},
		{"aliases", 3_000, aliases},
		{"returns of results", 300, func(n int) []byte { return returns(n, 300) }},

		{"calls", 50_000, func(n int) []byte { return calls(n, "", "", false) }},
		{"calls with results", 300, func(n int) []byte { return calls(n, letters(300), letters(300), false) }},
		{"indirect calls", 10_000, func(n int) []byte { return calls(n, "", "", true) }},
		{"indirect calls with results", 500, func(n int) []byte { return calls(n, letters(500), letters(500), true) }},
		{"tail calls", 3_000, tailCalls},
		{"calls and globals", 500, func(n int) []byte { return callsAndGlobals(n, 2*n) }},
		{"calls of imports", 20_000, callsOfImports},
		{"references to functions", 20_000, references},
		{"typed references", 300, typedReferences},

		{"small functions behind a large one", 20_000, func(n int) []byte { return behindLarge(n, n) }},
		{"functions", 50_000, func(n int) []byte { return functions(n, 0, 0, 0) }},
		{"functions and types", 5_000, func(n int) []byte { return functions(n, n, 0, 0) }},
		{"functions and globals", 5_000, func(n int) []byte { return functions(n, 0, n, 0) }},
		{"functions and imports", 3_000, func(n int) []byte { return functions(n, 0, 0, n) }},
		{"functions and exports", 10_000, exportsOfFunctions},
		{"functions with locals", 1_000, func(n int) []byte { return functionsWithLocals(n, 5_000) }},
		{"functions with names of locals", 10_000, namedLocals},
		{"types", 500, func(n int) []byte { return typesOnly(n, 1_000) }},
		{"small types", 50_000, func(n int) []byte { return typesOnly(n, 3) }},
		{"types of typed references", 300, typesOfReferences},
		{"imports", 20_000, func(n int) []byte { return functions(0, 0, 0, n) }},
		{"exports", 100_000, exportsOnly},
		{"globals of constants", 100_000, func(n int) []byte { return functions(0, 0, n, 0) }},
		{"elements", 300_000, elements},
		{"elements and imports", 5_000, elementsAndImports},
		{"data segments", 100_000, dataSegments},
		{"data", 20_000_000, func(n int) []byte { m := withMemory(); m.Datum(0, make([]byte, n)); return m.Bytes() }},
		{"names", 100_000, names},
		{"one large table at the end", 60_000, func(n int) []byte { return table(n, 1, 0) }},
	}
	for _, op := range Ops {
		all = append(all, Shape{"op " + op.Name(), 20_000, func(n int) []byte { return only(op, n) }})
	}
	return all
}

// letters returns n letters of types, all but vectors.
func letters(n int) string { return string(bytes.Repeat([]byte("ilfd"), n/4+1)[:n]) }

// withGlobal returns a module with a memory and a mutable global of each type, in the
// order of ilfdv.
func withGlobal() *wasm.Module {
	m := withMemory()
	for _, t := range "ilfdv" {
		m.Global(wasm.Global{Type: types[byte(t)], Mutable: true}, zero(byte(t)))
	}
	return m
}

// zero returns the constant 0 of a type.
func zero(letter byte) wasm.Code {
	switch letter {
	case 'i':
		return wasm.I32Const(0)
	case 'l':
		return wasm.I64Const(0)
	case 'f':
		return wasm.F32Const(0)
	case 'd':
		return wasm.F64Const(0)
	}
	return append(wasm.I(wasm.OpV128Const), make([]byte, 16)...)
}

// one returns a module with a function of the parameters in and results out.
func one(in, out, locals string, n uint32, code wasm.Code) []byte {
	m := withGlobal()
	m.RawFunc(sig(m, in, out), body(locals, n, code))
	return m.Bytes()
}

// repeat returns a function that does a part n times.
func repeat(n int, in string, part wasm.Code) []byte {
	return one(in, "", "", 0, bytes.Repeat(part, n))
}

// chain returns a function that starts with its first parameter and applies a part to
// the operand n times.
func chain(n int, in, out string, part wasm.Code) []byte {
	return one(in, out, "", 0, append(wasm.Code{0x20, 0}, bytes.Repeat(part, n)...))
}

// only returns a function that does an instruction n times, with operands from
// parameters, and keeps its results.
func only(op Op, n int) []byte {
	const all = "ilfdvilfdv"
	var part wasm.Code
	for j := range op.In {
		part.Op(wasm.OpLocalGet, uint32(bytes.IndexByte([]byte(all), op.In[j])+5*(j&1)))
	}
	part.Byte(op.Code...)
	for j := range op.Out {
		part.Op(wasm.OpGlobalSet, uint32(bytes.IndexByte([]byte(all), op.Out[j])))
	}
	return repeat(n, all, part)
}

func stores(n int) []byte {
	// Each address is a value of its own, so that each is checked.
	return repeat(n, "i", wasm.Code{0x20, 0, 0x41, 3, 0x6a, 0x22, 0, 0x20, 0, 0x36, 2, 4})
}

func onStack(n int) []byte {
	code := bytes.Repeat(wasm.Code{0x20, 0, 0x41, 1, 0x6a}, n)
	return one("i", "i", "", 0, append(code, bytes.Repeat(wasm.Code{0x6a}, n-1)...))
}

func globals(n int) []byte {
	m := withGlobal()
	var code wasm.Code
	for i := range n {
		g := uint32(i % 2000)
		if i < 2000 {
			m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
		}
		code = append(code, wasm.Seq(wasm.I(wasm.OpGlobalGet, 5+g), wasm.I32Const(1), wasm.Code{0x6a}, wasm.I(wasm.OpGlobalSet, 5+g))...)
	}
	for range max(0, 2000-n) {
		m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
	}
	m.RawFunc(sig(m, "", ""), body("", 0, code))
	return m.Bytes()
}

// uses returns code that uses the locals 1 to n.
func uses(n int) wasm.Code {
	var code wasm.Code
	for i := range n {
		code = append(code, wasm.I(wasm.OpLocalGet, uint32(i+1))...)
		code = append(code, 0x24, 0)
	}
	return code
}

// sets returns code that assigns the locals 1 to n values of their own.
func sets(n int) wasm.Code {
	var code wasm.Code
	for i := range n {
		code = append(code, 0x20, 0)
		code.I32Const(int32(i))
		code = append(code, 0x6a)
		code.Op(wasm.OpLocalSet, uint32(i+1))
	}
	return code
}

// branches returns a block with n branches to its end, behind which locals are used.
func branches(n, locals int) []byte {
	code := append(wasm.Code{0x02, 0x40}, bytes.Repeat(wasm.Code{0x20, 0, 0x0d, 0}, n)...)
	code = append(code, 0x0b)
	return one("i", "", "i", uint32(locals), append(code, uses(locals)...))
}

// nested returns n control instructions in each other with code in the innermost.
func nested(n int, open, end wasm.Code, locals int, inside wasm.Code) []byte {
	code := sets(locals)
	code = append(code, bytes.Repeat(open, n)...)
	code = append(code, inside...)
	code = append(code, bytes.Repeat(end, n)...)
	return one("i", "", "i", uint32(locals), code)
}

// ownLoops returns n loops one after the other, each of which uses values that are
// made before it and not used behind it.
func ownLoops(n, values int) []byte {
	var code wasm.Code
	for range n {
		code = append(code, sets(values)...)
		code = append(code, 0x03, 0x40)
		code = append(code, uses(values)...)
		code = append(code, 0x20, 0, 0x0d, 0, 0x0b)
	}
	return one("i", "", "i", uint32(values), code)
}

// copies returns loops one after the other, where what the blocks of one pass on is
// known only once what those of the one before pass on is.
func copies(n int) []byte {
	code := sets(2)
	for range n {
		// loop: block: br_if out; y := x; end; br_if loop; x := y
		code = append(code, 0x03, 0x40, 0x02, 0x40, 0x20, 0, 0x0d, 0, 0x20, 1, 0x21, 2, 0x0b, 0x20, 0, 0x0d, 0, 0x0b, 0x20, 2, 0x21, 1)
	}
	return one("i", "", "i", 2, append(code, uses(2)...))
}

// across returns locals that are live across blocks.
func across(blocks, locals int) []byte {
	code := sets(locals)
	code = append(code, bytes.Repeat(wasm.Code{0x20, 0, 0x04, 0x40, 0x41, 0, 0x41, 0, 0x36, 2, 0, 0x0b}, blocks)...)
	return one("i", "", "i", uint32(locals), append(code, uses(locals)...))
}

func acrossLoops(loops, locals int) []byte {
	code := sets(locals)
	code = append(code, bytes.Repeat(wasm.Code{0x03, 0x40, 0x20, 0, 0x0d, 0, 0x0b}, loops)...)
	return one("i", "", "i", uint32(locals), append(code, uses(locals)...))
}

// operandsAcross returns operands that stay on the stack across blocks.
func operandsAcross(blocks, operands int) []byte {
	code := bytes.Repeat(wasm.Code{0x20, 0, 0x41, 1, 0x6a}, operands)
	code = append(code, bytes.Repeat(wasm.Code{0x20, 0, 0x04, 0x40, 0x0b}, blocks)...)
	return one("i", "i", "", 0, append(code, bytes.Repeat(wasm.Code{0x6a}, operands-1)...))
}

func operandsAcrossCalls(n int) []byte {
	m := withGlobal()
	t := sig(m, "i", "i")
	code := bytes.Repeat(wasm.Code{0x20, 0, 0x10, 0}, n)
	m.RawFunc(t, body("", 0, append(code, bytes.Repeat(wasm.Code{0x6a}, n-1)...)))
	return m.Bytes()
}

// blockResults returns blocks with many results, each of which several branches pass.
func blockResults(n, results int) []byte {
	m := withGlobal()
	all := string(bytes.Repeat([]byte("i"), results))
	t := sig(m, "", all)
	b := append(wasm.Code{0x02}, leb128.AppendInt64(nil, int64(t))...)
	b = append(b, bytes.Repeat(wasm.Code{0x20, 0}, results)...)
	b = append(b, 0x20, 0, 0x0d, 0, 0x20, 0, 0x0d, 0, 0x0b)
	b = append(b, bytes.Repeat(wasm.Code{0x24, 0}, results)...)
	m.RawFunc(sig(m, "i", ""), body("", 0, bytes.Repeat(b, n)))
	return m.Bytes()
}

// loopParams returns loops with many parameters, one in the other.
func loopParams(n, params int) []byte {
	m := withGlobal()
	all := string(bytes.Repeat([]byte("i"), params))
	t := sig(m, all, all)
	code := bytes.Repeat(wasm.Code{0x20, 0}, params)
	for range n {
		code = append(code, 0x03)
		code = leb128.AppendInt64(code, int64(t))
	}
	code = append(code, bytes.Repeat(wasm.Code{0x20, 0, 0x0d, 0, 0x0b}, n)...)
	code = append(code, bytes.Repeat(wasm.Code{0x24, 0}, params)...)
	m.RawFunc(sig(m, "i", ""), body("", 0, code))
	return m.Bytes()
}

// table returns a br_table of n labels to blocks that pass results.
func table(n, blocks, results int) []byte {
	m := withGlobal()
	all := string(bytes.Repeat([]byte("i"), results))
	t := sig(m, "", all)
	var code wasm.Code
	for range blocks {
		code = append(code, 0x02)
		code = leb128.AppendInt64(code, int64(t))
	}
	code = append(code, bytes.Repeat(wasm.Code{0x20, 0}, results)...)
	code = append(code, 0x20, 0, 0x0e)
	code = leb128.AppendUint32(code, uint32(n-1))
	for i := range n {
		code = leb128.AppendUint32(code, uint32(i%blocks))
	}
	for range blocks - 1 {
		code = append(code, 0x0b)
		code = append(code, bytes.Repeat(wasm.Code{0x1a}, results)...)
		code = append(code, bytes.Repeat(wasm.Code{0x20, 0}, results)...)
	}
	code = append(code, 0x0b)
	code = append(code, bytes.Repeat(wasm.Code{0x24, 0}, results)...)
	m.RawFunc(sig(m, "i", ""), body("", 0, code))
	return m.Bytes()
}

// tables returns branch tables of eight labels one after the other.
func tables(n int) []byte {
	part := append(bytes.Repeat(wasm.Code{0x02, 0x40}, 8), 0x20, 0, 0x0e, 8, 0, 1, 2, 3, 4, 5, 6, 7, 0)
	part = append(part, bytes.Repeat(wasm.Code{0x0b, 0x20, 0, 0x24, 0}, 8)...)
	return repeat(n, "i", part)
}

// knownAddresses returns blocks with a load each, one after the other, in which all
// addresses that were checked before are known.
func knownAddresses(n int) []byte {
	return repeat(n, "i", wasm.Code{0x20, 0, 0x28, 2, 0, 0x22, 0, 0x0d, 0})
}

// addressesMeet returns ifs with loads before them, behind which what is known of
// addresses on both ways is compared.
func addressesMeet(n int) []byte {
	return repeat(n, "i", wasm.Code{0x20, 0, 0x28, 2, 0, 0x21, 0, 0x20, 0, 0x04, 0x40, 0x05, 0x0b})
}

// distantSpills returns values that are used at the end of a long chain of blocks.
func distantSpills(n int) []byte {
	code := sets(n)
	code = append(code, bytes.Repeat(wasm.Code{0x20, 0, 0x0d, 0}, n)...)
	return one("i", "", "i", uint32(n), append(code, uses(n)...))
}

// aliases returns joins at which a local is always the same value, and uses of it.
func aliases(n int) []byte {
	part := wasm.Code{0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b}
	part = append(part, bytes.Repeat(wasm.Code{0x20, 1, 0x24, 0}, 10)...)
	return repeat(n, "ii", part)
}

func returns(n, results int) []byte {
	m := withGlobal()
	part := wasm.Code{0x20, 0, 0x04, 0x40}
	part = append(part, bytes.Repeat(wasm.Code{0x20, 0}, results)...)
	part = append(part, 0x0f, 0x0b)
	code := bytes.Repeat(part, n)
	code = append(code, bytes.Repeat(wasm.Code{0x20, 0}, results)...)
	m.RawFunc(sig(m, "i", string(bytes.Repeat([]byte("i"), results))), body("", 0, code))
	return m.Bytes()
}

// calls returns a function that calls itself or, with a type of as many results as
// parameters, passes the results on to the next call.
func calls(n int, in, out string, indirect bool) []byte {
	m := withGlobal()
	t := sig(m, in, out)
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	var code wasm.Code
	for i := range in {
		code.Op(wasm.OpLocalGet, uint32(i))
	}
	part := wasm.Code{0x10, 0}
	if indirect {
		part = wasm.Seq(wasm.Code{0x41, 0, 0x11}, leb128.AppendUint32(nil, t), wasm.Code{0})
	}
	code = append(code, bytes.Repeat(part, n)...)
	m.RawFunc(t, body("", 0, code))
	return m.Bytes()
}

func tailCalls(n int) []byte {
	m := withGlobal()
	in := letters(40)
	part := wasm.Code{0x20, 0, 0x04, 0x40}
	for i := range in {
		part.Op(wasm.OpLocalGet, uint32(i))
	}
	part = append(part, 0x12, 0, 0x0b)
	m.RawFunc(sig(m, in, ""), body("", 0, bytes.Repeat(part, n)))
	return m.Bytes()
}

func callsAndGlobals(n, count int) []byte {
	m := withGlobal()
	for range count {
		m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
	}
	m.RawFunc(sig(m, "", ""), body("", 0, bytes.Repeat(wasm.Code{0x10, 0}, n)))
	return m.Bytes()
}

func importFunc(m *wasm.Module, i int, t uint32) {
	m.Import(wasm.Import{Module: "m", Name: fmt.Sprint(i), Type: wasm.Extern{Kind: wasm.FuncKind, Func: t}})
}

func callsOfImports(n int) []byte {
	m := withGlobal()
	t := sig(m, "", "")
	for i := range min(n, 10_000) {
		importFunc(m, i, t)
	}
	m.RawFunc(t, body("", 0, bytes.Repeat(wasm.I(wasm.OpCall, uint32(min(n, 10_000)-1)), n)))
	return m.Bytes()
}

func references(n int) []byte {
	m := withGlobal()
	t := sig(m, "", "")
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	m.RawFunc(t, body("", 0, bytes.Repeat(wasm.Code{0x41, 0, 0xd2, 0, 0x26, 0}, n)))
	m.Element(0, 0)
	return m.Bytes()
}

// typedReferences returns a function with locals that may not be null, and blocks for
// which the validator copies the set of those that are assigned.
func typedReferences(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	var w wasm.Writer
	w.Uint32(1)
	w.Uint32(uint32(n))
	w.Byte(wasm.CodeRef, byte(t))
	var code wasm.Code
	for i := range n {
		code = append(code, 0xd2, 0)
		code.Op(wasm.OpLocalSet, uint32(i))
	}
	code = append(code, bytes.Repeat(wasm.Code{0x02, 0x40, 0x0b}, 10*n)...)
	w.Byte(code...)
	w.Byte(0x0b)
	m.RawFunc(t, w.Buf)
	m.Export("f", wasm.FuncKind, 0)
	return m.Bytes()
}

func behindLarge(n, branches int) []byte {
	m := withGlobal()
	m.RawFunc(sig(m, "i", ""), body("", 0, bytes.Repeat(wasm.Code{0x20, 0, 0x04, 0x40, 0x0b}, branches)))
	t := sig(m, "", "")
	for range n {
		m.RawFunc(t, body("", 0, nil))
	}
	return m.Bytes()
}
