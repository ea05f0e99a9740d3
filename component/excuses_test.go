package component_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// excuse is a difference to wasm-tools 1.262 in which the specification is kept
// here.
type excuse struct {
	why string
	// ours matches the rule where a component is refused here and not there,
	// theirs what wasm-tools says where it is the other way round.
	ours, theirs *regexp.Regexp
	// holds reports whether a difference is this one. It may be nil: all are.
	holds func(c *binary.Component, ours, theirs string) bool
	// example is a component that shows it. It is nil where the component cannot be
	// decoded here.
	example *binary.Component
}

func excuses() []*excuse {
	say := regexp.MustCompile
	named := func(name string, attributes ...binary.Attribute) *binary.Component {
		return comptest.Nest(comptest.Typ(&binary.InstanceType{}), &binary.Import{Name: binary.ExternName{Name: name, Attributes: attributes}, Type: binary.ExternType{Sort: binary.SortInstance}})
	}
	eq := func(index uint32) *binary.ExternType {
		return &binary.ExternType{Sort: binary.SortType, Index: index}
	}
	cancellable := comptest.Nest(&binary.Canon{Op: binary.CanonThreadYield, Cancellable: true})
	thread := &binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32}}}}}
	inspected := func(is func(binary.Def) bool) func(*binary.Component, string, string) bool {
		return func(c *binary.Component, _, _ string) bool { return has(c, is) }
	}
	return []*excuse{
		{why: "wasm-tools has no value section", theirs: say(`malformed section id: 12`), example: comptest.Nest(&binary.Value{Type: comptest.U8, Data: []byte{7}}, comptest.Exp("v", binary.SortValue, 0))},
		{why: "wasm-tools reads the type of a value without a bound before it", theirs: say(`.`),
			holds:   inspected(typesValue),
			example: comptest.Nest(comptest.Typ(&binary.InstanceType{Decls: []binary.Def{&binary.ExportDecl{Name: binary.Named("v"), Type: binary.ExternType{Sort: binary.SortValue, Bound: binary.BoundType, Value: comptest.U8}}}}))},
		{why: "wasm-tools has dropped the mark cancellable", theirs: say(`historically accepted as .cancellable.`), example: cancellable},
		{why: "wasm-tools has stream.forward and future.forward", ours: say(`invalid canonical definition 0x2[ef]`)},
		{why: "wasm-tools has thread.available-parallelism without the mark shared", theirs: say(`section size mismatch|invalid leading byte|unexpected end-of-file`),
			holds: inspected(func(d binary.Def) bool {
				c, ok := d.(*binary.Canon)
				return ok && c.Op == binary.CanonThreadAvailableParallelism
			}),
			example: comptest.Nest(&binary.Canon{Op: binary.CanonThreadAvailableParallelism})},
		{why: "wasm-tools spawns shared threads only", theirs: say(`spawn type must be shared|expected a core function type|section size mismatch`),
			holds: inspected(func(d binary.Def) bool {
				c, ok := d.(*binary.Canon)
				return ok && (c.Op == binary.CanonThreadSpawnRef || c.Op == binary.CanonThreadSpawnIndirect)
			}),
			example: comptest.Nest(thread, &binary.Canon{Op: binary.CanonThreadSpawnRef})},
		{why: "wasm-tools does not let an export hide with a sub bound which resource it is (Explainer.md, Type Checking)", theirs: say(`ascribed type of export is not compatible with item's type .*resource types are not the same`),
			holds: inspected(func(d binary.Def) bool {
				x, ok := d.(*binary.Export)
				return ok && x.Type != nil && (x.Type.Bound == binary.BoundSub || x.Sort == binary.SortInstance || x.Sort == binary.SortComponent)
			}),
			example: comptest.Nest(comptest.Typ(comptest.ResourceType32()), &binary.Export{Name: binary.Named("r"), Sort: binary.SortType, Type: &binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}})},
		{why: "wasm-tools knows no canonical version without a version suffix", theirs: say(`invalid interface version: unexpected end of input`), example: named("a:b/c@1")},
		{why: "wasm-tools has another canonical version for pre-releases", theirs: say(`is not the canonical version of`), example: named("a:b/c@0.2", binary.Attribute{Kind: binary.VersionSuffix, Value: ".8-x"})},
		{why: "wasm-tools allows a version suffix at instances only", theirs: say(`only instances can have a .version-suffix.`),
			example: comptest.Nest(comptest.Typ(&binary.InstanceType{}), &binary.Import{Name: binary.ExternName{Name: "a:b/c@0.2", Attributes: []binary.Attribute{{Kind: binary.VersionSuffix, Value: ".8"}}}, Type: *eq(0)})},
		{why: "wasm-tools reads numbers of versions into 64 bits", theirs: say(`value of .* exceeds u64`), example: named("a:b/c@18446744073709551616.0.0")},
		{why: "to wasm-tools names differ only where they do without their dashes, too", theirs: say(`conflicts with previous`),
			holds: func(_ *binary.Component, _, theirs string) bool {
				m := say("name `([^`]*)` conflicts with previous .*name `([^`]*)`").FindStringSubmatch(theirs)
				return m != nil && !strings.EqualFold(m[1], m[2]) && strings.EqualFold(strings.ReplaceAll(m[1], "-", ""), strings.ReplaceAll(m[2], "-", ""))
			},
			example: comptest.Nest(comptest.Typ(&binary.Enum{Labels: []string{"a1", "a-1"}}))},
		{why: "wasm-tools asks for the memory of an async lowering only where the types need it", ours: say(`an async lowering needs it`),
			example: comptest.Nest(comptest.Typ(&binary.Func{Async: true}), comptest.Imp("f", binary.SortFunc, 0), comptest.Lower(0, comptest.Option(binary.AsyncOption)))},
		{why: "to wasm-tools an export of a type of functions, instances or components names that type itself", theirs: say(`type not valid to be used as (im|ex)port`), holds: namesComposite,
			example: comptest.Nest(comptest.Typ(comptest.Fn()), comptest.Exp("x", binary.SortType, 0), &binary.Import{Name: binary.Named("y"), Type: *eq(0)})},
		{why: "and where that type is imported, too, the export may be imported again", ours: say(`imports cannot depend on exports`), holds: namesComposite,
			example: comptest.Nest(comptest.Typ(comptest.Fn()), &binary.Import{Name: binary.Named("x"), Type: *eq(0)}, comptest.Exp("y", binary.SortType, 1), &binary.Import{Name: binary.Named("z"), Type: *eq(2)})},
		{why: "wasm-tools lets a type be exported as one of which it is a subtype", ours: say(`the type that is ascribed to the export`),
			holds: inspected(func(d binary.Def) bool {
				x, ok := d.(*binary.Export)
				return ok && x.Type != nil && x.Sort == binary.SortType
			}),
			example: comptest.Nest(comptest.Typ(&binary.ComponentType{Decls: []binary.Def{comptest.DeclareResource("r")}}), comptest.Typ(&binary.ComponentType{Decls: []binary.Def{}}),
				&binary.Export{Name: binary.Named("c"), Sort: binary.SortType, Type: eq(1)})},
	}
}

// has reports whether a component, or what is inside it, has such a definition.
func has(c *binary.Component, is func(binary.Def) bool) bool {
	for d := range c.Defs() {
		if hasDef(d, is) {
			return true
		}
	}
	return false
}

func hasDef(d binary.Def, is func(binary.Def) bool) bool {
	if is(d) {
		return true
	}
	if c, ok := d.(*binary.Component); ok {
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
func declsOf(d binary.Def) []binary.Def {
	if d, ok := d.(*binary.TypeDef); ok {
		switch t := d.Type.(type) {
		case *binary.ComponentType:
			return t.Decls
		case *binary.InstanceType:
			return t.Decls
		}
	}
	return nil
}

// namesComposite reports whether a component imports or exports a type that is neither
// a type of values nor a resource.
func namesComposite(c *binary.Component, _, _ string) bool {
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
			case *binary.Import:
				found = found || d.Type.Sort == binary.SortType && composite(d.Type.Index)
			case *binary.ExportDecl:
				found = found || d.Type.Sort == binary.SortType && composite(d.Type.Index)
			case *binary.Export:
				found = found || d.Sort == binary.SortType && composite(d.Index)
			case *binary.Component:
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

// excuseFor returns the excuse for a difference, or nil.
func excuseFor(wasm []byte, ours, theirs string) *excuse {
	c, _ := binary.Decode(wasm)
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
			wasm = append(comptest.Nest(comptest.Typ(&binary.Stream{Type: &comptest.U8})).Encode(), byte(binary.CanonSection), 3, 1, 0x2e, 0)
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
