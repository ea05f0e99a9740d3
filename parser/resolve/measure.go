package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// Limits of types, with which what is valid as text is valid as a component, too.
const (
	// maxParts is of how many types a type, a function, an interface or a world may
	// be made, each counted anew wherever it is used. Implementations of the
	// component model take 1,000,000 in a component, and around a world or an interface
	// stand a few more.
	maxParts = 999_990
	// maxDepth is how deep types may be nested. A component may nest 100, and around a
	// type stand a function, an instance and the types of a world and its package.
	maxDepth = 94
	// maxSize is what a type's values take in memory at most, less one byte, with
	// pointers of 64 bits (Binary.md, "Type Definitions").
	maxSize = 1 << 28
)

// measure is what a type comes to.
type measure struct {
	parts uint64 // types in it, each use counted
	depth int    // of the longest path in it
	// ref and def are about how many bytes a reference to it and its definition come
	// to as text.
	ref, def uint64
	// size and align are those of a value in memory (CanonicalABI.md, "Element Size"),
	// with pointers of 64 bits. size stops growing at maxSize.
	size, align uint64
}

// primSizes are the sizes of the primitive types.
var primSizes = [...]uint64{
	wit.Bool: 1, wit.U8: 1, wit.S8: 1, wit.U16: 2, wit.S16: 2, wit.U32: 4, wit.S32: 4, wit.U64: 8, wit.S64: 8,
	wit.F32: 4, wit.F64: 8, wit.Char: 4, wit.String: 16, wit.ErrorContext: 4,
}

// measures are those of the types of a model, by id.
type measures []measure

// of returns the measure of a type of the model, and that of nothing for nil.
func (all measures) of(t wit.Type) measure {
	switch t := t.(type) {
	case nil:
		return measure{align: 1}
	case wit.Prim:
		m := measure{parts: 1, size: primSizes[t], align: primSizes[t]}
		if t == wit.String {
			m.align = 8
		}
		m.ref = lineText
		return m
	case wit.TypeID:
		return all[t]
	default:
		panic(fmt.Sprintf("resolve: unhandled type %T", t))
	}
}

// lineText is about how many bytes a line of text has beside its names and types.
const lineText = 16

// measure returns the measure of a type.
func (all measures) measure(t *wit.TypeDef) measure {
	m := all.kind(t.Kind)
	parts := uint64(lineText)
	part := func(name string, t wit.Type, docs string) {
		parts += uint64(lineText+len(name)+len(docs)) + all.of(t).ref
	}
	switch k := t.Kind.(type) {
	case *wit.Record:
		for _, f := range k.Fields {
			part(f.Name, f.Type, f.Docs)
		}
	case *wit.Variant:
		for _, c := range k.Cases {
			part(c.Name, c.Type, c.Docs)
		}
	case *wit.Flags:
		for _, l := range k.Flags {
			part(l.Name, nil, l.Docs)
		}
	case *wit.Enum:
		for _, l := range k.Cases {
			part(l.Name, nil, l.Docs)
		}
	case *wit.Own, *wit.Borrow:
		wit.EachType(k, func(t wit.Type) { parts += all.of(t).ref })
	case *wit.Resource:
	default:
		wit.EachType(k, func(t wit.Type) { part("", t, "") })
	}
	m.def = parts + uint64(len(t.Name)+len(t.Docs)+len(t.ExternalID))
	m.ref = m.def
	if t.Name != "" {
		m.ref = uint64(len(t.Name))
	}
	return m
}

// functionText returns about how many bytes a function comes to as text.
func (all measures) functionText(f *wit.Function) uint64 {
	text := uint64(lineText+len(f.Name)+len(f.Docs)+len(f.ExternalID)) + all.of(f.Result).ref
	for _, p := range f.Params {
		text += uint64(lineText+len(p.Name)) + all.of(p.Type).ref
	}
	return text
}

// interfaceText returns about how many bytes an interface comes to as text.
func (all measures) interfaceText(i *wit.Interface) uint64 {
	text := uint64(lineText + len(i.Name) + len(i.Docs))
	for _, t := range i.Types {
		text += all.of(t).def
	}
	for _, f := range i.Functions {
		text += all.functionText(f)
	}
	return text
}

// kind returns the measure of a type of that kind.
func (all measures) kind(kind wit.Kind) measure {
	if alias, ok := kind.(*wit.Alias); ok {
		return all.of(alias.Type)
	}
	var parts []measure
	m := measure{align: 1}
	switch k := kind.(type) {
	case *wit.Own, *wit.Borrow, *wit.Resource: // the resource is no part
	default:
		wit.EachType(k, func(t wit.Type) {
			part := all.of(t)
			parts = append(parts, part)
			m.add(part)
		})
	}
	switch k := kind.(type) {
	case *wit.Record, *wit.Tuple:
		m.fields(parts)
	case *wit.Variant:
		m.cases(len(k.Cases), parts)
	case *wit.Option, *wit.Result:
		m.cases(2, parts)
	case *wit.Enum:
		m.size = caseBytes(len(k.Cases))
		m.align = m.size
	case *wit.Flags:
		m.size = flagBytes(len(k.Flags))
		m.align = m.size
	case *wit.List, *wit.Map:
		m.size, m.align = 16, 8
	case *wit.FixedList:
		m.align = parts[0].align
		m.size = min(parts[0].size*uint64(k.Size), maxSize) // both are below 2^32
	case *wit.Own, *wit.Borrow, *wit.Resource, *wit.Stream, *wit.Future:
		m.size, m.align = 4, 4
	default:
		panic(fmt.Sprintf("resolve: unhandled kind %T", k))
	}
	m.parts++
	m.depth++
	return m
}

// add counts a part.
func (m *measure) add(part measure) {
	m.parts += part.parts
	m.depth = max(m.depth, part.depth)
}

func (m *measure) fields(parts []measure) {
	for _, p := range parts {
		m.align = max(m.align, p.align)
		m.size = min(alignUp(m.size, p.align)+p.size, maxSize)
	}
	m.size = min(alignUp(m.size, m.align), maxSize)
}

// cases lays out n cases, of which some have a payload.
func (m *measure) cases(n int, payloads []measure) {
	largest, align := uint64(0), uint64(1)
	for _, p := range payloads {
		largest, align = max(largest, p.size), max(align, p.align)
	}
	tag := caseBytes(n)
	m.align = max(tag, align)
	m.size = min(alignUp(alignUp(tag, align)+largest, m.align), maxSize)
}

// caseBytes returns the size of the number that tells n cases apart.
func caseBytes(n int) uint64 {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	default:
		return 4
	}
}

func flagBytes(n int) uint64 {
	switch {
	case n <= 8:
		return 1
	case n <= 16:
		return 2
	default:
		return 4
	}
}

func alignUp(n, align uint64) uint64 { return (n + align - 1) / align * align }

// checkMeasure reports a type, which what names, that exceeds a limit.
func (l *linker) checkMeasure(m measure, what string, span diag.Span) bool {
	switch {
	case m.depth > maxDepth:
		l.report(diag.TypeTooDeep, span, "types are nested more than %d deep", maxDepth).
			Hint("refer to inner values by an index or through a resource")
	case m.parts > maxParts:
		l.report(diag.TypeTooLarge, span, "%s is made of %d types, each counted wherever it is used, and the most is %d", what, m.parts, maxParts).
			Hint("a resource counts once wherever it is used")
	case m.size >= maxSize:
		l.report(diag.TypeTooLarge, span, "values of %s take %d bytes or more, which no type may", what, maxSize).
			Hint("use a list without a length, whose elements lie elsewhere")
	default:
		return true
	}
	l.tooLarge = true
	return false
}

// function returns the measure of a function of the model.
func (all measures) function(f *wit.Function) measure {
	m := measure{parts: 1}
	for _, p := range f.Params {
		m.add(all.of(p.Type))
	}
	m.add(all.of(f.Result))
	return m
}

// typeParts returns of how many types the types of an interface are made.
func (all measures) typeParts(i *wit.Interface) uint64 {
	parts := uint64(1)
	for _, t := range i.Types {
		parts += all.of(t).parts
	}
	return parts
}

// interfaceParts returns of how many types an interface is made.
func (all measures) interfaceParts(i *wit.Interface) uint64 {
	parts := all.typeParts(i)
	for _, f := range i.Functions {
		parts += all.function(f).parts
	}
	return parts
}

// worldParts returns of how many types a world is made. ofInterface returns that of
// an interface.
func (all measures) worldParts(w *wit.World, ofInterface func(wit.InterfaceID) uint64) uint64 {
	parts := uint64(1)
	for _, items := range [][]*wit.WorldItem{w.Imports, w.Exports} {
		for _, item := range items {
			switch what := item.Item.(type) {
			case wit.TypeID:
				parts += all.of(what).parts
			case *wit.Function:
				parts += all.function(what).parts
			case wit.InterfaceID:
				parts += ofInterface(what)
			default:
				panic(fmt.Sprintf("resolve: unhandled item %T", what))
			}
		}
	}
	return parts
}

// measuresOf returns the measures of the types of a model, in which a type may stand
// before what it is made of, as in one of a binary.
func measuresOf(r *wit.Resolve) measures {
	all := make(measures, len(r.Types))
	done := make([]bool, len(r.Types))
	var find func(t wit.Type)
	find = func(t wit.Type) {
		id, ok := t.(wit.TypeID)
		if !ok || done[id] {
			return
		}
		done[id] = true
		wit.EachType(r.Types[id].Kind, find)
		all[id] = all.measure(r.Types[id])
	}
	for id := range r.Types {
		find(wit.TypeID(id))
	}
	return all
}

// CheckBinary reports why a package cannot be written in binary form although its
// worlds and interfaces are valid. The binary form names the package only where it
// holds something, and it holds with each interface the types of all that the
// interface needs. The error is a diag.List.
func CheckBinary(r *wit.Resolve, id wit.PackageID) error {
	pkg := r.Packages[id]
	report := func(d *diag.Diagnostic) error {
		d.Code, d.Span = diag.NoBinaryForm, pkg.Span
		return diag.List{d}
	}
	if len(pkg.Interfaces)+len(pkg.Worlds) == 0 {
		d := &diag.Diagnostic{Message: fmt.Sprintf("package `%s` has no interface and no world, so that its binary form would not name it", pkg.Name)}
		return report(d.Hint("add an interface or a world"))
	}
	all := measuresOf(r)
	parts := uint64(1)
	for _, i := range pkg.Interfaces {
		parts += 1 + all.interfaceParts(r.Interfaces[i])
		seen := map[wit.InterfaceID]bool{i: true}
		for todo := []wit.InterfaceID{i}; len(todo) > 0 && parts <= maxParts; {
			last := len(todo) - 1
			from := r.Interfaces[todo[last]]
			todo = todo[:last]
			for _, t := range from.Types {
				alias, ok := r.Types[t].Kind.(*wit.Alias)
				if !ok {
					continue
				}
				target, ok := alias.Type.(wit.TypeID)
				if !ok {
					continue
				}
				if dep, ok := r.Types[target].Owner.(wit.InterfaceID); ok && !seen[dep] {
					seen[dep] = true
					todo = append(todo, dep)
					parts += all.typeParts(r.Interfaces[dep])
				}
			}
		}
	}
	for _, w := range pkg.Worlds {
		parts += 1 + all.worldParts(r.Worlds[w], func(i wit.InterfaceID) uint64 { return all.interfaceParts(r.Interfaces[i]) })
		if parts > maxParts {
			break
		}
	}
	if parts <= maxParts {
		return nil
	}
	d := &diag.Diagnostic{Message: fmt.Sprintf("package `%s` is made of more than %d types in binary form, where each counts wherever it is used", pkg.Name, maxParts)}
	return report(d.Hint("split it into several packages"))
}
