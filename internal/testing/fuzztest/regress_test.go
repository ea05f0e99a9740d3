package fuzztest

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// An instance that is started under a context that has ended takes nothing: not
// even one of the few places that there are. (FuzzCalls)
func TestStartUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	plugin, err := subject.Compile(ctx, busyGuest(), host.InstanceLimit(1))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	var limit *host.LimitError
	if _, err := plugin.Instantiate(ended, (&hosttest.Host{}).Imports()); !errors.As(err, &limit) || limit.Limit != "cancel" {
		t.Fatalf("got %v", err)
	}
	if _, err := plugin.Instantiate(ctx, (&hosttest.Host{}).Imports()); err != nil {
		t.Error(err)
	}
}

// A call that is refused, since another is under way, does not look at the guest's
// memory, which grows meanwhile: the race detector would tell. (FuzzCalls)
func TestRefusedCallsLeaveMemoryAlone(t *testing.T) {
	t.Parallel()
	g := hosttest.NewGuest("log")
	log := wasmtest.Seq(wasmtest.I32(0), wasmtest.I32(0), g.Call("log"))
	g.Define("run", "", log, wasmtest.I32(1), wasmtest.MemoryGrow, wasmtest.Drop, log, wasmtest.I64(0))
	plugin, err := subject.Compile(ctx, g.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	entered, refused := make(chan struct{}), make(chan struct{})
	calls := 0
	h := &hosttest.Host{OnLog: func(context.Context, string) error {
		if calls++; calls == 1 {
			close(entered)
		} else {
			<-refused
		}
		return nil
	}}
	inst, err := plugin.Instantiate(ctx, h.Imports())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := inst.Run(ctx, 0)
		done <- err
	}()
	<-entered
	if _, err := inst.Values().EchoMap(ctx, map[uint32]string{1: "a"}); !errors.Is(err, host.ErrBusy) {
		t.Errorf("got %v", err)
	}
	close(refused)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
