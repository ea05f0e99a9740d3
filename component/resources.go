package component

import "fmt"

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
