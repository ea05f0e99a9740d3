//go:build wasm || tinygo.wasm

// Command floods is a plugin that logs and stores far too much. That hurts nobody.
package main

import (
	"strconv"
	"strings"

	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/log"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/store"
)

type bad struct{}

func (bad) Name() string { return "floods" }

func (bad) Process(string) (string, error) {
	long := strings.Repeat("flood ", 1000)
	for range 1000 {
		log.Write(log.LevelWarning, long)
	}
	bucket, err := store.Open("flood")
	if err != nil {
		return "", err
	}
	defer bucket.Close()
	n := 0
	for ; err == nil; n++ {
		err = bucket.Set(strconv.Itoa(n), long)
	}
	return "the store took " + strconv.Itoa(n-1) + " values: " + err.Error(), nil
}

func init() { plugin.Export(bad{}) }

func main() {}
