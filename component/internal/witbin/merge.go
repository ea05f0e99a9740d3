package witbin

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/wit"
)

// Merge makes root:root of what was decoded, whose world has the imports and exports
// of all the worlds. What two worlds have under one name must be the same: an
// interface that stands inline in both has what either of them says.
func (d *Decoder) Merge(worlds []wit.WorldID) *WIT {
	d.home = &draftPackage{name: wit.PackageName{Namespace: "root", Name: "root"}}
	w := d.finish() // gives interfaces their names, by which items are told apart
	w.World = d.mergeWorlds(worlds)
	d.fill(w.Package, &draftPackage{worlds: []wit.WorldID{w.World}})
	return w
}

// mergeWorlds makes a world of the imports and exports of several.
func (d *Decoder) mergeWorlds(worlds []wit.WorldID) wit.WorldID {
	id := wit.WorldID(len(d.r.Worlds))
	root := &wit.World{Name: "root", Package: wit.NoPackage}
	d.r.Worlds = append(d.r.Worlds, root)
	for i, from := range worlds {
		if slices.Contains(worlds[:i], from) {
			continue // Two sections hold it.
		}
		w := d.r.Worlds[from]
		c := &worldCloner{r: d.r, owners: map[wit.Owner]wit.Owner{from: id}, types: make(map[wit.TypeID]wit.TypeID)}
		root.Imports = c.merge(root.Imports, w.Imports)
		root.Exports = c.merge(root.Exports, w.Exports)
	}
	return id
}

// worldCloner copies what a world owns into another.
type worldCloner struct {
	r *wit.Resolve
	// owners are the world and the interfaces inside it, with their copies.
	owners map[wit.Owner]wit.Owner
	types  map[wit.TypeID]wit.TypeID
	// used are types of others that have a copy already.
	used map[wit.TypeID]wit.TypeID
	// anonymous reports whether types without names are copied also where nothing
	// that they refer to is.
	anonymous bool
}

// CopyInterface adds a copy of an interface to r, whose types are its own, and returns
// it. The copy uses types of other interfaces as used maps them.
func CopyInterface(r *wit.Resolve, id wit.InterfaceID, used map[wit.TypeID]wit.TypeID) wit.InterfaceID {
	c := &worldCloner{r: r, owners: make(map[wit.Owner]wit.Owner), types: make(map[wit.TypeID]wit.TypeID), used: used, anonymous: true}
	to := c.copied(id)
	r.Interfaces[to].CloneOf = id
	return to
}

// merge appends items to a list that may have some of them.
func (c *worldCloner) merge(list, items []*wit.WorldItem) []*wit.WorldItem {
	byName := finder(list, c.r.ItemName)
	for _, it := range items {
		if before := byName(c.r.ItemName(it)); before != nil {
			c.join(*before, it)
			continue
		}
		out := *it
		switch what := it.Item.(type) {
		case wit.TypeID:
			out.Item = c.typ(what)
		case *wit.Function:
			out.Item = c.function(what)
		case wit.InterfaceID:
			out.Item = c.inline(what)
		default:
			panic(fmt.Sprintf("witbin: unhandled item %T", what))
		}
		list = append(list, &out)
	}
	return list
}

// join checks that an item is the one that has its name already, whose types it then
// has.
func (c *worldCloner) join(before, it *wit.WorldItem) {
	same := false
	switch to := before.Item.(type) {
	case wit.TypeID:
		from, ok := it.Item.(wit.TypeID)
		same = ok && c.joinType(to, from)
	case *wit.Function:
		from, ok := it.Item.(*wit.Function)
		same = ok && c.matcher().Function(from, to)
	case wit.InterfaceID:
		from, ok := it.Item.(wit.InterfaceID)
		same = ok && (from == to || c.r.Interfaces[from].Name == "" && c.r.Interfaces[to].Name == "" && c.joinInline(to, from))
	default:
		panic(fmt.Sprintf("witbin: unhandled item %T", to))
	}
	if !same {
		core.Invalid(-1, "two worlds of the metadata have a %q that is not the same in both", c.r.ItemName(it))
	}
}

// matcher returns a matcher for which types count as their copies.
func (c *worldCloner) matcher() Matcher { return Matcher{R: c.r, Same: c.types} }

// joinType has a type count as the one of its name, which must be the same.
func (c *worldCloner) joinType(to, from wit.TypeID) bool {
	if !c.matcher().Kind(c.r.Types[from].Kind, c.r.Types[to].Kind) {
		return false
	}
	c.types[from] = to
	return true
}

// joinInline adds what an inline interface has to another, which must have the same
// under the same name.
func (c *worldCloner) joinInline(to, from wit.InterfaceID) bool {
	c.owners[from] = to
	in, out := c.r.Interfaces[from], c.r.Interfaces[to]
	typeNamed := finder(out.Types, func(t wit.TypeID) string { return c.r.Types[t].Name })
	for _, t := range in.Types {
		if before := typeNamed(c.r.Types[t].Name); before == nil {
			out.Types = append(out.Types, c.typ(t))
		} else if !c.joinType(*before, t) {
			return false
		}
	}
	functionNamed := finder(out.Functions, func(f *wit.Function) string { return f.Name })
	for _, f := range in.Functions {
		if before := functionNamed(f.Name); before == nil {
			out.Functions = append(out.Functions, c.function(f))
		} else if !c.matcher().Function(f, *before) {
			return false
		}
	}
	return true
}

// typ returns the copy of a type that the world owns or that refers to one.
func (c *worldCloner) typ(id wit.TypeID) wit.TypeID {
	if to, ok := c.types[id]; ok {
		return to
	}
	def := c.r.Types[id]
	owner, owned := c.owners[def.Owner]
	if def.Owner != nil && !owned {
		if to, ok := c.used[id]; ok {
			return to
		}
		return id
	}
	out := *def
	out.Kind = wit.Rewrite(def.Kind, c.ref)
	if def.Owner == nil && !c.anonymous && !c.changed(def.Kind) {
		return id
	}
	out.Owner = owner
	to := wit.TypeID(len(c.r.Types))
	c.r.Types = append(c.r.Types, &out)
	c.types[id] = to
	return to
}

// inline returns the copy of an interface that stands inline in the world. Others
// are shared.
func (c *worldCloner) inline(id wit.InterfaceID) wit.InterfaceID {
	if c.r.Interfaces[id].Name != "" {
		return id
	}
	return c.copied(id)
}

// copied returns the copy of an interface.
func (c *worldCloner) copied(id wit.InterfaceID) wit.InterfaceID {
	out := *c.r.Interfaces[id]
	to := wit.InterfaceID(len(c.r.Interfaces))
	c.r.Interfaces = append(c.r.Interfaces, &out)
	c.owners[id] = to
	types, functions := out.Types, out.Functions
	out.Types, out.Functions = nil, nil
	for _, t := range types {
		out.Types = append(out.Types, c.typ(t))
	}
	for _, f := range functions {
		out.Functions = append(out.Functions, c.function(f))
	}
	return to
}

// changed reports whether a type that k refers to has a copy.
func (c *worldCloner) changed(k wit.Kind) bool {
	found := false
	wit.EachType(k, func(t wit.Type) {
		if id, ok := t.(wit.TypeID); ok {
			if to, ok := c.types[id]; ok && to != id {
				found = true
			}
		}
	})
	return found
}

func (c *worldCloner) ref(t wit.Type) wit.Type {
	if id, ok := t.(wit.TypeID); ok {
		return c.typ(id)
	}
	return t
}

func (c *worldCloner) function(f *wit.Function) *wit.Function {
	out := *f
	if f.Resource >= 0 {
		out.Resource = c.typ(f.Resource)
	}
	out.Params = make([]wit.Param, len(f.Params))
	for i, p := range f.Params {
		p.Type = c.ref(p.Type)
		out.Params[i] = p
	}
	if f.Result != nil {
		out.Result = c.ref(f.Result)
	}
	return &out
}

// Exports reports whether a decoded world exports something.
func (d *Decoder) Exports(id wit.WorldID) bool { return len(d.r.Worlds[id].Exports) > 0 }
