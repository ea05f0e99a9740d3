package types

import "strconv"

// The functions of this file give values of WIT as text, as error messages show
// them: numbers in decimal, strings in quotes, [a, b] for lists, (a, b) for tuples,
// {name: a} for records, none and some(a), ok(a) and err(a). Generated code composes
// them, so that a guest links what its types need and no more.

// Text returns v as text. It knows Go's bool, numbers and string, lists of these, the
// types of this package that hold values it knows, and types with a method String or
// Error; of others, those that Describe was told of. Anything else is "?". A rune is a
// number to it.
func Text[T any](v T) string {
	if text, ok := textOf(&v); ok {
		return text
	}
	return "?"
}

// textOf returns *v as text, and false where nothing is known of its type.
func textOf[T any](v *T) (string, bool) {
	// The switch is over the type, not over what is in it. TinyGo settles it for
	// each T, and leaves out of a guest what the other cases need.
	switch v := any(v).(type) {
	case *string:
		return Quote(*v), true
	case interface{ String() string }:
		return v.String(), true
	case error:
		return v.Error(), true
	case *bool:
		return strconv.FormatBool(*v), true
	case *uint8:
		return unsigned(*v), true
	case *uint16:
		return unsigned(*v), true
	case *uint32:
		return unsigned(*v), true
	case *uint64:
		return unsigned(*v), true
	case *int8:
		return signed(*v), true
	case *int16:
		return signed(*v), true
	case *int32:
		return signed(*v), true
	case *int64:
		return signed(*v), true
	case *float32:
		return float(float64(*v), 32), true
	case *float64:
		return float(*v, 64), true
	case *[]string:
		return ListText(*v, Quote), true
	case *[]bool:
		return ListText(*v, strconv.FormatBool), true
	case *[]uint8:
		return ListText(*v, unsigned), true
	case *[]uint16:
		return ListText(*v, unsigned), true
	case *[]uint32:
		return ListText(*v, unsigned), true
	case *[]uint64:
		return ListText(*v, unsigned), true
	case *[]int8:
		return ListText(*v, signed), true
	case *[]int16:
		return ListText(*v, signed), true
	case *[]int32:
		return ListText(*v, signed), true
	case *[]int64:
		return ListText(*v, signed), true
	case *[]float32:
		return ListText(*v, func(v float32) string { return float(float64(v), 32) }), true
	case *[]float64:
		return ListText(*v, func(v float64) string { return float(v, 64) }), true
	}
	for _, d := range descriptions {
		if text, ok := d.text(v); ok {
			return text, true
		}
	}
	if v, ok := any(v).(interface{ text() string }); ok {
		return v.text(), true
	}
	switch v := any(*v).(type) { // T may be the Go interface of a variant
	case error:
		return v.Error(), true
	case nil:
		return "nil", true
	}
	return "", false
}

func unsigned[T uint8 | uint16 | uint32 | uint64](v T) string { return decimal(uint64(v)) }

func signed[T int8 | int16 | int32 | int64](v T) string {
	if v < 0 {
		return "-" + decimal(-uint64(v))
	}
	return decimal(uint64(v))
}

// decimal returns a number in decimal. Package strconv does so faster, by more code
// than the rest of a small guest has.
func decimal(v uint64) string {
	if v >= 10 {
		return decimal(v/10) + decimal(v%10)
	}
	return "0123456789"[v : v+1]
}

func float(v float64, bits int) string { return strconv.FormatFloat(v, 'g', -1, bits) }

// hex returns a number in hexadecimal.
func hex(v uint32) string {
	text := ""
	for v > 0 || text == "" {
		text = string("0123456789abcdef"[v%16]) + text
		v /= 16
	}
	return text
}

// description is what Describe was told of one type.
type description interface {
	text(v any) (string, bool)
}

type describer[T any] func(T) string

func (d describer[T]) text(v any) (string, bool) {
	if v, ok := v.(*T); ok {
		return d(*v), true
	}
	return "", false
}

var descriptions []description

// Describe says how a T is told as text, for the errors that hold one. It is to be
// called in init functions; generated code does so for the error types of WIT of
// which Text knows nothing.
func Describe[T any](text func(T) string) {
	descriptions = append(descriptions, describer[T](text))
}

// Quote returns s in quotes. A quote or backslash in it, and what cannot be printed in
// a line, is escaped.
func Quote(s string) string { return quoted(s, '"') }

// CharText returns a char in quotes.
func CharText(c rune) string { return quoted(string(c), '\'') }

func quoted(s string, quote rune) string {
	text := string(quote)
	for _, c := range s {
		switch {
		case c == quote || c == '\\':
			text += `\` + string(c)
		case c == '\n':
			text += `\n`
		case c == '\t':
			text += `\t`
		case c < ' ' || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029:
			text += `\u{` + hex(uint32(c)) + "}"
		default:
			text += string(c)
		}
	}
	return text + string(quote)
}

// mostTexts is how many elements of a list or map are told.
const mostTexts = 100

// ListText returns the elements of a list as text, of a long one the first.
func ListText[T any](list []T, text func(T) string) string {
	texts := make([]string, 0, min(len(list), mostTexts+1))
	for i, v := range list {
		if i == mostTexts {
			texts = append(texts, decimal(uint64(len(list)-i))+" more")
			break
		}
		texts = append(texts, text(v))
	}
	return "[" + join(texts) + "]"
}

// MapText returns the entries of a map as text, in the order of their texts, of a
// large one the first.
func MapText[K comparable, V any](m map[K]V, keyText func(K) string, text func(V) string) string {
	var texts []string
	for key, v := range m {
		entry := keyText(key) + ": " + text(v)
		at := len(texts)
		for at > 0 && texts[at-1] > entry {
			at--
		}
		if at == mostTexts {
			continue
		}
		// Insertion is small, and few are kept.
		texts = append(texts, entry)
		copy(texts[at+1:], texts[at:])
		texts[at] = entry
		texts = texts[:min(len(texts), mostTexts)]
	}
	if more := len(m) - len(texts); more > 0 {
		texts = append(texts, decimal(uint64(more))+" more")
	}
	return "{" + join(texts) + "}"
}

// TupleText returns a tuple whose elements have these texts.
func TupleText(elements ...string) string { return "(" + join(elements) + ")" }

// RecordText returns a record of these fields, each as "name: value".
func RecordText(fields ...string) string { return "{" + join(fields) + "}" }

// OptionText returns none or some(v).
func OptionText[T any](o Option[T], text func(T) string) string {
	if o.some {
		return "some(" + text(o.value) + ")"
	}
	return "none"
}

// ResultText returns ok(v) or err(e). Where text or errText is nil there is no
// payload to tell.
func ResultText[T, E any](r Result[T, E], text func(T) string, errText func(E) string) string {
	switch {
	case r.failed && errText != nil:
		return "err(" + errText(r.err) + ")"
	case r.failed:
		return "err"
	case text != nil:
		return "ok(" + text(r.value) + ")"
	default:
		return "ok"
	}
}

// ErrorText returns the text of an error that is part of another one. It is "nil" for nil.
func ErrorText[E error](err E) string {
	if any(err) == nil {
		return "nil"
	}
	return err.Error()
}

func join(texts []string) string {
	s := ""
	for i, text := range texts {
		if i > 0 {
			s += ", "
		}
		s += text
	}
	return s
}

func (o Option[T]) text() string { return OptionText(o, Text[T]) }

func (r Result[T, E]) text() string {
	text, errText := Text[T], Text[E]
	if _, ok := any(r.value).(Unit); ok {
		text = nil
	}
	if _, ok := any(r.err).(Unit); ok {
		errText = nil
	}
	return ResultText(r, text, errText)
}
