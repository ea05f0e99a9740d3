// Command handler is a guest of wasi:http/proxy, for the tests of witgen serve.
package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/types"
	outgoinghandler "github.com/witgen/witgen/wasi/http/v0.2/outgoing-handler"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/io/v0.2/streams"
)

type handler struct{}

func init() { proxy.Export(handler{}) }

func main() {}

// served counts the requests of the instance.
var served int

// Handle answers a request by its path: /count with how many the instance has had, /echo
// with its body, /fetch/AUTHORITY with the status of that server, /trap and /spin not.
func (handler) Handle(request httptypes.IncomingRequest, out httptypes.ResponseOutparam) {
	served++
	path, _ := request.PathWithQuery().Get()
	switch {
	case path == "/count":
		write, end := respond(out, 200)
		write(fmt.Appendf(nil, "%d", served))
		end()
	case path == "/echo":
		echo(request, out)
	case strings.HasPrefix(path, "/fetch/"):
		write, end := respond(out, 200)
		write([]byte(fetch(strings.TrimPrefix(path, "/fetch/"))))
		end()
	case path == "/trap":
		panic("asked to")
	case path == "/spin":
		for {
		}
	default:
		_, end := respond(out, 404)
		end()
	}
}

// respond begins a response.
func respond(out httptypes.ResponseOutparam, status uint16) (write func([]byte), end func()) {
	response := httptypes.NewOutgoingResponse(httptypes.NewFields())
	must(response.SetStatusCode(status))
	body, err := response.Body()
	must(err)
	httptypes.ResponseOutparamSet(out, types.OK[httptypes.OutgoingResponse, httptypes.ErrorCode](response))
	stream, err := body.Write()
	must(err)
	write = func(p []byte) { must(stream.BlockingWriteAndFlush(p)) }
	end = func() {
		stream.Close()
		must(httptypes.OutgoingBodyFinish(body, types.None[httptypes.Trailers]()))
	}
	return write, end
}

func echo(request httptypes.IncomingRequest, out httptypes.ResponseOutparam) {
	body, err := request.Consume()
	must(err)
	in, err := body.Stream()
	must(err)
	write, end := respond(out, 200)
	for {
		p, err := in.BlockingRead(4096)
		var closed streams.StreamErrorClosed
		if errors.As(err, &closed) {
			break
		}
		must(err)
		write(p)
	}
	in.Close()
	end()
}

// fetch returns the status that a server answers with, or the error.
func fetch(authority string) string {
	request := httptypes.NewOutgoingRequest(httptypes.NewFields())
	must(request.SetScheme(types.Some[httptypes.Scheme](httptypes.SchemeHTTP{})))
	must(request.SetAuthority(types.Some(authority)))
	must(request.SetPathWithQuery(types.Some("/nowhere")))
	future, err := outgoinghandler.Handle(request, types.None[httptypes.RequestOptions]())
	if err != nil {
		return err.Error()
	}
	ready := future.Subscribe()
	ready.Block()
	ready.Close()
	got, _ := future.Get().Get()
	result, _, _ := got.Get()
	response, failed, ok := result.Get()
	if !ok {
		return failed.Error()
	}
	return fmt.Sprint(response.Status())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
