// Package component reads, checks and makes components: the binary format of the
// component model, with the WIT that components, WIT packages in binary form and core
// modules carry. Package component/binary has the format itself.
//
// [Validate] checks what the specification asks of a component. [DecodeWIT] gives the
// WIT of a binary as a model, [EncodePackage] and [Metadata] go the other way. [Embed]
// puts a world into a core module and [New] makes a component of such a module.
// [Inspect] shows a binary as text.
package component
