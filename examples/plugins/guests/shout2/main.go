//go:build wasm || tinygo.wasm

// Command shout2 is a plugin that takes the place of shout while the host serves.
package main

import (
	"strings"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
)

type shout struct{}

func (shout) Name() string { return "shout 2" }

func (shout) Process(input string) (string, error) { return strings.ToUpper(input) + "!!", nil }

func init() { plugin.Export(shout{}) }

func main() {}
