package preview1

import (
	"embed"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/gowasm"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// stateName is the module that the adapter over WASI 0.2 keeps its state in.
const stateName = "witgen_wasi_state"

// runExport is what the adapter exports for a guest that has a main function.
const runExport = "wasi:cli/run@0.2.0#run"

// WASIOptions are the options of WASIAdapters.
type WASIOptions struct {
	// Command makes the component one of wasi:cli/command: wasi:cli/run calls the guest's
	// _start.
	Command bool
	// ExitCodes has proc_exit tell the code by wasi:cli/exit.exit-with-code, which hosts
	// have since 0.2.12. Without it they learn if the code is 0.
	ExitCodes bool
}

// WASIAdapters returns the adapters that answer what a core module imports of WASI
// preview 1 by WASI 0.2, which the component then imports: of it only what these
// functions need. It returns none where the module imports nothing of preview 1 and is no
// command. It fails if the module cannot be read, imports something that preview 1 does
// not have, or lacks what it needs.
func WASIAdapters(core []byte, opts WASIOptions) ([]component.Adapter, error) {
	m, err := component.ReadModule(core)
	if err != nil {
		return nil, err
	}
	names := imported(m)
	for _, name := range names {
		if !slices.Contains(Functions(), name) {
			return nil, unknown(name)
		}
	}
	if opts.Command && !slices.Contains(m.Exports, "_start") {
		return nil, errors.New("the core module exports no _start, the function of a program")
	}
	if len(names) == 0 && !opts.Command {
		return nil, nil
	}
	adapter, err := wasiModule(names, opts)
	if err != nil {
		return nil, err
	}
	return []component.Adapter{{Name: Name, Wasm: adapter}, {Name: stateName, Wasm: stateModule()}}, nil
}

// EmbedWASI returns a core module that imports WASI 0.2 itself with a world of these
// imports. With command the world exports wasi:cli/run, as the core module does.
func EmbedWASI(core []byte, command bool) ([]byte, error) {
	world := "imports"
	if command {
		world = "command"
	}
	r, id, err := wasiWorld(world)
	if err != nil {
		return nil, err
	}
	return component.Embed(core, r, id, component.UTF8)
}

//go:embed adapter/*.go
var source embed.FS

//go:embed wasi.wit
var wasiWIT string

// sources are the files of the adapter by their names.
var sources = sync.OnceValue(func() map[string]string {
	files := map[string]string{}
	entries, err := source.ReadDir("adapter")
	for _, entry := range entries {
		var text []byte
		text, err = source.ReadFile("adapter/" + entry.Name())
		files[entry.Name()] = string(text)
	}
	if err != nil {
		panic(err) // They are in the program.
	}
	return files
})

// wasiModule returns the adapter with the functions of those names, and with its world.
func wasiModule(names []string, opts WASIOptions) ([]byte, error) {
	exports := slices.Clone(names)
	if opts.Command {
		exports = append(exports, runExport)
	}
	if slices.ContainsFunc(names, returnsLists) {
		exports = append(exports, "cabi_import_realloc")
	}
	module, err := gowasm.Compile(sources(), gowasm.Options{Exports: exports, Constants: map[string]bool{
		"files":     slices.ContainsFunc(names, asksForFiles),
		"exitCodes": opts.ExitCodes,
	}})
	if err != nil {
		return nil, err
	}
	world := "imports"
	if opts.Command {
		world = "command"
	}
	if opts.ExitCodes {
		world += "-and-exit-code"
	}
	r, id, err := wasiWorld(world)
	if err != nil {
		return nil, err
	}
	return component.Embed(module, r, id, component.UTF8)
}

// wasiWorld returns a world of wasi.wit.
func wasiWorld(name string) (*wit.Resolve, wit.WorldID, error) {
	result, err := resolve.Source("wasi.wit", wasiWIT, resolve.Options{})
	if err != nil {
		return nil, 0, err
	}
	id, err := resolve.SelectWorld(result.Resolve, result.Main, name)
	return result.Resolve, id, err
}

// asksForFiles reports whether a guest that imports a function may have descriptors other
// than the standard streams.
func asksForFiles(name string) bool {
	return strings.HasPrefix(name, "path_") || strings.HasPrefix(name, "fd_prestat_") || name == "fd_readdir"
}

// returnsLists reports whether a function may need one of WASI 0.2 that returns a list.
func returnsLists(name string) bool {
	return !slices.Contains([]string{"proc_exit", "proc_raise", "sched_yield", "clock_res_get", "clock_time_get"}, name)
}

// stateModule returns the module that has the adapter's state: a memory of its own behind
// functions, since a module has one memory and the adapter's is the guest's.
func stateModule() []byte {
	var m wasm.Module
	m.Memory(wasm.Limits{Min: 1})
	at, narrow, wide := wasm.I(wasm.OpLocalGet, 0), []wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I64}
	for _, f := range []struct {
		name            string
		params, results []wasm.ValType
		code            code
	}{
		{"load8", narrow, narrow, seq(at, load8(0))},
		{"load32", narrow, narrow, seq(at, load32(0))},
		{"load64", narrow, wide, seq(at, load64(0))},
		{"store8", append(narrow, wasm.I32), nil, seq(at, get(1), store8(0))},
		{"store32", append(narrow, wasm.I32), nil, seq(at, get(1), store32(0))},
		{"store64", append(narrow, wasm.I64), nil, seq(at, get(1), store64(0))},
		{"grow", narrow, narrow, seq(at, wasm.I(wasm.OpMemoryGrow, 0))},
	} {
		m.Export(f.name, wasm.FuncKind, m.Func(m.Type(wasm.FuncType(f.params, f.results)), nil, f.code))
	}
	return m.Bytes()
}
