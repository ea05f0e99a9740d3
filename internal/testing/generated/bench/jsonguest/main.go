//go:build wasm || tinygo.wasm

// Command jsonguest is a guest of the world bench:calls/json: it gets the records
// that the other guest gets as a list, but as JSON.
package main

import (
	"encoding/json"

	bindings "github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/json"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/work"
)

type impl struct{}

func (impl) Echo(items string) string {
	var decoded []work.Item
	if err := json.Unmarshal([]byte(items), &decoded); err != nil {
		panic(err)
	}
	encoded, err := json.Marshal(decoded)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func init() { bindings.Export(impl{}) }

func main() {}
