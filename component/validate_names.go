package component

import "github.com/witgen/witgen/component/binary"

// checkName checks the name and the attributes of an import or export against its
// type and the names before it (Binary.md, "Import and Export Definitions").
func (v *validator) checkName(e *externs, it *item) {
	name := it.name.Name
	n, wrong := parseName(name)
	if wrong != "" {
		v.fail("%q is no name of an %s: %s", name, e.kind, wrong)
	}
	v.checkAttributes(e, it, n)
	v.checkAnnotation(e, it, n)
	key := n.uniqueKey()
	if before, twice := e.unique[key]; twice {
		v.fail("the %s %q and the %s %q before it are not strongly unique", e.kind, name, e.kind, before)
	}
	e.unique[key] = name
}

func (v *validator) checkAttributes(e *externs, it *item, n parsedName) {
	var seen [binary.ExternalID + 1]bool
	for _, a := range it.name.Attributes {
		if seen[a.Kind] {
			v.fail("the %s %q has two attributes %s", e.kind, it.name.Name, a.Kind)
		}
		seen[a.Kind] = true
	}
	if implements, ok := it.name.Attribute(binary.Implements); ok {
		i, wrong := parseName(implements)
		switch {
		case wrong != "" || i.kind != interfaceName:
			v.fail("%q is no name of an interface", implements)
		case it.sort != binary.SortInstance:
			v.fail("the attribute implements stands at a %s, and may only at an instance", it.sort)
		case n.kind == interfaceName:
			v.fail("the attribute implements stands at the interface name %q, and may only at a plain name", it.name.Name)
		}
	}
	suffix, ok := it.name.Attribute(binary.VersionSuffix)
	if !ok {
		if n.kind == interfaceName && n.version != "" && !validSemver(n.version) && !canonVersion(n.version) {
			v.fail("the version of %q is no semantic version", it.name.Name)
		}
		return
	}
	if n.kind != interfaceName || !canonVersion(n.version) {
		v.fail("the attribute versionsuffix stands at %q, which has no canonical version", it.name.Name)
	}
	if !validSemver(n.version + suffix) {
		v.fail("%q with the version suffix %q makes no semantic version", n.version, suffix)
	}
}

// checkAnnotation checks the function under a name with [constructor], [method] or
// [static].
func (v *validator) checkAnnotation(e *externs, it *item, n parsedName) {
	if n.kind == labelName || n.kind == interfaceName {
		return
	}
	name := it.name.Name
	f, ok := it.typ.(*funcType)
	if it.sort != binary.SortFunc || !ok {
		v.fail("the %s %q is a %s, and only functions are named so", e.kind, name, it.sort)
	}
	switch n.kind {
	case constructorName:
		if f.async {
			v.fail("the constructor %q is async", name)
		}
		t := f.result.plain()
		if t.t != nil {
			if _, ok := t.t.def.(*binary.Result); ok {
				t = t.t.parts[0].plain()
			}
		}
		v.checkHandle(e, name, n.resource, t, "a constructor must return (own R) or (result (own R) E?)", false)
	case methodName:
		if len(f.params) == 0 || f.params[0].name != "self" {
			v.fail("the method %q must have a first parameter self", name)
		}
		v.checkHandle(e, name, n.resource, f.params[0].typ.plain(), "a method must take (borrow R) as its first parameter", true)
	case staticName:
		for _, known := range e.resources {
			if known == n.resource {
				return
			}
		}
		v.fail("the %s %q names a resource that does not stand before it", e.kind, name)
	}
}

// checkHandle checks that t is a handle of the resource of the given name.
func (v *validator) checkHandle(e *externs, name, resource string, t val, rule string, borrow bool) {
	if t.t == nil || t.t.res == nil {
		v.fail("%q: %s", name, rule)
	}
	if _, ok := t.t.def.(*binary.Borrow); ok != borrow {
		v.fail("%q: %s", name, rule)
	}
	if known, ok := e.resources[t.t.res]; !ok || known != resource {
		v.fail("%q: %s, where R is the resource %q that stands before it", name, rule, resource)
	}
}
