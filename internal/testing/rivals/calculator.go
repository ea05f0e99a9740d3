package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/samyfodil/wazy"
	"github.com/samyfodil/wazy/component"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/log"
	ours "github.com/witgen/witgen/examples/calculator/gen/example/calculator/scientific"
	theirs "github.com/witgen/witgen/internal/testing/rivals/gen/scientific"
)

// quiet is the log of a calculator.
type quiet struct{}

func (quiet) Write(context.Context, log.Level, string) error { return nil }

// wazyQuiet is quiet for wazy.
type wazyQuiet struct{}

func (wazyQuiet) Write(context.Context, theirs.Level, string) error { return nil }

func (w *workshop) calculator() ([]byte, error) {
	path, err := w.scientific()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// sum checks an answer of the calculator to 2 and 3.
func sum(got int32, err error) error {
	if err == nil && got != 5 {
		err = fmt.Errorf("2 and 3 is %d", got)
	}
	return err
}

// wazyCalculator returns a function that starts instances of the calculator on wazy.
func wazyCalculator(ctx context.Context, wasm []byte) (start func() (*theirs.Scientific, error), end func()) {
	r := wazy.NewRuntime(ctx)
	cache := component.NewCompileCache()
	return func() (*theirs.Scientific, error) {
		return theirs.Instantiate(ctx, r, wasm, theirs.Imports{Log: wazyQuiet{}}, component.WithCompileCache(cache))
	}, func() { _ = r.Close(ctx) }
}

// freshCalculator returns the turn of a fresh instance that adds, and how many bytes of
// memory the instance has.
func freshCalculator(ctx context.Context, wasm []byte) (*side, error) {
	plugin, err := ours.Compile(ctx, wasm, host.Fresh(), host.SnapshotAfterStart())
	if err != nil {
		return nil, err
	}
	pool := host.NewPool(1, host.Source[*ours.Instance]{Close: plugin.Close, Instantiate: func(ctx context.Context) (*ours.Instance, error) {
		return plugin.Instantiate(ctx, ours.Imports{Log: quiet{}})
	}})
	return &side{name: "Pool, Fresh", run: func() error {
		inst, err := pool.Get(ctx)
		if err != nil {
			return err
		}
		err = sum(inst.Operations().Add(ctx, 2, 3))
		pool.Put(ctx, inst)
		return err
	}, end: func() { _ = pool.Close(ctx) }}, nil
}

// calculatorMemory is how many bytes of memory the scientific calculator by TinyGo has.
const calculatorMemory = 128 << 10

// freshAdd compares a fresh instance of the calculator that adds with one of wazy's, or
// with a comparison of its memory.
func (w *workshop) freshAdd(pairs int, memory bool) (result, error) {
	ctx := context.Background()
	wasm, err := w.calculator()
	if err != nil {
		return result{}, err
	}
	turn, err := freshCalculator(ctx, wasm)
	if err != nil {
		return result{}, err
	}
	defer turn.close()
	if memory {
		one := make([]byte, calculatorMemory)
		_, _ = rand.Read(one)
		two := bytes.Clone(one)
		return compare(pairs, turn, &side{name: "bytes.Equal of its 128 KiB", run: func() error {
			if !bytes.Equal(one, two) {
				return errors.New("they differ")
			}
			return nil
		}})
	}
	start, end := wazyCalculator(ctx, wasm)
	defer end()
	return compare(pairs, turn, &side{name: "wazy, instantiate and close", run: func() error {
		inst, err := start()
		if err != nil {
			return err
		}
		return errors.Join(sum(inst.Operations().Add(ctx, 2, 3)), inst.Close(ctx))
	}})
}

// typedAdd compares a call of the calculator through bindings of both.
func (w *workshop) typedAdd(pairs int) (result, error) {
	ctx := context.Background()
	wasm, err := w.calculator()
	if err != nil {
		return result{}, err
	}
	plugin, err := ours.Compile(ctx, wasm)
	if err != nil {
		return result{}, err
	}
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, ours.Imports{Log: quiet{}})
	if err != nil {
		return result{}, err
	}
	start, end := wazyCalculator(ctx, wasm)
	defer end()
	other, err := start()
	if err != nil {
		return result{}, err
	}
	return compare(pairs,
		&side{name: "witgen", run: func() error { return sum(inst.Operations().Add(ctx, 2, 3)) }},
		&side{name: "wazy-bindgen", run: func() error { return sum(other.Operations().Add(ctx, 2, 3)) }})
}
