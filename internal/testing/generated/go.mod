module github.com/witgen/witgen/internal/testing/generated

go 1.26.5

require github.com/witgen/witgen v0.0.0-00010101000000-000000000000

replace github.com/witgen/witgen => ../../..

tool github.com/witgen/witgen/cmd/witgen

require (
	github.com/google/go-cmp v0.7.0
	github.com/tetratelabs/wazero v1.12.0
	pgregory.net/rapid v1.3.0
)

require (
	github.com/dave/jennifer v1.7.1 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/rogpeppe/go-internal v1.16.0 // indirect
	github.com/spf13/cobra v1.10.2 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/sys v0.47.0 // indirect
)
