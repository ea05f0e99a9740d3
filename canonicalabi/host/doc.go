// Package host is the runtime of witgen's host bindings: it holds what generated
// code for wazero calls. An Instance is one running guest; a Call lifts values
// from its memory and lowers values into it, and checks everything that the
// guest says, as the canonical ABI asks (CanonicalABI.md). Errors are typed:
// Trap, LimitError, BadValueError, InstanceError.
//
// Package link makes Instances; programs use it through the
// Compile function of a generated world package.
package host
