package value

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/witgen/witgen/wit"
)

// maxBytes is the most bytes of a string or list (CanonicalABI.md,
// MAX_STRING_BYTE_LENGTH and MAX_LIST_BYTE_LENGTH).
const maxBytes = 1<<28 - 1

// Error is the error for a Go value that does not fit a WIT type.
type Error struct {
	// Path is the place of the value inside the one that was checked, as in
	// "people[3].name", and "" for that itself.
	Path string
	// Detail describes the mistake.
	Detail string
}

// Error names the place and what is wrong there.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Detail
	}
	return e.Path + ": " + e.Detail
}

// in puts the value into a field or case.
func (e *Error) in(name string) *Error {
	if e.Path != "" && !strings.HasPrefix(e.Path, "[") {
		name += "."
	}
	e.Path = name + e.Path
	return e
}

// at puts the value at an index, which is a number or a quoted key.
func (e *Error) at(index string) *Error { return e.in("[" + index + "]") }

func bad(format string, args ...any) *Error { return &Error{Detail: fmt.Sprintf(format, args...)} }

// Checker checks Go values against WIT types.
type Checker struct {
	Resolve *wit.Resolve
	// Handle refuses a value for an own<R> or borrow<R>; t is that type. Where it
	// is nil, any value but nil is a resource.
	Handle func(t wit.Type, v any) error
	// Size returns the size of a type in guest memory, by which lists are
	// measured. Where it is nil, an element counts as a byte.
	Size func(t wit.Type) uint64
}

// Check refuses a value that its type does not have: of another Go type, with
// unknown names, fields missing, a surrogate, a string that is not UTF-8, a string
// or list of more than 2^28-1 bytes. A type that cannot be checked, since it is
// asynchronous, has no values. The error is nil or an *Error.
func (c *Checker) Check(t wit.Type, v any) error {
	if e := c.check(t, v); e != nil {
		return e
	}
	return nil
}

func (c *Checker) check(t wit.Type, v any) *Error {
	if p, ok := c.Resolve.Dealias(t).(wit.Prim); ok {
		return c.prim(p, v)
	}
	switch k := c.Resolve.Kind(t).(type) {
	case *wit.Record:
		return c.record(t, k, v)
	case *wit.Tuple:
		return c.tuple(t, k, v)
	case *wit.List:
		return c.list(t, k.Type, v, -1)
	case *wit.FixedList:
		return c.list(t, k.Type, v, int64(k.Size))
	case *wit.Map:
		return c.entries(t, k, v)
	case *wit.Variant:
		return c.variant(t, k, v)
	case *wit.Enum:
		e, ok := v.(Enum)
		if !ok {
			return c.wrong(t, v)
		}
		if !slices.ContainsFunc(k.Cases, func(l wit.Label) bool { return l.Name == string(e) }) {
			return bad("%q is not a case of %s: %s", string(e), c.name(t), labels(k.Cases))
		}
		return nil
	case *wit.Flags:
		return c.flags(t, k, v)
	case *wit.Option:
		o, ok := v.(Option)
		if !ok {
			return c.wrong(t, v)
		}
		if some, ok := o.Get(); ok {
			return c.check(k.Type, some)
		}
		return nil
	case *wit.Result:
		return c.result(t, k, v)
	case *wit.Own, *wit.Borrow:
		return c.handle(t, v)
	case *wit.Stream, *wit.Future, *wit.Resource:
		return bad("%s has no values here", c.name(t))
	default:
		panic(fmt.Sprintf("value: unhandled kind %T", k))
	}
}

func (c *Checker) name(t wit.Type) string { return c.Resolve.TypeString(t) }

// wrong is the error of a value of another Go type.
func (c *Checker) wrong(t wit.Type, v any) *Error {
	return bad("%s is %s in Go, and this is %s", c.name(t), GoType(c.Resolve, t), describe(v))
}

func describe(v any) string {
	if v == nil {
		return "nil"
	}
	return goNames.Replace(fmt.Sprintf("%T", v))
}

// goNames turns the names that fmt has for Go types into those of GoType.
var goNames = strings.NewReplacer("types.Option[interface {}]", "value.Option", "types.Result[interface {},interface {}]", "value.Result", "interface {}", "any")

func (c *Checker) prim(p wit.Prim, v any) *Error {
	ok := false
	switch p {
	case wit.Bool:
		_, ok = v.(bool)
	case wit.U8:
		_, ok = v.(uint8)
	case wit.U16:
		_, ok = v.(uint16)
	case wit.U32:
		_, ok = v.(uint32)
	case wit.U64:
		_, ok = v.(uint64)
	case wit.S8:
		_, ok = v.(int8)
	case wit.S16:
		_, ok = v.(int16)
	case wit.S32:
		_, ok = v.(int32)
	case wit.S64:
		_, ok = v.(int64)
	case wit.F32:
		_, ok = v.(float32)
	case wit.F64:
		_, ok = v.(float64)
	case wit.Char:
		var r rune
		if r, ok = v.(rune); ok && !utf8.ValidRune(r) {
			return bad("U+%04X is not a Unicode scalar value", uint32(r))
		}
	case wit.String:
		var s string
		if s, ok = v.(string); ok {
			return checkString(s)
		}
	case wit.ErrorContext:
		return bad("error-context has no values here")
	default:
		panic(fmt.Sprintf("value: unhandled primitive type %d", p))
	}
	if !ok {
		return c.wrong(p, v)
	}
	return nil
}

func checkString(s string) *Error {
	if len(s) > maxBytes {
		return bad("a string of %d bytes is longer than the %d that WIT allows", len(s), maxBytes)
	}
	if !utf8.ValidString(s) {
		return bad("the string is not valid UTF-8")
	}
	return nil
}

func (c *Checker) record(t wit.Type, k *wit.Record, v any) *Error {
	r, ok := v.(Record)
	if !ok {
		return c.wrong(t, v)
	}
	for _, f := range k.Fields {
		field, ok := r[f.Name]
		if !ok {
			return bad("the field %s of %s is missing", f.Name, c.name(t))
		}
		if e := c.check(f.Type, field); e != nil {
			return e.in(f.Name)
		}
	}
	if len(r) > len(k.Fields) {
		for name := range r {
			if !slices.ContainsFunc(k.Fields, func(f wit.Field) bool { return f.Name == name }) {
				return bad("%s has no field %q", c.name(t), name)
			}
		}
	}
	return nil
}

func (c *Checker) tuple(t wit.Type, k *wit.Tuple, v any) *Error {
	elements, ok := v.(Tuple)
	if !ok {
		return c.wrong(t, v)
	}
	if len(elements) != len(k.Types) {
		return bad("%s has %d elements, and this has %d", c.name(t), len(k.Types), len(elements))
	}
	for i, e := range elements {
		if e := c.check(k.Types[i], e); e != nil {
			return e.at(strconv.Itoa(i))
		}
	}
	return nil
}

// list checks a list of n elements, or of any number where n is negative.
func (c *Checker) list(t, element wit.Type, v any, n int64) *Error {
	length, ok := Numbers(c.Resolve.Dealias(element), v)
	var list []any
	if !ok && !IsNumber(c.Resolve.Dealias(element)) {
		list, ok = v.([]any)
		length = len(list)
	}
	switch {
	case !ok:
		return c.wrong(t, v)
	case n >= 0 && int64(length) != n:
		return bad("%s has %d elements, and this has %d", c.name(t), n, length)
	}
	if e := c.length(length, element); e != nil {
		return e
	}
	for i, v := range list {
		if e := c.check(element, v); e != nil {
			return e.at(strconv.Itoa(i))
		}
	}
	return nil
}

// length refuses a list of n elements that takes too many bytes.
func (c *Checker) length(n int, elements ...wit.Type) *Error {
	size := uint64(1)
	if c.Size != nil {
		t := elements[0]
		if size = c.Size(t); len(elements) > 1 {
			size += c.Size(elements[1])
		}
	}
	if bytes := uint64(n) * size; bytes > maxBytes {
		return bad("a list of %d bytes is longer than the %d that WIT allows", bytes, maxBytes)
	}
	return nil
}

func (c *Checker) entries(t wit.Type, k *wit.Map, v any) *Error {
	m, ok := v.(Map)
	if !ok {
		return c.wrong(t, v)
	}
	if e := c.length(len(m), k.Key, k.Value); e != nil {
		return e
	}
	for key, item := range m {
		e := c.check(k.Key, key)
		if e == nil {
			e = c.check(k.Value, item)
		}
		if e != nil {
			if s, ok := key.(string); ok {
				return e.at(strconv.Quote(s))
			}
			return e.at(fmt.Sprint(key))
		}
	}
	return nil
}

func (c *Checker) variant(t wit.Type, k *wit.Variant, v any) *Error {
	value, ok := v.(Variant)
	if !ok {
		return c.wrong(t, v)
	}
	for _, kase := range k.Cases {
		if kase.Name == value.Case {
			return c.payload("case "+kase.Name, kase.Name, kase.Type, value.Value)
		}
	}
	cases := make([]wit.Label, len(k.Cases))
	for i, kase := range k.Cases {
		cases[i].Name = kase.Name
	}
	return bad("%q is not a case of %s: %s", value.Case, c.name(t), labels(cases))
}

// payload checks the payload of a case, which the type t describes, where it has
// one.
func (c *Checker) payload(what, step string, t wit.Type, v any) *Error {
	if t == nil {
		if v != nil {
			return bad("the %s has no payload, and this is %s", what, describe(v))
		}
		return nil
	}
	if e := c.check(t, v); e != nil {
		return e.in(step)
	}
	return nil
}

func (c *Checker) flags(t wit.Type, k *wit.Flags, v any) *Error {
	names, ok := v.(Flags)
	if !ok {
		return c.wrong(t, v)
	}
	for i, name := range names {
		if !slices.ContainsFunc(k.Flags, func(l wit.Label) bool { return l.Name == name }) {
			return bad("%q is not a flag of %s: %s", name, c.name(t), labels(k.Flags))
		}
		if slices.Contains(names[:i], name) {
			return bad("the flag %s stands there twice", name)
		}
	}
	return nil
}

func (c *Checker) result(t wit.Type, k *wit.Result, v any) *Error {
	r, ok := v.(Result)
	if !ok {
		return c.wrong(t, v)
	}
	value, failure, ok := r.Get()
	if ok {
		return c.payload("result ok", "ok", k.OK, value)
	}
	return c.payload("result err", "err", k.Err, failure)
}

func (c *Checker) handle(t wit.Type, v any) *Error {
	if v == nil {
		return bad("the %s is nil", c.name(t))
	}
	if c.Handle == nil {
		return nil
	}
	if err := c.Handle(t, v); err != nil {
		return bad("%v", err)
	}
	return nil
}

// labels lists names, the first of very many.
func labels(list []wit.Label) string {
	const most = 12
	var names []string
	for i, l := range list {
		if i == most {
			names = append(names, "...")
			break
		}
		names = append(names, l.Name)
	}
	return strings.Join(names, ", ")
}
