package http

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
)

// Random changes leave fields as a plain list has them: names without regard to case, in
// the order in which they were added, and charged for what they hold.
func TestFieldsProperties(t *testing.T) {
	ctx := context.Background()
	names := []string{"a", "A", "x-b", "X-B", "X-b", "content-type", "cookie", "Cookie"}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := New(nil, Limits{})
		made, err := s.NewFields(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var want []Field
		for range 60 {
			name := names[r.IntN(len(names))]
			value := []byte(strings.Repeat("v", r.IntN(4)))
			others := func(f Field) bool { return strings.EqualFold(f.Name, name) }
			switch r.IntN(4) {
			case 0, 1:
				err = made.Append(ctx, name, value)
				want = append(want, Field{name, value})
			case 2:
				err = made.Set(ctx, name, [][]byte{value, value})
				want = append(slices.DeleteFunc(want, others), Field{name, value}, Field{name, value})
			case 3:
				err = made.Delete(ctx, name)
				want = slices.DeleteFunc(want, others)
			}
			if err != nil {
				t.Fatal(err)
			}
			same(t, made, want)
			upper := strings.ToUpper(name)
			has, _ := made.Has(ctx, upper)
			values, _ := made.Get(ctx, upper)
			if has != slices.ContainsFunc(want, others) || has != (len(values) > 0) {
				t.Fatalf("has %q: %v, with values %q", upper, has, values)
			}
			if got := s.fields.Load(); got != sizeOf(want) {
				t.Fatalf("charged %d bytes for %d", got, sizeOf(want))
			}
		}
		copied, err := made.Clone(ctx)
		if err != nil {
			t.Fatal(err)
		}
		entries, _ := made.Entries(ctx)
		listed, err := s.FieldsFromList(ctx, entries)
		if err != nil {
			t.Fatal(err)
		}
		if err := made.Append(ctx, "later", nil); err != nil {
			t.Fatal(err)
		}
		same(t, copied, want)
		same(t, listed, want)
		request, err := s.NewOutgoingRequest(ctx, made)
		if err != nil {
			t.Fatal(err)
		}
		view, err := request.Headers(ctx)
		if err != nil {
			t.Fatal(err)
		}
		same(t, view, append(want, Field{"later", nil}))
		if err := view.Append(ctx, "a", nil); err != (httptypes.HeaderErrorImmutable{}) {
			t.Fatalf("a change of a request's headers: %v", err)
		}
		drop(t, view, copied, listed, request)
		if n := s.fields.Load(); n != 0 {
			t.Fatalf("%d bytes are charged after all was dropped", n)
		}
	}
}

func drop(t *testing.T, resources ...interface{ Close(context.Context) error }) {
	t.Helper()
	for _, r := range resources {
		if err := r.(interface{ Drop(context.Context) error }).Drop(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func same(t *testing.T, f httptypes.Fields, want []Field) {
	t.Helper()
	entries, err := f.Entries(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(entries, want, func(e types.Tuple2[string, []byte], f Field) bool {
		return e.F0 == f.Name && bytes.Equal(e.F1, f.Value)
	}) {
		t.Fatalf("got %q, want %q", entries, want)
	}
}

// No byte that ends a name or a value early is taken, wherever it stands.
func TestSyntax(t *testing.T) {
	ctx := context.Background()
	f, err := New(nil, Limits{}).NewFields(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for c := range 256 {
		text := "a" + string([]byte{byte(c)}) + "b"
		token := c > ' ' && c < 0x7f && !strings.ContainsRune("\"(),/:;<=>?@[\\]{}", rune(c))
		if err := f.Append(ctx, text, nil); (err == nil) != token {
			t.Errorf("the name %q: %v", text, err)
		}
		value := c >= ' ' && c != 0x7f || c == '\t'
		if err := f.Append(ctx, "x", []byte(text)); (err == nil) != value {
			t.Errorf("the value %q: %v", text, err)
		}
	}
}

// What an instance holds of fields is bounded, for one message and in all.
func TestFieldLimits(t *testing.T) {
	ctx := context.Background()
	s := New(nil, Limits{Fields: 1000})
	f, _ := s.NewFields(ctx)
	for n := 0; ; n++ {
		err := f.Append(ctx, "name", make([]byte, 0))
		if err == nil {
			continue
		}
		if !errors.Is(err, errLargeFields) || n != 1000/(fieldCost+4) {
			t.Errorf("after %d fields: %v", n, err)
		}
		break
	}
	copies := 0
	for ; ; copies++ {
		if _, err := f.Clone(ctx); err != nil {
			break
		}
	}
	if copies < allFields-1 || copies > allFields+2 {
		t.Errorf("%d copies of fields", copies)
	}
}

func TestSplitAuthority(t *testing.T) {
	for text, want := range map[string]struct {
		host string
		port uint16
		ok   bool
	}{
		"Example.com": {"example.com", 0, true}, "h:80": {"h", 80, true}, "[::1]:8": {"::1", 8, true}, "[::1]": {"::1", 0, true},
		"127.0.0.1:65535": {"127.0.0.1", 65535, true}, "h:": {}, "h:0": {}, "h:65536": {}, ":80": {}, "u@h": {}, "h:80:80": {}, "[h]": {}, "[127.0.0.1]": {}, "::1": {},
	} {
		host, port, ok := SplitAuthority(text)
		if ok != want.ok || ok && (host != want.host || port != want.port) {
			t.Errorf("%q: %q %d %v", text, host, port, ok)
		}
	}
}
