package component

import "fmt"

// measure fills in info from the parts.
func (t *valType) measure() {
	i := typeInfo{align: 1}
	for _, p := range t.parts {
		i.add(p.info())
	}
	i.nodes++
	i.depth++
	switch def := t.def.(type) {
	case *PrimType:
		i.size, i.align = t.parts[0].info().size, t.parts[0].info().align
	case *Record, *Tuple:
		i.layoutFields(t.parts)
	case *Variant:
		i.layoutCases(len(def.Cases), t.parts)
	case *Option:
		i.layoutCases(2, t.parts)
	case *Result:
		i.layoutCases(2, t.parts)
	case *Enum:
		i.size = discriminant(len(def.Labels))
		i.align = i.size
	case *Flags:
		i.size = flagBytes(len(def.Labels))
		i.align = i.size
	case *List, *Map:
		i.list = true
		i.size, i.align = 16, 8
	case *FixedList:
		elem := t.parts[0].info()
		i.align = elem.align
		i.size = min(elem.size*uint64(def.Length), sizeLimit) // both are below 2^32
	case *Own, *Borrow:
		i.resources = true
		_, i.borrow = t.def.(*Borrow)
		i.size, i.align = 4, 4
	case *Stream, *Future:
		i.list = false
		i.size, i.align = 4, 4
	default:
		panic(fmt.Sprintf("component: unhandled type %T", def))
	}
	t.info = i
}

// discriminant is the size of the discriminant of n cases.
func discriminant(n int) uint64 {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	default:
		return 4
	}
}

// flagBytes is the size of n flags.
func flagBytes(n int) uint64 {
	switch {
	case n <= 8:
		return 1
	case n <= 16:
		return 2
	default:
		return 4
	}
}

func alignTo(n, align uint64) uint64 { return (n + align - 1) / align * align }

func (i *typeInfo) layoutFields(parts []val) {
	for _, p := range parts {
		part := p.info()
		i.align = max(i.align, part.align)
		i.size = min(alignTo(i.size, part.align)+part.size, sizeLimit)
	}
	i.size = min(alignTo(i.size, i.align), sizeLimit)
}

func (i *typeInfo) layoutCases(n int, parts []val) {
	disc := discriminant(n)
	largest := uint64(0)
	i.align = disc
	payload := uint64(1)
	for _, p := range parts {
		part := p.info()
		payload = max(payload, part.align)
		largest = max(largest, part.size)
	}
	i.align = max(i.align, payload)
	i.size = min(alignTo(alignTo(disc, payload)+largest, i.align), sizeLimit)
}

// freeResource reports whether t refers to a resource that it does not introduce
// itself.
func (v *validator) freeResource(t anyType) bool {
	w := resourceWalk{v: v, seen: make(map[anyType]bool), refers: make(map[*resource]bool), binds: make(map[*resource]bool)}
	w.typ(t)
	return len(w.free()) > 0
}

// freeResources returns the resources that items refer to and do not introduce.
func (v *validator) freeResources(list []*item) map[*resource]bool {
	w := resourceWalk{v: v, seen: make(map[anyType]bool), refers: make(map[*resource]bool), binds: make(map[*resource]bool)}
	w.items(list)
	return w.free()
}

// resourceWalk collects the resources of types.
type resourceWalk struct {
	v             *validator
	seen          map[anyType]bool
	refers, binds map[*resource]bool
}

func (w *resourceWalk) free() map[*resource]bool {
	for r := range w.binds {
		delete(w.refers, r)
	}
	return w.refers
}

func (w *resourceWalk) items(list []*item) {
	for _, it := range list {
		w.v.work(1)
		w.val(it.val)
		if it.typ != nil {
			w.typ(it.typ)
		}
	}
}

func (w *resourceWalk) val(t val) {
	if t.t != nil {
		w.typ(t.t)
	}
}

func (w *resourceWalk) typ(t anyType) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	w.v.work(1)
	switch t := t.(type) {
	case *resourceType:
		w.refers[t.res] = true
	case *valType:
		if !t.info.resources {
			return
		}
		if t.res != nil {
			w.typ(t.res)
		}
		for _, p := range t.parts {
			w.val(p)
		}
	case *funcType:
		for _, p := range t.params {
			w.val(p.typ)
		}
		w.val(t.result)
	case *instanceType:
		for _, b := range t.defines {
			w.binds[b.res] = true
		}
		w.items(t.exports.list)
	case *componentType:
		for _, list := range [][]bound{t.importedResources, t.defines} {
			for _, b := range list {
				w.binds[b.res] = true
			}
		}
		w.items(t.imports.list)
		w.items(t.exports.list)
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}
