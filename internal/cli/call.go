package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/wasi"
)

type callFlags struct {
	featureFlags
	grants grantFlags
	limits limitFlags
	world  worldFlag
	wit    string
	list   bool
	json   bool
	stub   bool
}

func (a *app) callCommand() *cobra.Command {
	var flags callFlags
	cmd := &cobra.Command{
		Use:   "call [flags] FILE.wasm CALL...",
		Short: "Call functions that a component or core module exports",
		Long: `Call functions that a component or core module exports, with arguments in WAVE,
and print each result in WAVE on a line of its own. All calls go to one instance,
in order. --list shows what can be called.

A function goes by its name alone (add) where only one has it, else by its interface
too: operations#add, operations.add or demo:calls/operations@1.2.0#add. The
constructor of a resource goes by the resource's name; a resource that a call
returns is printed as a name, which later calls can use: counter-1.value(). A call
of the form c = counter(5) gives it the name c, and drop(c) destroys it.

The guest must carry its WIT, or --wit and --world name its world. It gets no imports
but those of WASI: the time, and what the flags grant; its output goes to standard
error. With --stub a call of any other import is a trap.

The exit status is 1 where a result is err(...), and where the guest traps, meets a
limit, cannot be started, or exits with another status than 0 or before the last
call; it is 2 where a CALL does not fit what the guest exports.`,
		Example: `  witgen call calc.wasm 'add(2, 3)' 'divide(1, 0)'
  witgen call shop.wasm 'c = counter(5)' 'c.increase(2)' 'counter.sum(c, c)'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && flags.list {
				return nil
			}
			return fmt.Errorf("%s takes a file, and calls or --list\nusage: %s", cmd.CommandPath(), cmd.UseLine())
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.call(cmd.Context(), &flags, args[0], args[1:])
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&flags.list, "list", "l", false, "print the functions that can be called, before any call")
	f.BoolVar(&flags.json, "json", false, "print a line of JSON for each call and each function of --list")
	f.StringVar(&flags.wit, "wit", "", "`WIT-PATH` of the guest's world, in place of the one that it carries")
	flags.world.add(a, cmd, &flags.featureFlags, "`WORLD` of --wit that the guest is of (default: the only world)")
	f.BoolVar(&flags.stub, "stub", false, "answer calls of imports that nobody supplies with a trap")
	flags.limits.add(cmd, "stop after a `TIME` such as 500ms or 10s (default: never)", "stop a call after about so many `INSTRUCTIONS` (default: never)")
	flags.grants.add(cmd)
	flags.featureFlags.add(cmd)
	return cmd
}

func (a *app) call(ctx context.Context, flags *callFlags, path string, calls []string) (err error) {
	ctx, cancel := flags.limits.within(ctx)
	defer cancel()
	guest, err := flags.read(a, path)
	if err != nil {
		return err
	}
	if flags.list {
		show := a.listFunctions
		if flags.json {
			show = a.listJSON
		}
		if err := show(guest); err != nil || len(calls) == 0 {
			return err
		}
	}
	opts, closeCache, err := flags.limits.options()
	if err != nil {
		return err
	}
	closing := context.WithoutCancel(ctx)
	defer func() { err = errors.Join(err, closeCache(closing)) }()
	opts = append(opts, wasi.Host(wasi.Stdout(a.stderr), wasi.Stderr(a.stderr), wasi.Clock()))
	done := a.working("compiling " + filepath.Base(shown(path)))
	plugin, err := guest.Compile(ctx, append(opts, flags.grants.options()...)...)
	done()
	if err != nil {
		return wrong(err)
	}
	defer func() { err = errors.Join(err, plugin.Close(closing)) }()
	var stubs dynamic.Imports
	if flags.stub {
		stubs = stubImports(plugin)
	}
	s := &callSession{ctx: ctx, plugin: plugin, resources: map[string]*dynamic.Resource{}}
	if s.inst, err = plugin.Instantiate(ctx, stubs); err != nil {
		var missing *host.LinkError
		if errors.As(err, &missing) && missing.Item == "imports" && !flags.stub {
			err = fmt.Errorf("%w\n--stub has calls of such functions trap, and serves the others", err)
		}
		return wrong(err)
	}
	failed := false
	for n, text := range calls {
		s.json = flags.json
		out, isErr, err := s.call(text)
		var exit *host.ExitError
		exited := errors.As(err, &exit)
		if flags.json {
			line := callLine{Call: text, Result: json.RawMessage(out), Failed: isErr}
			if err != nil {
				line.Error = err.Error()
			}
			if exited {
				line.Exit = &exit.Code
			}
			if err := writeLine(a.stdout, line); err != nil {
				return err
			}
			out = ""
		}
		if exited && exit.Code == 0 && n == len(calls)-1 && !failed {
			_, err := fmt.Fprintf(a.stderr, "witgen: %v\n", exit)
			return err
		}
		if err != nil {
			return err
		}
		failed = failed || isErr
		if out != "" {
			if _, err := fmt.Fprintln(a.stdout, out); err != nil {
				return err
			}
		}
	}
	if failed {
		return errReported
	}
	return nil
}

// stubImports returns functions that fail for the imports that nobody supplies.
func stubImports(plugin *dynamic.Plugin) dynamic.Imports {
	stubs := dynamic.Imports{}
	for _, f := range plugin.Imports() {
		if !plugin.Provides(f) {
			stubs[f.Name] = func(context.Context, []any) (any, error) {
				return nil, errors.New("nobody supplies it, and --stub has a call of it trap")
			}
		}
	}
	return stubs
}

// read reads the guest of a file.
func (flags *callFlags) read(a *app, path string) (*dynamic.Guest, error) {
	wasm, err := a.read(path)
	switch {
	case err != nil:
		return nil, err
	case flags.wit == "" && len(flags.world.names) > 0:
		return nil, errors.New("--world names a world of --wit, which is not there")
	case flags.wit == "":
		guest, err := dynamic.Read(wasm)
		if err != nil {
			return nil, callMistake(path, wasm, err)
		}
		return guest, nil
	}
	result, err := flags.load(a, flags.wit)
	if err != nil {
		return nil, err
	}
	world, err := flags.world.one(result)
	if err != nil {
		return nil, err
	}
	guest, err := dynamic.ReadWorld(wasm, result.Resolve, world)
	if err != nil {
		return nil, callMistake(path, wasm, err)
	}
	return guest, nil
}

// callMistake returns the error of a binary as a diagnostic.
func callMistake(path string, wasm []byte, err error) error {
	var bad *component.Error
	if !errors.As(err, &bad) {
		return wrong(err)
	}
	err = binaryMistake(path, wasm, err)
	var list diag.List
	if errors.As(err, &list) && list[0].Code == diag.NoWIT {
		list[0].Hint("--wit and --world name its world for this call")
	}
	return err
}

// listJSON is listFunctions in JSON, a line for each function.
func (a *app) listJSON(guest *dynamic.Guest) error {
	list := func(functions []*dynamic.Function, direction string) error {
		for _, f := range functions {
			line := functionLine{
				Direction: direction, Interface: f.Interface, Name: f.Func.Name, Signature: f.Signature(),
				Params: []paramLine{}, Unsupported: f.Unsupported,
			}
			for _, p := range f.Func.Params {
				line.Params = append(line.Params, paramLine{p.Name, f.Resolve.TypeString(p.Type)})
			}
			if f.Func.Result != nil {
				line.Result = f.Resolve.TypeString(f.Func.Result)
			}
			if err := writeLine(a.stdout, line); err != nil {
				return err
			}
		}
		return nil
	}
	if err := list(guest.Exports(), "export"); err != nil {
		return err
	}
	return list(guest.Imports(), "import")
}

// listFunctions prints the functions that a guest exports, by interface, and those
// that it imports.
func (a *app) listFunctions(guest *dynamic.Guest) error {
	var out bytes.Buffer
	list := func(functions []*dynamic.Function, prefix string) {
		for i, f := range functions {
			owner := f.Interface
			if owner == "" {
				owner = "the world itself"
			}
			if i == 0 || functions[i-1].Interface != f.Interface {
				if out.Len() > 0 {
					out.WriteByte('\n')
				}
				fmt.Fprintln(&out, prefix+owner)
			}
			name := f.Func.Name[strings.IndexByte(f.Func.Name, ']')+1:]
			note := ""
			if f.Unsupported != "" {
				note = "  // not supported: " + f.Unsupported
			}
			fmt.Fprintf(&out, "  %s: %s;%s\n", name, f.Signature(), note)
		}
	}
	list(guest.Exports(), "")
	list(guest.Imports(), "needs ")
	_, err := a.stdout.Write(out.Bytes())
	return err
}
