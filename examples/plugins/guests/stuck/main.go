//go:build wasm || tinygo.wasm

// Command stuck is a plugin whose start never ends.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type bad struct{}

func (bad) Name() string { return "stuck" }

func (bad) Process(input string) (string, error) { return input, nil }

// stop is never set.
var stop, turns uint32

func init() {
	plugin.Export(bad{})
	for stop == 0 {
		turns++
	}
}

func main() {}
