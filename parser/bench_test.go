package parser_test

import (
	goast "go/parser"
	gotoken "go/token"
	"os"
	"strings"
	"testing"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
)

// benchmarkSize is how many bytes both parsers read.
const benchmarkSize = 200_000

// repeated returns text over and over until it is of benchmarkSize. head comes once
// before it.
func repeated(head, text string) []byte {
	return []byte(head + strings.Repeat(text, benchmarkSize/len(text)+1))
}

// BenchmarkParse reads WIT.
func BenchmarkParse(b *testing.B) {
	text, err := os.ReadFile("testdata/store.wit")
	if err != nil {
		b.Fatal(err)
	}
	_, items, _ := strings.Cut(string(text), "\n\n")
	_, items, _ = strings.Cut(items, "\n\n")
	source := repeated("package a:b;\n", items)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, list := parser.Parse(diag.NewFile("store.wit", source)); len(list) > 0 {
			b.Fatal(list)
		}
	}
}

// BenchmarkGoParser is the yardstick: go/parser on as many bytes of Go, with
// comments and without resolving names, as Parse does.
func BenchmarkGoParser(b *testing.B) {
	text, err := os.ReadFile("types.go")
	if err != nil {
		b.Fatal(err)
	}
	i := strings.Index(string(text), "// typeDecl")
	if i < 0 {
		b.Fatal("types.go has no typeDecl")
	}
	source := repeated("package p\n", string(text[i:]))
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := goast.ParseFile(gotoken.NewFileSet(), "p.go", source, goast.ParseComments|goast.SkipObjectResolution); err != nil {
			b.Fatal(err)
		}
	}
}
