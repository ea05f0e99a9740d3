package types

// Error is the Go error for an error value of WIT whose Go type does not
// implement error itself. Where a result has no error type, E is Unit.
type Error[E any] struct {
	Value E
}

// Error returns the value as text: a string as it is, other values as Text
// writes them. For a Unit, and for values that Text does not know, it returns a fixed text.
func (e Error[E]) Error() string {
	switch v := any(&e.Value).(type) {
	case *string:
		return *v
	case *Unit:
		return unknownError
	}
	text, ok := textOf(&e.Value)
	if !ok {
		return unknownError
	}
	return text
}

const unknownError = "the call returned an error value"

// AsError finds the error value of type E in err: E itself where E implements
// error, or an Error[E]. It looks through wrapped errors, those of errors.Join
// among them, in the order of errors.As.
func AsError[E any](err error) (E, bool) {
	for err != nil {
		if e, ok := err.(Error[E]); ok {
			return e.Value, true
		}
		if e, ok := any(err).(E); ok {
			return e, true
		}
		switch wrapper := err.(type) {
		case interface{ Unwrap() error }:
			err = wrapper.Unwrap()
		case interface{ Unwrap() []error }:
			for _, inner := range wrapper.Unwrap() {
				if e, ok := AsError[E](inner); ok {
					return e, true
				}
			}
			err = nil
		default:
			err = nil
		}
	}
	var zero E
	return zero, false
}
