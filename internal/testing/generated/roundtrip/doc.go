// Package roundtrip sends random values of every type through guests of every
// compiler and back: from the test into an export, from there into an import
// that the test serves, and the same way back. The guest changes the values on
// the way by package mangle, and the tests expect what mangle gives natively.
//
// The worlds lie in wit, the bindings that witgen makes of them in gen, the
// guests in guests.
package roundtrip
