package link

import (
	"errors"
	"strconv"

	"github.com/witgen/witgen/internal/leb128"
)

// errImports: validation has read the same section before.
var errImports = errors.New("the import section of a core module is malformed")

// importSection is the id of a core module's section of imports.
const importSection = 2

// rewriteImports gives the imports of a core module other names. wazero finds an
// imported module by its name alone, takes no empty name, and knows no bags of
// exports from several instances: so an import names the instance that it really
// comes from and what that calls it.
func rewriteImports(wasm []byte, resolve func(module, name string, k kind) (string, string, error)) ([]byte, error) {
	r := &moduleReader{b: wasm[8:]}
	for len(r.b) > 0 {
		start := len(wasm) - len(r.b)
		id := r.byte()
		content := r.bytes(r.u32())
		if r.bad {
			return nil, errImports
		}
		if id != importSection {
			continue
		}
		made, err := rewriteSection(content, resolve)
		if err != nil {
			return nil, err
		}
		out := make([]byte, 0, len(wasm)+len(made)-len(content)+leb128.MaxLen32)
		out = append(out, wasm[:start]...)
		out = append(out, importSection)
		out = leb128.AppendUint32(out, uint32(len(made)))
		out = append(out, made...)
		return append(out, r.b...), nil
	}
	return wasm, nil
}

func rewriteSection(content []byte, resolve func(module, name string, k kind) (string, string, error)) ([]byte, error) {
	r := &moduleReader{b: content}
	n := r.u32()
	out := leb128.AppendUint32(nil, n)
	for ; n > 0 && !r.bad; n-- {
		module, name := string(r.bytes(r.u32())), string(r.bytes(r.u32()))
		before := r.b
		k := r.importType()
		if r.bad {
			break
		}
		module, name, err := resolve(module, name, k)
		if err != nil {
			return nil, err
		}
		for _, s := range []string{module, name} {
			out = leb128.AppendUint32(out, uint32(len(s)))
			out = append(out, s...)
		}
		out = append(out, before[:len(before)-len(r.b)]...)
	}
	if r.bad || len(r.b) > 0 {
		return nil, errImports
	}
	return out, nil
}

// importType reads over the type of an import (section 5.5.5 of the core
// specification).
func (r *moduleReader) importType() kind {
	k := kind(r.byte())
	switch k {
	case kindFunc:
		r.u32()
	case kindTable:
		r.valueType()
		r.skipLimits()
	case kindMemory:
		r.skipLimits()
	case kindGlobal:
		r.valueType()
		r.byte()
	case kindTag:
		r.byte()
		r.u32()
	default:
		r.bad = true
	}
	return k
}

// skipLimits reads over limits of any kind: with or without a maximum, of 32 or 64
// bits, with the size of a page.
func (r *moduleReader) skipLimits() {
	const maximum, pageSize = 1, 8
	flags := r.byte()
	for _, there := range []bool{true, flags&maximum != 0, flags&pageSize != 0} {
		if !there {
			continue
		}
		_, n := leb128.Uint64(r.b)
		if n <= 0 {
			r.bad, r.b = true, nil
			return
		}
		r.b = r.b[n:]
	}
}

// valueType reads over a value type: a byte, and of typed references what they
// refer to.
func (r *moduleReader) valueType() {
	const ref, refNull = 0x64, 0x63
	switch r.byte() {
	case ref, refNull:
		_, n := leb128.Int33(r.b)
		if n <= 0 {
			r.bad, r.b = true, nil
			return
		}
		r.b = r.b[n:]
	}
}

// moduleKey is the module name under which a rewritten module imports from a core
// instance, or from the host.
func moduleKey(core int) string {
	if core == theHost {
		return "host"
	}
	return strconv.Itoa(core)
}

// keyModule is the other way round.
func keyModule(key string) int {
	if key == "host" {
		return theHost
	}
	n, err := strconv.Atoi(key)
	if err != nil {
		return noModule
	}
	return n
}
