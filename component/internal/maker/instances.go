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

// instances are the core modules of the component and their instances.
type instances struct {
	b       *builder
	in      *input
	uses    map[*part][]*coreUse
	imports *imports
	// modules and instances are those of the parts.
	modules, instances map[*part]uint32
	shims              []*shim
	shimOf             map[*coreUse]*shim
	// memory is the main module's, where hasMemory is true.
	memory     uint32
	memoryType wasm.Limits
	hasMemory  bool
}

// shim is a function of the shim module.
type shim struct {
	typ wasm.SubType
	// part and use are the import that the shim stands for.
	part *part
	use  *coreUse
	// dtor is the export of part that the shim stands for, where it is not "".
	dtor string
	// core returns the index of the shim's function.
	core func() uint32
}

// exportName is the name of a shim in the shim module and the fixup module.
func exportName(i int) string { return strconv.Itoa(i) }

const shimTable = "$imports"

// instantiate adds the core modules and their instances.
func instantiate(b *builder, in *input, uses map[*part][]*coreUse, imports *imports) *instances {
	c := &instances{b: b, in: in, uses: uses, imports: imports, modules: make(map[*part]uint32), instances: make(map[*part]uint32),
		shimOf: make(map[*coreUse]*shim)}
	c.findShims()
	for _, p := range in.parts {
		c.modules[p] = b.add(binary.SortCoreModule, &binary.CoreModule{Bytes: p.wasm})
	}
	shims := c.addShims()
	c.declareTypes()
	main := in.main()
	c.add(main)
	if name, ok := main.exportNamed(memories...); ok && main.module.Exports[name].Sort == binary.SortCoreMemory {
		c.memory = b.coreAlias(binary.SortCoreMemory, c.instances[main], name)
		c.memoryType = main.module.Exports[name].Memory
		c.hasMemory = true
	}
	for _, p := range in.parts[1:] {
		c.add(p)
	}
	c.addFixup(shims)
	return c
}

// findShims makes shims of the imports and destructors that cannot be supplied at
// instantiation.
func (c *instances) findShims() {
	for _, p := range c.in.parts {
		made := make(map[[2]string]*shim) // imports may be repeated
		for _, use := range c.uses[p] {
			late := use.kind == useAdapter
			if use.kind == useFunc {
				n := c.in.needsOf(use.fn, false)
				late = n.memory || n.realloc
			}
			if !late {
				continue
			}
			key := [2]string{use.module, use.name}
			if made[key] == nil {
				made[key] = &shim{typ: c.in.types.All[use.entity.Type], part: p, use: use}
				c.shims = append(c.shims, made[key])
			}
			c.shimOf[use] = made[key]
		}
		dtors := make(map[string]bool)
		for _, it := range p.exports {
			c.in.eachResource(it, func(id wit.TypeID) {
				if name, ok := c.in.dtor(p, it, id); ok {
					dtors[name] = true
				}
			})
		}
		for _, name := range p.module.Names {
			if dtors[name] {
				c.shims = append(c.shims, &shim{typ: wasm.FuncType([]wasm.ValType{wasm.I32}, nil), part: p, dtor: name})
			}
		}
	}
}

// addShims adds the shim module and its instance, which it returns.
func (c *instances) addShims() uint32 {
	if len(c.shims) == 0 {
		return 0
	}
	module := c.b.add(binary.SortCoreModule, &binary.CoreModule{Bytes: shimModule(c.shims)})
	instance := c.b.add(binary.SortCoreInstance, &binary.CoreInstance{Module: module})
	for i, s := range c.shims {
		s.core = func() uint32 { return c.b.coreAlias(binary.SortCoreFunc, instance, exportName(i)) }
	}
	return instance
}

// declareTypes defines the types of exported interfaces, before core modules ask for
// their resources.
func (c *instances) declareTypes() {
	root := c.imports.root
	exported := make(map[wit.InterfaceID]func())
	root.Foreign = func(owner wit.InterfaceID, id wit.TypeID) uint32 {
		if declare := exported[owner]; declare != nil { // by a part that comes later
			declare()
			return root.Index(id)
		}
		return c.imports.interfaceType(owner, id)
	}
	var order []wit.InterfaceID
	for _, p := range c.in.parts {
		for _, it := range p.exports {
			if id, ok := it.Item.(wit.InterfaceID); ok {
				exported[id] = func() {
					delete(exported, id)
					c.declareInterface(p, it, id)
				}
				order = append(order, id)
			}
		}
	}
	for _, id := range order {
		if declare := exported[id]; declare != nil {
			declare()
		}
	}
	root.Foreign = c.imports.interfaceType
}

// declareInterface defines the types of an exported interface.
func (c *instances) declareInterface(p *part, it *wit.WorldItem, id wit.InterfaceID) {
	unnamed := c.imports.root.Unnamed(id)
	for _, t := range c.in.r.Interfaces[id].Types {
		if _, ok := c.in.r.Types[t].Kind.(*wit.Resource); ok {
			c.imports.root.Set(t, c.defineResource(p, it, t))
		} else {
			unnamed.Type(t)
		}
	}
}

// defineResource defines a resource of an exported interface.
func (c *instances) defineResource(p *part, it *wit.WorldItem, id wit.TypeID) uint32 {
	r := &binary.Resource{Rep: wasm.I32}
	if name, ok := c.in.dtor(p, it, id); ok {
		for _, s := range c.shims {
			if s.part == p && s.dtor == name {
				core := s.core()
				r.Dtor = &core
			}
		}
	}
	return c.b.typeOf(&binary.TypeDef{Type: r})
}

// add adds the instance of a core module, with a bag of exports for each module that
// it imports from.
func (c *instances) add(p *part) {
	instance := &binary.CoreInstance{Module: c.modules[p]}
	for uses := c.uses[p]; len(uses) > 0; {
		bag := &binary.CoreInstance{Exports: []binary.CoreExport{}}
		name := uses[0].module
		for ; len(uses) > 0 && uses[0].module == name; uses = uses[1:] {
			sort, index := c.supply(p, uses[0])
			bag.Exports = append(bag.Exports, binary.CoreExport{Name: uses[0].unique, Sort: sort, Index: index})
		}
		instance.Args = append(instance.Args, binary.CoreArg{Name: name, Instance: c.b.add(binary.SortCoreInstance, bag)})
	}
	c.instances[p] = c.b.add(binary.SortCoreInstance, instance)
}

// supply returns what stands for an import at instantiation.
func (c *instances) supply(p *part, use *coreUse) (binary.Sort, uint32) {
	if s := c.shimOf[use]; s != nil {
		return binary.SortCoreFunc, s.core()
	}
	main := c.instances[c.in.main()]
	switch use.kind {
	case useFunc:
		return binary.SortCoreFunc, c.lower(p, use)
	case useDrop:
		return binary.SortCoreFunc, c.b.canon(&binary.Canon{Op: binary.CanonResourceDrop, Type: c.imports.resource(use.item, use.resource)})
	case useExportedNew:
		return binary.SortCoreFunc, c.b.canon(&binary.Canon{Op: binary.CanonResourceNew, Type: c.imports.root.Index(use.resource)})
	case useExportedRep:
		return binary.SortCoreFunc, c.b.canon(&binary.Canon{Op: binary.CanonResourceRep, Type: c.imports.root.Index(use.resource)})
	case useExportedDrop:
		return binary.SortCoreFunc, c.b.canon(&binary.Canon{Op: binary.CanonResourceDrop, Type: c.imports.root.Index(use.resource)})
	case useMemory:
		return binary.SortCoreMemory, c.b.coreAlias(binary.SortCoreMemory, main, use.export)
	case useMainExport:
		return use.entity.Sort, c.b.coreAlias(use.entity.Sort, main, use.export)
	default:
		panic(fmt.Sprintf("maker: unhandled use %d", use.kind))
	}
}

// addFixup adds the module that fills the table of the shims and runs the main
// module's _initialize.
func (c *instances) addFixup(shims uint32) {
	main := c.in.main()
	initialize, ok := main.exportNamed("_initialize", standardPrefix+"_initialize")
	if ok {
		c.in.checkFunc(main, "export "+initialize, main.module.Exports[initialize], nil, nil)
	}
	if len(c.shims) == 0 && !ok {
		return
	}
	module := c.b.add(binary.SortCoreModule, &binary.CoreModule{Bytes: fixupModule(c.shims, initialize)})
	fixup := &binary.CoreInstance{Module: module}
	if len(c.shims) > 0 {
		actual := &binary.CoreInstance{Exports: []binary.CoreExport{}}
		for i, s := range c.shims {
			actual.Exports = append(actual.Exports, binary.CoreExport{Name: exportName(i), Sort: binary.SortCoreFunc, Index: c.actual(s)})
		}
		fixup.Args = append(fixup.Args, binary.CoreArg{Name: "actual", Instance: c.b.add(binary.SortCoreInstance, actual)})
	}
	if ok {
		fixup.Args = append(fixup.Args, binary.CoreArg{Name: "main", Instance: c.instances[main]})
	}
	if len(c.shims) > 0 {
		fixup.Args = append(fixup.Args, binary.CoreArg{Name: "shim", Instance: shims})
	}
	c.b.add(binary.SortCoreInstance, fixup)
}

// actual returns the function that a shim stands for, now that all is there.
func (c *instances) actual(s *shim) uint32 {
	if s.dtor != "" {
		return c.b.coreAlias(binary.SortCoreFunc, c.instances[s.part], s.dtor)
	}
	if s.use.kind == useAdapter {
		return c.b.coreAlias(binary.SortCoreFunc, c.instances[s.use.adapter], s.use.name)
	}
	return c.lower(s.part, s.use)
}

// lower adds the core function of an imported function. Where it needs memory, its
// core module must have been instantiated.
func (c *instances) lower(p *part, use *coreUse) uint32 {
	f := c.imports.function(use.item, use.fn)
	n := c.in.needsOf(use.fn, false)
	return c.b.canon(&binary.Canon{Op: binary.CanonLower, Func: f, Options: c.options(p, c.in.r.ItemName(use.item), use.name, n, false)})
}

// options returns the canonical options of a function of a part, whose core module
// has been instantiated where memory is needed. name is the function's in the core module.
func (c *instances) options(p *part, item, name string, n needs, lifted bool) []binary.CanonOption {
	switch main := c.in.main(); {
	case n.memory && !c.hasMemory:
		failNew("%s exports no memory, which %q needs", main.describe(), name)
	case n.memory && c.memoryType.Shared:
		failNew("the memory of %s is shared, and %q needs one that is not", main.describe(), name)
	case n.memory && c.memoryType.Addr64:
		failNew("the memory of %s has addresses of 64 bits, and %q needs it with addresses of 32", main.describe(), name)
	}
	var list []binary.CanonOption
	if n.memory {
		list = append(list, binary.CanonOption{Kind: binary.MemoryOption, Index: c.memory})
	}
	if n.realloc {
		owner, name := c.in.reallocOf(p, lifted)
		list = append(list, binary.CanonOption{Kind: binary.ReallocOption, Index: c.b.coreAlias(binary.SortCoreFunc, c.instances[owner], name)})
	}
	if n.encoding {
		list = append(list, binary.CanonOption{Kind: p.encodings[item]})
	}
	return list
}
