package binary

import (
	"context"

	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component/internal/fault"
)

// MaxNesting is how deep components and types may be nested in each other. It
// keeps readers from running out of stack.
const MaxNesting = 100

var (
	magic    = [4]byte{0, 'a', 's', 'm'}
	preamble = [8]byte{0, 'a', 's', 'm', 0x0d, 0, 1, 0}
)

// Form is what a WebAssembly binary is, going by its first eight bytes.
type Form uint8

// The forms of binaries.
const (
	NotWasm Form = iota
	CoreForm
	ComponentForm
	OtherWasm // WebAssembly of an unknown version or layer
)

// FormOf tells a core module from a component by the preamble.
func FormOf(file []byte) Form {
	switch {
	case len(file) < 8 || [4]byte(file) != magic:
		return NotWasm
	case [8]byte(file) == preamble:
		return ComponentForm
	case string(file[:8]) == wasm.Preamble:
		return CoreForm
	default:
		return OtherWasm
	}
}

// Decode reads a component (Binary.md, "Component Definitions"). It checks the
// format and not the rules of validation; see component.Validate. Core modules are byte
// ranges that nobody looks into. The component shares the memory of file.
//
// An error is an *Error. Time and memory are proportional to the length of file.
func Decode(file []byte) (*Component, error) { return DecodeAt(file, 0) }

// DecodeContext is Decode, which ends with the context's error soon after the context does.
func DecodeContext(ctx context.Context, file []byte) (c *Component, err error) {
	defer fault.Catch(&err)
	d := decoder{Cursor: newCursor(file, 0)}
	d.SetLook(wasm.NewLook(ctx.Err))
	return d.component(0), nil
}

// DecodeAt is Decode for a component that stands at an offset of its file.
func DecodeAt(b []byte, offset int) (c *Component, err error) {
	defer fault.Catch(&err)
	d := decoder{Cursor: newCursor(b, offset)}
	return d.component(0), nil
}

// decoder reads one component or a section of it.
type decoder struct {
	*wasm.Cursor
	depth int // of types inside each other
}

// fail ends decoding at the next byte.
func (d *decoder) fail(format string, args ...any) { malformed(d.Offset(), format, args...) }

// component ::= <preamble> <section>*
func (d *decoder) component(depth int) *Component {
	if depth > MaxNesting {
		d.fail("components are nested more than %d deep", MaxNesting)
	}
	c := &Component{Offset: d.Offset(), Size: d.Len()}
	switch FormOf(d.Ahead()) {
	case ComponentForm:
	case NotWasm:
		d.fail("the preamble is not that of WebAssembly, 00 61 73 6d")
	case CoreForm:
		d.fail("this is a core module, not a component")
	default:
		d.fail("the version is % x, and components of version 0d 00 01 00 are supported", d.Ahead()[4:8])
	}
	d.Bytes(uint32(len(preamble)))
	for !d.Done() {
		start := d.Offset()
		id := SectionID(d.Byte())
		if id > ValueSection {
			malformed(start, "invalid section %d of a component", id)
		}
		s := decoder{Cursor: d.Sub(d.Uint32())}
		section := Section{ID: id, Offset: s.Offset()}
		section.Defs = s.section(id, depth)
		s.End("the " + id.String() + " section")
		c.Sections = append(c.Sections, section)
	}
	return c
}

func (d *decoder) section(id SectionID, depth int) []Def {
	switch id {
	case CustomSection:
		start := pos(d.Offset())
		name := d.Name()
		return []Def{&Custom{start, name, d.Rest()}}
	case CoreModuleSection:
		start := d.Offset()
		if FormOf(d.Ahead()) != CoreForm {
			malformed(start, "a core module section must hold a core module of version 1")
		}
		return []Def{&CoreModule{pos(start), d.Rest()}}
	case ComponentSection:
		c := d.component(depth + 1)
		return []Def{c}
	case StartSection:
		return []Def{&Start{pos(d.Offset()), d.Uint32(), d.Indices(), d.Uint32()}}
	default:
		return wasm.Vec(d.Cursor, sectionReaders[id].bind(d))
	}
}

// readDef reads one definition.
type readDef func(*decoder) Def

func (f readDef) bind(d *decoder) func() Def { return func() Def { return f(d) } }

// sectionReaders read an item of the sections that are vectors.
var sectionReaders = [...]readDef{
	CoreInstanceSection: (*decoder).coreInstance,
	CoreTypeSection:     func(d *decoder) Def { return d.coreTypeDef() },
	InstanceSection:     (*decoder).instance,
	AliasSection:        func(d *decoder) Def { return d.alias() },
	TypeSection:         (*decoder).typeDef,
	CanonSection:        (*decoder).canon,
	ImportSection:       func(d *decoder) Def { return d.importDecl() },
	ExportSection:       (*decoder).export,
	ValueSection:        (*decoder).value,
}

// core:instance ::= 0x00 <moduleidx> vec(<core:instantiatearg>) | 0x01 vec(<core:inlineexport>)
func (d *decoder) coreInstance() Def {
	i := &CoreInstance{pos: pos(d.Offset())}
	if d.OneOf(1, "kind of core instance") == 1 {
		i.Exports = wasm.Vec(d.Cursor, func() CoreExport {
			name := d.Name()
			sort := d.coreSort()
			return CoreExport{name, sort, d.Uint32()}
		})
		return i
	}
	i.Module = d.Uint32()
	i.Args = wasm.Vec(d.Cursor, func() CoreArg {
		name := d.Name()
		d.Expect(0x12, "the sort instance")
		return CoreArg{name, d.Uint32()}
	})
	return i
}

// instance ::= 0x00 <componentidx> vec(<instantiatearg>) | 0x01 vec(<inlineexport>)
func (d *decoder) instance() Def {
	i := &Instance{pos: pos(d.Offset())}
	if d.OneOf(1, "kind of instance") == 1 {
		i.Exports = wasm.Vec(d.Cursor, func() InlineExport {
			name := d.externName()
			sort, index := d.sortIndex()
			return InlineExport{name, sort, index}
		})
		return i
	}
	i.Component = d.Uint32()
	i.Args = wasm.Vec(d.Cursor, func() Arg {
		name := d.Name()
		sort, index := d.sortIndex()
		return Arg{name, sort, index}
	})
	return i
}

var (
	coreSorts = map[byte]Sort{}
	wideSorts = map[byte]Sort{}
)

func init() {
	for s := Sort(0); s < NumSorts; s++ {
		if s.Core() {
			coreSorts[sortBytes[s]] = s
		} else {
			wideSorts[sortBytes[s]] = s
		}
	}
}

// coreSort ::= a byte; see sortBytes.
func (d *decoder) coreSort() Sort {
	at := d.Offset()
	b := d.Byte()
	s, ok := coreSorts[b]
	if !ok {
		malformed(at, "invalid core sort 0x%02x", b)
	}
	return s
}

// sort ::= 0x00 <core:sort> | a byte; see sortBytes.
func (d *decoder) sort() Sort {
	at := d.Offset()
	b := d.Byte()
	if b == 0 {
		return d.coreSort()
	}
	s, ok := wideSorts[b]
	if !ok {
		malformed(at, "invalid sort 0x%02x", b)
	}
	return s
}

func (d *decoder) sortIndex() (Sort, uint32) {
	s := d.sort()
	return s, d.Uint32()
}

// alias ::= <sort> 0x00 <instanceidx> <name> | <sort> 0x01 <core:instanceidx> <core:name> | <sort> 0x02 <u32> <u32>
func (d *decoder) alias() *Alias {
	a := &Alias{pos: pos(d.Offset()), Sort: d.sort()}
	a.Target = AliasTarget(d.OneOf(2, "target of an alias"))
	if a.Target == AliasOuter {
		a.Count, a.Index = d.Uint32(), d.Uint32()
	} else {
		a.Instance, a.Name = d.Uint32(), d.Name()
	}
	return a
}

// nameattributes ::= (0x00 | 0x01) <externname> | 0x02 <externname> vec(<attribute>)
func (d *decoder) externName() ExternName {
	form := d.OneOf(2, "form of a name")
	n := ExternName{Name: d.Name(), Old: form == 1}
	if form == 2 {
		n.Attributes = wasm.Vec(d.Cursor, func() Attribute {
			kind := AttributeKind(d.OneOf(2, "attribute"))
			return Attribute{kind, d.Name()}
		})
	}
	return n
}

// import ::= <nameattributes> <externtype>
func (d *decoder) importDecl() *Import {
	start := pos(d.Offset())
	name := d.externName()
	return &Import{start, name, d.externType()}
}

// export ::= <nameattributes> <sortidx> <externtype>?
func (d *decoder) export() Def {
	e := &Export{pos: pos(d.Offset()), Name: d.externName()}
	e.Sort, e.Index = d.sortIndex()
	if d.Flag("mark of an ascribed type") {
		t := d.externType()
		e.Type = &t
	}
	return e
}

// value ::= <valtype> <len> <byte>*
func (d *decoder) value() Def {
	start := pos(d.Offset())
	t := d.valType()
	return &Value{start, t, d.Bytes(d.Uint32())}
}
