package link

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wasi/closed"
	"github.com/witgen/witgen/wit"
)

// Root is the name of the world's own functions among its imports and exports.
const root = "$root"

// checkPreamble refuses what is neither a core module nor a component.
func checkPreamble(world *bind.World, wasm []byte) error {
	bad := func(format string, args ...any) error {
		return &host.LinkError{World: world.Name, Detail: fmt.Sprintf(format, args...)}
	}
	if len(wasm) < 8 || !bytes.HasPrefix(wasm, []byte("\x00asm")) {
		return bad("the guest is not WebAssembly: %d bytes that start with %q; pass the contents of a .wasm file", len(wasm), wasm[:min(len(wasm), 8)])
	}
	switch [4]byte(wasm[4:8]) {
	case [4]byte{1, 0, 0, 0}:
		return nil
	case [4]byte{0x0d, 0, 1, 0}:
		return nil
	default:
		return bad("the guest's version of WebAssembly, %x, is not supported; a core module has 01000000 and a component 0d000100", wasm[4:8])
	}
}

// matchExports finds the core functions of the world's exports. It notes the error types of
// functions in errors, for bind.Tree.
func matchExports(world *bind.World, types *resourceTypes, functions map[string]api.FunctionDefinition, module *plan.Module, carries *carried, errors map[string]string) ([]bind.ExportedInterface, error) {
	names := newVersions(functions)
	start := functions["_start"]
	if functions["_initialize"] != nil {
		start = nil
	}
	if start != nil && !slices.ContainsFunc(world.Exports, isRun) {
		return nil, &host.LinkError{World: world.Name, Item: "export _start",
			Detail: "the guest is a command, which ends when it has run; build it as a library, with -buildmode=c-shared, or run it with wasi.Run"}
	}
	exports := make([]bind.ExportedInterface, len(world.Exports))
	for n, item := range world.Exports {
		prefix, from := "", root
		if start != nil && isRun(item) {
			if got := bind.SignatureOf(start); got != "->" {
				return nil, &host.LinkError{World: world.Name, Item: "export _start",
					Detail: fmt.Sprintf("a command's function takes nothing and returns nothing, and this one is of type %s; build the guest for wasip1", show(got))}
			}
			exports[n].Functions = []bind.Export{{Name: item.Name + "#run", Core: bind.CoreItem{Name: "_start"}, Start: true}}
			continue
		}
		if item.Name != root {
			name, ok := names.match(item.Name)
			if !ok && !allOptional(item.Interface.Functions) {
				return nil, missingExport(world, item, functions, names, module)
			}
			prefix, from = name+"#", name
		}
		exports[n] = bind.ExportedInterface{Functions: make([]bind.Export, len(item.Interface.Functions)), Types: types.of(item)}
		if err := types.setDtors(n, prefix, functions, module); err != nil {
			return nil, err
		}
		for k, f := range item.Interface.Functions {
			core := prefix + f.Name
			def := functions[core]
			if _, other := module.Exports[core]; def == nil && !other && f.Optional {
				exports[n].Functions[k] = missing(item, f)
				continue
			}
			if def == nil {
				if k, ok := module.Exports[core]; ok {
					return nil, wrongKind(world, core, k, coretype.FuncKind)
				}
				return nil, &host.LinkError{World: world.Name, Item: "export " + core,
					Detail: "the guest does not export this function; build it with the bindings of this world" + nearest(core, functions)}
			}
			if got := bind.SignatureOf(def); got != f.Export {
				return nil, &host.LinkError{World: world.Name, Item: "export " + core,
					Detail: fmt.Sprintf("the guest's function is of type %s, where the world says %s; build it with the bindings of this world", show(got), show(f.Export))}
			}
			if err := carries.check(abi.Exported, from, f.Name, &f); err != nil {
				return nil, err
			}
			export := bind.Export{Name: core, Core: bind.CoreItem{Name: core}}
			post := "cabi_post_" + core
			if k, ok := module.Exports[post]; ok && k != coretype.FuncKind {
				return nil, wrongKind(world, post, k, coretype.FuncKind)
			}
			if functions[post] != nil {
				if err := checkPost(world, post, functions[post], f); err != nil {
					return nil, err
				}
				export.Post = &bind.CoreItem{Name: post}
			}
			exports[n].Functions[k] = export
			errors[core] = f.Err
		}
	}
	return exports, checkRuntimeExports(world, functions, module)
}

// allOptional reports whether guests may lack all functions.
func allOptional(functions []bind.Function) bool {
	return !slices.ContainsFunc(functions, func(f bind.Function) bool { return !f.Optional })
}

// missing returns the export for an optional function that the guest lacks.
func missing(item bind.Item, f bind.Function) bind.Export {
	return bind.Export{Name: label(item.Name, f.Name), Missing: true}
}

// isRun reports whether an export is wasi:cli/run, which the function _start of a command
// of preview 1 stands for.
func isRun(item bind.Item) bool {
	return wit.InterfaceTrack(item.Name) == "wasi:cli/run@0.2" && len(item.Interface.Functions) == 1
}

// wrongKind is the error of an export that is something else than it must be.
func wrongKind(world *bind.World, name string, is, want coretype.Kind) error {
	return &host.LinkError{World: world.Name, Item: "export " + name,
		Detail: fmt.Sprintf("the guest exports a %s of this name, and it must be a %s; build it with the bindings of this world", is, want)}
}

// checkPost checks that a post-return function takes its function's results.
func checkPost(world *bind.World, name string, def api.FunctionDefinition, f bind.Function) error {
	_, results := f.Export.Types()
	if slices.Equal(def.ParamTypes(), results) && len(def.ResultTypes()) == 0 {
		return nil
	}
	return &host.LinkError{World: world.Name, Item: "export " + name,
		Detail: fmt.Sprintf("a post-return function takes the results of its function and returns nothing, and this one is of type %s; build the guest with the bindings of this world", show(bind.SignatureOf(def)))}
}

// checkRuntimeExports checks the functions that every guest's runtime exports.
func checkRuntimeExports(world *bind.World, functions map[string]api.FunctionDefinition, module *plan.Module) error {
	for name, want := range map[string]coretype.Kind{"memory": coretype.MemoryKind, "cabi_realloc": coretype.FuncKind, "_initialize": coretype.FuncKind} {
		if k, ok := module.Exports[name]; ok && k != want {
			return wrongKind(world, name, k, want)
		}
	}
	for _, want := range []struct {
		name string
		sig  bind.Signature
	}{{"cabi_realloc", "i32 i32 i32 i32 -> i32"}, {"_initialize", "->"}} {
		if def := functions[want.name]; def != nil && bind.SignatureOf(def) != want.sig {
			return &host.LinkError{World: world.Name, Item: "export " + want.name,
				Detail: fmt.Sprintf("the guest's function is of type %s, and must be of type %s; build it with the bindings of this world", show(bind.SignatureOf(def)), show(want.sig))}
		}
	}
	return nil
}

func missingExport(world *bind.World, item bind.Item, functions map[string]api.FunctionDefinition, names versions, module *plan.Module) error {
	for _, f := range item.Interface.Functions {
		if k, ok := module.Exports[item.Name+"#"+f.Name]; ok && k != coretype.FuncKind {
			return wrongKind(world, item.Name+"#"+f.Name, k, coretype.FuncKind)
		}
	}
	detail := "the guest does not export this interface; build it with the bindings of this world"
	if other, ok := names.otherVersion(item.Name); ok {
		detail = fmt.Sprintf("the guest exports %s, whose version is not compatible; build it with the bindings of this world", other)
	} else if hint := nearest(item.Name, functions); hint != "" {
		detail += hint
	}
	return &host.LinkError{World: world.Name, Item: "export " + item.Name, Detail: detail}
}

// nearest names an export of the guest that might have been meant.
func nearest(want string, functions map[string]api.FunctionDefinition) string {
	_, base, ok := strings.Cut(want, "#")
	if !ok {
		return ""
	}
	names := make([]string, 0, len(functions))
	for name := range functions {
		if strings.HasSuffix(name, "#"+base) || name == base {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; it exports " + slices.Min(names)
}

// show puts a signature the way people write function types.
func show(s bind.Signature) string {
	params, results, _ := strings.Cut(string(s), "->")
	list := func(s string) string { return "(" + strings.Join(strings.Fields(s), ", ") + ")" }
	return list(params) + " -> " + list(results)
}

// matchedImports are what the host has to supply to a guest.
type matchedImports struct {
	needs   *needs
	modules []importModule
}

// importModule is a module name that the guest imports from.
type importModule struct {
	name      string
	wasi      bool
	functions []importFunction
}

type importFunction struct {
	name      string
	signature bind.Signature
	serve     api.GoModuleFunction
	in        found // the world's function, without one for the runtime's own
}

// matchImports finds what the guest's imports are in the world.
func matchImports(e *extension, types *resourceTypes, compiled wazero.CompiledModule, module *plan.Module, carries *carried) (*matchedImports, error) {
	world := e.world
	for _, i := range module.Imports {
		if i.Type.Kind == coretype.FuncKind {
			continue
		}
		detail := fmt.Sprintf("the guest imports a %s, and a host supplies functions only; the guest must define it itself", i.Type.Kind)
		if i.Type.Kind == coretype.MemoryKind {
			detail = "the guest imports its memory; it must define and export it"
		}
		return nil, &host.LinkError{World: world.Name, Item: "import " + label(i.Module, i.Name), Detail: detail}
	}
	matched := &matchedImports{needs: newNeeds(world)}
	finder := newImportFinder(e, types)
	modules := map[string]int{}
	seen := map[[2]string]bool{}
	for _, def := range compiled.ImportedFunctions() {
		from, name, _ := def.Import()
		at, ok := modules[from]
		if !ok {
			at = len(matched.modules)
			modules[from] = at
			matched.modules = append(matched.modules, importModule{name: from, wasi: from == closed.Module && !finder.names.names[from]})
		}
		m := &matched.modules[at]
		if m.wasi {
			continue
		}
		f, err := finder.find(from, name)
		if err != nil {
			return nil, err
		}
		if got := bind.SignatureOf(def); got != f.signature {
			return nil, &host.LinkError{World: world.Name, Item: "import " + label(from, name),
				Detail: fmt.Sprintf("the guest takes the function to be of type %s, where the world says %s; build it with the bindings of this world", show(got), show(f.signature))}
		}
		if f.in.fn != nil {
			if err := carries.check(abi.Imported, from, name, f.in.fn); err != nil {
				return nil, err
			}
			matched.needs.add(f.in)
		}
		if key := [2]string{from, name}; !seen[key] {
			seen[key] = true
			m.functions = append(m.functions, f)
		}
	}
	return matched, nil
}
