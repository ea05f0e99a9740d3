package bombs

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// A structurer makes functions of a few motifs that it repeats and puts into each other:
// unlike a Genome's, their parts follow each other in order, as those of bombs do.
type structurer struct {
	*rand.Rand
	m      *wasm.Module
	locals int // of each type, beside the parameters
	name   strings.Builder
	calls  []uint32 // types to call, each with its results as parameters
}

// RandomStructure returns a module of at most about so many bytes and how it is made.
func RandomStructure(r *rand.Rand, size int) (name string, module []byte) {
	s := &structurer{Rand: r, m: withGlobal(), locals: 1 << r.IntN(11)}
	void := sig(s.m, "", "")
	importFunc(s.m, 0, void)
	s.m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	s.m.Element(0, 1)
	own := sig(s.m, "il", "")
	for range 1 << r.IntN(3) {
		l := s.letters(s.upTo(300))
		s.calls = append(s.calls, sig(s.m, l, l))
	}
	for range s.upTo(50) - 1 {
		s.m.Global(wasm.Global{Type: wasm.I32, Mutable: s.IntN(3) > 0}, wasm.I32Const(0))
	}
	functions := 1
	if r.IntN(4) == 0 {
		functions = s.upTo(size / 100)
	}
	fmt.Fprintf(&s.name, "%d functions %d locals %d globals: ", functions, s.locals, len(s.m.Globals))
	code := s.part(max(size/functions, 8), 0)
	b := body("ilfdv", uint32(s.locals), code)
	for range functions {
		s.m.RawFunc(own, b)
	}
	return s.name.String(), s.m.Bytes()
}

// upTo returns a number from 1 to n of which each magnitude is as likely.
func (s *structurer) upTo(n int) int {
	bits := 1
	for 1<<bits <= n {
		bits++
	}
	return min(max(n, 1), 1<<s.IntN(bits)+s.IntN(2))
}

func (s *structurer) letters(n int) string {
	if s.IntN(3) == 0 {
		return strings.Repeat(string("ilfdv"[s.IntN(5)]), n)
	}
	return letters(n)
}

// fresh pushes a value of a type that no other instruction has made.
func (s *structurer) fresh(code *wasm.Code, letter byte, i int) {
	switch letter {
	case 'i':
		*code = append(*code, 0x20, 0)
		code.I32Const(int32(i))
		*code = append(*code, 0x6a)
	case 'l':
		*code = append(*code, 0x20, 1)
		code.I64Const(int64(i))
		*code = append(*code, 0x7c)
	case 'f':
		*code = append(*code, 0x20, 0, 0xb2)
	case 'd':
		*code = append(*code, 0x20, 0, 0xb7)
	case 'v':
		*code = append(*code, 0x20, 0, 0xfd, 0x11)
	}
}

// keep assigns the operands of types to globals.
func keep(code *wasm.Code, types string) {
	for i := len(types) - 1; i >= 0; i-- {
		code.Op(wasm.OpGlobalSet, uint32(strings.IndexByte("ilfdv", types[i])))
	}
}

// part returns code of at most about so many bytes.
func (s *structurer) part(size, depth int) wasm.Code {
	if size < 12 || depth > 7 {
		return s.leaf()
	}
	switch s.IntN(10) {
	case 0, 1, 2, 3: // one after the other
		n := s.upTo(size / 8)
		fmt.Fprintf(&s.name, "%d×(", n)
		one := s.part(size/n, depth+1)
		s.name.WriteString(")")
		return bytes.Repeat(one, max(1, min(n, size/max(len(one), 1))))
	case 4: // different ones
		s.name.WriteString("(")
		code := s.part(size/2, depth+1)
		s.name.WriteString(" ")
		code = append(code[:len(code):len(code)], s.part(size/2, depth+1)...)
		s.name.WriteString(")")
		return code
	case 5, 6: // in each other
		n := min(s.upTo(size/8), 4_000)
		fmt.Fprintf(&s.name, "%d deep ", n)
		open, end := s.around()
		s.name.WriteString("(")
		inner := s.part(size-n*(len(open)+len(end)), depth+1)
		s.name.WriteString(")")
		n = max(1, min(n, size/(len(open)+len(end))))
		return append(append(bytes.Repeat(open, n), inner...), bytes.Repeat(end, n)...)
	case 7, 8: // values that stay
		return s.across(size, depth)
	default:
		open, end := s.around()
		s.name.WriteString("(")
		inner := s.part(size-len(open)-len(end), depth+1)
		s.name.WriteString(")")
		return append(append(open, inner...), end...)
	}
}

// across returns code with values that are made before it and used behind it.
func (s *structurer) across(size, depth int) wasm.Code {
	var code wasm.Code
	n := s.upTo(size / 8)
	if s.IntN(2) == 0 {
		types := s.letters(n)
		fmt.Fprintf(&s.name, "%d operands %.5s across (", n, types)
		for i := range n {
			s.fresh(&code, types[i], i)
		}
		code = append(code, s.part(size-12*n, depth+1)...)
		keep(&code, types)
	} else {
		n = min(n, s.locals)
		letter := s.IntN(5)
		fmt.Fprintf(&s.name, "%d locals %c across (", n, "ilfdv"[letter])
		for i := range n {
			s.fresh(&code, "ilfdv"[letter], i)
			code.Op(wasm.OpLocalSet, uint32(2+letter*s.locals+i))
		}
		code = append(code, s.part(size-12*n, depth+1)...)
		for i := range n {
			code.Op(wasm.OpLocalGet, uint32(2+letter*s.locals+i))
			code.Op(wasm.OpGlobalSet, uint32(letter))
		}
	}
	s.name.WriteString(")")
	return code
}

// around returns the beginning and end of a control instruction around some code.
func (s *structurer) around() (open, end wasm.Code) {
	branch := wasm.Code{0x20, 0, 0x0d, 0}
	kind := s.IntN(10)
	name := []string{"block", "loop", "if", "else", "then", "table", "wide block", "wide loop", "wide if", "assigning loop"}[kind]
	s.name.WriteString(name)
	switch kind {
	case 0:
		return wasm.Code{0x02, 0x40}, append(branch, 0x0b)
	case 1:
		return wasm.Code{0x03, 0x40}, append(branch, 0x0b)
	case 2:
		return wasm.Code{0x20, 0, 0x04, 0x40}, wasm.Code{0x0b}
	case 3:
		return wasm.Code{0x20, 0, 0x04, 0x40, 0x05}, wasm.Code{0x0b}
	case 4:
		return wasm.Code{0x20, 0, 0x04, 0x40}, wasm.Code{0x05, 0x20, 0, 0x24, 0, 0x0b}
	case 5:
		n := s.upTo(200)
		fmt.Fprintf(&s.name, " %d ", n)
		open = append(bytes.Repeat(wasm.Code{0x02, 0x40}, n), 0x20, 0, 0x0e)
		open = leb128.AppendUint32(open, uint32(n))
		for i := range n + 1 {
			open = leb128.AppendUint32(open, uint32(min(i, n-1)))
		}
		return append(open, 0x0b), bytes.Repeat(wasm.Code{0x0b}, n-1)
	case 9:
		local := uint32(2 + s.IntN(s.locals))
		open = append(open, 0x03, 0x40)
		end.Op(wasm.OpLocalGet, local)
		end = append(end, 0x41, 1, 0x6a)
		end.Op(wasm.OpLocalSet, local)
		return open, append(append(end, branch...), 0x0b)
	}
	types := s.letters(s.upTo(100))
	fmt.Fprintf(&s.name, " %d %.3s ", len(types), types)
	t := sig(s.m, types, types)
	for i := range len(types) {
		s.fresh(&open, types[i], i)
	}
	if kind == 8 {
		open = append(open, 0x20, 0)
	}
	open = leb128.AppendInt64(append(open, byte(0x02+kind-6)), int64(t))
	if kind == 8 {
		end = append(end, 0x05)
	} else {
		end = append(end, branch...)
	}
	end = append(end, 0x0b)
	keep(&end, types)
	return open, end
}

// leaf returns a few instructions.
func (s *structurer) leaf() wasm.Code {
	var code wasm.Code
	local := uint32(2 + s.IntN(s.locals))
	kind := s.IntN(17)
	s.name.WriteString([]string{"op", "call", "indirect", "import", "load", "store", "select", "copy", "fill", "table.get", "atomic", "set", "use", "global", "ref", "tail", "load known"}[kind])
	switch kind {
	case 0:
		op := Ops[s.IntN(len(Ops))]
		s.name.WriteString(" " + op.Name())
		for j := range len(op.In) {
			s.fresh(&code, op.In[j], j)
		}
		code = append(code, op.Code...)
		keep(&code, op.Out)
	case 1, 2:
		t := s.calls[s.IntN(len(s.calls))]
		c := wasm.NewCursor(s.m.Types[t], 0).SubType()
		in := ""
		for _, p := range c.Params {
			for l, v := range types {
				if v == p {
					in += string(l)
				}
			}
		}
		fmt.Fprintf(&s.name, " %d", len(in))
		for i := range len(in) {
			s.fresh(&code, in[i], i)
		}
		code = append(code, 0x41, 0, 0x11)
		code = append(leb128.AppendUint32(code, t), 0)
		keep(&code, in)
		if kind == 1 {
			code = append(code, 0x20, 0, 0x20, 1, 0x10, 1)
		}
	case 3:
		code = append(code, 0x10, 0)
	case 4:
		code = append(code, 0x20, 0, 0x28, 2, 0, 0x21, 0)
	case 5:
		s.fresh(&code, 'i', int(local))
		code = append(code, 0x20, 1, 0x37, 3, 8)
	case 6:
		code = append(code, 0x20, 1, 0x20, 1, 0x20, 0, 0x1b, 0x21, 1)
	case 7:
		code = append(code, 0x20, 0, 0x20, 0, 0x20, 0, 0xfc, 0x0a, 0, 0)
	case 8:
		code = append(code, 0x20, 0, 0x20, 0, 0x20, 0, 0xfc, 0x0b, 0)
	case 9:
		code = append(code, 0x20, 0, 0x20, 0, 0x25, 0, 0x26, 0)
	case 10:
		code = append(code, 0x20, 0, 0x20, 0, 0x20, 0, 0xfe, 0x48, 2, 0, 0x24, 0)
	case 11:
		s.fresh(&code, 'i', 5)
		code.Op(wasm.OpLocalSet, local)
	case 12:
		code.Op(wasm.OpLocalGet, local)
		code = append(code, 0x24, 0)
	case 13:
		g := uint32(s.IntN(len(s.m.Globals)))
		if g < 5 {
			g = 0
		}
		code.Op(wasm.OpGlobalGet, g)
		code = append(code, 0x24, 0)
	case 14:
		code = append(code, 0x20, 0, 0xd2, 1, 0x26, 0)
	case 15:
		code = append(code, 0x20, 0, 0x04, 0x40, 0x20, 0, 0x20, 1, 0x12, 1, 0x0b)
	case 16:
		code.Op(wasm.OpLocalGet, local)
		code = append(code, 0x28, 2, 0, 0x24, 0)
	}
	return code
}
