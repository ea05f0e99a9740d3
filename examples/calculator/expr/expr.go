// Package expr works out arithmetic expressions. It knows nothing of WebAssembly:
// the guest uses it, and its tests run natively.
package expr

import "strconv"

// Error is a mistake in an expression. Offset is where it stands, in bytes.
type Error struct {
	Offset int
	Text   string
}

// Error returns the mistake and its offset.
func (e *Error) Error() string { return e.Text + " at offset " + strconv.Itoa(e.Offset) }

// maxDepth bounds how deep parentheses and signs may nest.
const maxDepth = 100

// Eval returns the value of an expression of numbers, + - * / and parentheses.
// It calls step with a line for each operation. The error is an *Error.
//
//	expression = term { ("+" | "-") term }
//	term       = factor { ("*" | "/") factor }
//	factor     = number | "-" factor | "(" expression ")"
func Eval(expression string, step func(string)) (float64, error) {
	p := &parser{text: expression, step: step}
	value := p.expression(0)
	if p.err == nil && p.next() != 0 {
		p.fail("unexpected " + strconv.Quote(p.text[p.at:p.at+1]))
	}
	if p.err != nil {
		return 0, p.err
	}
	return value, nil
}

type parser struct {
	text string
	at   int
	step func(string)
	err  *Error // the first one
}

func (p *parser) fail(text string) {
	if p.err == nil {
		p.err = &Error{p.at, text}
	}
}

// next returns the next character that is no space, and 0 at the end.
func (p *parser) next() byte {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) expression(depth int) float64 {
	value := p.term(depth)
	for p.err == nil {
		op := p.next()
		if op != '+' && op != '-' {
			break
		}
		p.at++
		value = p.apply(op, value, p.term(depth))
	}
	return value
}

func (p *parser) term(depth int) float64 {
	value := p.factor(depth)
	for p.err == nil {
		op := p.next()
		if op != '*' && op != '/' {
			break
		}
		p.at++
		value = p.apply(op, value, p.factor(depth))
	}
	return value
}

func (p *parser) factor(depth int) float64 {
	if depth > maxDepth {
		p.fail("nested too deep")
		return 0
	}
	switch p.next() {
	case '-':
		p.at++
		return -p.factor(depth + 1)
	case '(':
		p.at++
		value := p.expression(depth + 1)
		if p.err == nil && p.next() != ')' {
			p.fail("missing )")
		}
		p.at++
		return value
	default:
		return p.number()
	}
}

func (p *parser) number() float64 {
	start := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	value, err := strconv.ParseFloat(p.text[start:p.at], 64)
	if err != nil {
		p.at = start
		p.fail("expected a number")
	}
	return value
}

// apply works out one operation.
func (p *parser) apply(op byte, a, b float64) float64 {
	if p.err != nil {
		return 0
	}
	var value float64
	switch op {
	case '+':
		value = a + b
	case '-':
		value = a - b
	case '*':
		value = a * b
	default:
		if b == 0 {
			p.fail("division by zero")
			return 0
		}
		value = a / b
	}
	p.step(format(a) + " " + string(op) + " " + format(b) + " = " + format(value))
	return value
}

func format(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
