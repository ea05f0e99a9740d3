//go:build wasm || tinygo.wasm

// Command hog is a plugin that takes all the memory it gets.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type bad struct{}

func (bad) Name() string { return "hog" }

// kept is what the collector may not free.
var kept [][]byte

func (bad) Process(string) (string, error) {
	for {
		kept = append(kept, make([]byte, 4<<20))
	}
}

func init() { plugin.Export(bad{}) }

func main() {}
