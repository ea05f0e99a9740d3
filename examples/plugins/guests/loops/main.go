//go:build wasm || tinygo.wasm

// Command loops is a plugin that never returns.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type bad struct{}

func (bad) Name() string { return "loops" }

// turns is what keeps the loop busy.
var turns uint32

func (bad) Process(input string) (string, error) {
	for len(input) >= 0 {
		turns++
	}
	return input, nil
}

func init() { plugin.Export(bad{}) }

func main() {}
