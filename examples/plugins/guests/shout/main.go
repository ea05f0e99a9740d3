//go:build wasm || tinygo.wasm

// Command shout is a plugin that answers in capitals.
package main

import (
	"strings"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type shout struct{}

func (shout) Name() string { return "shout 1" }

func (shout) Process(input string) (string, error) { return strings.ToUpper(input) + "!", nil }

func init() { plugin.Export(shout{}) }

func main() {}
