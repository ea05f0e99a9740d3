package component

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/internal/wasm"
)

// typeDef shows a type definition. Types that are scopes of their own are trees.
func (p *inspector) typeDef(head string, t binary.Type) {
	switch t := t.(type) {
	case *binary.ComponentType:
		p.decls(head+": component", t.Decls)
	case *binary.InstanceType:
		p.decls(head+": instance", t.Decls)
	case *binary.Func:
		p.line("%s: %s", head, funcText(t))
	case *binary.Resource:
		s := "resource represented by " + t.Rep.String()
		if t.Dtor != nil {
			s += fmt.Sprintf(", destructor core func %d", *t.Dtor)
		}
		p.line("%s: %s", head, s)
	default:
		p.line("%s: %s", head, defText(t))
	}
}

func (p *inspector) decls(head string, decls []binary.Def) {
	p.line("%s", head)
	inner := inspector{depth: p.depth + 1, names: &binary.Names{}}
	for _, d := range decls {
		inner.def(d)
	}
	p.b.WriteString(inner.b.String())
}

func (p *inspector) coreType(d *binary.CoreTypeDef) {
	if d.Module != nil {
		p.line("%s: module", p.next(binary.SortCoreType))
		p.depth++
		for _, m := range d.Module.Decls {
			p.moduleDecl(m)
		}
		p.depth--
		return
	}
	for _, t := range d.Rec.Types {
		p.line("%s: %s", p.next(binary.SortCoreType), subTypeText(t))
	}
}

func (p *inspector) moduleDecl(m binary.ModuleDecl) {
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
	sort := core.SortOf(t.Kind)
	if t.Kind == wasm.FuncKind || t.Kind == wasm.TagKind {
		return fmt.Sprintf("%s of type %d", strings.TrimPrefix(sort.String(), "core "), t.Func)
	}
	return coreText(nil, core.Entity{Sort: sort, Table: t.Table, Memory: t.Memory, Global: t.Global})
}

func subTypeText(t wasm.SubType) string {
	switch t.Kind {
	case wasm.FuncForm:
		return "func " + core.ShowTypes(t.Params) + " -> " + core.ShowTypes(t.Results)
	case wasm.StructForm:
		return fmt.Sprintf("struct of %d fields", len(t.Fields))
	default:
		return "array of " + t.Fields[0].Type.String()
	}
}

// valText shows a reference to a value type.
func valText(t binary.ValType) string {
	if t.Prim != binary.NoPrim {
		return t.Prim.String()
	}
	return fmt.Sprintf("type %d", t.Index)
}

func optionalText(t *binary.ValType) string {
	if t == nil {
		return "_"
	}
	return valText(*t)
}

func funcText(t *binary.Func) string {
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

func fieldsText(fields []binary.Field) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.Name + ": " + valText(f.Type)
	}
	return strings.Join(list, ", ")
}

// defText shows the definition of a value type.
func defText(t binary.Type) string {
	switch t := t.(type) {
	case *binary.PrimType:
		return t.Prim.String()
	case *binary.Record:
		return "record { " + fieldsText(t.Fields) + " }"
	case *binary.Variant:
		list := make([]string, len(t.Cases))
		for i, c := range t.Cases {
			list[i] = c.Name
			if c.Type != nil {
				list[i] += "(" + valText(*c.Type) + ")"
			}
		}
		return "variant { " + strings.Join(list, ", ") + " }"
	case *binary.Flags:
		return "flags { " + strings.Join(t.Labels, ", ") + " }"
	case *binary.Enum:
		return "enum { " + strings.Join(t.Labels, ", ") + " }"
	case *binary.Tuple:
		list := make([]string, len(t.Types))
		for i, p := range t.Types {
			list[i] = valText(p)
		}
		return "tuple<" + strings.Join(list, ", ") + ">"
	case *binary.List:
		return "list<" + valText(t.Elem) + ">"
	case *binary.FixedList:
		return fmt.Sprintf("list<%s, %d>", valText(t.Elem), t.Length)
	case *binary.Option:
		return "option<" + valText(t.Type) + ">"
	case *binary.Result:
		return "result<" + optionalText(t.OK) + ", " + optionalText(t.Err) + ">"
	case *binary.Map:
		return "map<" + valText(t.Key) + ", " + valText(t.Value) + ">"
	case *binary.Own:
		return fmt.Sprintf("own<type %d>", t.Resource)
	case *binary.Borrow:
		return fmt.Sprintf("borrow<type %d>", t.Resource)
	case *binary.Stream:
		return "stream<" + optionalText(t.Type) + ">"
	case *binary.Future:
		return "future<" + optionalText(t.Type) + ">"
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}
