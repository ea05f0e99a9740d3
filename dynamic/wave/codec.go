package wave

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/wit"
)

// Codec reads and writes the values of one Resolve's types.
type Codec struct {
	Resolve *wit.Resolve
	// ParseResource returns the resource that a name stands for, for an own<R> or
	// borrow<R>; t is that type. WAVE has no text for resources, so without it
	// they cannot be read.
	ParseResource func(t wit.Type, name string) (any, error)
	// FormatResource returns the name of a resource. Without it resources cannot
	// be written.
	FormatResource func(t wit.Type, v any) (string, error)
}

// Parse reads a value of a type without resources. The error is an *Error.
func Parse(r *wit.Resolve, t wit.Type, text string) (any, error) {
	return (&Codec{Resolve: r}).Parse(t, text)
}

// Format writes a value of a type without resources. The error, that the value is
// not one of the type, is a *value.Error.
func Format(r *wit.Resolve, t wit.Type, v any) (string, error) {
	return (&Codec{Resolve: r}).Format(t, v)
}

// Error says where a text is not WAVE, or not a value of the type that it is read
// as.
type Error struct {
	// Offset is the place in bytes. Line and Column count from 1, columns in
	// bytes.
	Offset, Line, Column int
	// Type is the WIT type of the value that was to be read there, or "".
	Type string
	// Detail names what was expected, and what stands there instead.
	Detail string
}

// Error returns line, column, detail and type on one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Detail)
	if e.Type != "" {
		s += " (reading " + e.Type + ")"
	}
	return s
}

// Call is a function call: name(arguments), or result = name(arguments).
type Call struct {
	// Result is the name before the =, or "".
	Result string
	// Func is the name of the function, as it is written.
	Func string

	text string
	args int // offset of the (
}

// ParseCall reads the names of a call. The name of the function is everything
// before the first parenthesis, since functions go by the names of interfaces and
// resources too; Args reads the arguments once the function is known. The error
// is an *Error.
func ParseCall(text string) (*Call, error) {
	p := &parser{text: text}
	p.blanks()
	start := p.at
	open := strings.IndexByte(text[start:], '(')
	if open < 0 {
		p.at = len(text)
		return nil, p.errorf("", "expected the arguments in parentheses, as in %s()", orName(strings.TrimSpace(text[start:])))
	}
	open += start
	head := text[start:open]
	c := &Call{text: text, args: open}
	if result, rest, ok := strings.Cut(head, "="); ok {
		c.Result = strings.TrimSpace(result)
		if n := labelLength(c.Result); n == 0 || n != len(c.Result) || keywords[c.Result] {
			return nil, p.errorf("", "%q cannot be a name for the result", c.Result)
		}
		p.at += len(result) + 1
		p.blanks()
		head = rest
	}
	c.Func = strings.TrimSpace(head)
	if c.Func == "" || strings.ContainsAny(c.Func, " \t\r\n\"'{},") {
		return nil, p.errorf("", "expected the name of a function, found %s", p.found())
	}
	return c, nil
}

func orName(s string) string {
	if s == "" {
		return "name"
	}
	return s
}

// Args reads the arguments of a call for the parameters of its function. Those at
// the end that are none may be left out.
func (c *Codec) Args(call *Call, params []wit.Param) ([]any, error) {
	p := &parser{codec: c, text: call.text, at: call.args}
	v, err := p.run(func() any {
		args := p.arguments(params)
		p.blanks()
		if p.at < len(p.text) {
			p.fail("", "expected the end of the call, found %s", p.found())
		}
		return args
	})
	if err != nil {
		return nil, err
	}
	return v.([]any), nil
}

// Parse reads a value of type t. The error is an *Error.
func (c *Codec) Parse(t wit.Type, text string) (any, error) {
	p := &parser{codec: c, text: text}
	return p.run(func() any {
		v := p.value(t)
		p.blanks()
		if p.at < len(p.text) {
			p.fail(p.name(t), "expected the end of the value, found %s", p.found())
		}
		return v
	})
}
