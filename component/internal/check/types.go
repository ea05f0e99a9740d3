package check

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/extname"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// typeDef resolves a type definition (Binary.md, "Type Definitions").
func (s *scope) typeDef(t binary.Type) checked.Type {
	switch t := t.(type) {
	case *binary.Func:
		return s.funcDef(t)
	case *binary.ComponentType:
		inner := s.v.newScope(inComponentType, s)
		inner.declare(t.Decls)
		return inner.finish()
	case *binary.InstanceType:
		inner := s.v.newScope(inInstanceType, s)
		inner.declare(t.Decls)
		return inner.finishInstance()
	case *binary.Resource:
		return s.resourceDef(t)
	default:
		return s.valDef(t)
	}
}

func (s *scope) declare(decls []binary.Def) {
	at := s.v.at
	for _, d := range decls {
		s.v.at = d.At()
		s.v.work(1)
		s.def(d)
	}
	s.v.at = at
}

func (s *scope) resourceDef(t *binary.Resource) checked.Type {
	if s.kind != inComponent {
		s.v.fail("a resource is defined inside a type, and may only be in a component")
	}
	if t.Rep != wasm.I32 && t.Rep != wasm.I64 {
		s.v.fail("a resource is represented by %s, and must be by i32 or i64", t.Rep)
	}
	if t.Dtor != nil {
		f := core.Lookup(s.coreFuncs, *t.Dtor, "core function", s.v.at)
		if f != s.v.core.Function([]wasm.ValType{t.Rep}, nil) {
			s.v.fail("a destructor of a resource must be of type (%s) -> () and is %s", t.Rep, s.v.core.Show(f))
		}
	}
	r := &checked.Resource{Rep: t.Rep, Owner: s.of}
	s.defined = append(s.defined, r)
	return &checked.ResourceType{Resource: r}
}

// val resolves a reference to a value type.
func (s *scope) val(t binary.ValType) checked.Ref {
	if t.Prim != binary.NoPrim {
		return checked.Ref{Prim: t.Prim}
	}
	defined, ok := core.Lookup(s.types, t.Index, "type", s.v.at).(*checked.Value)
	if !ok {
		s.v.fail("type %d is not a value type", t.Index)
	}
	return checked.Ref{Value: defined}
}

func (s *scope) optional(t *binary.ValType) checked.Ref {
	if t == nil {
		return checked.Ref{}
	}
	return s.val(*t)
}

// valDef resolves the definition of a value type.
func (s *scope) valDef(def binary.Type) *checked.Value {
	t := &checked.Value{Def: def}
	v := s.v
	part := func(p checked.Ref) { t.Parts = append(t.Parts, p) }
	switch def := def.(type) {
	case *binary.PrimType:
		part(checked.Ref{Prim: def.Prim})
	case *binary.Record:
		v.checkLabels("a record", "field", checked.Labels(def))
		for _, f := range def.Fields {
			part(s.val(f.Type))
		}
	case *binary.Variant:
		v.checkLabels("a variant", "case", checked.Labels(def))
		for _, c := range def.Cases {
			part(s.optional(c.Type))
		}
	case *binary.Tuple:
		if len(def.Types) == 0 {
			v.fail("a tuple must have at least one type")
		}
		for _, p := range def.Types {
			part(s.val(p))
		}
	case *binary.Flags:
		v.checkLabels("a flags type", "flag", def.Labels)
		if len(def.Labels) > 32 {
			v.fail("a flags type has %d flags, and may have 32", len(def.Labels))
		}
	case *binary.Enum:
		v.checkLabels("an enum", "case", def.Labels)
	case *binary.List:
		part(s.val(def.Elem))
	case *binary.FixedList:
		if def.Length == 0 {
			v.fail("a list of fixed length must not have length 0")
		}
		part(s.val(def.Elem))
	case *binary.Option:
		part(s.val(def.Type))
	case *binary.Result:
		part(s.optional(def.OK))
		part(s.optional(def.Err))
	case *binary.Map:
		part(s.mapKey(def.Key))
		part(s.val(def.Value))
	case *binary.Own:
		t.Resource = s.resourceType(def.Resource)
	case *binary.Borrow:
		t.Resource = s.resourceType(def.Resource)
	case *binary.Stream:
		part(s.element("stream", def.Type))
		if p := t.Parts[0].Plain(); p.Prim == binary.Char {
			v.fail("a stream of char is not allowed for now")
		}
	case *binary.Future:
		part(s.element("future", def.Type))
	default:
		panic(fmt.Sprintf("check: unhandled type %T", def))
	}
	t.Measure()
	v.work(len(t.Parts))
	v.checkMeasure(t.Info)
	if t.Info.Size >= checked.SizeLimit {
		v.fail("%s takes %d bytes of memory or more, which no type may", checked.KindName(def), checked.SizeLimit)
	}
	return t
}

// mapKey resolves the key of a map, which is bool, an integer, char or string.
func (s *scope) mapKey(t binary.ValType) checked.Ref {
	key := s.val(t)
	if p := key.Plain(); slices.Contains([]binary.Prim{binary.NoPrim, binary.F32, binary.F64, binary.ErrorContextVal}, p.Prim) {
		s.v.fail("%s is not a key type of a map, which is bool, an integer, char or string", p.Show())
	}
	return key
}

// element resolves the element of a stream or future.
func (s *scope) element(of string, t *binary.ValType) checked.Ref {
	elem := s.optional(t)
	if elem.Info().Borrow {
		s.v.fail("a %s must not contain a borrow", of)
	}
	return elem
}

func (s *scope) resourceType(index uint32) *checked.ResourceType {
	r, ok := core.Lookup(s.types, index, "type", s.v.at).(*checked.ResourceType)
	if !ok {
		s.v.fail("type %d is not a resource", index)
	}
	return r
}

// checkLabels checks that there are labels and that they follow the grammar and
// are strongly unique.
func (v *validator) checkLabels(what, each string, labels []string) {
	if len(labels) == 0 {
		v.fail("%s must have at least one %s", what, each)
	}
	v.checkUnique(what, each, labels)
}

func (v *validator) checkUnique(what, each string, labels []string) {
	seen := make(map[string]bool, len(labels))
	for _, l := range labels {
		if wrong := extname.WrongLabel(l); wrong != "" {
			v.fail("the %s %q of %s: %s", each, l, what, wrong)
		}
		key := wit.CanonicalName(l)
		if seen[key] {
			v.fail("%s has two %ss %q, and they must be strongly unique", what, each, l)
		}
		seen[key] = true
	}
	v.work(len(labels))
}

func (v *validator) checkMeasure(info checked.Info) {
	if info.Nodes > checked.MaxTypeNodes {
		v.fail("a type is made of more than %d types", checked.MaxTypeNodes)
	}
	if info.Depth > checked.MaxTypeDepth {
		v.fail("types are nested more than %d deep", checked.MaxTypeDepth)
	}
}

func (s *scope) funcDef(def *binary.Func) *checked.Func {
	f := &checked.Func{Async: def.Async, Result: s.optional(def.Result)}
	names := make([]string, len(def.Params))
	for i, p := range def.Params {
		names[i] = p.Name
		f.Params = append(f.Params, checked.Param{Name: p.Name, Type: s.val(p.Type)})
		f.Info.Add(f.Params[i].Type.Info())
	}
	s.v.checkUnique("a function", "parameter", names)
	if f.Result.Info().Borrow {
		s.v.fail("the result of a function must not contain a borrow")
	}
	f.Info.Add(f.Result.Info())
	f.Info.Nodes++
	f.Info.Depth++
	s.v.checkMeasure(f.Info)
	return f
}

// finish returns the type of a component or component type after its last
// definition.
func (s *scope) finish() *checked.Component {
	t := &checked.Component{Imports: s.imports.Items, Exports: s.exports.Items, ImportedResources: s.importedResources}
	t.Info = s.v.measureItems(t.Imports.List, t.Exports.List)
	free := s.v.freeResources(t.Imports.List)
	for _, r := range s.defined {
		if free[r] {
			s.v.fail("an import refers to a resource that the component defines itself")
		}
	}
	t.Defines = s.explicit()
	return t
}

func (s *scope) finishInstance() *checked.Instance {
	t := &checked.Instance{Exports: s.exports.Items}
	t.Info = s.v.measureItems(t.Exports.List)
	t.Defines = s.explicit()
	return t
}

// explicit returns the resources that the scope defines and its exports refer to,
// with the paths where they are exported.
func (s *scope) explicit() []checked.Bound {
	if len(s.defined) == 0 {
		return nil
	}
	free := s.v.freeResources(s.exports.List)
	paths := make(map[*checked.Resource][]string)
	s.exports.WalkResources(nil, s.v.step, func(r *checked.ResourceType, path []string) {
		s.v.work(len(path))
		if paths[r.Resource] == nil {
			paths[r.Resource] = slices.Clone(path)
		}
	})
	var list []checked.Bound
	for _, r := range s.defined {
		if !free[r] {
			continue
		}
		if paths[r] == nil {
			s.v.fail("an export refers to a resource that is not exported itself")
		}
		list = append(list, checked.Bound{Resource: r, Path: paths[r]})
	}
	return list
}

// measureItems returns what is known of a type made of imports and exports.
func (v *validator) measureItems(lists ...[]*checked.Item) checked.Info {
	info := checked.Info{Nodes: 1}
	for _, it := range slices.Concat(lists...) {
		switch t := it.Type.(type) {
		case nil:
			if it.Module != nil {
				info.Nodes += uint64(len(it.Module.Imports) + len(it.Module.Names))
			} else {
				info.Add(it.Ref.Info())
			}
		case *checked.ResourceType:
			info.Add(checked.Info{Nodes: 1, Resources: true})
		case *checked.Value:
			info.Add(t.Info)
		case *checked.Func:
			info.Add(t.Info)
		case *checked.Instance:
			info.Add(t.Info)
		case *checked.Component:
			info.Add(t.Info)
		default:
			panic(fmt.Sprintf("check: unhandled type %T", t))
		}
	}
	info.Depth++
	v.checkMeasure(info)
	return info
}
