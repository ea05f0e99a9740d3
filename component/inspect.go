package component

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
)

// Inspect returns a component as a tree of text: its definitions in order with the
// indices that they define, core modules with their sizes, imports and exports,
// canonical definitions with their options, types, and the names that the name
// section gives. Of a core module it returns the imports, the exports and the custom
// sections. A binary that is malformed gives an error; a component that is invalid
// is shown as it is.
func Inspect(file []byte) (string, error) {
	if binary.FormOf(file) == binary.CoreForm {
		return inspectModule(file)
	}
	c, err := binary.Decode(file)
	if err != nil {
		return "", err
	}
	var p inspector
	p.component(c, "component")
	return p.b.String(), nil
}

// inspectModule shows a core module that stands alone.
func inspectModule(module []byte) (text string, err error) {
	defer fault.Catch(&err)
	core.Read(&core.Types{}, module, 0) // for the error
	var p inspector
	p.line("core module: %d bytes", len(module))
	p.module(&binary.CoreModule{Bytes: module})
	p.depth++
	for s := range core.NewCursor(module, 0).Sections() {
		if s.ID == wasm.CustomSection {
			p.line("custom %q: %d bytes", s.Custom(), s.Content.Len())
		}
	}
	return p.b.String(), nil
}

// inspector writes one component. Those inside have inspectors of their own.
type inspector struct {
	b     strings.Builder
	depth int
	count [binary.NumSorts]int
	names *binary.Names
}

func (p *inspector) line(format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", p.depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

// next returns the sort with the index that a definition of it gets, and the name
// of that.
func (p *inspector) next(sort binary.Sort) string {
	s := fmt.Sprintf("%s %d", sort, p.count[sort])
	if name, ok := p.names.Sorts[sort][uint32(p.count[sort])]; ok {
		s += fmt.Sprintf(" (%s)", name)
	}
	p.count[sort]++
	return s
}

func (p *inspector) component(c *binary.Component, head string) {
	p.names = c.Names()
	if p.names.Component != "" {
		head += fmt.Sprintf(" (%s)", p.names.Component)
	}
	p.line("%s: %d bytes", head, c.Size)
	p.depth++
	for d := range c.Defs() {
		p.def(d)
	}
	p.depth--
}

func (p *inspector) def(d binary.Def) {
	switch d := d.(type) {
	case *binary.Custom:
		p.line("custom %q: %d bytes", d.Name, len(d.Data))
	case *binary.CoreModule:
		p.line("%s: %d bytes", p.next(binary.SortCoreModule), len(d.Bytes))
		p.module(d)
	case *binary.CoreInstance:
		p.coreInstance(d)
	case *binary.CoreTypeDef:
		p.coreType(d)
	case *binary.Component:
		head := p.next(binary.SortComponent)
		inner := inspector{depth: p.depth}
		inner.component(d, head)
		p.b.WriteString(inner.b.String())
	case *binary.Instance:
		p.instance(d)
	case *binary.Alias:
		p.line("%s: %s", p.next(d.Sort), aliasText(d))
	case *binary.TypeDef:
		p.typeDef(p.next(binary.SortType), d.Type)
	case *binary.Canon:
		sort := binary.SortCoreFunc
		if d.Op == binary.CanonLift {
			sort = binary.SortFunc
		}
		p.line("%s: %s", p.next(sort), canonText(d))
	case *binary.Start:
		p.line("start: func %d with values %v", d.Func, d.Args)
		for range d.Results {
			p.line("%s: of start", p.next(binary.SortValue))
		}
	case *binary.Import:
		p.line("import %s: %s: %s", nameText(d.Name), p.next(d.Type.Sort), externText(d.Type))
	case *binary.Export:
		s := fmt.Sprintf("export %s: %s: %s %d", nameText(d.Name), p.next(d.Sort), d.Sort, d.Index)
		if d.Type != nil {
			s += " as " + externText(*d.Type)
		}
		p.line("%s", s)
	case *binary.ExportDecl:
		p.line("export %s: %s: %s", nameText(d.Name), p.next(d.Type.Sort), externText(d.Type))
	case *binary.Value:
		p.line("%s: %s: %d bytes", p.next(binary.SortValue), valText(d.Type), len(d.Data))
	default:
		panic(fmt.Sprintf("component: unhandled definition %T", d))
	}
}

// module shows what a core module imports and exports.
func (p *inspector) module(d *binary.CoreModule) {
	p.depth++
	defer func() { p.depth-- }()
	var err error
	types := &core.Types{}
	var m *core.Module
	func() {
		defer fault.Catch(&err)
		m = core.Read(types, d.Bytes, d.At())
	}()
	if err != nil {
		p.line("not readable: %v", err)
		return
	}
	for _, i := range m.Imports {
		p.line("import %q %q: %s", i.Module, i.Name, coreText(types, i.Entity))
	}
	for _, name := range m.Names {
		p.line("export %q: %s", name, coreText(types, m.Exports[name]))
	}
}

func coreText(types *core.Types, e core.Entity) string {
	s := strings.TrimPrefix(e.Sort.String(), "core ")
	switch e.Sort {
	case binary.SortCoreFunc, binary.SortCoreTag:
		return s + " " + types.Show(e.Type)
	case binary.SortCoreTable:
		return s + " " + e.Table.Elem.String() + " " + limitsText(e.Table.Limits)
	case binary.SortCoreMemory:
		return s + " " + limitsText(e.Memory)
	case binary.SortCoreGlobal:
		if e.Global.Mutable {
			s += " mut"
		}
		return s + " " + e.Global.Type.String()
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", e.Sort))
	}
}

func limitsText(l wasm.Limits) string {
	s := fmt.Sprint(l.Min)
	if l.HasMax {
		s += fmt.Sprintf("..%d", l.Max)
	}
	if l.Addr64 {
		s += " i64"
	}
	if l.Shared {
		s += " shared"
	}
	return s
}

func (p *inspector) coreInstance(d *binary.CoreInstance) {
	if d.Exports == nil {
		p.line("%s: instance of core module %d", p.next(binary.SortCoreInstance), d.Module)
	} else {
		p.line("%s:", p.next(binary.SortCoreInstance))
	}
	p.depth++
	for _, a := range d.Args {
		p.line("with %q: core instance %d", a.Name, a.Instance)
	}
	for _, x := range d.Exports {
		p.line("export %q: %s %d", x.Name, x.Sort, x.Index)
	}
	p.depth--
}

func (p *inspector) instance(d *binary.Instance) {
	if d.Exports == nil {
		p.line("%s: instance of component %d", p.next(binary.SortInstance), d.Component)
	} else {
		p.line("%s:", p.next(binary.SortInstance))
	}
	p.depth++
	for _, a := range d.Args {
		p.line("with %q: %s %d", a.Name, a.Sort, a.Index)
	}
	for _, x := range d.Exports {
		p.line("export %s: %s %d", nameText(x.Name), x.Sort, x.Index)
	}
	p.depth--
}

func aliasText(d *binary.Alias) string {
	switch d.Target {
	case binary.AliasExport:
		return fmt.Sprintf("export %q of instance %d", d.Name, d.Instance)
	case binary.AliasCoreExport:
		return fmt.Sprintf("export %q of core instance %d", d.Name, d.Instance)
	case binary.AliasOuter:
		return fmt.Sprintf("%s %d of scope %d outwards", d.Sort, d.Index, d.Count)
	default:
		panic(fmt.Sprintf("component: unhandled alias target %d", d.Target))
	}
}

func nameText(n binary.ExternName) string {
	s := fmt.Sprintf("%q", n.Name)
	for _, a := range n.Attributes {
		s += fmt.Sprintf(" (%s %q)", a.Kind, a.Value)
	}
	return s
}

func externText(t binary.ExternType) string {
	switch {
	case t.Sort == binary.SortType && t.Bound == binary.BoundSub:
		return "a resource"
	case t.Sort == binary.SortValue && t.Bound == binary.BoundEq:
		return fmt.Sprintf("value %d", t.Index)
	case t.Sort == binary.SortValue:
		return valText(t.Value)
	case t.Sort == binary.SortCoreModule:
		return fmt.Sprintf("core type %d", t.Index)
	default:
		return fmt.Sprintf("type %d", t.Index)
	}
}

// canonText shows a canonical definition with its operands and, after them, its
// options.
func canonText(d *binary.Canon) string {
	s, options := "canon "+d.Op.String(), ""
	for _, imm := range d.Op.Immediates() {
		switch imm {
		case 'f':
			if d.Op == binary.CanonLift {
				s += " core"
			}
			s += fmt.Sprintf(" func %d", d.Func)
		case 't':
			s += fmt.Sprintf(" type %d", d.Type)
		case 'o':
			for _, o := range d.Options {
				options += ", " + o.Kind.String()
				if o.Kind.HasIndex() {
					options += fmt.Sprintf(" %d", o.Index)
				}
			}
		case 'r':
			s += " " + optionalText(d.Result)
		case 'a':
			s += flagText(d.Async, "async")
		case 'c':
			s += flagText(d.Cancellable, "cancellable")
		case 's':
			s += flagText(d.Shared, "shared")
		case 'm':
			s += fmt.Sprintf(" memory %d", d.Memory)
		case 'T':
			s += fmt.Sprintf(" table %d", d.Table)
		case 'v':
			s += " " + d.SlotType.String()
		case 'i':
			s += fmt.Sprintf(" slot %d", d.Slot)
		default:
			panic("component: unhandled immediate " + string(imm))
		}
	}
	return s + options
}

func flagText(set bool, name string) string {
	if set {
		return " " + name
	}
	return ""
}
