package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/guestcompile"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/wit"
)

// buildFlags are the flags of build.
type buildFlags struct {
	featureFlags
	world            worldFlag
	wit              string
	out              outFlag
	compiler, target string
	core, json       bool
	wasiFlags
	// hasWorld is false for a program that needs no world beside wasi:cli/command.
	hasWorld bool
}

const (
	compilerTinyGo = "tinygo"
	compilerGo     = "go"
	targetUnknown  = "wasm-unknown"
	targetWASIP1   = "wasip1"
	targetWASIP2   = "wasip2"
)

func (a *app) buildCommand() *cobra.Command {
	var flags buildFlags
	cmd := &cobra.Command{
		Use:   "build [flags] PACKAGE [-- COMPILER-FLAGS]",
		Short: "Compile a Go guest and make a component of it",
		Long: `Compile a Go guest, a package main that uses bindings of witgen guest, and make a
component of it that any host of components can run.

The compiler is TinyGo where there is one (the environment variable WITGEN_TINYGO
names it, else it is the tinygo on PATH), for the target wasm-unknown, and
otherwise standard Go. The flags that witgen gives it stand in docs/guests.md;
flags after -- are added to them and count where both say something.

What the guest imports of WASI preview 1 is inside the component: no files,
arguments or environment, output dropped, a clock that counts its readings, the
same random numbers each time (docs/components.md). With --wasi the component
imports WASI 0.2 for it, so that files, output and the rest are those that the host
grants. With --core the output is the core module, with its world inside, and WASI
is left to the host.

With --command the package is a program: the component is one of wasi:cli/command,
which runs the package's main function. It needs no world; --world adds one, for the
interfaces that the program imports.`,
		Example: `  witgen build --world calculator --wit ./wit -o calc.wasm ./guest
  witgen build --compiler go -o calc.wasm ./guest -- -tags=debug
  witgen build --command -o hello.wasm ./hello`,
		Args: func(cmd *cobra.Command, args []string) error {
			if n := beforeDash(cmd, args); n != 1 {
				return fmt.Errorf("%s takes one PACKAGE, and got %d\nusage: %s", cmd.CommandPath(), n, cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.hasWorld = !flags.command || cmd.Flags().Changed("world") || cmd.Flags().Changed("wit")
			return a.build(&flags, args[0], args[1:])
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	f := cmd.Flags()
	f.StringArrayVarP(&flags.world.names, "world", "w", nil, "`WORLD` of the guest, as name, ns:pkg/name or ns:pkg/name@1.2.3 (default: the only world)")
	must(cmd.RegisterFlagCompletionFunc("world", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return completeWorlds(a, &flags.featureFlags, []string{flags.wit}), cobra.ShellCompDirectiveNoFileComp
	}))
	f.StringVar(&flags.wit, "wit", "wit", "`WIT-PATH` of the world: a file or a folder")
	flags.out.add(cmd)
	cmd.Flags().Lookup("out").Usage = "`FILE` to write to, whole or not at all; - is standard output"
	f.StringVar(&flags.compiler, "compiler", "", "`COMPILER` to use: tinygo or go (default: tinygo where there is one)")
	f.StringVar(&flags.target, "target", "", "`TARGET` to compile for: wasm-unknown (TinyGo only, its default), wasip1 or wasip2 (TinyGo only)")
	for name, values := range map[string][]string{"compiler": {compilerTinyGo, compilerGo}, "target": {targetUnknown, targetWASIP1, targetWASIP2}} {
		must(cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)))
	}
	f.BoolVar(&flags.core, "core", false, "write the core module with its world inside, and no component")
	flags.wasiFlags.add(cmd)
	f.BoolVar(&flags.command, "command", false, "compile a program to a component of wasi:cli/command, with --wasi")
	f.BoolVar(&flags.json, "json", false, "print what was made as JSON")
	flags.featureFlags.add(cmd)
	return cmd
}

// beforeDash returns the number of arguments before --.
func beforeDash(cmd *cobra.Command, args []string) int {
	if n := cmd.ArgsLenAtDash(); n >= 0 {
		return n
	}
	return len(args)
}

func (a *app) build(flags *buildFlags, pkg string, extra []string) error {
	switch {
	case flags.out.file == "":
		return errors.New("build writes a file: name it with -o")
	case flags.out.file == dash && flags.json:
		return errors.New("--json and the output itself go to standard output: name a file with -o")
	}
	if err := flags.check(); err != nil {
		return err
	}
	compiler, tinygo, err := flags.choose()
	if err != nil {
		return err
	}
	// What is wrong with the WIT shows before the compiler takes its time.
	var w *guestWorld
	if flags.hasWorld {
		if w, err = flags.guestWorld(a); err != nil {
			return err
		}
	}
	core, err := a.compile(compiler, tinygo, pkg, flags.command, extra)
	if err != nil {
		return err
	}
	core, made, err := componentOf(core, w, flags)
	if err != nil {
		if w != nil && !flags.command {
			err = fmt.Errorf("%w\nthe guest must use the bindings of world %s, as witgen guest writes them, and call its Export", err, w)
		}
		return wrong(fmt.Errorf("%s: %w", pkg, err))
	}
	line := buildLine{File: flags.out.file, Form: "component", World: commandWorld}
	if w != nil {
		line.World = w.String()
	}
	if flags.core {
		made, line.Form = core, "core module"
	}
	line.Bytes = len(made)
	switch compiler {
	case guestcompile.TinyGoUnknown:
		line.Compiler, line.Target = compilerTinyGo, targetUnknown
	case guestcompile.TinyGoWASIP1:
		line.Compiler, line.Target = compilerTinyGo, targetWASIP1
	case guestcompile.TinyGoWASIP2:
		line.Compiler, line.Target = compilerTinyGo, targetWASIP2
	case guestcompile.Go:
		line.Compiler, line.Target = compilerGo, targetWASIP1
	default:
		panic(fmt.Sprintf("cli: unhandled compiler %v", compiler))
	}
	if err := a.writeText(&flags.out, made); err != nil {
		return err
	}
	if flags.json {
		return writeJSON(a.stdout, line)
	}
	name := line.File
	if name == dash {
		name = "standard output"
	}
	a.note("%s: %d bytes, compiled by %s", name, line.Bytes, compilerWords[compiler])
	return a.clean(&flags.out)
}

// buildLine is the JSON of build (docs/json.md).
type buildLine struct {
	File     string `json:"file"`
	Bytes    int    `json:"bytes"`
	Form     string `json:"form"` // "component" or "core module"
	World    string `json:"world"`
	Compiler string `json:"compiler"`
	Target   string `json:"target"`
}

var compilerWords = map[guestcompile.Compiler]string{
	guestcompile.TinyGoUnknown: "TinyGo for wasm-unknown",
	guestcompile.TinyGoWASIP1:  "TinyGo for wasip1",
	guestcompile.TinyGoWASIP2:  "TinyGo for wasip2",
	guestcompile.Go:            "standard Go",
}

// guestWorld is the world of a guest.
type guestWorld struct {
	resolve *wit.Resolve
	id      wit.WorldID
}

// String returns the world's qualified name.
func (w *guestWorld) String() string {
	world := w.resolve.Worlds[w.id]
	return w.resolve.Packages[world.Package].Name.Qualify(world.Name)
}

// guestWorld reads the world that flags name.
func (flags *buildFlags) guestWorld(a *app) (*guestWorld, error) {
	result, err := flags.load(a, flags.wit)
	if err != nil {
		return nil, err
	}
	id, err := flags.world.one(result)
	return &guestWorld{result.Resolve, id}, err
}

// choose returns the compiler that the flags and the machine call for, with the path
// of the TinyGo.
func (flags *buildFlags) choose() (guestcompile.Compiler, string, error) {
	switch flags.target {
	case "", targetUnknown, targetWASIP1, targetWASIP2:
	default:
		return "", "", fmt.Errorf("--target %s: it is one of %s, %s, %s", flags.target, targetUnknown, targetWASIP1, targetWASIP2)
	}
	tinygo, why := guestcompile.FindTinyGo()
	switch flags.compiler {
	case compilerGo:
		tinygo = ""
	case compilerTinyGo:
		if tinygo == "" {
			return "", "", fmt.Errorf("TinyGo cannot be used: %s", why)
		}
	case "":
	default:
		return "", "", fmt.Errorf("--compiler %s: it is one of %s, %s", flags.compiler, compilerTinyGo, compilerGo)
	}
	switch {
	case tinygo != "" && (flags.target == targetWASIP1 || flags.target == "" && flags.wasi):
		return guestcompile.TinyGoWASIP1, tinygo, nil
	case tinygo != "" && flags.target == targetWASIP2:
		return guestcompile.TinyGoWASIP2, tinygo, nil
	case tinygo != "":
		return guestcompile.TinyGoUnknown, tinygo, nil
	case flags.target == "" || flags.target == targetWASIP1:
		return guestcompile.Go, "", nil
	case flags.compiler == compilerGo:
		return "", "", fmt.Errorf("--target %s: standard Go compiles for %s only", flags.target, targetWASIP1)
	default:
		return "", "", fmt.Errorf("--target %s needs TinyGo: %s", flags.target, why)
	}
}

// compile compiles a package to a core module. What the compiler says goes to
// standard error. All that it makes lies in one folder, which goes at the end; a signal
// ends the compiler with all that it started, too.
func (a *app) compile(compiler guestcompile.Compiler, tinygo, pkg string, program bool, extra []string) ([]byte, error) {
	var dir string
	removed, err := a.cleaner.begin(func() (err error) {
		dir, err = os.MkdirTemp("", "witgen-build-")
		return err
	}, func() { os.RemoveAll(dir) })
	if err != nil {
		return nil, err
	}
	defer removed()
	defer os.RemoveAll(dir)
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "guest.wasm")
	build := guestcompile.Command
	if program {
		build = guestcompile.Program
	}
	cmd := build(compiler, tinygo, out, pkg, extra...)
	if compiler == guestcompile.TinyGoWASIP2 {
		own, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("TinyGo for wasip2 calls witgen, whose file cannot be found: %w", err)
		}
		guestcompile.UseStandIn(cmd, own)
	}
	for _, name := range []string{"TMPDIR", "GOTMPDIR", "TMP", "TEMP"} {
		cmd.Env = append(cmd.Env, name+"="+temp)
	}
	cmd.Stdout, cmd.Stderr = a.stderr, a.stderr
	if isTerminal(a.stderr) {
		cmd.Stdout, cmd.Stderr = &a.progress, &a.progress
	}
	ownGroup(cmd)
	done := a.working("compiling " + pkg + " with " + compilerWords[compiler])
	ended, err := a.cleaner.begin(cmd.Start, func() { kill(cmd) })
	if err == nil {
		err = cmd.Wait()
		ended()
	}
	done()
	a.cleaner.wait()
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		return nil, wrong(fmt.Errorf("%s build: %w%s", filepath.Base(cmd.Path), err, tooOld(tinygo)))
	case err != nil:
		return nil, fmt.Errorf("%s build: %w", filepath.Base(cmd.Path), err)
	}
	core, err := os.ReadFile(out)
	if err != nil {
		return nil, wrong(fmt.Errorf("%s build wrote no file: %w", filepath.Base(cmd.Path), err))
	}
	if component.FormOf(core) != component.CoreForm {
		return nil, wrong(fmt.Errorf("%s build did not write a core module: is %s a package main?", filepath.Base(cmd.Path), pkg))
	}
	return core, nil
}

// oldestTinyGo is the minor version of the oldest TinyGo 0.x whose guests are
// tested.
const oldestTinyGo = 41

// tooOld returns what to add to the error of a TinyGo that is too old.
func tooOld(tinygo string) string {
	if tinygo == "" {
		return ""
	}
	text, err := exec.Command(tinygo, "version").Output()
	if err != nil {
		return ""
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(string(text), "tinygo version "), " ")
	minor, isZero := strings.CutPrefix(version, "0.")
	minor, _, _ = strings.Cut(minor, ".")
	if n, err := strconv.Atoi(minor); err != nil || !isZero || n >= oldestTinyGo {
		return ""
	}
	return fmt.Sprintf("\nthis is TinyGo %s, and guests need 0.%d or newer", version, oldestTinyGo)
}

// componentOf puts a world into a core module, unless w is nil, and makes a component of
// it. It returns both.
func componentOf(core []byte, w *guestWorld, flags *buildFlags) (embedded, made []byte, err error) {
	if w != nil {
		core, err = component.Embed(core, w.resolve, w.id, component.UTF8)
		if err != nil {
			return nil, nil, err
		}
	}
	if flags.target == targetWASIP2 {
		if core, err = preview1.EmbedWASI(core, flags.command); err != nil {
			return nil, nil, err
		}
	}
	adapters, err := flags.adapters(core)
	if err != nil {
		return nil, nil, err
	}
	made, err = component.New(core, component.NewOptions{Adapters: adapters})
	return core, made, err
}
