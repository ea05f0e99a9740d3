package plan

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
)

// importItem adds an import: what the parent supplies, or, for the root, what the
// host will.
func (e *env) importItem(d *binary.Import) {
	e.p.names(d.Name.Name)
	if e.args != nil {
		e.add(e.args[d.Name.Name])
		return
	}
	from := &Import{Name: d.Name.Name, Sort: d.Type.Sort}
	switch d.Type.Sort {
	case binary.SortFunc:
		from.WIT = e.static.Funcs[len(e.functions)]
		e.functions = append(e.functions, &Function{Label: shortLabel(from.Name), From: from, Component: -1})
	case binary.SortInstance:
		if t, ok := e.types[d.Type.Index].def.(*binary.InstanceType); ok {
			from.declare(t)
		}
		e.addInstance(&Instance{imported: from, resources: map[string]*Resource{}})
	case binary.SortType:
		if d.Type.Bound == binary.BoundEq {
			e.addType(e.types[d.Type.Index])
			return
		}
		r := e.p.newResource(-1)
		r.Mentions = []Mention{{"", from.Name}}
		from.Resources = []string{from.Name}
		e.addType(typeDef{resource: r})
	case binary.SortCoreModule, binary.SortComponent, binary.SortValue:
		e.p.fail("the component imports %q, a %s, and a host supplies interfaces and functions only", from.Name, d.Type.Sort)
	default:
		e.p.fail("the component imports %q, a %s", from.Name, d.Type.Sort)
	}
	e.p.plan.Imports = append(e.p.plan.Imports, from)
}

// declare notes what the type of an imported instance asks for.
func (r *Import) declare(t *binary.InstanceType) {
	for _, d := range t.Decls {
		x, ok := d.(*binary.ExportDecl)
		if !ok {
			continue
		}
		switch {
		case x.Type.Sort == binary.SortFunc:
			r.Functions = append(r.Functions, x.Name.Name)
		case x.Type.Sort == binary.SortType && x.Type.Bound == binary.BoundSub:
			r.Resources = append(r.Resources, x.Name.Name)
		}
	}
}

// importedResource notes a resource of an instance that the root imports. What
// validation holds for the same resource is one.
func (e *env) importedResource(i *Instance, path check.ResourcePath) {
	full := append(append([]string(nil), i.path...), path.Path...)
	r := e.scope.byType[path.Resource]
	if r == nil {
		r = e.p.newResource(-1)
		e.scope.byType[path.Resource] = r
	}
	joined := joinPath(full)
	e.p.step(len(joined) >> 4) // it is kept
	i.resources[joined] = r
	if len(full) == 1 {
		r.Mentions = append(r.Mentions, Mention{i.imported.Name, full[0]})
	}
}

func joinPath(path []string) string { return strings.Join(path, "\x00") }

// get returns an export of an instance.
func (i *Instance) get(sort binary.Sort, name string) definition {
	if i.imported == nil {
		return i.exports[name]
	}
	it := definition{sort: sort}
	path := append(append([]string(nil), i.path...), name)
	switch sort {
	case binary.SortFunc:
		if len(path) > 1 {
			name = shortLabel(strings.Join(path, "#")) // no host supplies it
		}
		label := shortLabel(shortLabel(i.imported.Name) + "#" + shortLabel(name))
		it.function = &Function{Label: label, From: i.imported, Name: name, Component: -1}
	case binary.SortType:
		it.typ.resource = i.resources[joinPath(path)]
	case binary.SortInstance:
		it.instance = &Instance{imported: i.imported, path: path, resources: i.resources}
	case binary.SortValue: // which add refuses
	default:
		panic(fmt.Sprintf("plan: unhandled sort %s", sort))
	}
	return it
}

// resourceAt returns the resource that an instance exports under a path, or nil.
func (i *Instance) resourceAt(path []string) *Resource {
	for len(path) > 1 {
		inner := i.get(binary.SortInstance, path[0]).instance
		if inner == nil {
			return nil
		}
		i, path = inner, path[1:]
	}
	return i.get(binary.SortType, path[0]).typ.resource
}
