// What a release archive holds beside the program, apart from witgen's own module: the
// generator of manual pages needs modules that witgen does not.
module github.com/witgen/witgen/scripts/manpages

go 1.26.5

require (
	github.com/spf13/cobra v1.10.2
	github.com/witgen/witgen v0.0.0-00010101000000-000000000000
)

require (
	github.com/cpuguy83/go-md2man/v2 v2.0.6 // indirect
	github.com/dave/jennifer v1.7.1 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/rogpeppe/go-internal v1.16.0 // indirect
	github.com/russross/blackfriday/v2 v2.1.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	github.com/tetratelabs/wazero v1.12.0 // indirect
	go.yaml.in/yaml/v3 v3.0.4 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/witgen/witgen => ../..
