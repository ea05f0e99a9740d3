//go:build !(wasm || tinygo.wasm)

package main

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/examples/render/gen/example/render/pages"
)

const shopName = "Page & Leaf"

// catalogue is what the shop sells. Some of it was typed in by people who try
// things.
var catalogue = makeCatalogue()

func makeCatalogue() []pages.Book {
	books := []pages.Book{
		{Title: "R.U.R.", Author: "Karel Čapek", Stock: pages.StockInStock, Tags: []string{"drama", "robots"}, Link: types.Some("https://example.com/rur")},
		{Title: "<script>alert('hello')</script>", Author: `Robert "); DROP TABLE`, Stock: pages.StockFewLeft, Tags: []string{`" onmouseover="alert(1)`}, Link: types.Some("javascript:alert(1)")},
		{Title: "Мы", Author: "Евгений Замятин", Stock: pages.StockInStock, Tags: []string{"novel", "robots"}},
		{Title: "Pride & Prejudice", Author: "Jane Austen", Stock: pages.StockSoldOut, Tags: []string{"novel"}},
	}
	for n := len(books); n < 40; n++ {
		books = append(books, pages.Book{
			Title: fmt.Sprintf("Collected Essays, volume %d", n-3), Author: "Various Hands",
			Stock: pages.Stock(n % 3), Tags: []string{"essays", "collected"},
		})
	}
	for n := range books {
		books[n].ID = uint32(n + 1)
		books[n].Cents = uint32(900 + n*137%2400)
		if n%4 != 3 {
			books[n].Rating = types.Some(float32(30+n*7%21) / 10)
		}
	}
	return books
}

var reviews = []pages.Review{
	{Author: "Ann", Text: "Read it <em>twice</em> & liked it.", Stars: 5},
	{Author: "Bob", Text: "The cover came loose.", Stars: 2},
}
