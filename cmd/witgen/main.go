// Command witgen turns WIT into Go: host bindings that run a WebAssembly guest
// on wazero, and guest bindings that TinyGo or standard Go compile to
// WebAssembly. Run witgen help for its commands.
package main

import (
	"os"

	"github.com/witgen/witgen/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
