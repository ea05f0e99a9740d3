// Command wasm-tools runs the WebAssembly program wasm-tools.wasm that lies in
// its folder. TinyGo calls it to make components; scripts/tinygo-wasip2 builds it.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

func main() {
	err := run(context.Background())
	var exit *sys.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		os.Exit(int(exit.ExitCode()))
	default:
		fmt.Fprintln(os.Stderr, "wasm-tools:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return err
	}
	wasm, err := os.ReadFile(filepath.Join(filepath.Dir(exe), "wasm-tools.wasm"))
	if err != nil {
		return err
	}
	args, err := absolute(os.Args[1:])
	if err != nil {
		return err
	}
	config := wazero.NewRuntimeConfig()
	if dir, err := os.UserCacheDir(); err == nil {
		// Compiling the program takes seconds, loading it from the cache none.
		cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "witgen", "wasm-tools"))
		if err == nil {
			defer cache.Close(ctx)
			config = config.WithCompilationCache(cache)
		}
	}
	r := wazero.NewRuntimeWithConfig(ctx, config)
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	_, err = r.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().
		WithArgs(append([]string{"wasm-tools"}, args...)...).
		WithStdin(os.Stdin).WithStdout(os.Stdout).WithStderr(os.Stderr).
		WithRandSource(rand.Reader).WithSysWalltime().WithSysNanotime().
		WithFSConfig(wazero.NewFSConfig().WithDirMount("/", "/")))
	return err
}

// absolute returns args with absolute paths, because the program has no working
// directory. A path is what follows -o, and what exists past the subcommand.
func absolute(args []string) ([]string, error) {
	out := make([]string, len(args))
	for i, arg := range args {
		_, err := os.Stat(arg)
		isPath := err == nil && i > 1 || i > 0 && args[i-1] == "-o"
		if isPath && !strings.HasPrefix(arg, "-") {
			if arg, err = filepath.Abs(arg); err != nil {
				return nil, err
			}
		}
		out[i] = arg
	}
	return out, nil
}
