package wave

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/wit"
)

// keywords are the words that a case must have a % before.
var keywords = map[string]bool{"true": true, "false": true, "inf": true, "nan": true, "some": true, "none": true, "ok": true, "err": true}

// parser reads one text. It stops by a panic with an *Error, which run catches.
type parser struct {
	codec *Codec
	text  string
	at    int
}

func (p *parser) run(read func() any) (v any, err error) {
	defer func() {
		if e := recover(); e != nil {
			bad, ok := e.(*Error)
			if !ok {
				panic(e)
			}
			v, err = nil, bad
		}
	}()
	return read(), nil
}

// errorf returns the error of what stands at p.at.
func (p *parser) errorf(typ, format string, args ...any) *Error {
	before := p.text[:p.at]
	return &Error{
		Offset: p.at,
		Line:   1 + strings.Count(before, "\n"),
		Column: p.at - strings.LastIndexByte(before, '\n'),
		Type:   typ,
		Detail: fmt.Sprintf(format, args...),
	}
}

func (p *parser) fail(typ, format string, args ...any) { panic(p.errorf(typ, format, args...)) }

// expected fails because something else is there. what is a noun, as in "a
// string".
func (p *parser) expected(t wit.Type, what string) {
	p.fail(p.name(t), "expected %s, found %s", what, p.found())
}

// name returns the name of a type, or "" for one without a name.
func (p *parser) name(t wit.Type) string {
	if t == nil {
		return ""
	}
	return p.codec.Resolve.TypeString(t)
}

// value reads a value of a type.
//
//	value ::= number | char | string | multiline-string | variant-case | tuple | list | flags | record | map
func (p *parser) value(t wit.Type) any {
	p.blanks()
	if prim, ok := p.codec.Resolve.Dealias(t).(wit.Prim); ok {
		return p.prim(t, prim)
	}
	switch k := p.codec.Resolve.Kind(t).(type) {
	case *wit.Record:
		return p.record(t, k)
	case *wit.Tuple:
		return p.tuple(t, k)
	case *wit.List:
		return p.list(t, k.Type, -1)
	case *wit.FixedList:
		return p.list(t, k.Type, int64(k.Size))
	case *wit.Map:
		return p.mapping(t, k)
	case *wit.Variant:
		return p.variant(t, k)
	case *wit.Enum:
		return p.enum(t, k)
	case *wit.Flags:
		return p.flags(t, k)
	case *wit.Option:
		return p.option(t, k)
	case *wit.Result:
		return p.result(t, k)
	case *wit.Own, *wit.Borrow:
		return p.resource(t)
	case *wit.Stream, *wit.Future, *wit.Resource:
		p.fail("", "%s has no text", p.name(t))
		return nil
	default:
		panic(fmt.Sprintf("wave: unhandled kind %T", k))
	}
}

// sequence reads elements up to a closing byte; the opening one is read.
func (p *parser) sequence(t wit.Type, end byte, element func(i int)) (n int) {
	for i := 0; ; i++ {
		if p.accept(end) {
			return i
		}
		element(i)
		if p.accept(end) {
			return i + 1
		}
		if !p.accept(',') {
			p.expected(t, fmt.Sprintf("',' or %q", rune(end)))
		}
	}
}

// record reads a record. Fields stand in any order; those that are none may be
// left out.
//
//	record ::= '{' ':' '}' | '{' label ':' value (',' label ':' value)* ','? '}'
func (p *parser) record(t wit.Type, k *wit.Record) any {
	start := p.at
	p.expect(t, '{')
	r := make(value.Record, len(k.Fields))
	switch {
	case p.accept(':'):
		p.expect(t, '}')
	case p.peek('}'):
		p.fail(p.name(t), "expected a field, found '}'; a record without fields is {:}")
	default:
		p.sequence(t, '}', func(int) {
			p.blanks()
			at := p.at
			name, _ := p.label(t, "the name of a field")
			for _, f := range k.Fields {
				if f.Name != name {
					continue
				}
				if _, twice := r[name]; twice {
					p.at = at
					p.fail(p.name(t), "the field %s stands there twice", name)
				}
				p.expect(t, ':')
				r[name] = p.value(f.Type)
				return
			}
			p.at = at
			p.fail(p.name(t), "there is no field %s", name)
		})
	}
	for _, f := range k.Fields {
		if _, ok := r[f.Name]; ok {
			continue
		}
		if _, ok := p.codec.Resolve.Kind(f.Type).(*wit.Option); !ok {
			p.at = start
			p.fail(p.name(t), "the field %s is missing", f.Name)
		}
		r[f.Name] = value.None()
	}
	return r
}

// tuple reads a tuple.
//
//	tuple ::= '(' value (',' value)* ','? ')'
func (p *parser) tuple(t wit.Type, k *wit.Tuple) any {
	p.expect(t, '(')
	elements := make(value.Tuple, 0, len(k.Types))
	p.sequence(t, ')', func(i int) {
		if i == len(k.Types) {
			p.fail(p.name(t), "expected ')' after %d elements, found %s", i, p.found())
		}
		elements = append(elements, p.value(k.Types[i]))
	})
	if n := len(elements); n < len(k.Types) {
		p.at--
		p.fail(p.name(t), "expected %d elements, found %d", len(k.Types), n)
	}
	return elements
}

// list reads a list of n elements, or of any number where n is negative.
//
//	list ::= '[' (value (',' value)* ','?)? ']'
func (p *parser) list(t, element wit.Type, n int64) any {
	p.expect(t, '[')
	list := value.NewList(p.codec.Resolve.Dealias(element), 0)
	length := p.sequence(t, ']', func(i int) {
		if int64(i) == n {
			p.fail(p.name(t), "expected ']' after %d elements, found %s", i, p.found())
		}
		list.Append(p.value(element))
	})
	if int64(length) < n {
		p.at--
		p.fail(p.name(t), "expected %d elements, found %d", n, length)
	}
	return list.Value()
}

// mapping reads a map.
//
//	map ::= '{' ':'? '}' | '{' value ':' value (',' value ':' value)* ','? '}'
func (p *parser) mapping(t wit.Type, k *wit.Map) any {
	p.expect(t, '{')
	m := value.Map{}
	if p.accept(':') {
		p.expect(t, '}')
		return m
	}
	p.sequence(t, '}', func(int) {
		p.blanks()
		at := p.at
		key := p.value(k.Key)
		if _, twice := m[key]; twice {
			p.at = at
			p.fail(p.name(t), "the key stands there twice")
		}
		p.expect(t, ':')
		m[key] = p.value(k.Value)
	})
	return m
}

// caseName reads the name of a case.
func (p *parser) caseName(t wit.Type) string {
	p.blanks()
	at := p.at
	name, escaped := p.label(t, "a case")
	if keywords[name] && !escaped {
		p.at = at
		p.fail(p.name(t), "%s is a word of WAVE's own here; a case of this name is written %%%s", name, name)
	}
	return name
}

// variant reads a variant.
//
//	variant-case ::= label ('(' value ')')?
func (p *parser) variant(t wit.Type, k *wit.Variant) any {
	at := p.at
	name := p.caseName(t)
	for _, c := range k.Cases {
		if c.Name == name {
			return value.Variant{Case: name, Value: p.payload(t, name, c.Type)}
		}
	}
	p.at = at
	p.fail(p.name(t), "there is no case %s", name)
	return nil
}

// payload reads what stands in parentheses behind a case, and nothing where the
// case has no payload.
func (p *parser) payload(t wit.Type, name string, payload wit.Type) any {
	if payload == nil {
		if p.peek('(') {
			p.fail(p.name(t), "%s has no payload", name)
		}
		return nil
	}
	p.expect(t, '(')
	v := p.value(payload)
	p.expect(t, ')')
	return v
}

func (p *parser) enum(t wit.Type, k *wit.Enum) any {
	at := p.at
	name := p.caseName(t)
	for _, c := range k.Cases {
		if c.Name == name {
			return value.Enum(name)
		}
	}
	p.at = at
	p.fail(p.name(t), "there is no case %s", name)
	return nil
}

// flags reads the flags that are set.
//
//	flags ::= '{' (label (',' label)* ','?)? '}'
func (p *parser) flags(t wit.Type, k *wit.Flags) any {
	p.expect(t, '{')
	set := make(map[string]bool)
	p.sequence(t, '}', func(int) {
		p.blanks()
		at := p.at
		name, _ := p.label(t, "a flag")
		known := false
		for _, f := range k.Flags {
			known = known || f.Name == name
		}
		if !known || set[name] {
			p.at = at
		}
		if !known {
			p.fail(p.name(t), "there is no flag %s", name)
		}
		if set[name] {
			p.fail(p.name(t), "the flag %s stands there twice", name)
		}
		set[name] = true
	})
	flags := value.Flags{}
	for _, f := range k.Flags {
		if set[f.Name] {
			flags = append(flags, f.Name)
		}
	}
	return flags
}

// option reads an option, or the bare value inside.
func (p *parser) option(t wit.Type, k *wit.Option) any {
	switch {
	case p.keyword("none"):
		return value.None()
	case p.keyword("some"):
		return value.Some(p.payload(t, "some", k.Type))
	case p.bare(k.Type):
		return value.Some(p.value(k.Type))
	default:
		p.expected(t, "some(...) or none")
		return nil
	}
}

// bare reports whether a value of a type may stand for the option or result that
// holds it.
func (p *parser) bare(t wit.Type) bool {
	if t == nil {
		return false
	}
	switch p.codec.Resolve.Kind(t).(type) {
	case *wit.Option, *wit.Result:
		return false
	}
	return true
}

// result reads a result, or the bare value of one that is ok.
func (p *parser) result(t wit.Type, k *wit.Result) any {
	switch {
	case p.keyword("ok"):
		return value.OK(p.payload(t, "ok", k.OK))
	case p.keyword("err"):
		return value.Err(p.payload(t, "err", k.Err))
	case p.bare(k.OK):
		return value.OK(p.value(k.OK))
	default:
		p.expected(t, "ok or err")
		return nil
	}
}

func (p *parser) resource(t wit.Type) any {
	at := p.at
	if p.codec.ParseResource == nil {
		p.fail(p.name(t), "a resource has no text")
	}
	name, _ := p.label(t, "the name of a resource")
	v, err := p.codec.ParseResource(t, name)
	if err != nil {
		p.at = at
		p.fail(p.name(t), "%v", err)
	}
	return v
}

// arguments reads the arguments of a call.
func (p *parser) arguments(params []wit.Param) []any {
	p.at++ // the (
	args := make([]any, 0, len(params))
	p.sequence(nil, ')', func(i int) {
		if i == len(params) {
			p.fail("", "expected ')' after %s, found %s", arguments(i), p.found())
		}
		args = append(args, p.value(params[i].Type))
	})
	for _, param := range params[len(args):] {
		if _, ok := p.codec.Resolve.Kind(param.Type).(*wit.Option); !ok {
			p.at--
			p.fail(p.name(param.Type), "the argument %s is missing", param.Name)
		}
		args = append(args, value.None())
	}
	return args
}

func arguments(n int) string {
	switch n {
	case 0:
		return "no argument"
	case 1:
		return "1 argument"
	default:
		return fmt.Sprintf("%d arguments", n)
	}
}
