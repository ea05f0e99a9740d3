//go:build wasm || tinygo.wasm

// Command calculator is the guest of the world sizes:worlds/calculator.
package main

import (
	"strconv"
	"strings"

	"example.com/sizes/gen/sizes/worlds/calculator"
)

type operations struct{}

func (operations) Add(a, b int32) int32      { return a + b }
func (operations) Multiply(a, b int32) int32 { return a * b }

// Eval adds up numbers, as in 1+2.5+3.
func (operations) Eval(expression string) (float64, error) {
	sum := 0.0
	for {
		number, rest, more := strings.Cut(expression, "+")
		value, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return 0, err
		}
		sum += value
		if !more {
			return sum, nil
		}
		expression = rest
	}
}

func init() { calculator.Export(operations{}) }

func main() {}
