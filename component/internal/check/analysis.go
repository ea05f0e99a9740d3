package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/internal/checked"
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
	// Asks are what the component itself imports, with all that the instances among its
	// imports have.
	Asks []Ask
}

// Ask is an import, or an export of an imported instance.
type Ask struct {
	// Path has the names, that of the import first.
	Path []string
	Sort binary.Sort
	// Func is the type of a function.
	Func *wit.Function
	// Resource reports whether it is a resource that the one who supplies it defines.
	Resource bool
}

// Scope are the index spaces of one component after its last definition.
type Scope struct {
	Types []TypeInfo
	Funcs []*wit.Function
	// CoreFuncs are the types of core functions.
	CoreFuncs []coretype.SubType
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
	// Resource is a resource, and -1 where the type is not one.
	Resource wit.TypeID
}

// ResourcePath is a resource with the names under which an instance exports it, or
// a component imports it.
type ResourcePath struct {
	Path     []string
	Resource wit.TypeID
}

// Analyze validates a component and returns what it knows of it. It ends with the context's
// error soon after the context does.
func Analyze(ctx context.Context, c *binary.Component) (a *Analysis, err error) {
	defer fault.Catch(&err)
	v := newValidator(c)
	v.look = wasm.NewLook(ctx.Err)
	v.core.Look = v.look
	v.scopes = make(map[*binary.Component]*scope)
	v.component(c, nil)
	w := &analyzer{v: v, r: &wit.Resolve{}, vals: make(map[*checked.Value]wit.TypeID), resources: make(map[*checked.Resource]wit.TypeID), funcs: make(map[*checked.Func]*wit.Function)}
	a = &Analysis{Resolve: w.r, Scopes: make(map[*binary.Component]*Scope)}
	w.all(c, a)
	w.asks(&v.scopes[c].imports.Items, nil, a)
	return a, nil
}

// asks adds the items of a list and of the instances in it.
func (w *analyzer) asks(l *checked.Items, path []string, a *Analysis) {
	for _, it := range l.List {
		w.v.work(2 + len(path))
		ask := Ask{Path: append(slices.Clone(path), it.Name.Name), Sort: it.Sort, Resource: it.Fresh}
		if f, ok := it.Type.(*checked.Func); ok && it.Sort == binary.SortFunc {
			ask.Func = w.function(f)
		}
		a.Asks = append(a.Asks, ask)
		if i, ok := it.Type.(*checked.Instance); ok && it.Sort == binary.SortInstance {
			w.asks(&i.Exports, ask.Path, a)
		}
	}
}

// analyzer turns types of the validator into types of the model.
type analyzer struct {
	v         *validator
	r         *wit.Resolve
	vals      map[*checked.Value]wit.TypeID
	resources map[*checked.Resource]wit.TypeID
	funcs     map[*checked.Func]*wit.Function
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
		case *checked.Value:
			info.Value = w.val(checked.Ref{Value: t})
		case *checked.Func:
			info.Func = w.function(t)
		case *checked.ResourceType:
			info.Resource = w.resource(t)
		case *checked.Instance, *checked.Component:
		default:
			panic(fmt.Sprintf("check: unhandled type %T", t))
		}
		out.Types = append(out.Types, info)
	}
	for _, f := range s.funcs {
		out.Funcs = append(out.Funcs, w.function(f))
	}
	for _, id := range s.coreFuncs {
		t := w.v.core.All[id]
		out.CoreFuncs = append(out.CoreFuncs, coretype.SubType{Kind: coretype.FuncForm, Params: t.Params, Results: t.Results})
	}
	for _, i := range s.instances {
		out.Instances = append(out.Instances, w.paths(&i.Exports))
	}
	out.Imports = w.paths(&s.imports.Items)
	return out
}

// paths returns the resources among imports or exports.
func (w *analyzer) paths(l *checked.Items) []ResourcePath {
	var list []ResourcePath
	l.WalkResources(nil, w.v.step, func(r *checked.ResourceType, path []string) {
		w.v.work(len(path))
		list = append(list, ResourcePath{slices.Clone(path), w.resource(r)})
	})
	return list
}

func (w *analyzer) add(k wit.Kind) wit.TypeID {
	w.r.Types = append(w.r.Types, &wit.TypeDef{Kind: k})
	return wit.TypeID(len(w.r.Types) - 1)
}

func (w *analyzer) resource(r *checked.ResourceType) wit.TypeID {
	id, ok := w.resources[r.Resource]
	if !ok {
		id = w.add(&wit.Resource{})
		w.resources[r.Resource] = id
	}
	return id
}

func (w *analyzer) function(t *checked.Func) *wit.Function {
	if f, ok := w.funcs[t]; ok {
		return f
	}
	f := &wit.Function{Async: t.Async, Resource: -1, Result: w.val(t.Result)}
	for _, p := range t.Params {
		f.Params = append(f.Params, wit.Param{Name: p.Name, Type: w.val(p.Type)})
	}
	w.funcs[t] = f
	return f
}

func (w *analyzer) val(t checked.Ref) wit.Type {
	if t = t.Plain(); t.Absent() {
		return nil
	}
	if t.Value == nil {
		return checked.WITPrims[t.Prim]
	}
	id, ok := w.vals[t.Value]
	if !ok {
		id = w.add(checked.WITKind(t.Value, func(i int) wit.Type { return w.val(t.Value.Parts[i]) }, w.resource))
		w.vals[t.Value] = id
	}
	return id
}
