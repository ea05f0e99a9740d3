//go:build wasm || tinygo.wasm

// Command panics is a guest of the calculator's world that panics.
package main

import "github.com/witgen/witgen/examples/calculator/gen/example/calculator/calculator"

type calc struct{}

func (calc) Add(a, b int32) int32 { panic("the text of the panic") }

func (calc) Multiply(a, b int32) int32 {
	var list []int32
	return list[a]
}

func init() { calculator.Export(calc{}) }

func main() {}
