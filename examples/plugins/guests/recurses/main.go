//go:build wasm || tinygo.wasm

// Command recurses is a plugin that calls itself without end.
package main

import (
	"strconv"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type bad struct{}

func (bad) Name() string { return "recurses" }

// depth calls itself twice, so that no compiler makes a loop of it.
func depth(n int) int {
	if n < 0 {
		return n
	}
	return depth(n+1) - depth(n+2)
}

func (bad) Process(input string) (string, error) { return strconv.Itoa(depth(len(input))), nil }

func init() { plugin.Export(bad{}) }

func main() {}
