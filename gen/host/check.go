package host

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// The host's values are checked before a guest is entered, so that a mistake of
// the host's does not leave the guest with half of its parameters.

// checkParams spells the checks of a function's parameters.
func (s *side) checkParams(b *gogen.Body, names []string) {
	c := checker{g: s.g, fn: s.fn}
	for i, p := range s.f.Params {
		label := p.Name
		refuse := func(bad *jen.Statement) jen.Code {
			return jen.Return(s.g.failed(s.f, bad.Dot("In").Call(jen.Lit(label)))...)
		}
		if i == 0 && s.f.Kind == wit.Method {
			if !s.g.abi.ParamsInMemory(s.f) {
				continue // LowerSelf checks it, and comes first
			}
			label = s.g.plan.Resolve.Types[s.f.Resource].Name
			number := jen.Id(s.g.names.numbers[s.g.definition(s.f.Resource)])
			b.Emit(one(s.fn.Clone().Dot("CheckSelf").Call(number, jen.Id(names[i]).Dot("Handle")), refuse)...)
			continue
		}
		b.Emit(c.check(b.Scope, p.Type, jen.Id(names[i]), refuse)...)
	}
}

// checkHelper generates: func checkT(value T) *host.BadValueError.
func (g *generator) checkHelper(key helperKey) {
	scope := g.scope.Inner()
	params := []jen.Code{jen.Id("value").Add(g.plan.GoType(key.typ))}
	c := checker{g: g}
	if g.plan.HoldsResource(key.typ) {
		c.fn = jen.Id("f")
		params = append([]jen.Code{jen.Id("f").Op("*").Add(gogen.HostFunc.Qual())}, params...)
	}
	scope.Reserve("value", "f", "bad")
	stmts := c.parts(scope, key.typ, jen.Id("value"), func(bad *jen.Statement) jen.Code { return jen.Return(bad) })
	g.file.Line().Func().Id(g.helpers.names[key]).Params(params...).Op("*").Add(gogen.HostBadValue.Qual()).
		Block(append(stmts, jen.Return(jen.Nil()))...)
}

// checker spells checks of values of the host's.
type checker struct {
	g  *generator
	fn *jen.Statement // the bind.Func, where values may hold resources
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

// refusal spells what becomes of an error that a check found.
type refusal func(bad *jen.Statement) jen.Code

// check returns the statements that check a value, which is an expression
// without effects. Records and variants have a function of their own.
func (c checker) check(scope *gogen.Scope, t wit.Type, value *jen.Statement, refuse refusal) []jen.Code {
	if !c.needed(t) {
		return nil
	}
	switch c.g.plan.Resolve.Kind(t).(type) {
	case *wit.Record, *wit.Variant:
		args := []jen.Code{value}
		if c.g.plan.HoldsResource(t) {
			fn := c.fn.Clone()
			if !c.isPointer() {
				fn = jen.Op("&").Add(fn)
			}
			args = append([]jen.Code{fn}, args...)
		}
		return one(jen.Id(c.g.helperName(checkHelper, t)).Call(args...), refuse)
	default:
		return c.parts(scope, t, value, refuse)
	}
}

// isPointer reports whether fn is the parameter of a check function.
func (c checker) isPointer() bool { return fmt.Sprintf("%#v", c.fn) == "f" }

// one spells: if bad := check; bad != nil { refuse }.
func one(check *jen.Statement, refuse refusal) []jen.Code {
	return []jen.Code{jen.If(jen.Id("bad").Op(":=").Add(check), jen.Id("bad").Op("!=").Nil()).Block(refuse(jen.Id("bad")))}
}

// parts returns the statements that check a value by its structure.
func (c checker) parts(scope *gogen.Scope, t wit.Type, value *jen.Statement, refuse refusal) []jen.Code {
	switch c.g.plan.Resolve.Dealias(t) {
	case wit.String:
		return one(gogen.HostCheckString.Qual().Call(value), refuse)
	case wit.Char:
		return one(gogen.HostCheckChar.Qual().Call(value), refuse)
	}
	switch k := c.g.plan.Resolve.Kind(t).(type) {
	case *wit.Enum:
		return one(gogen.HostCheckEnum.Qual().Call(jen.Uint32().Call(value), jen.Lit(len(k.Cases))), refuse)
	case *wit.Flags:
		return one(gogen.HostCheckFlags.Qual().Call(jen.Uint32().Call(value), jen.Lit(len(k.Flags))), refuse)
	case *wit.Own, *wit.Borrow:
		return one(c.fn.Clone().Dot("CheckHandle").Call(jen.Id(c.g.names.numbers[c.resource(k)]), value), refuse)
	case *wit.Record:
		var stmts []jen.Code
		for i, f := range k.Fields {
			stmts = append(stmts, c.check(scope, f.Type, value.Clone().Dot(c.g.plan.FieldName(t, i)), inside(refuse, "In", jen.Lit(f.Name)))...)
		}
		return stmts
	case *wit.Tuple:
		var stmts []jen.Code
		for i, e := range k.Types {
			stmts = append(stmts, c.check(scope, e, value.Clone().Dot(gogen.TupleField(i)), inside(refuse, "At", jen.Lit(i)))...)
		}
		return stmts
	case *wit.List:
		size := jen.Lit(int(c.g.abi.Size(k.Type)))
		stmts := one(gogen.HostCheckList.Qual().Call(jen.Len(value.Clone()), size), refuse)
		return append(stmts, c.elements(scope, k.Type, value, refuse)...)
	case *wit.FixedList:
		return c.elements(scope, k.Type, value, refuse)
	case *wit.Map:
		return c.entries(scope, k, value, refuse)
	case *wit.Option:
		inner := scope.Inner()
		some, ok := inner.Declare("some"), inner.Declare("ok")
		return []jen.Code{jen.If(jen.List(jen.Id(some), jen.Id(ok)).Op(":=").Add(value.Clone().Dot("Get").Call()), jen.Id(ok)).
			Block(c.check(inner, k.Type, jen.Id(some), refuse)...)}
	case *wit.Result:
		return c.result(scope, k, value, refuse)
	case *wit.Variant:
		return c.variant(scope, t, k, value, refuse)
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
}

// inside adds a step to the place of a bad value.
func inside(refuse refusal, step string, arg jen.Code) refusal {
	return func(bad *jen.Statement) jen.Code { return refuse(bad.Dot(step).Call(arg)) }
}

func (c checker) resource(k wit.Kind) wit.TypeID {
	if own, ok := k.(*wit.Own); ok {
		return c.g.definition(own.Resource)
	}
	return c.g.definition(k.(*wit.Borrow).Resource)
}

// elements checks what is in a list.
func (c checker) elements(scope *gogen.Scope, t wit.Type, value *jen.Statement, refuse refusal) []jen.Code {
	inner := scope.Inner()
	i, item := inner.Declare("i"), inner.Declare("item")
	stmts := c.check(inner, t, jen.Id(item), inside(refuse, "At", jen.Id(i)))
	if len(stmts) == 0 {
		return nil
	}
	return []jen.Code{jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value.Clone())).Block(stmts...)}
}

// entries checks what is in a map.
func (c checker) entries(scope *gogen.Scope, k *wit.Map, value *jen.Statement, refuse refusal) []jen.Code {
	stmts := one(gogen.HostCheckList.Qual().Call(jen.Len(value.Clone()), jen.Lit(int(c.g.abi.EntrySize(k)))), refuse)
	inner := scope.Inner()
	key, item := inner.Declare("key"), inner.Declare("item")
	refuseAt := inside(refuse, "AtKey", jen.Id(key))
	keys := c.check(inner, k.Key, jen.Id(key), refuseAt)
	items := c.check(inner, k.Value, jen.Id(item), refuseAt)
	if len(keys)+len(items) == 0 {
		return stmts
	}
	loop := []jen.Code{jen.Id(key)}
	if len(items) > 0 {
		loop = append(loop, jen.Id(item))
	}
	return append(stmts, jen.For(jen.List(loop...).Op(":=").Range().Add(value.Clone())).Block(append(keys, items...)...))
}

// result checks the payload of a result that is a value.
func (c checker) result(scope *gogen.Scope, k *wit.Result, value *jen.Statement, refuse refusal) []jen.Code {
	inner := scope.Inner()
	names := []string{inner.Declare("value"), inner.Declare("failure")}
	var blocks [2][]jen.Code
	var payloads [2]jen.Code
	for i, t := range []wit.Type{k.OK, k.Err} {
		payloads[i] = jen.Id("_")
		if t != nil && c.needed(t) {
			blocks[i] = c.check(inner, t, jen.Id(names[i]), refuse)
			payloads[i] = jen.Id(names[i])
		}
	}
	ok := inner.Declare("ok")
	head := jen.List(payloads[0], payloads[1], jen.Id(ok)).Op(":=").Add(value.Clone().Dot("Get").Call())
	if len(blocks[0]) == 0 {
		return []jen.Code{jen.If(head, jen.Op("!").Id(ok)).Block(blocks[1]...)}
	}
	stmt := jen.If(head, jen.Id(ok)).Block(blocks[0]...)
	if len(blocks[1]) > 0 {
		stmt.Else().Block(blocks[1]...)
	}
	return []jen.Code{stmt}
}

// variant checks that a variant is one of its cases, and its payload.
func (c checker) variant(scope *gogen.Scope, t wit.Type, k *wit.Variant, value *jen.Statement, refuse refusal) []jen.Code {
	name := c.g.plan.Resolve.TypeString(t)
	inner := scope.Inner()
	v := inner.Declare("v")
	var cases, plain []jen.Code
	for i, kase := range k.Cases {
		stmts := c.check(inner, kase.Type, jen.Id(v).Dot("Value"), inside(refuse, "In", jen.Lit(kase.Name)))
		if len(stmts) == 0 {
			plain = append(plain, c.g.plan.CaseRef(t, i))
			continue
		}
		cases = append(cases, jen.Case(c.g.plan.CaseRef(t, i)).Block(stmts...))
	}
	used := len(cases) > 0
	if len(plain) > 0 {
		cases = append(cases, jen.Case(plain...).Block())
	}
	cases = append(cases, jen.Default().Block(refuse(gogen.HostUnknownCase.Qual().Call(jen.Lit(name), value.Clone()))))
	head := value.Clone().Assert(jen.Type())
	if used {
		head = jen.Id(v).Op(":=").Add(head)
	}
	return []jen.Code{jen.Switch(head).Block(cases...)}
}
