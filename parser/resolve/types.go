package resolve

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// addType appends a type to the unit.
func (b *builder) addType(t *wit.TypeDef) wit.TypeID {
	id := wit.TypeID(len(b.u.types))
	root := id
	if alias, ok := t.Kind.(*wit.Alias); ok {
		if to, ok := alias.Type.(wit.TypeID); ok {
			root = b.root[to]
		}
	}
	b.u.types = append(b.u.types, t)
	b.root = append(b.root, root)
	return id
}

// typeItems defines the types of an interface or world: first those that it
// uses, then those that it declares, each after what it is made of. The result
// is the table of their names.
func (b *builder) typeItems(owner wit.Owner, uses []*ast.Use, decls []*ast.TypeDecl) *nameTable {
	t := newNameTable()
	for _, use := range uses {
		b.useTypes(t, owner, use)
	}
	index := make(map[string]int, len(decls))
	var unique []*ast.TypeDecl
	for _, d := range decls {
		if prev, ok := index[d.Name.Text]; ok {
			b.report(diag.DuplicateName, d.Name.Where, "name `%s` is defined more than once", d.Name.Text).
				Relate(unique[prev].Name.Where, "the other definition")
			continue
		}
		index[d.Name.Text] = len(unique)
		unique = append(unique, d)
	}
	for _, i := range b.sortTypes(t, unique, index) {
		b.typeDecl(t, owner, unique[i])
	}
	return t
}

// useTypes defines the types that a use statement takes in.
func (b *builder) useTypes(t *nameTable, owner wit.Owner, use *ast.Use) {
	from, found := b.lookupInterface(use.Path)
	stability := b.stability(use.Attrs)
	externalID := b.externalID(use.Attrs)
	for _, n := range use.Names {
		as := &n.Name
		if n.As != nil {
			as = n.As
		}
		e := &typeEntry{name: as.Text, span: as.Where}
		if target, ok := b.usedType(from, found, n); ok {
			e.id = b.addType(&wit.TypeDef{
				Name:       as.Text,
				Kind:       &wit.Alias{Type: target},
				Owner:      owner,
				Stability:  stability,
				ExternalID: externalID,
				Span:       n.Name.Where,
			})
		} else {
			e.faulty = true
		}
		b.define(t, e)
	}
}

// usedType returns the type of another interface that a use statement names.
func (b *builder) usedType(from wit.InterfaceID, found bool, n *ast.UseName) (wit.TypeID, bool) {
	if !found {
		return 0, false
	}
	name := n.Name.Text
	e := b.names[from].index[name]
	switch {
	case e == nil && b.faulty[from]:
		return 0, false
	case e == nil:
		b.report(diag.UnknownName, n.Name.Where, "name `%s` does not exist", name).
			Relate(b.u.interfaces[from].Span, "in this interface").
			Hint(b.guess(name, sortedKeys(b.names[from].index)))
		return 0, false
	case e.what != "":
		b.report(diag.NotAType, n.Name.Where, "cannot import %s `%s`", e.what, name).
			Relate(e.span, "the "+e.what).
			Hint("use takes in types; a world takes in functions with their interface, by import")
		return 0, false
	}
	return e.id, !e.faulty
}

// sortTypes returns the order in which to define types: each after those that it
// is made of. Names that no type has are reported, and so are circles; types in
// a circle, and those that need them, are left out.
func (b *builder) sortTypes(t *nameTable, decls []*ast.TypeDecl, index map[string]int) []int {
	needs := make([][]int, len(decls))
	at := make([][]*ast.Ident, len(decls))
	for i, d := range decls {
		eachName(d.Def, func(name *ast.Ident) {
			if j, ok := index[name.Text]; ok {
				needs[i] = append(needs[i], j)
				at[i] = append(at[i], name)
			} else if t.index[name.Text] == nil {
				b.unknownTypeIn(t, index, name)
			}
		})
	}
	s := toposort(len(decls), func(i int) []int { return needs[i] })
	for _, c := range s.cycles {
		first := c.edges[0]
		name := at[first.from][first.dep]
		d := b.report(diag.TypeCycle, name.Where, "type `%s` depends on itself", name.Text)
		for _, e := range c.edges[c.start:] {
			d.Relate(at[e.from][e.dep].Where, fmt.Sprintf("%s contains %s", decls[e.from].Name.Text, at[e.from][e.dep].Text))
		}
		d.Hint("WIT has no recursive types: refer to the inner one by an index or through a resource")
	}
	var order []int
	for _, i := range s.order {
		if s.stuck[i] {
			b.define(t, &typeEntry{name: decls[i].Name.Text, span: decls[i].Name.Where, faulty: true})
			continue
		}
		order = append(order, i)
	}
	return order
}

// unknownTypeIn reports a name that is neither in the table nor declared.
func (b *builder) unknownTypeIn(t *nameTable, index map[string]int, name *ast.Ident) {
	known := make(map[string]*typeEntry)
	if b.hints < maxHints {
		for n, e := range t.index {
			known[n] = e
		}
		for n := range index {
			known[n] = nil
		}
	}
	b.unknownType(known, name.Text, name.Where)
}

// eachName visits the names of types in a definition, in the order of the text.
func eachName(def ast.TypeDef, visit func(*ast.Ident)) {
	switch def := def.(type) {
	case *ast.Alias:
		eachTypeName(def.Type, visit)
	case *ast.Record:
		for _, f := range def.Fields {
			eachTypeName(f.Type, visit)
		}
	case *ast.Variant:
		for _, c := range def.Cases {
			eachTypeName(c.Type, visit)
		}
	case *ast.Flags, *ast.Enum, *ast.Resource:
	default:
		panic(fmt.Sprintf("resolve: unhandled definition %T", def))
	}
}

func eachTypeName(t ast.Type, visit func(*ast.Ident)) {
	switch t := t.(type) {
	case nil, *ast.PrimType:
	case *ast.NamedType:
		visit(&t.Name)
	case *ast.HandleType:
		visit(&t.Resource)
	case *ast.ListType:
		eachTypeName(t.Elem, visit)
	case *ast.MapType:
		eachTypeName(t.Key, visit)
		eachTypeName(t.Value, visit)
	case *ast.OptionType:
		eachTypeName(t.Type, visit)
	case *ast.ResultType:
		eachTypeName(t.OK, visit)
		eachTypeName(t.Err, visit)
	case *ast.TupleType:
		for _, t := range t.Types {
			eachTypeName(t, visit)
		}
	case *ast.StreamType:
		eachTypeName(t.Type, visit)
	case *ast.FutureType:
		eachTypeName(t.Type, visit)
	default:
		panic(fmt.Sprintf("resolve: unhandled type %T", t))
	}
}

// typeDecl defines a declared type.
func (b *builder) typeDecl(t *nameTable, owner wit.Owner, d *ast.TypeDecl) {
	def := &wit.TypeDef{
		Name:       d.Name.Text,
		Owner:      owner,
		Docs:       docs(d.Docs),
		Stability:  b.stability(d.Attrs),
		ExternalID: b.externalID(d.Attrs),
		Span:       d.Name.Where,
	}
	kind, ok := b.definition(t, d, def.Stability)
	e := &typeEntry{name: d.Name.Text, span: d.Name.Where, faulty: !ok}
	if ok {
		def.Kind = kind
		e.id = b.addType(def)
	}
	b.define(t, e)
}

// definition returns the kind that a declaration gives a type. What is anonymous
// in it takes its stability.
func (b *builder) definition(t *nameTable, d *ast.TypeDecl, s wit.Stability) (wit.Kind, bool) {
	allOK := true
	typ := func(t1 ast.Type) wit.Type {
		if t1 == nil {
			return nil
		}
		ref, ok := b.typ(t, t1, s)
		allOK = allOK && ok
		return ref
	}
	labels := newLabelSet(b)
	switch def := d.Def.(type) {
	case *ast.Alias:
		return b.structure(t, def.Type, s)
	case *ast.Record:
		b.wantParts(len(def.Fields), "record", d.Name.Where)
		r := &wit.Record{Fields: make([]wit.Field, len(def.Fields))}
		for i, f := range def.Fields {
			labels.add("field", &f.Name)
			r.Fields[i] = wit.Field{Name: f.Name.Text, Type: typ(f.Type), Docs: docs(f.Docs), Span: f.Name.Where}
		}
		return r, allOK && labels.ok
	case *ast.Variant:
		b.wantCases(len(def.Cases), "variant", d.Name.Where)
		v := &wit.Variant{Cases: make([]wit.Case, len(def.Cases))}
		for i, c := range def.Cases {
			labels.add("case", &c.Name)
			v.Cases[i] = wit.Case{Name: c.Name.Text, Type: typ(c.Type), Docs: docs(c.Docs), Span: c.Name.Where}
		}
		return v, allOK && labels.ok
	case *ast.Flags:
		b.wantParts(len(def.Flags), "flags", d.Name.Where)
		if n := len(def.Flags); n > maxFlags {
			b.report(diag.TooManyFlags, d.Name.Where, "`%s` has %d flags, and no type has more than %d", d.Name.Text, n, maxFlags).
				Hint("split it into two types")
			labels.ok = false
		}
		return &wit.Flags{Flags: labels.list("flag", def.Flags)}, labels.ok
	case *ast.Enum:
		b.wantCases(len(def.Cases), "enum", d.Name.Where)
		return &wit.Enum{Cases: labels.list("case", def.Cases)}, labels.ok
	case *ast.Resource:
		return &wit.Resource{}, b.checkMembers(&d.Name, def)
	default:
		panic(fmt.Sprintf("resolve: unhandled definition %T", def))
	}
}

// maxFlags is how many flags a type may have (Binary.md, "Type Definitions").
const maxFlags = 32

// wantCases reports a variant or an enum of no cases.
func (b *builder) wantCases(n int, what string, span diag.Span) {
	if n == 0 {
		b.report(diag.EmptyType, span, "empty %s", what).Hint("a type without cases has no values")
	}
}

// wantParts reports a record, flags or a tuple of no parts. The grammar of WIT
// allows them; Binary.md, "Type Definitions", does not.
func (b *builder) wantParts(n int, what string, span diag.Span) {
	if n == 0 {
		b.empty.report(diag.EmptyType, span, "empty %s", what).
			Hint("a type without parts holds nothing: leave it out where it is used")
	}
}

// labelSet checks that the fields, cases or flags of a type differ.
type labelSet struct {
	b    *builder
	seen map[string]*ast.Ident
	ok   bool
}

func newLabelSet(b *builder) *labelSet {
	return &labelSet{b: b, seen: make(map[string]*ast.Ident), ok: true}
}

func (l *labelSet) add(what string, name *ast.Ident) {
	canonical := wit.CanonicalName(name.Text)
	prev := l.seen[canonical]
	if prev == nil {
		l.seen[canonical] = name
		return
	}
	l.ok = false
	var d *diag.Diagnostic
	if prev.Text == name.Text {
		d = l.b.report(diag.DuplicateLabel, name.Where, "duplicate %s `%s`", what, name.Text)
	} else {
		d = l.b.report(diag.DuplicateLabel, name.Where, "%s `%s` conflicts with previous %s `%s`", what, name.Text, what, prev.Text).
			Hint(oneName)
	}
	d.Relate(prev.Where, "the other "+what)
}

func (l *labelSet) list(what string, labels []*ast.Label) []wit.Label {
	list := make([]wit.Label, len(labels))
	for i, label := range labels {
		l.add(what, &label.Name)
		list[i] = wit.Label{Name: label.Name.Text, Docs: docs(label.Docs), Span: label.Name.Where}
	}
	return list
}

// structure returns the kind of a type as it is written: of a name, an alias of
// what is named.
func (b *builder) structure(t *nameTable, from ast.Type, s wit.Stability) (wit.Kind, bool) {
	allOK := true
	typ := func(inner ast.Type) wit.Type {
		if inner == nil {
			return nil
		}
		ref, ok := b.typ(t, inner, s)
		allOK = allOK && ok
		return ref
	}
	switch from := from.(type) {
	case *ast.PrimType:
		return &wit.Alias{Type: wit.Prim(from.Prim)}, true
	case *ast.NamedType:
		id, ok := b.typeNamed(t, from.Name.Text, from.Name.Where)
		return &wit.Alias{Type: id}, ok
	case *ast.HandleType:
		id, ok := b.resourceNamed(t, &from.Resource)
		if from.Borrow {
			return &wit.Borrow{Resource: id}, ok
		}
		return &wit.Own{Resource: id}, ok
	case *ast.ListType:
		elem := typ(from.Elem)
		if from.Size != nil {
			return &wit.FixedList{Type: elem, Size: from.Size.Value}, allOK
		}
		return &wit.List{Type: elem}, allOK
	case *ast.MapType:
		k := &wit.Map{Key: typ(from.Key), Value: typ(from.Value)}
		return k, b.checkMapKey(from, k.Key, allOK)
	case *ast.OptionType:
		return &wit.Option{Type: typ(from.Type)}, allOK
	case *ast.ResultType:
		return &wit.Result{OK: typ(from.OK), Err: typ(from.Err)}, allOK
	case *ast.TupleType:
		b.wantParts(len(from.Types), "tuple", from.Head())
		types := make([]wit.Type, len(from.Types))
		for i, inner := range from.Types {
			types[i] = typ(inner)
		}
		return &wit.Tuple{Types: types}, allOK
	case *ast.StreamType:
		return &wit.Stream{Type: typ(from.Type)}, allOK
	case *ast.FutureType:
		return &wit.Future{Type: typ(from.Type)}, allOK
	default:
		panic(fmt.Sprintf("resolve: unhandled type %T", from))
	}
}

// checkMapKey reports a key that is not one of the primitive types with equality
// of bits.
func (b *builder) checkMapKey(from *ast.MapType, key wit.Type, ok bool) bool {
	if !ok {
		return false
	}
	if p, ok := key.(wit.Prim); ok && p != wit.F32 && p != wit.F64 && p != wit.ErrorContext {
		return true
	}
	b.report(diag.MapKey, from.Head(),
		"invalid map key type: map keys must be bool, u8, u16, u32, u64, s8, s16, s32, s64, char, or string").
		Relate(from.Key.Span(), "the key").
		Hint("an alias of such a type will not do either; list<tuple<K, V>> takes any key")
	return false
}

// resourceNamed returns the resource that a handle names.
func (b *builder) resourceNamed(t *nameTable, name *ast.Ident) (wit.TypeID, bool) {
	id, ok := b.typeNamed(t, name.Text, name.Where)
	if !ok {
		return 0, false
	}
	root := b.root[id]
	switch b.u.types[root].Kind.(type) {
	case *wit.Resource:
		return id, true
	case nil:
		b.u.handles = append(b.u.handles, handleUse{root, name.Where})
		return id, true
	default:
		b.report(diag.NotAResource, name.Where, "type `%s` used in a handle must be a resource", name.Text).
			Relate(b.u.types[root].Span, "it is defined here").
			Hint("only resources have handles; any other type is passed as it is")
		return 0, false
	}
}

// anonKey tells anonymous types apart.
type anonKey struct {
	kind  byte
	a, b  wit.Type
	size  uint32
	tuple string
}

// typ returns a reference to a type as it is written. A structure becomes an
// anonymous type; equal ones in a package are one type. s is the stability of
// what the type stands in.
func (b *builder) typ(t *nameTable, from ast.Type, s wit.Stability) (wit.Type, bool) {
	kind, ok := b.structure(t, from, s)
	if !ok {
		return nil, false
	}
	return b.anonymous(kind, s, from.Head()), true
}

// anonymous returns a reference to an anonymous type of a kind. An own handle is
// a reference to its resource's name, which means the same.
func (b *builder) anonymous(kind wit.Kind, s wit.Stability, span diag.Span) wit.Type {
	var key anonKey
	switch k := kind.(type) {
	case *wit.Alias:
		return k.Type
	case *wit.Own:
		return k.Resource
	case *wit.Borrow:
		key.kind = 'b'
		key.a = k.Resource
	case *wit.List:
		key.kind = 'l'
		key.a = k.Type
	case *wit.FixedList:
		key.kind = 'n'
		key.a, key.size = k.Type, k.Size
	case *wit.Map:
		key.kind = 'm'
		key.a, key.b = k.Key, k.Value
	case *wit.Option:
		key.kind = 'o'
		key.a = k.Type
	case *wit.Result:
		key.kind = 'r'
		key.a, key.b = k.OK, k.Err
	case *wit.Tuple:
		key.kind = 't'
		key.tuple = tupleKey(k.Types)
	case *wit.Stream:
		key.kind = 's'
		key.a = k.Type
	case *wit.Future:
		key.kind = 'f'
		key.a = k.Type
	default:
		panic(fmt.Sprintf("resolve: a %T cannot be anonymous", kind))
	}
	id, ok := b.anon[key]
	if !ok {
		if s == (wit.Stability{}) {
			s = b.innerStability(kind)
		}
		id = b.addType(&wit.TypeDef{Kind: kind, Stability: s, Span: span})
		b.anon[key] = id
	}
	return id
}

// tupleKey returns a text that is the same for equal lists of types only.
func tupleKey(types []wit.Type) string {
	var text []byte
	for _, t := range types {
		switch t := t.(type) {
		case wit.Prim:
			text = append(text, 'p')
			text = strconv.AppendInt(text, int64(t), 10)
		case wit.TypeID:
			text = append(text, 't')
			text = strconv.AppendInt(text, int64(t), 10)
		default:
			panic(fmt.Sprintf("resolve: unhandled type %T", t))
		}
	}
	return string(text)
}

// innerStability returns the first stability that a type inside kind has.
func (b *builder) innerStability(kind wit.Kind) wit.Stability {
	var found wit.Stability
	wit.EachType(kind, func(t wit.Type) {
		if id, ok := t.(wit.TypeID); ok && found == (wit.Stability{}) {
			found = b.u.types[id].Stability
		}
	})
	return found
}
