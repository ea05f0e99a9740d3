package http

import (
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// A body that became longer than its content-length ends with the length that the guest
// tried to write.
func TestTooLong(t *testing.T) {
	c := &Content{Pipe: streams.NewPipe(100), Length: 3}
	if _, err := c.Check(); err != nil {
		t.Fatal(err)
	}
	var broken *bodyError
	if err := c.Write([]byte("12345")); !errors.As(err, &broken) {
		t.Errorf("write: %v", err)
	}
	if err := c.finish(nil); err != (httptypes.ErrorCodeHTTPRequestBodySize{Value: types.Some[uint64](5)}) {
		t.Errorf("finish: %v", err)
	}
}
