package diag

// Codes of what is wrong with a WebAssembly binary that is read as WIT, or that
// witgen component validate checks. Package component finds it; the message names
// the file, the offset and the rule.
const (
	// MalformedBinary occurs where a file is no WebAssembly, or breaks the binary
	// format.
	MalformedBinary Code = "B0101"

	// InvalidBinary occurs where a binary keeps to the format and breaks a rule
	// of validation.
	InvalidBinary Code = "B0102"

	// NoWIT occurs where WIT is asked of a core module that carries none.
	NoWIT Code = "B0103"
)
