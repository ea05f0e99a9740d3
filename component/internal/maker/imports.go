package maker

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// findUses finds what of the world the component imports: the functions that core
// modules import, and the types that these or exports need.
func (m *maker) findUses() {
	for _, u := range m.units {
		for _, use := range u.imports {
			switch use.kind {
			case useFunc:
				m.use(use.item, use.fn)
			case useDrop:
				m.mark(use.resource, m.live)
			}
		}
	}
	for _, it := range m.world.Imports {
		if id, ok := it.Item.(wit.TypeID); ok {
			m.mark(id, m.live)
		}
	}
	for _, it := range m.world.Exports {
		switch what := it.Item.(type) {
		case *wit.Function:
			m.markFunction(what, m.live)
		case wit.InterfaceID:
			m.markForExport(what)
		}
	}
}

// use records that a core module imports a function.
func (m *maker) use(it *wit.WorldItem, f *wit.Function) {
	item := ""
	if _, ok := it.Item.(wit.InterfaceID); ok {
		item = m.r.ItemName(it)
	}
	if m.used[item] == nil {
		m.used[item] = make(map[string]bool)
	}
	m.used[item][f.Name] = true
	m.markFunction(f, m.live)
}

func (m *maker) markFunction(f *wit.Function, set map[wit.TypeID]bool) {
	for _, p := range f.Params {
		m.mark(p.Type, set)
	}
	if f.Result != nil {
		m.mark(f.Result, set)
	}
	if f.Kind != wit.Freestanding {
		m.mark(f.Resource, set)
	}
}

// mark adds a type and all that it refers to.
func (m *maker) mark(t wit.Type, set map[wit.TypeID]bool) {
	id, ok := t.(wit.TypeID)
	if !ok || set[id] {
		return
	}
	set[id] = true
	wit.EachType(m.r.Types[id].Kind, func(t wit.Type) { m.mark(t, set) })
}

// markForExport marks the imported types that an exported interface uses.
func (m *maker) markForExport(id wit.InterfaceID) {
	all := m.typesOf(id)
	for t := range all {
		owner, ok := m.r.Types[t].Owner.(wit.InterfaceID)
		if ok && owner != id && !m.isExported(owner) {
			m.mark(t, m.live)
		}
	}
}

// typesOf returns all types that an interface defines, uses or refers to.
func (m *maker) typesOf(id wit.InterfaceID) map[wit.TypeID]bool {
	all := make(map[wit.TypeID]bool)
	for _, t := range m.r.Interfaces[id].Types {
		m.mark(t, all)
	}
	for _, f := range m.r.Interfaces[id].Functions {
		m.markFunction(f, all)
	}
	return all
}

// isExported reports whether the world exports an interface under its own name:
// then other exports that use its types use those of the export.
func (m *maker) isExported(id wit.InterfaceID) bool {
	for _, it := range m.world.Exports {
		if x, ok := it.KeyInterface(); ok && x == id {
			return true
		}
	}
	return false
}

// encodeImports adds the imports of the component: interfaces, then types, then
// functions.
func (m *maker) encodeImports() {
	m.root = witbin.NewTypeScope(m.r, witbin.NoInterface, func(d binary.Def) uint32 { return m.b.add(binary.SortType, d) })
	m.root.Foreign = m.importedType
	m.root.Name = func(_ wit.TypeID, name binary.ExternName, index *uint32) uint32 {
		return m.b.add(binary.SortType, &binary.Import{Name: name, Type: witbin.TypeBound(index)})
	}
	for _, it := range m.world.Imports {
		if id, ok := it.Item.(wit.InterfaceID); ok {
			m.importInterface(it, id)
		}
	}
	for _, it := range m.world.Imports {
		if id, ok := it.Item.(wit.TypeID); ok {
			m.root.Type(id)
		}
	}
	for _, it := range m.world.Imports {
		if f, ok := it.Item.(*wit.Function); ok && m.used[""][f.Name] {
			t := binary.ExternType{Sort: binary.SortFunc, Index: m.root.Function(f)}
			m.funcs[f.Name] = m.b.add(binary.SortFunc, &binary.Import{Name: witbin.ItemName(m.r, it), Type: t})
		}
	}
}

// importInterface adds the import of an interface with the types and functions that
// are used, where there are any.
func (m *maker) importInterface(it *wit.WorldItem, id wit.InterfaceID) {
	iface := m.r.Interfaces[id]
	name := m.r.ItemName(it)
	var types []wit.TypeID
	for _, t := range iface.Types {
		if m.live[t] {
			types = append(types, t)
		}
	}
	var funcs []*wit.Function
	for _, f := range iface.Functions {
		if m.used[name][f.Name] {
			funcs = append(funcs, f)
		}
	}
	if len(types)+len(funcs) == 0 {
		return
	}
	t := witbin.InstanceTypeOf(m.r, id, types, funcs, m.importedType)
	index := m.b.add(binary.SortType, &binary.TypeDef{Type: t})
	instance := m.b.add(binary.SortInstance, &binary.Import{Name: witbin.ItemName(m.r, it), Type: binary.ExternType{Sort: binary.SortInstance, Index: index}})
	m.imported[name] = instance
	if _, ok := m.ifaces[id]; !ok || it.Name == "" {
		m.ifaces[id] = instance
	}
}

// importedType returns the index of a type of an imported interface.
func (m *maker) importedType(owner wit.InterfaceID, id wit.TypeID) uint32 {
	instance, ok := m.ifaces[owner]
	if !ok {
		failNew("the world does not import %s, whose type %q it uses", m.r.QualifiedName(owner), m.r.Types[id].Name)
	}
	return m.b.alias(binary.AliasExport, binary.SortType, instance, m.r.Types[id].Name)
}

// lower adds the core function of an imported function. Where it needs memory, its
// core module must have been instantiated.
func (m *maker) lower(u *unit, use *coreUse) uint32 {
	item := m.r.ItemName(use.item)
	f := m.funcs[use.fn.Name]
	if _, ok := use.item.Item.(wit.InterfaceID); ok {
		f = m.b.alias(binary.AliasExport, binary.SortFunc, m.imported[item], use.fn.Name)
	}
	n := m.needsOf(use.fn, false)
	return m.b.canon(&binary.Canon{Op: binary.CanonLower, Func: f, Options: m.options(u, item, n, false)})
}

// resourceIndex returns the index of an imported resource.
func (m *maker) resourceIndex(it *wit.WorldItem, id wit.TypeID) uint32 {
	switch it.Item.(type) {
	case wit.InterfaceID:
		return m.b.alias(binary.AliasExport, binary.SortType, m.imported[m.r.ItemName(it)], m.r.Types[id].Name)
	case wit.TypeID:
		return m.root.Index(id)
	default:
		panic(fmt.Sprintf("maker: unhandled item %T", it.Item))
	}
}
