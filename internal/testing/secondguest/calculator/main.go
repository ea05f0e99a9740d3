//go:build tinygo

// Command calculator is the guest of the world sizes:worlds/calculator by the
// bindings of another generator. It does what internal/testing/sizes' own guest of that
// world does.
package main

import (
	"strconv"
	"strings"

	"go.bytecodealliance.org/cm"

	"example.com/second/gen/sizes/worlds/operations"
)

type result = cm.Result[string, float64, string]

func init() {
	operations.Exports.Add = func(a, b int32) int32 { return a + b }
	operations.Exports.Multiply = func(a, b int32) int32 { return a * b }
	operations.Exports.Eval = func(expression string) result {
		value, err := eval(expression)
		if err != nil {
			return cm.Err[result](err.Error())
		}
		return cm.OK[result](value)
	}
}

// eval adds up numbers, as in 1+2.5+3.
func eval(expression string) (float64, error) {
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

func main() {}
