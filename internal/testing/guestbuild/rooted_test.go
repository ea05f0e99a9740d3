package guestbuild

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/dynamic"
)

func TestMain(m *testing.M) {
	StandIn()
	m.Run()
}

// TestCollectionInReallocs: a collection that a realloc of a guest for wasip2 brings about
// loses nothing that the host has placed before. With the realloc of TinyGo's runtime it
// does: the test itself shows it.
func TestCollectionInReallocs(t *testing.T) {
	core := BuildRooted(t, filepath.Join("..", "..", "..", "canonicalabi", "guest", "testdata", "memory"))
	const wit = `package test:memory;

world memory {
  import host: interface {
    exchange: func(words: list<string>) -> list<string>;
  }
  export join: func(words: list<string>) -> string;
  export exchange: func(n: u32) -> u32;
}
`
	// 800 kB, for which the guest's memory grows several times.
	words := make([]any, 200)
	var want []string
	for n := range words {
		word := strings.Repeat(fmt.Sprintf("%04d", n), 1000)
		words[n] = word
		want = append(want, word)
	}
	lost := func(wasm []byte) string {
		t.Helper()
		ctx := t.Context()
		guest, err := dynamic.Read(wasm)
		if err != nil {
			t.Fatal(err)
		}
		plugin, err := guest.Compile(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(ctx)
		inst, err := plugin.Instantiate(ctx, dynamic.Imports{"host#exchange": func(_ context.Context, args []any) (any, error) {
			var upper []any
			for _, word := range args[0].([]any) {
				upper = append(upper, strings.ToUpper(word.(string)))
			}
			return upper, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer inst.Close(ctx)
		got, err := inst.Call(ctx, "join", words)
		if err != nil {
			return err.Error()
		}
		if diff := cmp.Diff(want, strings.Split(got.(string), ",")); diff != "" {
			return fmt.Sprintf("%.200s", diff)
		}
		if n, err := inst.Call(ctx, "exchange", uint32(30)); err != nil || n != uint32(30) {
			return fmt.Sprint(n, err)
		}
		return ""
	}
	if what := lost(RootedComponent(t, core, wit)); what != "" {
		t.Error(what)
	}
	bare := bytes.ReplaceAll(core, []byte("witgen_realloc"), []byte("witgen_unknown"))
	if lost(RootedComponent(t, bare, wit)) == "" {
		t.Error("nothing was lost without roots: the test proves nothing")
	}
}
