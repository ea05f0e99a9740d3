//go:build wasm || tinygo.wasm

// Command hostile is a handler of HTTP requests that breaks the rules of handlers. The path
// of a request names the rule.
package main

import (
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

type handler struct{}

// kept is what requests leave behind for good.
var kept []any

// asked counts the requests that the instance has seen.
var asked int

func (handler) Handle(request httptypes.IncomingRequest, out httptypes.ResponseOutparam) {
	path := request.PathWithQuery().Or("")
	name, arg, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch name {
	case "traps":
		panic("the guest traps")
	case "asked":
		asked++
		answer(out, strconv.Itoa(asked))
	case "unset": // drops the parameter
		out.Close()
	case "silent": // returns with the parameter
		kept = append(kept, request, out)
	case "spins":
		for n := 0; ; n++ {
			kept = append(kept[:0], n)
		}
	case "error":
		httptypes.ResponseOutparamSet(out, types.Err[httptypes.OutgoingResponse, httptypes.ErrorCode](httptypes.ErrorCodeLoopDetected{}))
	case "twice":
		r := httptypes.NewOutgoingResponse(httptypes.NewFields())
		httptypes.ResponseOutparamSet(out, types.OK[httptypes.OutgoingResponse, httptypes.ErrorCode](r))
		httptypes.ResponseOutparamSet(out, types.OK[httptypes.OutgoingResponse, httptypes.ErrorCode](r))
	case "late-trap":
		_, w := begin(out)
		must(w.BlockingWriteAndFlush([]byte("begun")))
		panic("the guest traps")
	case "abandoned": // keeps the body open
		body, w := begin(out)
		must(w.BlockingWriteAndFlush([]byte("begun")))
		kept = append(kept, body, w)
	case "endless":
		_, w := begin(out)
		for piece := make([]byte, 4096); ; {
			if err := w.BlockingWriteAndFlush(piece); err != nil {
				return
			}
		}
	case "too-long", "too-short":
		n := 3
		if name == "too-long" {
			n = 30
		}
		fields := httptypes.NewFields()
		must(fields.Set("content-length", [][]byte{[]byte("10")}))
		body, w := beginWith(out, fields)
		_ = w.BlockingWriteAndFlush(make([]byte, n))
		w.Close()
		_ = httptypes.OutgoingBodyFinish(body, types.None[httptypes.Trailers]())
	case "body-before-stream":
		body, w := begin(out)
		kept = append(kept, w)
		body.Close()
	case "finish-before-stream":
		body, w := begin(out)
		kept = append(kept, w)
		_ = httptypes.OutgoingBodyFinish(body, types.None[httptypes.Trailers]())
	case "request-before-headers":
		kept = append(kept, request.Headers())
		request.Close()
	case "in-body-before-stream":
		in, err := request.Consume()
		must(err)
		s, err := in.Stream()
		must(err)
		kept = append(kept, s)
		in.Close()
	case "floods": // fields without end
		for {
			f := httptypes.NewFields()
			must(f.Set("x", [][]byte{make([]byte, 0), []byte(strings.Repeat("x", 100<<10))}))
			kept = append(kept, f)
		}
	case "large":
		must(httptypes.NewFields().Set("x", [][]byte{[]byte(strings.Repeat("x", 200<<10))}))
	case "slow": // reads what the client does not send
		in, err := request.Consume()
		must(err)
		s, err := in.Stream()
		must(err)
		for err == nil {
			_, err = s.BlockingRead(10)
		}
	case "reads-never":
		answer(out, "unread")
	case "checks":
		answer(out, checks(request))
	case "fetch":
		answer(out, fetch(arg))
	case "upload":
		answer(out, upload(arg))
	case "bodies": // more than there may be
		n := 0
		for ; n < 1000; n++ {
			b, err := httptypes.NewOutgoingRequest(httptypes.NewFields()).Body()
			if err != nil {
				break
			}
			kept = append(kept, b)
		}
		kept[len(kept)-1].(httptypes.OutgoingBody).Close()
		if n > 200 && n <= 256 { // earlier requests may have left some
			answer(out, "ok")
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func begin(out httptypes.ResponseOutparam) (httptypes.OutgoingBody, streams.OutputStream) {
	return beginWith(out, httptypes.NewFields())
}

func beginWith(out httptypes.ResponseOutparam, fields httptypes.Fields) (httptypes.OutgoingBody, streams.OutputStream) {
	r := httptypes.NewOutgoingResponse(fields)
	body, err := r.Body()
	must(err)
	httptypes.ResponseOutparamSet(out, types.OK[httptypes.OutgoingResponse, httptypes.ErrorCode](r))
	w, err := body.Write()
	must(err)
	return body, w
}

func answer(out httptypes.ResponseOutparam, text string) {
	body, w := begin(out)
	must(w.BlockingWriteAndFlush([]byte(text)))
	w.Close()
	must(httptypes.OutgoingBodyFinish(body, types.None[httptypes.Trailers]()))
}

// checks tries what must be refused, and returns "ok" or what was not.
func checks(request httptypes.IncomingRequest) string {
	f := httptypes.NewFields()
	var wrong []string
	is := func(name string, ok bool) {
		if !ok {
			wrong = append(wrong, name)
		}
	}
	for _, name := range []string{"", "a b", "a:", "a\r\nb", "ä", "a\x00"} {
		is("name "+name, f.Append(name, nil) == httptypes.HeaderErrorInvalidSyntax{})
	}
	for _, value := range []string{"a\r\nb: c", "a\nb", "a\rb", "a\x00b", "\x7f"} {
		is("value "+value, f.Append("a", []byte(value)) == httptypes.HeaderErrorInvalidSyntax{})
		is("set "+value, f.Set("a", [][]byte{[]byte(value)}) == httptypes.HeaderErrorInvalidSyntax{})
	}
	for _, name := range []string{"Host", "connection", "Transfer-Encoding", "upgrade", "Keep-Alive"} {
		is("forbidden "+name, f.Append(name, []byte("x")) == httptypes.HeaderErrorForbidden{})
		_, err := httptypes.FieldsFromList([]types.Tuple2[string, []byte]{{F0: name}})
		is("forbidden in a list "+name, err == httptypes.HeaderErrorForbidden{})
	}
	must(f.Append("content-length", []byte("1")))
	is("second length", f.Append("Content-Length", []byte("2")) == httptypes.HeaderErrorInvalidSyntax{})
	is("wrong length", f.Set("content-length", [][]byte{[]byte("+1")}) == httptypes.HeaderErrorInvalidSyntax{})
	h := request.Headers()
	is("immutable", h.Set("a", nil) == httptypes.HeaderErrorImmutable{} && h.Delete("a") == httptypes.HeaderErrorImmutable{} && h.Append("a", nil) == httptypes.HeaderErrorImmutable{})
	is("hop by hop", !h.Has("connection") && !h.Has("host"))
	h.Close()
	r := httptypes.NewOutgoingRequest(f)
	for _, text := range []string{"", "a b", "u@h", "h/", "h:0", "h:99999", "h:+1", "[::1", "h\r\nx: y", "::1", "a:b:1", "[::1%lo]:1", "h#"} {
		is("authority "+text, r.SetAuthority(types.Some(text)) != nil)
	}
	for _, text := range []string{"a", "@evil", "/a b", "/\r\n", "/#", ".evil", ":80/"} {
		is("path "+text, r.SetPathWithQuery(types.Some(text)) != nil)
	}
	for _, text := range []string{"", "a b", "GET /x HTTP/1.1\r\n", "a:"} {
		is("method "+text, r.SetMethod(httptypes.MethodOther{Value: text}) != nil)
		is("scheme "+text, r.SetScheme(types.Some[httptypes.Scheme](httptypes.SchemeOther{Value: text})) != nil)
	}
	_, err := r.Body()
	must(err)
	_, err = r.Body()
	is("second body", err != nil)
	resp := httptypes.NewOutgoingResponse(httptypes.NewFields())
	for _, status := range []uint16{0, 100, 101, 103, 199, 1000} {
		is("status", resp.SetStatusCode(status) != nil)
	}
	in, err := request.Consume()
	must(err)
	_, err = request.Consume()
	is("second consume", err != nil)
	s, err := in.Stream()
	must(err)
	_, err = in.Stream()
	is("second stream", err != nil)
	s.Close()
	t := httptypes.IncomingBodyFinish(in)
	p := t.Subscribe()
	p.Block()
	p.Close()
	got, some := t.Get().Get()
	_, _, ok := got.Get()
	is("first get", some && ok)
	got, some = t.Get().Get()
	_, _, ok = got.Get()
	is("second get", some && !ok)
	if len(wrong) > 0 {
		return strings.Join(wrong, ", ")
	}
	return "ok"
}

// request returns a request to OPTIONS,SCHEME,AUTHORITY,PATH.
func request(arg string, fields httptypes.Fields) (httptypes.OutgoingRequest, types.Option[httptypes.RequestOptions]) {
	parts := strings.SplitN(arg, ",", 4)
	r := httptypes.NewOutgoingRequest(fields)
	must(r.SetScheme(types.Some[httptypes.Scheme](httptypes.SchemeOther{Value: parts[1]})))
	must(r.SetAuthority(types.Some(parts[2])))
	must(r.SetPathWithQuery(types.Some(strings.ReplaceAll(parts[3], "~", "%"))))
	o := httptypes.NewRequestOptions()
	short := types.Some[httptypes.Duration](50_000_000)
	switch parts[0] {
	case "connect":
		must(o.SetConnectTimeout(short))
	case "first":
		must(o.SetFirstByteTimeout(short))
	case "between":
		must(o.SetBetweenBytesTimeout(short))
	case "none":
		o.Close()
		return r, types.None[httptypes.RequestOptions]()
	}
	return r, types.Some(o)
}

func wait(future httptypes.FutureIncomingResponse) (httptypes.IncomingResponse, error) {
	p := future.Subscribe()
	p.Block()
	p.Close()
	got, _ := future.Get().Get()
	result, _, _ := got.Get()
	resp, code, ok := result.Get()
	if again, _ := future.Get().Get(); true {
		if _, _, ok := again.Get(); ok {
			panic("a second get")
		}
	}
	future.Close()
	if !ok {
		return nil, code
	}
	return resp, nil
}

// fetch returns what a GET request gets, or its error.
func fetch(arg string) string {
	r, o := request(arg, httptypes.NewFields())
	future, err := outgoinghandler.Handle(r, o)
	if err != nil {
		return err.Error()
	}
	resp, err := wait(future)
	if err != nil {
		return err.Error()
	}
	return read(resp)
}

func read(resp httptypes.IncomingResponse) string {
	body, err := resp.Consume()
	must(err)
	s, err := body.Stream()
	must(err)
	var text []byte
	for {
		p, err := s.BlockingRead(1000)
		if err == nil {
			text = append(text, p...)
			continue
		}
		var failed streams.StreamErrorLastOperationFailed
		if errors.As(err, &failed) {
			if code, ok := httptypes.HTTPErrorCode(failed.Value).Get(); ok {
				return string(text) + ": " + code.Error()
			}
			return string(text) + ": " + failed.Value.ToDebugString()
		}
		return string(text)
	}
}

// upload writes a body before it sends the request, until nothing more is taken, and the
// rest afterwards, and trailers.
func upload(arg string) string {
	r, o := request(arg, httptypes.NewFields())
	must(r.SetMethod(httptypes.MethodPost{}))
	body, err := r.Body()
	must(err)
	w, err := body.Write()
	must(err)
	written := 0
	for {
		n, err := w.CheckWrite()
		must(err)
		if n == 0 {
			break
		}
		n = min(n, 10000)
		must(w.Write(make([]byte, n)))
		written += int(n)
	}
	if written != 64<<10 {
		return "written before handle: another number than 65536"
	}
	future, err := outgoinghandler.Handle(r, o)
	if err != nil {
		return err.Error()
	}
	for written < 1<<20 {
		must(w.BlockingWriteAndFlush(make([]byte, 4096)))
		written += 4096
	}
	w.Close()
	t := httptypes.NewFields()
	must(t.Set("x-sum", [][]byte{[]byte("7")}))
	must(httptypes.OutgoingBodyFinish(body, types.Some(t)))
	resp, err := wait(future)
	must(err)
	return read(resp)
}
