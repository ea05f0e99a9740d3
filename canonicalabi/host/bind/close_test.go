package bind_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

func TestInstanceErr(t *testing.T) {
	ctx := t.Context()
	g := hosttest.NewGuest()
	g.Define("run", "", wasmtest.Unreachable)
	inst := start(t, g, &hosttest.Host{})
	if err := inst.Err(); err != nil {
		t.Errorf("a fresh instance has the error %v", err)
	}
	_, err := inst.Run(ctx, 13)
	var trap *host.Trap
	if died := inst.Err(); !errors.As(err, &trap) || !errors.Is(died, host.ErrDead) || !errors.Is(died, err) {
		t.Errorf("after the trap %v the instance has the error %v", err, died)
	}
	if err := inst.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := inst.Err(); !errors.Is(err, host.ErrClosed) {
		t.Errorf("a closed instance has the error %v", err)
	}
}

// A resource that a guest held may be another guest's. Its destructor runs when the first
// guest's instance ends, and cannot keep that from ending.
func TestCloseOfAnotherGuestsResource(t *testing.T) {
	t.Parallel()
	endless := hosttest.NewGuest(handleImports...)
	endless.Dtor("item", "", wasmtest.Loop(wasmtest.Br(0)))
	endless.Define("shop.[constructor]item", "", wasmtest.Get(0), endless.Call(newItem))
	holder := hosttest.NewGuest(handleImports...)
	holder.Define("run", "", wasmtest.I32(0), wasmtest.I32(0), holder.Call(newEntry), wasmtest.Drop,
		wasmtest.Get(0), wasmtest.If(wasmtest.Unreachable), wasmtest.I64(0))
	for _, n := range []uint32{0, 1} { // it is closed, and it traps
		owner := start(t, endless, &hosttest.Host{})
		item, err := owner.Shop().NewItem(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		closed := false
		h := &hosttest.Host{OnMake: func(e *hosttest.Entry) {
			e.OnClose = func(ctx context.Context) error {
				closed = true
				return item.Close(ctx)
			}
		}}
		inst := start(t, holder, h)
		_, err = inst.Run(context.Background(), n)
		if (err != nil) != (n == 1) {
			t.Fatal(err)
		}
		err = inst.Close(context.Background())
		if n == 0 && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close returns %v", err)
		}
		if !closed || !errors.Is(owner.Err(), host.ErrDead) {
			t.Errorf("closed is %v, and the owner of the resource has the error %v", closed, owner.Err())
		}
	}
}
