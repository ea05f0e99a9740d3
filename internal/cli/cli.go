// Package cli is the commands of witgen.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/guestcompile"
)

const issues = "https://github.com/witgen/witgen/issues"

// Run runs witgen with its arguments (without the program's name) and returns the
// exit status: 0; 1 where the input is wrong, the output is stale or a guest answers
// with an error; 2 where the command line, a file or the machine stops it
// (docs/errors.md). It does not panic. A signal that ends programs cleans up and ends
// this one.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	if done, err := guestcompile.StandIn(args); done {
		if err != nil {
			fmt.Fprintln(stderr, "witgen:", err)
			return statusFailed
		}
		return 0
	}
	a := newApp(stdin, stdout, stderr)
	defer a.heedSignals()()
	return a.run(args)
}

// app is one run.
type app struct {
	stdin      io.Reader
	stdout     *stdoutWriter
	stderr     io.Writer
	generators map[side]generator
	format     outputFormat
	quiet      bool
	stdinRead  bool
	cleaner    cleaner
	progress   progress
	// signalled is what a signal that ends programs does, or nil for an error and
	// statusFailed.
	signalled atomic.Pointer[func(os.Signal)]
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{stdin: stdin, stdout: &stdoutWriter{w: stdout}, stderr: stderr, generators: generators, progress: progress{w: stderr}}
}

// stdoutWriter is standard output. It keeps its first error: what prints help does not
// look at it.
type stdoutWriter struct {
	w   io.Writer
	err error
}

func (s *stdoutWriter) Write(text []byte) (int, error) {
	n, err := s.w.Write(text)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

func (a *app) run(args []string) (status int) {
	defer func() {
		if p := recover(); p != nil {
			a.reportInternal(fmt.Sprint(p), string(debug.Stack()))
			status = statusFailed
		}
	}()
	root := a.rootCommand(args)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.Execute()
	a.cleaner.wait()
	if err == nil && a.stdout.err != nil {
		err = fmt.Errorf("standard output cannot be written: %w", a.stdout.err)
	}
	if err != nil {
		a.report(err)
	}
	if a.stdout.err != nil {
		return statusFailed
	}
	return statusOf(err)
}

// note tells something that is no mistake, unless --quiet was given.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(&a.progress, "witgen: "+format+"\n", args...)
	}
}

// report shows an error of a command.
func (a *app) report(err error) {
	var list diag.List
	var internal internalError
	var guest guestStatus
	switch {
	case errors.Is(err, errReported), errors.As(err, &guest):
	case errors.As(err, &list):
		if err := a.diagnostics(list); err != nil {
			fmt.Fprintf(a.stderr, "witgen: %v\n", err)
		}
	case errors.As(err, &internal):
		a.reportInternal(internal.what, "")
	default:
		// The output may stand among that of other programs (go generate): say
		// who speaks.
		fmt.Fprintf(a.stderr, "witgen: %v\n", err)
	}
}

func (a *app) reportInternal(what, stack string) {
	fmt.Fprintf(a.stderr, "witgen: internal error: %s\n", what)
	fmt.Fprintf(a.stderr, "This is a mistake of witgen's. Please report it, with the WIT and this text: %s\n", issues)
	fmt.Fprintf(a.stderr, "%s\n", strings.TrimSpace(versionText()))
	if stack != "" {
		fmt.Fprintf(a.stderr, "\n%s", stack)
	}
}

// command is a command that is made when it is needed.
type command struct {
	name string
	make func() *cobra.Command
}

// commands returns all commands, in no order: help sorts them.
func (a *app) commands() []command {
	return []command{
		{"generate", func() *cobra.Command { return a.generateCommand("generate", hostSide, guestSide) }},
		{"host", func() *cobra.Command { return a.generateCommand("host", hostSide) }},
		{"guest", func() *cobra.Command { return a.generateCommand("guest", guestSide) }},
		{"build", a.buildCommand},
		{"check", a.checkCommand},
		{"wit", a.witCommand},
		{"abi", a.abiCommand},
		{"component", a.componentCommand},
		{"call", a.callCommand},
		{"run", a.runCommand},
		{"serve", a.serveCommand},
		{"explain", a.explainCommand},
		{"fmt", a.fmtCommand},
		{"version", a.versionCommand},
	}
}

// Commands returns the command witgen with all others below it, for what is made of
// their help: manual pages and completions of a release.
func Commands() *cobra.Command { return newApp(nil, io.Discard, io.Discard).rootCommand(nil) }

// rootCommand returns the command witgen for a run with args. Where the first of
// these is the name of a command it has that one only: making them all takes a tenth
// of the time of a short run.
func (a *app) rootCommand(args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "witgen",
		Short: "WIT to Go: bindings for WebAssembly hosts and guests",
		Long: `witgen reads a WIT package and writes typed Go for both sides of the boundary:
host bindings that run a WebAssembly guest on wazero, and guest bindings that
TinyGo or standard Go compile to WebAssembly.`,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		Args:                       noCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Version:                    witgenVersion(),
	}
	root.SetVersionTemplate(versionText())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w\nrun %q for its flags", err, cmd.CommandPath()+" --help")
	})
	a.format = formatText
	root.PersistentFlags().Var(&a.format, "format", "how to show diagnostics: text, json (on standard output) or github")
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "show diagnostics and errors only, no notes and no progress")
	must(root.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)))
	commands := a.commands()
	if len(args) > 0 {
		if i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] }); i >= 0 {
			commands = commands[i : i+1]
			root.CompletionOptions.DisableDefaultCmd = true
		}
	}
	for _, c := range commands {
		root.AddCommand(c.make())
	}
	root.SetHelpCommand(helpCommand())
	return root
}

// helpCommand returns the command help, which fails for what is no command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: "Show what a command does and its flags",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			switch {
			case about == nil || err != nil:
				return noCommand(cmd.Root(), args)
			case len(rest) > 0:
				return noCommand(about, rest)
			}
			about.InitDefaultHelpFlag() // so that it is among the flags shown
			about.InitDefaultVersionFlag()
			return about.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range about.Commands() {
				if c.IsAvailableCommand() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// noCommand is the error of a word that is no command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += fmt.Sprintf("; did you mean %q?", near[0])
	}
	return fmt.Errorf("%s\nrun \"witgen help\" for the commands", text)
}

// noArguments takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no arguments, and got %q", cmd.CommandPath(), args[0])
}

// onePath takes the one argument WIT-PATH.
func onePath(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("%s takes one WIT-PATH, a file or a folder, and got %d\nusage: %s", cmd.CommandPath(), len(args), cmd.UseLine())
}

// oneFile takes the one argument that a command's usage names, a file.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("%s takes one file, and got %d\nusage: %s", cmd.CommandPath(), len(args), cmd.UseLine())
}

// somePaths takes one or more WIT-PATHs.
func somePaths(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return fmt.Errorf("%s takes a WIT-PATH, a file or a folder\nusage: %s", cmd.CommandPath(), cmd.UseLine())
}

// completePath completes WIT-PATH: a folder, a .wit file or a .wasm file.
func completePath(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"wit", "wasm"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeWasm completes FILE.wasm.
func completeWasm(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// colourful reports whether to write colours to w: it is a terminal, and the
// environment does not say no (https://no-color.org).
func colourful(w io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
