package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// elaborate completes a world: it imports every interface that its imports and
// exports use types from (Explainer, "transitive imports"), interfaces before
// types before functions, each after what it needs.
func (l *linker) elaborate(id wit.WorldID) {
	world := l.r.Worlds[id]
	e := &elaboration{linker: l, world: world, imports: newItemSet(nil), exports: newItemSet(nil),
		wanted: map[itemKey]bool{}, required: map[wit.InterfaceID]bool{}}
	items := slices.Clone(world.Imports)
	l.sortItems(items)
	for _, item := range items {
		switch what := item.Item.(type) {
		case wit.InterfaceID:
			e.importInterface(*item, what)
		case *wit.Function:
			e.imports.add(item)
		case wit.TypeID:
			if dep, ok := l.usedFrom(what); ok {
				e.importInterface(wit.WorldItem{Item: dep, Stability: l.r.Types[what].Stability}, dep)
			}
			e.imports.add(item)
		default:
			panic(fmt.Sprintf("resolve: unhandled item %T", what))
		}
	}
	var interfaces []*wit.WorldItem
	for _, item := range world.Exports {
		if _, ok := item.Item.(wit.InterfaceID); ok {
			interfaces = append(interfaces, item)
			e.wanted[keyOf(item)] = true
		} else {
			e.exports.add(item)
		}
	}
	for _, item := range interfaces {
		e.path = e.path[:0]
		if !e.exportInterface(*item, true) {
			e.reportExport(item)
			break
		}
	}
	l.sortItems(e.imports.items)
	world.Imports, world.Exports = e.imports.items, e.exports.items
}

// sortItems sorts the imports of a world by what they are, and leaves those of
// one class as they stand.
func (l *linker) sortItems(items []*wit.WorldItem) {
	class := func(item *wit.WorldItem) int {
		switch what := item.Item.(type) {
		case wit.InterfaceID:
			return 0
		case wit.TypeID:
			if _, used := l.usedFrom(what); used {
				return 1
			}
			return 2
		case *wit.Function:
			if what.Kind == wit.Freestanding {
				return 3
			}
			return 4
		default:
			panic(fmt.Sprintf("resolve: unhandled item %T", what))
		}
	}
	slices.SortStableFunc(items, func(a, b *wit.WorldItem) int { return class(a) - class(b) })
}

// elaboration is the work on one world.
type elaboration struct {
	*linker
	world            *wit.World
	imports, exports *itemSet
	// wanted are the interfaces that the world exports.
	wanted map[itemKey]bool
	// required are the interfaces that an export needs as imports.
	required map[wit.InterfaceID]bool
	// path leads, after a failure, from what cannot be had to the export that
	// wants it.
	path []wit.InterfaceID
}

// importInterface imports an interface after those that it depends on, which
// get its gate and nothing else.
func (e *elaboration) importInterface(item wit.WorldItem, id wit.InterfaceID) {
	if e.imports.has(keyOf(&item)) || e.full {
		return
	}
	for _, dep := range e.deps[id] {
		e.importInterface(wit.WorldItem{Item: dep, Stability: item.Stability}, dep)
	}
	e.imports.add(&item)
}

// exportInterface exports an interface, or imports it where asExport is false,
// after those that it depends on. A dependency that the world exports is taken
// from there, any other is imported with all that it needs in turn. It fails
// where one interface would have to be both.
func (e *elaboration) exportInterface(item wit.WorldItem, asExport bool) bool {
	key := keyOf(&item)
	id := item.Item.(wit.InterfaceID)
	if e.exports.has(key) {
		if !asExport {
			e.path = append(e.path, id)
		}
		return asExport
	}
	if !asExport && e.required[id] {
		return true
	}
	for _, dep := range e.deps[id] {
		depItem := wit.WorldItem{Item: dep, Stability: item.Stability, ExternalID: item.ExternalID}
		if !e.exportInterface(depItem, asExport && e.wanted[keyOf(&depItem)]) {
			e.path = append(e.path, id)
			return false
		}
	}
	if asExport {
		if e.required[id] {
			e.path = append(e.path, id)
			return false
		}
		e.exports.add(&item)
		return true
	}
	e.required[id] = true
	if !e.imports.has(key) {
		e.imports.add(&item)
	}
	return true
}

// reportExport explains why an interface cannot be exported.
func (e *elaboration) reportExport(item *wit.WorldItem) {
	name := func(id wit.InterfaceID) string {
		if n := e.r.QualifiedName(id); n != "" {
			return n
		}
		return item.Name
	}
	export := item.Name
	if export == "" {
		export = name(item.Item.(wit.InterfaceID))
	}
	d := e.report(diag.ExportNeedsImport, e.world.Span,
		"interface `%s` transitively depends on an interface in incompatible ways", export)
	d.Relate(item.Span, "the export")
	var chain []string
	for _, id := range slices.Backward(e.path) {
		chain = append(chain, name(id))
	}
	last := e.path[0]
	if len(chain) > 1 {
		d.Hint(fmt.Sprintf("%s: the last one is exported here, and needed as an import by an interface that is not exported", strings.Join(chain, " uses ")))
		d.Hint(fmt.Sprintf("export every interface between %s and %s too", export, name(last)))
	} else {
		d.Hint(fmt.Sprintf("%s is exported here, and another export needs it as an import through an interface that is not exported", name(last)))
	}
	d.Relate(e.r.Interfaces[last].Span, "the interface that is needed both ways")
}
