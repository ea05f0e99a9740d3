package component

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/internal/wasm"
)

// typeDef shows a type definition. Types that are scopes of their own are trees.
func (p *inspector) typeDef(head string, t Type) {
	switch t := t.(type) {
	case *ComponentType:
		p.decls(head+": component", t.Decls)
	case *InstanceType:
		p.decls(head+": instance", t.Decls)
	case *Func:
		p.line("%s: %s", head, funcText(t))
	case *Resource:
		s := "resource represented by " + t.Rep.String()
		if t.Dtor != nil {
			s += fmt.Sprintf(", destructor core func %d", *t.Dtor)
		}
		p.line("%s: %s", head, s)
	default:
		p.line("%s: %s", head, defText(t))
	}
}

func (p *inspector) decls(head string, decls []Def) {
	p.line("%s", head)
	inner := inspector{depth: p.depth + 1, names: &Names{}}
	for _, d := range decls {
		inner.def(d)
	}
	p.b.WriteString(inner.b.String())
}

func (p *inspector) coreType(d *CoreTypeDef) {
	if d.Module != nil {
		p.line("%s: module", p.next(SortCoreType))
		p.depth++
		for _, m := range d.Module.Decls {
			p.moduleDecl(m)
		}
		p.depth--
		return
	}
	for _, t := range d.Rec.Types {
		p.line("%s: %s", p.next(SortCoreType), subTypeText(t))
	}
}

func (p *inspector) moduleDecl(m ModuleDecl) {
	switch {
	case m.Import != nil:
		p.line("import %q %q: %s", m.Import.Module, m.Import.Name, coreExternText(m.Import.Type))
	case m.Export != nil:
		p.line("export %q: %s", m.Export.Name, coreExternText(m.Export.Type))
	case m.Alias != nil:
		p.line("type: core type %d of scope %d outwards", m.Alias.Index, m.Alias.Count)
	case m.Type != nil:
		for _, t := range m.Type.Types {
			p.line("type: %s", subTypeText(t))
		}
	}
}

func coreExternText(t wasm.Extern) string {
	sort := coreSort(t.Kind)
	if t.Kind == wasm.FuncKind || t.Kind == wasm.TagKind {
		return fmt.Sprintf("%s of type %d", strings.TrimPrefix(sort.String(), "core "), t.Func)
	}
	return coreText(nil, coreEntity{sort: sort, table: t.Table, memory: t.Memory, global: t.Global})
}

func subTypeText(t wasm.SubType) string {
	switch t.Kind {
	case wasm.FuncForm:
		return "func " + showCore(t.Params) + " -> " + showCore(t.Results)
	case wasm.StructForm:
		return fmt.Sprintf("struct of %d fields", len(t.Fields))
	default:
		return "array of " + t.Fields[0].Type.String()
	}
}

// valText shows a reference to a value type.
func valText(t ValType) string {
	if t.Prim != NoPrim {
		return t.Prim.String()
	}
	return fmt.Sprintf("type %d", t.Index)
}

func optionalText(t *ValType) string {
	if t == nil {
		return "_"
	}
	return valText(*t)
}

func funcText(t *Func) string {
	s := "func("
	if t.Async {
		s = "async func("
	}
	s += fieldsText(t.Params) + ")"
	if t.Result != nil {
		s += " -> " + valText(*t.Result)
	}
	return s
}

func fieldsText(fields []Field) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.Name + ": " + valText(f.Type)
	}
	return strings.Join(list, ", ")
}

// defText shows the definition of a value type.
func defText(t Type) string {
	switch t := t.(type) {
	case *PrimType:
		return t.Prim.String()
	case *Record:
		return "record { " + fieldsText(t.Fields) + " }"
	case *Variant:
		list := make([]string, len(t.Cases))
		for i, c := range t.Cases {
			list[i] = c.Name
			if c.Type != nil {
				list[i] += "(" + valText(*c.Type) + ")"
			}
		}
		return "variant { " + strings.Join(list, ", ") + " }"
	case *Flags:
		return "flags { " + strings.Join(t.Labels, ", ") + " }"
	case *Enum:
		return "enum { " + strings.Join(t.Labels, ", ") + " }"
	case *Tuple:
		list := make([]string, len(t.Types))
		for i, p := range t.Types {
			list[i] = valText(p)
		}
		return "tuple<" + strings.Join(list, ", ") + ">"
	case *List:
		return "list<" + valText(t.Elem) + ">"
	case *FixedList:
		return fmt.Sprintf("list<%s, %d>", valText(t.Elem), t.Length)
	case *Option:
		return "option<" + valText(t.Type) + ">"
	case *Result:
		return "result<" + optionalText(t.OK) + ", " + optionalText(t.Err) + ">"
	case *Map:
		return "map<" + valText(t.Key) + ", " + valText(t.Value) + ">"
	case *Own:
		return fmt.Sprintf("own<type %d>", t.Resource)
	case *Borrow:
		return fmt.Sprintf("borrow<type %d>", t.Resource)
	case *Stream:
		return "stream<" + optionalText(t.Type) + ">"
	case *Future:
		return "future<" + optionalText(t.Type) + ">"
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}
