package bind_test

import (
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
