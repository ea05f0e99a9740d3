package plan

import (
	"slices"

	"github.com/witgen/witgen/internal/wasm"
)

// A component's main module imports functions whose lowering needs its memory,
// which is there only when the module is instantiated. So tools put a shim before
// it, whose functions call through a table, and behind it a module that fills the
// table with the functions meant. The host's functions look the memory up when they
// are called, so here both can go: what imports from the shim gets the functions
// meant. A module that only calls a function at its start, as an _initialize, goes
// too, and the host calls the function.

// shim is a module whose functions call through the table that it exports.
type shim struct {
	slots map[string]uint32 // of the table, by exported function
	types map[string]string // of the functions in binary, likewise
	table string
	size  uint64
}

// filler is a module that defines nothing: it puts functions that it imports into
// a table that it imports, and may call one at its start.
type filler struct {
	imports []fillerImport
	table   int // in imports, -1 for none
	slots   map[uint32]int
	start   int // in imports, -1 for none
}

type fillerImport struct {
	module, name string
	typ          string // of a function, in binary
}

// eachSection calls read for the sections of a module, and reports whether it has
// only those that read knows, and custom sections.
func eachSection(module []byte, look *wasm.Look, read func(id wasm.SectionID, c *wasm.Cursor) bool) bool {
	c := wasm.NewCursor(module, 0)
	c.SetLook(look)
	for s := range c.Sections() {
		if s.ID == wasm.CustomSection {
			continue
		}
		if !read(s.ID, s.Content) || s.Content.Err() != nil || !s.Content.Done() {
			return false
		}
	}
	return c.Err() == nil
}

// funcTypes reads a type section and returns its types in binary. ok is false where
// they are not functions of plain types.
func funcTypes(c *wasm.Cursor) (types []string, ok bool) {
	ok = true
	for range c.Items() {
		from := c.Offset()
		g := c.RecGroup()
		if c.Err() != nil {
			break
		}
		t := g.Types
		ok = ok && !g.Explicit && t[0].Form == 0 && t[0].Kind == wasm.FuncForm && !slices.ContainsFunc(slices.Concat(t[0].Params, t[0].Results), unplain)
		types = append(types, string(c.Since(from)))
	}
	return types, ok
}

// unplain reports whether a value type is another than those that mean the same in
// each module.
func unplain(t wasm.ValType) bool {
	return (t.Code < wasm.CodeV128 || t.Code > wasm.CodeI32) && t != wasm.FuncRef && t.Code != wasm.CodeExternRef
}

// typeAt returns type number n, and fails where n is out of range.
func typeAt(c *wasm.Cursor, types []string, n uint32) string {
	if int64(n) >= int64(len(types)) {
		c.FailAt(c.Offset(), wasm.Malformed, "type %d is out of range", n)
		return ""
	}
	return types[n]
}

// readShim reads a shim. It returns nil where the module is not one.
func readShim(module []byte, look *wasm.Look) *shim {
	s := &shim{slots: map[string]uint32{}, types: map[string]string{}}
	var types, functions []string
	var slots []uint32
	exported := map[string]uint32{}
	tables := 0
	ok := eachSection(module, look, func(id wasm.SectionID, c *wasm.Cursor) (known bool) {
		known = true
		switch id {
		case wasm.TypeSection:
			types, known = funcTypes(c)
		case wasm.FunctionSection:
			for range c.Items() {
				functions = append(functions, typeAt(c, types, c.Uint32()))
			}
		case wasm.TableSection:
			for range c.Items() {
				tables++
				t := c.Table()
				known = known && t.Elem == wasm.FuncRef && !t.Limits.Addr64
				s.size = t.Limits.Min
			}
		case wasm.ExportSection:
			for range c.Items() {
				switch x := c.Export(); {
				case x.Kind == wasm.FuncKind && int(x.Index) < len(functions):
					exported[x.Name] = x.Index
				case x.Kind == wasm.TableKind && x.Index == 0 && s.table == "":
					s.table = x.Name
				default:
					known = false
				}
			}
		case wasm.CodeSection:
			for range c.Items() {
				body := c.Sub(c.Uint32())
				if known = known && len(slots) < len(functions); known {
					var slot uint32
					slot, known = shimBody(body, functions[len(slots)], types)
					slots = append(slots, slot)
				}
			}
		default:
			known = false
		}
		return known
	})
	if !ok || tables != 1 || s.table == "" || len(slots) != len(functions) {
		return nil
	}
	for name, index := range exported {
		s.slots[name], s.types[name] = slots[index], functions[index]
	}
	return s
}

// shimBody reads the body of a function of a type that calls entry slot of the table
// with its own parameters.
func shimBody(c *wasm.Cursor, typ string, types []string) (slot uint32, ok bool) {
	locals := c.Uint32()
	params := len(wasm.NewCursor([]byte(typ), 0).SubType().Params)
	for p := range params {
		if i := c.Instr(); i.Op != wasm.OpLocalGet || i.X != uint32(p) {
			return 0, false
		}
	}
	index, call, end := c.Instr(), c.Instr(), c.Instr()
	ok = c.Err() == nil && c.Done() && locals == 0 && index.Op == wasm.OpI32Const && end.Op == wasm.OpEnd &&
		call.Op == wasm.OpCallIndirect && call.Y == 0 && int(call.X) < len(types) && types[call.X] == typ
	return uint32(index.Value), ok
}

// readFiller reads a filler. It returns nil where the module is not one.
func readFiller(module []byte, look *wasm.Look) *filler {
	f := &filler{table: -1, start: -1, slots: map[uint32]int{}}
	var types []string
	var functions []int // in imports
	ok := eachSection(module, look, func(id wasm.SectionID, c *wasm.Cursor) (known bool) {
		known = true
		switch id {
		case wasm.TypeSection:
			types, known = funcTypes(c)
		case wasm.ImportSection:
			for range c.Items() {
				i := c.Import()
				if c.Err() != nil {
					break
				}
				made := fillerImport{module: i.Module, name: i.Name}
				switch i.Type.Kind {
				case wasm.FuncKind:
					made.typ = typeAt(c, types, i.Type.Func)
					functions = append(functions, len(f.imports))
				case wasm.TableKind:
					known = known && f.table < 0
					f.table = len(f.imports)
				case wasm.MemoryKind, wasm.GlobalKind, wasm.TagKind:
					known = false
				default:
					panic("plan: unhandled kind " + i.Type.Kind.String())
				}
				f.imports = append(f.imports, made)
			}
		case wasm.StartSection:
			index := c.Uint32()
			if known = int64(index) < int64(len(functions)); known {
				f.start = functions[index]
			}
		case wasm.ElementSection:
			for range c.Items() {
				known = f.fill(c, functions) && known
			}
		default:
			known = false
		}
		return known
	})
	if !ok {
		return nil
	}
	return f
}

// fill reads an element segment that is put into table 0.
func (f *filler) fill(c *wasm.Cursor, functions []int) bool {
	flags := c.Uint32()
	if flags == 2 { // with the index of the table, and the kind of elements
		if c.Uint32() != 0 {
			return false
		}
	} else if flags != 0 {
		return false
	}
	offset, end := c.Instr(), c.Instr()
	ok := offset.Op == wasm.OpI32Const && end.Op == wasm.OpEnd && (flags == 0 || c.Byte() == 0)
	slot := uint32(offset.Value)
	for range c.Items() {
		index := c.Uint32()
		if int64(index) >= int64(len(functions)) {
			ok = false
			continue
		}
		f.slots[slot] = functions[index]
		slot++
	}
	return ok && slot >= uint32(offset.Value)
}

// maxShimSteps bounds the search for shims that can go. Those that are not found by then
// stay: they do the same.
const maxShimSteps = 1 << 22

// dropShims finds the shims and fillers of a plan.
func (p *Plan) dropShims() {
	steps := 0
	for n := range p.Cores {
		core := &p.Cores[n]
		f := core.module.filler
		if f == nil || f.table >= 0 && !p.dropShim(n, f, &steps) || f.table < 0 && len(f.slots) > 0 {
			continue
		}
		core.Module = nil
		if f.start >= 0 {
			i := f.imports[f.start]
			core.Start = core.args[i.module].get(i.name)
		}
	}
}

// dropShim lets go of the shim whose table core instance n fills, and reports
// whether it can. Nothing may run while the table is empty, and nothing else may
// know the table.
func (p *Plan) dropShim(n int, f *filler, steps *int) bool {
	table := p.importOf(n, f, f.table)
	if table.Core < 0 || table.Core >= n {
		return false
	}
	s := p.Cores[table.Core].module.shim
	if s == nil || s.table != table.Name || uint64(len(f.slots)) > s.size {
		return false
	}
	for _, between := range p.Cores[table.Core+1 : n] {
		if between.module.start {
			return false
		}
	}
	meant := map[string]Ref{}
	for name, slot := range s.slots {
		i, ok := f.slots[slot]
		if !ok || f.imports[i].typ != s.types[name] {
			return false
		}
		meant[name] = p.importOf(n, f, i)
	}
	for slot := range f.slots {
		if uint64(slot) >= s.size {
			return false // it traps
		}
	}
	if !p.inOrder(table, n, meant, steps) {
		return false
	}
	p.Cores[table.Core].Module, p.Cores[table.Core].meant = nil, meant
	return true
}

// importOf returns what core instance n gets for an import of a filler.
func (p *Plan) importOf(n int, f *filler, i int) Ref {
	return p.Cores[n].args[f.imports[i].module].get(f.imports[i].name)
}

// inOrder reports whether no core instance but filler n imports the table, and those
// that import functions of the shim come after the instances of the functions meant:
// an adapter's functions come later than the module that imports them.
func (p *Plan) inOrder(table Ref, n int, meant map[string]Ref, steps *int) bool {
	for k := table.Core + 1; k < len(p.Cores); k++ {
		core := &p.Cores[k]
		if *steps += 1 + len(core.module.Imports); *steps > maxShimSteps {
			return false
		}
		for _, i := range core.module.Imports {
			ref := p.real(core.args[i.Module].get(i.Name)) // by way of another shim
			if k == n || ref.Core != table.Core {
				continue
			}
			if m, found := meant[ref.Name]; !found || p.real(m).Core >= k {
				return false
			}
		}
	}
	return true
}

// real returns what a shim's function stands for.
func (p *Plan) real(r Ref) Ref {
	first, through := r, 0
	for range p.Cores { // a shim may stand for one of an outer component's
		if r.Core < 0 || p.Cores[r.Core].meant == nil {
			break
		}
		r = p.Cores[r.Core].meant[r.Name]
		through++
	}
	if through > 1 { // shims that stand for shims are gone through once
		p.Cores[first.Core].meant[first.Name] = r
	}
	return r
}

// settle has all of the plan refer to what functions of shims stand for.
func (p *planner) settle() {
	settle := func(r *Ref) { *r = p.plan.real(*r) }
	for i := range p.plan.Cores {
		settle(&p.plan.Cores[i].Start)
	}
	for i := range p.plan.Options {
		settle(&p.plan.Options[i].Memory)
		settle(&p.plan.Options[i].Realloc)
	}
	for _, r := range p.plan.Resources {
		settle(&r.Dtor)
	}
	for _, f := range p.lifted {
		settle(&f.Core)
		settle(&f.Post)
	}
}
