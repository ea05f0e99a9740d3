//go:build !(wasm || tinygo.wasm)

// Command host runs the guests of the calculator's two worlds and prints what
// they answer.
//
//	go run ./examples/calculator/host calculator.wasm scientific.wasm
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/arithmetic"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/calculator"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/log"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/scientific"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: host calculator.wasm scientific.wasm")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for i, run := range []func(context.Context, []byte, io.Writer) error{runCalculator, runScientific} {
		wasm, err := os.ReadFile(os.Args[i+1])
		if err == nil {
			err = run(ctx, wasm, os.Stdout)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "host: %s: %v\n", os.Args[i+1], err)
			os.Exit(1)
		}
	}
}

// runCalculator calls a guest of world calculator, which only exports.
func runCalculator(ctx context.Context, wasm []byte, out io.Writer) error {
	plugin, err := calculator.Compile(ctx, wasm, host.MemoryLimit(64<<20))
	if err != nil {
		return err
	}
	defer plugin.Close(ctx)
	calc, err := plugin.Instantiate(ctx, calculator.Imports{})
	if err != nil {
		return err
	}
	defer calc.Close(ctx)

	sum, err := calc.Operations().Add(ctx, 2, 3)
	if err != nil {
		return err
	}
	product, err := calc.Operations().Multiply(ctx, 6, 7)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "add(2, 3) = %d\nmultiply(6, 7) = %d\n", sum, product)
	return nil
}

// logger is the host's side of the interface log: it prints what the guest
// writes.
type logger struct{ out io.Writer }

func (l logger) Write(_ context.Context, level log.Level, message string) error {
	_, err := fmt.Fprintf(l.out, "  [%s] %s\n", level, message)
	return err
}

// runScientific calls a guest of world scientific, which can fail and which
// calls its host.
func runScientific(ctx context.Context, wasm []byte, out io.Writer) error {
	plugin, err := scientific.Compile(ctx, wasm, host.MemoryLimit(64<<20))
	if err != nil {
		return err
	}
	defer plugin.Close(ctx)
	calc, err := plugin.Instantiate(ctx, scientific.Imports{Log: logger{out}})
	if err != nil {
		return err
	}
	defer calc.Close(ctx)

	for _, args := range [][2]int32{{7, 2}, {1, 0}, {math.MinInt32, -1}} {
		quotient, err := calc.Arithmetic().Divide(ctx, args[0], args[1])
		var failure arithmetic.DivideError
		switch {
		case errors.As(err, &failure):
			fmt.Fprintf(out, "divide(%d, %d): error %v\n", args[0], args[1], failure)
		case err != nil:
			return err // the guest trapped, or was stopped
		default:
			fmt.Fprintf(out, "divide(%d, %d) = %d\n", args[0], args[1], quotient)
		}
	}
	for _, expression := range []string{"(1 + 2) * 3 / 4", "1 +"} {
		value, err := calc.Arithmetic().Eval(ctx, expression)
		if text, ok := types.AsError[string](err); ok {
			fmt.Fprintf(out, "eval(%q): error %s\n", expression, text)
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "eval(%q) = %v\n", expression, value)
	}
	return nil
}
