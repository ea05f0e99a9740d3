package witbin

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/wit"
)

// addItem adds an import or export to a world that may have it already: then both must
// be the same. It returns false for what does not belong to a world.
func (d *Decoder) addItem(list *[]*wit.WorldItem, x *checked.Item, owner wit.WorldID, imported bool) bool {
	for _, before := range *list {
		if before.Name == x.Name.Name {
			d.joinItem(before, x, owner)
			return true
		}
	}
	item := d.worldItem(x, owner, imported)
	if item == nil {
		return false
	}
	if id, ok := item.KeyInterface(); ok {
		for _, before := range *list {
			if known, ok := before.KeyInterface(); ok && known == id {
				return true
			}
		}
	}
	*list = append(*list, item)
	return true
}

// joinItem checks that an import or export is the one that a world has under its plain
// name.
func (d *Decoder) joinItem(before *wit.WorldItem, x *checked.Item, owner wit.WorldID) {
	switch what := before.Item.(type) {
	case wit.TypeID:
		d.unify(what, x)
	case *wit.Function:
		if x.Sort != binary.SortFunc {
			d.fail(x, "it is a %s here and a func elsewhere", x.Sort)
		}
		d.joinFunction(what, x)
	case wit.InterfaceID:
		implements, ok := x.Name.Attribute(binary.Implements)
		switch {
		case x.Sort != binary.SortInstance:
			d.fail(x, "it is a %s here and an instance elsewhere", x.Sort)
		case ok != (d.r.Interfaces[what].Name != ""):
			d.fail(x, "it is another interface elsewhere")
		case !ok:
			d.gain(what, x, false)
		case d.knownInterface(x, implements) != what:
			d.fail(x, "it is another interface elsewhere")
		}
	default:
		panic(fmt.Sprintf("witbin: unhandled item %T", what))
	}
}

// gain connects what an instance holds with what its interface has, and adds to the
// interface what is new, which a whole interface does not allow.
func (d *Decoder) gain(id wit.InterfaceID, it *checked.Item, whole bool) wit.InterfaceID {
	for _, x := range it.Type.(*checked.Instance).Exports.List {
		if known, ok := d.known[ownedName{id, x.Name.Name}]; ok {
			d.unify(known, x)
			if known < 0 {
				d.joinFunction(*finder(d.r.Interfaces[id].Functions, func(f *wit.Function) string { return f.Name })(x.Name.Name), x)
			}
			continue
		}
		if whole {
			d.fail(x, "%s does not define it", it.Name.Name)
		}
		d.interfaceItem(id, x)
	}
	return id
}

// joinFunction checks that a function that is met again is the one of the model.
func (d *Decoder) joinFunction(f *wit.Function, x *checked.Item) {
	t := x.Type.(*checked.Func)
	same := t.Async == f.Async && len(t.Params) == len(f.Params) && d.connectVal(t.Result, f.Result)
	for i := 0; same && i < len(f.Params); i++ {
		same = t.Params[i].Name == f.Params[i].Name && d.connectVal(t.Params[i].Type, f.Params[i].Type)
	}
	if !same {
		d.fail(x, "it is of another type elsewhere")
	}
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
	if t.Resource != nil {
		var resource wit.Type
		wit.EachType(def.Kind, func(r wit.Type) { resource = r })
		known, ok := d.types[t.Resource]
		return !ok || Matcher{R: d.r}.Type(known, resource)
	}
	parts := kindParts(def.Kind)
	if len(parts) != len(t.Parts) {
		return len(t.Parts) == 0
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
		if p.Absent() || t == nil {
			return p.Absent() && t == nil
		}
		return d.r.Dealias(t) == checked.WITPrims[p.Prim]
	}
	id, ok := t.(wit.TypeID)
	if !ok {
		return false
	}
	if met, ok := d.types[p.Value]; ok {
		return Matcher{R: d.r}.Type(met, id)
	}
	d.types[p.Value] = id
	return d.connectType(p.Value, id)
}
