package guard

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestApart(t *testing.T) {
	for name, c := range map[string]struct {
		f     func() error
		is    error
		text  string
		panic bool
	}{
		"ok":              {func() error { return nil }, nil, "", false},
		"error":           {func() error { return io.EOF }, io.EOF, "EOF", false},
		"panic":           {func() error { panic("oh") }, nil, "panicked: oh", true},
		"panic, an error": {func() error { panic(io.ErrClosedPipe) }, io.ErrClosedPipe, "closed pipe", true},
		"goexit":          {func() error { runtime.Goexit(); return nil }, nil, "runtime.Goexit", true},
	} {
		err := Apart(c.f)
		if (err == nil) != (c.text == "") || err != nil && !strings.Contains(err.Error(), c.text) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got %v", name, err)
		}
		if (Of(err) != nil) != c.panic {
			t.Errorf("%s: %v is a Panic: %v", name, err, !c.panic)
		}
	}
}
