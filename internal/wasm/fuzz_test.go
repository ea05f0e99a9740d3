package wasm

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// FuzzModule reads whatever it is given as a module: its sections, what stands in
// them, and its code. Readers stay within their bytes and stop; an error has a place
// in the file; what was read whole is written again as a module that reads the same.
func FuzzModule(f *testing.F) {
	f.Add(sample().Bytes())
	f.Add(probe(Seq(Block(I32Const(1)), I(OpTryTable), Code{0x40, 0, 0x0b})))
	f.Add([]byte(Preamble + "\x01\x06\x01\x4e\x01\x5f\x00\x02"))
	f.Add([]byte(Preamble + "\x06\x06\x01\x7f\x00\xfb\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := read(t, in)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no *Error", err)
			}
			if e.Offset < at || e.Offset > at+len(in) {
				t.Fatalf("offset %d lies outside the file of %d bytes", e.Offset-at, len(in))
			}
			return
		}
		again, err := read(t, m)
		if err != nil || !bytes.Equal(again, m) {
			t.Fatalf("a module comes back as another, or as an error: %v\n% x\n% x", err, m, again)
		}
	})
}

// read reads a module and returns it written anew, with all integers of the shortest
// form where this package has a writer for them.
func read(t *testing.T, in []byte) ([]byte, error) {
	var w Writer
	w.Preamble()
	c := NewCursor(in, at)
	for s := range c.Sections() {
		if s.Start < at || s.Offset <= s.Start || s.End < s.Offset || s.End > at+len(in) || !bytes.Equal(s.Data, in[s.Offset-at:s.End-at]) {
			t.Fatalf("section from %d, content %d to %d of %d bytes", s.Start-at, s.Offset-at, s.End-at, len(in))
		}
		w.Section(s.ID, func() { content(s, &w) })
		if s.Content.End("a section"); s.Content.Err() != nil {
			return nil, s.Content.Err()
		}
	}
	return w.Buf, c.Err()
}

func content(s Section, w *Writer) {
	c := s.Content
	each := func(item func()) {
		n := c.Count()
		w.Uint32(n)
		for ; n > 0 && c.Err() == nil; n-- {
			item()
		}
	}
	// copied copies what read reads.
	copied := func(read func()) {
		from := c.Offset()
		if read(); c.Err() == nil {
			w.Byte(c.Since(from)...)
		}
	}
	constant := func() { copied(func() { c.ConstExpr(nil) }) }
	switch s.ID {
	case CustomSection:
		w.Name(s.Custom())
		w.Byte(c.Rest()...)
	case TypeSection:
		each(func() {
			if g := c.RecGroup(); c.Err() == nil {
				w.RecGroup(g)
			}
		})
	case ImportSection:
		each(func() {
			if i := c.Import(); c.Err() == nil {
				w.Import(i)
			}
		})
	case FunctionSection:
		w.Indices(c.Indices())
	case TableSection:
		each(func() { w.Table(c.Table()) })
	case MemorySection:
		each(func() { w.Limits(c.Limits()) })
	case GlobalSection:
		each(func() {
			w.Global(c.Global())
			constant()
		})
	case ExportSection:
		each(func() { w.Export(c.Export()) })
	case TagSection:
		each(func() { w.Tag(c.Tag()) })
	case CodeSection:
		each(func() {
			w.Sized(func() {
				body := c.Sub(c.Uint32())
				from := body.Offset()
				Vec(body, func() ValType { body.Uint32(); return body.ValType() })
				body.Expr(nil)
				if body.End("a function"); body.Err() != nil {
					c.Fail(body.Err())
					return
				}
				w.Byte(body.Since(from)...)
			})
		})
	case StartSection, ElementSection, DataSection, DataCountSection:
		w.Byte(c.Rest()...)
	default:
		panic(fmt.Sprintf("unhandled section %d", s.ID))
	}
}
