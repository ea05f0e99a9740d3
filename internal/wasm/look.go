package wasm

// LookSteps is how many steps a [Look] counts from one question to the next.
const LookSteps = 4096

// A Look ends those who read something large, soon after what asked for it has no use for it
// any more, as after a context's end. It counts their steps: items of vectors, sections,
// definitions. A nil Look never ends.
type Look struct {
	ask  func() error
	left int
	err  error
}

// NewLook returns a Look that calls ask at the first step and after each [LookSteps] of them.
// The reading ends with the error that ask returns.
func NewLook(ask func() error) *Look { return &Look{ask: ask} }

// Step counts n steps. It returns the error that ended the reading, or nil.
func (l *Look) Step(n int) error {
	if l == nil || l.err != nil {
		return l.Err()
	}
	if l.left -= n; l.left < 0 {
		l.left, l.err = LookSteps, l.ask()
	}
	return l.err
}

// Err returns the error that ended the reading, or nil.
func (l *Look) Err() error {
	if l == nil {
		return nil
	}
	return l.err
}
