// Package render is an example: an HTTP server whose pages a guest renders. The
// bindings lie in gen.
package render

//go:generate go tool witgen generate --world renderer --out gen ./wit
