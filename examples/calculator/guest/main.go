//go:build wasm || tinygo.wasm

// Command guest is a guest of the world example:calculator/calculator.
package main

import "github.com/witgen/witgen/examples/calculator/gen/example/calculator/calculator"

type calc struct{}

func (calc) Add(a, b int32) int32      { return a + b }
func (calc) Multiply(a, b int32) int32 { return a * b }

func init() { calculator.Export(calc{}) }

func main() {}
