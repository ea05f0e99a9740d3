package gogen

import "github.com/witgen/witgen/gen"

// File and Options are those of package gen.
type (
	File    = gen.File
	Options = gen.Options
)
