package link

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// slowRuntime is a runtime whose compilations wait for what is sent to them.
type slowRuntime struct {
	wazero.Runtime
	started chan struct{}
	results chan error // a nil error is a panic
	closed  chan struct{}
}

func (r *slowRuntime) CompileModule(context.Context, []byte) (wazero.CompiledModule, error) {
	r.started <- struct{}{}
	if err := <-r.results; err != nil {
		return nil, err
	}
	panic("lost")
}

func (r *slowRuntime) Close(context.Context) error {
	close(r.closed)
	return nil
}

func slowPlugin() (*Plugin, *slowRuntime) {
	r := &slowRuntime{started: make(chan struct{}, 1), results: make(chan error), closed: make(chan struct{})}
	return &Plugin{world: &bind.World{Name: "test:slow/w"}, config: host.NewConfig(nil), runtime: r, owned: true}, r
}

// A compilation that the context ends before is left to end by itself: what it uses is
// released afterwards, and no other compilation starts before.
func TestCompilationOutlivesItsContext(t *testing.T) { synctest.Test(t, outlives) }

func outlives(t *testing.T) {
	p, r := slowPlugin()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-r.started
		cancel()
	}()
	_, err := p.translate(ctx, nil)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "cancel" || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the limit cancel", err)
	}
	if err := p.abandon(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.closed:
		t.Fatal("the runtime was closed under the compilation")
	default:
	}

	other, _ := slowPlugin()
	waiting, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := other.translate(waiting, nil); !errors.As(err, &limit) || limit.Limit != "cancel" {
		t.Errorf("beside the compilation that was left: got %v, want the limit cancel", err)
	}

	// One that may wait begins when the one that was left has ended, whether its context
	// can end or not.
	endless, begun := slowPlugin()
	done := make(chan error)
	go func() {
		_, err := endless.translate(context.Background(), nil)
		done <- err
	}()
	synctest.Wait()
	if len(begun.started) > 0 {
		t.Fatal("a compilation began beside the one that was left")
	}
	r.results <- errors.New("invalid")
	<-r.closed
	<-begun.started
	begun.results <- errors.New("later")
	if err := <-done; err == nil || !strings.Contains(err.Error(), "later") {
		t.Errorf("the one that waited: got %v", err)
	}
	another, next := slowPlugin()
	alive, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { next.results <- errors.New("no such opcode") }()
	if _, err := another.translate(alive, nil); err == nil || !strings.Contains(err.Error(), "not a valid WebAssembly module: no such opcode") {
		t.Errorf("after it: got %v", err)
	}
}

func TestCompilerPanics(t *testing.T) {
	for name, ctx := range map[string]context.Context{"background": context.Background(), "cancellable": t.Context()} {
		p, r := slowPlugin()
		go func() { r.results <- nil }()
		var link *host.LinkError
		if _, err := p.translate(ctx, nil); !errors.As(err, &link) || !strings.Contains(err.Error(), "panicked: lost") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// workersRuntime is a runtime that notes how many goroutines are to compile.
type workersRuntime struct {
	wazero.Runtime
	workers int
}

func (r *workersRuntime) CompileModule(ctx context.Context, _ []byte) (wazero.CompiledModule, error) {
	r.workers = experimental.GetCompilationWorkers(ctx)
	return nil, nil
}

func TestCompileWorkers(t *testing.T) {
	for _, test := range []struct {
		opts []host.Option
		want int
	}{{nil, 1}, {[]host.Option{host.CompileWorkers(3)}, 3}, {[]host.Option{host.CompileWorkers(0)}, 1}} {
		r := &workersRuntime{}
		p := &Plugin{world: &bind.World{Name: "test:slow/w"}, config: host.NewConfig(test.opts), runtime: r}
		if _, err := p.translate(t.Context(), nil); err != nil || r.workers != test.want {
			t.Errorf("%d goroutines compile, want %d: %v", r.workers, test.want, err)
		}
	}
}
