package check

import (
	"fmt"

	"github.com/witgen/witgen/component/internal/checked"
)

// freeResource reports whether t refers to a resource that it does not introduce
// itself.
func (v *validator) freeResource(t checked.Type) bool {
	w := resourceWalk{v: v, seen: make(map[checked.Type]bool), refers: make(map[*checked.Resource]bool), binds: make(map[*checked.Resource]bool)}
	w.typ(t)
	return len(w.free()) > 0
}

// freeResources returns the resources that items refer to and do not introduce.
func (v *validator) freeResources(list []*checked.Item) map[*checked.Resource]bool {
	w := resourceWalk{v: v, seen: make(map[checked.Type]bool), refers: make(map[*checked.Resource]bool), binds: make(map[*checked.Resource]bool)}
	w.items(list)
	return w.free()
}

// resourceWalk collects the resources of types.
type resourceWalk struct {
	v             *validator
	seen          map[checked.Type]bool
	refers, binds map[*checked.Resource]bool
}

func (w *resourceWalk) free() map[*checked.Resource]bool {
	for r := range w.binds {
		delete(w.refers, r)
	}
	return w.refers
}

func (w *resourceWalk) items(list []*checked.Item) {
	for _, it := range list {
		w.v.work(1)
		w.val(it.Ref)
		if it.Type != nil {
			w.typ(it.Type)
		}
	}
}

func (w *resourceWalk) val(t checked.Ref) {
	if t.Value != nil {
		w.typ(t.Value)
	}
}

func (w *resourceWalk) typ(t checked.Type) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	w.v.work(1)
	switch t := t.(type) {
	case *checked.ResourceType:
		w.refers[t.Resource] = true
	case *checked.Value:
		if !t.Info.Resources {
			return
		}
		if t.Resource != nil {
			w.typ(t.Resource)
		}
		for _, p := range t.Parts {
			w.val(p)
		}
	case *checked.Func:
		for _, p := range t.Params {
			w.val(p.Type)
		}
		w.val(t.Result)
	case *checked.Instance:
		for _, b := range t.Defines {
			w.binds[b.Resource] = true
		}
		w.items(t.Exports.List)
	case *checked.Component:
		for _, list := range [][]checked.Bound{t.ImportedResources, t.Defines} {
			for _, b := range list {
				w.binds[b.Resource] = true
			}
		}
		w.items(t.Imports.List)
		w.items(t.Exports.List)
	default:
		panic(fmt.Sprintf("check: unhandled type %T", t))
	}
}
