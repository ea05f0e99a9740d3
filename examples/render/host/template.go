//go:build !(wasm || tinygo.wasm)

package main

import (
	"bytes"
	"context"
	"fmt"
	"html/template"

	"github.com/witgen/witgen/examples/render/gen/example/render/pages"
)

// templates is the catalogue by html/template, in the host's own process: what the
// load test compares with.
type templates struct{ pages.Interface }

var catalogueTemplate = template.Must(template.New("catalogue").Funcs(template.FuncMap{
	"price": func(cents uint32) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) },
	"stock": func(s pages.Stock) string {
		return [...]string{pages.StockInStock: "in stock", pages.StockFewLeft: "few left", pages.StockSoldOut: "sold out"}[s]
	},
	"rating": func(b pages.Book) string {
		if rating, ok := b.Rating.Get(); ok {
			return fmt.Sprintf("%.1f", rating)
		}
		return ""
	},
}).Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{.Shop}}</title>
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/atom+xml" href="/feed.xml">
</head>
<body>
<header><a href="/">{{.Shop}}</a></header>
<main>
<h1>{{.Shop}}</h1>
<ul class="books">
{{range .Books}}<li><h3><a href="/books/{{.ID}}">{{.Title}}</a></h3><p>{{.Author}}</p><p><b>${{price .Cents}}</b> <span class="{{.Stock}}">{{stock .Stock}}</span>{{with rating .}} <span class="rating">{{.}} of 5</span>{{end}}</p><p>{{range .Tags}}<em title="{{.}}">{{.}}</em> {{end}}</p></li>
{{end}}</ul>
</main>
</body>
</html>
`))

// Catalogue implements pages.Interface.
func (templates) Catalogue(_ context.Context, shop string, books []pages.Book) (pages.Page, error) {
	var out bytes.Buffer
	err := catalogueTemplate.Execute(&out, struct {
		Shop  string
		Books []pages.Book
	}{shop, books})
	return pages.Page{Kind: pages.KindHTML, Body: out.Bytes()}, err
}

// inProcess renders by html/template.
func inProcess(ctx context.Context, ask func(context.Context, pages.Interface) (pages.Page, error)) (pages.Page, error) {
	return ask(ctx, templates{})
}
