package wasm

import (
	"bytes"
	"iter"
)

// Preamble starts a core module: the magic number and the version.
const Preamble = "\x00asm\x01\x00\x00\x00"

// SectionID is the byte that a section starts with, section 5.5.2 of the core
// specification.
type SectionID byte

// The sections of a module.
const (
	CustomSection SectionID = iota
	TypeSection
	ImportSection
	FunctionSection
	TableSection
	MemorySection
	GlobalSection
	ExportSection
	StartSection
	ElementSection
	CodeSection
	DataSection
	DataCountSection
	TagSection

	sections = iota
)

var sectionNames = [sections]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count", "tag"}

// String returns the section's name in the specification.
func (id SectionID) String() string { return sectionNames[id] }

var sectionRanks = [sections]int{
	TypeSection: 1, ImportSection: 2, FunctionSection: 3, TableSection: 4, MemorySection: 5, TagSection: 6, GlobalSection: 7,
	ExportSection: 8, StartSection: 9, ElementSection: 10, DataCountSection: 11, CodeSection: 12, DataSection: 13,
}

// Rank orders the sections: in a module each has a greater rank than the one before
// it, save custom sections, which stand anywhere and have the rank 0.
func (id SectionID) Rank() int { return sectionRanks[id] }

// Section is a section of a module.
type Section struct {
	ID SectionID
	// Start is the offset of the id in the file, Offset that of the content, and End
	// that of the byte behind it.
	Start, Offset, End int
	// Content reads the content.
	Content *Cursor
	// Data is the content.
	Data []byte
}

// Sections reads the preamble of a module and yields its sections one after the
// other, in whatever order they stand. It stops at the first error of c, which Err
// returns then; an error in the content of a section does not stop it.
func (c *Cursor) Sections() iter.Seq[Section] {
	return func(yield func(Section) bool) {
		if !bytes.HasPrefix(c.b[c.pos:], []byte(Preamble)) {
			c.failHere(NotModule, "the module does not start with 00 61 73 6d 01 00 00 00")
			return
		}
		c.pos += len(Preamble)
		for !c.Done() {
			if c.step(); c.err != nil {
				return
			}
			s := Section{Start: c.Offset(), ID: SectionID(c.Byte())}
			if s.ID >= sections {
				c.FailAt(s.Start, UnknownSection, "invalid section 0x%02x of a core module", byte(s.ID))
				return
			}
			n := c.Uint32()
			s.Offset = c.Offset()
			s.Content = c.Sub(n)
			if c.err != nil {
				return
			}
			s.End = c.Offset()
			s.Data = c.Since(s.Offset)
			if !yield(s) {
				return
			}
		}
	}
}

// Custom returns the name of a custom section and moves Content behind it, to the
// section's data. The name is empty where the section is malformed.
func (s *Section) Custom() string { return s.Content.Name() }
