// Package canonicalabi is what every file of generated code imports: the version
// of the contract between generated code and the runtime.
package canonicalabi

// GeneratedCodeNeedsABI2 stands in every file that witgen generates. Where a
// compiler finds it undefined, the runtime (the module github.com/witgen/witgen
// in go.mod) is older than the witgen that generated the code: use the same version
// of both.
const GeneratedCodeNeedsABI2 = true

// GeneratedCodeNeedsABI1 stands in code that an older witgen generated. This
// runtime does not serve it any more, and it does not compile: the compiler's error
// shows the name of this variable's type.
var GeneratedCodeNeedsABI1 RegenerateWithThisVersionOfWitgen

// RegenerateWithThisVersionOfWitgen is the type of every GeneratedCodeNeedsABI
// variable of an ABI version that this runtime does not serve any more.
type RegenerateWithThisVersionOfWitgen struct{}
