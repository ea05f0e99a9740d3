package wit

import "strings"

// Def returns the definition that id refers to.
func (r *Resolve) Def(id TypeID) *TypeDef { return r.Types[id] }

// Dealias follows aliases (type a = b, use) and returns the type behind them.
// An alias of a primitive gives the Prim.
func (r *Resolve) Dealias(t Type) Type {
	for {
		id, ok := t.(TypeID)
		if !ok {
			return t
		}
		alias, ok := r.Types[id].Kind.(*Alias)
		if !ok {
			return t
		}
		t = alias.Type
	}
}

// Kind returns the structure of t behind its aliases, and nil for a primitive.
func (r *Resolve) Kind(t Type) Kind {
	if id, ok := r.Dealias(t).(TypeID); ok {
		return r.Types[id].Kind
	}
	return nil
}

// QualifiedName returns namespace:package/interface@version, the name under
// which components import and export the interface, and "" where the interface
// has no name of its own.
func (r *Resolve) QualifiedName(id InterfaceID) string {
	iface := r.Interfaces[id]
	if iface.Name == "" || iface.Package == NoPackage {
		return ""
	}
	return r.Packages[iface.Package].Name.Qualify(iface.Name)
}

// Qualify returns namespace:package/name@version.
func (n PackageName) Qualify(name string) string {
	s := n.Namespace + ":" + n.Name + "/" + name
	if n.Version != "" {
		s += "@" + n.Version
	}
	return s
}

// ItemName returns the name of an import or export of a world as components
// spell it: the plain name, or the qualified name of the interface.
func (r *Resolve) ItemName(w *WorldItem) string {
	if id, ok := w.KeyInterface(); ok {
		return r.QualifiedName(id)
	}
	if w.Name != "" {
		return w.Name
	}
	if f, ok := w.Item.(*Function); ok {
		return f.Name
	}
	return ""
}

// Base returns the last part of a function's name: "f" of "[method]r.f" and of
// "[static]r.f", "r" of "[constructor]r".
func (f *Function) Base() string {
	name := f.Name[strings.LastIndexByte(f.Name, ']')+1:]
	if f.Kind == Method || f.Kind == Static {
		name = name[strings.IndexByte(name, '.')+1:]
	}
	return name
}

// TypeString returns t as WIT spells it: the name of a named type, the
// structure of any other.
func (r *Resolve) TypeString(t Type) string { return (&printer{r: r}).typeText(t) }
