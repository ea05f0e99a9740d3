//go:build wasm || tinygo.wasm

// Command sum is a plugin that adds numbers, and refuses other text with an error.
package main

import (
	"strconv"
	"strings"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/processor"
)

type sum struct{}

func (sum) Name() string { return "sum" }

func (sum) Process(input string) (string, error) {
	words := strings.Fields(input)
	if len(words) == 0 {
		return "", processor.ErrorUnsupported{}
	}
	total := 0
	for _, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil {
			return "", processor.ErrorInvalid{Value: strconv.Quote(word) + " is not a number"}
		}
		total += n
	}
	return strconv.Itoa(total), nil
}

func init() { plugin.Export(sum{}) }

func main() {}
