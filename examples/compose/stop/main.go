//go:build wasm || tinygo.wasm

// Command stop is the third guest in the row: it leaves common words out of the
// counts, and refuses one word.
package main

import (
	"github.com/witgen/witgen/examples/compose/gen/example/compose/filter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/words"
)

func init() { filter.Export(guest{}) }

func main() {}

type guest struct{}

// document is a document of the guest before.
type document struct{ words.Document }

func (guest) NewDocument(text string) words.Document { return document{words.NewDocument(text)} }

func (guest) Join(a, b words.Document) words.Document {
	return document{words.Join(a.(document).Document, b.(document).Document)}
}

func (d document) Counts() ([]words.Count, error) {
	counts, err := d.Document.Counts()
	if err != nil {
		return nil, err
	}
	var kept []words.Count
	for _, c := range counts {
		switch c.Word {
		case "a", "and", "of", "the":
		case "secret":
			return nil, words.ProblemForbidden{Value: c.Word}
		default:
			kept = append(kept, c)
		}
	}
	return kept, nil
}
