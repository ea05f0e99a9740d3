// Package hosttest holds a WIT world and its host bindings, on which the runtime
// of hosts is tested. The bindings below gen are generated from subject.wit; the
// test of this package keeps them up to date.
package hosttest
