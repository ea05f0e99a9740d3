package link

import "github.com/witgen/witgen/internal/leb128"

// outline is what the linker needs to know of a core module beside what wazero
// tells: what its imports and exports are that are not functions, and how much
// memory it starts with.
type outline struct {
	imports []foreign
	exports map[string]kind
	memory  bool   // it defines a memory
	table   bool   // it defines a table
	pages   uint32 // the minimum of its largest memory
}

// foreign is an import that is no function.
type foreign struct {
	module, name string
	kind         kind
}

// kind is what an import or export is, section 5.5.5 of the core specification.
type kind byte

const (
	kindFunc kind = iota
	kindTable
	kindMemory
	kindGlobal
	kindTag
)

func (k kind) String() string {
	return [...]string{"function", "table", "memory", "global", "tag"}[k]
}

// outlineOf reads a module as far as it understands it; wazero says what is wrong
// with the rest.
func outlineOf(wasm []byte) outline {
	o := outline{exports: map[string]kind{}}
	r := &moduleReader{b: wasm[8:]}
	for len(r.b) > 0 && !r.bad {
		id := r.byte()
		content := &moduleReader{b: r.bytes(r.u32())}
		switch id {
		case 2:
			content.each(func() { o.addImport(content) })
		case 4:
			content.each(func() { o.table, content.bad = true, true }) // and no more is needed of it
		case 5:
			content.each(func() { o.memory, o.pages = true, max(o.pages, content.limits()) })
		case 7:
			content.each(func() {
				name := string(content.bytes(content.u32()))
				k := kind(content.byte())
				content.u32()
				if !content.bad && k <= kindTag {
					o.exports[name] = k
				}
			})
		}
	}
	return o
}

func (o *outline) addImport(r *moduleReader) {
	module, name := string(r.bytes(r.u32())), string(r.bytes(r.u32()))
	k := r.importType()
	if !r.bad && k != kindFunc {
		o.imports = append(o.imports, foreign{module, name, k})
	}
}

// moduleReader reads parts of a module. What lies beyond its end is zero.
type moduleReader struct {
	b   []byte
	bad bool
}

func (r *moduleReader) bytes(n uint32) []byte {
	if uint64(n) > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *moduleReader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *moduleReader) u32() uint32 {
	v, n := leb128.Uint32(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// limits reads the limits of a memory or table and returns the minimum.
func (r *moduleReader) limits() uint32 {
	flags := r.byte()
	least := r.u32()
	if flags&1 != 0 {
		r.u32()
	}
	return least
}

// each reads a vector.
func (r *moduleReader) each(item func()) {
	for n := r.u32(); n > 0 && !r.bad; n-- {
		item()
	}
}
