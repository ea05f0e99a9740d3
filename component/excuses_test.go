package component

import (
	"regexp"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/wasm"
)

// excuse is a difference to wasm-tools 1.262 in which the specification is kept
// here.
type excuse struct {
	why string
	// ours matches the rule where a component is refused here and not there,
	// theirs what wasm-tools says where it is the other way round.
	ours, theirs *regexp.Regexp
	// holds says whether it is this difference. It may be nil.
	holds func(c *Component, ours, theirs string) bool
	// example is a component that shows it. It is nil where the component cannot be
	// decoded here.
	example *Component
}

func excuses() []*excuse {
	say := regexp.MustCompile
	named := func(name string, attributes ...Attribute) *Component {
		return nest(typ(&InstanceType{}), &Import{Name: ExternName{Name: name, Attributes: attributes}, Type: ExternType{Sort: SortInstance}})
	}
	eq := func(index uint32) *ExternType { return &ExternType{Sort: SortType, Index: index} }
	cancellable := nest(&Canon{Op: CanonThreadYield, Cancellable: true})
	thread := &CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32}}}}}
	inspected := func(is func(Def) bool) func(*Component, string, string) bool {
		return func(c *Component, _, _ string) bool { return has(c, is) }
	}
	return []*excuse{
		{why: "wasm-tools has no value section", theirs: say(`malformed section id: 12`), example: nest(&Value{Type: u8, Data: []byte{7}}, exp("v", SortValue, 0))},
		{why: "wasm-tools reads the type of a value without a bound before it", theirs: say(`.`),
			holds:   inspected(typesValue),
			example: nest(typ(&InstanceType{Decls: []Def{&ExportDecl{Name: Named("v"), Type: ExternType{Sort: SortValue, Bound: BoundType, Value: u8}}}}))},
		{why: "wasm-tools has dropped the mark cancellable", theirs: say(`historically accepted as .cancellable.`), example: cancellable},
		{why: "wasm-tools has stream.forward and future.forward", ours: say(`invalid canonical definition 0x2[ef]`)},
		{why: "wasm-tools has thread.available-parallelism without the mark shared", theirs: say(`section size mismatch|invalid leading byte|unexpected end-of-file`),
			holds:   inspected(func(d Def) bool { c, ok := d.(*Canon); return ok && c.Op == CanonThreadAvailableParallelism }),
			example: nest(&Canon{Op: CanonThreadAvailableParallelism})},
		{why: "wasm-tools spawns shared threads only", theirs: say(`spawn type must be shared|expected a core function type|section size mismatch`),
			holds: inspected(func(d Def) bool {
				c, ok := d.(*Canon)
				return ok && (c.Op == CanonThreadSpawnRef || c.Op == CanonThreadSpawnIndirect)
			}),
			example: nest(thread, &Canon{Op: CanonThreadSpawnRef})},
		{why: "wasm-tools does not let an export hide with a sub bound which resource it is (Explainer.md, Type Checking)", theirs: say(`ascribed type of export is not compatible with item's type .*resource types are not the same`),
			holds: inspected(func(d Def) bool {
				x, ok := d.(*Export)
				return ok && x.Type != nil && (x.Type.Bound == BoundSub || x.Sort == SortInstance || x.Sort == SortComponent)
			}),
			example: nest(typ(resourceType32()), &Export{Name: Named("r"), Sort: SortType, Type: &ExternType{Sort: SortType, Bound: BoundSub}})},
		{why: "wasm-tools knows no canonical version without a version suffix", theirs: say(`invalid interface version: unexpected end of input`), example: named("a:b/c@1")},
		{why: "wasm-tools has another canonical version for pre-releases", theirs: say(`is not the canonical version of`), example: named("a:b/c@0.2", Attribute{VersionSuffix, ".8-x"})},
		{why: "wasm-tools allows a version suffix at instances only", theirs: say(`only instances can have a .version-suffix.`),
			example: nest(typ(&InstanceType{}), &Import{Name: ExternName{Name: "a:b/c@0.2", Attributes: []Attribute{{VersionSuffix, ".8"}}}, Type: *eq(0)})},
		{why: "wasm-tools reads numbers of versions into 64 bits", theirs: say(`value of .* exceeds u64`), example: named("a:b/c@18446744073709551616.0.0")},
		{why: "to wasm-tools names differ only where they do without their dashes, too", theirs: say(`conflicts with previous`),
			holds: func(_ *Component, _, theirs string) bool {
				m := say("name `([^`]*)` conflicts with previous .*name `([^`]*)`").FindStringSubmatch(theirs)
				return m != nil && !strings.EqualFold(m[1], m[2]) && strings.EqualFold(strings.ReplaceAll(m[1], "-", ""), strings.ReplaceAll(m[2], "-", ""))
			},
			example: nest(typ(&Enum{Labels: []string{"a1", "a-1"}}))},
		{why: "wasm-tools asks for the memory of an async lowering only where the types need it", ours: say(`an async lowering needs it`),
			example: nest(typ(&Func{Async: true}), imp("f", SortFunc, 0), lower(0, option(AsyncOption)))},
		{why: "to wasm-tools an export of a type of functions, instances or components names that type itself", theirs: say(`type not valid to be used as (im|ex)port`), holds: namesComposite,
			example: nest(typ(fn()), exp("x", SortType, 0), &Import{Name: Named("y"), Type: *eq(0)})},
		{why: "and where that type is imported, too, the export may be imported again", ours: say(`imports cannot depend on exports`), holds: namesComposite,
			example: nest(typ(fn()), &Import{Name: Named("x"), Type: *eq(0)}, exp("y", SortType, 1), &Import{Name: Named("z"), Type: *eq(2)})},
		{why: "wasm-tools lets a type be exported as one of which it is a subtype", ours: say(`the type that is ascribed to the export`),
			holds: inspected(func(d Def) bool { x, ok := d.(*Export); return ok && x.Type != nil && x.Sort == SortType }),
			example: nest(typ(&ComponentType{Decls: []Def{declareResource("r")}}), typ(&ComponentType{Decls: []Def{}}),
				&Export{Name: Named("c"), Sort: SortType, Type: eq(1)})},
	}
}

// has reports whether a component, or what is inside it, has such a definition.
func has(c *Component, is func(Def) bool) bool {
	for d := range c.Defs() {
		if hasDef(d, is) {
			return true
		}
	}
	return false
}

func hasDef(d Def, is func(Def) bool) bool {
	if is(d) {
		return true
	}
	if c, ok := d.(*Component); ok {
		return has(c, is)
	}
	for _, d := range declsOf(d) {
		if hasDef(d, is) {
			return true
		}
	}
	return false
}

// declsOf returns the declarators of a type.
func declsOf(d Def) []Def {
	if d, ok := d.(*TypeDef); ok {
		switch t := d.Type.(type) {
		case *ComponentType:
			return t.Decls
		case *InstanceType:
			return t.Decls
		}
	}
	return nil
}

// namesComposite reports whether a component imports or exports a type that is none
// of a value and no resource.
func namesComposite(c *Component, _, _ string) bool {
	found := false
	var look func(open []growScope)
	look = func(open []growScope) {
		scope := open[len(open)-1]
		kinds := scope.kinds(open[:len(open)-1])
		composite := func(i uint32) bool {
			return int(i) < len(kinds) && kinds[i] != valueKind && kinds[i] != resourceKind
		}
		for _, d := range scope.defs() {
			switch d := d.(type) {
			case *Import:
				found = found || d.Type.Sort == SortType && composite(d.Type.Index)
			case *ExportDecl:
				found = found || d.Type.Sort == SortType && composite(d.Type.Index)
			case *Export:
				found = found || d.Sort == SortType && composite(d.Index)
			case *Component:
				look(append(open[:len(open):len(open)], growScope{component: d}))
			}
			if decls := declsOf(d); decls != nil {
				look(append(open[:len(open):len(open)], growScope{decls: &decls}))
			}
		}
	}
	look([]growScope{{component: c}})
	return found
}

// excuseFor returns the excuse for a difference, and nil where there is none.
func excuseFor(wasm []byte, ours, theirs string) *excuse {
	c, _ := Decode(wasm)
	for _, e := range excuses() {
		if ours != "" && (e.ours == nil || !e.ours.MatchString(ours)) || theirs != "" && (e.theirs == nil || !e.theirs.MatchString(theirs)) {
			continue
		}
		if e.holds == nil || c != nil && e.holds(c, ours, theirs) {
			return e
		}
	}
	return nil
}

// TestInteropExcuses: the examples of the table show the difference that they are
// there for.
func TestInteropExcuses(t *testing.T) {
	run := wasmTools(t)
	var list [][]byte
	var of []*excuse
	for _, e := range excuses() {
		var wasm []byte
		if e.example != nil {
			wasm = e.example.Encode()
		} else {
			wasm = append(nest(typ(&Stream{&u8})).Encode(), byte(CanonSection), 3, 1, 0x2e, 0)
		}
		list, of = append(list, wasm), append(of, e)
	}
	for i, theirs := range theirVerdicts(t, run, list) {
		ours := verdict(t, list[i])
		if (ours == "") == (theirs == "") {
			t.Errorf("%s: there is no difference: here %q, wasm-tools %q", of[i].why, ours, theirs)
		} else if e := excuseFor(list[i], ours, theirs); e == nil || e.why != of[i].why {
			t.Errorf("%s: the difference is another: here %q, wasm-tools %q", of[i].why, ours, theirs)
		}
	}
}
