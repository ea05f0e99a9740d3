package wasi

import (
	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi/internal/preview2/http"
	"github.com/witgen/witgen/wasi/transport"
)

// HTTP lets a guest make HTTP requests through t, which decides where they may go. With
// package net/http, use wasihttp.Client.
func HTTP(t transport.Transport) host.Option {
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
// a *host.Trap, and a response that has more is an error in the guest. The path of a request,
// and a method and a scheme of the guest's own, may have as many. All messages that an instance
// has may together have 64 times as many.
func HTTPFields(bytes int) host.Option {
	return change(func(p *provider) { p.http.Fields = bytes })
}
