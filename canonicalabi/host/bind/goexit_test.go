package bind_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// A resource of the host's whose Close ends its goroutine kills the instance, when a guest drops
// the resource and when a call that fails closes it.
func TestGoexitOfClose(t *testing.T) {
	t.Parallel()
	for _, write := range []func(s *script){
		func(s *script) { s.drop(newEntry, 0, 0); s.call(dropEntry, 1) },
		func(s *script) { s.drop(newEntry, 0, 0); s.call(takeEntryAnd, 1, 0xffff0000, 1) },
	} {
		s := &script{Guest: hosttest.NewGuest(handleImports...)}
		write(s)
		s.Define("run", "", s.code, wasmtest.I64(0))
		inst := start(t, s.Guest, &hosttest.Host{OnMake: func(e *hosttest.Entry) {
			e.OnClose = func(context.Context) error {
				runtime.Goexit()
				return nil
			}
		}})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, err := inst.Run(context.Background(), 0)
			t.Errorf("the call returned %v", err)
		}()
		<-ended
		_, err := inst.Run(t.Context(), 0)
		wants(t, "a later call", err, host.ErrDead)
		if err == nil || !strings.Contains(err.Error(), "runtime.Goexit") {
			t.Errorf("%v does not tell of Goexit", err)
		}
		if err := inst.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// freed is a guest's memory that notes when it is freed. It implements wazero's
// MemoryAllocator and LinearMemory.
type freed struct {
	bytes []byte
	done  bool
}

func (m *freed) Allocate(_, _ uint64) experimental.LinearMemory { return m }

func (m *freed) Reallocate(size uint64) []byte {
	m.bytes = append(m.bytes, make([]byte, size-uint64(len(m.bytes)))...)
	return m.bytes
}

func (m *freed) Free() { m.done = true }

// The memory of an instance is freed, though the Close of a resource that its guest owned has
// ended the goroutine or panicked.
func TestFreeAfterGoexit(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(){"Goexit": runtime.Goexit, "a panic": func() { panic("closing") }} {
		s := &script{Guest: hosttest.NewGuest(handleImports...)}
		s.Export("memory", wasmtest.KindMemory, s.Memory(1, 1))
		s.drop(newEntry, 0, 0)
		s.Define("run", "", s.code, wasmtest.I64(0))
		h := &hosttest.Host{OnMake: func(e *hosttest.Entry) {
			e.OnClose = func(context.Context) error {
				leave()
				return nil
			}
		}}
		memory := &freed{}
		inst, err := compile(t, s.Guest).Instantiate(t.Context(), h.Imports(), host.Memory(memory))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inst.Run(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer func() { _ = recover() }()
			_ = inst.Close(context.Background())
		}()
		<-ended
		if !memory.done {
			t.Errorf("after %s the memory is not freed", name)
		}
	}
}

// A resource of the host's that a call of an export must close, as nobody gets it, may panic or
// end the goroutine there. The instance is dead, and not busy for ever.
func TestCloseOfLostResource(t *testing.T) {
	t.Parallel()
	for want, leave := range map[string]func(){"runtime.Goexit": runtime.Goexit, "closing": func() { panic("closing") }} {
		s := &script{Guest: hosttest.NewGuest(handleImports...)}
		s.drop(newEntry, 0, 0)
		// The second handle does not exist.
		s.add(wasmtest.I32(1000), wasmtest.I32(1), wasmtest.Store32(0), wasmtest.I32(1004), wasmtest.I32(77), wasmtest.Store32(0))
		s.Define("shop.give-all", "", s.code, hosttest.Return(1000, 2))
		inst := start(t, s.Guest, &hosttest.Host{OnMake: func(e *hosttest.Entry) {
			e.OnClose = func(context.Context) error {
				leave()
				return nil
			}
		}})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer func() { _ = recover() }()
			_, err := inst.Shop().GiveAll(context.Background())
			t.Errorf("the call returned %v", err)
		}()
		<-ended
		err := inst.Err()
		wants(t, "the instance", err, host.ErrDead)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %s", err, want)
		}
	}
}
