//go:build wasm || tinygo.wasm

// Command guest is a handler of HTTP requests: it answers, echoes, streams and fetches,
// and has a page for browsers that asks for these.
package main

import (
	_ "embed"
	"errors"
	"strconv"
	"strings"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/http/v0.2/outgoing-handler"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/io/v0.2/streams"
)

func init() { proxy.Export(handler{}) }

func main() {}

// handler implements wasi:http/incoming-handler.
type handler struct{}

func (handler) Handle(request httptypes.IncomingRequest, out httptypes.ResponseOutparam) {
	defer request.Close()
	path := request.PathWithQuery().Or("/")
	switch {
	case path == "/":
		answer(out, 200, "hello from WebAssembly\n")
	case path == "/page":
		respond(out, 200, "text/html; charset=utf-8", page)
	case path == "/echo":
		echo(request, out)
	case strings.HasPrefix(path, "/stream/"):
		lines, err := strconv.Atoi(strings.TrimPrefix(path, "/stream/"))
		if err != nil {
			answer(out, 400, "write /stream/NUMBER\n")
			return
		}
		stream(out, lines)
	case strings.HasPrefix(path, "/fetch/"):
		fetch(out, strings.TrimPrefix(path, "/fetch/"))
	default:
		answer(out, 404, "nothing is here\n")
	}
}

// begin sets a response, and returns its body to be written.
func begin(out httptypes.ResponseOutparam, status uint16, contentType string) httptypes.OutgoingBody {
	headers := httptypes.NewFields()
	if contentType != "" {
		if err := headers.Set("content-type", [][]byte{[]byte(contentType)}); err != nil {
			panic(err)
		}
	}
	response := httptypes.NewOutgoingResponse(headers)
	if err := response.SetStatusCode(status); err != nil {
		panic(err)
	}
	body, err := response.Body()
	if err != nil {
		panic(err)
	}
	httptypes.ResponseOutparamSet(out, types.OK[httptypes.OutgoingResponse, httptypes.ErrorCode](response))
	return body
}

// finish ends a body. It fails if the client has gone, which ends the guest anyway.
func finish(body httptypes.OutgoingBody, trailers types.Option[httptypes.Trailers]) {
	_ = httptypes.OutgoingBodyFinish(body, trailers)
}

// write writes all of text, in pieces that the stream takes.
func write(w streams.OutputStream, text []byte) error {
	for len(text) > 0 {
		n := min(len(text), 4096)
		if err := w.BlockingWriteAndFlush(text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

//go:embed page.html
var page string

func answer(out httptypes.ResponseOutparam, status uint16, text string) {
	respond(out, status, "text/plain; charset=utf-8", text)
}

func respond(out httptypes.ResponseOutparam, status uint16, contentType, text string) {
	body := begin(out, status, contentType)
	if w, err := body.Write(); err == nil {
		_ = write(w, []byte(text)) // the client may have gone
		w.Close()
	}
	finish(body, types.None[httptypes.Trailers]())
}

// transfer sends an incoming body on, and returns its trailers.
func transfer(to httptypes.OutgoingBody, from httptypes.IncomingBody) types.Option[httptypes.Trailers] {
	w, err := to.Write()
	if err != nil {
		panic(err)
	}
	r, err := from.Stream()
	if err != nil {
		panic(err)
	}
	for err == nil {
		_, err = w.BlockingSplice(r, 64<<10)
	}
	r.Close()
	w.Close()
	future := httptypes.IncomingBodyFinish(from)
	defer future.Close()
	if !errors.As(err, &streams.StreamErrorClosed{}) {
		return types.None[httptypes.Trailers]()
	}
	ready := future.Subscribe()
	ready.Block()
	ready.Close()
	got, _ := future.Get().Get()
	result, _, _ := got.Get()
	trailers, _, _ := result.Get()
	return trailers
}

// echo answers with the body and the trailers of the request.
func echo(request httptypes.IncomingRequest, out httptypes.ResponseOutparam) {
	headers := request.Headers()
	contentType := ""
	if values := headers.Get("content-type"); len(values) > 0 {
		contentType = string(values[0])
	}
	headers.Close()
	in, err := request.Consume()
	if err != nil {
		panic(err)
	}
	body := begin(out, 200, contentType)
	finish(body, transfer(body, in))
}

// stream answers with lines, each of which leaves as soon as it is written.
func stream(out httptypes.ResponseOutparam, lines int) {
	body := begin(out, 200, "text/plain; charset=utf-8")
	w, err := body.Write()
	if err != nil {
		panic(err)
	}
	for n := 1; n <= lines && err == nil; n++ {
		err = write(w, []byte("line "+strconv.Itoa(n)+"\n"))
	}
	w.Close()
	finish(body, types.None[httptypes.Trailers]())
}

// fetch answers with what http://TARGET has.
func fetch(out httptypes.ResponseOutparam, target string) {
	authority, path, _ := strings.Cut(target, "/")
	response, err := get(authority, "/"+path)
	if err != nil {
		answer(out, 502, err.Error()+"\n")
		return
	}
	headers := response.Headers()
	contentType := ""
	if values := headers.Get("content-type"); len(values) > 0 {
		contentType = string(values[0])
	}
	headers.Close()
	in, err := response.Consume()
	if err != nil {
		panic(err)
	}
	defer response.Close()
	body := begin(out, response.Status(), contentType)
	finish(body, transfer(body, in))
}

func get(authority, path string) (httptypes.IncomingResponse, error) {
	request := httptypes.NewOutgoingRequest(httptypes.NewFields())
	err := errors.Join(request.SetScheme(types.Some[httptypes.Scheme](httptypes.SchemeHTTP{})),
		request.SetAuthority(types.Some(authority)), request.SetPathWithQuery(types.Some(path)))
	if err != nil {
		request.Close()
		return nil, errors.New("the target is not HOST:PORT/PATH")
	}
	future, err := outgoinghandler.Handle(request, types.None[httptypes.RequestOptions]())
	if err != nil {
		return nil, err
	}
	defer future.Close()
	ready := future.Subscribe()
	ready.Block()
	ready.Close()
	got, _ := future.Get().Get()
	result, _, _ := got.Get()
	response, code, ok := result.Get()
	if !ok {
		return nil, code
	}
	return response, nil
}
