package gogen

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// Optional reports whether guests may lack an exported function (Options.Optional).
func (p *Plan) Optional(f *wit.Function) bool { return p.optional[f] }

// findOptional applies Options.Optional.
func (p *Plan) findOptional() diag.List {
	p.optional = map[*wit.Function]bool{}
	var diags diag.List
	for _, entry := range p.Options.Optional {
		known := false
		p.eachFunction(func(owner string, since string, f *wit.Function) {
			names, optional := entryNames(entry, owner, since, f)
			known = known || names
			if optional {
				p.optional[f] = true
			}
		})
		if !known {
			diags = append(diags, &diag.Diagnostic{Code: diag.UnknownOptional,
				Message: fmt.Sprintf("--optional names %s, and the WIT has no such function, interface or package", entry)})
		}
	}
	return diags
}

// eachFunction calls visit with all functions, the qualified names of the interfaces and
// worlds that they belong to, and the versions that they exist since, if they have them.
func (p *Plan) eachFunction(visit func(owner, since string, f *wit.Function)) {
	later := func(a, b wit.Stability) string {
		if wit.CompareVersions(a.Since, b.Since) < 0 {
			return b.Since
		}
		return a.Since
	}
	for id, iface := range p.Resolve.Interfaces {
		owner := p.Resolve.QualifiedName(wit.InterfaceID(id))
		for _, f := range iface.Functions {
			since := later(iface.Stability, f.Stability)
			if f.Resource >= 0 {
				since = later(wit.Stability{Since: since}, p.Resolve.Types[f.Resource].Stability)
			}
			visit(owner, since, f)
		}
	}
	for _, w := range p.Resolve.Worlds {
		if w.Package == wit.NoPackage {
			continue
		}
		owner := p.Resolve.Packages[w.Package].Name.Qualify(w.Name)
		for _, item := range w.Exports {
			if f, ok := item.Item.(*wit.Function); ok {
				visit(owner, later(f.Stability, item.Stability), f)
			}
		}
	}
}

// entryNames reports whether an entry of Options.Optional names a function or what it belongs
// to, and whether that makes the function optional. The entry is ns:pkg/name#function,
// ns:pkg/name, either with @1.2.3 after the name, or ns:pkg@1.2.3 for all functions that
// are newer than the version.
func entryNames(entry, owner, since string, f *wit.Function) (names, optional bool) {
	if owner == "" {
		return false, false
	}
	unversioned, _, _ := strings.Cut(owner, "@")
	if !strings.Contains(entry, "/") {
		pkg, version, _ := strings.Cut(entry, "@")
		of, _, _ := strings.Cut(unversioned, "/")
		return pkg == of && version != "", pkg == of && version != "" && wit.CompareVersions(since, version) > 0
	}
	of, function, whole := strings.Cut(entry, "#")
	if of != owner && of != unversioned || whole && function != f.Name {
		return false, false
	}
	return true, true
}
