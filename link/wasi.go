package link

import (
	"crypto/rand"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// exportWASI adds the functions of WASI preview 1, which standard Go and
// TinyGo's wasip1 target import.
func exportWASI(builder wazero.HostModuleBuilder) {
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(builder)
}

// checkWASI checks that there is what the guest imports of WASI.
func checkWASI(world *bind.World, compiled wazero.CompiledModule, functions map[string]api.FunctionDefinition) error {
	for _, def := range compiled.ImportedFunctions() {
		from, name, _ := def.Import()
		if from != wasi_snapshot_preview1.ModuleName {
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

// clockStep is what a closed clock goes on by at each reading, in nanoseconds.
// wazero's own goes on by a millisecond, of which a few are a slice of time to
// standard Go's collector: it stops collecting at last, and the guest grows until
// it dies.
const clockStep = 1000

// moduleConfig returns what a guest sees through WASI. wazero's default is no
// files, arguments or environment, no output, and clocks that count their
// readings; random numbers are real, since guests seed their hash tables with
// them.
func moduleConfig(config *host.Config) wazero.ModuleConfig {
	mc := config.WASI.Config
	if mc == nil {
		now := int64(0) // of one instance, which serves one call at a time
		count := func() int64 {
			now += clockStep
			return now
		}
		mc = wazero.NewModuleConfig().WithRandSource(rand.Reader).WithNanotime(count, clockStep)
	}
	return bind.OpenWASI(&config.WASI, mc).WithName("").WithStartFunctions()
}
