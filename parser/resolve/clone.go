package resolve

import (
	"github.com/witgen/witgen/wit"
)

// cloner copies what one world owns into another world that includes it: its
// types, the inline interfaces, and functions that refer to those types.
type cloner struct {
	*linker
	pkg      wit.PackageID
	from, to wit.WorldID
	// types maps each type that was copied to its copy.
	types map[wit.TypeID]wit.TypeID
}

// item replaces what an import or export with a plain name holds by a copy that
// has the item's name.
func (c *cloner) item(item *wit.WorldItem) {
	switch what := item.Item.(type) {
	case wit.TypeID:
		id := c.typ(what, c.from, c.to)
		c.r.Types[id].Name = item.Name
		item.Item = id
	case *wit.Function:
		f := c.function(what, c.from, c.to)
		f.Name = item.Name
		item.Item = f
	case wit.InterfaceID:
		if c.r.Interfaces[what].Name == "" {
			item.Item = c.inline(what)
		}
	}
}

// typ returns the copy of a type, of which what belongs to from now belongs to
// to. Types of others that it uses stay what they are.
func (c *cloner) typ(id wit.TypeID, from, to wit.Owner) wit.TypeID {
	if copied, ok := c.types[id]; ok {
		return copied
	}
	t := *c.r.Types[id]
	if t.Owner != nil {
		t.Owner = to
	}
	if alias, ok := t.Kind.(*wit.Alias); ok {
		if target, ok := alias.Type.(wit.TypeID); ok {
			if c.r.Types[target].Owner == from {
				target = c.typ(target, from, to)
			} else if copied, ok := c.types[target]; ok {
				target = copied
			}
			t.Kind = &wit.Alias{Type: target}
		}
	} else {
		t.Kind = wit.Rewrite(t.Kind, func(t wit.Type) wit.Type { return c.ref(t, from, to) })
	}
	copied := c.addType(&t)
	c.types[id] = copied
	return copied
}

func (c *cloner) ref(t wit.Type, from, to wit.Owner) wit.Type {
	if id, ok := t.(wit.TypeID); ok {
		return c.typ(id, from, to)
	}
	return t
}

func (c *cloner) function(f *wit.Function, from, to wit.Owner) *wit.Function {
	copied := *f
	if f.Kind != wit.Freestanding {
		copied.Resource = c.typ(f.Resource, from, to)
	}
	copied.Params = make([]wit.Param, len(f.Params))
	for i, p := range f.Params {
		p.Type = c.ref(p.Type, from, to)
		copied.Params[i] = p
	}
	if f.Result != nil {
		copied.Result = c.ref(f.Result, from, to)
	}
	return &copied
}

// inline returns a copy of an interface that stands inline in a world.
func (c *cloner) inline(id wit.InterfaceID) wit.InterfaceID {
	copied := *c.r.Interfaces[id]
	next := wit.InterfaceID(len(c.r.Interfaces))
	copied.Types = make([]wit.TypeID, len(c.r.Interfaces[id].Types))
	for i, t := range c.r.Interfaces[id].Types {
		copied.Types[i] = c.typ(t, id, next)
	}
	copied.Functions = make([]*wit.Function, len(c.r.Interfaces[id].Functions))
	for i, f := range c.r.Interfaces[id].Functions {
		copied.Functions[i] = c.function(f, id, next)
	}
	copied.Package = c.pkg
	copied.CloneOf = id
	c.addInterface(&copied)
	c.findDeps(next)
	return next
}
