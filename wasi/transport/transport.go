// Package transport has the messages that pass between guests of wasi:http and whoever sends
// their requests. It does without package net/http, and so do hosts that do not use it.
package transport

import (
	"context"
	"io"
)

// Field is a header or a trailer.
type Field struct {
	Name  string
	Value []byte
}

// Message is the content of a request or a response that comes in.
type Message struct {
	Fields []Field
	// Body is nil for an empty body. Close ends a Read.
	Body io.ReadCloser
	// Length is the number of bytes in Body, or -1 if that is not known.
	Length int64
	// Trailers, if not nil, is called after Body has ended.
	Trailers func() []Field
}

// Request is a request of a guest's. Its parts are valid as text: a method and names of
// fields are tokens, the authority is a host and perhaps a port, and no value has a line
// break.
type Request struct {
	Method    string
	Scheme    string // as in a URL
	Authority string
	// Path begins with a slash and may have a query.
	Path   string
	Fields []Field
	// Body is nil for an empty body. A Read waits for the guest, and fails if the guest
	// gave the body up. The transport closes it.
	Body io.ReadCloser
	// Length is the number of bytes in Body, or -1 if that is not known.
	Length int64
	// Trailers is called after Body has ended.
	Trailers func() []Field
	// Connected is called once there is a connection: the time to connect ends, and the
	// time for the first byte of the response begins.
	Connected func()
}

// Response is what a server answers.
type Response struct {
	Status int
	Message
}

// Transport sends the requests of guests. Several goroutines may use it.
type Transport interface {
	// Send sends a request, and returns the response when its head has arrived. It ends,
	// and so does every Read of the response's body, when ctx does. An error that is an
	// ErrorCode of wasi:http is the guest's result, and others are internal-error,
	// without their text.
	Send(ctx context.Context, r *Request) (*Response, error)
}
