package maker

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// A core module is instantiated with its imports, but lowered functions may need
// its memory and its realloc, destructors are its exports, and adapters need its
// memory: none of these is there before. So a shim module is instantiated first,
// whose functions call through a table, and when all is there a fixup module puts
// the real functions in that table.

// shim is a function of the shim module.
type shim struct {
	typ wasm.SubType
	// unit and use are the import that the shim stands for.
	unit *unit
	use  *coreUse
	// dtor is the export of unit that the shim stands for, where it is not "".
	dtor string
	// core is the shim's function.
	core uint32
}

// exportName is the name of a shim in the shim module and the fixup module.
func exportName(i int) string { return strconv.Itoa(i) }

const shimTable = "$imports"

// instantiate adds the core modules and their instances.
func (m *maker) instantiate() {
	main := m.units[0]
	m.findShims()
	for _, u := range m.units {
		u.module = m.b.add(binary.SortCoreModule, &binary.CoreModule{Bytes: u.wasm})
	}
	shims := m.instantiateShims()
	m.defineResources()
	m.instantiateUnit(main)
	if name, ok := main.exportNamed("memory", standardPrefix+"_memory"); ok && main.typ.Exports[name].Sort == binary.SortCoreMemory {
		m.memory = m.b.alias(binary.AliasCoreExport, binary.SortCoreMemory, main.instance, name)
		m.hasMemory = true
	}
	for _, u := range m.units[1:] {
		m.instantiateUnit(u)
	}
	m.instantiateFixup(shims)
}

// findShims makes shims of the imports and destructors that cannot be supplied at
// instantiation.
func (m *maker) findShims() {
	add := func(s *shim) {
		m.shims = append(m.shims, s)
	}
	for _, u := range m.units {
		for _, use := range u.imports {
			late := use.kind == useAdapter
			if use.kind == useFunc {
				n := m.needsOf(use.fn, false)
				late = n.memory || n.realloc
			}
			if late {
				use.shim = &shim{typ: m.types.All[use.entity.Type], unit: u, use: use}
				add(use.shim)
			}
		}
		for _, it := range u.exports {
			m.eachResource(it, func(id wit.TypeID) {
				if name, ok := m.dtor(u, it, id); ok {
					add(&shim{typ: wasm.SubType{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32}}, unit: u, dtor: name})
				}
			})
		}
	}
}

// eachResource calls visit for the resources that an exported interface defines.
func (m *maker) eachResource(it *wit.WorldItem, visit func(wit.TypeID)) {
	id, ok := it.Item.(wit.InterfaceID)
	if !ok {
		return
	}
	for _, t := range m.r.Interfaces[id].Types {
		if _, ok := m.r.Types[t].Kind.(*wit.Resource); ok {
			visit(t)
		}
	}
}

// dtor returns the export of a unit that is the destructor of a resource.
func (m *maker) dtor(u *unit, it *wit.WorldItem, id wit.TypeID) (string, bool) {
	names := m.dtorNames(it, m.r.Types[id].Name)
	name, ok := u.exportNamed(names[:]...)
	if ok {
		m.checkFunc(u, "export "+name, u.typ.Exports[name], []wasm.ValType{wasm.I32}, nil)
	}
	return name, ok
}

// instantiateShims adds the shim module and its instance, which it returns.
func (m *maker) instantiateShims() uint32 {
	if len(m.shims) == 0 {
		return 0
	}
	module := m.b.add(binary.SortCoreModule, &binary.CoreModule{Bytes: shimModule(m.shims)})
	instance := m.b.add(binary.SortCoreInstance, &binary.CoreInstance{Module: module})
	for i, s := range m.shims {
		s.core = m.b.alias(binary.AliasCoreExport, binary.SortCoreFunc, instance, exportName(i))
	}
	return instance
}

// defineResources defines the resources of exported interfaces.
func (m *maker) defineResources() {
	m.resources = make(map[resourceKey]uint32)
	for _, u := range m.units {
		for _, it := range u.exports {
			m.eachResource(it, func(id wit.TypeID) {
				r := &binary.Resource{Rep: wasm.I32}
				if name, ok := m.dtor(u, it, id); ok {
					for _, s := range m.shims {
						if s.unit == u && s.dtor == name {
							r.Dtor = &s.core
						}
					}
				}
				m.resources[resourceKey{it, id}] = m.b.add(binary.SortType, &binary.TypeDef{Type: r})
			})
		}
	}
}

// instantiateUnit adds the instance of a core module, with a bag of exports for
// each module that it imports from.
func (m *maker) instantiateUnit(u *unit) {
	var names []string
	bags := make(map[string]*binary.CoreInstance)
	for _, use := range u.imports {
		bag := bags[use.module]
		if bag == nil {
			bag = &binary.CoreInstance{Exports: []binary.CoreExport{}}
			bags[use.module] = bag
			names = append(names, use.module)
		}
		sort, index := m.supply(u, use)
		bag.Exports = append(bag.Exports, binary.CoreExport{Name: use.unique, Sort: sort, Index: index})
	}
	instance := &binary.CoreInstance{Module: u.module}
	for _, name := range names {
		instance.Args = append(instance.Args, binary.CoreArg{Name: name, Instance: m.b.add(binary.SortCoreInstance, bags[name])})
	}
	u.instance = m.b.add(binary.SortCoreInstance, instance)
}

// supply returns what stands for an import at instantiation.
func (m *maker) supply(u *unit, use *coreUse) (binary.Sort, uint32) {
	if use.shim != nil {
		return binary.SortCoreFunc, use.shim.core
	}
	main := m.units[0]
	switch use.kind {
	case useFunc:
		return binary.SortCoreFunc, m.lower(u, use)
	case useDrop:
		return binary.SortCoreFunc, m.b.canon(&binary.Canon{Op: binary.CanonResourceDrop, Type: m.resourceIndex(use.item, use.resource)})
	case useExportedNew:
		return binary.SortCoreFunc, m.b.canon(&binary.Canon{Op: binary.CanonResourceNew, Type: m.ownResource(use)})
	case useExportedRep:
		return binary.SortCoreFunc, m.b.canon(&binary.Canon{Op: binary.CanonResourceRep, Type: m.ownResource(use)})
	case useExportedDrop:
		return binary.SortCoreFunc, m.b.canon(&binary.Canon{Op: binary.CanonResourceDrop, Type: m.ownResource(use)})
	case useMemory:
		return binary.SortCoreMemory, m.b.alias(binary.AliasCoreExport, binary.SortCoreMemory, main.instance, use.name)
	case useMainExport:
		return use.entity.Sort, m.b.alias(binary.AliasCoreExport, use.entity.Sort, main.instance, use.name)
	default:
		panic(fmt.Sprintf("maker: unhandled use %d", use.kind))
	}
}

// ownResource returns the index of a resource that the component defines.
func (m *maker) ownResource(use *coreUse) uint32 {
	return m.resources[resourceKey{use.item, use.resource}]
}

// resourceKey is a resource of an exported interface. An interface may be exported
// more than once under plain names.
type resourceKey struct {
	item *wit.WorldItem
	id   wit.TypeID
}

// instantiateFixup adds the module that fills the table of the shims and runs the
// main module's _initialize.
func (m *maker) instantiateFixup(shims uint32) {
	main := m.units[0]
	initialize, ok := main.exportNamed("_initialize", standardPrefix+"_initialize")
	if ok {
		m.checkFunc(main, "export "+initialize, main.typ.Exports[initialize], nil, nil)
	}
	if len(m.shims) == 0 && !ok {
		return
	}
	fixup := &binary.CoreInstance{Module: m.b.add(binary.SortCoreModule, &binary.CoreModule{Bytes: fixupModule(m.shims, initialize)})}
	if len(m.shims) > 0 {
		actual := &binary.CoreInstance{Exports: []binary.CoreExport{}}
		for i, s := range m.shims {
			actual.Exports = append(actual.Exports, binary.CoreExport{Name: exportName(i), Sort: binary.SortCoreFunc, Index: m.actual(s)})
		}
		fixup.Args = append(fixup.Args, binary.CoreArg{Name: "actual", Instance: m.b.add(binary.SortCoreInstance, actual)}, binary.CoreArg{Name: "shim", Instance: shims})
	}
	if ok {
		fixup.Args = append(fixup.Args, binary.CoreArg{Name: "main", Instance: main.instance})
	}
	m.b.add(binary.SortCoreInstance, fixup)
}

// actual returns the function that a shim stands for, now that all is there.
func (m *maker) actual(s *shim) uint32 {
	if s.dtor != "" {
		return m.b.alias(binary.AliasCoreExport, binary.SortCoreFunc, s.unit.instance, s.dtor)
	}
	if s.use.kind == useAdapter {
		return m.b.alias(binary.AliasCoreExport, binary.SortCoreFunc, s.use.adapter.instance, s.use.name)
	}
	return m.lower(s.unit, s.use)
}
