//go:build wasm || tinygo.wasm

// Command panics is a plugin that panics.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type bad struct{}

func (bad) Name() string { return "panics" }

func (bad) Process(string) (string, error) { panic("a bug") }

func init() { plugin.Export(bad{}) }

func main() {}
