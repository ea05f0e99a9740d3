//go:build wasm || tinygo.wasm

// Command wordcount is a plugin that counts words, over all calls.
package main

import (
	"strconv"
	"strings"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/log"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/store"
)

type wordcount struct{}

func (wordcount) Name() string { return "wordcount" }

func (wordcount) Process(input string) (string, error) {
	totals, err := store.Open("totals")
	if err != nil {
		return "", err
	}
	defer totals.Close()
	n := len(strings.Fields(input))
	total, err := totals.Add("words", uint64(n))
	if err != nil {
		return "", err
	}
	log.Write(log.LevelInfo, strconv.Itoa(n)+" words")
	return strconv.Itoa(n) + " words, " + strconv.FormatUint(total, 10) + " in all", nil
}

func init() { plugin.Export(wordcount{}) }

func main() {}
