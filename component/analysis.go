package component

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// Analysis is what validation knows of a component and of those nested in it, in
// terms of the wit model: what it takes to run them.
type Analysis struct {
	// Resolve holds the types. They have no names, and each resource that
	// validation tells apart from others is a type of its own.
	Resolve *wit.Resolve
	// Scopes are the components by what Decode returned.
	Scopes map[*binary.Component]*Scope
}

// Scope are the index spaces of one component after its last definition.
type Scope struct {
	Types     []TypeInfo
	Funcs     []*wit.Function
	CoreFuncs []CoreFunc
	// Instances are the resources of each instance: those that its exports, and
	// the instances among them, give a name.
	Instances [][]ResourcePath
	// Imports are the resources among the component's imports.
	Imports []ResourcePath
}

// TypeInfo is an entry of the index space of types. Of its fields one is set; none
// is where the type is that of an instance or component.
type TypeInfo struct {
	Value wit.Type
	Func  *wit.Function
	// Resource is a resource, and -1 where the type is none.
	Resource wit.TypeID
}

// CoreFunc is the type of a core function.
type CoreFunc struct{ Params, Results []wasm.ValType }

// ResourcePath is a resource with the names under which an instance exports it, or
// a component imports it.
type ResourcePath struct {
	Path     []string
	Resource wit.TypeID
}

// Analyze validates a component and returns what it knows of it.
func Analyze(c *binary.Component) (a *Analysis, err error) {
	defer fault.Catch(&err)
	v := newValidator(c)
	v.scopes = make(map[*binary.Component]*scope)
	v.component(c, nil)
	w := &analyzer{v: v, r: &wit.Resolve{}, vals: make(map[*valType]wit.TypeID), resources: make(map[*resource]wit.TypeID), funcs: make(map[*funcType]*wit.Function)}
	a = &Analysis{Resolve: w.r, Scopes: make(map[*binary.Component]*Scope)}
	w.all(c, a)
	return a, nil
}

// analyzer turns types of the validator into types of the model.
type analyzer struct {
	v         *validator
	r         *wit.Resolve
	vals      map[*valType]wit.TypeID
	resources map[*resource]wit.TypeID
	funcs     map[*funcType]*wit.Function
}

// all adds the scope of a component and of those nested in it.
func (w *analyzer) all(c *binary.Component, a *Analysis) {
	a.Scopes[c] = w.scope(w.v.scopes[c])
	for d := range c.Defs() {
		if inner, ok := d.(*binary.Component); ok {
			w.all(inner, a)
		}
	}
}

func (w *analyzer) scope(s *scope) *Scope {
	out := &Scope{}
	for _, t := range s.types {
		info := TypeInfo{Resource: -1}
		switch t := t.(type) {
		case *valType:
			info.Value = w.val(val{t: t})
		case *funcType:
			info.Func = w.function(t)
		case *resourceType:
			info.Resource = w.resource(t)
		case *instanceType, *componentType:
		default:
			panic(fmt.Sprintf("component: unhandled type %T", t))
		}
		out.Types = append(out.Types, info)
	}
	for _, f := range s.funcs {
		out.Funcs = append(out.Funcs, w.function(f))
	}
	for _, id := range s.coreFuncs {
		t := w.v.core.types[id]
		out.CoreFuncs = append(out.CoreFuncs, CoreFunc{t.Params, t.Results})
	}
	for _, i := range s.instances {
		out.Instances = append(out.Instances, w.paths(&i.exports))
	}
	out.Imports = w.paths(&s.imports.items)
	return out
}

// paths returns the resources among imports or exports.
func (w *analyzer) paths(l *items) []ResourcePath {
	var list []ResourcePath
	l.walkResources(nil, func(r *resourceType, path []string) {
		w.v.work(1)
		list = append(list, ResourcePath{slices.Clone(path), w.resource(r)})
	})
	return list
}

func (w *analyzer) add(k wit.Kind) wit.TypeID {
	w.r.Types = append(w.r.Types, &wit.TypeDef{Kind: k})
	return wit.TypeID(len(w.r.Types) - 1)
}

func (w *analyzer) resource(r *resourceType) wit.TypeID {
	id, ok := w.resources[r.res]
	if !ok {
		id = w.add(&wit.Resource{})
		w.resources[r.res] = id
	}
	return id
}

func (w *analyzer) function(t *funcType) *wit.Function {
	if f, ok := w.funcs[t]; ok {
		return f
	}
	f := &wit.Function{Async: t.async, Resource: -1, Result: w.val(t.result)}
	for _, p := range t.params {
		f.Params = append(f.Params, wit.Param{Name: p.name, Type: w.val(p.typ)})
	}
	w.funcs[t] = f
	return f
}

func (w *analyzer) val(t val) wit.Type {
	if t = t.plain(); t.absent() {
		return nil
	}
	if t.t == nil {
		return witPrims[t.prim]
	}
	id, ok := w.vals[t.t]
	if !ok {
		id = w.add(witKind(t.t, func(i int) wit.Type { return w.val(t.t.parts[i]) }, w.resource))
		w.vals[t.t] = id
	}
	return id
}
