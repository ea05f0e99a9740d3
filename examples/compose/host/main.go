//go:build !(wasm || tinygo.wasm)

// Command host runs three guests in a row and prints what the last one answers.
//
//	go run ./examples/compose/host words.wasm lower.wasm stop.wasm
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/witgen/witgen/examples/compose/gen/example/compose/counter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/filter"
	"github.com/witgen/witgen/examples/compose/gen/example/compose/words"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: host words.wasm lower.wasm stop.wasm")
		os.Exit(2)
	}
	var guests [3][]byte
	for i := range guests {
		wasm, err := os.ReadFile(os.Args[i+1])
		if err != nil {
			fmt.Fprintln(os.Stderr, "host:", err)
			os.Exit(1)
		}
		guests[i] = wasm
	}
	if err := run(context.Background(), guests, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

// run puts the guests into a row and counts the words of some documents.
func run(ctx context.Context, guests [3][]byte, out io.Writer) error {
	first, err := counter.Compile(ctx, guests[0])
	if err != nil {
		return err
	}
	defer first.Close(ctx)
	source, err := first.Instantiate(ctx, counter.Imports{})
	if err != nil {
		return err
	}
	defer source.Close(ctx)

	// What one instance exports is what the next one imports.
	last := source.Words()
	for _, wasm := range guests[1:] {
		plugin, err := filter.Compile(ctx, wasm)
		if err != nil {
			return err
		}
		defer plugin.Close(ctx)
		next, err := plugin.Instantiate(ctx, filter.Imports{Words: last})
		if err != nil {
			return err
		}
		defer next.Close(ctx)
		last = next.Words()
	}

	for _, text := range []string{"The cat and the hat", " ", "A secret of the trade"} {
		if err := count(ctx, last, text, out); err != nil {
			return err
		}
	}
	return nil
}

// count prints the words of a text twice: alone, and joined with another.
func count(ctx context.Context, w words.Interface, text string, out io.Writer) error {
	doc, err := w.NewDocument(ctx, text)
	if err != nil {
		return err
	}
	more, err := w.NewDocument(ctx, "Another CAT")
	if err != nil {
		return errors.Join(err, doc.Close(ctx))
	}
	defer more.Close(ctx)
	if err := show(ctx, doc, out); err != nil {
		return errors.Join(err, doc.Close(ctx))
	}
	joined, err := w.Join(ctx, doc, more) // doc is given away
	if err != nil {
		return err
	}
	defer joined.Close(ctx)
	return show(ctx, joined, out)
}

// show prints the words of a document, or why it has none. Any other error is
// the host's.
func show(ctx context.Context, doc words.Document, out io.Writer) error {
	text, err := doc.Text(ctx)
	if err != nil {
		return err
	}
	counts, err := doc.Counts(ctx)
	var problem words.Problem
	if errors.As(err, &problem) {
		_, err := fmt.Fprintf(out, "%q: %v\n", text, problem)
		return err
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%q: %v\n", text, counts)
	return err
}
