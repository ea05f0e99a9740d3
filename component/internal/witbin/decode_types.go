package witbin

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/extname"
	"github.com/witgen/witgen/wit"
)

// newInterface decodes an instance as an interface that this binary defines: one
// of its package, or one that stands inline in a world.
func (d *Decoder) newInterface(it *checked.Item) wit.InterfaceID {
	t, ok := it.Type.(*checked.Instance)
	if !ok || it.Sort != binary.SortInstance {
		d.fail(it, "an interface must be an instance")
	}
	full := it.Name.Name
	n, _ := extname.Parse(full)
	if _, known := d.local[full]; known && n.Kind == extname.Interface {
		return d.knownInterface(it, full)
	}
	iface := &wit.Interface{Package: wit.NoPackage, CloneOf: -1}
	if n.Kind == extname.Interface {
		iface.Name = n.Path
	}
	id := wit.InterfaceID(len(d.r.Interfaces))
	d.r.Interfaces = append(d.r.Interfaces, iface)
	for _, x := range t.Exports.List {
		d.interfaceItem(id, x)
	}
	if n.Kind == extname.Interface {
		d.local[full] = id
		d.home.interfaces = append(d.home.interfaces, id)
	}
	return id
}

func (d *Decoder) interfaceItem(id wit.InterfaceID, x *checked.Item) {
	iface := d.r.Interfaces[id]
	switch x.Sort {
	case binary.SortType:
		t := d.namedType(x, id)
		iface.Types = append(iface.Types, t)
		d.known[ownedName{id, x.Name.Name}] = t
	case binary.SortFunc:
		iface.Functions = append(iface.Functions, d.function(x, id))
		d.known[ownedName{id, x.Name.Name}] = -1
	default:
		d.fail(x, "an interface holds types and functions, and no %s", x.Sort)
	}
}

// knownInterface decodes an instance of an interface that has a name of its own,
// which may have been met before: then what it holds must be what was met. Other
// interfaces than those of this package gain what is new.
func (d *Decoder) knownInterface(it *checked.Item, name string) wit.InterfaceID {
	t, ok := it.Type.(*checked.Instance)
	if !ok || it.Sort != binary.SortInstance {
		d.fail(it, "an interface must be an instance")
	}
	id, local := d.local[name]
	if !local {
		id = d.foreignInterface(it, name)
	}
	for _, x := range t.Exports.List {
		if known, ok := d.known[ownedName{id, x.Name.Name}]; ok {
			d.unify(known, x)
			continue
		}
		if local {
			d.fail(x, "%s does not define it", name)
		}
		d.interfaceItem(id, x)
	}
	return id
}

// foreignInterface returns an interface of another package by its full name.
func (d *Decoder) foreignInterface(it *checked.Item, name string) wit.InterfaceID {
	pkg, label := d.interfaceName(it, name)
	full := pkg.Qualify(label)
	id, ok := d.foreign[full]
	if !ok {
		id = wit.InterfaceID(len(d.r.Interfaces))
		d.r.Interfaces = append(d.r.Interfaces, &wit.Interface{Name: label, Package: wit.NoPackage, CloneOf: -1})
		p := d.draft(pkg)
		p.interfaces = append(p.interfaces, id)
		d.foreign[full] = id
	}
	return id
}

// unify connects an item of an instance with what the interface has under its
// name: a type, or a function where known is -1.
func (d *Decoder) unify(known wit.TypeID, x *checked.Item) {
	if x.Sort != binary.SortType && x.Sort != binary.SortFunc || (x.Sort == binary.SortFunc) != (known < 0) {
		d.fail(x, "it is a %s here and something else elsewhere", x.Sort)
	}
	if known >= 0 {
		d.connect(x, known)
	}
}

// connect records that a type that is met again is one of the model, and so for
// the anonymous types inside, which are then not made twice.
func (d *Decoder) connect(x *checked.Item, id wit.TypeID) {
	d.types[x.Type] = id
	t, ok := x.Type.(*checked.Value)
	if !ok {
		if _, ok := d.r.Kind(id).(*wit.Resource); !ok {
			d.fail(x, "it is a resource here and another type elsewhere")
		}
		return
	}
	if !d.connectType(t, id) {
		d.fail(x, "it is of another type elsewhere")
	}
}

// connectType goes on inside a type. It reports whether both have one structure,
// as far as it looks: a type with a name was compared when it was met.
func (d *Decoder) connectType(t *checked.Value, id wit.TypeID) bool {
	def := d.r.Types[id]
	if alias, ok := def.Kind.(*wit.Alias); ok {
		if _, ok := alias.Type.(wit.TypeID); ok {
			return true
		}
	}
	if !sameKind(t.Def, def.Kind) {
		return false
	}
	parts := kindParts(def.Kind)
	if len(parts) != len(t.Parts) {
		return len(t.Parts) == 0 || t.Resource != nil
	}
	for i, p := range t.Parts {
		if !d.connectVal(p, parts[i]) {
			return false
		}
	}
	return true
}

func (d *Decoder) connectVal(p checked.Ref, t wit.Type) bool {
	if p.Value == nil {
		_, isID := t.(wit.TypeID)
		return !isID && p.Absent() == (t == nil)
	}
	id, ok := t.(wit.TypeID)
	if !ok {
		return false
	}
	if _, met := d.types[p.Value]; met {
		return true
	}
	d.types[p.Value] = id
	return d.connectType(p.Value, id)
}

// sameKind reports whether a definition and a kind of the model have the same form
// and labels.
func sameKind(t binary.Type, k wit.Kind) bool {
	switch t := t.(type) {
	case *binary.Record:
		k, ok := k.(*wit.Record)
		if !ok || len(k.Fields) != len(t.Fields) {
			return false
		}
		for i, f := range t.Fields {
			if f.Name != k.Fields[i].Name {
				return false
			}
		}
		return true
	case *binary.Variant:
		k, ok := k.(*wit.Variant)
		if !ok || len(k.Cases) != len(t.Cases) {
			return false
		}
		for i, c := range t.Cases {
			if c.Name != k.Cases[i].Name {
				return false
			}
		}
		return true
	case *binary.Flags:
		k, ok := k.(*wit.Flags)
		return ok && sameLabels(t.Labels, k.Flags)
	case *binary.Enum:
		k, ok := k.(*wit.Enum)
		return ok && sameLabels(t.Labels, k.Cases)
	case *binary.FixedList:
		k, ok := k.(*wit.FixedList)
		return ok && k.Size == t.Length
	case *binary.PrimType:
		_, ok := k.(*wit.Alias)
		return ok
	case *binary.List:
		_, ok := k.(*wit.List)
		return ok
	case *binary.Tuple:
		_, ok := k.(*wit.Tuple)
		return ok
	case *binary.Option:
		_, ok := k.(*wit.Option)
		return ok
	case *binary.Result:
		_, ok := k.(*wit.Result)
		return ok
	case *binary.Map:
		_, ok := k.(*wit.Map)
		return ok
	case *binary.Own:
		_, ok := k.(*wit.Own)
		return ok
	case *binary.Borrow:
		_, ok := k.(*wit.Borrow)
		return ok
	case *binary.Stream:
		_, ok := k.(*wit.Stream)
		return ok
	case *binary.Future:
		_, ok := k.(*wit.Future)
		return ok
	default:
		panic(fmt.Sprintf("witbin: unhandled type %T", t))
	}
}

func sameLabels(a []string, b []wit.Label) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i].Name {
			return false
		}
	}
	return true
}

// kindParts returns the types that a kind refers to, in the order of
// valType.parts, absent payloads as nil. Handles have none.
func kindParts(k wit.Kind) []wit.Type {
	switch k := k.(type) {
	case *wit.Record:
		list := make([]wit.Type, len(k.Fields))
		for i, f := range k.Fields {
			list[i] = f.Type
		}
		return list
	case *wit.Variant:
		list := make([]wit.Type, len(k.Cases))
		for i, c := range k.Cases {
			list[i] = c.Type
		}
		return list
	case *wit.Tuple:
		return k.Types
	case *wit.Option:
		return []wit.Type{k.Type}
	case *wit.Result:
		return []wit.Type{k.OK, k.Err}
	case *wit.List:
		return []wit.Type{k.Type}
	case *wit.FixedList:
		return []wit.Type{k.Type}
	case *wit.Map:
		return []wit.Type{k.Key, k.Value}
	case *wit.Stream:
		return []wit.Type{k.Type}
	case *wit.Future:
		return []wit.Type{k.Type}
	case *wit.Alias:
		return []wit.Type{k.Type}
	case *wit.Flags, *wit.Enum, *wit.Own, *wit.Borrow, *wit.Resource:
		return nil
	default:
		panic(fmt.Sprintf("witbin: unhandled kind %T", k))
	}
}

// namedType decodes a type that an interface or world defines or uses.
func (d *Decoder) namedType(it *checked.Item, owner wit.Owner) wit.TypeID {
	def := &wit.TypeDef{Name: it.Name.Name, Owner: owner}
	def.ExternalID, _ = it.Name.Attribute(binary.ExternalID)
	if _, again := d.types[it.Type]; again {
		d.fail(it, "WIT has no way to let a type appear under several names at once")
	}
	if prev, ok := d.aliased(it.Type); ok {
		def.Kind = &wit.Alias{Type: prev}
	} else {
		switch t := it.Type.(type) {
		case *checked.Value:
			def.Kind = d.kind(it, t)
		case *checked.ResourceType:
			def.Kind = &wit.Resource{}
		default:
			d.fail(it, "an interface or world has value types and resources, and no %s", t.Desc())
		}
	}
	id := wit.TypeID(len(d.r.Types))
	d.r.Types = append(d.r.Types, def)
	d.types[it.Type] = id
	if _, ok := def.Kind.(*wit.Resource); ok {
		d.resources[ownedName{owner, def.Name}] = id
	}
	return id
}

// aliased returns the type of the model that t is an alias of.
func (d *Decoder) aliased(t checked.Type) (wit.TypeID, bool) {
	for {
		switch x := t.(type) {
		case *checked.Value:
			if x.Alias == nil {
				return 0, false
			}
			t = x.Alias
		case *checked.ResourceType:
			if x.Alias == nil {
				return 0, false
			}
			t = x.Alias
		default:
			return 0, false
		}
		if id, ok := d.types[t]; ok {
			return id, true
		}
	}
}

// typ decodes a reference to a type. Anonymous types are made where they are first
// met.
func (d *Decoder) typ(it *checked.Item, t checked.Ref) wit.Type {
	if t.Absent() {
		return nil
	}
	if t.Value == nil {
		return checked.WITPrims[t.Prim]
	}
	if id, ok := d.types[t.Value]; ok {
		return id
	}
	if t.Value.Named() {
		d.fail(it, "it refers to %s that has no name", checked.KindName(t.Value.Def))
	}
	kind := d.kind(it, t.Value)
	id := wit.TypeID(len(d.r.Types))
	d.r.Types = append(d.r.Types, &wit.TypeDef{Kind: kind})
	d.types[t.Value] = id
	return id
}

func (d *Decoder) kind(it *checked.Item, t *checked.Value) wit.Kind {
	return checked.WITKind(t, func(i int) wit.Type { return d.typ(it, t.Parts[i]) }, func(r *checked.ResourceType) wit.TypeID { return d.resource(it, r) })
}

func (d *Decoder) resource(it *checked.Item, r *checked.ResourceType) wit.TypeID {
	id, ok := d.types[r]
	if !ok {
		d.fail(it, "it refers to a resource that has no name")
	}
	return id
}

// function decodes a function of an interface or world.
func (d *Decoder) function(it *checked.Item, owner wit.Owner) *wit.Function {
	t := it.Type.(*checked.Func)
	n, _ := extname.Parse(it.Name.Name)
	f := &wit.Function{Name: it.Name.Name, Async: t.Async, Resource: -1}
	f.ExternalID, _ = it.Name.Attribute(binary.ExternalID)
	for _, p := range t.Params {
		f.Params = append(f.Params, wit.Param{Name: p.Name, Type: d.typ(it, p.Type)})
	}
	f.Result = d.typ(it, t.Result)
	switch n.Kind {
	case extname.Label:
		return f
	case extname.Constructor:
		f.Kind = wit.Constructor
	case extname.Method:
		f.Kind = wit.Method
	case extname.Static:
		f.Kind = wit.Static
	default:
		d.fail(it, "a function has the name of an interface, which WIT cannot say")
	}
	id, ok := d.resources[ownedName{owner, n.Resource}]
	if !ok {
		d.fail(it, "it belongs to a resource that the interface or world does not hold")
	}
	f.Resource = id
	return f
}
