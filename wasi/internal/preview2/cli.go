package preview2

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/cli/v0.2/stderr"
	"github.com/witgen/witgen/wasi/cli/v0.2/stdin"
	"github.com/witgen/witgen/wasi/cli/v0.2/stdout"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-stderr"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-stdin"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-stdout"
	"github.com/witgen/witgen/wasi/internal/grants"
)

// environ implements wasi:cli/environment.
type environ struct{ grants *grants.Grants }

func (e environ) GetEnvironment(context.Context) ([]types.Tuple2[string, string], error) {
	list := make([]types.Tuple2[string, string], len(e.grants.Env))
	for n, v := range e.grants.Env {
		list[n] = types.Tuple2[string, string]{F0: v.Name, F1: v.Value}
	}
	return list, nil
}

func (e environ) GetArguments(context.Context) ([]string, error) { return e.grants.Args, nil }

// InitialCwd returns nothing: a guest's folders have paths, and none of them is its own.
func (environ) InitialCwd(context.Context) (types.Option[string], error) {
	return types.None[string](), nil
}

// exit implements wasi:cli/exit.
type exit struct{}

func (exit) Exit(_ context.Context, status types.Result[types.Unit, types.Unit]) error {
	if _, _, ok := status.Get(); ok {
		return &host.ExitError{}
	}
	return &host.ExitError{Code: 1}
}

func (exit) ExitWithCode(_ context.Context, code uint8) error {
	return &host.ExitError{Code: uint32(code)}
}

// stdio implements wasi:cli/stdin, stdout and stderr, and the terminals behind them.
type stdio struct{ grants *grants.Grants }

func (s stdio) GetStdin(context.Context) (stdin.InputStream, error) {
	return NewInput(nil, s.grants.Stdin, true), nil
}

func (s stdio) GetStdout(context.Context) (stdout.OutputStream, error) {
	return NewOutput(nil, s.grants.Stdout, true), nil
}

func (s stdio) GetStderr(context.Context) (stderr.OutputStream, error) {
	return NewOutput(nil, s.grants.Stderr, true), nil
}

// terminal is the resource terminal-input or terminal-output.
type terminal struct{ Resource }

func newTerminal[T any](is bool, name string) types.Option[T] {
	if !is {
		return types.None[T]()
	}
	t := &terminal{}
	t.init(name, nil, nil)
	return types.Some(any(t).(T))
}

func (s stdio) GetTerminalStdin(context.Context) (types.Option[terminalstdin.TerminalInput], error) {
	return newTerminal[terminalstdin.TerminalInput](s.grants.Terminal[0], "terminal-input"), nil
}

func (s stdio) GetTerminalStdout(context.Context) (types.Option[terminalstdout.TerminalOutput], error) {
	return newTerminal[terminalstdout.TerminalOutput](s.grants.Terminal[1], "terminal-output"), nil
}

func (s stdio) GetTerminalStderr(context.Context) (types.Option[terminalstderr.TerminalOutput], error) {
	return newTerminal[terminalstderr.TerminalOutput](s.grants.Terminal[2], "terminal-output"), nil
}
