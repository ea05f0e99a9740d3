// Package check checks components by the validation rules of the specification
// (Binary.md, Explainer.md and CanonicalABI.md).
package check

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
)

// Component checks a component by the validation rules of the specification and returns
// its type. The error is a *binary.Error.
func Component(c *binary.Component) (t *checked.Component, err error) {
	defer fault.Catch(&err)
	return newValidator(c).component(c, nil), nil
}

func newValidator(c *binary.Component) *validator {
	return &validator{core: &core.Types{}, equal: make(map[*checked.Value]*checked.Value), budget: baseBudget + budgetShare*c.DefinitionBytes()}
}

// Validation may make or compare so many types for each byte of definitions, and baseBudget
// more. For each it takes some hundred bytes.
const (
	budgetShare = 4
	baseBudget  = 1 << 18
)

// nameShift is the logarithm of how many bytes of a name that is looked up are a step more.
const nameShift = 6

// validator holds what is the same for all scopes.
type validator struct {
	core *core.Types
	// equal maps types to types that they were found equal to.
	equal  map[*checked.Value]*checked.Value
	budget int
	look   *wasm.Look // nil where nothing ends the check
	// at is the offset of the definition that is being checked.
	at int
	// scopes keeps the scopes of components where it is not nil.
	scopes map[*binary.Component]*scope
}

// work counts n steps.
func (v *validator) work(n int) {
	if v.budget -= n; v.budget < 0 {
		v.fail("the types of the component take too much work to check")
	}
	if err := v.look.Step(n); err != nil {
		fault.Throw(err)
	}
}

// step counts one step.
func (v *validator) step() { v.work(1) }

// workName counts the steps of looking up names.
func (v *validator) workName(names ...string) {
	for _, name := range names {
		v.work(1 + len(name)>>nameShift)
	}
}

// fail ends validation at the current definition.
func (v *validator) fail(format string, args ...any) { core.Invalid(v.at, format, args...) }

// scopeKind tells apart what a scope is the inside of.
type scopeKind uint8

const (
	inComponent scopeKind = iota
	inComponentType
	inInstanceType
)

// scope is the inside of a component, a component type or an instance type, with
// its index spaces (Explainer.md, "Index Spaces").
type scope struct {
	v      *validator
	kind   scopeKind
	parent *scope
	// of is the component where the scope is the inside of one.
	of *binary.Component

	coreTypes     []coreType
	coreFuncs     []core.TypeID
	coreTags      []core.TypeID
	coreTables    []wasm.Table
	coreMemories  []wasm.Limits
	coreGlobals   []wasm.Global
	coreModules   []*core.Module
	coreInstances []map[string]core.Entity

	types      []checked.Type
	funcs      []*checked.Func
	values     []value
	instances  []*checked.Instance
	components []*checked.Component

	imports, exports externs
	// importedResources and defined are the resources that imports introduce,
	// and those that definitions, instances and exports do.
	importedResources []checked.Bound
	defined           []*checked.Resource
	// slotType is that of the context built-ins of the component, once there is
	// one.
	slotType wasm.ValType
}

// coreType is an entry of the index space of core types: a module type where
// module is not nil.
type coreType struct {
	module *core.Module
	id     core.TypeID
}

// value is an entry of the index space of values.
type value struct {
	typ      checked.Ref
	consumed bool
}

// externs are the imports or the exports of a scope.
type externs struct {
	checked.Items
	kind string // "import" or "export", for messages
	// unique holds the name for each key by which names must differ.
	unique map[string]string
	// named are the types with an external name, and clean the types of which
	// is known that all they are made of is named.
	named, clean map[checked.Type]bool
	// resources are the names of resources at the top level.
	resources     map[*checked.ResourceType]string
	resourceNames map[string]bool
}

func (v *validator) newScope(kind scopeKind, parent *scope) *scope {
	s := &scope{v: v, kind: kind, parent: parent}
	for e, name := range map[*externs]string{&s.imports: "import", &s.exports: "export"} {
		*e = externs{kind: name, unique: make(map[string]string), named: make(map[checked.Type]bool), clean: make(map[checked.Type]bool), resources: make(map[*checked.ResourceType]string), resourceNames: make(map[string]bool)}
	}
	return s
}

func (v *validator) component(c *binary.Component, parent *scope) *checked.Component {
	s := v.newScope(inComponent, parent)
	s.of = c
	if v.scopes != nil {
		v.scopes[c] = s
	}
	for d := range c.Defs() {
		v.at = d.At()
		v.work(1)
		s.def(d)
	}
	v.at = c.Offset + c.Size
	for i, value := range s.values {
		if !value.consumed {
			v.fail("value %d is not used: values must be used once", i)
		}
	}
	return s.finish()
}

func (s *scope) def(d binary.Def) {
	switch d := d.(type) {
	case *binary.Custom:
	case *binary.CoreModule:
		m := core.Read(s.v.core, d.Bytes, d.At())
		// As in a module type: two-level names are arguments at instantiation.
		if twice := core.Repeated(m.Imports); twice >= 0 {
			i := m.Imports[twice]
			core.Invalid(d.At(), "a core module inside a component imports %q %q twice", i.Module, i.Name)
		}
		s.coreModules = append(s.coreModules, m)
	case *binary.CoreInstance:
		s.coreInstances = append(s.coreInstances, s.coreInstance(d))
	case *binary.CoreTypeDef:
		s.coreTypeDef(d)
	case *binary.Component:
		s.components = append(s.components, s.v.component(d, s))
	case *binary.Instance:
		s.instances = append(s.instances, s.instance(d))
	case *binary.Alias:
		s.alias(d)
	case *binary.TypeDef:
		s.types = append(s.types, s.typeDef(d.Type))
	case *binary.Canon:
		s.canon(d)
	case *binary.Start:
		s.start(d)
	case *binary.Import:
		s.importItem(d.Name, d.Type)
	case *binary.ExportDecl:
		s.exportItem(s.externType(d.Name, d.Type))
	case *binary.Export:
		s.export(d)
	case *binary.Value:
		t := s.val(d.Type)
		s.checkValue(t, d)
		s.values = append(s.values, value{typ: t})
	default:
		panic(fmt.Sprintf("check: unhandled definition %T", d))
	}
}

// define adds an item to the index space of its sort.
func (s *scope) define(it *checked.Item) {
	switch it.Sort {
	case binary.SortCoreModule:
		s.coreModules = append(s.coreModules, it.Module)
	case binary.SortFunc:
		s.funcs = append(s.funcs, it.Type.(*checked.Func))
	case binary.SortValue:
		s.values = append(s.values, value{typ: it.Ref})
	case binary.SortType:
		s.types = append(s.types, it.Type)
	case binary.SortInstance:
		s.instances = append(s.instances, it.Type.(*checked.Instance))
	case binary.SortComponent:
		s.components = append(s.components, it.Type.(*checked.Component))
	default:
		panic(fmt.Sprintf("check: unhandled sort %s", it.Sort))
	}
}

// lookup returns the item of an index. A value is consumed by it.
func (s *scope) lookup(sort binary.Sort, index uint32) *checked.Item {
	it := &checked.Item{Sort: sort}
	at := s.v.at
	switch sort {
	case binary.SortCoreModule:
		it.Module = core.Lookup(s.coreModules, index, "core module", at)
	case binary.SortFunc:
		it.Type = core.Lookup(s.funcs, index, "function", at)
	case binary.SortValue:
		it.Ref = s.consume(index)
	case binary.SortType:
		it.Type = core.Lookup(s.types, index, "type", at)
	case binary.SortInstance:
		it.Type = core.Lookup(s.instances, index, "instance", at)
	case binary.SortComponent:
		it.Type = core.Lookup(s.components, index, "component", at)
	default:
		s.v.fail("a %s cannot be used here: of the core sorts, only modules have a type that components know", sort)
	}
	return it
}

// consume returns the type of a value and marks it as used.
func (s *scope) consume(index uint32) checked.Ref {
	core.Lookup(s.values, index, "value", s.v.at)
	value := &s.values[index]
	if value.consumed {
		s.v.fail("value %d is used twice: values must be used once", index)
	}
	value.consumed = true
	return value.typ
}

// start: Binary.md, "Start Definitions".
func (s *scope) start(d *binary.Start) {
	f := core.Lookup(s.funcs, d.Func, "function", s.v.at)
	if len(d.Args) != len(f.Params) {
		s.v.fail("a start function takes %d arguments and is given %d", len(f.Params), len(d.Args))
	}
	results := uint32(0)
	if !f.Result.Absent() {
		results = 1
	}
	if d.Results != results {
		s.v.fail("a start function has %d results and %d are announced", results, d.Results)
	}
	for i, arg := range d.Args {
		if m := s.v.equalVal(s.consume(arg), f.Params[i].Type); m != nil {
			s.v.fail("argument %d of a start function: %s", i, m.what)
		}
	}
	if results == 1 {
		s.values = append(s.values, value{typ: f.Result})
	}
}

// alias: Binary.md, "Alias Definitions".
func (s *scope) alias(d *binary.Alias) {
	if s.kind != inComponent {
		ok := d.Target == binary.AliasExport && (d.Sort == binary.SortInstance || d.Sort == binary.SortType) ||
			d.Target == binary.AliasOuter && (d.Sort == binary.SortCoreType || d.Sort == binary.SortType)
		if !ok {
			s.v.fail("an alias inside a type may name an exported instance or type, or an outer type or core type, and no %s", d.Sort)
		}
	}
	switch d.Target {
	case binary.AliasExport:
		if d.Sort.Core() && d.Sort != binary.SortCoreModule {
			s.v.fail("an instance exports no %s", d.Sort)
		}
		it := core.Lookup(s.instances, d.Instance, "instance", s.v.at).Exports.Get(d.Name)
		if it == nil || it.Sort != d.Sort {
			s.v.fail("instance %d exports no %s %q", d.Instance, d.Sort, d.Name)
		}
		s.define(it)
	case binary.AliasCoreExport:
		s.coreAlias(d)
	case binary.AliasOuter:
		s.outerAlias(d)
	default:
		panic(fmt.Sprintf("check: unhandled alias target %d", d.Target))
	}
}

func (s *scope) coreAlias(d *binary.Alias) {
	instance := core.Lookup(s.coreInstances, d.Instance, "core instance", s.v.at)
	e, ok := instance[d.Name]
	if !ok || e.Sort != d.Sort {
		s.v.fail("core instance %d exports no %s %q", d.Instance, d.Sort, d.Name)
	}
	switch e.Sort {
	case binary.SortCoreFunc:
		s.coreFuncs = append(s.coreFuncs, e.Type)
	case binary.SortCoreTag:
		s.coreTags = append(s.coreTags, e.Type)
	case binary.SortCoreTable:
		s.coreTables = append(s.coreTables, e.Table)
	case binary.SortCoreMemory:
		s.coreMemories = append(s.coreMemories, e.Memory)
	case binary.SortCoreGlobal:
		s.coreGlobals = append(s.coreGlobals, e.Global)
	default:
		panic(fmt.Sprintf("check: unhandled sort %s", e.Sort))
	}
}

func (s *scope) outerAlias(d *binary.Alias) {
	target, crossed := s, false
	for range d.Count {
		crossed = crossed || target.kind == inComponent
		if target = target.parent; target == nil {
			s.v.fail("an outer alias goes %d scopes outwards, and there are fewer", d.Count)
		}
	}
	at := s.v.at
	switch d.Sort {
	case binary.SortCoreModule:
		s.coreModules = append(s.coreModules, core.Lookup(target.coreModules, d.Index, "core module", at))
	case binary.SortCoreType:
		s.coreTypes = append(s.coreTypes, core.Lookup(target.coreTypes, d.Index, "core type", at))
	case binary.SortComponent:
		s.components = append(s.components, core.Lookup(target.components, d.Index, "component", at))
	case binary.SortType:
		t := core.Lookup(target.types, d.Index, "type", at)
		if crossed && s.v.freeResource(t) {
			s.v.fail("an outer alias leaves a component, and type %d there refers to a resource", d.Index)
		}
		s.types = append(s.types, t)
	default:
		s.v.fail("an outer alias may name a core module, a core type, a type or a component, and no %s", d.Sort)
	}
}

// Encode encodes a component that was made here and checks it.
func Encode(c *binary.Component) ([]byte, error) {
	out := c.Encode()
	c, err := binary.Decode(out)
	if err == nil {
		_, err = Component(c)
	}
	if err != nil {
		return nil, fmt.Errorf("the component that was made is not valid: %w", err)
	}
	return out, nil
}
