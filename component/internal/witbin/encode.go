package witbin

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/wit"
)

// EncodePackage is component.EncodePackage.
func EncodePackage(r *wit.Resolve, id wit.PackageID) ([]byte, error) {
	c := &binary.Component{}
	pkg := r.Packages[id]
	types := uint32(0)
	add := func(name string, t *binary.ComponentType) {
		c.Add(&binary.TypeDef{Type: t})
		c.Add(&binary.Export{Name: binary.Named(name), Sort: binary.SortType, Index: types})
		types += 2
	}
	for _, i := range pkg.Interfaces {
		add(r.Interfaces[i].Name, interfaceComponent(r, i))
	}
	for _, w := range pkg.Worlds {
		add(r.Worlds[w].Name, wrapWorld(r, w))
	}
	docs, err := encodeDocs(r, id)
	if err != nil {
		return nil, err
	}
	c.Add(&binary.Custom{Name: docsSection, Data: docs})
	return check.Encode(c)
}

// wrapWorld returns the component type that exports the type of a world under its
// full name.
func wrapWorld(r *wit.Resolve, id wit.WorldID) *binary.ComponentType {
	w := r.Worlds[id]
	return &binary.ComponentType{Decls: []binary.Def{
		&binary.TypeDef{Type: worldComponent(r, id)},
		&binary.ExportDecl{Name: binary.Named(r.Packages[w.Package].Name.Qualify(w.Name)), Type: binary.ExternType{Sort: binary.SortComponent}},
	}}
}

// worldEncoder encodes interfaces and worlds as declarators of a component type.
type worldEncoder struct {
	r     *wit.Resolve
	decls []binary.Def
	types uint32 // number of types that decls define
	outer *TypeScope
	// instances are the instances that stand for interfaces, by index.
	instances map[wit.InterfaceID]uint32
	count     uint32
	// aliases are the types of instances that have an index in outer.
	aliases map[instanceTypeKey]uint32
	// imports is true while the world's own types are being imported.
	imports bool
}

type instanceTypeKey struct {
	instance uint32
	typ      wit.TypeID
}

func newWorldEncoder(r *wit.Resolve) *worldEncoder {
	e := &worldEncoder{r: r, instances: make(map[wit.InterfaceID]uint32), aliases: make(map[instanceTypeKey]uint32)}
	e.outer = NewTypeScope(r, NoInterface, func(d binary.Def) uint32 {
		e.decls = append(e.decls, d)
		e.types++
		return e.types - 1
	})
	e.outer.Foreign = e.alias
	e.outer.Name = func(_ wit.TypeID, name binary.ExternName, index *uint32) uint32 {
		t := TypeBound(index)
		if e.imports {
			return e.outer.emit(&binary.Import{Name: name, Type: t})
		}
		return e.outer.emit(&binary.ExportDecl{Name: name, Type: t})
	}
	return e
}

// TypeBound returns the type of an imported or exported type: equal to that of the
// index, or a resource where index is nil.
func TypeBound(index *uint32) binary.ExternType {
	if index == nil {
		return binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}
	}
	return binary.ExternType{Sort: binary.SortType, Index: *index}
}

// alias returns the index of a type of an instance in the outer scope.
func (e *worldEncoder) alias(owner wit.InterfaceID, id wit.TypeID) uint32 {
	key := instanceTypeKey{e.instances[owner], id}
	index, ok := e.aliases[key]
	if !ok {
		index = e.outer.emit(&binary.Alias{Sort: binary.SortType, Target: binary.AliasExport, Instance: key.instance, Name: e.r.Types[id].Name})
		e.aliases[key] = index
	}
	return index
}

// instance defines the type of an interface's instance and returns its index.
func (e *worldEncoder) instance(id wit.InterfaceID, functions bool) uint32 {
	iface := e.r.Interfaces[id]
	var funcs []*wit.Function
	if functions {
		funcs = resourcesFirst(iface)
	}
	t := InstanceTypeOf(e.r, id, iface.Types, funcs, e.alias)
	e.instances[id] = e.count
	e.count++
	return e.outer.define(t)
}

// resourcesFirst returns the functions of an interface in the order of the printed text:
// those of resources, in the order of these, and then the others.
func resourcesFirst(iface *wit.Interface) []*wit.Function {
	place := make(map[wit.TypeID]int)
	for i, t := range iface.Types {
		place[t] = i
	}
	key := func(f *wit.Function) int {
		if f.Kind == wit.Freestanding {
			return len(iface.Types)
		}
		return place[f.Resource]
	}
	list := slices.Clone(iface.Functions)
	slices.SortStableFunc(list, func(a, b *wit.Function) int { return key(a) - key(b) })
	return list
}

// InstanceTypeOf returns an instance type with types and functions of an interface.
// foreign returns the index that a type of another interface has in the scope
// around it.
func InstanceTypeOf(r *wit.Resolve, id wit.InterfaceID, types []wit.TypeID, funcs []*wit.Function, foreign func(wit.InterfaceID, wit.TypeID) uint32) *binary.InstanceType {
	t := &binary.InstanceType{}
	count := uint32(0)
	in := NewTypeScope(r, id, func(d binary.Def) uint32 {
		t.Decls = append(t.Decls, d)
		count++
		return count - 1
	})
	in.Foreign = func(owner wit.InterfaceID, id wit.TypeID) uint32 {
		return in.emit(&binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: 1, Index: foreign(owner, id)})
	}
	in.Name = func(_ wit.TypeID, name binary.ExternName, index *uint32) uint32 {
		return in.emit(&binary.ExportDecl{Name: name, Type: TypeBound(index)})
	}
	for _, id := range types {
		in.Type(id)
	}
	for _, f := range funcs {
		index := in.Function(f)
		t.Decls = append(t.Decls, &binary.ExportDecl{Name: ExternNameOf(f.Name, f.ExternalID), Type: binary.ExternType{Sort: binary.SortFunc, Index: index}})
	}
	return t
}

// interfaceComponent returns the component type that exports an interface and
// imports those that it uses types of.
func interfaceComponent(r *wit.Resolve, id wit.InterfaceID) *binary.ComponentType {
	e := newWorldEncoder(r)
	for _, i := range interfaceDeps(r, id) {
		own := i == id
		index := e.instance(i, own)
		t := binary.ExternType{Sort: binary.SortInstance, Index: index}
		if name := binary.Named(r.QualifiedName(i)); own {
			e.decls = append(e.decls, &binary.ExportDecl{Name: name, Type: t})
		} else {
			e.decls = append(e.decls, &binary.Import{Name: name, Type: t})
		}
	}
	return &binary.ComponentType{Decls: e.decls}
}

// interfaceDeps returns an interface with all whose types it uses, directly or
// not, dependencies first.
func interfaceDeps(r *wit.Resolve, id wit.InterfaceID) []wit.InterfaceID {
	var list []wit.InterfaceID
	seen := make(map[wit.InterfaceID]bool)
	var visit func(wit.InterfaceID)
	visit = func(id wit.InterfaceID) {
		if seen[id] {
			return
		}
		seen[id] = true
		for _, dep := range InterfaceUses(r, id) {
			visit(dep)
		}
		list = append(list, id)
	}
	visit(id)
	return list
}

// InterfaceUses returns the interfaces that one uses types of.
func InterfaceUses(r *wit.Resolve, id wit.InterfaceID) []wit.InterfaceID {
	var list []wit.InterfaceID
	for _, t := range r.Interfaces[id].Types {
		alias, ok := r.Types[t].Kind.(*wit.Alias)
		if !ok {
			continue
		}
		if target, ok := alias.Type.(wit.TypeID); ok {
			if owner, ok := r.Types[target].Owner.(wit.InterfaceID); ok && owner != id {
				list = append(list, owner)
			}
		}
	}
	return list
}

// worldComponent returns the component type of a world.
func worldComponent(r *wit.Resolve, id wit.WorldID) *binary.ComponentType {
	e := newWorldEncoder(r)
	w := r.Worlds[id]
	for _, it := range w.Imports {
		if t, ok := e.item(it); ok {
			e.decls = append(e.decls, &binary.Import{Name: ItemName(r, it), Type: t})
		}
	}
	for _, it := range w.Exports {
		if t, ok := e.item(it); ok {
			e.decls = append(e.decls, &binary.ExportDecl{Name: ItemName(r, it), Type: t})
		}
	}
	return &binary.ComponentType{Decls: e.decls}
}

// item encodes what an import or export of a world is. A type needs no import of
// its own: encoding it makes one.
func (e *worldEncoder) item(it *wit.WorldItem) (binary.ExternType, bool) {
	switch what := it.Item.(type) {
	case wit.InterfaceID:
		return binary.ExternType{Sort: binary.SortInstance, Index: e.instance(what, true)}, true
	case *wit.Function:
		return binary.ExternType{Sort: binary.SortFunc, Index: e.outer.Function(what)}, true
	case wit.TypeID:
		e.imports = true
		e.outer.Type(what)
		e.imports = false
		return binary.ExternType{}, false
	default:
		panic(fmt.Sprintf("witbin: unhandled item %T", what))
	}
}

// ItemName returns the name and the attributes of an import or export of a world.
func ItemName(r *wit.Resolve, it *wit.WorldItem) binary.ExternName {
	n := binary.Named(r.ItemName(it))
	externalID := it.ExternalID
	switch what := it.Item.(type) {
	case wit.InterfaceID:
		if it.Name != "" && r.Interfaces[what].Name != "" {
			n.Attributes = append(n.Attributes, binary.Attribute{Kind: binary.Implements, Value: r.QualifiedName(what)})
		}
	case *wit.Function:
		externalID = what.ExternalID
	case wit.TypeID:
	default:
		panic(fmt.Sprintf("witbin: unhandled item %T", what))
	}
	if text, ok := wit.ExternalIDText(externalID); ok {
		n.Attributes = append(n.Attributes, binary.Attribute{Kind: binary.ExternalID, Value: text})
	}
	return n
}
