// Package bind is for generated code and the linker; a person who writes a host does
// not need it. An Instance is one running guest. A Call lifts values from its memory
// and lowers values into it, with the checks of the canonical ABI (CanonicalABI.md).
//
// Package link makes Instances. Options, limits and errors are in package host.
package bind
