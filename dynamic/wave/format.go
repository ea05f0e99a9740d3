package wave

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/wit"
)

// Format writes a value of type t. The error is a *value.Error where v is not one
// of the type's, or that of FormatResource.
func (c *Codec) Format(t wit.Type, v any) (string, error) {
	checker := &value.Checker{Resolve: c.Resolve}
	if err := checker.Check(t, v); err != nil {
		return "", err
	}
	f := &formatter{codec: c}
	f.value(t, v)
	return f.out.String(), f.err
}

// formatter writes one value, which has been checked.
type formatter struct {
	codec *Codec
	out   strings.Builder
	err   error
}

func (f *formatter) write(s string) { f.out.WriteString(s) }

func (f *formatter) value(t wit.Type, v any) {
	if p, ok := f.codec.Resolve.Dealias(t).(wit.Prim); ok {
		f.prim(p, v)
		return
	}
	switch k := f.codec.Resolve.Kind(t).(type) {
	case *wit.Record:
		f.record(k, v.(value.Record))
	case *wit.Tuple:
		f.sequence("(", ")", len(k.Types), func(i int) { f.value(k.Types[i], v.(value.Tuple)[i]) })
	case *wit.List:
		f.list(k.Type, v)
	case *wit.FixedList:
		f.list(k.Type, v)
	case *wit.Map:
		f.mapping(k, v.(value.Map))
	case *wit.Variant:
		v := v.(value.Variant)
		for _, c := range k.Cases {
			if c.Name == v.Case {
				f.kase(caseText(v.Case), c.Type, v.Value)
			}
		}
	case *wit.Enum:
		f.write(caseText(string(v.(value.Enum))))
	case *wit.Flags:
		f.flags(k, v.(value.Flags))
	case *wit.Option:
		if some, ok := v.(value.Option).Get(); ok {
			f.kase("some", k.Type, some)
		} else {
			f.write("none")
		}
	case *wit.Result:
		if ok, failure, isOK := v.(value.Result).Get(); isOK {
			f.kase("ok", k.OK, ok)
		} else {
			f.kase("err", k.Err, failure)
		}
	case *wit.Own, *wit.Borrow:
		f.resource(t, v)
	default:
		panic(fmt.Sprintf("wave: unhandled kind %T", k))
	}
}

// caseText returns the name of a case as it is read.
func caseText(name string) string {
	if keywords[name] {
		return "%" + name
	}
	return name
}

// kase writes a case with its payload, where it has one.
func (f *formatter) kase(name string, payload wit.Type, v any) {
	f.write(name)
	if payload != nil {
		f.write("(")
		f.value(payload, v)
		f.write(")")
	}
}

// sequence writes n elements with commas between them.
func (f *formatter) sequence(begin, end string, n int, element func(i int)) {
	f.write(begin)
	for i := range n {
		if i > 0 {
			f.write(", ")
		}
		element(i)
	}
	f.write(end)
}

func (f *formatter) record(k *wit.Record, r value.Record) {
	var fields []wit.Field
	for _, field := range k.Fields {
		if o, ok := r[field.Name].(value.Option); ok {
			if _, some := o.Get(); !some {
				continue
			}
		}
		fields = append(fields, field)
	}
	if len(fields) == 0 {
		f.write("{:}")
		return
	}
	f.sequence("{", "}", len(fields), func(i int) {
		f.write(fields[i].Name + ": ")
		f.value(fields[i].Type, r[fields[i].Name])
	})
}

func (f *formatter) list(element wit.Type, v any) {
	f.write("[")
	first := true
	for e := range value.Elements(v) {
		if !first {
			f.write(", ")
		}
		first = false
		f.value(element, e)
	}
	f.write("]")
}

func (f *formatter) mapping(k *wit.Map, m value.Map) {
	keys := make([]any, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, value.CompareKeys)
	f.sequence("{", "}", len(keys), func(i int) {
		f.value(k.Key, keys[i])
		f.write(": ")
		f.value(k.Value, m[keys[i]])
	})
}

func (f *formatter) flags(k *wit.Flags, set value.Flags) {
	var names []string
	for _, flag := range k.Flags {
		if slices.Contains(set, flag.Name) {
			names = append(names, flag.Name)
		}
	}
	f.sequence("{", "}", len(names), func(i int) { f.write(names[i]) })
}

func (f *formatter) resource(t wit.Type, v any) {
	if f.codec.FormatResource == nil {
		f.fail(fmt.Errorf("%s has no text", f.codec.Resolve.TypeString(t)))
		return
	}
	name, err := f.codec.FormatResource(t, v)
	if err != nil {
		f.fail(err)
	}
	f.write(name)
}

func (f *formatter) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *formatter) prim(p wit.Prim, v any) {
	switch p {
	case wit.Bool:
		f.write(strconv.FormatBool(v.(bool)))
	case wit.Char:
		f.quoted(string(v.(rune)), '\'')
	case wit.String:
		f.quoted(v.(string), '"')
	default:
		f.number(v)
	}
}

func (f *formatter) number(v any) {
	switch n := v.(type) {
	case float32:
		f.write(floatText(float64(n), 32))
	case float64:
		f.write(floatText(n, 64))
	default:
		fmt.Fprint(&f.out, n)
	}
}

// floatText returns the shortest text that reads back as the same number: with
// an exponent where it would have more than 21 digits without.
func floatText(n float64, bits int) string {
	switch {
	case math.IsNaN(n):
		return "nan"
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	}
	if size := math.Abs(n); size != 0 && (size < 1e-7 || size >= 1e21) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'e', -1, bits), "e")
		return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(n, 'f', -1, bits)
}

// quoted writes a string or char. What cannot be seen is escaped.
func (f *formatter) quoted(s string, quote rune) {
	f.out.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			f.out.WriteRune('\\')
			f.out.WriteRune(r)
		case r == '\n':
			f.write(`\n`)
		case r == '\r':
			f.write(`\r`)
		case r == '\t':
			f.write(`\t`)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&f.out, `\u{%x}`, r)
		default:
			f.out.WriteRune(r)
		}
	}
	f.out.WriteRune(quote)
}
