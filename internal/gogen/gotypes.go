package gogen

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/wit"
)

// primTypes are the Go types of WIT's primitive types.
var primTypes = map[wit.Prim]string{
	wit.Bool: "bool", wit.U8: "uint8", wit.U16: "uint16", wit.U32: "uint32", wit.U64: "uint64",
	wit.S8: "int8", wit.S16: "int16", wit.S32: "int32", wit.S64: "int64",
	wit.F32: "float32", wit.F64: "float64", wit.Char: "rune", wit.String: "string",
}

// GoType returns the Go type of t. A nil t, an absent payload, is types.Unit.
// The Go type of a resource, and of a handle of it, is the resource's Go
// interface.
func (p *Plan) GoType(t wit.Type) *jen.Statement {
	switch t := t.(type) {
	case nil:
		return Unit.Qual()
	case wit.Prim:
		return jen.Id(primTypes[t])
	case wit.TypeID:
		if def := p.Resolve.Types[t]; def.Owner != nil {
			return p.TypeRef(t)
		}
		return p.kindType(p.Resolve.Types[t].Kind)
	default:
		panic(fmt.Sprintf("gogen: unhandled type %T", t))
	}
}

// kindType returns the Go type of what has no name of its own in Go: anonymous
// types, and what an alias stands for.
func (p *Plan) kindType(k wit.Kind) *jen.Statement {
	switch k := k.(type) {
	case *wit.Alias:
		return p.GoType(k.Type)
	case *wit.Own:
		return p.TypeRef(k.Resource)
	case *wit.Borrow:
		return p.TypeRef(k.Resource)
	case *wit.List:
		return jen.Index().Add(p.elementType(k.Type))
	case *wit.FixedList:
		return jen.Index(jen.Lit(int(k.Size))).Add(p.elementType(k.Type))
	case *wit.Map:
		return jen.Map(p.GoType(k.Key)).Add(p.GoType(k.Value))
	case *wit.Option:
		return Option.Qual().Types(p.GoType(k.Type))
	case *wit.Result:
		return Result.Qual().Types(p.GoType(k.OK), p.GoType(k.Err))
	case *wit.Tuple:
		return p.tupleType(k)
	default:
		panic(fmt.Sprintf("gogen: unhandled kind %T", k))
	}
}

// elementType is GoType, except that bytes are called so.
func (p *Plan) elementType(t wit.Type) *jen.Statement {
	if t == wit.U8 {
		return jen.Byte()
	}
	return p.GoType(t)
}

// tupleType returns the runtime's type for a tuple. A tuple longer than the
// runtime has types for is a struct of the same form, so that it is one type
// wherever it is written.
func (p *Plan) tupleType(k *wit.Tuple) *jen.Statement {
	n := len(k.Types)
	if n == 0 {
		return Unit.Qual()
	}
	elements := make([]jen.Code, n)
	for i, t := range k.Types {
		elements[i] = p.GoType(t)
	}
	if n <= maxTuple {
		return tupleSymbols[n].Qual().Types(elements...)
	}
	for i, t := range elements {
		elements[i] = jen.Id(TupleField(i)).Add(t)
	}
	return jen.Struct(elements...)
}

// TupleField returns the Go name of the i-th element of a tuple.
func TupleField(i int) string { return "F" + strconv.Itoa(i) }

// DeclaredType returns the Go type that the declaration of a named type gives to
// it, where that is a Go alias: type a = b, use, and names for anonymous types.
// ok is false for types that are Go types of their own.
func (p *Plan) DeclaredType(id wit.TypeID) (t *jen.Statement, ok bool) {
	switch k := p.Resolve.Types[id].Kind.(type) {
	case *wit.Record, *wit.Variant, *wit.Enum, *wit.Flags, *wit.Resource:
		return nil, false
	default:
		return p.kindType(k), true
	}
}

// HoldsResource reports whether t is a resource or a handle, or holds one at any
// depth. Such types differ by side.
func (p *Plan) HoldsResource(t wit.Type) bool {
	id, ok := t.(wit.TypeID)
	if !ok {
		return false
	}
	holds, known := p.resources[id]
	if known {
		return holds
	}
	kind := p.Resolve.Types[id].Kind
	_, holds = kind.(*wit.Resource)
	wit.EachType(kind, func(part wit.Type) { holds = holds || p.HoldsResource(part) })
	p.resources[id] = holds
	return holds
}

// Results are the Go results of a function, without the error that every host
// function has.
type Results struct {
	// Values are the types of the results before the error: one for most
	// functions, the elements of a tuple, the success of a result if it has a
	// payload.
	Values []wit.Type
	// Result is the WIT result, where the function has one: then an error is the
	// last Go result on both sides.
	Result *wit.Result
	// Tuple is set where Values are the elements of a tuple.
	Tuple bool
}

// Results returns the Go results of f.
func (p *Plan) Results(f *wit.Function) Results {
	if f.Result == nil {
		return Results{}
	}
	switch k := p.Resolve.Kind(f.Result).(type) {
	case *wit.Result:
		r := Results{Result: k}
		if k.OK != nil {
			r.Values = []wit.Type{k.OK}
		}
		return r
	case *wit.Tuple:
		return Results{Values: k.Types, Tuple: true}
	default:
		return Results{Values: []wit.Type{f.Result}}
	}
}

// ResultTypes returns the Go types of the results of f. The last is error where
// f has a WIT result, or where withError asks for it, as hosts do.
func (p *Plan) ResultTypes(f *wit.Function, withError bool) []jen.Code {
	r := p.Results(f)
	var list []jen.Code
	for _, t := range r.Values {
		list = append(list, p.GoType(t))
	}
	if withError || r.Result != nil {
		list = append(list, jen.Error())
	}
	return list
}

// Mentioned returns the resources that functions mention, those that the package
// declares first.
func (p *Plan) Mentioned(pkg *Package, functions []*wit.Function) []wit.TypeID {
	var list []wit.TypeID
	seen := map[wit.Type]bool{}
	add := func(id wit.TypeID) {
		id = p.Resolve.Dealias(id).(wit.TypeID)
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	for _, id := range pkg.Types {
		if _, ok := p.Resolve.Types[id].Kind.(*wit.Resource); ok {
			add(id)
		}
	}
	var visit func(t wit.Type)
	visit = func(t wit.Type) {
		id, ok := t.(wit.TypeID)
		if !ok || seen[t] || !p.HoldsResource(t) {
			return
		}
		switch k := p.Resolve.Types[id].Kind.(type) {
		case *wit.Own:
			add(k.Resource)
		case *wit.Borrow:
			add(k.Resource)
		default:
			seen[t] = true
			wit.EachType(k, visit)
		}
	}
	for _, f := range functions {
		for _, param := range f.Params {
			visit(param.Type)
		}
		visit(f.Result)
	}
	return list
}
