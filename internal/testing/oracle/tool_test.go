package oracle

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
	_ "go.bytecodealliance.org/wit" // carries the tool
)

// carrier is the module that carries the tool as a WebAssembly module.
const carrier = "go.bytecodealliance.org"

// tool is the other implementation, compiled and ready to run.
type tool struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// newTool compiles the tool. That takes many seconds the first time; what it
// compiled to is kept in the user's cache folder.
func newTool(ctx context.Context) (*tool, error) {
	wasm, err := toolBinary()
	if err != nil {
		return nil, err
	}
	config := wazero.NewRuntimeConfig()
	if dir, err := os.UserCacheDir(); err == nil {
		cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "witgen-oracle"))
		if err != nil {
			return nil, err
		}
		config = config.WithCompilationCache(cache)
	}
	r := wazero.NewRuntimeWithConfig(ctx, config)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		return nil, err
	}
	module, err := r.CompileModule(ctx, wasm)
	if err != nil {
		return nil, err
	}
	return &tool{r, module}, nil
}

// toolBinary returns the WebAssembly module that the carrier embeds.
func toolBinary() ([]byte, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", carrier).Output()
	if err != nil {
		return nil, fmt.Errorf("finding the module %s: %w", carrier, err)
	}
	f, err := os.Open(filepath.Join(strings.TrimSpace(string(dir)), "internal", "wasmtools", "wasm-tools.wasm.gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzip, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzip)
}

// refused is what the tool says of input that it does not accept.
type refused struct{ message string }

func (r *refused) Error() string { return r.message }

// json returns the model of the WIT at a path, a file or a folder, as JSON. The
// error is a *refused where the tool does not accept the WIT.
func (t *tool) json(ctx context.Context, path string, features ...string) ([]byte, error) {
	args := []string{"wasm-tools", "component", "wit", "--json"}
	for _, f := range features {
		if f == allFeatures {
			args = append(args, "--all-features")
		} else {
			args = append(args, "--features", f)
		}
	}
	args = append(args, "/input/"+filepath.Base(path))
	var stdout, stderr bytes.Buffer
	config := wazero.NewModuleConfig().
		WithArgs(args...).
		WithStdout(&stdout).
		WithStderr(&stderr).
		WithRandSource(rand.Reader).
		WithFSConfig(wazero.NewFSConfig().WithReadOnlyDirMount(filepath.Dir(path), "/input")).
		WithName("")
	m, err := t.runtime.InstantiateModule(ctx, t.module, config)
	if m != nil {
		defer m.Close(ctx)
	}
	var exit *sys.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == 0, err == nil:
		return stdout.Bytes(), nil
	case errors.As(err, &exit):
		return nil, &refused{stderr.String()}
	default:
		return nil, err
	}
}

// allFeatures stands for all features.
const allFeatures = "*"
