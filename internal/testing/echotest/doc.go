// Package echotest runs generated bindings, of both sides, for random worlds. Each
// world imports and exports the same functions in various places: a guest passes
// what its exports are given to its imports, and returns what those return. A host
// sends random values, answers with random values, and compares.
package echotest
