package witbin

import (
	"fmt"
	"maps"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/wit"
)

// TypeScope is a place where types of a model are encoded: the inside of a
// component type, of an instance type or of a component.
type TypeScope struct {
	r *wit.Resolve
	// emit appends a definition that defines a type and returns its index.
	emit func(binary.Def) uint32
	// Interface is the one whose types are defined here. Types of other interfaces
	// are brought in by Foreign; where that is nil, they are defined here too.
	Interface wit.InterfaceID
	Foreign   func(owner wit.InterfaceID, id wit.TypeID) uint32
	// Name makes a named type known under its name, as an import or export, and
	// returns the index that this defines. index is nil for a resource.
	Name func(id wit.TypeID, name binary.ExternName, index *uint32) uint32

	ids   map[wit.TypeID]uint32
	kinds map[string]uint32 // anonymous types
	funcs map[string]uint32
}

// NoInterface is the interface of a scope of a world's own types.
const NoInterface wit.InterfaceID = -1

// NewTypeScope returns a scope in which nothing is encoded yet.
func NewTypeScope(r *wit.Resolve, iface wit.InterfaceID, emit func(binary.Def) uint32) *TypeScope {
	return &TypeScope{r: r, emit: emit, Interface: iface, ids: make(map[wit.TypeID]uint32), kinds: make(map[string]uint32), funcs: make(map[string]uint32)}
}

// Saved is what a TypeScope has encoded at some time.
type Saved struct {
	ids          map[wit.TypeID]uint32
	kinds, funcs map[string]uint32
}

// Save remembers what has been encoded.
func (s *TypeScope) Save() Saved {
	return Saved{maps.Clone(s.ids), maps.Clone(s.kinds), maps.Clone(s.funcs)}
}

// Restore forgets what was encoded after Save.
func (s *TypeScope) Restore(to Saved) { s.ids, s.kinds, s.funcs = to.ids, to.kinds, to.funcs }

// Set has a type stand for one that has an index already.
func (s *TypeScope) Set(id wit.TypeID, index uint32) { s.ids[id] = index }

// Forget has a type that was encoded, and types without a name of its kind, encoded anew
// where they are needed next.
func (s *TypeScope) Forget(id wit.TypeID) {
	delete(s.ids, id)
	delete(s.kinds, kindKey(s.r.Types[id].Kind))
}

// Unnamed returns the scope in which the types of an interface are defined without their
// names. What one of the two scopes has encoded, the other knows.
func (s *TypeScope) Unnamed(id wit.InterfaceID) *TypeScope {
	out := *s
	out.Interface = id
	out.Name = func(id wit.TypeID, _ binary.ExternName, index *uint32) uint32 {
		if index == nil {
			panic(fmt.Sprintf("witbin: the resource %q is not set", s.r.Types[id].Name))
		}
		return *index
	}
	return &out
}

// kindKey tells types without names apart.
func kindKey(k wit.Kind) string { return fmt.Sprintf("%T %v", k, k) }

// define emits a type and returns its index.
func (s *TypeScope) define(t binary.Type) uint32 { return s.emit(&binary.TypeDef{Type: t}) }

// ExternNameOf returns a name with the external id of the item.
func ExternNameOf(name, externalID string) binary.ExternName {
	n := binary.Named(name)
	if text, ok := wit.ExternalIDText(externalID); ok {
		n.Attributes = []binary.Attribute{{Kind: binary.ExternalID, Value: text}}
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
func (s *TypeScope) val(t wit.Type) binary.ValType {
	switch t := t.(type) {
	case wit.Prim:
		return binary.ValType{Prim: primsOf[t]}
	case wit.TypeID:
		return s.Type(t)
	default:
		panic(fmt.Sprintf("witbin: unhandled type %T", t))
	}
}

func (s *TypeScope) optional(t wit.Type) *binary.ValType {
	if t == nil {
		return nil
	}
	v := s.val(t)
	return &v
}

// Index returns the index of a type that is not primitive.
func (s *TypeScope) Index(id wit.TypeID) uint32 { return s.Type(id).Index }

// Type encodes a type, with all that it needs, and returns the reference to it.
func (s *TypeScope) Type(id wit.TypeID) binary.ValType {
	if index, ok := s.ids[id]; ok {
		return binary.ValType{Index: index}
	}
	def := s.r.Types[id]
	key := ""
	if def.Name == "" {
		key = kindKey(def.Kind)
		if index, ok := s.kinds[key]; ok {
			return binary.ValType{Index: index}
		}
	}
	if owner, ok := def.Owner.(wit.InterfaceID); ok && owner != s.Interface && s.Foreign != nil {
		s.ids[id] = s.Foreign(owner, id)
		return binary.ValType{Index: s.ids[id]}
	}
	if _, ok := def.Kind.(*wit.Resource); ok {
		s.ids[id] = s.Name(id, ExternNameOf(def.Name, def.ExternalID), nil)
		return binary.ValType{Index: s.ids[id]}
	}
	v := s.kind(def.Kind)
	if def.Name != "" {
		if v.Prim != binary.NoPrim {
			v = binary.ValType{Index: s.define(&binary.PrimType{Prim: v.Prim})}
		}
		v.Index = s.Name(id, ExternNameOf(def.Name, def.ExternalID), &v.Index)
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
func (s *TypeScope) kind(k wit.Kind) binary.ValType {
	if alias, ok := k.(*wit.Alias); ok {
		return s.val(alias.Type)
	}
	return binary.ValType{Index: s.define(s.structure(k))}
}

func (s *TypeScope) structure(k wit.Kind) binary.Type {
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
		return &binary.Own{Resource: s.Index(k.Resource)}
	case *wit.Borrow:
		return &binary.Borrow{Resource: s.Index(k.Resource)}
	case *wit.Stream:
		return &binary.Stream{Type: s.optional(k.Type)}
	case *wit.Future:
		return &binary.Future{Type: s.optional(k.Type)}
	default:
		panic(fmt.Sprintf("witbin: unhandled kind %T", k))
	}
}

func labelNames(labels []wit.Label) []string {
	list := make([]string, len(labels))
	for i, l := range labels {
		list[i] = l.Name
	}
	return list
}

// Function encodes the type of a function and returns its index.
func (s *TypeScope) Function(f *wit.Function) uint32 {
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
