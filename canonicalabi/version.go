// Package canonicalabi is what every file of generated code imports: the version
// of the contract between generated code and the runtime.
package canonicalabi

// GeneratedCodeNeedsABI1 stands in every file that witgen generates. Where a
// compiler finds it undefined, the runtime (the module github.com/witgen/witgen
// in go.mod) is older than the witgen that generated the code, or so much newer
// that it no longer serves it: use the same version of both, and generate again.
const GeneratedCodeNeedsABI1 = true
