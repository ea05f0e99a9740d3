package bombs

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// moreShapes are shapes of vectors, of many values on the ways between blocks, and of
// sections with many small items.
func moreShapes() []Shape {
	return []Shape{
		{"vectors across calls", 2_000, vectorsAcrossCalls},
		{"operands across loops", 300, operandsAcrossLoops},
		{"nested loops that assign", 1_000, nestedAssigning},
		{"calls with vectors", 300, func(n int) []byte { return calls(n, strings.Repeat("v", 300), strings.Repeat("v", 300), false) }},
		{"calls with many vectors", 60, func(n int) []byte { return calls(n, strings.Repeat("v", 1000), strings.Repeat("v", 1000), true) }},
		{"vectors across loops", 200, vectorsAcrossLoops},
		{"selects of vectors", 100_000, func(n int) []byte { return chain(n, "vi", "v", wasm.Code{0x20, 0, 0x20, 1, 0x1c, 1, 0x7b}) }},
		{"returns of vectors", 300, returnsOfVectors},
		{"branch table with vectors", 1_000, tableOfVectors},
		{"an interpreter", 300, func(n int) []byte { return interpreter(n, 100) }},
		{"an interpreter of many locals", 60, func(n int) []byte { return interpreter(n, 1_000) }},
		{"diamonds that assign", 300, func(n int) []byte { return diamonds(n, 50) }},
		{"blocks with many values", 60, func(n int) []byte { return wideBlocks(n, 500) }},
		{"loops with calls", 2_000, loopsWithCalls},
		{"branches on null", 5_000, branchesOnNull},
		{"bases in a loop", 500, basesInLoop},
		{"divisions of shared operands", 5_000, sharedOperands},
		{"dead code", 200_000, deadCode},
		{"functions of a giant type", 2_000, func(n int) []byte { return giantType(n, 1_000, false) }},
		{"functions of a giant type that return", 300, func(n int) []byte { return giantType(n, 1_000, true) }},
		{"functions with groups of locals", 200, func(n int) []byte { return groupsOfLocals(n, 5_000) }},
		{"custom sections", 100_000, customSections},
		{"element expressions", 100_000, elementExpressions},
		{"element segments", 50_000, elementSegments},
		{"passive data", 20_000, passiveData},
		{"tables and indirect calls", 5_000, indirectThroughTables},
		{"expressions of globals", 100_000, globalExpression},
		{"long export names", 2_000, longExports},
		{"long import names", 2_000, longImports},
		{"drops of segments", 20_000, drops},
		{"tables to nested loops", 100, func(n int) []byte { return tablesToLoops(n, 20) }},
		{"tables to nested loops with locals", 60, func(n int) []byte { return tablesToLoops(n, 300) }},
		{"different constants of vectors", 30_000, func(n int) []byte { return constants(n, "v") }},
		{"different constants of floats", 60_000, func(n int) []byte { return constants(n, "d") }},
		{"ifs with parameters", 60, func(n int) []byte { return wideIfs(n, 300) }},
		{"branches with many values", 100, func(n int) []byte { return wideBranches(n, 500) }},
		{"dead tables", 300, func(n int) []byte { return deadTables(n, 1_000) }},
	}
}

// operandsAcrossLoops keeps n operands on the stack across as many loops.
func operandsAcrossLoops(n int) []byte {
	code := bytes.Repeat(wasm.Code{0x20, 0, 0x67}, n)
	code = append(code, bytes.Repeat(wasm.Code{0x03, 0x40, 0x20, 0, 0x0d, 0, 0x0b}, n)...)
	code = append(append(code, bytes.Repeat(wasm.Code{0x6a}, n-1)...), 0x24, 0)
	return one("i", "", "", 0, code)
}

// nestedAssigning returns loops in each other that each assign a local at their end.
func nestedAssigning(n int) []byte {
	code := bytes.Repeat(wasm.Code{0x03, 0x40}, n)
	return one("ii", "", "", 0, append(code, bytes.Repeat(wasm.Code{0x20, 1, 0x41, 1, 0x6a, 0x21, 1, 0x20, 0, 0x0d, 0, 0x0b}, n)...))
}

// tablesToLoops returns n loops in each other, with n branch tables in the innermost that
// lead to all of them and assign one local before.
func tablesToLoops(n, locals int) []byte {
	code := append(sets(locals), bytes.Repeat(wasm.Code{0x03, 0x40}, n)...)
	table := leb128.AppendUint32(wasm.Code{0x20, 0, 0x0e}, uint32(n-1))
	for i := range n {
		table = leb128.AppendUint32(table, uint32(i+1))
	}
	for i := range n {
		code = append(code, 0x02, 0x40)
		local := uint32(1 + i%locals)
		code.Op(wasm.OpLocalGet, local)
		code = append(code, 0x20, 0, 0x6a)
		code.Op(wasm.OpLocalSet, local)
		code = append(code, 0x20, 0, 0x0d, 0)
		code = append(code, table...)
		code = append(code, 0x0b)
	}
	code = append(code, bytes.Repeat(wasm.Code{0x0b}, n)...)
	return one("i", "", "i", uint32(locals), append(code, uses(locals)...))
}

// constants returns n constants that all differ, each added to the one before.
func constants(n int, typ string) []byte {
	add, head := wasm.Code{0xa0}, wasm.Code{0x44}
	size := 8
	if typ == "v" {
		add, head, size = wasm.Code{0xfd, 0xae, 1}, wasm.Code{0xfd, 0x0c}, 16
	}
	code := wasm.Code{0x20, 0}
	for i := range n {
		c := make([]byte, size)
		copy(c, []byte{1, byte(i), byte(i >> 8), byte(i >> 16), 5, 6, 7})
		code = append(append(append(code, head...), c...), add...)
	}
	return one(typ, typ, "", 0, code)
}

// wideIfs returns ifs in each other that take and return many values.
func wideIfs(n, values int) []byte {
	m := withGlobal()
	all := letters(values)
	t := sig(m, all, all)
	var code wasm.Code
	for i := range values {
		code.Op(wasm.OpLocalGet, uint32(i))
	}
	for range n {
		code = leb128.AppendInt64(append(code, 0x20, 0, 0x04), int64(t))
	}
	code = append(code, bytes.Repeat(wasm.Code{0x05, 0x0b}, n)...)
	m.RawFunc(sig(m, all, all), body("", 0, code))
	return m.Bytes()
}

// wideBranches returns a block with n branches that each pass many values, and keep them.
func wideBranches(n, values int) []byte {
	m := withGlobal()
	all := letters(values)
	t := sig(m, "", all)
	code := wasm.Code(leb128.AppendInt64(wasm.Code{0x02}, int64(t)))
	for i := range values {
		code.Op(wasm.OpLocalGet, uint32(i))
	}
	code = append(append(code, bytes.Repeat(wasm.Code{0x20, 0, 0x0d, 0}, n)...), 0x0b)
	m.RawFunc(sig(m, all, all), body("", 0, code))
	return m.Bytes()
}

// deadTables returns branch tables that are not reached, whose n labels take many values.
func deadTables(n, values int) []byte {
	m := withGlobal()
	all := letters(values)
	t := sig(m, "", all)
	code := append(leb128.AppendInt64(wasm.Code{0x02}, int64(t)), 0x00)
	table := append(leb128.AppendUint32(wasm.Code{0x0e}, uint32(n-1)), bytes.Repeat([]byte{0}, n)...)
	code = append(append(code, bytes.Repeat(table, 3)...), 0x0b)
	m.RawFunc(sig(m, "", all), body("", 0, code))
	return m.Bytes()
}

// vectorsAcrossCalls keeps n vectors on the stack across as many calls.
func vectorsAcrossCalls(n int) []byte {
	m := withGlobal()
	t := sig(m, "v", "v")
	code := bytes.Repeat(wasm.Code{0x20, 0, 0x10, 0}, n)
	m.RawFunc(t, body("", 0, append(code, bytes.Repeat(wasm.Code{0xfd, 0x51}, n-1)...)))
	return m.Bytes()
}

// vectorsAcrossLoops keeps n locals that are vectors across n loops.
func vectorsAcrossLoops(n int) []byte {
	var code wasm.Code
	for i := range n {
		code = append(code, 0x20, 0, 0x20, 0, 0xfd, 0xae, 1)
		code.Op(wasm.OpLocalSet, uint32(i+2))
	}
	code = append(code, bytes.Repeat(wasm.Code{0x03, 0x40, 0x20, 1, 0x0d, 0, 0x0b}, n)...)
	for i := range n {
		code.Op(wasm.OpLocalGet, uint32(i+2))
		code = append(code, 0x24, 4)
	}
	return one("vi", "", "v", uint32(n), code)
}

func returnsOfVectors(n int) []byte {
	m := withGlobal()
	const results = 300
	values := bytes.Repeat(wasm.Code{0x20, 0}, results)
	part := append(wasm.Code{0x20, 1, 0x04, 0x40}, values...)
	part = append(part, 0x0f, 0x0b)
	m.RawFunc(sig(m, "vi", strings.Repeat("v", results)), body("", 0, append(bytes.Repeat(part, n), values...)))
	return m.Bytes()
}

// tableOfVectors returns a br_table whose n labels take turns of 20 blocks, and that
// passes 30 vectors.
func tableOfVectors(n int) []byte {
	const blocks, values = 20, 30
	m := withGlobal()
	t := sig(m, "", strings.Repeat("v", values))
	var code wasm.Code
	for range blocks {
		code = leb128.AppendInt64(append(code, 0x02), int64(t))
	}
	push := bytes.Repeat(wasm.Code{0x20, 0}, values)
	code = append(code, push...)
	code = leb128.AppendUint32(append(code, 0x20, 1, 0x0e), uint32(n-1))
	for i := range n {
		code = append(code, byte(i%blocks))
	}
	for i := range blocks {
		code = append(code, 0x0b)
		code = append(code, bytes.Repeat(wasm.Code{0x24, 4}, values)...)
		if i < blocks-1 {
			code = append(code, push...)
		}
	}
	m.RawFunc(sig(m, "vi", ""), body("", 0, code))
	return m.Bytes()
}

// interpreter returns a loop around a br_table with n handlers, each of which changes one
// of the locals and goes back to the loop.
func interpreter(n, locals int) []byte {
	code := sets(locals)
	code = append(code, 0x03, 0x40)
	code = append(code, bytes.Repeat(wasm.Code{0x02, 0x40}, n)...)
	code = leb128.AppendUint32(append(code, 0x20, 0, 0x0e), uint32(n-1))
	for i := range n {
		code = leb128.AppendUint32(code, uint32(i))
	}
	for i := range n {
		local := uint32(1 + i%locals)
		code = append(code, 0x0b)
		code.Op(wasm.OpLocalGet, local)
		code = append(code, 0x20, 0, 0x6a)
		code.Op(wasm.OpLocalSet, local)
		code.Op(wasm.OpBr, uint32(n-1-i))
	}
	return one("i", "", "i", uint32(locals), append(append(code, 0x0b), uses(locals)...))
}

// diamonds returns n ifs that assign locals on both ways.
func diamonds(n, locals int) []byte {
	part := append(wasm.Code{0x20, 0, 0x04, 0x40}, sets(locals)...)
	part = append(part, 0x05)
	for i := range locals {
		part.Op(wasm.OpLocalGet, uint32(i+1))
		part = append(part, 0x41, 3, 0x6c)
		part.Op(wasm.OpLocalSet, uint32(i+1))
	}
	part = append(part, 0x0b)
	return one("i", "", "i", uint32(locals), append(bytes.Repeat(part, n), uses(locals)...))
}

// wideBlocks returns blocks in each other that take and return many values.
func wideBlocks(n, values int) []byte {
	m := withGlobal()
	all := letters(values)
	t := sig(m, all, all)
	var code wasm.Code
	for i := range values {
		code.Op(wasm.OpLocalGet, uint32(i))
	}
	for i := range n {
		code = leb128.AppendInt64(append(code, []byte{0x02, 0x03, 0x02}[i%3]), int64(t))
	}
	code = append(code, bytes.Repeat(wasm.Code{0x0b}, n)...)
	m.RawFunc(sig(m, all, all), body("", 0, code))
	return m.Bytes()
}

// loopsWithCalls returns loops that each call, with 50 globals that are read anew.
func loopsWithCalls(n int) []byte {
	m := withGlobal()
	for range 50 {
		m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
	}
	t := sig(m, "i", "")
	part := wasm.Code{0x03, 0x40, 0x20, 0, 0x10, 0, 0x23, 20, 0x24, 21, 0x20, 0, 0x0d, 0, 0x0b}
	m.RawFunc(t, body("", 0, bytes.Repeat(part, n)))
	return m.Bytes()
}

// branchesOnNull returns a chain of br_on_null over references that functions return.
func branchesOnNull(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	var w wasm.Writer
	w.Uint32(0)
	w.Byte(bytes.Repeat(wasm.Code{0x02, 0x40, 0xd2, 0, 0xd5, 0, 0x1a, 0x0b}, n)...)
	w.Byte(0x0b)
	m.RawFunc(t, w.Buf)
	m.Export("f", wasm.FuncKind, 0)
	return m.Bytes()
}

// basesInLoop returns n loops that each load from four addresses, so that the
// known addresses are copied to each block behind.
func basesInLoop(n int) []byte {
	part := wasm.Code{0x03, 0x40}
	for i := range byte(4) {
		part = append(part, 0x20, 0, 0x41, i, 0x6a, 0x22, 1+i, 0x28, 2, 0, 0x21, 0)
	}
	part = append(part, 0x20, 0, 0x0d, 0, 0x0b)
	return one("i", "", "i", 4, bytes.Repeat(part, n))
}

// sharedOperands returns divisions whose operands are used many times.
func sharedOperands(n int) []byte {
	return one("ll", "l", "l", 2, append(bytes.Repeat(wasm.Code{0x20, 0, 0x20, 1, 0x7f, 0x22, 2, 0x20, 0, 0x81, 0x22, 0, 0x20, 2, 0x82, 0x21, 1}, n), 0x20, 0))
}

// deadCode returns code that is not reached, with blocks and branches.
func deadCode(n int) []byte {
	return repeat(1, "i", append(append(wasm.Code{0x00}, bytes.Repeat(wasm.Code{0x02, 0x40, 0x20, 0, 0x28, 2, 0, 0x0d, 0, 0x0b}, n)...), 0x00))
}

// giantType returns small functions of a type with many parameters and results.
func giantType(n, values int, back bool) []byte {
	m := withMemory()
	all := letters(values)
	t := sig(m, all, all)
	code := wasm.Code{0x00}
	if back {
		code = nil
		for i := range values {
			code.Op(wasm.OpLocalGet, uint32(i))
		}
	}
	for range n {
		m.RawFunc(t, body("", 0, code))
	}
	return m.Bytes()
}

// groupsOfLocals returns functions that declare their locals one at a time.
func groupsOfLocals(n, groups int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	b := leb128.AppendUint32(nil, uint32(groups))
	for i := range groups {
		b = append(b, 1, 0x7c+byte(i%4))
	}
	b = append(b, 0x0b)
	for range n {
		m.RawFunc(t, b)
	}
	return m.Bytes()
}

func customSections(n int) []byte {
	m := withMemory()
	m.RawFunc(sig(m, "", ""), body("", 0, nil))
	for range n {
		m.Custom = append(m.Custom, 0, 3, 1, 'x', 0)
	}
	return m.Bytes()
}

// elementExpressions returns a segment of n expressions.
func elementExpressions(n int) []byte {
	m := withMemory()
	m.RawFunc(sig(m, "", ""), body("", 0, nil))
	var w wasm.Writer
	w.Byte(5, 0x70)
	w.Uint32(uint32(n))
	w.Byte(bytes.Repeat([]byte{0xd2, 0, 0x0b}, n)...)
	m.Elements = append(m.Elements, w.Buf)
	return m.Bytes()
}

// elementSegments returns n segments of one function each, which are declared alone.
func elementSegments(n int) []byte {
	m := withMemory()
	m.RawFunc(sig(m, "", ""), body("", 0, nil))
	for i := range n {
		m.Elements = append(m.Elements, [][]byte{{3, 0, 1, 0}, {1, 0, 1, 0}}[i%2])
	}
	return m.Bytes()
}

// passiveData returns n segments, each of which the code copies.
func passiveData(n int) []byte {
	m := withMemory()
	var code wasm.Code
	for i := range n {
		m.Data = append(m.Data, []byte{1, 1, 'x'})
		code = append(code, 0x41, 0, 0x41, 0, 0x41, 1, 0xfc, 8)
		code = append(leb128.AppendUint32(code, uint32(i)), 0)
	}
	m.RawFunc(sig(m, "", ""), body("", 0, code))
	return counted(m)
}

// counted returns a module with a section that counts its data segments, which code that
// names them needs.
func counted(m *wasm.Module) []byte {
	b := m.Bytes()
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(b, 0).Sections() {
		if s.ID == wasm.CodeSection {
			w.Section(wasm.DataCountSection, func() { w.Uint32(uint32(len(m.Data))) })
		}
		w.Byte(b[s.Start:s.End]...)
	}
	return w.Buf
}

// drops returns n instructions that drop one segment or another.
func drops(n int) []byte {
	m := withMemory()
	m.Data = append(m.Data, []byte{1, 1, 'x'})
	m.Elements = append(m.Elements, []byte{1, 0, 0})
	m.RawFunc(sig(m, "", ""), body("", 0, bytes.Repeat(wasm.Code{0xfc, 9, 0, 0xfc, 13, 0}, n)))
	return counted(m)
}

// indirectThroughTables returns calls through each of 100 tables, and copies between
// these.
func indirectThroughTables(n int) []byte {
	m := withMemory()
	t := sig(m, "i", "i")
	for range 100 {
		m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	}
	code := wasm.Code{0x20, 0}
	for i := range n {
		table := byte(i % 100)
		code = append(code, 0x41, 0, 0x11, byte(t), table)
		code = append(code, 0x41, 0, 0x41, 0, 0x41, 1, 0xfc, 14, table, 99-table)
	}
	m.RawFunc(t, body("", 0, code))
	return m.Bytes()
}

// globalExpression returns a global whose value is a sum of n constants.
func globalExpression(n int) []byte {
	m := withMemory()
	m.RawFunc(sig(m, "", ""), body("", 0, nil))
	m.Global(wasm.Global{Type: wasm.I32}, append(wasm.Code{0x41, 0}, bytes.Repeat(wasm.Code{0x41, 1, 0x6a}, n)...))
	return m.Bytes()
}

func longExports(n int) []byte {
	m := withMemory()
	for i := range n {
		m.Export(strings.Repeat("x", 5_000)+fmt.Sprint(i), wasm.MemoryKind, 0)
	}
	return m.Bytes()
}

func longImports(n int) []byte {
	m := withMemory()
	t := sig(m, "", "")
	for i := range n {
		m.Import(wasm.Import{Module: strings.Repeat("m", 5_000), Name: fmt.Sprint(i), Type: wasm.Extern{Kind: wasm.FuncKind, Func: t}})
	}
	return m.Bytes()
}
