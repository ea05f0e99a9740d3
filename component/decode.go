package component

// maxNesting is how deep components and types may be nested in each other. It
// keeps readers from running out of stack.
const maxNesting = 100

var (
	magic    = [4]byte{0, 'a', 's', 'm'}
	preamble = [8]byte{0, 'a', 's', 'm', 0x0d, 0, 1, 0}
	coreHead = [8]byte{0, 'a', 's', 'm', 1, 0, 0, 0}
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
func FormOf(wasm []byte) Form {
	switch {
	case len(wasm) < 8 || [4]byte(wasm) != magic:
		return NotWasm
	case [8]byte(wasm) == preamble:
		return ComponentForm
	case [8]byte(wasm) == coreHead:
		return CoreForm
	default:
		return OtherWasm
	}
}

// Decode reads a component (Binary.md, "Component Definitions"). It checks the
// format and not the rules of validation; see Validate. Core modules are byte
// ranges that nobody looks into. The component shares the memory of wasm.
//
// An error is an *Error. Time and memory are proportional to the length of wasm.
func Decode(wasm []byte) (*Component, error) { return decodeAt(wasm, 0) }

// decodeAt reads a component that stands at an offset of its file.
func decodeAt(wasm []byte, offset int) (c *Component, err error) {
	defer catch(&err)
	d := decoder{reader: &reader{data: wasm, base: offset}}
	return d.component(0), nil
}

// decoder reads one component or a section of it.
type decoder struct {
	*reader
	depth int // of types inside each other
}

// component ::= <preamble> <section>*
func (d *decoder) component(depth int) *Component {
	if depth > maxNesting {
		d.fail("components are nested more than %d deep", maxNesting)
	}
	c := &Component{Offset: d.offset(), Size: len(d.data)}
	switch FormOf(d.data) {
	case ComponentForm:
	case NotWasm:
		d.fail("the preamble is not that of WebAssembly, 00 61 73 6d")
	case CoreForm:
		d.fail("this is a core module, not a component")
	default:
		d.fail("the version is % x, and components of version 0d 00 01 00 are supported", d.data[4:8])
	}
	d.at = len(preamble)
	for !d.done() {
		start := d.offset()
		id := SectionID(d.byte())
		if id > ValueSection {
			failAt(start, "%d is no section of a component", id)
		}
		s := decoder{reader: d.sub(d.u32())}
		section := Section{ID: id, Offset: s.offset()}
		section.Defs = s.section(id, depth)
		s.end("the " + id.String() + " section")
		c.Sections = append(c.Sections, section)
	}
	return c
}

func (d *decoder) section(id SectionID, depth int) []Def {
	switch id {
	case CustomSection:
		start := pos(d.offset())
		name := d.name()
		return []Def{&Custom{start, name, d.rest()}}
	case CoreModuleSection:
		start := d.offset()
		if FormOf(d.data) != CoreForm {
			failAt(start, "a core module section must hold a core module of version 1")
		}
		return []Def{&CoreModule{pos(start), d.rest()}}
	case ComponentSection:
		c := d.component(depth + 1)
		return []Def{c}
	case StartSection:
		return []Def{&Start{pos(d.offset()), d.u32(), d.indices(), d.u32()}}
	}
	return vec(d.reader, sectionReaders[id].bind(d))
}

// rest returns what is left.
func (d *decoder) rest() []byte { return d.bytes(uint32(len(d.data) - d.at)) }

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
	i := &CoreInstance{pos: pos(d.offset())}
	if d.oneOf(1, "kind of core instance") == 1 {
		i.Exports = vec(d.reader, func() CoreExport {
			name := d.name()
			sort := d.coreSort()
			return CoreExport{name, sort, d.u32()}
		})
		return i
	}
	i.Module = d.u32()
	i.Args = vec(d.reader, func() CoreArg {
		name := d.name()
		d.expect(0x12, "the sort instance")
		return CoreArg{name, d.u32()}
	})
	return i
}

// instance ::= 0x00 <componentidx> vec(<instantiatearg>) | 0x01 vec(<inlineexport>)
func (d *decoder) instance() Def {
	i := &Instance{pos: pos(d.offset())}
	if d.oneOf(1, "kind of instance") == 1 {
		i.Exports = vec(d.reader, func() InlineExport {
			name := d.externName()
			sort, index := d.sortIndex()
			return InlineExport{name, sort, index}
		})
		return i
	}
	i.Component = d.u32()
	i.Args = vec(d.reader, func() Arg {
		name := d.name()
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
	for s := Sort(0); s < sorts; s++ {
		if s.Core() {
			coreSorts[sortBytes[s]] = s
		} else {
			wideSorts[sortBytes[s]] = s
		}
	}
}

// coreSort ::= a byte; see sortBytes.
func (d *decoder) coreSort() Sort {
	b := d.byte()
	s, ok := coreSorts[b]
	if !ok {
		d.at--
		d.fail("0x%02x is no core sort", b)
	}
	return s
}

// sort ::= 0x00 <core:sort> | a byte; see sortBytes.
func (d *decoder) sort() Sort {
	b := d.byte()
	if b == 0 {
		return d.coreSort()
	}
	s, ok := wideSorts[b]
	if !ok {
		d.at--
		d.fail("0x%02x is no sort", b)
	}
	return s
}

func (d *decoder) sortIndex() (Sort, uint32) {
	s := d.sort()
	return s, d.u32()
}

// alias ::= <sort> 0x00 <instanceidx> <name> | <sort> 0x01 <core:instanceidx> <core:name> | <sort> 0x02 <u32> <u32>
func (d *decoder) alias() *Alias {
	a := &Alias{pos: pos(d.offset()), Sort: d.sort()}
	a.Target = AliasTarget(d.oneOf(2, "target of an alias"))
	if a.Target == AliasOuter {
		a.Count, a.Index = d.u32(), d.u32()
	} else {
		a.Instance, a.Name = d.u32(), d.name()
	}
	return a
}

// nameattributes ::= (0x00 | 0x01) <externname> | 0x02 <externname> vec(<attribute>)
func (d *decoder) externName() ExternName {
	form := d.oneOf(2, "form of a name")
	n := ExternName{Name: d.name(), Old: form == 1}
	if form == 2 {
		n.Attributes = vec(d.reader, func() Attribute {
			kind := AttributeKind(d.oneOf(2, "attribute"))
			return Attribute{kind, d.name()}
		})
	}
	return n
}

// import ::= <nameattributes> <externtype>
func (d *decoder) importDecl() *Import {
	start := pos(d.offset())
	name := d.externName()
	return &Import{start, name, d.externType()}
}

// export ::= <nameattributes> <sortidx> <externtype>?
func (d *decoder) export() Def {
	e := &Export{pos: pos(d.offset()), Name: d.externName()}
	e.Sort, e.Index = d.sortIndex()
	if d.flag("the mark of an ascribed type") {
		t := d.externType()
		e.Type = &t
	}
	return e
}

// value ::= <valtype> <len> <byte>*
func (d *decoder) value() Def {
	start := pos(d.offset())
	t := d.valType()
	return &Value{start, t, d.bytes(d.u32())}
}
