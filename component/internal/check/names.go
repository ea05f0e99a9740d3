package check

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"

	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/extname"
	"github.com/witgen/witgen/wit"
)

// checkName checks the name and the attributes of an import or export against its
// type and the names before it (Binary.md, "Import and Export Definitions").
func (v *validator) checkName(e *externs, it *checked.Item) {
	name := it.Name.Name
	n, wrong := extname.Parse(name)
	if wrong != "" {
		v.fail("invalid name %q of an %s: %s", name, e.kind, wrong)
	}
	v.checkNested(name, n)
	v.checkAttributes(e, it, n)
	v.checkAnnotation(e, it, n)
	key := wit.CanonicalName(name)
	if before, twice := e.unique[key]; twice {
		v.fail("the %s %q and the %s %q before it are not strongly unique", e.kind, name, e.kind, before)
	}
	e.unique[key] = name
}

// checkNested refuses the names of a gated feature.
func (v *validator) checkNested(name string, n extname.Name) {
	if n.Nested() {
		v.fail("the name %q has nested namespaces or packages, which is not supported", name)
	}
}

func (v *validator) checkAttributes(e *externs, it *checked.Item, n extname.Name) {
	var seen [binary.ExternalID + 1]bool
	for _, a := range it.Name.Attributes {
		if seen[a.Kind] {
			v.fail("the %s %q has two attributes %s", e.kind, it.Name.Name, a.Kind)
		}
		seen[a.Kind] = true
	}
	if implements, ok := it.Name.Attribute(binary.Implements); ok {
		i, wrong := extname.Parse(implements)
		switch {
		case wrong != "" || i.Kind != extname.Interface:
			v.fail("%q is not the name of an interface", implements)
		case i.Nested():
			v.checkNested(implements, i)
		case it.Sort != binary.SortInstance:
			v.fail("the attribute implements stands at a %s, and may only at an instance", it.Sort)
		case n.Kind == extname.Interface:
			v.fail("the attribute implements stands at the interface name %q, and may only at a plain name", it.Name.Name)
		}
	}
	suffix, ok := it.Name.Attribute(binary.VersionSuffix)
	if !ok {
		if n.Kind == extname.Interface && n.Version != "" && !extname.ValidSemver(n.Version) && !extname.CanonicalVersion(n.Version) {
			v.fail("the version of %q is not a semantic version", it.Name.Name)
		}
		return
	}
	if n.Kind != extname.Interface || !extname.CanonicalVersion(n.Version) {
		v.fail("the attribute versionsuffix stands at %q, which has no canonical version", it.Name.Name)
	}
	if !extname.ValidSemver(n.Version + suffix) {
		v.fail("%q with the version suffix %q makes no semantic version", n.Version, suffix)
	}
}

// checkAnnotation checks the function under a name with [constructor], [method] or
// [static].
func (v *validator) checkAnnotation(e *externs, it *checked.Item, n extname.Name) {
	if n.Kind == extname.Label || n.Kind == extname.Interface {
		return
	}
	name := it.Name.Name
	f, ok := it.Type.(*checked.Func)
	if it.Sort != binary.SortFunc || !ok {
		v.fail("the %s %q is a %s, and only functions are named so", e.kind, name, it.Sort)
	}
	switch n.Kind {
	case extname.Constructor:
		if f.Async {
			v.fail("the constructor %q is async", name)
		}
		t := f.Result.Plain()
		if t.Value != nil {
			if _, ok := t.Value.Def.(*binary.Result); ok {
				t = t.Value.Parts[0].Plain()
			}
		}
		v.checkHandle(e, name, n.Resource, t, "a constructor must return (own R) or (result (own R) E?)", false)
	case extname.Method:
		if len(f.Params) == 0 || f.Params[0].Name != "self" {
			v.fail("the method %q must have a first parameter self", name)
		}
		v.checkHandle(e, name, n.Resource, f.Params[0].Type.Plain(), "a method must take (borrow R) as its first parameter", true)
	case extname.Static:
		if e.resourceNames[n.Resource] {
			return
		}
		v.fail("the %s %q names a resource that does not stand before it", e.kind, name)
	default:
		panic(fmt.Sprintf("check: unhandled kind of name %d", n.Kind))
	}
}

// checkHandle checks that t is a handle of the resource of the given name.
func (v *validator) checkHandle(e *externs, name, resource string, t checked.Ref, rule string, borrow bool) {
	if t.Value == nil || t.Value.Resource == nil {
		v.fail("%q: %s", name, rule)
	}
	if _, ok := t.Value.Def.(*binary.Borrow); ok != borrow {
		v.fail("%q: %s", name, rule)
	}
	if known, ok := e.resources[t.Value.Resource]; !ok || known != resource {
		v.fail("%q: %s, where R is the resource %q that stands before it", name, rule, resource)
	}
}
