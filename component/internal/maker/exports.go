package maker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// exports are the exports of the component.
type exports struct {
	b         *builder
	in        *input
	imports   *imports
	instances *instances
}

// encodeExports lifts what core modules export and exports it from the component.
func encodeExports(b *builder, in *input, imports *imports, instances *instances) {
	x := &exports{b: b, in: in, imports: imports, instances: instances}
	var order []*wit.WorldItem
	for _, p := range in.parts {
		order = append(order, p.exports...)
	}
	for _, it := range in.inOrder(order) {
		p := in.exporters[in.r.ItemName(it)]
		switch what := it.Item.(type) {
		case *wit.Function:
			f := x.lift(p, it, what, imports.root.Function(what))
			b.export(witbin.ItemName(in.r, it), binary.SortFunc, f, nil)
		case wit.InterfaceID:
			x.addInterface(p, it, what)
		default:
			panic(fmt.Sprintf("maker: unhandled item %T", what))
		}
	}
}

// lift adds the function that a core export implements. typ is its type.
func (x *exports) lift(p *part, it *wit.WorldItem, f *wit.Function, typ uint32) uint32 {
	var names coreExportNames
	for _, n := range x.in.exportNames(it, f) {
		if _, ok := p.module.Exports[n.name]; ok {
			names = n
			break
		}
	}
	if names.name == "" {
		failNew("%s does not export %q, which its world says", p.describe(), x.in.exportNames(it, f)[0].name)
	}
	sig := x.in.abi.Lift(f)
	params, results := coreValTypes(sig.Params), coreValTypes(sig.Results)
	x.in.checkFunc(p, "export "+names.name, p.module.Exports[names.name], params, results)
	n := x.in.needsOf(f, true)
	d := &binary.Canon{Op: binary.CanonLift, Type: typ}
	d.Func = x.b.coreAlias(binary.SortCoreFunc, x.instances.instances[p], names.name)
	d.Options = x.instances.options(p, x.in.r.ItemName(it), names.name, n, true)
	if post, ok := p.module.Exports[names.post]; ok {
		x.in.checkFunc(p, "export "+names.post, post, results, nil)
		d.Options = append(d.Options, binary.CanonOption{Kind: binary.PostReturnOption, Index: x.b.coreAlias(binary.SortCoreFunc, x.instances.instances[p], names.post)})
	}
	return x.b.add(binary.SortFunc, d)
}

// addInterface exports an interface. Its functions are lifted with types that
// have no names; a nested component imports these and exports them again, with the
// names and types of the interface, since only a component can give types names.
func (x *exports) addInterface(p *part, it *wit.WorldItem, id wit.InterfaceID) {
	iface := x.in.r.Interfaces[id]
	outer := x.imports.root.Unnamed(id)
	lifted := make([]uint32, len(iface.Functions))
	for i, f := range iface.Functions {
		lifted[i] = x.lift(p, it, f, outer.Function(f))
	}
	n := newNested(x, outer, id)
	n.importForeign(id)
	before := n.in.Save()
	x.in.eachResource(it, func(t wit.TypeID) { n.resources[t] = n.in.Index(t) })
	for i, f := range iface.Functions {
		n.importFunction(f, lifted[i])
	}
	n.in.Restore(before)
	n.exports(iface)

	component := x.b.add(binary.SortComponent, n.b.c)
	instance := x.b.add(binary.SortInstance, &binary.Instance{Component: component, Args: slices.Concat(n.funcArgs, n.typeArgs)})
	x.imports.instances[id] = x.b.export(witbin.ItemName(x.in.r, it), binary.SortInstance, instance, nil)
	// Who uses its types from now on uses those of the instance.
	for _, t := range iface.Types {
		x.imports.root.Forget(t)
	}
}

// nested makes the component inside that gives an exported interface its types.
type nested struct {
	x *exports
	b *builder
	// outer encodes types around the component, in inside it.
	outer, in *witbin.TypeScope
	names     map[string]bool
	// funcArgs and typeArgs are what it is instantiated with.
	funcArgs, typeArgs []binary.Arg
	// resources are those that the interface defines, funcs its functions in
	// order, both as they are imported.
	resources map[wit.TypeID]uint32
	funcs     []uint32
}

func newNested(x *exports, outer *witbin.TypeScope, id wit.InterfaceID) *nested {
	n := &nested{x: x, b: &builder{c: &binary.Component{}}, outer: outer, names: make(map[string]bool), resources: make(map[wit.TypeID]uint32)}
	n.in = witbin.NewTypeScope(x.in.r, id, func(d binary.Def) uint32 { return n.b.add(binary.SortType, d) })
	n.in.Name = n.importType
	return n
}

// unique returns a name that was not used before, to import something under.
func (n *nested) unique(name string) string {
	for i := 0; n.names[wit.CanonicalName(name)]; i++ {
		name = fmt.Sprintf("%s%d", name, i)
	}
	n.names[wit.CanonicalName(name)] = true
	return name
}

// importType imports a named type, for which the same type around the component is
// the argument.
func (n *nested) importType(id wit.TypeID, name binary.ExternName, index *uint32) uint32 {
	label := n.unique("import-type-" + name.Name)
	n.typeArgs = append(n.typeArgs, binary.Arg{Name: label, Sort: binary.SortType, Index: n.outer.Index(id)})
	return n.b.add(binary.SortType, &binary.Import{Name: binary.Named(label), Type: witbin.TypeBound(index)})
}

// importForeign imports the types of other interfaces that one uses.
func (n *nested) importForeign(id wit.InterfaceID) {
	for _, t := range n.x.in.typesOf(id) {
		if owner, ok := n.x.in.r.Types[t].Owner.(wit.InterfaceID); ok && owner != id {
			n.outer.Type(t)
			n.in.Type(t)
		}
	}
}

// importFunction imports a function, for which lifted is the argument.
func (n *nested) importFunction(f *wit.Function, lifted uint32) {
	base := map[wit.FuncKind]string{wit.Freestanding: "func-", wit.Constructor: "constructor-", wit.Method: "method-", wit.Static: "static-"}[f.Kind] + f.Base()
	if f.Kind == wit.Method || f.Kind == wit.Static {
		resource := n.x.in.r.Types[f.Resource].Name
		base = strings.TrimSuffix(base, f.Base()) + resource + "-" + f.Base()
	}
	label := n.unique("import-" + base)
	n.funcArgs = append(n.funcArgs, binary.Arg{Name: label, Sort: binary.SortFunc, Index: lifted})
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
			def := n.x.in.r.Types[t]
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
