package neutral

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// Errors show the value that they hold: types.RecordText and its like compose the
// text, without fmt, so that a guest links what its types need and no more.

// texter spells values as text in the files of one package.
type texter struct {
	*gogen.Plan
	pkg *gogen.Package
}

// texts returns what a package's errors need to show their values: functions for
// named types that they hold, and what tells the runtime of error types that have no
// methods. It returns the part that concerns types which hold resources, for the
// file of a side, or else the other part, for the neutral file.
func texts(p *gogen.Plan, pkg *gogen.Package, resources bool) []jen.Code {
	t := texter{p, pkg}
	var decls, calls []jen.Code
	for _, id := range pkg.Texts {
		if p.HoldsResource(id) == resources {
			decls = append(decls, t.declare(id))
		}
	}
	for _, e := range pkg.Described {
		if p.HoldsResource(e) == resources {
			calls = append(calls, gogen.Describe.Qual().Call(t.function(e)))
		}
	}
	if len(calls) > 0 {
		decls = append(decls, jen.Func().Id("init").Params().Block(calls...))
	}
	return decls
}

// declare declares the function that gives a record or variant as text.
func (t texter) declare(id wit.TypeID) jen.Code {
	name, v := t.TextName(t.pkg, id), jen.Id("v")
	head := jen.Func().Id(name).Params(v.Clone().Add(t.GoType(id))).String()
	switch k := t.Resolve.Types[id].Kind.(type) {
	case *wit.Record:
		return head.Add(gogen.Braces(jen.Return(t.record(id, k, v))))
	case *wit.Variant:
		used := false
		var cases []jen.Code
		for i, c := range k.Cases {
			text := jen.Lit(c.Name)
			if c.Type != nil {
				used = true
				text = jen.Lit(c.Name + "(").Op("+").Add(t.value(c.Type, jen.Id("v").Dot("Value"))).Op("+").Lit(")")
			}
			cases = append(cases, jen.Case(t.CaseRef(id, i)).Block(jen.Return(text)))
		}
		cases = append(cases, jen.Default().Block(jen.Return(jen.Lit("nil"))))
		subject := v.Clone().Assert(jen.Type())
		if used {
			subject = v.Clone().Op(":=").Add(subject)
		}
		return head.Block(jen.Switch(subject).Block(cases...))
	default:
		panic(fmt.Sprintf("neutral: unhandled kind %T", k))
	}
}

// record spells the fields of a record.
func (t texter) record(id wit.TypeID, k *wit.Record, value *jen.Statement) *jen.Statement {
	var fields []jen.Code
	for i, f := range k.Fields {
		fields = append(fields, jen.Lit(f.Name+": ").Op("+").Add(t.value(f.Type, value.Clone().Dot(t.FieldName(id, i)))))
	}
	return gogen.RecordText.Qual().Call(fields...)
}

// value spells the text of a value, which is a variable or a part of one.
func (t texter) value(of wit.Type, v *jen.Statement) *jen.Statement {
	if t.IsError(of) {
		if _, ok := t.Resolve.Kind(of).(*wit.Variant); ok {
			return gogen.ErrorText.Qual().Call(v)
		}
		return v.Dot("Error").Call()
	}
	switch of := t.Resolve.Dealias(of).(type) {
	case wit.Prim:
		switch of {
		case wit.String:
			return gogen.Quote.Qual().Call(v)
		case wit.Char:
			return gogen.CharText.Qual().Call(v)
		default:
			return gogen.Text.Qual().Call(v)
		}
	case wit.TypeID:
		return t.structure(of, v)
	default:
		panic(fmt.Sprintf("neutral: unhandled type %T", of))
	}
}

// structure spells the text of a value that has parts.
func (t texter) structure(id wit.TypeID, v *jen.Statement) *jen.Statement {
	switch k := t.Resolve.Types[id].Kind.(type) {
	case *wit.Enum, *wit.Flags:
		return v.Dot("String").Call()
	case *wit.Record, *wit.Variant:
		return jen.Id(t.TextName(t.pkg, id)).Call(v)
	case *wit.Own:
		return jen.Lit(t.Resolve.Types[t.Resolve.Dealias(k.Resource).(wit.TypeID)].Name)
	case *wit.Borrow:
		return jen.Lit(t.Resolve.Types[t.Resolve.Dealias(k.Resource).(wit.TypeID)].Name)
	case *wit.List:
		return gogen.ListText.Qual().Call(v, t.function(k.Type))
	case *wit.FixedList:
		return gogen.ListText.Qual().Call(v.Index(jen.Empty(), jen.Empty()), t.function(k.Type))
	case *wit.Map:
		return gogen.MapText.Qual().Call(v, t.function(k.Key), t.function(k.Value))
	case *wit.Option:
		return gogen.OptionText.Qual().Call(v, t.function(k.Type))
	case *wit.Result:
		return gogen.ResultText.Qual().Call(v, t.payload(k.OK), t.payload(k.Err))
	case *wit.Tuple:
		var elements []jen.Code
		for i, e := range k.Types {
			elements = append(elements, t.value(e, v.Clone().Dot(gogen.TupleField(i))))
		}
		return gogen.TupleText.Qual().Call(elements...)
	default:
		panic(fmt.Sprintf("neutral: unhandled kind %T", k))
	}
}

func (t texter) payload(of wit.Type) *jen.Statement {
	if of == nil {
		return jen.Nil()
	}
	return t.function(of)
}

// function spells a function that gives values of a type as text.
func (t texter) function(of wit.Type) *jen.Statement {
	switch dealiased := t.Resolve.Dealias(of).(type) {
	case wit.Prim:
		switch dealiased {
		case wit.String:
			return gogen.Quote.Qual()
		case wit.Char:
			return gogen.CharText.Qual()
		default:
			return gogen.Text.Qual().Types(t.GoType(dealiased))
		}
	case wit.TypeID:
		switch t.Resolve.Types[dealiased].Kind.(type) {
		case *wit.Enum, *wit.Flags:
			return t.GoType(of).Dot("String")
		case *wit.Record, *wit.Variant:
			if !t.IsError(of) {
				return jen.Id(t.TextName(t.pkg, dealiased))
			}
			if _, ok := t.Resolve.Types[dealiased].Kind.(*wit.Record); ok {
				return t.GoType(of).Dot("Error")
			}
			return gogen.ErrorText.Qual().Types(t.GoType(of))
		}
	}
	return jen.Func().Params(jen.Id("v").Add(t.GoType(of))).String().Add(gogen.Braces(jen.Return(t.value(of, jen.Id("v")))))
}

// errorMethod declares Error on a type. text is what it returns.
func errorMethod(receiver *jen.Statement, text jen.Code) jen.Code {
	return jen.Func().Params(receiver).Id("Error").Params().String().Add(gogen.Braces(jen.Return(text)))
}
