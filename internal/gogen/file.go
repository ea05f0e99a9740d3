package gogen

// File is one generated file.
type File struct {
	// Path is the file's place below OUT, with slashes.
	Path string
	// Content is formatted Go.
	Content []byte
}

// Options are the settings of a generator.
type Options struct {
	// ImportPath is the import path of OUT.
	ImportPath string
	// Versioned puts the version of every package into its path, and not only
	// where the WIT at hand holds two versions of one package.
	Versioned bool
	// With maps the name of a WIT interface, as ns:pkg/name or
	// ns:pkg/name@1.2.3, to the import path of the package that is used for it
	// instead of a generated one.
	With map[string]string
	// Version is that of witgen, for the headers of files.
	Version string
}
