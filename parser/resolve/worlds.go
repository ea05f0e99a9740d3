package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// worldBody fills in a world: its types, what it includes, and its imports and
// exports in the order of the text.
func (b *builder) worldBody(id wit.WorldID, w *ast.World) {
	world := b.u.worlds[id]
	world.Docs = docs(w.Docs)
	world.Stability = b.stability(w.Attrs)
	var uses []*ast.Use
	var decls []*ast.TypeDecl
	for _, it := range w.Items {
		switch it := it.(type) {
		case *ast.Use:
			uses = append(uses, it)
		case *ast.TypeDecl:
			decls = append(decls, it)
		case *ast.Include, *ast.Extern:
		default:
			panic(fmt.Sprintf("resolve: unhandled item %T", it))
		}
	}
	t := b.typeItems(id, uses, decls)
	for _, it := range w.Items {
		if it, ok := it.(*ast.Include); ok {
			b.include(world, it)
		}
	}
	imports := &externSet{b: b, word: "import", set: newItemSet(nil)}
	exports := &externSet{b: b, word: "export", set: newItemSet(nil)}
	for _, e := range t.order {
		if !e.faulty {
			imports.set.add(&wit.WorldItem{Name: e.name, Item: e.id, Span: e.span})
		}
	}
	for _, it := range w.Items {
		switch it := it.(type) {
		case *ast.TypeDecl:
			for _, f := range b.members(t, it) {
				imports.set.add(&wit.WorldItem{Name: f.Name, Item: f, Span: f.Span})
			}
		case *ast.Extern:
			item, ok := b.extern(t, it)
			switch {
			case !ok:
			case it.Export:
				exports.add(item)
			default:
				imports.add(item)
			}
		}
	}
	world.Imports, world.Exports = imports.set.items, exports.set.items
}

// include notes an include statement.
func (b *builder) include(world *unitWorld, it *ast.Include) {
	stability := b.stability(it.Attrs)
	id, ok := b.lookupWorld(it.Path)
	if !ok {
		return
	}
	inc := include{world: id, stability: stability, span: it.Path.Name.Where}
	for _, n := range it.With {
		inc.names = append(inc.names, includeName{n.Name.Text, n.As.Text, n.Name.Where})
	}
	world.includes = append(world.includes, inc)
}

// externSet is the imports or the exports of a world while they are collected.
type externSet struct {
	b    *builder
	word string
	set  *itemSet
}

func (s *externSet) add(item *wit.WorldItem) {
	prev := s.set.get(keyOf(item))
	if prev == nil {
		s.set.add(item)
		return
	}
	if item.Name == "" {
		s.b.report(diag.InterfaceTwice, item.Span, "interface cannot be %sed more than once", s.word).
			Relate(prev.Span, "the other "+s.word).
			Hint(fmt.Sprintf("an interface may be there again under a name of its own: %s other-name: path", s.word))
		return
	}
	what := ""
	switch prev.Item.(type) {
	case wit.InterfaceID:
		what = "interface"
	case *wit.Function:
		what = "func"
	case wit.TypeID:
		what = "type"
	default:
		panic(fmt.Sprintf("resolve: unhandled item %T", prev.Item))
	}
	s.b.report(diag.WorldNameClash, item.Span, "%s `%s` conflicts with prior %s of same name", s.word, item.Name, what).
		Relate(prev.Span, "the "+what)
}

// extern returns an import or export.
func (b *builder) extern(t *nameTable, it *ast.Extern) (*wit.WorldItem, bool) {
	item := &wit.WorldItem{}
	if it.Name != nil {
		item.Name, item.Span = it.Name.Text, it.Name.Where
	}
	switch what := it.Type.(type) {
	case *ast.Func:
		f, ok := b.signature(t, what, &wit.Function{
			Name:       it.Name.Text,
			Resource:   -1,
			Docs:       docs(it.Docs),
			Stability:  b.stability(it.Attrs),
			ExternalID: b.externalID(it.Attrs),
			Span:       it.Name.Where,
		})
		item.Item = f
		return item, ok
	case *ast.InlineInterface:
		id := b.addInterface("", it.Name.Where).iface
		b.interfaceBody(id, what.Body.Items, it.Docs, it.Attrs)
		item.Item = id
		item.Stability = b.u.interfaces[id].Stability
		item.ExternalID = b.externalID(it.Attrs)
		return item, true
	case *ast.UsePath:
		item.Stability = b.stability(it.Attrs)
		item.ExternalID = b.externalID(it.Attrs)
		item.Docs = docs(it.Docs)
		id, ok := b.lookupInterface(what)
		item.Item = id
		if it.Name == nil {
			item.Span = what.Name.Where
		}
		return item, ok
	default:
		panic(fmt.Sprintf("resolve: unhandled import or export %T", what))
	}
}
