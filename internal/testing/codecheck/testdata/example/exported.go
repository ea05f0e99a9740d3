package example

import "example.com/example/internal/secret"

// Documented is.
type Documented struct { // want internal: Documented is exported, and speaks of secret.T
	Field  []secret.T
	hidden secret.T
}

// Hidden has one that nobody sees.
type Hidden struct{ hidden secret.T }

type Bare struct{} // a comment of the line is one

type Silent struct { // want doc: Silent has no doc comment
}

func (Hidden) Method() {} // want doc: Method has no doc comment

func (h hiding) Method() {}

type hiding struct{}

// Takes takes.
func Takes(map[string]*secret.T) {} // want internal: Takes is exported, and speaks of secret.T

// Gives gives a type of its own, which has the secret.
func Gives() (Documented, error) { return Documented{}, nil }

// Alias is one.
type Alias = secret.T // want internal: Alias is exported, and speaks of secret.T

// Of a group.
const (
	A = 1
	B = 2
)

var C = 1 // of the line

// want+3 doc: D has no doc comment

var (
	D = 1
	// E has one.
	E = 2
)
