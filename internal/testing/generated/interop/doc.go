// Package interop has others judge witgen's components, and runs theirs: the
// same world, judge, by guests in Go and in JavaScript, called by witgen's host,
// by wasmtime and by jco, with equal results. The tests need what scripts/interop
// installs, which `make interop` calls.
package interop
