//go:build wasm || tinygo.wasm

// Command hoards is a plugin that opens buckets and closes none.
package main

import (
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/plugin"
	"github.com/witgen/witgen/examples/plugins/gen/example/plugins/store"
)

type bad struct{}

func (bad) Name() string { return "hoards" }

// kept holds every bucket open.
var kept []store.Bucket

func (bad) Process(string) (string, error) {
	for {
		bucket, err := store.Open("hoard")
		if err != nil {
			return "", err
		}
		kept = append(kept, bucket)
	}
}

func init() { plugin.Export(bad{}) }

func main() {}
