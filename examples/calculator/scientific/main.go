//go:build wasm || tinygo.wasm

// Command scientific is a guest of the world example:calculator/scientific: it
// exports two interfaces, and calls the host's log while it works.
package main

import (
	"math"
	"strconv"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/examples/calculator/expr"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/arithmetic"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/log"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/scientific"
)

// calc implements both interfaces of the world.
type calc struct{}

func (calc) Add(a, b int32) int32      { return a + b }
func (calc) Multiply(a, b int32) int32 { return a * b }

func (calc) Divide(a, b int32) (int32, error) {
	switch {
	case b == 0:
		log.Write(log.LevelWarning, "division by zero")
		return 0, arithmetic.DivideErrorByZero
	case a == math.MinInt32 && b == -1:
		return 0, arithmetic.DivideErrorOverflow
	}
	return a / b, nil
}

func (calc) Eval(expression string) (float64, error) {
	value, err := expr.Eval(expression, func(step string) { log.Write(log.LevelDebug, step) })
	if err != nil {
		return 0, types.Error[string]{Value: err.Error()}
	}
	log.Write(log.LevelInfo, expression+" = "+strconv.FormatFloat(value, 'g', -1, 64))
	return value, nil
}

func init() { scientific.Export(calc{}, calc{}) }

func main() {}
