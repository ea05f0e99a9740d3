// Package compose is an example of guests that call each other: what one exports
// is passed as what the next one imports, by assignment. The guests are words,
// lower and stop; the bindings lie in gen.
package compose

//go:generate go tool witgen generate --world counter --world filter --out gen ./wit
