//go:build wasm || tinygo.wasm

// Command lower is the second guest in the row: its documents are in lower case.
package main

import (
	"strings"

	"github.com/witgen/witgen/examples/compose/gen/example/compose/filter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/words"
)

func init() { filter.Export(guest{}) }

func main() {}

type guest struct{}

// document is a document of the guest before.
type document struct{ words.Document }

func (guest) NewDocument(text string) words.Document {
	return document{words.NewDocument(strings.ToLower(text))}
}

func (guest) Join(a, b words.Document) words.Document {
	return document{words.Join(a.(document).Document, b.(document).Document)}
}
