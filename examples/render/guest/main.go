//go:build wasm || tinygo.wasm

// Command guest renders the pages of example:render/pages.
package main

import (
	"strconv"

	"github.com/witgen/witgen/examples/render/gen/example/render/pages"
	"github.com/witgen/witgen/examples/render/gen/example/render/renderer"
	"github.com/witgen/witgen/examples/render/markup"
)

type site struct{}

func (site) Catalogue(shop string, books []pages.Book) pages.Page {
	w := begin(shop, shop, 512*len(books))
	w.Raw("<ul class=\"books\">\n")
	for i := range books {
		w.Raw("<li>")
		summary(w, &books[i])
		w.Raw("</li>\n")
	}
	w.Raw("</ul>\n")
	return end(w)
}

func (site) Detail(shop string, book pages.Book, reviews []pages.Review) pages.Page {
	w := begin(shop, book.Title, 2048)
	w.Raw("<article>")
	summary(w, &book)
	if link, ok := book.Link.Get(); ok {
		w.Raw("<p><a rel=\"nofollow\"").URL("href", link).Raw(">More about it</a></p>")
	}
	w.Raw("</article>\n<h2>Reviews</h2>\n")
	for _, r := range reviews {
		w.Raw("<blockquote><p>").Text(r.Text).Raw("</p><footer>").Text(r.Author).Raw(", ")
		w.Raw(strconv.Itoa(int(r.Stars))).Raw(" of 5</footer></blockquote>\n")
	}
	return end(w)
}

func (site) Feed(shop string, books []pages.Book) pages.Page {
	w := markup.NewWriter(512 * len(books))
	w.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>").Text(shop)
	w.Raw("</title>\n<id>urn:example:shop</id>\n<updated>2025-01-01T00:00:00Z</updated>\n")
	for _, b := range books {
		id := strconv.Itoa(int(b.ID))
		w.Raw("<entry><title>").Text(b.Title).Raw("</title><id>urn:example:book:").Raw(id)
		w.Raw("</id><updated>2025-01-01T00:00:00Z</updated><author><name>").Text(b.Author)
		w.Raw("</name></author><link href=\"/books/").Raw(id).Raw("\"/></entry>\n")
	}
	w.Raw("</feed>\n")
	return pages.Page{Kind: pages.KindAtom, Body: w.Bytes()}
}

func (site) NotFound(shop, path string) pages.Page {
	w := begin(shop, "Not found", 1024)
	w.Raw("<p>There is no page <code>").Text(path).Raw("</code>.</p>\n")
	return end(w)
}

// begin writes what stands above the content of every page.
func begin(shop, title string, size int) *markup.Writer {
	w := markup.NewWriter(1024 + size)
	w.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>").Text(title)
	w.Raw("</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n<link rel=\"alternate\" type=\"application/atom+xml\" href=\"/feed.xml\">\n")
	w.Raw("</head>\n<body>\n<header><a href=\"/\">").Text(shop).Raw("</a></header>\n<main>\n<h1>").Text(title).Raw("</h1>\n")
	return w
}

func end(w *markup.Writer) pages.Page {
	w.Raw("</main>\n</body>\n</html>\n")
	return pages.Page{Kind: pages.KindHTML, Body: w.Bytes()}
}

// summary writes what the catalogue and a book's own page both say.
func summary(w *markup.Writer, b *pages.Book) {
	w.Raw("<h3><a href=\"/books/").Raw(strconv.Itoa(int(b.ID))).Raw("\">").Text(b.Title).Raw("</a></h3><p>").Text(b.Author).Raw("</p><p><b>$")
	w.Raw(strconv.Itoa(int(b.Cents / 100))).Raw(".").Raw(strconv.Itoa(int(b.Cents / 10 % 10))).Raw(strconv.Itoa(int(b.Cents % 10)))
	w.Raw("</b> <span").Attr("class", b.Stock.String()).Raw(">").Text(stockText(b.Stock)).Raw("</span>")
	if rating, ok := b.Rating.Get(); ok {
		w.Raw(" <span class=\"rating\">").Raw(strconv.FormatFloat(float64(rating), 'f', 1, 32)).Raw(" of 5</span>")
	}
	w.Raw("</p><p>")
	for _, tag := range b.Tags {
		w.Raw("<em").Attr("title", tag).Raw(">").Text(tag).Raw("</em> ")
	}
	w.Raw("</p>")
}

func stockText(s pages.Stock) string {
	switch s {
	case pages.StockInStock:
		return "in stock"
	case pages.StockFewLeft:
		return "few left"
	case pages.StockSoldOut:
		return "sold out"
	default:
		panic("the host sends no other stock")
	}
}

func init() { renderer.Export(site{}) }

func main() {}
