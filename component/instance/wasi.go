package instance

import (
	"crypto/rand"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/witgen/witgen/canonicalabi/host"
)

// exportWASI adds the functions of WASI preview 1, which standard Go and
// TinyGo's wasip1 target import.
func exportWASI(builder wazero.HostModuleBuilder) {
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(builder)
}

// moduleConfig returns what a guest sees through WASI. wazero's default is no
// files, arguments or environment, no output, and clocks that count their
// readings; random numbers are real, since guests seed their hash tables with
// them.
func moduleConfig(config *host.Config) wazero.ModuleConfig {
	mc := config.Module
	if mc == nil {
		mc = wazero.NewModuleConfig().WithRandSource(rand.Reader)
	}
	return mc.WithName("").WithStartFunctions()
}
