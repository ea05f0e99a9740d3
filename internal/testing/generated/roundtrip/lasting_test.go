package roundtrip

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/lasting"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/work"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// manyCalls returns how many calls a guest gets: WITGEN_CALLS, or else 20,000 for a guest
// of TinyGo if WITGEN_TESTS is not all, and 50,000. The heap of standard Go takes more
// than 10,000 calls to reach its size.
func manyCalls(t *testing.T, compiler guestbuild.Compiler) int {
	text := os.Getenv("WITGEN_CALLS")
	if text == "" {
		if guestbuild.Whole() || compiler == guestbuild.Go {
			return 50_000
		}
		return 20_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("WITGEN_CALLS: %v", err)
	}
	return n
}

// growing is a guest's memory that knows its size. It implements wazero's
// MemoryAllocator and LinearMemory.
type growing struct{ bytes []byte }

func (g *growing) Allocate(_, _ uint64) experimental.LinearMemory { return g }

func (g *growing) Reallocate(size uint64) []byte {
	g.bytes = append(g.bytes, make([]byte, size-uint64(len(g.bytes)))...)
	return g.bytes
}

func (g *growing) Free() {}

// workHost implements the interface work on the host.
type workHost struct{ boxes int }

type hostBox struct {
	host  *workHost
	items []work.Item
}

func (h *workHost) NewBox(context.Context, string) (work.Box, error) {
	h.boxes++
	return &hostBox{host: h}, nil
}

func (b *hostBox) Put(_ context.Context, i work.Item) (uint32, error) {
	b.items = append(b.items, i)
	return uint32(len(b.items)), nil
}

func (b *hostBox) Items(context.Context) ([]work.Item, error) { return b.items, nil }

func (b *hostBox) Close(context.Context) error {
	b.host.boxes--
	return nil
}

func (h *workHost) Text(_ context.Context, s string) (string, error)            { return s + s, nil }
func (h *workHost) Numbers(_ context.Context, v []uint32) ([]uint32, error)     { return v, nil }
func (h *workHost) Items(_ context.Context, v []work.Item) ([]work.Item, error) { return v, nil }

func (h *workHost) Check(_ context.Context, s string) (string, error) {
	if len(s) > 40 {
		return "", work.FailureTooLong{Value: s}
	}
	return s, nil
}

func (h *workHost) Pack(_ context.Context, b, other work.Box) (work.Box, error) {
	b.(*hostBox).items = append(b.(*hostBox).items, other.(*hostBox).items...)
	return b, nil
}

// A guest that is called very often does not grow, under any collector that
// collects, and its handles come to an end.
func TestGuestsLast(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		collectors := []string{""}
		if compiler != guestbuild.Go {
			collectors = []string{"-gc=conservative", "-gc=precise"}
		}
		for _, gc := range collectors {
			t.Run(strings.TrimSuffix(string(compiler)+" "+gc, " "), func(t *testing.T) {
				t.Parallel()
				var flags []string
				if gc != "" {
					flags = []string{gc}
				}
				wasm := guestbuild.BuildWith(t, compiler, filepath.Join("guests", "lasting"), flags...)
				plugin, err := lasting.Compile(ctx, wasm, host.HandleLimit(4))
				must(t, err)
				t.Cleanup(func() { must(t, plugin.Close(ctx)) })
				memory, impl := &growing{}, &workHost{}
				inst, err := plugin.Instantiate(ctx, lasting.Imports{Work: impl}, host.Memory(memory))
				must(t, err)

				calls := manyCalls(t, compiler)
				work := 0
				for work < calls/2 {
					work += makeCalls(t, inst.Work(), work)
				}
				settled := len(memory.bytes)
				for work < calls {
					work += makeCalls(t, inst.Work(), work)
				}
				t.Logf("%d calls, memory of %d KiB, %d KiB after half of them", work, len(memory.bytes)>>10, settled>>10)
				if len(memory.bytes) > settled {
					t.Errorf("the memory grew from %d to %d bytes", settled, len(memory.bytes))
				}
				same(t, "boxes that are left", 0, impl.boxes)
			})
		}
	}
}

// Standard Go's collector keeps collecting although the clock that a guest reads
// without an option only counts its readings.
func TestCollectorKeepsGoing(t *testing.T) {
	wasm := guestbuild.Build(t, guestbuild.Go, filepath.Join("guests", "lasting"))
	plugin, err := lasting.Compile(ctx, wasm)
	must(t, err)
	t.Cleanup(func() { must(t, plugin.Close(ctx)) })
	memory := &growing{}
	inst, err := plugin.Instantiate(ctx, lasting.Imports{Work: &workHost{}}, host.Memory(memory))
	must(t, err)
	text := strings.Repeat("x", 16<<10)
	rounds := 4_000 // 0.3 GB of garbage
	if guestbuild.Whole() {
		rounds = 20_000
	}
	for range rounds {
		_, err := inst.Work().Text(ctx, text)
		must(t, err)
	}
	if size := len(memory.bytes); size > 32<<20 {
		t.Errorf("the memory grew to %d MiB", size>>20)
	}
}

// makeCalls makes one call of each kind, with values that depend on n, and
// returns how many calls these were.
func makeCalls(t *testing.T, w work.Interface, n int) int {
	word := strings.Repeat("word", n%16)
	text, err := w.Text(ctx, word)
	must(t, err)
	same(t, "text", word+"<"+word+"<>", text)

	v := make([]uint32, n%100)
	numbers, err := w.Numbers(ctx, v)
	must(t, err)
	same(t, "numbers", append(append(v, 1), 2), numbers)

	item := work.Item{Name: word, Tags: []string{"a", word, "b"}, Weight: types.Some(float64(n))}
	list := []work.Item{item, {Name: "second"}, item}
	items, err := w.Items(ctx, list)
	must(t, err)
	same(t, "items", append(list, work.Item{Name: "one more"}), items)

	checked, err := w.Check(ctx, word)
	var failure work.Failure
	if errors.As(err, &failure) {
		same[work.Failure](t, "failure", work.FailureTooLong{Value: word + "."}, failure)
	} else {
		must(t, err)
		same(t, "checked", word+".", checked)
	}

	a, err := w.NewBox(ctx, word)
	must(t, err)
	b, err := w.NewBox(ctx, "b")
	must(t, err)
	_, err = b.Put(ctx, item)
	must(t, err)
	packed, err := w.Pack(ctx, a, b)
	must(t, err)
	held, err := packed.Items(ctx)
	must(t, err)
	item.Tags = append(item.Tags, item.Name+"?")
	same(t, "packed", []work.Item{item}, held)
	must(t, packed.Close(ctx))
	must(t, b.Close(ctx))
	return 11
}
