package neutral

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// declare returns the declarations of a named type that is no resource: the type
// with its documentation, its constants or case types, and its methods.
func declare(p *gogen.Plan, id wit.TypeID) []jen.Code {
	def := p.Resolve.Types[id]
	d := &decl{texter: texter{p, p.PackageOf(def.Owner)}, id: id, def: def, name: p.TypeName(id)}
	switch k := d.def.Kind.(type) {
	case *wit.Record:
		return d.recordType(k)
	case *wit.Variant:
		return d.variant(k)
	case *wit.Enum:
		return d.enum(k)
	case *wit.Flags:
		return d.flags(k)
	default:
		t, ok := p.DeclaredType(id)
		if !ok {
			panic(fmt.Sprintf("neutral: unhandled kind %T", k))
		}
		return []jen.Code{d.doc(d.aliasSays(k)).Type().Id(d.name).Op("=").Add(t)}
	}
}

// decl is the declaration of one type.
type decl struct {
	texter
	id   wit.TypeID
	def  *wit.TypeDef
	name string
}

// doc returns the comment of the type.
func (d *decl) doc(says string) *jen.Statement {
	return gogen.Doc(d.name, d.def.Name, d.def.Docs, says, d.def.Stability)
}

// aliasSays is what is said of an alias without documentation.
func (d *decl) aliasSays(k wit.Kind) string {
	alias, ok := k.(*wit.Alias)
	if !ok {
		return "is the type " + d.def.Name + "."
	}
	if target, ok := alias.Type.(wit.TypeID); ok {
		if of := d.Resolve.Types[target]; of.Owner != nil && of.Owner != d.def.Owner {
			return "is " + of.Name + " of " + d.PackageOf(of.Owner).Source + "."
		}
	}
	return "is the type " + d.def.Name + "."
}

// part returns the comment of a field or case: its documentation, if it has any.
func part(name, witName, docs string) *jen.Statement {
	if docs == "" {
		return &jen.Statement{}
	}
	return gogen.Doc(name, witName, docs, "", wit.Stability{})
}

func (d *decl) recordType(k *wit.Record) []jen.Code {
	var fields []jen.Code
	for i, f := range k.Fields {
		name := d.FieldName(d.id, i)
		fields = append(fields, part(name, f.Name, f.Docs).Id(name).Add(d.GoType(f.Type)))
	}
	decls := []jen.Code{d.doc("is the record " + d.def.Name + ".").Type().Id(d.name).Add(gogen.Struct(fields...))}
	if d.IsError(d.id) {
		receiver, text := jen.Id(d.name), jen.Lit(d.def.Name)
		if len(k.Fields) > 0 {
			receiver, text = jen.Id("e").Id(d.name), jen.Lit(d.def.Name+": ").Op("+").Add(d.record(d.id, k, jen.Id("e")))
		}
		decls = append(decls, errorMethod(receiver, text))
	}
	return decls
}

// errorText spells the text of an error that is called name in WIT and holds a value.
// A string in it is not quoted, and an error in it gives its own text.
func (d *decl) errorText(name string, t wit.Type, value *jen.Statement) *jen.Statement {
	switch {
	case t == nil:
		return jen.Lit(name)
	case d.Resolve.Dealias(t) == wit.String:
	default:
		value = d.texter.value(t, value)
	}
	return jen.Lit(name + ": ").Op("+").Add(value)
}

func (d *decl) variant(k *wit.Variant) []jen.Code {
	marker := "is" + d.name
	methods := []jen.Code{jen.Id(marker).Params()}
	if d.IsError(d.id) {
		methods = append([]jen.Code{jen.Error()}, methods...)
	}
	var names []string
	for i := range k.Cases {
		names = append(names, d.CaseName(d.id, i))
	}
	doc := d.doc("is the variant " + d.def.Name + ".")
	doc.Comment("//").Line().Add(gogen.Comment(wrap("It is one of " + strings.Join(names, ", ") + ".")))
	decls := []jen.Code{doc.Type().Id(d.name).Interface(methods...)}
	for i, c := range k.Cases {
		decls = append(decls, d.variantCase(c, names[i], marker)...)
	}
	return decls
}

// variantCase declares the struct of one case.
func (d *decl) variantCase(c wit.Case, name, marker string) []jen.Code {
	var fields []jen.Code
	if c.Type != nil {
		fields = []jen.Code{jen.Id("Value").Add(d.GoType(c.Type))}
	}
	decls := []jen.Code{
		gogen.Doc(name, c.Name, c.Docs, "is the case "+c.Name+" of "+d.name+".", wit.Stability{}).
			Type().Id(name).Add(gogen.Struct(fields...)),
		jen.Func().Params(jen.Id(name)).Id(marker).Params().Block(),
	}
	if d.IsError(d.id) {
		receiver := jen.Id(name)
		if c.Type != nil {
			receiver = jen.Id("e").Id(name)
		}
		decls = append(decls, errorMethod(receiver, d.errorText(c.Name, c.Type, jen.Id("e").Dot("Value"))))
	}
	return decls
}

func (d *decl) enum(k *wit.Enum) []jen.Code {
	var consts []jen.Code
	names := []jen.Code{jen.Lit(d.def.Name), jen.Uint32().Call(jen.Id("e"))}
	for i, c := range k.Cases {
		name := d.CaseName(d.id, i)
		constant := part(name, c.Name, c.Docs).Id(name)
		if i == 0 {
			constant.Id(d.name).Op("=").Iota()
		}
		consts = append(consts, constant)
		names = append(names, jen.Lit(c.Name))
	}
	decls := []jen.Code{
		d.doc("is the enum " + d.def.Name + ".").Type().Id(d.name).Add(unsigned(len(k.Cases), 1<<8, 1<<16)),
		jen.Comment("The cases of " + d.name + ".").Line().Const().Defs(consts...),
		jen.Func().Params(jen.Id("e").Id(d.name)).Id("String").Params().String().
			Add(gogen.Braces(jen.Return(gogen.CaseName.Qual().Call(names...)))),
	}
	if d.IsError(d.id) {
		decls = append(decls, errorMethod(jen.Id("e").Id(d.name), jen.Id("e").Dot("String").Call()))
	}
	return decls
}

func (d *decl) flags(k *wit.Flags) []jen.Code {
	names := []jen.Code{jen.Uint32().Call(jen.Id("f"))}
	var consts []jen.Code
	for i, f := range k.Flags {
		name := d.CaseName(d.id, i)
		constant := part(name, f.Name, f.Docs).Id(name)
		if i == 0 {
			constant.Id(d.name).Op("=").Lit(1).Op("<<").Iota()
		}
		consts = append(consts, constant)
		names = append(names, jen.Lit(f.Name))
	}
	decls := []jen.Code{d.doc("is the flags " + d.def.Name + ".").Type().Id(d.name).Add(unsigned(len(k.Flags), 8, 16))}
	if len(consts) > 0 {
		decls = append(decls, jen.Comment("The flags of "+d.name+".").Line().Const().Defs(consts...))
	}
	decls = append(decls,
		gogen.Comment("Has reports whether f holds all of flags.").
			Func().Params(jen.Id("f").Id(d.name)).Id("Has").Params(jen.Id("flags").Id(d.name)).Bool().
			Add(gogen.Braces(jen.Return(jen.Id("f").Op("&").Id("flags").Op("==").Id("flags")))),
		jen.Func().Params(jen.Id("f").Id(d.name)).Id("String").Params().String().
			Add(gogen.Braces(jen.Return(gogen.FlagNames.Qual().Call(names...)))))
	if d.IsError(d.id) {
		decls = append(decls, errorMethod(jen.Id("e").Id(d.name), jen.Id("e").Dot("String").Call()))
	}
	return decls
}

// unsigned returns the smallest type for n cases or flags.
func unsigned(n, most8, most16 int) *jen.Statement {
	switch {
	case n <= most8:
		return jen.Uint8()
	case n <= most16:
		return jen.Uint16()
	default:
		return jen.Uint32()
	}
}

// wrap breaks a sentence into lines.
func wrap(text string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
		case column+1+len(word) > 76:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
