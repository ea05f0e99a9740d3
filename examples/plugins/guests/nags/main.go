//go:build wasm || tinygo.wasm

// Command nags is a plugin that asks its store for the same value without end.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/store"
)

type bad struct{}

func (bad) Name() string { return "nags" }

func (bad) Process(string) (string, error) {
	bucket, err := store.Open("nags")
	if err != nil {
		return "", err
	}
	for {
		if value, ok := bucket.Get("answer").Get(); ok {
			return value, nil
		}
	}
}

func init() { plugin.Export(bad{}) }

func main() {}
