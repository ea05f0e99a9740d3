package resolve

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// itemKey tells the imports of a world apart, and the exports: by plain name, or
// by interface where the item is known by its interface's own name.
type itemKey struct {
	name  string
	iface wit.InterfaceID // noInterface where the item has a plain name
}

const noInterface wit.InterfaceID = -1

func keyOf(item *wit.WorldItem) itemKey {
	if id, ok := item.KeyInterface(); ok {
		return itemKey{iface: id}
	}
	return itemKey{name: item.Name, iface: noInterface}
}

// itemSet is the imports or the exports of a world, in order.
type itemSet struct {
	items []*wit.WorldItem
	index map[itemKey]int
}

func newItemSet(items []*wit.WorldItem) *itemSet {
	s := &itemSet{items: items, index: make(map[itemKey]int, len(items))}
	for i, item := range items {
		s.index[keyOf(item)] = i
	}
	return s
}

func (s *itemSet) has(key itemKey) bool {
	_, ok := s.index[key]
	return ok
}

func (s *itemSet) get(key itemKey) *wit.WorldItem {
	if i, ok := s.index[key]; ok {
		return s.items[i]
	}
	return nil
}

func (s *itemSet) add(item *wit.WorldItem) {
	s.index[keyOf(item)] = len(s.items)
	s.items = append(s.items, item)
}

// linkWorld moves a world of the unit into the model, without what it includes.
func (m *remap) linkWorld(w *unitWorld) wit.WorldID {
	if !m.shows(w.Stability, w.Span) {
		m.out.hidden[w.Name] = w.Stability.Feature
		return gated
	}
	moved := w.World
	moved.Package = wit.NoPackage // until the whole package is there
	moved.Imports = m.linkItems(w.Imports)
	moved.Exports = m.linkItems(w.Exports)
	m.r.Worlds = append(m.r.Worlds, &moved)
	return wit.WorldID(len(m.r.Worlds) - 1)
}

func (m *remap) linkItems(items []*wit.WorldItem) []*wit.WorldItem {
	var moved []*wit.WorldItem
	for _, item := range items {
		if item, ok := m.linkItem(*item); ok {
			moved = append(moved, &item)
		}
	}
	return moved
}

// linkItem returns an import or export of the unit with its ids mapped, and
// false where it is not part of the model.
func (m *remap) linkItem(item wit.WorldItem) (wit.WorldItem, bool) {
	switch what := item.Item.(type) {
	case wit.TypeID:
		id, ok := m.mapType(what, item.Span)
		item.Item = id
		return item, ok && m.shows(m.r.Types[id].Stability, item.Span)
	case *wit.Function:
		if !m.shows(what.Stability, item.Span) {
			return item, false
		}
		f, ok := m.linkFunction(what)
		item.Item = f
		return item, ok
	case wit.InterfaceID:
		if !m.shows(item.Stability, item.Span) {
			return item, false
		}
		id := m.ifaces[what]
		if id == gated {
			iface := m.u.interfaces[what]
			m.refersToGated("interface", iface.Name, iface.Stability, iface.Span, item.Span)
		}
		item.Item = id
		return item, id >= 0
	default:
		panic(fmt.Sprintf("resolve: unhandled item %T", what))
	}
}

// linkIncludes spreads the worlds that a world includes into it (WIT.md, "Union
// of Worlds with include").
func (m *remap) linkIncludes(id wit.WorldID, includes []include) {
	for _, inc := range includes {
		if !m.shows(inc.stability, inc.span) {
			continue
		}
		from := m.worlds[inc.world]
		if from == gated {
			w := m.u.worlds[inc.world]
			m.refersToGated("world", w.Name, w.Stability, w.Span, inc.span)
		}
		if from >= 0 {
			m.linkInclude(id, from, inc)
		}
	}
}

func (m *remap) linkInclude(id, fromID wit.WorldID, inc include) {
	world, from := m.r.Worlds[id], m.r.Worlds[fromID]
	if !m.spendItems(len(from.Imports)+len(from.Exports), m.texts[fromID], inc.span) {
		return
	}
	renames := m.checkRenames(from, inc)
	external := from.Package != wit.NoPackage
	c := &cloner{linker: m.linker, pkg: m.pkg, from: fromID, to: id,
		types: map[wit.TypeID]wit.TypeID{}}
	world.Imports = m.includeItems(c, world.Imports, from.Imports, inc, renames, "import", external)
	world.Exports = m.includeItems(c, world.Exports, from.Exports, inc, renames, "export", external)
}

// checkRenames returns the new name for each name that the include renames.
// Every one must be the plain name of an import or export.
func (m *remap) checkRenames(from *wit.World, inc include) map[string]string {
	if len(inc.names) == 0 {
		return nil
	}
	present := map[string]bool{}
	for _, items := range [][]*wit.WorldItem{from.Imports, from.Exports} {
		for _, item := range items {
			if item.Name != "" {
				present[baseName(item.Name)] = true
			}
		}
	}
	renames := map[string]string{}
	for _, n := range inc.names {
		if !present[n.name] {
			m.report(diag.IncludeRename, inc.span,
				"no import or export kebab-name `%s`. Note that an ID does not support renaming", n.name).
				Relate(n.span, "this name").
				Hint(m.guess(n.name, func(yield func(string) bool) {
					for _, items := range [][]*wit.WorldItem{from.Imports, from.Exports} {
						for _, item := range items {
							if item.Name != "" && !yield(baseName(item.Name)) {
								return
							}
						}
					}
				}))
		}
		if _, ok := renames[n.name]; !ok {
			renames[n.name] = n.as
		}
	}
	return renames
}

// baseName returns the name by which include ... with knows an item: of a
// resource's function, the resource's name.
func baseName(name string) string {
	if _, rest, ok := strings.Cut(name, "]"); ok {
		name, _, _ = strings.Cut(rest, ".")
	}
	return name
}

// rename returns the name of an included item after renaming.
func rename(name string, renames map[string]string) string {
	base := baseName(name)
	as, ok := renames[base]
	if !ok {
		return name
	}
	if prefix, rest, ok := strings.Cut(name, "]"); ok {
		return prefix + "]" + as + strings.TrimPrefix(rest, base)
	}
	return as
}

// includeItems adds the imports, or the exports, of an included world.
func (m *remap) includeItems(c *cloner, into, from []*wit.WorldItem, inc include, renames map[string]string, what string, external bool) []*wit.WorldItem {
	set := newItemSet(into)
	for _, item := range from {
		copied := *item
		if copied.Span.IsZero() {
			copied.Span = inc.span
		}
		if key := keyOf(item); key.iface != noInterface {
			if set.has(key) {
				copied = *set.get(key)
				set.items[set.index[key]] = &copied
			} else {
				set.add(&copied)
			}
			m.mergeStability(item, &copied, inc.span, external)
			continue
		}
		copied.Name = rename(item.Name, renames)
		c.item(&copied)
		if prev := set.get(keyOf(&copied)); prev != nil {
			m.report(diag.IncludeClash, inc.span,
				"%s of `%s` shadows previously %sed items", what, copied.Name, what).
				Relate(prev.Span, "the other "+what+" of that name").
				Hint(fmt.Sprintf("rename it: include ... with { %s as other-name }", baseName(item.Name)))
			continue
		}
		set.add(&copied)
	}
	return set.items
}

// mergeStability settles the gate of an interface that a world gets both from
// an included world and otherwise.
func (m *remap) mergeStability(item, into *wit.WorldItem, include diag.Span, external bool) {
	none := wit.Stability{}
	from := item.Stability
	switch {
	case external && from.Since != "":
		// The version of another package says nothing here.
		into.Stability = none
	case from == into.Stability || from == none:
	case into.Stability == none:
		into.Stability = from
	default:
		span := item.Span
		if span.IsZero() {
			span = include
		}
		m.report(diag.StabilityMismatch, span,
			"the gate here is %s, and a world that includes this one has %s for the same interface", gateText(from), gateText(into.Stability)).
			Relate(include, "included here").
			Relate(into.Span, "the other gate")
	}
}

func gateText(s wit.Stability) string {
	if s.Since != "" {
		return "@since(version = " + s.Since + ")"
	}
	return "@unstable(feature = " + s.Feature + ")"
}

// checkNames reports imports of a world that are not strongly unique, and exports
// (Explainer, "Name Uniqueness"). It comes last, when the world is complete: what an
// include brings and what types need have names, too.
func (m *remap) checkNames(id wit.WorldID) {
	w := m.r.Worlds[id]
	for _, part := range []struct {
		word  string
		items []*wit.WorldItem
	}{{"import", w.Imports}, {"export", w.Exports}} {
		seen := make(map[string]*wit.WorldItem, len(part.items))
		for _, item := range part.items {
			canonical := wit.CanonicalName(m.r.ItemName(item))
			if prev := seen[canonical]; prev != nil {
				m.reportClash(w, part.word, prev, item)
				continue
			}
			seen[canonical] = item
		}
	}
}

// reportClash reports two imports, or exports, of a world whose names are one name.
func (m *remap) reportClash(w *wit.World, word string, first, second *wit.WorldItem) {
	span := second.Span
	if span.IsZero() {
		span = w.Span
	}
	d := m.report(diag.WorldNameClash, span, "%s `%s` in world `%s` conflicts with %s `%s`",
		word, m.r.ItemName(second), w.Name, word, m.r.ItemName(first))
	for _, item := range []*wit.WorldItem{first, second} {
		switch {
		case !item.Span.IsZero() && item.Span != span:
			d.Relate(item.Span, "the other "+word)
		case item.Span.IsZero():
			if id, ok := item.KeyInterface(); ok {
				d.Relate(m.r.Interfaces[id].Span, "types of this interface are needed, so that it is imported")
			}
		}
	}
	d.Hint(oneName + "; so are a resource and a function of it with its name")
}

// spendItems counts imports and exports towards the limit of a run, and reports
// whether they and their text fit into what is left.
func (l *linker) spendItems(n int, text uint64, span diag.Span) bool {
	if l.full {
		return false
	}
	l.worldItems += n
	var what string
	switch {
	case l.worldItems > maxWorldItems:
		what = fmt.Sprintf("have more than %d imports and exports between them", maxWorldItems)
	case l.worldText+text > maxWorldText:
		what = fmt.Sprintf("come to more than %d bytes of text between them, with what they include and need", maxWorldText)
	default:
		return true
	}
	l.full = true
	l.report(diag.TooManyItems, span, "the worlds %s", what).
		Hint("include each world once, or split the package")
	return false
}

// spendWorld counts a world that is complete towards the limits of a run.
func (l *linker) spendWorld(id wit.WorldID) {
	w := l.r.Worlds[id]
	text := l.worldTextOf(w)
	l.texts[id] = text
	if l.spendItems(len(w.Imports)+len(w.Exports), text, w.Span) {
		l.worldText += text
	}
}

// worldTextOf returns about how many bytes a world comes to as text. A world of a few
// bytes gets many by what it includes and needs.
func (l *linker) worldTextOf(w *wit.World) uint64 {
	text := uint64(0)
	for _, items := range [][]*wit.WorldItem{w.Imports, w.Exports} {
		for _, item := range items {
			text += uint64(lineText + len(item.Name) + len(item.Docs) + len(item.ExternalID))
			switch what := item.Item.(type) {
			case wit.TypeID:
				text += l.measures[what].def
				if from, ok := l.usedFrom(what); ok {
					text += uint64(len(l.r.QualifiedName(from)))
				}
			case *wit.Function:
				text += l.measures.functionText(what)
			case wit.InterfaceID:
				if l.r.Interfaces[what].Name == "" {
					text += l.interfaceText[what]
				} else {
					text += uint64(len(l.r.QualifiedName(what)))
				}
			default:
				panic(fmt.Sprintf("resolve: unhandled item %T", what))
			}
		}
	}
	return text
}
