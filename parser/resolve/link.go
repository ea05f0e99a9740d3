package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// linker puts one unit after another into a model. The units come in an order
// in which what a unit needs is there before it.
type linker struct {
	*reporter
	opts     Options
	r        *wit.Resolve
	packages map[wit.PackageName]*linked
	names    []wit.PackageName // of all units, linked or not

	// What is known of each type of r, by its id: whether it names a resource,
	// perhaps through aliases, and whether it holds a borrow.
	resource, borrow []bool
	// measures are those of the types of r, and interfaceParts the parts of its
	// interfaces, by id.
	measures       measures
	interfaceParts []uint64
	// interfaceText are the bytes that the interfaces of r come to as text, about.
	interfaceText []uint64
	// tooLarge tells that something exceeds a limit of its own: what it stands in is
	// not reported, too.
	tooLarge bool
	// deps are, for each interface of r, those that it uses types from.
	deps [][]wit.InterfaceID
	// worldItems counts towards maxWorldItems, and worldText towards maxWorldText; full
	// tells that one got there. texts holds what each world of r comes to as text.
	worldItems int
	worldText  uint64
	texts      map[wit.WorldID]uint64
	full       bool
}

// linked is a package of the model as the units after it see it.
type linked struct {
	id         wit.PackageID
	interfaces map[string]wit.InterfaceID
	worlds     map[string]wit.WorldID
	types      map[typeName]wit.TypeID
	// hidden are the interfaces, worlds and types that no active feature shows,
	// each with its feature. Types are under interface.type.
	hidden map[string]string
	// broken tells that the package has mistakes: what is missing in it may be
	// missing because of them.
	broken bool
}

type typeName struct {
	iface wit.InterfaceID
	name  string
}

// Places in the tables of a remap that hold no id.
const (
	gated  = -1 // hidden by a feature that is not active
	faulty = -2 // has a mistake that is already reported
)

// remap is the linking of one unit: tables from its ids to those of the model.
type remap struct {
	*linker
	u      *unit
	pkg    wit.PackageID
	out    *linked
	types  []wit.TypeID
	ifaces []wit.InterfaceID
	worlds []wit.WorldID
	// own holds the anonymous own handle made for each resource name.
	own map[wit.TypeID]wit.TypeID
}

// link adds a unit to the model.
func (l *linker) link(u *unit) {
	m := &remap{
		linker: l,
		u:      u,
		pkg:    wit.PackageID(len(l.r.Packages)),
		own:    make(map[wit.TypeID]wit.TypeID),
		out: &linked{
			interfaces: make(map[string]wit.InterfaceID),
			worlds:     make(map[string]wit.WorldID),
			types:      make(map[typeName]wit.TypeID),
			hidden:     make(map[string]string),
			broken:     u.broken,
		},
	}
	m.out.id = m.pkg
	before := len(l.list)
	l.r.Packages = append(l.r.Packages, &wit.Package{Name: u.name, Docs: u.docs, Span: u.nameSpan})
	l.packages[u.name] = m.out
	if !u.cyclic {
		m.linkForeign()
	}
	if !u.broken && len(l.list) == before {
		m.linkOwn()
	}
	m.out.broken = u.broken || len(l.list) > before
}

// linkOwn adds what the unit itself defines, types first, then interfaces,
// worlds, and last what worlds include and need.
func (m *remap) linkOwn() {
	firstType, firstInterface := len(m.types), len(m.ifaces)
	for i := firstType; i < len(m.u.types); i++ {
		m.types = append(m.types, m.linkType(m.u.types[i]))
	}
	for i := firstInterface; i < len(m.u.interfaces); i++ {
		m.ifaces = append(m.ifaces, m.linkInterface(m.u.interfaces[i]))
	}
	for i := firstType; i < len(m.types); i++ {
		m.linkOwner(m.types[i])
	}
	for i := firstInterface; i < len(m.ifaces); i++ {
		if id := m.ifaces[i]; id >= 0 {
			m.findDeps(id)
		}
	}
	firstWorld := len(m.worlds)
	for i := firstWorld; i < len(m.u.worlds); i++ {
		m.worlds = append(m.worlds, m.linkWorld(m.u.worlds[i]))
	}
	for i := firstType; i < len(m.types); i++ {
		m.linkWorldOwner(m.types[i])
	}
	for i := firstWorld; i < len(m.worlds); i++ {
		if id := m.worlds[i]; id >= 0 {
			m.linkIncludes(id, m.u.worlds[i].includes)
			m.elaborate(id)
			m.spendWorld(id)
			m.checkNames(id)
			if !m.tooLarge {
				w := m.r.Worlds[id]
				parts := m.measures.worldParts(w, func(i wit.InterfaceID) uint64 { return m.interfaceParts[i] })
				m.checkMeasure(measure{parts: parts}, "world `"+w.Name+"`", w.Span)
			}
		}
	}
	m.adopt(firstInterface, firstWorld)
}

// adopt gives interfaces and worlds their package.
func (m *remap) adopt(firstInterface, firstWorld int) {
	pkg := m.r.Packages[m.pkg]
	for _, id := range m.ifaces[firstInterface:] {
		if id < 0 {
			continue
		}
		iface := m.r.Interfaces[id]
		for _, t := range iface.Types {
			m.out.types[typeName{id, m.r.Types[t].Name}] = t
		}
		if iface.Name != "" {
			pkg.Interfaces = append(pkg.Interfaces, id)
			m.out.interfaces[iface.Name] = id
		}
	}
	for _, id := range m.worlds[firstWorld:] {
		if id < 0 {
			continue
		}
		m.r.Worlds[id].Package = m.pkg
		pkg.Worlds = append(pkg.Worlds, id)
		m.out.worlds[m.r.Worlds[id].Name] = id
	}
}

// linkType moves a type of the unit into the model.
func (m *remap) linkType(t *wit.TypeDef) wit.TypeID {
	if !m.shows(t.Stability, t.Span) {
		if id, ok := t.Owner.(wit.InterfaceID); ok && t.Name != "" {
			m.out.hidden[m.u.interfaces[id].Name+"."+t.Name] = t.Stability.Feature
		}
		return gated
	}
	kind, ok := m.linkKind(t)
	if !ok || !m.checkPayload(kind, t.Span) || !m.checkMeasure(m.measures.kind(kind), typeWords(t), t.Span) {
		return faulty
	}
	moved := *t
	moved.Kind = kind
	return m.addType(&moved)
}

// typeWords names a type in a message.
func typeWords(t *wit.TypeDef) string {
	if t.Name == "" {
		return "this type"
	}
	return "`" + t.Name + "`"
}

// checkPayload reports a borrow in what a stream or future carries (Explainer,
// "Asynchronous value types"), and a stream of char (Binary.md, "Type Definitions").
func (m *remap) checkPayload(kind wit.Kind, span diag.Span) bool {
	var word string
	var payload wit.Type
	switch k := kind.(type) {
	case *wit.Stream:
		word, payload = "stream", k.Type
	case *wit.Future:
		word, payload = "future", k.Type
	}
	if word == "stream" && m.r.Dealias(payload) == wit.Char {
		m.report(diag.StreamOfChar, span, "there are no streams of `char` yet").
			Hint("send UTF-8 as `stream<u8>`, or strings as `stream<string>`")
		return false
	}
	if payload == nil || !m.hasBorrow(payload) {
		return true
	}
	m.report(diag.BorrowInStream, span, "`%s` payload cannot contain a `borrow` type", word).
		Hint("send own handles, or the data itself")
	return false
}

// linkKind returns the kind of a type with its references mapped.
func (m *remap) linkKind(t *wit.TypeDef) (wit.Kind, bool) {
	allOK := true
	at := func(i int) diag.Span { return t.Span }
	exact := false // refer to the very type, not to a handle of it
	switch k := t.Kind.(type) {
	case *wit.Record:
		at = func(i int) diag.Span { return k.Fields[i].Span }
	case *wit.Own, *wit.Borrow, *wit.Alias:
		exact = true
	}
	i := 0
	kind := wit.Rewrite(t.Kind, func(ref wit.Type) wit.Type {
		span := at(i)
		i++
		var to wit.Type
		var ok bool
		if id, isID := ref.(wit.TypeID); isID && exact {
			to, ok = m.mapType(id, span)
		} else {
			to, ok = m.mapRef(ref, span)
		}
		if !ok {
			allOK = false
			return ref
		}
		return to
	})
	return kind, allOK
}

// mapType returns the id in the model of a type of the unit.
func (m *remap) mapType(id wit.TypeID, span diag.Span) (wit.TypeID, bool) {
	to := m.types[id]
	if to == gated {
		t := m.u.types[id]
		m.refersToGated("type", t.Name, t.Stability, t.Span, span)
	}
	return to, to >= 0
}

// mapRef returns what a reference to a type is in the model. The name of a
// resource stands for an own handle (WIT.md, "Handles"), which is made here.
func (m *remap) mapRef(t wit.Type, span diag.Span) (wit.Type, bool) {
	local, ok := t.(wit.TypeID)
	if !ok {
		return t, true
	}
	id, ok := m.mapType(local, span)
	if !ok {
		return nil, false
	}
	if !m.resource[id] {
		return id, true
	}
	handle, ok := m.own[id]
	if !ok {
		handle = m.addType(&wit.TypeDef{Kind: &wit.Own{Resource: id}})
		m.own[id] = handle
	}
	return handle, true
}

// addType appends a type to the model.
func (l *linker) addType(t *wit.TypeDef) wit.TypeID {
	resource, borrow := false, false
	switch k := t.Kind.(type) {
	case *wit.Resource:
		resource = true
	case *wit.Own:
	case *wit.Borrow:
		borrow = true
	case *wit.Alias:
		if to, ok := k.Type.(wit.TypeID); ok {
			resource, borrow = l.resource[to], l.borrow[to]
		}
	default:
		wit.EachType(k, func(t wit.Type) { borrow = borrow || l.hasBorrow(t) })
	}
	l.resource = append(l.resource, resource)
	l.borrow = append(l.borrow, borrow)
	l.measures = append(l.measures, l.measures.measure(t))
	l.r.Types = append(l.r.Types, t)
	return wit.TypeID(len(l.r.Types) - 1)
}

func (l *linker) hasBorrow(t wit.Type) bool {
	id, ok := t.(wit.TypeID)
	return ok && l.borrow[id]
}

// linkInterface moves an interface of the unit into the model.
func (m *remap) linkInterface(iface *wit.Interface) wit.InterfaceID {
	if !m.shows(iface.Stability, iface.Span) {
		if iface.Name != "" {
			m.out.hidden[iface.Name] = iface.Stability.Feature
		}
		return gated
	}
	moved := *iface
	moved.Package = m.pkg
	moved.Types = nil
	for _, t := range iface.Types {
		if id := m.types[t]; id >= 0 {
			moved.Types = append(moved.Types, id)
		}
	}
	moved.Functions = nil
	for _, f := range iface.Functions {
		if !m.shows(f.Stability, f.Span) {
			continue
		}
		if f, ok := m.linkFunction(f); ok {
			moved.Functions = append(moved.Functions, f)
		}
	}
	id := m.addInterface(&moved)
	what := "interface `" + moved.Name + "`"
	if moved.Name == "" {
		what = "this interface"
	}
	if !m.tooLarge {
		m.checkMeasure(measure{parts: m.interfaceParts[id]}, what, moved.Span)
	}
	return id
}

func (l *linker) addInterface(iface *wit.Interface) wit.InterfaceID {
	l.r.Interfaces = append(l.r.Interfaces, iface)
	l.deps = append(l.deps, nil)
	l.interfaceParts = append(l.interfaceParts, l.measures.interfaceParts(iface))
	l.interfaceText = append(l.interfaceText, l.measures.interfaceText(iface))
	return wit.InterfaceID(len(l.r.Interfaces) - 1)
}

// linkFunction returns a function of the unit with its types mapped.
func (m *remap) linkFunction(f *wit.Function) (*wit.Function, bool) {
	moved := *f
	allOK := true
	if f.Kind != wit.Freestanding {
		id, ok := m.mapType(f.Resource, f.Span)
		moved.Resource = id
		allOK = allOK && ok
	}
	moved.Params = make([]wit.Param, len(f.Params))
	for i, p := range f.Params {
		t, ok := m.mapRef(p.Type, f.Span)
		p.Type = t
		moved.Params[i] = p
		allOK = allOK && ok
	}
	if f.Result != nil {
		t, ok := m.mapRef(f.Result, f.Span)
		moved.Result = t
		allOK = allOK && ok
		if ok && m.hasBorrow(t) {
			m.report(diag.BorrowInResult, f.Span,
				"function `%s` returns a type which contains a `borrow<T>`, which may not leave the call that it is lent for", f.Name).
				Hint("return an own handle, or the data that the caller needs")
			allOK = false
		}
	}
	if allOK {
		allOK = m.checkMeasure(m.measures.function(&moved), "function `"+moved.Base()+"`", f.Span)
	}
	return &moved, allOK
}

// linkOwner maps the owner of a type that belongs to an interface.
func (m *remap) linkOwner(id wit.TypeID) {
	if id < 0 {
		return
	}
	t := m.r.Types[id]
	owner, ok := t.Owner.(wit.InterfaceID)
	if !ok {
		return
	}
	if m.ifaces[owner] == gated {
		iface := m.u.interfaces[owner]
		m.refersToGatedOwner("interface", iface.Name, iface.Stability, iface.Span, t)
	}
	t.Owner = m.ifaces[owner]
}

// linkWorldOwner maps the owner of a type that belongs to a world.
func (m *remap) linkWorldOwner(id wit.TypeID) {
	if id < 0 {
		return
	}
	t := m.r.Types[id]
	owner, ok := t.Owner.(wit.WorldID)
	if !ok {
		return
	}
	if m.worlds[owner] == gated {
		world := m.u.worlds[owner]
		m.refersToGatedOwner("world", world.Name, world.Stability, world.Span, t)
	}
	t.Owner = m.worlds[owner]
}

// findDeps notes which interfaces an interface of the model uses types from.
func (l *linker) findDeps(id wit.InterfaceID) {
	var deps []wit.InterfaceID
	seen := map[wit.InterfaceID]bool{}
	for _, t := range l.r.Interfaces[id].Types {
		if dep, ok := l.usedFrom(t); ok && !seen[dep] {
			seen[dep] = true
			deps = append(deps, dep)
		}
	}
	l.deps[id] = deps
}

// usedFrom returns the interface that a type is used from with use.
func (l *linker) usedFrom(id wit.TypeID) (wit.InterfaceID, bool) {
	t := l.r.Types[id]
	alias, ok := t.Kind.(*wit.Alias)
	if !ok {
		return 0, false
	}
	to, ok := alias.Type.(wit.TypeID)
	if !ok || l.r.Types[to].Owner == t.Owner {
		return 0, false
	}
	from, ok := l.r.Types[to].Owner.(wit.InterfaceID)
	if !ok {
		panic(fmt.Sprintf("resolve: type %q is an alias of one that no interface owns", t.Name))
	}
	return from, true
}
