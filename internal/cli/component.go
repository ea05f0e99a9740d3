package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/link"
)

func (a *app) componentCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "component",
		Short: "Make, check and show components",
		Long: `Make components of core modules, check them and show what is in them. witgen
build does embed and new for a Go guest.`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.embedCommand(), a.newCommand(), a.validateCommand(), a.inspectCommand())
	return cmd
}

// encodings are the values of --encoding.
var encodings = []component.Encoding{component.UTF8, component.UTF16, component.Latin1UTF16}

// encodingFlag is a string encoding. It is a flag's value.
type encodingFlag component.Encoding

func (f *encodingFlag) String() string { return encodingName(component.Encoding(*f)) }
func (f *encodingFlag) Type() string   { return "ENCODING" }

// encodingName returns the name of a string encoding alone.
func encodingName(e component.Encoding) string {
	return strings.TrimPrefix(e.String(), "string-encoding=")
}

func (f *encodingFlag) Set(value string) error {
	for _, e := range encodings {
		if encodingName(e) == value {
			*f = encodingFlag(e)
			return nil
		}
	}
	return fmt.Errorf("it is one of %s", strings.Join(encodingNames(), ", "))
}

func encodingNames() []string {
	var names []string
	for _, e := range encodings {
		names = append(names, encodingName(e))
	}
	return names
}

// embedFlags are the flags of component embed.
type embedFlags struct {
	featureFlags
	world    worldFlag
	encoding encodingFlag
	out      outFlag
}

func (a *app) embedCommand() *cobra.Command {
	flags := embedFlags{encoding: encodingFlag(component.UTF8)}
	cmd := &cobra.Command{
		Use:   "embed [flags] WIT-PATH CORE.wasm",
		Short: "Put a world into a core module",
		Long: `Put a world into a core module, as a custom section that component new and other
tools read. The module stays what it is. A world that it carries already stays,
too: the component then has the imports and exports of both.

The output goes to a file, or to standard output where that is no terminal.`,
		Example: `  witgen component embed --world calculator -o calc.core.wasm ./wit calc.wasm`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			return fmt.Errorf("%s takes a WIT-PATH and a core module, and got %d arguments\nusage: %s", cmd.CommandPath(), len(args), cmd.UseLine())
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.embed(&flags, args[0], args[1])
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return completeWasm(cmd, nil, toComplete)
			}
			return completePath(cmd, args, toComplete)
		},
	}
	flags.world.add(cmd, &flags.featureFlags, "`WORLD` to embed, as name, ns:pkg/name or ns:pkg/name@1.2.3 (default: the only world)")
	cmd.Flags().Var(&flags.encoding, "encoding", "how the module encodes strings: "+strings.Join(encodingNames(), ", "))
	must(cmd.RegisterFlagCompletionFunc("encoding", cobra.FixedCompletions(encodingNames(), cobra.ShellCompDirectiveNoFileComp)))
	flags.out.add(cmd)
	flags.featureFlags.add(cmd)
	return cmd
}

func (a *app) embed(flags *embedFlags, witPath, file string) error {
	result, err := flags.load(witPath)
	if err != nil {
		return err
	}
	world, err := flags.world.one(result)
	if err != nil {
		return err
	}
	core, _, err := readModule(file)
	if err != nil {
		return err
	}
	out, err := component.Embed(core, result.Resolve, world, component.Encoding(flags.encoding))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	// A world that is there already may contradict this one.
	if _, err := component.DecodeWIT(out); err != nil {
		return fmt.Errorf("%s carries metadata already, which does not go together with this world: %w", file, err)
	}
	return a.writeBinary(&flags.out, out)
}

// readModule reads a core module and checks it.
func readModule(file string) ([]byte, *component.Module, error) {
	wasm, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, missing(file, err)
	}
	if component.FormOf(wasm) == component.ComponentForm {
		return nil, nil, fmt.Errorf("%s: this is a component, and a core module is needed", file)
	}
	module, err := component.ReadModule(wasm)
	if err != nil {
		return nil, nil, binaryMistake(file, wasm, err)
	}
	return wasm, module, nil
}

// newFlags are the flags of component new.
type newFlags struct {
	adapt      []string
	closedWASI bool
	out        outFlag
}

func (a *app) newCommand() *cobra.Command {
	var flags newFlags
	cmd := &cobra.Command{
		Use:   "new [flags] CORE.wasm",
		Short: "Make a component of a core module",
		Long: `Make a component of a core module that carries its world (see component embed).
The component imports what of the world the module imports, exports what the
world exports, and is validated before it is written.

An adapter is a core module that supplies what the module imports from NAME. With
--closed-wasi that of wasi_snapshot_preview1 is witgen's own: no files, arguments
or environment, output dropped, a clock that counts its readings, the same random
numbers each time.

The output goes to a file, or to standard output where that is no terminal.`,
		Example: `  witgen component new --closed-wasi -o calc.wasm calc.core.wasm`,
		Args:    oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.newComponent(&flags, args[0])
		},
		ValidArgsFunction: completeWasm,
	}
	cmd.Flags().StringArrayVar(&flags.adapt, "adapt", nil, "use an adapter, as `[NAME=]FILE.wasm` (default NAME: that of the file); may be repeated")
	cmd.Flags().BoolVar(&flags.closedWASI, "closed-wasi", false, "use witgen's adapter for what the module imports of WASI preview 1")
	flags.out.add(cmd)
	return cmd
}

func (a *app) newComponent(flags *newFlags, file string) error {
	core, module, err := readModule(file)
	if err != nil {
		return err
	}
	if !module.HasWIT {
		return fmt.Errorf("%s: the core module carries no world: witgen component embed puts one into it", file)
	}
	var opts component.NewOptions
	for _, adapt := range flags.adapt {
		name, adapter, ok := strings.Cut(adapt, "=")
		if !ok {
			adapter = adapt
			name, _, _ = strings.Cut(filepath.Base(adapt), ".")
		}
		if name == "" || adapter == "" {
			return fmt.Errorf("--adapt %s: write --adapt NAME=FILE.wasm", adapt)
		}
		wasm, _, err := readModule(adapter)
		if err != nil {
			return err
		}
		opts.Adapters = append(opts.Adapters, component.Adapter{Name: name, Wasm: wasm})
	}
	if flags.closedWASI {
		adapters, err := preview1.Adapters(core)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		opts.Adapters = append(opts.Adapters, adapters...)
	}
	made, err := component.New(core, opts)
	if err != nil {
		hint := ""
		if preview1.Needed(module) && len(opts.Adapters) == 0 {
			hint = "\n--closed-wasi adds witgen's adapter, and --adapt another one"
		}
		return fmt.Errorf("%s: %w%s", file, err, hint)
	}
	return a.writeBinary(&flags.out, made)
}

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE.wasm...",
		Short: "Check components, WIT packages and core modules in binary form",
		Long: `Check WebAssembly files: components and WIT packages in binary form by the rules of
the component model, core modules, in them and alone, by those of core WebAssembly
with their instructions. Prints nothing where nothing is wrong.

The code of a core module that needs a feature which wazero does not have, or that
is larger than hosts compile by default, is not checked: a line on standard error
says so, and the exit code stays 0.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return fmt.Errorf("%s takes one file or more\nusage: %s", cmd.CommandPath(), cmd.UseLine())
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.validate(cmd.Context(), files)
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			return completeWasm(cmd, nil, toComplete)
		},
	}
}

func (a *app) validate(ctx context.Context, files []string) error {
	var mistakes diag.List
	for _, file := range files {
		wasm, err := os.ReadFile(file)
		if err != nil {
			return missing(file, err)
		}
		if err := validateBinary(wasm); err != nil {
			var list diag.List
			if err := binaryMistake(file, wasm, err); !errors.As(err, &list) {
				return err
			}
			mistakes = append(mistakes, list...)
			continue
		}
		unchecked, err := link.CheckCode(ctx, wasm)
		for _, u := range unchecked {
			fmt.Fprintf(a.stderr, "witgen: %s: %s\n", file, u)
		}
		var bad *component.Error
		switch {
		case errors.As(err, &bad):
			mistakes = append(mistakes, &diag.Diagnostic{Code: diag.InvalidBinary, Message: fmt.Sprintf("%s: %v", file, bad)})
		case err != nil:
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if len(mistakes) == 0 && a.format == formatJSON {
		return a.diagnostics(mistakes)
	}
	return mistakes.Err()
}

// validateBinary checks a binary of any form but for the code of core modules. The
// error is a *component.Error.
func validateBinary(wasm []byte) error {
	if component.FormOf(wasm) == component.CoreForm {
		module, err := component.ReadModule(wasm)
		if err == nil && module.HasWIT {
			_, err = component.DecodeWIT(wasm)
		}
		return err
	}
	c, err := binary.Decode(wasm)
	if err != nil {
		return err
	}
	return component.Validate(c)
}

func (a *app) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE.wasm",
		Short: "Show what is in a component",
		Long: `Show a component as a tree: its definitions in order with the indices that they
define, core modules with their sizes, imports and exports, canonical definitions
with their options, and types. A core module is shown with its imports, exports
and custom sections. A component that is not valid is shown, too.`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			wasm, err := os.ReadFile(args[0])
			if err != nil {
				return missing(args[0], err)
			}
			text, err := component.Inspect(wasm)
			if err != nil {
				return binaryMistake(args[0], wasm, err)
			}
			_, err = io.WriteString(a.stdout, text)
			return err
		},
		ValidArgsFunction: completeWasm,
	}
}
