// Package bind is for generated code and the linker; a person who writes a host
// does not need it. An Instance is one running guest; a Call lifts values from its
// memory and lowers values into it, and checks everything that the guest says, as
// the canonical ABI asks (CanonicalABI.md).
//
// Package link makes Instances. Options, limits and errors are in package host.
package bind
