package random

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

var ctx = context.Background()

func TestSource(t *testing.T) {
	a, b := New(), New()
	one, err := a.Bytes(ctx, 64)
	if err != nil || len(one) != 64 {
		t.Fatal(len(one), err)
	}
	two, _ := a.Bytes(ctx, 64)
	if bytes.Equal(one, two) || bytes.Equal(one, make([]byte, 64)) {
		t.Error("the numbers are not random")
	}
	x, err := a.Uint64()
	if y, err2 := a.Uint64(); x == y || err != nil || err2 != nil {
		t.Errorf("%d, %d, %v, %v", x, y, err, err2)
	}
	one, err = a.Insecure(ctx, 64)
	if two, _ := a.Insecure(ctx, 64); bytes.Equal(one, two) || err != nil {
		t.Error("the generator stands still")
	}
	if x, y := a.InsecureUint64(), a.InsecureUint64(); x == y {
		t.Error("the generator stands still")
	}
	al, au := a.Seed()
	if l, u := a.Seed(); l != al || u != au || l == u {
		t.Error("the seed is not one of an instance")
	}
	if l, u := b.Seed(); l == al || u == au {
		t.Error("two instances have one seed")
	}
}

func TestBounds(t *testing.T) {
	s := New()
	s.Max = 10
	for n := range uint64(12) {
		_, err := s.Bytes(ctx, n)
		_, err2 := s.Insecure(ctx, n)
		if (err != nil) != (n > 10) || (err2 != nil) != (n > 10) {
			t.Errorf("%d bytes: %v, %v", n, err, err2)
		}
	}
	if _, err := s.Bytes(ctx, 1<<63); err == nil {
		t.Error("a huge request was met")
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestFailure(t *testing.T) {
	s := New()
	why := errors.New("why")
	s.Secure = broken{why}
	if _, err := s.Bytes(ctx, 1); !errors.Is(err, why) {
		t.Error(err)
	}
	if _, err := s.Uint64(); !errors.Is(err, why) {
		t.Error(err)
	}
	if err := s.Fill(make([]byte, 1)); !errors.Is(err, why) {
		t.Error(err)
	}
}

// counting fills, and ends a context after some fills.
type counting struct {
	fills, most int
	after       int
	end         func()
}

func (c *counting) Read(p []byte) (int, error) {
	c.fills, c.most = c.fills+1, max(c.most, len(p))
	if c.fills == c.after {
		c.end()
	}
	return len(p), nil
}

// A request that is under way ends with its context, after one piece more at most.
func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(ctx)
	s := New()
	c := &counting{after: 3, end: cancel}
	s.Secure = c
	if _, err := s.Bytes(ctx, DefaultMax); !errors.Is(err, context.Canceled) || c.fills != 3 || c.most > piece {
		t.Errorf("%v after %d fills of up to %d bytes", err, c.fills, c.most)
	}
	if _, err := s.Insecure(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("of the generator: %v", err)
	}
}
