package preview1_test

import (
	"errors"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// TestGuest: what a guest of standard Go's sees of WASI inside its component.
func TestGuest(t *testing.T) {
	ctx := t.Context()
	wasm := guestbuild.BuildComponent(t, guestbuild.Go, "testdata/guest", "testdata/guest/world.wit", "")
	guest, err := dynamic.Read(wasm)
	if err != nil {
		t.Fatal(err)
	}
	if imports := guest.Imports(); len(imports) != 0 {
		t.Fatalf("it imports %s", imports[0].Name)
	}
	plugin, err := guest.Compile(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	instantiate := func() *dynamic.Instance {
		inst, err := plugin.Instantiate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { inst.Close(ctx) })
		return inst
	}
	inst := instantiate()
	call := func(inst *dynamic.Instance, name string, args ...any) any {
		t.Helper()
		result, err := inst.Call(ctx, name, args...)
		if err != nil {
			t.Fatal(err)
		}
		return result
	}

	const sleep = time.Hour // which no test would wait for
	if slept := time.Duration(call(inst, "slept").(uint64)); slept < sleep || slept > sleep+time.Millisecond {
		t.Errorf("a sleep of %v takes %v of the guest's clock", sleep, slept)
	}
	first, second := call(inst, "random"), call(inst, "random")
	if first == second {
		t.Errorf("random numbers repeat: %x", first)
	}
	if n := call(inst, "write"); n != uint32(17) {
		t.Errorf("%d bytes are written, want 17", n)
	}
	if n := call(inst, "seen"); n != uint32(0) {
		t.Errorf("the guest sees %d arguments, variables and files", n)
	}
	// 100 MiB, which collections keep from piling up.
	if n := call(inst, "collect", uint32(100_000)).(uint32); n == 0 {
		t.Error("the guest collects no garbage")
	}
	_, err = inst.Call(ctx, "exit")
	var trap *host.Trap
	if !errors.As(err, &trap) {
		t.Errorf("os.Exit gives %v, want a trap", err)
	}

	// Another instance draws the same numbers.
	other := instantiate()
	call(other, "slept")
	if again := call(other, "random"); again != first {
		t.Errorf("another instance draws %x, and the first drew %x", again, first)
	}
}
