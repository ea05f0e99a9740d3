package maker

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// imports are the imports of the component.
type imports struct {
	b  *builder
	in *input
	// instances are those of interfaces: imported ones, and later exported ones.
	instances map[wit.InterfaceID]uint32
	// functions are the functions of the world itself.
	functions map[string]uint32
	// root has the types of the component itself: it imports those of the world, and those
	// of interfaces are aliases of what instances export.
	root *witbin.TypeScope
}

// encodeImports adds the imports of the component: interfaces, then types, then
// functions.
func encodeImports(b *builder, in *input, w *wants) *imports {
	i := &imports{b: b, in: in, instances: make(map[wit.InterfaceID]uint32), functions: make(map[string]uint32)}
	i.root = witbin.NewTypeScope(in.r, witbin.NoInterface, b.typeOf)
	i.root.Foreign = i.interfaceType
	i.root.Name = func(_ wit.TypeID, name binary.ExternName, index *uint32) uint32 {
		return b.typeOf(&binary.Import{Name: name, Type: witbin.TypeBound(index)})
	}
	for _, it := range in.world.Imports {
		if id, ok := it.Item.(wit.InterfaceID); ok {
			i.addInterface(it, id, w)
		}
	}
	for _, it := range in.world.Imports {
		if id, ok := it.Item.(wit.TypeID); ok {
			i.root.Type(id)
		}
	}
	for _, it := range in.world.Imports {
		if f, ok := it.Item.(*wit.Function); ok && w.functions[""][f.Name] {
			t := binary.ExternType{Sort: binary.SortFunc, Index: i.root.Function(f)}
			i.functions[f.Name] = b.add(binary.SortFunc, &binary.Import{Name: witbin.ItemName(in.r, it), Type: t})
		}
	}
	return i
}

// addInterface adds the import of an interface with the types and functions that are
// wanted. An interface of which nothing is wanted is not imported.
func (i *imports) addInterface(it *wit.WorldItem, id wit.InterfaceID, w *wants) {
	r := i.in.r
	name := r.ItemName(it)
	var types []wit.TypeID
	for _, t := range w.types.order {
		if r.Types[t].Owner == wit.Owner(id) && r.Types[t].Name != "" {
			types = append(types, t)
		}
	}
	var functions []*wit.Function
	for _, f := range r.Interfaces[id].Functions {
		if w.functions[name][f.Name] {
			functions = append(functions, f)
		}
	}
	if len(types)+len(functions) == 0 {
		return
	}
	index := i.b.typeOf(&binary.TypeDef{Type: witbin.InstanceTypeOf(r, id, types, functions, i.interfaceType)})
	i.instances[id] = i.b.add(binary.SortInstance, &binary.Import{Name: witbin.ItemName(r, it), Type: binary.ExternType{Sort: binary.SortInstance, Index: index}})
}

// interfaceType adds an alias of a type of an interface and returns its index.
func (i *imports) interfaceType(owner wit.InterfaceID, id wit.TypeID) uint32 {
	instance, ok := i.instances[owner]
	if !ok {
		failNew("the world does not import %s, whose type %q it uses", i.in.r.QualifiedName(owner), i.in.r.Types[id].Name)
	}
	return i.b.alias(binary.SortType, instance, i.in.r.Types[id].Name)
}

// function returns the index of an imported function.
func (i *imports) function(it *wit.WorldItem, f *wit.Function) uint32 {
	if id, ok := it.Item.(wit.InterfaceID); ok {
		return i.b.alias(binary.SortFunc, i.instances[id], f.Name)
	}
	return i.functions[f.Name]
}

// resource returns an index of an imported resource, for the function that drops it.
func (i *imports) resource(it *wit.WorldItem, id wit.TypeID) uint32 {
	switch what := it.Item.(type) {
	case wit.InterfaceID:
		return i.interfaceType(what, id)
	case wit.TypeID:
		return i.root.Index(id)
	default:
		panic(fmt.Sprintf("maker: unhandled item %T", it.Item))
	}
}
