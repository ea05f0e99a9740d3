package wasihttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/witgen/witgen/wasi/internal/guard"
	p2http "github.com/witgen/witgen/wasi/internal/preview2/http"
)

// outgoing is what a client gets. Most guests end soon after they have answered, so the
// goroutine that runs the guest writes the response afterwards: to hand it to another one
// takes longer than such a guest. A response whose guest goes on leaves on a goroutine of
// its own.
type outgoing struct {
	w       http.ResponseWriter
	control *http.ResponseController
	cancel  context.CancelFunc // of the guest
	late    *time.Timer        // starts the goroutine

	reply   p2http.Reply
	replied sync.WaitGroup // until reply is set
	err     error          // of the goroutine
	written sync.WaitGroup // until err is set
}

// briefly is how long a response waits for its guest to end.
const briefly = 200 * time.Microsecond

func newOutgoing(w http.ResponseWriter, control *http.ResponseController, cancel context.CancelFunc) *outgoing {
	o := &outgoing{w: w, control: control, cancel: cancel}
	o.replied.Add(1)
	o.written.Add(1)
	o.late = time.AfterFunc(briefly, o.stream)
	return o
}

// set sets the reply.
func (o *outgoing) set(reply p2http.Reply) {
	o.reply = reply
	o.replied.Done()
}

// stream writes the response while the guest goes on.
func (o *outgoing) stream() {
	guard.Run(func() error {
		o.replied.Wait()
		if o.reply.Status == 0 {
			return nil
		}
		err := o.write()
		if err != nil {
			o.cancel() // nobody takes the response
		}
		return err
	}, func(err error) {
		o.err = err
		o.written.Done()
	})
}

// finish writes what is left of the response after the guest has ended. A guest that has
// not ended the body has broken it.
func (o *outgoing) finish() error {
	o.reply.GiveUp()
	if !o.late.Stop() {
		o.written.Wait()
		var p *guard.Panic
		if errors.As(o.err, &p) && p.Value != nil {
			panic(p.Value) // of the writer, for its owner
		}
		return o.err
	}
	if o.reply.Status == 0 {
		return nil
	}
	return o.write()
}

// writeError is the error of a client that takes no more.
type writeError struct{ error }

// pieces has buffers for write.
var pieces = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// write writes the response, as its body comes.
func (o *outgoing) write() error {
	w, reply := o.w, o.reply
	header := w.Header()
	for _, f := range reply.Fields {
		header.Add(f.Name, string(f.Value))
	}
	if _, ok := header["Content-Type"]; !ok {
		header["Content-Type"] = nil // net/http does not guess it
	}
	w.WriteHeader(reply.Status)
	if reply.Body == nil {
		return nil
	}
	source := reply.Body.Source()
	defer source.Close()
	out := io.Writer(w)
	if reply.Status == http.StatusNoContent || reply.Status == http.StatusNotModified {
		out = io.Discard
	}
	piece := pieces.Get().(*[32 << 10]byte)
	defer pieces.Put(piece)
	for p := piece[:]; ; {
		if reply.Body.Idle() {
			_ = o.control.Flush() // a writer without it sends when it likes
		}
		n, err := source.Read(p)
		if n > 0 {
			if _, err := out.Write(p[:n]); err != nil {
				return &writeError{err}
			}
		}
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	trailers := reply.Body.Trailers()
	if len(trailers) > 0 {
		_ = o.control.Flush() // trailers follow chunks only
	}
	for _, f := range trailers {
		header.Add(http.TrailerPrefix+f.Name, string(f.Value))
	}
	return nil
}
