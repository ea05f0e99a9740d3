package maker

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/extname"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// encodeExports lifts what core modules export and exports it from the component.
func (m *maker) encodeExports() {
	for _, it := range m.world.Exports {
		u := m.exporter(m.r.ItemName(it))
		switch what := it.Item.(type) {
		case *wit.Function:
			f := m.lift(u, it, what, m.root.Function(what))
			m.b.export(witbin.ItemName(m.r, it), binary.SortFunc, f, nil)
		case wit.InterfaceID:
			m.exportInterface(u, it, what)
		default:
			panic(fmt.Sprintf("maker: unhandled item %T", what))
		}
	}
}

// lift adds the function that a core export implements. typ is its type.
func (m *maker) lift(u *unit, it *wit.WorldItem, f *wit.Function, typ uint32) uint32 {
	var names coreExportNames
	for _, n := range m.exportNames(it, f) {
		if _, ok := u.typ.Exports[n.name]; ok {
			names = n
			break
		}
	}
	if names.name == "" {
		failNew("%s does not export %q, which its world says", u.describe(), m.exportNames(it, f)[0].name)
	}
	sig := m.abi.Lift(f)
	params, results := coreValTypes(sig.Params), coreValTypes(sig.Results)
	m.checkFunc(u, "export "+names.name, u.typ.Exports[names.name], params, results)
	n := m.needsOf(f, true)
	if n.memory && !m.hasMemory {
		failNew("%s exports no memory, which %q needs", m.units[0].describe(), names.name)
	}
	d := &binary.Canon{Op: binary.CanonLift, Type: typ, Options: m.options(u, m.r.ItemName(it), n, true)}
	d.Func = m.b.alias(binary.AliasCoreExport, binary.SortCoreFunc, u.instance, names.name)
	if post, ok := u.typ.Exports[names.post]; ok {
		m.checkFunc(u, "export "+names.post, post, results, nil)
		d.Options = append(d.Options, binary.CanonOption{Kind: binary.PostReturnOption, Index: m.b.alias(binary.AliasCoreExport, binary.SortCoreFunc, u.instance, names.post)})
	}
	return m.b.add(binary.SortFunc, d)
}

// exportInterface exports an interface. Its functions are lifted with types that
// have no names; a nested component imports these and exports them again, with the
// names and types of the interface, since only a component can give types names.
func (m *maker) exportInterface(u *unit, it *wit.WorldItem, id wit.InterfaceID) {
	iface := m.r.Interfaces[id]
	outer := witbin.NewTypeScope(m.r, id, func(d binary.Def) uint32 { return m.b.add(binary.SortType, d) })
	outer.Foreign = m.typeForExport
	outer.Name = func(_ wit.TypeID, _ binary.ExternName, index *uint32) uint32 { return *index }
	m.eachResource(it, func(t wit.TypeID) { outer.Set(t, m.resources[resourceKey{it, t}]) })

	n := newNested(m, outer)
	n.importForeign(id)
	before := n.in.Save()
	m.eachResource(it, func(t wit.TypeID) { n.resources[t] = n.in.Index(t) })
	for _, f := range iface.Functions {
		n.importFunction(f, m.lift(u, it, f, outer.Function(f)))
	}
	n.in.Restore(before)
	n.exports(iface)

	component := m.b.add(binary.SortComponent, n.b.c)
	instance := m.b.add(binary.SortInstance, &binary.Instance{Component: component, Args: n.args})
	exported := m.b.export(witbin.ItemName(m.r, it), binary.SortInstance, instance, nil)
	if it.Name == "" {
		m.exported[id] = exported
	}
}

// typeForExport returns the index of a type that an exported interface uses of
// another: of the exported instance where there is one, else of the imported one.
func (m *maker) typeForExport(owner wit.InterfaceID, id wit.TypeID) uint32 {
	if m.isExported(owner) {
		instance, ok := m.exported[owner]
		if !ok {
			failNew("the world exports %s after an interface that uses its types", m.r.QualifiedName(owner))
		}
		return m.b.alias(binary.AliasExport, binary.SortType, instance, m.r.Types[id].Name)
	}
	return m.root.Index(id)
}

// nested makes the component inside that gives an exported interface its types.
type nested struct {
	m *maker
	b *builder
	// outer encodes types around the component, in inside it.
	outer, in *witbin.TypeScope
	names     map[string]bool
	args      []binary.Arg
	// resources are those that the interface defines, funcs its functions in
	// order, both as they are imported.
	resources map[wit.TypeID]uint32
	funcs     []uint32
}

func newNested(m *maker, outer *witbin.TypeScope) *nested {
	n := &nested{m: m, b: &builder{c: &binary.Component{}}, outer: outer, names: make(map[string]bool), resources: make(map[wit.TypeID]uint32)}
	n.in = witbin.NewTypeScope(m.r, outer.Interface, func(d binary.Def) uint32 { return n.b.add(binary.SortType, d) })
	n.in.Name = n.importType
	return n
}

// unique returns a name that was not used before, to import something under.
func (n *nested) unique(name string) string {
	for i := 0; ; i++ {
		try := name
		if i > 0 {
			try = fmt.Sprintf("%s-%d", name, i)
		}
		if key := (extname.Name{Label: try}).UniqueKey(); !n.names[key] {
			n.names[key] = true
			return try
		}
	}
}

// importType imports a named type, for which the same type around the component is
// the argument.
func (n *nested) importType(id wit.TypeID, name binary.ExternName, index *uint32) uint32 {
	label := n.unique("import-type-" + name.Name)
	n.args = append(n.args, binary.Arg{Name: label, Sort: binary.SortType, Index: n.outer.Index(id)})
	return n.b.add(binary.SortType, &binary.Import{Name: binary.Named(label), Type: witbin.TypeBound(index)})
}

// importForeign imports the types of other interfaces that one uses.
func (n *nested) importForeign(id wit.InterfaceID) {
	var list []wit.TypeID
	for t := range n.m.typesOf(id) {
		if owner, ok := n.m.r.Types[t].Owner.(wit.InterfaceID); ok && owner != id {
			list = append(list, t)
		}
	}
	slices.Sort(list)
	for _, t := range list {
		n.in.Type(t)
	}
}

// importFunction imports a function, for which lifted is the argument.
func (n *nested) importFunction(f *wit.Function, lifted uint32) {
	label := n.unique("import-func-" + f.Base())
	n.args = append(n.args, binary.Arg{Name: label, Sort: binary.SortFunc, Index: lifted})
	t := binary.ExternType{Sort: binary.SortFunc, Index: n.in.Function(f)}
	n.funcs = append(n.funcs, n.b.add(binary.SortFunc, &binary.Import{Name: binary.Named(label), Type: t}))
}

// exports exports the types and functions of the interface.
func (n *nested) exports(iface *wit.Interface) {
	n.in.Name = func(_ wit.TypeID, name binary.ExternName, index *uint32) uint32 {
		return n.b.export(name, binary.SortType, *index, nil)
	}
	for _, t := range iface.Types {
		if imported, ok := n.resources[t]; ok {
			def := n.m.r.Types[t]
			n.in.Set(t, n.b.export(witbin.ExternNameOf(def.Name, def.ExternalID), binary.SortType, imported, nil))
		} else {
			n.in.Type(t)
		}
	}
	for i, f := range iface.Functions {
		t := binary.ExternType{Sort: binary.SortFunc, Index: n.in.Function(f)}
		n.b.export(witbin.ExternNameOf(f.Name, f.ExternalID), binary.SortFunc, n.funcs[i], &t)
	}
}
