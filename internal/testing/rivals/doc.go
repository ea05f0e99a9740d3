// Command rivals measures witgen beside other runtimes, in one run: the fork wazy of
// wazero, and wasmtime's command line. It prints the table of docs/performance.md.
//
//	go generate . && go run . [-rows regexp] [-pairs n]
//
// It is a module of its own, so that witgen does not depend on a fork. Each row runs both
// sides in turns, and its ratio is the median of the ratios of neighbours. Guests by TinyGo
// need WITGEN_TINYGO, those by Rust cargo with the target wasm32-wasip2, and rows with
// wasmtime WITGEN_INTEROP, the folder that scripts/interop prints. Where one of them is
// missing, the row tells so.
package main

//go:generate mkdir -p gen/scientific
//go:generate go tool wazy-bindgen -wit ../../../examples/calculator/wit -world scientific -package scientific -o gen/scientific/scientific.go
