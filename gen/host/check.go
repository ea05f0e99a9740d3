package host

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// The host's values are checked before a guest is entered, so that a mistake of
// the host's does not leave the guest with half of its parameters. A check is an
// expression: nil, or what is wrong and where.

// checker spells checks of values of the host's.
type checker struct {
	g *generator
	// fn is the bind.Func that is called, where values may hold resources, and
	// pointer a pointer to it.
	fn, pointer *jen.Statement
}

// checkParams spells the checks of a function's parameters.
func (s *side) checkParams(b *gogen.Body, names []string) {
	c := checker{s.g, s.fn, jen.Op("&").Add(s.fn.Clone())}
	var checks []*jen.Statement
	var labels []string
	for i, p := range s.f.Params {
		label, check := p.Name, (*jen.Statement)(nil)
		if i == 0 && s.f.Kind == wit.Method {
			if !s.g.abi.ParamsInMemory(s.f) {
				continue // LowerSelf checks it, and comes first
			}
			label = s.g.plan.Resolve.Types[s.f.Resource].Name
			number := jen.Id(s.g.names.numbers[s.g.definition(s.f.Resource)])
			check = s.fn.Clone().Dot("CheckSelf").Call(number, jen.Id(names[i]).Dot("Handle"))
		} else if c.needed(p.Type) {
			check = c.check(p.Type, jen.Id(names[i]))
		} else {
			continue
		}
		checks, labels = append(checks, check), append(labels, label)
	}
	if len(checks) == 0 {
		return
	}
	found, bad := checks[0], jen.Id("bad").Dot("In").Call(jen.Lit(labels[0]))
	if len(checks) > 1 {
		for i := range checks {
			checks[i] = in(checks[i], labels[i])
		}
		found, bad = first(checks), jen.Id("bad")
	}
	b.Emit(jen.If(jen.Id("bad").Op(":=").Add(found), jen.Id("bad").Op("!=").Nil()).Block(jen.Return(s.g.failed(s.f, bad)...)))
}

// in puts what a check finds into a field or parameter.
func in(check *jen.Statement, name string) *jen.Statement { return check.Dot("In").Call(jen.Lit(name)) }

// first spells the first finding of several checks.
func first(checks []*jen.Statement) *jen.Statement {
	if len(checks) == 1 {
		return checks[0]
	}
	args := make([]jen.Code, len(checks))
	for i, check := range checks {
		args[i] = check
	}
	return gogen.HostFirst.Qual().Call(args...)
}

// needed reports whether a value of type t can be one that must not be sent.
func (c checker) needed(t wit.Type) bool {
	switch t := c.g.plan.Resolve.Dealias(t).(type) {
	case nil:
		return false
	case wit.Prim:
		return t == wit.String || t == wit.Char
	case wit.TypeID:
		kind := c.g.plan.Resolve.Types[t].Kind
		switch k := kind.(type) {
		case *wit.Enum:
			return len(k.Cases) != 1<<8 && len(k.Cases) != 1<<16
		case *wit.Flags:
			return len(k.Flags) != 8 && len(k.Flags) != 16 && len(k.Flags) != 32
		case *wit.Variant, *wit.Own, *wit.Borrow, *wit.List, *wit.Map:
			return true
		default:
			found := false
			wit.EachType(kind, func(part wit.Type) { found = found || c.needed(part) })
			return found
		}
	default:
		panic(fmt.Sprintf("host: unhandled type %T", t))
	}
}

// check spells the check of a value that needs one. The value is a variable or a
// part of one. Types that the ABI outlines have a function.
func (c checker) check(t wit.Type, value *jen.Statement) *jen.Statement {
	switch c.g.plan.Resolve.Dealias(t) {
	case wit.String:
		return gogen.HostCheckString.Qual().Call(value)
	case wit.Char:
		return gogen.HostCheckChar.Qual().Call(value)
	}
	if id, ok := c.g.abi.Outlined(t); ok {
		args := []jen.Code{value}
		if c.g.plan.HoldsResource(id) {
			args = []jen.Code{c.pointer.Clone(), value}
		}
		return jen.Id(c.g.helperName(helperKey{kind: checkType, typ: id})).Call(args...)
	}
	return c.parts(t, value)
}

// parts spells the check of a value by its structure.
func (c checker) parts(t wit.Type, value *jen.Statement) *jen.Statement {
	switch k := c.g.plan.Resolve.Kind(t).(type) {
	case *wit.Enum:
		return gogen.HostCheckEnum.Qual().Call(jen.Uint32().Call(value), jen.Lit(len(k.Cases)))
	case *wit.Flags:
		return gogen.HostCheckFlags.Qual().Call(jen.Uint32().Call(value), jen.Lit(len(k.Flags)))
	case *wit.Own:
		return c.handle(k.Resource, value)
	case *wit.Borrow:
		return c.handle(k.Resource, value)
	case *wit.Record:
		var checks []*jen.Statement
		for i, f := range k.Fields {
			if c.needed(f.Type) {
				checks = append(checks, in(c.check(f.Type, value.Clone().Dot(c.g.plan.FieldName(t, i))), f.Name))
			}
		}
		return first(checks)
	case *wit.Tuple:
		var checks []*jen.Statement
		for i, e := range k.Types {
			if c.needed(e) {
				checks = append(checks, c.check(e, value.Clone().Dot(gogen.TupleField(i))).Dot("At").Call(jen.Lit(i)))
			}
		}
		return first(checks)
	case *wit.List:
		size := jen.Lit(int(c.g.abi.Size(k.Type)))
		if !c.needed(k.Type) {
			return gogen.HostCheckList.Qual().Call(jen.Len(value), size)
		}
		return gogen.HostCheckEach.Qual().Call(value, size, c.function(k.Type))
	case *wit.FixedList:
		return gogen.HostCheckEach.Qual().Call(value.Clone().Index(jen.Empty(), jen.Empty()), jen.Lit(0), c.function(k.Type))
	case *wit.Map:
		return c.entries(k, value)
	case *wit.Option:
		return gogen.HostCheckSome.Qual().Call(value, c.function(k.Type))
	case *wit.Result:
		return gogen.HostCheckResult.Qual().Call(value, c.payload(k.OK), c.payload(k.Err))
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
}

func (c checker) handle(resource wit.TypeID, value *jen.Statement) *jen.Statement {
	return c.fn.Clone().Dot("CheckHandle").Call(jen.Id(c.g.names.numbers[c.g.definition(resource)]), value)
}

// entries checks what is in a map.
func (c checker) entries(k *wit.Map, value *jen.Statement) *jen.Statement {
	size := jen.Lit(int(c.g.abi.EntrySize(k)))
	var checks []*jen.Statement
	names := []jen.Code{jen.Id("_").Add(c.g.plan.GoType(k.Key)), jen.Id("_").Add(c.g.plan.GoType(k.Value))}
	for i, t := range []wit.Type{k.Key, k.Value} {
		if c.needed(t) {
			name := [...]string{"key", "v"}[i]
			names[i] = jen.Id(name).Add(c.g.plan.GoType(t))
			checks = append(checks, c.check(t, jen.Id(name)))
		}
	}
	if len(checks) == 0 {
		return gogen.HostCheckList.Qual().Call(jen.Len(value), size)
	}
	return gogen.HostCheckMap.Qual().Call(value, size, c.literal(names, first(checks)))
}

// payload spells what checks a payload, or nil.
func (c checker) payload(t wit.Type) *jen.Statement {
	if t == nil || !c.needed(t) {
		return jen.Nil()
	}
	return c.function(t)
}

// function spells a function that checks values of a type.
func (c checker) function(t wit.Type) *jen.Statement {
	switch c.g.plan.Resolve.Dealias(t) {
	case wit.String:
		return gogen.HostCheckString.Qual()
	case wit.Char:
		return gogen.HostCheckChar.Qual()
	}
	if id, ok := c.g.abi.Outlined(t); ok && !c.g.plan.HoldsResource(id) {
		return jen.Id(c.g.helperName(helperKey{kind: checkType, typ: id}))
	}
	return c.literal([]jen.Code{jen.Id("v").Add(c.g.plan.GoType(t))}, c.check(t, jen.Id("v")))
}

func (c checker) literal(params []jen.Code, check *jen.Statement) *jen.Statement {
	return jen.Func().Params(params...).Op("*").Add(gogen.HostBadValue.Qual()).Add(gogen.Braces(jen.Return(check)))
}

// checkHelper generates: func checkT(value T) *host.BadValueError. For a type that
// holds resources it takes the bind.Func too.
func (g *generator) checkHelper(key helperKey) {
	params := []jen.Code{jen.Id("value").Add(g.plan.GoType(key.typ))}
	c := checker{g: g}
	if g.plan.HoldsResource(key.typ) {
		c.fn, c.pointer = jen.Id("f"), jen.Id("f")
		params = append([]jen.Code{jen.Id("f").Op("*").Add(gogen.HostFunc.Qual())}, params...)
	}
	var body []jen.Code
	if k, ok := g.plan.Resolve.Kind(key.typ).(*wit.Variant); ok {
		body = c.variant(key, k)
	} else {
		body = []jen.Code{jen.Return(c.parts(key.typ, jen.Id("value")))}
	}
	g.file.Line().Func().Id(g.helperName(key)).Params(params...).Op("*").Add(gogen.HostBadValue.Qual()).Add(gogen.Braces(body...))
}

// variant checks that a variant is one of its cases, and its payload. Where these
// are many, another function has the rest.
func (c checker) variant(key helperKey, k *wit.Variant) []jen.Code {
	var cases, plain []jen.Code
	var rest *jen.Statement
	for i := key.first; i < len(k.Cases); i++ {
		kase := k.Cases[i]
		if kase.Type == nil || !c.needed(kase.Type) {
			plain = append(plain, c.g.plan.CaseRef(key.typ, i))
			continue
		}
		if len(cases) == mostChecks {
			rest = c.rest(key, i)
			break
		}
		check := in(c.check(kase.Type, jen.Id("value").Dot("Value")), kase.Name)
		cases = append(cases, jen.Case(c.g.plan.CaseRef(key.typ, i)).Block(jen.Return(check)))
	}
	if rest == nil {
		rest = gogen.HostUnknownCase.Qual().Call(jen.Lit(c.g.plan.Resolve.TypeString(key.typ)), jen.Id("value"))
	}
	head := jen.Id("value").Assert(jen.Type())
	if len(cases) > 0 {
		head = jen.Id("value").Op(":=").Add(head)
	}
	if len(plain) > 0 {
		cases = append(cases, jen.Case(plain...).Block(jen.Return(jen.Nil())))
	}
	return []jen.Code{jen.Switch(head).Block(append(cases, jen.Default().Block(jen.Return(rest)))...)}
}

// mostChecks is how many cases of a variant one function checks.
const mostChecks = 50

// rest spells the call of the function that checks the cases from i on.
func (c checker) rest(key helperKey, i int) *jen.Statement {
	args := []jen.Code{jen.Id("value")}
	if c.pointer != nil {
		args = []jen.Code{c.pointer.Clone(), jen.Id("value")}
	}
	return jen.Id(c.g.helperName(helperKey{kind: checkType, typ: key.typ, first: i})).Call(args...)
}
