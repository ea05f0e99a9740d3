package http

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// Content is an outgoing body as its reader has it.
type Content struct {
	*streams.Pipe
	// Length is how many bytes the content-length states, or -1.
	Length   int64
	written  int64 // by the guest
	response bool

	mu       sync.Mutex
	trailers []Field
}

// Write takes what Check has permitted. More than the content-length ends the body with
// an error.
func (c *Content) Write(p []byte) error {
	if c.Length >= 0 && c.written+int64(len(p)) > c.Length {
		c.written += int64(len(p)) // which finish tells, too
		err := c.sizeError(c.written)
		c.End(err)
		return err
	}
	if err := c.Pipe.Write(p); err != nil {
		return err
	}
	c.written += int64(len(p))
	return nil
}

func (c *Content) sizeError(n int64) *bodyError {
	size := types.Some(uint64(n))
	if c.response {
		return &bodyError{httptypes.ErrorCodeHTTPResponseBodySize{Value: size}}
	}
	return &bodyError{httptypes.ErrorCodeHTTPRequestBodySize{Value: size}}
}

// incomplete is the error of a body that its guest gave up.
func (c *Content) incomplete() error {
	if c.response {
		return &bodyError{httptypes.ErrorCodeHTTPResponseIncomplete{}}
	}
	return &bodyError{httptypes.ErrorCodeHTTPProtocolError{}}
}

// GiveUp ends a body that has no end yet with an error.
func (c *Content) GiveUp() { c.End(c.incomplete()) }

// Trailers returns the trailers, once the body has ended.
func (c *Content) Trailers() []Field {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trailers
}

// finish ends a body with trailers, or with an error if its length is not what the
// content-length states.
func (c *Content) finish(trailers []Field) error {
	if c.Length >= 0 && c.written != c.Length {
		err := c.sizeError(c.written)
		c.End(err)
		return err.code
	}
	c.mu.Lock()
	c.trailers = trailers
	c.mu.Unlock()
	c.End(nil)
	return nil
}

// outgoing is the content of a request or response that goes out.
type outgoing struct {
	fields  []Field
	size    int64
	content *Content // or nil
}

// body makes the body, the first time.
func (o *outgoing) body(s *System, response bool) (httptypes.OutgoingBody, error) {
	if o.content != nil {
		return nil, errUnit
	}
	release, ok := s.slot(s.limits.Buffer)
	if !ok {
		return nil, errUnit
	}
	length, err := contentLength(o.fields)
	if err != nil {
		length = -1 // it was refused when the fields were made
	}
	o.content = &Content{Pipe: streams.NewPipe(s.limits.Buffer), Length: length, response: response}
	b := &OutgoingBody{sys: s, content: o.content}
	b.Init("outgoing-body", nil, func(context.Context) error {
		defer release()
		if !b.finished {
			b.content.GiveUp()
		}
		return nil
	})
	return b, nil
}

// OutgoingBody is the resource outgoing-body. A body that is dropped unfinished reaches
// its reader as broken.
type OutgoingBody struct {
	preview2.Resource
	sys      *System
	content  *Content
	wrote    bool
	finished bool
}

// Write returns the stream, the first time. It depends on the body.
func (b *OutgoingBody) Write(context.Context) (httptypes.OutputStream, error) {
	if b.wrote {
		return nil, errUnit
	}
	b.wrote = true
	return preview2.NewOutput(&b.Resource, b.content, false), nil
}

// OutgoingBodyFinish ends a body. The guest must have dropped its stream.
func (s *System) OutgoingBodyFinish(ctx context.Context, this httptypes.OutgoingBody, trailers types.Option[httptypes.Trailers]) error {
	b, err := own[*OutgoingBody](this)
	if err != nil {
		return err
	}
	var list []Field
	if t, ok := trailers.Get(); ok {
		var size int64
		if list, size, err = s.take(ctx, t); err != nil {
			return err
		}
		defer s.release(size)
	}
	b.finished = true
	if err := b.Drop(ctx); err != nil {
		b.finished = false
		return err
	}
	if slices.ContainsFunc(list, frames) {
		b.content.GiveUp()
		return httptypes.ErrorCodeHTTPProtocolError{}
	}
	return b.content.finish(list)
}

// frames reports whether a field says where a message ends, which a trailer must not
// (RFC 9110, section 6.5.1): a reader that believes it takes what follows for another
// message.
func frames(f Field) bool { return is("content-length")(f) || is("trailer")(f) || is("te")(f) }

// source returns the reader's side of a body, or nil.
func (o *outgoing) source() io.ReadCloser {
	if o.content == nil {
		return nil
	}
	return o.content.Source()
}
