package link

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// stragglers are the compilations that go on after their Compile has returned, each by
// the channel that is closed when it ends. No other one begins meanwhile, so that there
// are no more of them than calls of Compile at a time.
var stragglers struct {
	mu   sync.Mutex
	left []<-chan struct{}
}

// leave notes a compilation that goes on after its Compile has returned.
func leave(ended <-chan struct{}) {
	stragglers.mu.Lock()
	defer stragglers.mu.Unlock()
	stragglers.left = append(stragglers.left, ended)
}

// straggler returns the channel of a compilation that was left and has not ended, or nil.
func straggler() <-chan struct{} {
	stragglers.mu.Lock()
	defer stragglers.mu.Unlock()
	for len(stragglers.left) > 0 {
		ended := stragglers.left[0]
		select {
		case <-ended:
			stragglers.left = stragglers.left[1:]
		default:
			return ended
		}
	}
	return nil
}

// translated is the result of wazero's compiler.
type translated struct {
	compiled wazero.CompiledModule
	err      error
}

// translate has wazero compile a module. wazero cannot be stopped while it compiles: if
// ctx ends first, translate returns a *host.LimitError, and leaves the compilation to end
// by itself. What it may take was estimated before. translate waits for compilations that
// others have left, until ctx ends.
func (p *Plugin) translate(ctx context.Context, wasm []byte) (wazero.CompiledModule, error) {
	for ended := straggler(); ended != nil; ended = straggler() {
		select {
		case <-ended:
		case <-ctx.Done():
			return nil, bind.ContextError(p.world.Name, ctx.Err())
		}
	}
	if ctx.Done() == nil {
		t := p.callCompiler(ctx, wasm)
		return t.compiled, t.err
	}
	result := make(chan translated, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		result <- p.callCompiler(context.WithoutCancel(ctx), wasm)
	}()
	select {
	case t := <-result:
		return t.compiled, t.err
	case <-ctx.Done():
		p.left = ended
		leave(ended)
		return nil, bind.ContextError(p.world.Name, ctx.Err())
	}
}

// callCompiler has wazero compile a module. A panic of wazero's is an error.
func (p *Plugin) callCompiler(ctx context.Context, wasm []byte) (t translated) {
	defer func() {
		if cause := recover(); cause != nil {
			t.err = &host.LinkError{World: p.world.Name, Detail: fmt.Sprintf("wazero cannot compile the guest, and panicked: %v", cause)}
		}
	}()
	if n := p.config.CompileWorkers; n > 1 {
		ctx = experimental.WithCompilationWorkers(ctx, n)
	}
	compiled, err := p.runtime.CompileModule(ctx, wasm)
	if err != nil {
		if missing := bind.MissingFeature(p.world.Name, wasm); missing != nil {
			return translated{nil, missing}
		}
		err = &host.LinkError{World: p.world.Name, Detail: "the guest is not a valid WebAssembly module: " + err.Error()}
	}
	return translated{compiled, err}
}

// abandon releases what a Compile that failed has made, at once or when the compilation
// that it left behind has ended.
func (p *Plugin) abandon(ctx context.Context) error {
	if p.left == nil {
		return p.release(ctx)
	}
	go func() {
		<-p.left
		_ = p.release(context.WithoutCancel(ctx)) // Compile has returned
	}()
	return nil
}
