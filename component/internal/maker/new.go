package maker

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// Adapter is component.Adapter.
type Adapter struct {
	Name string
	Wasm []byte
}

// New is component.New.
func New(main []byte, adapters []Adapter) (wasm []byte, err error) {
	defer fault.Catch(&err)
	m := &maker{
		b:        &builder{c: &binary.Component{}},
		used:     make(map[string]map[string]bool),
		live:     make(map[wit.TypeID]bool),
		imported: make(map[string]uint32),
		funcs:    make(map[string]uint32),
		ifaces:   make(map[wit.InterfaceID]uint32),
		exported: make(map[wit.InterfaceID]uint32),
		lists:    make(map[wit.TypeID]bool),
	}
	m.readUnits(main, adapters)
	m.classify()
	m.findUses()
	m.encodeImports()
	m.instantiate()
	m.encodeExports()
	return check.Encode(m.b.c)
}

// maker makes one component.
type maker struct {
	r     *wit.Resolve
	abi   *abi.ABI
	types *core.Types
	world *wit.World
	// units are the main module and the adapters that are needed.
	units []*unit
	b     *builder
	shims []*shim

	// used are the functions that core modules import, by the name of the item
	// and the name of the function; root functions are under "".
	used map[string]map[string]bool
	// live are the types that the component imports.
	live map[wit.TypeID]bool
	// imported are the instances of imported interfaces by the name of the item,
	// ifaces the same by interface, funcs the imported functions of the world.
	imported map[string]uint32
	ifaces   map[wit.InterfaceID]uint32
	funcs    map[string]uint32
	// exported are the instances of exported interfaces.
	exported map[wit.InterfaceID]uint32
	// root encodes types of the world and of imported interfaces.
	root *witbin.TypeScope
	// resources are the resources that exported interfaces define.
	resources map[resourceKey]uint32
	memory    uint32
	// hasMemory says that memory is the main module's.
	hasMemory bool
	lists     map[wit.TypeID]bool
}

// unit is a core module of the component: the main one or an adapter.
type unit struct {
	name string // "" of the main module
	wasm []byte
	typ  *core.Module
	// exports are the names of the world's exports that are the unit's to make.
	exports []*wit.WorldItem
	// encodings are the string encodings by the names of imports and exports.
	encodings map[string]binary.OptionKind
	imports   []*coreUse
	module    uint32
	instance  uint32
	// adapted are an adapter's exports that the main module imports.
	adapted map[string]core.Entity
}

// describe names the unit for messages.
func (u *unit) describe() string {
	if u.name == "" {
		return "the core module"
	}
	return fmt.Sprintf("the adapter %q", u.name)
}

// failNew ends New with an error that has no place in a binary.
func failNew(format string, args ...any) {
	core.Invalid(-1, format, args...)
}

// builder adds definitions to a component and counts its index spaces.
type builder struct {
	c       *binary.Component
	count   [binary.NumSorts]uint32
	aliases map[binary.Alias]uint32
}

// add adds a definition and returns the index that it defines.
func (b *builder) add(sort binary.Sort, d binary.Def) uint32 {
	b.c.Add(d)
	b.count[sort]++
	return b.count[sort] - 1
}

// alias returns the index of an export of an instance, or of a core instance.
func (b *builder) alias(target binary.AliasTarget, sort binary.Sort, instance uint32, name string) uint32 {
	key := binary.Alias{Sort: sort, Target: target, Instance: instance, Name: name}
	if index, ok := b.aliases[key]; ok {
		return index
	}
	if b.aliases == nil {
		b.aliases = make(map[binary.Alias]uint32)
	}
	d := key
	index := b.add(sort, &d)
	b.aliases[key] = index
	return index
}

// export adds an export and returns the index that it defines.
func (b *builder) export(name binary.ExternName, sort binary.Sort, index uint32, t *binary.ExternType) uint32 {
	return b.add(sort, &binary.Export{Name: name, Sort: sort, Index: index, Type: t})
}

// canon adds a canonical definition that makes a core function.
func (b *builder) canon(d *binary.Canon) uint32 { return b.add(binary.SortCoreFunc, d) }

// coreValTypes are core types of the abi package.
func coreValTypes(list []abi.Core) []wasm.ValType {
	out := make([]wasm.ValType, len(list))
	for i, c := range list {
		out[i] = [...]wasm.ValType{abi.I32: wasm.I32, abi.I64: wasm.I64, abi.F32: wasm.F32, abi.F64: wasm.F64}[c]
	}
	return out
}

// hasList reports whether values of a type are or contain lists, strings or maps,
// which go through memory.
func (m *maker) hasList(t wit.Type) bool {
	id, ok := t.(wit.TypeID)
	if !ok {
		return t == wit.String
	}
	if has, ok := m.lists[id]; ok {
		return has
	}
	has := false
	switch k := m.r.Types[id].Kind.(type) {
	case *wit.List, *wit.Map:
		has = true
	case *wit.Stream, *wit.Future, *wit.Own, *wit.Borrow, *wit.Resource:
	default:
		wit.EachType(k, func(t wit.Type) { has = has || m.hasList(t) })
	}
	m.lists[id] = has
	return has
}

// hasString reports whether a type contains a string, for which the string encoding
// counts.
func (m *maker) hasString(t wit.Type, seen map[wit.TypeID]bool) bool {
	id, ok := t.(wit.TypeID)
	if !ok {
		return t == wit.String
	}
	if seen[id] {
		return false
	}
	seen[id] = true
	has := false
	switch k := m.r.Types[id].Kind.(type) {
	case *wit.Own, *wit.Borrow, *wit.Resource:
	default:
		wit.EachType(k, func(t wit.Type) { has = has || m.hasString(t, seen) })
	}
	return has
}

// needs are the options that lowering or lifting a function needs.
type needs struct{ memory, realloc, encoding bool }

// needsOf returns the options for f: lifted says that it is an export.
func (m *maker) needsOf(f *wit.Function, lifted bool) needs {
	params, result := m.abi.ParamsInMemory(f), m.abi.ResultInMemory(f)
	paramLists, resultLists := false, f.Result != nil && m.hasList(f.Result)
	seen := make(map[wit.TypeID]bool)
	n := needs{encoding: f.Result != nil && m.hasString(f.Result, seen)}
	for _, p := range f.Params {
		paramLists = paramLists || m.hasList(p.Type)
		n.encoding = n.encoding || m.hasString(p.Type, seen)
	}
	n.memory = params || result || paramLists || resultLists
	if lifted {
		n.realloc = params || paramLists
	} else {
		n.realloc = resultLists
	}
	return n
}

// options returns the canonical options of a function of a unit, whose core module
// has been instantiated where memory is needed.
func (m *maker) options(u *unit, item string, n needs, lifted bool) []binary.CanonOption {
	var list []binary.CanonOption
	if n.encoding {
		list = append(list, binary.CanonOption{Kind: u.encodings[item]})
	}
	if n.memory {
		list = append(list, binary.CanonOption{Kind: binary.MemoryOption, Index: m.memory})
	}
	if n.realloc {
		owner, name := m.reallocOf(u, lifted)
		list = append(list, binary.CanonOption{Kind: binary.ReallocOption, Index: m.b.alias(binary.AliasCoreExport, binary.SortCoreFunc, owner.instance, name)})
	}
	return list
}

// reallocOf returns the unit and the name of the function that allocates for a
// unit: its own, or the main module's.
func (m *maker) reallocOf(u *unit, lifted bool) (*unit, string) {
	special := "cabi_import_realloc"
	if lifted {
		special = "cabi_export_realloc"
	}
	for _, owner := range []*unit{u, m.units[0]} {
		for _, name := range []string{special, "cabi_realloc", "cm32p2_realloc", "canonical_abi_realloc"} {
			if e, ok := owner.typ.Exports[name]; ok {
				i32 := wasm.I32
				m.checkFunc(owner, "export "+name, e, []wasm.ValType{i32, i32, i32, i32}, []wasm.ValType{i32})
				return owner, name
			}
		}
	}
	failNew("%s exports no cabi_realloc, which is needed to pass lists and strings to it", u.describe())
	return nil, ""
}

// checkFunc checks the type of a core import or export.
func (m *maker) checkFunc(u *unit, what string, e core.Entity, params, results []wasm.ValType) {
	if e.Sort != binary.SortCoreFunc {
		failNew("%s of %s is a %s, and must be a function", what, u.describe(), e.Sort)
	}
	if want := m.types.Function(params, results); e.Type != want {
		failNew("%s of %s is of type %s, and must be of type %s", what, u.describe(), m.types.Show(e.Type), m.types.Show(want))
	}
}
