package http

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// incoming is the content of a message that comes in.
type incoming struct {
	Message
	response bool
	// betweenBytes is how long a read may take, or -1; abort ends one that takes longer.
	betweenBytes time.Duration
	abort        func(cause error)
	cause        func() error // of the end of what the body belongs to
	done         func()       // called once, when nobody needs the body any more

	consumed bool
	left     int64 // of Length

	mu   sync.Mutex
	last error // io.EOF, or a *bodyError
}

// Read reads the body. It waits, and is called by one goroutine at a time.
func (in *incoming) Read(p []byte) (int, error) {
	if in.Body == nil {
		in.ended(io.EOF)
		return 0, io.EOF
	}
	if in.betweenBytes >= 0 {
		timer := time.AfterFunc(in.betweenBytes, func() { in.abort(httptypes.ErrorCodeConnectionReadTimeout{}) })
		defer timer.Stop()
	}
	n, err := in.Body.Read(p)
	if in.Length >= 0 {
		if in.left -= int64(n); in.left < 0 || errors.Is(err, io.EOF) && in.left > 0 {
			n, err = 0, in.wrongLength()
		}
	}
	if err != nil {
		err = in.ended(err)
	}
	return n, err
}

// wrongLength is the error of a body with more or fewer bytes than stated.
func (in *incoming) wrongLength() error {
	if in.response {
		return httptypes.ErrorCodeHTTPResponseIncomplete{}
	}
	return httptypes.ErrorCodeHTTPProtocolError{}
}

// ended keeps the error with which the body ended, as a guest has it.
func (in *incoming) ended(err error) error {
	if err != io.EOF {
		if cause := in.cause(); cause != nil {
			err = cause
		}
		code := codeOf(err)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			code = codeOf(in.wrongLength())
		}
		err = &bodyError{code}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.last == nil {
		in.last = err
	}
	return err
}

// end returns io.EOF or the *bodyError with which the body ended, or nil if it goes on.
func (in *incoming) end() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.last
}

// Close ends a Read, and gives the rest of the body up.
func (in *incoming) Close() error {
	in.done()
	if in.Body == nil {
		return nil
	}
	_ = in.Body.Close() // what it has to say is nobody's
	return nil
}

// consume returns the body, the first time.
func (in *incoming) consume(s *System) (httptypes.IncomingBody, error) {
	if in.consumed {
		return nil, errUnit
	}
	release, ok := s.slot(streams.ReaderBytes)
	if !ok {
		return nil, errUnit
	}
	in.consumed, in.left = true, in.Length
	b := &IncomingBody{in: in, reader: streams.NewReader(in), release: release}
	b.Init("incoming-body", nil, func(context.Context) error {
		if b.finished {
			return nil
		}
		release()
		return b.reader.Close()
	})
	return b, nil
}

// drop gives up a message whose body nobody has.
func (in *incoming) drop(context.Context) error {
	if in.consumed {
		return nil
	}
	return in.Close()
}

// IncomingBody is the resource incoming-body.
type IncomingBody struct {
	preview2.Resource
	in       *incoming
	reader   *streams.Reader
	release  func()
	streamed bool
	finished bool
}

// Stream returns the stream, the first time. It depends on the body.
func (b *IncomingBody) Stream(context.Context) (httptypes.InputStream, error) {
	if b.streamed {
		return nil, errUnit
	}
	b.streamed = true
	return preview2.NewInput(&b.Resource, b.reader, true), nil
}

// IncomingBodyFinish returns the trailers to come, of a body whose stream the guest has
// dropped. What it has not read of the body is skipped.
func (s *System) IncomingBodyFinish(ctx context.Context, this httptypes.IncomingBody) (httptypes.FutureTrailers, error) {
	b, err := own[*IncomingBody](this)
	if err != nil {
		return nil, err
	}
	b.finished = true
	if err := b.Drop(ctx); err != nil {
		b.finished = false
		return nil, err
	}
	t := &FutureTrailers{sys: s, in: b.in}
	drain, stop := context.WithCancel(ctx)
	t.Init("future-trailers", nil, func(context.Context) error {
		stop()
		b.release()
		return b.reader.Close()
	})
	if b.in.end() != nil {
		t.event.Set()
		return t, nil
	}
	go func() {
		defer t.event.Set()
		for p := make([]byte, 4096); ; {
			if _, err := streams.ReadBlocking(drain, b.reader, p); err != nil {
				if b.in.end() == nil {
					_ = b.in.ended(httptypes.ErrorCodeConnectionTerminated{})
				}
				return
			}
		}
	}()
	return t, nil
}

// FutureTrailers is the resource future-trailers.
type FutureTrailers struct {
	preview2.Resource
	sys   *System
	in    *incoming
	event poll.Event
	got   bool
}

// Subscribe returns a pollable that is ready when the body has ended.
func (t *FutureTrailers) Subscribe(context.Context) (httptypes.Pollable, error) {
	return preview2.NewPollable(&t.Resource, &t.event), nil
}

type trailersResult = types.Result[types.Result[types.Option[httptypes.Trailers], httptypes.ErrorCode], types.Unit]

// Get returns the trailers once, when the body has ended.
func (t *FutureTrailers) Get(context.Context) (types.Option[trailersResult], error) {
	if !t.event.Ready() {
		return types.None[trailersResult](), nil
	}
	if t.got {
		return types.Some(types.Err[types.Result[types.Option[httptypes.Trailers], httptypes.ErrorCode]](types.Unit{})), nil
	}
	t.got = true
	trailers, err := t.trailers()
	result := types.OK[types.Option[httptypes.Trailers], httptypes.ErrorCode](trailers)
	if err != nil {
		result = types.Err[types.Option[httptypes.Trailers]](codeOf(err))
	}
	return types.Some(types.OK[types.Result[types.Option[httptypes.Trailers], httptypes.ErrorCode], types.Unit](result)), nil
}

func (t *FutureTrailers) trailers() (none types.Option[httptypes.Trailers], err error) {
	if err := t.in.end(); err != io.EOF {
		return none, err
	}
	if t.in.Trailers == nil {
		return none, nil
	}
	list := visible(t.in.Trailers())
	if len(list) == 0 {
		return none, nil
	}
	if size := sizeOf(list); size > int64(t.sys.limits.Fields) {
		large := types.Some(uint32(min(size, 1<<32-1)))
		if t.in.response {
			return none, httptypes.ErrorCodeHTTPResponseTrailerSectionSize{Value: large}
		}
		return none, httptypes.ErrorCodeHTTPRequestTrailerSectionSize{Value: large}
	}
	made, err := t.sys.newFields(list)
	if err != nil {
		return none, err
	}
	return types.Some[httptypes.Trailers](made), nil
}
