package component

import (
	"fmt"
	"maps"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/wit"
)

// typeScope is a place where types of a model are encoded: the inside of a
// component type, of an instance type or of a component.
type typeScope struct {
	r *wit.Resolve
	// emit appends a definition that defines a type and returns its index.
	emit func(binary.Def) uint32
	// iface is the interface whose types are defined here. Types of other
	// interfaces are brought in by foreign; where that is nil, they are defined
	// here too.
	iface   wit.InterfaceID
	foreign func(owner wit.InterfaceID, id wit.TypeID) uint32
	// name makes a named type known under its name, as an import or export, and
	// returns the index that this defines; a nil index says that it is a
	// resource.
	name func(id wit.TypeID, name binary.ExternName, index *uint32) uint32

	ids   map[wit.TypeID]uint32
	kinds map[string]uint32 // anonymous types
	funcs map[string]uint32
}

// noInterface is the iface of a scope of a world's own types.
const noInterface wit.InterfaceID = -1

func newTypeScope(r *wit.Resolve, iface wit.InterfaceID, emit func(binary.Def) uint32) *typeScope {
	return &typeScope{r: r, emit: emit, iface: iface, ids: make(map[wit.TypeID]uint32), kinds: make(map[string]uint32), funcs: make(map[string]uint32)}
}

// saved is what a typeScope has encoded at some time.
type saved struct {
	ids          map[wit.TypeID]uint32
	kinds, funcs map[string]uint32
}

// save remembers what has been encoded.
func (s *typeScope) save() saved {
	return saved{maps.Clone(s.ids), maps.Clone(s.kinds), maps.Clone(s.funcs)}
}

// restore forgets what was encoded after save.
func (s *typeScope) restore(to saved) { s.ids, s.kinds, s.funcs = to.ids, to.kinds, to.funcs }

// define emits a type and returns its index.
func (s *typeScope) define(t binary.Type) uint32 { return s.emit(&binary.TypeDef{Type: t}) }

// externNameOf returns a name with the external id of the item.
func externNameOf(name, externalID string) binary.ExternName {
	n := binary.Named(name)
	if externalID != "" {
		n.Attributes = []binary.Attribute{{Kind: binary.ExternalID, Value: externalID}}
	}
	return n
}

var primsOf = func() map[wit.Prim]binary.Prim {
	m := make(map[wit.Prim]binary.Prim)
	for p, w := range checked.WITPrims {
		m[w] = p
	}
	return m
}()

// val encodes a type, with all that it needs, and returns the reference to it.
func (s *typeScope) val(t wit.Type) binary.ValType {
	switch t := t.(type) {
	case wit.Prim:
		return binary.ValType{Prim: primsOf[t]}
	case wit.TypeID:
		return s.typ(t)
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}

func (s *typeScope) optional(t wit.Type) *binary.ValType {
	if t == nil {
		return nil
	}
	v := s.val(t)
	return &v
}

// index is val of a type that has an index.
func (s *typeScope) index(id wit.TypeID) uint32 { return s.typ(id).Index }

func (s *typeScope) typ(id wit.TypeID) binary.ValType {
	if index, ok := s.ids[id]; ok {
		return binary.ValType{Index: index}
	}
	def := s.r.Types[id]
	key := ""
	if def.Name == "" {
		key = fmt.Sprintf("%T %v", def.Kind, def.Kind)
		if index, ok := s.kinds[key]; ok {
			return binary.ValType{Index: index}
		}
	}
	if owner, ok := def.Owner.(wit.InterfaceID); ok && owner != s.iface && s.foreign != nil {
		s.ids[id] = s.foreign(owner, id)
		return binary.ValType{Index: s.ids[id]}
	}
	if _, ok := def.Kind.(*wit.Resource); ok {
		s.ids[id] = s.name(id, externNameOf(def.Name, def.ExternalID), nil)
		return binary.ValType{Index: s.ids[id]}
	}
	v := s.kind(def.Kind)
	if def.Name != "" {
		if v.Prim != binary.NoPrim {
			v = binary.ValType{Index: s.define(&binary.PrimType{Prim: v.Prim})}
		}
		v.Index = s.name(id, externNameOf(def.Name, def.ExternalID), &v.Index)
	}
	if v.Prim == binary.NoPrim {
		s.ids[id] = v.Index
		if key != "" {
			s.kinds[key] = v.Index
		}
	}
	return v
}

// kind encodes the structure of a type.
func (s *typeScope) kind(k wit.Kind) binary.ValType {
	if alias, ok := k.(*wit.Alias); ok {
		return s.val(alias.Type)
	}
	return binary.ValType{Index: s.define(s.structure(k))}
}

func (s *typeScope) structure(k wit.Kind) binary.Type {
	switch k := k.(type) {
	case *wit.Record:
		t := &binary.Record{}
		for _, f := range k.Fields {
			t.Fields = append(t.Fields, binary.Field{Name: f.Name, Type: s.val(f.Type)})
		}
		return t
	case *wit.Variant:
		t := &binary.Variant{}
		for _, c := range k.Cases {
			t.Cases = append(t.Cases, binary.Case{Name: c.Name, Type: s.optional(c.Type)})
		}
		return t
	case *wit.Flags:
		return &binary.Flags{Labels: labelNames(k.Flags)}
	case *wit.Enum:
		return &binary.Enum{Labels: labelNames(k.Cases)}
	case *wit.Tuple:
		t := &binary.Tuple{}
		for _, p := range k.Types {
			t.Types = append(t.Types, s.val(p))
		}
		return t
	case *wit.Option:
		return &binary.Option{Type: s.val(k.Type)}
	case *wit.Result:
		ok := s.optional(k.OK)
		return &binary.Result{OK: ok, Err: s.optional(k.Err)}
	case *wit.List:
		return &binary.List{Elem: s.val(k.Type)}
	case *wit.FixedList:
		return &binary.FixedList{Elem: s.val(k.Type), Length: k.Size}
	case *wit.Map:
		key := s.val(k.Key)
		return &binary.Map{Key: key, Value: s.val(k.Value)}
	case *wit.Own:
		return &binary.Own{Resource: s.index(k.Resource)}
	case *wit.Borrow:
		return &binary.Borrow{Resource: s.index(k.Resource)}
	case *wit.Stream:
		return &binary.Stream{Type: s.optional(k.Type)}
	case *wit.Future:
		return &binary.Future{Type: s.optional(k.Type)}
	default:
		panic(fmt.Sprintf("component: unhandled kind %T", k))
	}
}

func labelNames(labels []wit.Label) []string {
	list := make([]string, len(labels))
	for i, l := range labels {
		list[i] = l.Name
	}
	return list
}

// function encodes the type of a function and returns its index.
func (s *typeScope) function(f *wit.Function) uint32 {
	t := &binary.Func{Async: f.Async}
	key := fmt.Sprintf("%v ", f.Async)
	for _, p := range f.Params {
		key += fmt.Sprintf("%s %T %v ", p.Name, p.Type, p.Type)
	}
	key += fmt.Sprintf("-> %T %v", f.Result, f.Result)
	if index, ok := s.funcs[key]; ok {
		return index
	}
	for _, p := range f.Params {
		t.Params = append(t.Params, binary.Field{Name: p.Name, Type: s.val(p.Type)})
	}
	t.Result = s.optional(f.Result)
	s.funcs[key] = s.define(t)
	return s.funcs[key]
}
