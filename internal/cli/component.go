package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
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
	flags.world.add(a, cmd, &flags.featureFlags, "`WORLD` to embed, as name, ns:pkg/name or ns:pkg/name@1.2.3 (default: the only world)")
	cmd.Flags().Var(&flags.encoding, "encoding", "how the module encodes strings: "+strings.Join(encodingNames(), ", "))
	must(cmd.RegisterFlagCompletionFunc("encoding", cobra.FixedCompletions(encodingNames(), cobra.ShellCompDirectiveNoFileComp)))
	flags.out.add(cmd)
	flags.featureFlags.add(cmd)
	return cmd
}

func (a *app) embed(flags *embedFlags, witPath, file string) error {
	result, err := flags.load(a, witPath)
	if err != nil {
		return err
	}
	world, err := flags.world.one(result)
	if err != nil {
		return err
	}
	core, _, err := a.readModule(file)
	if err != nil {
		return err
	}
	out, err := component.Embed(core, result.Resolve, world, component.Encoding(flags.encoding))
	if err != nil {
		return wrong(fmt.Errorf("%s: %w", shown(file), err))
	}
	// A world that is there already may contradict this one.
	if _, err := component.DecodeWIT(out); err != nil {
		return wrong(fmt.Errorf("%s carries metadata already, which does not go together with this world: %w", shown(file), err))
	}
	if err := a.writeBinary(&flags.out, out); err != nil {
		return err
	}
	return a.clean(&flags.out)
}

// newFlags are the flags of component new.
type newFlags struct {
	adapt      []string
	closedWASI bool
	out        outFlag
	wasiFlags
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
numbers each time. With --wasi it is one of witgen's that imports WASI 0.2; a core
module that exports _start becomes a component of wasi:cli/command, and needs no
world.

The output goes to a file, or to standard output where that is no terminal.`,
		Example: `  witgen component new --closed-wasi -o calc.wasm calc.core.wasm
  witgen component new --wasi -o hello.wasm hello.core.wasm`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.newComponent(cmd.Context(), &flags, args[0])
		},
		ValidArgsFunction: completeWasm,
	}
	cmd.Flags().StringArrayVar(&flags.adapt, "adapt", nil, "use an adapter, as `[NAME=]FILE.wasm` (default NAME: that of the file); may be repeated")
	cmd.Flags().BoolVar(&flags.closedWASI, "closed-wasi", false, "use witgen's adapter for what the module imports of WASI preview 1")
	flags.wasiFlags.add(cmd)
	flags.out.add(cmd)
	return cmd
}

func (a *app) newComponent(ctx context.Context, flags *newFlags, file string) error {
	core, module, err := a.readModule(file)
	if err != nil {
		return err
	}
	switch {
	case flags.wasi && flags.closedWASI:
		return errors.New("--wasi and --closed-wasi are two answers to one question: give one of them")
	case flags.noExitCode && !flags.wasi:
		return errors.New("--no-exit-code goes with --wasi")
	}
	flags.command = flags.wasi && slices.Contains(module.Exports, "_start")
	world := module.HasWIT || flags.command
	var opts component.NewOptions
	for _, adapt := range flags.adapt {
		name, adapter, ok := strings.Cut(adapt, "=")
		if !ok && adapt != dash {
			adapter = adapt
			name, _, _ = strings.Cut(filepath.Base(adapt), ".")
		}
		if name == "" || adapter == "" {
			return fmt.Errorf("--adapt %s: write --adapt NAME=FILE.wasm", adapt)
		}
		wasm, of, err := a.readModule(adapter)
		if err != nil {
			return err
		}
		world = world || of.HasWIT
		if _, err := link.CheckCode(ctx, wasm); err != nil {
			return wrong(fmt.Errorf("%s: %w", shown(adapter), err))
		}
		opts.Adapters = append(opts.Adapters, component.Adapter{Name: name, Wasm: wasm})
	}
	if !world {
		return wrong(fmt.Errorf("%s: the core module carries no world: witgen component embed puts one into it", shown(file)))
	}
	if flags.closedWASI || flags.wasi {
		adapters, err := flags.adapters(core)
		if err != nil {
			return wrong(fmt.Errorf("%s: %w", shown(file), err))
		}
		opts.Adapters = append(opts.Adapters, adapters...)
	}
	done := a.working("making a component of " + filepath.Base(shown(file)))
	made, err := component.New(core, opts)
	if err == nil {
		// Code that cannot be checked here is for the engine that runs it to judge.
		_, err = link.CheckCode(ctx, core)
	}
	done()
	if err != nil {
		hint := ""
		if preview1.Needed(module) && len(opts.Adapters) == 0 {
			hint = "\n--closed-wasi and --wasi add adapters of witgen's, and --adapt another one"
		}
		return wrong(fmt.Errorf("%s: %w%s", shown(file), err, hint))
	}
	if err := a.writeBinary(&flags.out, made); err != nil {
		return err
	}
	return a.clean(&flags.out)
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
		wasm, err := a.read(file)
		if err == nil {
			err = a.validateFile(ctx, file, wasm)
		}
		var list diag.List
		if err != nil && !errors.As(err, &list) {
			return err
		}
		mistakes = append(mistakes, list...)
	}
	if len(mistakes) == 0 {
		return a.clean(nil)
	}
	return mistakes.Err()
}

// validateFile checks one file, and notes what of it was not checked.
func (a *app) validateFile(ctx context.Context, file string, wasm []byte) error {
	defer a.working("checking " + filepath.Base(shown(file)))()
	if err := validateBinary(wasm); err != nil {
		return binaryMistake(file, wasm, err)
	}
	unchecked, err := link.CheckCode(ctx, wasm)
	for _, u := range unchecked {
		a.note("%s: %s", shown(file), u)
	}
	var bad *component.Error
	switch {
	case errors.As(err, &bad):
		return diag.List{{Code: diag.InvalidBinary, File: shown(file), Message: bad.Error()}}
	case err != nil:
		return fmt.Errorf("%s: %w", shown(file), err)
	}
	return nil
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
	asJSON := false
	cmd := &cobra.Command{
		Use:   "inspect [flags] FILE.wasm",
		Short: "Show what is in a component",
		Long: `Show a component as a tree: its definitions in order with the indices that they
define, core modules with their sizes, imports and exports, canonical definitions
with their options, and types. A core module is shown with its imports, exports
and custom sections. A component that is not valid is shown, too.`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			wasm, err := a.read(args[0])
			if err != nil {
				return err
			}
			tree, err := component.Inspect(wasm)
			if err != nil {
				return binaryMistake(args[0], wasm, err)
			}
			if asJSON {
				return writeJSON(a.stdout, inspectJSON(args[0], wasm, tree))
			}
			_, err = io.WriteString(a.stdout, tree)
			return err
		},
		ValidArgsFunction: completeWasm,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the tree as JSON")
	return cmd
}
