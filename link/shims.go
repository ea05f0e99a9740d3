package link

import (
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/leb128"
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
	types map[string]string // of the functions, likewise
	table string
	size  uint32
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
	typ          string // of a function
}

// The sections of core modules and the instructions of shims.
const (
	typeSection, funcSection, tableSection, exportSection, startSection, elementSection, codeSection = 1, 3, 4, 7, 8, 9, 10

	opEnd, opCallIndirect, opLocalGet, opI32Const = 0x0b, 0x11, 0x20, 0x41
)

// eachSection calls read for the sections of a module, and reports whether it has
// only those that read knows, and custom sections.
func eachSection(wasm []byte, read func(id byte, r *moduleReader) bool) bool {
	r := &moduleReader{b: wasm[8:]}
	for len(r.b) > 0 {
		id := r.byte()
		content := &moduleReader{b: r.bytes(r.u32())}
		if r.bad || id != 0 && (!read(id, content) || content.bad || len(content.b) > 0) {
			return false
		}
	}
	return !r.bad
}

// funcTypes reads a type section of plain function types.
func (r *moduleReader) funcTypes() (types []string, ok bool) {
	ok = true
	r.each(func() {
		before := r.b
		if r.byte() != 0x60 {
			ok, r.bad = false, true
			return
		}
		for range 2 {
			for _, t := range r.bytes(r.u32()) {
				ok = ok && (t >= 0x7b && t <= 0x7f || t == 0x70 || t == 0x6f)
			}
		}
		types = append(types, string(before[:len(before)-len(r.b)]))
	})
	return types, ok
}

// readShim reads a shim. ok is false where the module is none.
func readShim(wasm []byte) (s shim, ok bool) {
	var types, functions []string
	slots := []uint32{}
	names := map[string]uint32{}
	tables := 0
	ok = eachSection(wasm, func(id byte, r *moduleReader) (known bool) {
		known = true
		switch id {
		case typeSection:
			types, known = r.funcTypes()
		case funcSection:
			r.each(func() {
				if t := r.u32(); uint64(t) < uint64(len(types)) {
					functions = append(functions, types[t])
				} else {
					r.bad = true
				}
			})
		case tableSection:
			r.each(func() {
				tables++
				known = known && r.byte() == 0x70
				s.size = r.limits()
			})
		case exportSection:
			r.each(func() {
				name, k, index := string(r.bytes(r.u32())), kind(r.byte()), r.u32()
				switch {
				case k == kindFunc && uint64(index) < uint64(len(functions)):
					names[name] = index
				case k == kindTable && index == 0 && s.table == "":
					s.table = name
				default:
					known = false
				}
			})
		case codeSection:
			r.each(func() {
				n := len(slots)
				if n >= len(functions) {
					known = false
				}
				body := &moduleReader{b: r.bytes(r.u32())}
				if known {
					var slot uint32
					slot, known = body.shimBody(functions[n], types)
					slots = append(slots, slot)
				}
			})
		default:
			known = false
		}
		return known
	})
	if !ok || tables != 1 || s.table == "" || len(slots) != len(functions) {
		return shim{}, false
	}
	s.slots, s.types = map[string]uint32{}, map[string]string{}
	for name, index := range names {
		s.slots[name], s.types[name] = slots[index], functions[index]
	}
	return s, true
}

// shimBody reads the body of a function that calls entry slot of the table with
// its own parameters.
func (r *moduleReader) shimBody(typ string, types []string) (slot uint32, ok bool) {
	locals := r.u32()
	params := (&moduleReader{b: []byte(typ[1:])}).u32()
	for p := range params {
		if r.byte() != opLocalGet || r.u32() != p {
			return 0, false
		}
	}
	slot, ok = r.constant()
	if !ok || r.byte() != opCallIndirect {
		return 0, false
	}
	t, table := r.u32(), r.u32()
	ok = locals == 0 && uint64(t) < uint64(len(types)) && types[t] == typ && table == 0
	return slot, ok && r.byte() == opEnd && len(r.b) == 0 && !r.bad
}

// constant reads i32.const.
func (r *moduleReader) constant() (uint32, bool) {
	if r.byte() != opI32Const {
		return 0, false
	}
	v, n := leb128.Int32(r.b)
	if n <= 0 {
		r.bad = true
		return 0, false
	}
	r.b = r.b[n:]
	return uint32(v), true
}

// readFiller reads a filler. ok is false where the module is none.
func readFiller(wasm []byte) (f filler, ok bool) {
	f.table, f.start, f.slots = -1, -1, map[uint32]int{}
	var types []string
	var functions []int // in imports
	ok = eachSection(wasm, func(id byte, r *moduleReader) (known bool) {
		known = true
		switch id {
		case typeSection:
			types, known = r.funcTypes()
		case importSection:
			r.each(func() {
				i := fillerImport{module: string(r.bytes(r.u32())), name: string(r.bytes(r.u32()))}
				before := r.b
				switch r.importType() {
				case kindFunc:
					t, n := leb128.Uint32(before[1:])
					if n <= 0 || uint64(t) >= uint64(len(types)) {
						known = false
						return
					}
					i.typ = types[t]
					functions = append(functions, len(f.imports))
				case kindTable:
					known = known && f.table < 0
					f.table = len(f.imports)
				default:
					known = false
				}
				f.imports = append(f.imports, i)
			})
		case startSection:
			index := r.u32()
			if known = uint64(index) < uint64(len(functions)); known {
				f.start = functions[index]
			}
		case elementSection:
			r.each(func() { known = r.fill(&f, functions) && known })
		default:
			known = false
		}
		return known
	})
	return f, ok
}

// fill reads an element segment that is put into table 0.
func (r *moduleReader) fill(f *filler, functions []int) bool {
	flags := r.u32()
	if flags == 2 { // with the index of the table, and the kind of elements
		if r.u32() != 0 {
			return false
		}
	} else if flags != 0 {
		return false
	}
	offset, ok := r.constant()
	ok = ok && r.byte() == opEnd && (flags == 0 || r.byte() == 0)
	slot := offset
	r.each(func() {
		index := r.u32()
		if uint64(index) >= uint64(len(functions)) {
			ok = false
			return
		}
		f.slots[slot] = functions[index]
		slot++
	})
	return ok && slot >= offset
}

// hasStart reports whether a module has a start function.
func hasStart(wasm []byte) bool {
	found := false
	eachSection(wasm, func(id byte, r *moduleReader) bool {
		found = found || id == startSection
		r.b = nil
		return true
	})
	return found
}

// dropShims finds the shims and fillers of a plan.
func (p *plan) dropShims() {
	starts := make([]bool, len(p.cores))
	for n := range p.cores {
		starts[n] = hasStart(p.cores[n].module.Bytes)
	}
	for n := range p.cores {
		f, ok := readFiller(p.cores[n].module.Bytes)
		if !ok || f.table >= 0 && !p.dropShim(n, &f, starts) || f.table < 0 && len(f.slots) > 0 {
			continue
		}
		core := &p.cores[n]
		core.dropped = true
		if f.start >= 0 {
			i := f.imports[f.start]
			core.start = core.args[i.module].get(i.name)
		}
	}
}

// dropShim lets go of the shim whose table core instance n fills, and reports
// whether it can. Nothing may run while the table is empty, and nothing else may
// know the table.
func (p *plan) dropShim(n int, f *filler, starts []bool) bool {
	table := p.importOf(n, f, f.table)
	if table.core < 0 || table.core >= n {
		return false
	}
	s, ok := readShim(p.cores[table.core].module.Bytes)
	if !ok || s.table != table.name {
		return false
	}
	for between := table.core + 1; between < n; between++ {
		if starts[between] {
			return false
		}
	}
	if uint64(len(f.slots)) > uint64(s.size) {
		return false
	}
	meant := map[string]coreRef{}
	for name, slot := range s.slots {
		i, ok := f.slots[slot]
		if !ok || f.imports[i].typ != s.types[name] {
			return false
		}
		meant[name] = p.importOf(n, f, i)
	}
	for slot := range f.slots {
		if slot >= s.size {
			return false // it traps
		}
	}
	if !p.inOrder(table, n, meant) {
		return false
	}
	p.cores[table.core].dropped, p.cores[table.core].meant = true, meant
	return true
}

// importOf returns what core instance n gets for an import of a filler.
func (p *plan) importOf(n int, f *filler, i int) coreRef {
	return p.cores[n].args[f.imports[i].module].get(f.imports[i].name)
}

// inOrder reports whether no core instance but filler n imports the table, and those
// that import functions of the shim come after the instances of the functions meant:
// an adapter's functions come later than the module that imports them.
func (p *plan) inOrder(table coreRef, n int, meant map[string]coreRef) bool {
	for k := table.core + 1; k < len(p.cores); k++ {
		core := &p.cores[k]
		ok := true
		eachImport(core.module.Bytes, func(module, name string, _ kind) {
			ref := p.real(core.args[module].get(name)) // by way of another shim
			if k == n || ref.core != table.core {
				return
			}
			m, found := meant[ref.name]
			ok = ok && found && p.real(m).core < k
		})
		if !ok {
			return false
		}
	}
	return true
}

// eachImport calls visit for the imports of a module.
func eachImport(wasm []byte, visit func(module, name string, k kind)) {
	eachSection(wasm, func(id byte, r *moduleReader) bool {
		if id != importSection {
			r.b = nil
			return true
		}
		r.each(func() {
			module, name := string(r.bytes(r.u32())), string(r.bytes(r.u32()))
			if k := r.importType(); !r.bad {
				visit(module, name, k)
			}
		})
		return true
	})
}

// real returns what a shim's function stands for.
func (p *plan) real(r coreRef) coreRef {
	for range p.cores { // a shim may stand for one of an outer component's
		if r.core < 0 || p.cores[r.core].meant == nil {
			break
		}
		r = p.cores[r.core].meant[r.name]
	}
	return r
}

// item returns what the runtime calls an item of the plan, nil for none.
func (p *plan) item(r coreRef) *bind.CoreItem { return coreItem(p.real(r)) }
