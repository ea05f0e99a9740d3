//go:build wasm || tinygo.wasm

// Command words is the first guest in the row: it keeps the documents.
package main

import (
	"slices"
	"strings"

	"github.com/witgen/witgen/examples/compose/gen/example/compose/counter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/words"
)

func init() { counter.Export(guest{}) }

func main() {}

type guest struct{}

type document struct{ text string }

func (guest) NewDocument(text string) words.Document { return &document{text} }

func (guest) Join(a, b words.Document) words.Document {
	return &document{a.Text() + " " + b.Text()}
}

func (d *document) Text() string { return d.text }

func (d *document) Counts() ([]words.Count, error) {
	found := strings.Fields(d.text)
	if len(found) == 0 {
		return nil, words.ProblemEmpty{}
	}
	slices.Sort(found)
	var counts []words.Count
	for _, word := range found {
		if n := len(counts); n > 0 && counts[n-1].Word == word {
			counts[n-1].Times++
		} else {
			counts = append(counts, words.Count{Word: word, Times: 1})
		}
	}
	return counts, nil
}

func (d *document) Close() {}
