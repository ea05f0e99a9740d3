package link

import (
	"strings"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
)

// importItem adds an import: what the parent supplies, or, for the root, what the
// host will.
func (e *env) importItem(d *binary.Import) {
	if e.args != nil {
		e.add(e.args[d.Name.Name])
		return
	}
	from := &rootImport{name: d.Name.Name, sort: d.Type.Sort}
	switch d.Type.Sort {
	case binary.SortFunc:
		from.fn = e.static.Funcs[len(e.functions)]
		e.functions = append(e.functions, &function{label: from.name, from: from, component: -1})
	case binary.SortInstance:
		if t, ok := e.types[d.Type.Index].def.(*binary.InstanceType); ok {
			from.declare(t)
		}
		e.addInstance(&instanceItem{imported: from, resources: map[string]*resource{}})
	case binary.SortType:
		if d.Type.Bound == binary.BoundEq {
			e.addType(e.types[d.Type.Index])
			return
		}
		r := e.p.newResource(-1)
		r.mentions = []mention{{root, from.name}}
		from.resources = []string{from.name}
		e.addType(typeItem{resource: r})
	case binary.SortCoreModule, binary.SortComponent, binary.SortValue:
		e.p.fail("the component imports %q, a %s, and a host supplies interfaces and functions only", from.name, d.Type.Sort)
	default:
		e.p.fail("the component imports %q, a %s", from.name, d.Type.Sort)
	}
	e.p.plan.imports = append(e.p.plan.imports, from)
}

// declare notes what the type of an imported instance asks for.
func (r *rootImport) declare(t *binary.InstanceType) {
	for _, d := range t.Decls {
		x, ok := d.(*binary.ExportDecl)
		if !ok {
			continue
		}
		switch {
		case x.Type.Sort == binary.SortFunc:
			r.functions = append(r.functions, x.Name.Name)
		case x.Type.Sort == binary.SortType && x.Type.Bound == binary.BoundSub:
			r.resources = append(r.resources, x.Name.Name)
		}
	}
}

// importedResource notes a resource of an instance that the root imports. What
// validation holds for the same resource is one.
func (e *env) importedResource(i *instanceItem, path component.ResourcePath) {
	full := append(append([]string(nil), i.path...), path.Path...)
	r := e.scope.byType[path.Resource]
	if r == nil {
		r = e.p.newResource(-1)
		e.scope.byType[path.Resource] = r
	}
	i.resources[joinPath(full)] = r
	if len(full) == 1 {
		r.mentions = append(r.mentions, mention{i.imported.name, full[0]})
	}
}

func joinPath(path []string) string { return strings.Join(path, "\x00") }

// get returns an export of an instance.
func (i *instanceItem) get(sort binary.Sort, name string) item {
	if i.imported == nil {
		return i.exports[name]
	}
	it := item{sort: sort}
	path := append(append([]string(nil), i.path...), name)
	switch sort {
	case binary.SortFunc:
		label := strings.Join(append([]string{i.imported.name}, path...), "#")
		it.function = &function{label: label, from: i.imported, name: strings.Join(path, "#"), component: -1}
	case binary.SortType:
		it.typ.resource = i.resources[joinPath(path)]
	case binary.SortInstance:
		it.instance = &instanceItem{imported: i.imported, path: path, resources: i.resources}
	}
	return it
}

// resourceAt returns the resource that an instance exports under a path, or nil.
func (i *instanceItem) resourceAt(path []string) *resource {
	for len(path) > 1 {
		inner := i.get(binary.SortInstance, path[0]).instance
		if inner == nil {
			return nil
		}
		i, path = inner, path[1:]
	}
	return i.get(binary.SortType, path[0]).typ.resource
}
