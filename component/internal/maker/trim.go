package maker

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/internal/wasm"
)

// An adapter has a function for each thing that some module may ask for, and each
// brings imports of its own. A component holds only those exports that something needs,
// and what these need in turn.

// space is an index space of a core module. Those of imports have the number of their
// wasm.Kind.
type space uint8

const (
	funcSpace   = space(wasm.FuncKind)
	tableSpace  = space(wasm.TableKind)
	memorySpace = space(wasm.MemoryKind)
	globalSpace = space(wasm.GlobalKind)
	tagSpace    = space(wasm.TagKind)
)

const (
	typeSpace space = iota + tagSpace + 1
	elemSpace
	dataSpace
	spaces
)

// item is a definition or an import of a core module.
type item struct {
	space    space
	imported *wasm.Import
	// typ is the index of a function's or tag's type. code is the body of a function or the
	// initial value of a global or table. raw is the type of the others, and the bytes of a
	// data segment.
	typ  uint32
	code []byte
	raw  []byte
	// segment is set of element and data segments, group of types.
	segment *segment
	group   *wasm.RecGroup
	name    string // by the name section
	live    bool
	// index is that in the module that is written.
	index uint32
}

// segment is an element or data segment.
type segment struct {
	flags  uint32
	active bool
	target uint32 // the table or memory of an active segment
	offset []byte // of an active segment
	// kind is what stands before the items of an element segment, which are functions by
	// index, or expressions.
	kind      []byte
	functions []uint32
	exprs     [][]byte
}

// trimmer takes a core module apart and writes it again without what nobody needs.
type trimmer struct {
	name  string // of the module, as others name adapters
	items [spaces][]*item
	// imported are the imports of all spaces, in order.
	imported []*item
	// keepTypes is true where types are kept as they are, since more than functions refer
	// to them.
	keepTypes bool
	exports   []wasm.Export
	start     *item
	counted   bool // A section holds the number of data segments.
	// producers are the sections that tell who made the module.
	producers [][]byte
	work      []*item
}

// at returns an item by its index in the module that was read.
func (t *trimmer) at(s space, index uint32) *item {
	return core.Lookup(t.items[s], index, "item of an adapter", -1)
}

// need marks an item as needed.
func (t *trimmer) need(i *item) {
	if !i.live {
		i.live = true
		t.work = append(t.work, i)
	}
}

func (t *trimmer) add(s space, i *item) *item {
	i.space = s
	t.items[s] = append(t.items[s], i)
	return i
}

// takeApart reads a core module. Its sections were checked by core.Read.
func takeApart(module []byte) *trimmer {
	t := &trimmer{}
	var types []uint32 // of the functions that the module defines
	for s := range core.NewCursor(module, 0).Sections() {
		c := s.Content
		switch s.ID {
		case wasm.CustomSection:
			switch s.Custom() {
			case "name":
				t.names(c)
			case "producers":
				t.producers = append(t.producers, c.Rest())
			}
		case wasm.TypeSection:
			for range c.Uint32() {
				t.group(c.RecGroup())
			}
		case wasm.ImportSection:
			for range c.Uint32() {
				i := c.Import()
				t.value(i.Type.Table.Elem)
				t.value(i.Type.Global.Type)
				t.imported = append(t.imported, t.add(space(i.Type.Kind), &item{imported: &i, typ: i.Type.Func}))
			}
		case wasm.FunctionSection:
			types = c.Indices()
		case wasm.TableSection:
			for range c.Uint32() {
				t.table(c)
			}
		case wasm.MemorySection:
			for range c.Uint32() {
				t.add(memorySpace, &item{raw: raw(c, func() { c.Limits() })})
			}
		case wasm.TagSection:
			for range c.Uint32() {
				t.add(tagSpace, &item{typ: c.Tag()})
			}
		case wasm.GlobalSection:
			for range c.Uint32() {
				g := raw(c, func() { t.value(c.Global().Type) })
				t.add(globalSpace, &item{raw: g, code: raw(c, func() { c.ConstExpr(nil) })})
			}
		case wasm.ExportSection:
			t.exports = wasm.Vec(c, c.Export)
		case wasm.StartSection:
			t.start = t.at(funcSpace, c.Uint32())
		case wasm.ElementSection:
			for range c.Uint32() {
				t.add(elemSpace, &item{segment: t.elements(c)})
			}
		case wasm.DataCountSection:
			t.counted = true
		case wasm.CodeSection:
			bodies := wasm.Vec(c, func() []byte { return c.Bytes(c.Uint32()) })
			for n, b := range bodies {
				t.items[funcSpace][len(t.items[funcSpace])-len(bodies)+n].code = b
			}
		case wasm.DataSection:
			for range c.Uint32() {
				t.add(dataSpace, datum(c))
			}
		}
		if s.ID == wasm.FunctionSection { // Others name functions before their bodies come.
			for _, typ := range types {
				t.add(funcSpace, &item{typ: typ})
			}
		}
	}
	return t
}

// raw returns the bytes that read takes.
func raw(c *wasm.Cursor, read func()) []byte {
	at := c.Offset()
	read()
	return c.Since(at)
}

// group adds the types of a group. Only single function types are ever dropped.
func (t *trimmer) group(g *wasm.RecGroup) {
	if len(g.Types) != 1 || g.Types[0].Kind != wasm.FuncForm || g.Types[0].Form != 0 {
		t.keepTypes = true
	}
	for n, sub := range g.Types {
		i := t.add(typeSpace, &item{})
		if n == 0 {
			i.group = g
		}
		for _, v := range slices.Concat(sub.Params, sub.Results) {
			t.value(v)
		}
	}
}

// value looks at a value type that the module names: types are kept where it refers to
// one.
func (t *trimmer) value(v wasm.ValType) {
	if v.Code == wasm.CodeRef || v.Code == wasm.CodeRefNull {
		t.keepTypes = true
	}
}

// table reads a table, which may have an initial value.
func (t *trimmer) table(c *wasm.Cursor) {
	i := t.add(tableSpace, &item{})
	init := c.Peek() == 0x40
	if init {
		c.Bytes(2)
	}
	i.raw = raw(c, func() { t.value(c.Table().Elem) })
	if init {
		i.code = raw(c, func() { c.ConstExpr(nil) })
	}
}

// elements reads an element segment (section 5.5.12 of the core specification).
func (t *trimmer) elements(c *wasm.Cursor) *segment {
	s := &segment{flags: c.Uint32()}
	s.active = s.flags&1 == 0
	if s.active && s.flags&2 != 0 {
		s.target = c.Uint32()
	}
	if s.active {
		s.offset = raw(c, func() { c.ConstExpr(nil) })
	}
	if s.flags&3 != 0 {
		if s.flags&4 == 0 {
			s.kind = c.Bytes(1)
		} else {
			s.kind = raw(c, func() { t.value(c.ValType()) })
		}
	}
	if s.flags&4 == 0 {
		s.functions = c.Indices()
	} else {
		s.exprs = wasm.Vec(c, func() []byte { return raw(c, func() { c.ConstExpr(nil) }) })
	}
	return s
}

// datum reads a data segment.
func datum(c *wasm.Cursor) *item {
	s := &segment{flags: c.Uint32()}
	s.active = s.flags != 1
	if s.flags == 2 {
		s.target = c.Uint32()
	}
	if s.active {
		s.offset = raw(c, func() { c.ConstExpr(nil) })
	}
	return &item{segment: s, raw: c.Bytes(c.Uint32())}
}

// names gives functions and globals the names of the name section, which stands behind
// them.
func (t *trimmer) names(c *wasm.Cursor) {
	for !c.Done() {
		s, ok := map[byte]space{wasm.NamesOfFunctions: funcSpace, wasm.NamesOfGlobals: globalSpace}[c.Byte()]
		sub := c.Sub(c.Uint32())
		if !ok {
			continue
		}
		for range sub.Uint32() {
			index, name := sub.Uint32(), sub.Name()
			if uint64(index) < uint64(len(t.items[s])) {
				t.items[s][index].name = name
			}
		}
	}
}

// mark drops the exports that keep refuses, and marks all that the others need.
func (t *trimmer) mark(keep func(name string) bool) {
	for _, x := range slices.Clone(t.exports) {
		if !keep(x.Name) {
			// The last one takes the place: so it is in what others write.
			last := len(t.exports) - 1
			t.exports[slices.Index(t.exports, x)] = t.exports[last]
			t.exports = t.exports[:last]
		}
	}
	for _, x := range t.exports {
		t.need(t.at(space(x.Kind), x.Index))
	}
	if t.start != nil {
		t.need(t.start)
	}
	// Which memories and tags code uses is not looked into: all that the module defines stay.
	for _, i := range slices.Concat(t.items[memorySpace], t.items[tagSpace]) {
		t.need(i)
	}
	t.spread()
}

// spread marks what the marked items need.
func (t *trimmer) spread() {
	for len(t.work) > 0 {
		i := t.work[len(t.work)-1]
		t.work = t.work[:len(t.work)-1]
		t.rewrite(i, func(s space, index uint32) uint32 {
			t.need(t.at(s, index))
			return index
		})
		if len(t.work) > 0 {
			continue
		}
		// An active segment is needed where its table or memory is.
		for _, s := range []struct{ segments, targets space }{{elemSpace, tableSpace}, {dataSpace, memorySpace}} {
			for _, e := range t.items[s.segments] {
				if e.segment.active && t.at(s.targets, e.segment.target).live {
					t.need(e)
				}
			}
		}
	}
}

// rewrite returns an item as it stands in its section, with the indices that ref gives
// for those that were read. Of a function this is the body.
func (t *trimmer) rewrite(i *item, ref func(s space, index uint32) uint32) []byte {
	var w wasm.Writer
	switch {
	case i.space == typeSpace:
		if i.group != nil {
			w.RecGroup(i.group)
		}
	case i.imported != nil:
		imported := *i.imported
		if i.space == funcSpace || i.space == tagSpace {
			imported.Type.Func = ref(typeSpace, i.typ)
		}
		w.Import(imported)
	case i.space == funcSpace:
		ref(typeSpace, i.typ)
		c := core.NewCursor(i.code, 0)
		w.Byte(raw(c, func() { t.locals(c) })...)
		t.code(&w, c, ref)
	case i.space == tagSpace:
		w.Tag(ref(typeSpace, i.typ))
	case i.space == elemSpace:
		t.writeElements(&w, i.segment, ref)
	case i.space == dataSpace:
		w.Uint32(i.segment.flags)
		if i.segment.flags == 2 {
			w.Uint32(ref(memorySpace, i.segment.target))
		}
		t.expr(&w, i.segment.offset, ref)
		w.Bytes(i.raw)
	default: // a table, memory or global
		if i.space == tableSpace && i.code != nil {
			w.Byte(0x40, 0)
		}
		w.Byte(i.raw...)
		t.expr(&w, i.code, ref)
	}
	return w.Buf
}

func (t *trimmer) writeElements(w *wasm.Writer, s *segment, ref func(s space, index uint32) uint32) {
	w.Uint32(s.flags)
	if s.active && s.flags&2 != 0 {
		w.Uint32(ref(tableSpace, s.target))
	}
	t.expr(w, s.offset, ref)
	w.Byte(s.kind...)
	if s.flags&4 == 0 {
		wasm.WriteVec(w, s.functions, func(f uint32) { w.Uint32(ref(funcSpace, f)) })
	} else {
		wasm.WriteVec(w, s.exprs, func(e []byte) { t.expr(w, e, ref) })
	}
}

// expr rewrites an expression, which may be absent.
func (t *trimmer) expr(w *wasm.Writer, code []byte, ref func(s space, index uint32) uint32) {
	t.code(w, core.NewCursor(code, 0), ref)
}

// locals reads the locals of a function.
func (t *trimmer) locals(c *wasm.Cursor) {
	for range c.Uint32() {
		c.Uint32()
		t.value(c.ValType())
	}
}

// code rewrites instructions up to the end of what c reads.
func (t *trimmer) code(w *wasm.Writer, c *wasm.Cursor, ref func(s space, index uint32) uint32) {
	for !c.Done() {
		at := c.Offset()
		i := c.Instr()
		as := c.Since(at)
		op := func(spaces ...space) {
			var code wasm.Code
			immediates := []uint32{i.X, i.Y}[:len(spaces)]
			for n, s := range spaces {
				if s != memorySpace {
					immediates[n] = ref(s, immediates[n])
				}
			}
			code.Op(i.Op, immediates...)
			w.Byte(code...)
		}
		switch i.Op.Immediates() {
		case wasm.FuncImm:
			op(funcSpace)
		case wasm.GlobalImm:
			op(globalSpace)
		case wasm.TableImm:
			op(tableSpace)
		case wasm.TablesImm:
			op(tableSpace, tableSpace)
		case wasm.ElemImm:
			op(elemSpace)
		case wasm.ElemTableImm:
			op(elemSpace, tableSpace)
		case wasm.DataImm:
			op(dataSpace)
		case wasm.DataMemImm:
			op(dataSpace, memorySpace)
		case wasm.IndirectImm:
			op(typeSpace, tableSpace)
		case wasm.TypeDataImm:
			t.keepTypes = true
			op(typeSpace, dataSpace)
		case wasm.TypeElemImm:
			t.keepTypes = true
			op(typeSpace, elemSpace)
		case wasm.BlockImm:
			if i.Block.HasFunc {
				w.Byte(as[0])
				w.Int64(int64(ref(typeSpace, i.Block.Func)))
			} else {
				w.Byte(as...)
			}
		case wasm.TypeImm, wasm.HeapImm, wasm.SelectImm, wasm.CastImm, wasm.TryTableImm, wasm.FieldImm, wasm.TypeSizeImm, wasm.TypesImm:
			t.keepTypes = t.keepTypes || i.Op != wasm.OpRefNull || as[1] < 0x40 || as[1] >= 0x80
			w.Byte(as...)
		case wasm.Unknown, wasm.None, wasm.LabelImm, wasm.LabelsImm, wasm.LocalImm, wasm.MemArgImm, wasm.MemoryImm, wasm.I32Imm, wasm.I64Imm,
			wasm.F32Imm, wasm.F64Imm, wasm.MemMemImm, wasm.LaneImm, wasm.MemArgLaneImm, wasm.BytesImm, wasm.ZeroImm, wasm.TagImm:
			w.Byte(as...)
		default:
			panic(fmt.Sprintf("maker: unhandled immediates %d", i.Op.Immediates()))
		}
	}
}
