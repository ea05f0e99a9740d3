//go:build wasm || tinygo.wasm

// Command loops is a plugin that never returns.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type bad struct{}

func (bad) Name() string { return "loops" }

func (bad) Process(string) (string, error) {
	for {
	}
}

func init() { plugin.Export(bad{}) }

func main() {}
