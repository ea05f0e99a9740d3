package plan

import (
	"crypto/sha256"
	"fmt"
	"strconv"

	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/internal/wasm"
)

// Links identifies a core module with what its imports are linked to. Core instances
// with equal Links have one module after Rewrite.
type Links struct {
	module *Module
	hash   [sha256.Size]byte
}

// Links returns the links of core instance n, which must have a module.
func (p *Plan) Links(n int) Links {
	core := &p.Cores[n]
	h := sha256.New()
	for _, i := range core.Module.Imports {
		ref := p.real(core.args[i.Module].get(i.Name))
		fmt.Fprintf(h, "%d %q\n", ref.Core, ref.Name)
	}
	return Links{core.Module, [sha256.Size]byte(h.Sum(nil))}
}

// Names returns how many bytes the names of what core instance n imports take at most
// after Rewrite. They may be much longer than those before.
func (p *Plan) Names(n int) uint64 {
	const lengths = 2 * 5
	core := &p.Cores[n]
	size := uint64(0)
	for _, i := range core.Module.Imports {
		ref := p.real(core.args[i.Module].get(i.Name))
		size += uint64(len(Key(ref.Core)) + len(ref.Name) + lengths)
	}
	return size
}

// Rewrite returns the module of core instance n with other names for its imports. An
// engine that finds an imported module by its name alone, takes no empty name, and
// knows no bags of exports from several instances, links it: each import names the
// instance that it really comes from, by Key, and what that calls it.
func (p *Plan) Rewrite(n int) ([]byte, error) {
	core := &p.Cores[n]
	m := core.Module
	if m.importsEnd == 0 {
		return m.Bytes, nil
	}
	malformed := &Error{-1, "the import section of a core module is malformed"} // validation has read it before
	section := wasm.NewCursor(m.Bytes[m.importsFrom:m.importsEnd], m.importsFrom)
	section.Byte()
	c := section.Sub(section.Uint32())
	var w wasm.Writer
	count := c.Uint32()
	w.Uint32(count)
	for ; count > 0 && c.Err() == nil; count-- {
		module, name := c.Name(), c.Name()
		at := c.Offset()
		t := c.Extern()
		if c.Err() != nil {
			break
		}
		ref := p.real(core.args[module].get(name))
		if ref.Core == Host && t.Kind != coretype.FuncKind {
			return nil, &Error{-1, fmt.Sprintf("a core module imports %q %q, a %s", module, name, t.Kind)}
		}
		w.Name(Key(ref.Core))
		w.Name(ref.Name)
		w.Byte(c.Since(at)...)
	}
	if c.Err() != nil || !c.Done() {
		return nil, malformed
	}
	const head = 1 + 5 // the id and the length of a section at most
	out := wasm.Writer{Buf: make([]byte, 0, len(m.Bytes)+len(w.Buf)-(m.importsEnd-m.importsFrom)+head)}
	out.Byte(m.Bytes[:m.importsFrom]...)
	out.Byte(byte(wasm.ImportSection))
	out.Bytes(w.Buf)
	out.Byte(m.Bytes[m.importsEnd:]...)
	return out.Buf, nil
}

// Key returns the module name under which a rewritten module imports from a core
// instance, or from the host.
func Key(core int) string {
	if core == Host {
		return "host"
	}
	return strconv.Itoa(core)
}

// CoreOf returns the core instance of a key, or Host, and false for another name.
func CoreOf(key string) (core int, ok bool) {
	if key == "host" {
		return Host, true
	}
	core, err := strconv.Atoi(key)
	return core, err == nil
}
