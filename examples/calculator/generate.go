// Package calculator is witgen's first example: two worlds of one WIT package, a
// guest for each, and a host that calls both. The bindings lie in gen.
package calculator

//go:generate go tool witgen generate --world calculator --world scientific --out gen ./wit
