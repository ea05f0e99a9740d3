// Package fault lets the packages that read and make components end by a panic:
// decoders and the validator read like the grammar and the rules, and what the outside
// calls turns the panic into an error.
package fault

import "github.com/witgen/witgen/internal/wasm"

// thrown is the value of a panic of Throw.
type thrown struct{ err error }

// Throw panics with an error.
func Throw(err error) { panic(thrown{err}) }

// Catch sets err to the error of a panic of Throw, where there is one. It is deferred.
func Catch(err *error) {
	if e := recover(); e != nil {
		t, ok := e.(thrown)
		if !ok {
			panic(e)
		}
		*err = t.err
	}
}

// NewCursor returns a cursor over b, which stands at offset base of its file, whose
// first error is a panic of Throw with what wrap makes of it.
func NewCursor(b []byte, base int, wrap func(offset int, rule string) error) *wasm.Cursor {
	c := wasm.NewCursor(b, base)
	c.OnFail(func(err error) {
		if bad, ok := err.(*wasm.Error); ok {
			err = wrap(bad.Offset, bad.Rule)
		}
		Throw(err)
	})
	return c
}
