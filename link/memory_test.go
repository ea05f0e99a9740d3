package link_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link/internal/linear"
)

// growing is a component whose run makes its memory larger by so many pages; given
// 1000, it traps.
func growing() []byte {
	m := &wasmtest.Module{}
	m.Memory(1, -1)
	m.ExportFunc("run", "i32 -> i32", "",
		wasmtest.Get(0), wasmtest.I32(1000), wasmtest.I32Eq, wasmtest.If(wasmtest.Unreachable),
		wasmtest.Get(0), wasmtest.MemoryGrow)
	b := &builder{}
	liftExport(b, b.Core(b.Module(m.Bytes())), "run", funcType(1, true))
	return b.Bytes()
}

// The memory of an instance that died or was closed is given back at once, and that of
// others is not.
func TestMemoryIsGivenBack(t *testing.T) {
	ctx := context.Background()
	plugin, err := dynamic.Compile(ctx, growing(), host.MemoryLimit(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	start := func() *dynamic.Instance {
		inst, err := plugin.Instantiate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, inst, 1, "run", 9)
		return inst
	}
	const ten = 10 * linear.PageSize
	before := linear.InUse()
	used := func(what string, want uint64) {
		t.Helper()
		if got := linear.InUse() - before; got != want {
			t.Errorf("%s: %d bytes are in use, want %d", what, got, want)
		}
	}
	closes, dies, lives := start(), start(), start()
	defer lives.Close(ctx)
	used("three instances", 3*ten)
	if err := closes.Close(ctx); err != nil {
		t.Error(err)
	}
	used("one of them closed", 2*ten)
	var trap *host.Trap
	if _, err := dies.Call(ctx, "run", uint32(1000)); !errors.As(err, &trap) {
		t.Errorf("got %v, want a trap", err)
	}
	used("and one dead", ten)
	if _, err := dies.Call(ctx, "run", uint32(1)); !errors.Is(err, host.ErrDead) {
		t.Errorf("got %v, want ErrDead", err)
	}
	if err := dies.Close(ctx); err != nil {
		t.Error(err)
	}
	used("and closed", ten)
	wants(t, lives, 10, "run", 1)
	used("the one that lives grew", ten+linear.PageSize)
}
