package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/preview1"
)

// commandWorld is the world of a program.
const commandWorld = "wasi:cli/command@0.2.0"

// wasiFlags say by what a component answers what its core module imports of WASI
// preview 1.
type wasiFlags struct {
	wasi, noExitCode bool
	// command makes the component run the core module's main function. complete is true
	// of a core module that exports wasi:cli/run itself.
	command, complete bool
}

func (f *wasiFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.wasi, "wasi", false, "import WASI 0.2 for what the core module imports of WASI preview 1")
	cmd.Flags().BoolVar(&f.noExitCode, "no-exit-code", false, "with --wasi tell the host whether the program fails, not its exit code: for hosts older than WASI 0.2.12")
}

// adapters returns the adapters for a core module: those over WASI 0.2, or the closed one.
func (f *wasiFlags) adapters(core []byte) ([]component.Adapter, error) {
	if !f.wasi {
		return preview1.Adapters(core)
	}
	return preview1.WASIAdapters(core, preview1.WASIOptions{Command: f.command && !f.complete, ExitCodes: !f.noExitCode})
}

// check checks the flags of build against each other, and sets those that others imply.
func (f *buildFlags) check() error {
	f.wasi = f.wasi || f.command
	f.complete = f.target == targetWASIP2
	switch {
	case f.wasi && f.core:
		return errors.New("--core leaves WASI to the host: it does not go with --wasi and --command")
	case f.noExitCode && !f.wasi:
		return errors.New("--no-exit-code goes with --wasi")
	case f.noExitCode && f.target == targetWASIP2:
		return fmt.Errorf("--no-exit-code has no effect on --target %s, whose runtime calls WASI 0.2 itself", targetWASIP2)
	case f.core && f.target == targetWASIP2:
		return fmt.Errorf("--core goes with %s and %s: a core module cannot import WASI 0.2 without a component around it", targetUnknown, targetWASIP1)
	case f.wasi && f.target == targetUnknown:
		return fmt.Errorf("--target %s has no WASI: --wasi and --command need %s", targetUnknown, targetWASIP1)
	}
	return nil
}
