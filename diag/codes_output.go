package diag

// Codes of output that does not fit the WIT. Only formats for programs have them:
// for people there is a diff.
const (
	// OutOfDate occurs at a generated file that --verify finds missing, different, or
	// no longer made.
	OutOfDate Code = "W0702"

	// NotFormatted occurs at a file that witgen fmt would write otherwise.
	NotFormatted Code = "W0701"
)
