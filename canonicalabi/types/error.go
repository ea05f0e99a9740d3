package types

import "strconv"

// Error is the Go error for an error value of WIT whose Go type does not
// implement error itself. Where a result has no error type, E is Unit.
type Error[E any] struct {
	Value E
}

// Error returns the value as text: a string as it is, what String or Error says
// where E is no interface and has such a method, numbers in decimal, and for
// anything else a fixed sentence.
func (e Error[E]) Error() string {
	// The switch is over E, not over what is in it. A compiler settles it for
	// each E, and leaves out of a guest what the other cases need.
	switch v := any(&e.Value).(type) {
	case *string:
		return *v
	case interface{ String() string }:
		return v.String()
	case error:
		return v.Error()
	case *uint8:
		return strconv.FormatUint(uint64(*v), 10)
	case *uint16:
		return strconv.FormatUint(uint64(*v), 10)
	case *uint32:
		return strconv.FormatUint(uint64(*v), 10)
	case *uint64:
		return strconv.FormatUint(*v, 10)
	case *int8:
		return strconv.FormatInt(int64(*v), 10)
	case *int16:
		return strconv.FormatInt(int64(*v), 10)
	case *int32:
		return strconv.FormatInt(int64(*v), 10)
	case *int64:
		return strconv.FormatInt(*v, 10)
	default:
		return "the call returned an error value"
	}
}

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
