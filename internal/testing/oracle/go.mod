module github.com/witgen/witgen/internal/testing/oracle

go 1.26.5

require (
	github.com/google/go-cmp v0.7.0
	github.com/tetratelabs/wazero v1.12.0
	github.com/witgen/witgen v0.0.0-00010101000000-000000000000
	go.bytecodealliance.org v0.7.0
)

require (
	github.com/coreos/go-semver v0.3.1 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/witgen/witgen => ../../..
