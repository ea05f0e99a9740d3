package streams

import (
	"errors"
	"syscall"
	"testing"
)

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A pipe that nobody reads closes the stream, and other errors fail it.
func TestPiped(t *testing.T) {
	other := errors.New("other")
	for _, c := range []struct{ err, want error }{{syscall.EPIPE, ErrClosed}, {other, other}} {
		out := NewWriter(failing{c.err}).Piped()
		if err := WriteAndFlush(t.Context(), out, []byte("x")); !errors.Is(err, c.want) || errors.Is(err, ErrClosed) != (c.want == ErrClosed) {
			t.Errorf("%v: got %v, want %v", c.err, err, c.want)
		}
		if _, err := out.Check(); err != ErrClosed {
			t.Errorf("afterwards: %v", err)
		}
	}
}
