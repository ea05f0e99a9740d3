package component

import "fmt"

// Error is what is wrong with a binary.
type Error struct {
	// Offset is the place in the file, in bytes, and -1 where the error has none.
	Offset int
	// Malformed says that the binary breaks the format itself; otherwise it
	// breaks a rule of validation.
	Malformed bool
	// Rule says what is wrong and what the specification asks for.
	Rule string
}

// Error returns the rule with the offset in hexadecimal.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Rule
	}
	return fmt.Sprintf("at offset 0x%x: %s", e.Offset, e.Rule)
}

// catch turns the panic of an *Error into an error. Readers and the validator
// panic with *Error so that their code reads like the grammar.
func catch(err *error) {
	if e := recover(); e != nil {
		bad, ok := e.(*Error)
		if !ok {
			panic(e)
		}
		*err = bad
	}
}
