package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	wasicommand "github.com/witgen/witgen/wasi/cli/v0.2/command"
)

type runFlags struct {
	grants grantFlags
	limits limitFlags
}

func (a *app) runCommand() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] FILE.wasm [ARGS...]",
		Short: "Run a program that was compiled for WASI",
		Long: `Run a program: a core module for WASI preview 1 or a component that exports
wasi:cli/run of WASI 0.2. What follows FILE.wasm is the program's own, flags too.

The program has the standard streams, the time and random numbers. It has no
folders, no environment and no network but those that flags name. HOST is a name,
an address, a prefix of addresses as 10.0.0.0/8, or *.NAME for all below a name;
IPv6 stands in brackets. HOST and PORT may be *. A name leads to public addresses
only, and localhost to the machine itself.

The exit status is the program's, and 255 for a larger one. It is 1 where the
program traps, meets a limit or is not one that can be run, and 2 where the command
line or a file is wrong.`,
		Example: `  witgen run --dir ./data::/data:ro --env LANG hello.wasm --verbose /data/in.txt
  witgen run --tcp 'example.com:443,127.0.0.1:*' --timeout 10s fetch.wasm`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return fmt.Errorf("%s takes a file, and arguments of the program in it\nusage: %s", cmd.CommandPath(), cmd.UseLine())
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runProgram(cmd.Context(), &flags, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault // the program's may be files
			}
			return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().SetInterspersed(false)
	flags.limits.add(cmd, "stop the program after a `TIME` such as 500ms or 10s (default: never)", "stop the program after about so many `INSTRUCTIONS` (default: never)")
	flags.grants.add(cmd)
	return cmd
}

// runProgram runs the program in the file args[0].
func (a *app) runProgram(ctx context.Context, flags *runFlags, args []string) (err error) {
	a.signalled.Store(&endAsGuest)
	ctx, cancel := flags.limits.within(ctx)
	defer cancel()
	wasm, err := a.read(args[0])
	if err != nil {
		return err
	}
	opts, closeCache, err := flags.limits.options()
	if err != nil {
		return err
	}
	closing := context.WithoutCancel(ctx)
	defer func() { err = errors.Join(err, closeCache(closing)) }()
	opts = append(opts, wasi.Host(wasi.Stdin(a.stdin), wasi.Stdout(a.stdout.w), wasi.Stderr(a.stderr), wasi.Args(args...), wasi.Clock()))
	done := a.working("compiling " + filepath.Base(shown(args[0])))
	plugin, err := wasicommand.Compile(ctx, wasm, append(opts, flags.grants.options()...)...)
	done()
	if err != nil {
		return programMistake(args[0], wasm, err)
	}
	defer func() { err = errors.Join(err, plugin.Close(closing)) }()
	code, err := wasi.Run(ctx, plugin)
	switch {
	case err != nil:
		return wrong(fmt.Errorf("%s: %w", shown(args[0]), err))
	case code != 0:
		return guestStatus(min(uint(code), math.MaxUint8))
	}
	return nil
}

// programMistake returns the error of a file that cannot be run.
func programMistake(path string, wasm []byte, err error) error {
	if bad := validateBinary(wasm); bad != nil {
		return binaryMistake(path, wasm, bad)
	}
	hint := ""
	var unfit *host.LinkError
	if errors.As(err, &unfit) && strings.HasPrefix(unfit.Item, "export ") {
		hint = "\nwitgen run takes a program, with wasi:cli/run or _start; witgen call --list shows what a file exports"
	}
	return wrong(fmt.Errorf("%s: %w%s", shown(path), err, hint))
}
