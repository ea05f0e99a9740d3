package wasi

import (
	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi/internal/preview2/http"
)

// HTTPTransport sends the HTTP requests of guests. Package wasihttp makes one of an
// *http.Client.
type HTTPTransport = http.Transport

// HTTPRequest is a request that a guest makes.
type HTTPRequest = http.Request

// HTTPResponse is the response to a request.
type HTTPResponse = http.Response

// HTTPMessage is the content of a response.
type HTTPMessage = http.Message

// HTTPField is a header or a trailer.
type HTTPField = http.Field

// HTTP lets a guest make HTTP requests through t, which decides where they may go. With
// package net/http, use wasihttp.Client.
func HTTP(t HTTPTransport) host.Option {
	return change(func(p *provider) { p.transport = t })
}

// Defaults of the bounds of wasi:http.
const (
	DefaultHTTPBodies = http.DefaultBodies
	DefaultHTTPBuffer = http.DefaultBuffer
	DefaultHTTPFields = http.DefaultFields
)

// HTTPBodies bounds how many HTTP bodies and requests an instance may have on their way at
// a time. One more fails in the guest.
func HTTPBodies(n int) host.Option {
	return change(func(p *provider) { p.http.Bodies = n })
}

// HTTPBuffer bounds how many bytes of each HTTP body that a guest writes are kept until
// their reader takes them. The guest's next write waits.
func HTTPBuffer(bytes int) host.Option {
	return change(func(p *provider) { p.http.Buffer = bytes })
}

// HTTPFields bounds how many bytes the headers, or the trailers, of one HTTP message may
// have. A field counts its name, its value and 32 bytes. A guest that makes more ends with
// a *host.Trap, and a response that has more is an error in the guest.
func HTTPFields(bytes int) host.Option {
	return change(func(p *provider) { p.http.Fields = bytes })
}
