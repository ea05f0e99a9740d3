package link

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/wasi/closed"
)

// exportWASI adds the functions of WASI preview 1, which standard Go and
// TinyGo's wasip1 target import.
func exportWASI(builder wazero.HostModuleBuilder) {
	closed.Export(builder, func(ctx context.Context) closed.System {
		return bind.SystemOf(ctx).(closed.System)
	}, bind.SystemWork)
}

// startWASI returns WASI preview 1 for an instance whose guest imports it: that of a
// provider, or the closed one. end ends it.
func (p *Plugin) startWASI(ctx context.Context, config *host.Config) (system any, end func(context.Context) error, err error) {
	if !p.wasi {
		return nil, endsNothing, nil
	}
	made := closed.New()
	for _, provider := range config.Providers {
		if opens, ok := provider.(closed.Provider); ok {
			if made, err = opens.Preview1(ctx); err != nil {
				return nil, endsNothing, fmt.Errorf("%s: %s: %w", p.world.Name, provider.Name(), err)
			}
		}
	}
	return made, made.Close, nil
}

// endsNothing ends the WASI of a guest that does not import it.
func endsNothing(context.Context) error { return nil }

// checkWASI checks that there is what the guest imports of WASI.
func checkWASI(world *bind.World, compiled wazero.CompiledModule, functions map[string]api.FunctionDefinition) error {
	for _, def := range compiled.ImportedFunctions() {
		from, name, _ := def.Import()
		if from != closed.Module {
			continue
		}
		bad := &host.LinkError{World: world.Name, Item: "import " + label(from, name)}
		have := functions[name]
		if have == nil {
			bad.Detail = "WASI preview 1 has no such function; build the guest for wasip1"
			return bad
		}
		if got, want := bind.SignatureOf(def), bind.SignatureOf(have); got != want {
			bad.Detail = fmt.Sprintf("the guest takes the function to be of type %s, and it is of type %s; build the guest for wasip1", show(got), show(want))
			return bad
		}
	}
	return nil
}
