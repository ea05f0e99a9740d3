// Package binary has the binary format of the component model (Binary.md of its
// specification): [Component], a tree that keeps every definition of a component in
// its order with its offset, [Decode], which reads one, and [Component.Encode], which
// writes it. Whether a component is valid is not its concern; see component.Validate.
package binary
