module github.com/witgen/witgen/internal/testing/rivals

go 1.26.5

require (
	github.com/samyfodil/wazy v0.8.0
	github.com/witgen/witgen v0.0.0-00010101000000-000000000000
)

require (
	github.com/tetratelabs/wazero v1.12.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/witgen/witgen => ../../..

tool github.com/samyfodil/wazy/cmd/wazy-bindgen
