// Package component reads, checks and makes components: the binary format of the
// component model (Binary.md of its specification), with the WIT that components,
// WIT packages in binary form and core modules carry.
//
// [Decode] turns a binary into a [Component], a tree that keeps every definition
// in its order with its offset, and [Component.Encode] turns it back. [Validate]
// checks what the specification asks of a component. [DecodeWIT] gives the WIT of
// a binary as a model, [EncodePackage] and [Metadata] go the other way. [Embed]
// puts a world into a core module and [New] makes a component of such a module.
package component
