package bind_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// recorder is a guest that notes what its realloc is asked for: three words for
// each call, the old size, the alignment and the new size. Its add gives word n.
func recorder() *hosttest.Guest {
	const count, log = 128, 256
	g := hosttest.NewGuest()
	at := func(word uint32) wasmtest.Code { // of the next call
		return wasmtest.Seq(wasmtest.I32(count), wasmtest.Load32(0), wasmtest.I32(12), wasmtest.I32Mul, wasmtest.I32(log+4*word), wasmtest.I32Add)
	}
	g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32",
		at(0), wasmtest.Get(1), wasmtest.Store32(0), at(1), wasmtest.Get(2), wasmtest.Store32(0), at(2), wasmtest.Get(3), wasmtest.Store32(0),
		wasmtest.I32(count), wasmtest.I32(count), wasmtest.Load32(0), wasmtest.I32(1), wasmtest.I32Add, wasmtest.Store32(0),
		wasmtest.GlobalGet(g.Heap), wasmtest.Tee(4), wasmtest.Get(3), wasmtest.I32Add, wasmtest.I32(7), wasmtest.I32Add, wasmtest.I32(0xfffffff8), wasmtest.I32And, wasmtest.GlobalSet(g.Heap),
		wasmtest.Get(4))
	g.Define("values.add", "", wasmtest.Get(0), wasmtest.I32(4), wasmtest.I32Mul, wasmtest.I32(log), wasmtest.I32Add, wasmtest.Load32(0))
	g.Define("values.length", "", wasmtest.I32(count), wasmtest.Load32(0))
	return g
}

// Strings are stored with the reallocs that the specification prescribes
// (CanonicalABI.md, "Storing"): by the host, and by one component instance in
// another.
func TestStringReallocs(t *testing.T) {
	const utf8, utf16, latin1 = component.UTF8, component.UTF16, component.Latin1UTF16
	for _, test := range []struct {
		from, to component.Encoding // from UTF-8 is the host
		text     string
		want     []int32
	}{
		{utf8, utf8, "hé", []int32{0, 1, 3}},
		{utf8, utf16, "hello", []int32{0, 2, 10}},
		{utf8, utf16, "héllo", []int32{0, 2, 12, 12, 2, 10}},
		{utf8, latin1, "hello", []int32{0, 2, 5}},
		{utf8, latin1, "hé", []int32{0, 2, 3, 3, 2, 2}},
		{utf8, latin1, "h世", []int32{0, 2, 4, 4, 2, 8, 8, 2, 4}},
		{utf16, utf8, "hi", []int32{0, 1, 2}},
		{utf16, utf8, "hé", []int32{0, 1, 2, 2, 1, 6, 6, 1, 3}},
		{utf16, utf8, "世", []int32{0, 1, 1, 1, 1, 3}},
		{utf16, utf16, "h世", []int32{0, 2, 4}},
		{utf16, latin1, "hé", []int32{0, 2, 2}},
		{utf16, latin1, "h世", []int32{0, 2, 2, 2, 2, 4}},
		{latin1, utf8, "hi", []int32{0, 1, 2}},
		{latin1, utf8, "hé", []int32{0, 1, 2, 2, 1, 4, 4, 1, 3}},
		{latin1, utf16, "hé", []int32{0, 2, 4}},
		{latin1, latin1, "hé", []int32{0, 2, 2}},
		{latin1, latin1, "h世", []int32{0, 2, 4}},
	} {
		t.Run(test.from.String()+" to "+test.to.String()+" "+test.text, func(t *testing.T) {
			wasm, err := hosttest.ComponentOf(recorder().Bytes(), test.to)
			if err != nil {
				t.Fatal(err)
			}
			if test.from != utf8 {
				echo, err := hosttest.ComponentOf(hosttest.NewEcho().Bytes(), test.from)
				if err != nil {
					t.Fatal(err)
				}
				if wasm, err = hosttest.Compose(wasm, echo); err != nil {
					t.Fatal(err)
				}
			}
			v := instantiate(t, compileWasm(t, wasm), &hosttest.Host{}).Values()
			ctx := context.Background()
			n, err := v.Length(ctx, test.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []int32
			for i := range 3 * n {
				word, err := v.Add(ctx, int32(i), 0)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, word)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the reallocs differ (-want +got):\n%s", diff)
			}
		})
	}
}

// withRoom gives a guest a memory of 32 MiB, and a realloc that gives out the same part of it
// over and over, as one call needs it once.
func withRoom(g *hosttest.Guest) *hosttest.Guest {
	g.Export("memory", wasmtest.KindMemory, g.Memory(512, -1))
	g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.I32(hosttest.Heap))
	return g
}

// chain is an instance of two component instances, of which the first passes text on to the
// second, and that to the host or to what it makes of it itself.
func chain(t *testing.T, first, second component.Encoding, last *hosttest.Guest) values.Interface {
	t.Helper()
	wasm, err := hosttest.ComponentOf(last.Bytes(), second)
	if err != nil {
		t.Fatal(err)
	}
	echo, err := hosttest.ComponentOf(withRoom(hosttest.NewEcho()).Bytes(), first)
	if err != nil {
		t.Fatal(err)
	}
	if wasm, err = hosttest.Compose(wasm, echo); err != nil {
		t.Fatal(err)
	}
	return instantiate(t, compileWasm(t, wasm), &hosttest.Host{}).Values()
}

var encodings = []component.Encoding{component.UTF8, component.UTF16, component.Latin1UTF16}

// longTexts are texts of many pieces, of which some are cut within a character.
func longTexts(n int) []string {
	var texts []string
	for _, s := range []string{"plain ", "éÿ", "世界", "a𝄞é", "𝄞"} {
		long := strings.Repeat(s, n/len(s))
		texts = append(texts, long, "x"+long, "xyz"+long, long+"世")
	}
	return append(texts, strings.Repeat("p", n)+"é", strings.Repeat("p", n)+"世"+strings.Repeat("é", n))
}

// Long texts arrive as they are, from any encoding in any other.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	for _, first := range encodings {
		for _, second := range encodings {
			v := chain(t, first, second, withRoom(hosttest.NewEcho()))
			for i, text := range longTexts(25_000) {
				got, err := v.EchoString(t.Context(), text)
				if err != nil {
					t.Fatalf("text %d from %s to %s: %v", i, first, second, err)
				}
				if got != text {
					t.Errorf("text %d from %s to %s comes back otherwise", i, first, second)
				}
			}
		}
	}
}

// A text is encoded anew from memory to memory: the host allocates less than a piece of it.
func TestTranscodingAllocates(t *testing.T) { // not in parallel, as it counts what is allocated
	const size, most = 512 << 10, 64 << 10
	for _, first := range encodings {
		for _, second := range encodings {
			last := withRoom(hosttest.NewGuest())
			last.Define("values.length", "", wasmtest.Get(1))
			v := chain(t, first, second, last)
			for i, text := range longTexts(size) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := v.Length(t.Context(), text)
				runtime.ReadMemStats(&after)
				if err != nil {
					t.Fatalf("text %d from %s to %s: %v", i, first, second, err)
				}
				if n := after.TotalAlloc - before.TotalAlloc; n > most {
					t.Errorf("text %d from %s to %s: %d bytes, want %d", i, first, second, n, most)
				}
			}
		}
	}
}
