package component

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
)

// typeDef resolves a type definition (Binary.md, "Type Definitions").
func (s *scope) typeDef(t binary.Type) anyType {
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

func (s *scope) resourceDef(t *binary.Resource) anyType {
	if s.kind != inComponent {
		s.v.fail("a resource is defined inside a type, and may only be in a component")
	}
	if t.Rep != wasm.I32 && t.Rep != wasm.I64 {
		s.v.fail("a resource is represented by %s, and must be by i32 or i64", t.Rep)
	}
	if t.Dtor != nil {
		f := fault.Lookup(s.coreFuncs, *t.Dtor, "core function", s.v.at)
		if f != s.v.core.function([]wasm.ValType{t.Rep}, nil) {
			s.v.fail("a destructor of a resource must be of type (%s) -> () and is %s", t.Rep, s.v.core.show(f))
		}
	}
	r := &resource{rep: t.Rep, owner: s.of}
	s.defined = append(s.defined, r)
	return &resourceType{res: r}
}

// val resolves a reference to a value type.
func (s *scope) val(t binary.ValType) val {
	if t.Prim != binary.NoPrim {
		return val{prim: t.Prim}
	}
	defined, ok := fault.Lookup(s.types, t.Index, "type", s.v.at).(*valType)
	if !ok {
		s.v.fail("type %d is not a value type", t.Index)
	}
	return val{t: defined}
}

func (s *scope) optional(t *binary.ValType) val {
	if t == nil {
		return val{}
	}
	return s.val(*t)
}

// valDef resolves the definition of a value type.
func (s *scope) valDef(def binary.Type) *valType {
	t := &valType{def: def}
	v := s.v
	part := func(p val) { t.parts = append(t.parts, p) }
	switch def := def.(type) {
	case *binary.PrimType:
		part(val{prim: def.Prim})
	case *binary.Record:
		v.checkLabels("a record", "field", labels(def))
		for _, f := range def.Fields {
			part(s.val(f.Type))
		}
	case *binary.Variant:
		v.checkLabels("a variant", "case", labels(def))
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
		t.res = s.resourceType(def.Resource)
	case *binary.Borrow:
		t.res = s.resourceType(def.Resource)
	case *binary.Stream:
		part(s.element("stream", def.Type))
		if p := t.parts[0].plain(); p.prim == binary.Char {
			v.fail("a stream of char is not allowed for now")
		}
	case *binary.Future:
		part(s.element("future", def.Type))
	default:
		panic(fmt.Sprintf("component: unhandled type %T", def))
	}
	t.measure()
	v.work(len(t.parts))
	v.checkMeasure(t.info)
	if t.info.size >= sizeLimit {
		v.fail("%s takes %d bytes of memory or more, which no type may", kindName(def), sizeLimit)
	}
	return t
}

// mapKey resolves the key of a map, which is bool, an integer, char or string.
func (s *scope) mapKey(t binary.ValType) val {
	key := s.val(t)
	switch p := key.plain(); p.prim {
	case binary.NoPrim, binary.F32, binary.F64, binary.ErrorContextVal:
		s.v.fail("%s is no key type of a map, which is bool, an integer, char or string", p.show())
	}
	return key
}

// element resolves the element of a stream or future.
func (s *scope) element(of string, t *binary.ValType) val {
	elem := s.optional(t)
	if elem.info().borrow {
		s.v.fail("a %s must not contain a borrow", of)
	}
	return elem
}

func (s *scope) resourceType(index uint32) *resourceType {
	r, ok := fault.Lookup(s.types, index, "type", s.v.at).(*resourceType)
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
		if wrong := wrongLabel(l); wrong != "" {
			v.fail("the %s %q of %s: %s", each, l, what, wrong)
		}
		key := strings.ToLower(l)
		if seen[key] {
			v.fail("%s has two %ss %q, and they must be strongly unique", what, each, l)
		}
		seen[key] = true
	}
	v.work(len(labels))
}

func (v *validator) checkMeasure(info typeInfo) {
	if info.nodes > maxTypeNodes {
		v.fail("a type is made of more than %d types", maxTypeNodes)
	}
	if info.depth > maxTypeDepth {
		v.fail("types are nested more than %d deep", maxTypeDepth)
	}
}

func (s *scope) funcDef(def *binary.Func) *funcType {
	f := &funcType{async: def.Async, result: s.optional(def.Result)}
	names := make([]string, len(def.Params))
	for i, p := range def.Params {
		names[i] = p.Name
		f.params = append(f.params, param{p.Name, s.val(p.Type)})
		f.info.add(f.params[i].typ.info())
	}
	s.v.checkUnique("a function", "parameter", names)
	if f.result.info().borrow {
		s.v.fail("the result of a function must not contain a borrow")
	}
	f.info.add(f.result.info())
	f.info.nodes++
	f.info.depth++
	s.v.checkMeasure(f.info)
	return f
}

// finish returns the type of a component or component type after its last
// definition.
func (s *scope) finish() *componentType {
	t := &componentType{imports: s.imports.items, exports: s.exports.items, importedResources: s.importedResources}
	t.info = s.v.measureItems(t.imports.list, t.exports.list)
	free := s.v.freeResources(t.imports.list)
	for _, r := range s.defined {
		if free[r] {
			s.v.fail("an import refers to a resource that the component defines itself")
		}
	}
	t.defines = s.explicit()
	return t
}

func (s *scope) finishInstance() *instanceType {
	t := &instanceType{exports: s.exports.items}
	t.info = s.v.measureItems(t.exports.list)
	t.defines = s.explicit()
	return t
}

// explicit returns the resources that the scope defines and its exports refer to,
// with the paths where they are exported.
func (s *scope) explicit() []bound {
	if len(s.defined) == 0 {
		return nil
	}
	free := s.v.freeResources(s.exports.list)
	paths := make(map[*resource][]string)
	s.exports.walkResources(nil, func(r *resourceType, path []string) {
		s.v.work(1)
		if paths[r.res] == nil {
			paths[r.res] = slices.Clone(path)
		}
	})
	var list []bound
	for _, r := range s.defined {
		if !free[r] {
			continue
		}
		if paths[r] == nil {
			s.v.fail("an export refers to a resource that is not exported itself")
		}
		list = append(list, bound{r, paths[r]})
	}
	return list
}

// measureItems returns what is known of a type made of imports and exports.
func (v *validator) measureItems(lists ...[]*item) typeInfo {
	info := typeInfo{nodes: 1}
	for _, it := range slices.Concat(lists...) {
		switch t := it.typ.(type) {
		case nil:
			if it.module != nil {
				info.nodes += uint64(len(it.module.imports) + len(it.module.names))
			} else {
				info.add(it.val.info())
			}
		case *resourceType:
			info.add(typeInfo{nodes: 1, resources: true})
		case *valType:
			info.add(t.info)
		case *funcType:
			info.add(t.info)
		case *instanceType:
			info.add(t.info)
		case *componentType:
			info.add(t.info)
		default:
			panic(fmt.Sprintf("component: unhandled type %T", t))
		}
	}
	info.depth++
	v.checkMeasure(info)
	return info
}
