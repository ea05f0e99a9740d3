// Package gen holds what the two generators share with the programs that call them:
// the settings of a run and the files that it makes. Packages gen/host and
// gen/guest generate. They take a world of package wit's model, which packages
// parser/resolve and component make of text and of binaries.
package gen

// File is one generated file.
type File struct {
	// Path is the file's place below the output folder, with slashes.
	Path string
	// Content is Go source as gofmt formats it.
	Content []byte
}

// Options are the settings of a run. Host and guest bindings that lie in one
// output folder must be generated with the same settings.
type Options struct {
	// ImportPath is the import path of the output folder.
	ImportPath string
	// Versioned puts the version of every WIT package into the paths of its Go
	// packages, as v1 or v0.2. Otherwise only packages of which the model holds
	// several versions have it there. Two versions that are compatible, 0.2.0 and
	// 0.2.8, are told apart by v0.2.0 and v0.2.8.
	Versioned bool
	// With maps the name of a WIT interface, as ns:pkg/name or
	// ns:pkg/name@1.2.3, to the import path of the Go package that stands for it.
	// The generators refer to that package and do not write it.
	With map[string]string
	// OwnWASI writes the packages of WASI's interfaces too. Otherwise those below
	// github.com/witgen/witgen/wasi stand for the interfaces of WASI 0.2 that they
	// have, as if With named them, so that programs share their types. One that refers
	// to an interface for which With names another package is written all the same.
	OwnWASI bool
	// Initialisms are words that Go names spell as they are given here, as KV and
	// OAuth, beside those that Go itself has, as ID and HTTP. Names of the packages
	// in With are not concerned.
	Initialisms []string
	// Optional names functions of exported interfaces that guests may lack, since they
	// were built for an older version: ns:pkg/interface#function, ns:pkg/interface for
	// all of its functions, and ns:pkg@1.2.3 for those of the package that are @since a
	// later version. A world's name stands for its own exports. The host's binding of
	// such a function returns a host.MissingError if the guest does not have it. It
	// changes nothing for guests.
	Optional []string
}
