package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
)

// limitFlags are the limits of a guest that a command runs, and where its compiled
// code is kept.
type limitFlags struct {
	timeout time.Duration
	fuel    uint64
	memory  sizeFlag
	cache   string
}

// add adds the flags, with the usages of two.
func (l *limitFlags) add(cmd *cobra.Command, timeout, fuel string) {
	f := cmd.Flags()
	f.DurationVar(&l.timeout, "timeout", 0, timeout)
	f.Uint64Var(&l.fuel, "fuel", 0, fuel)
	f.Var(&l.memory, "memory", "most memory that the guest may have, as a `SIZE` such as 64MiB (default 256MiB)")
	f.StringVar(&l.cache, "cache", "", "keep compiled code in the folder `DIR`, for later runs (default: nowhere)")
	must(cmd.RegisterFlagCompletionFunc("cache", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}))
}

// options returns the options of the flags. The caller calls closing after the plugin
// has been closed.
func (l *limitFlags) options() (opts []host.Option, closing func(context.Context) error, err error) {
	if l.fuel > 0 {
		opts = append(opts, host.Fuel(l.fuel))
	}
	if l.memory > 0 {
		opts = append(opts, host.MemoryLimit(uint64(l.memory)))
	}
	if l.cache == "" {
		return opts, func(context.Context) error { return nil }, nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(l.cache)
	if err != nil {
		return nil, nil, fmt.Errorf("--cache %s: %w; name a folder that can be written", l.cache, err)
	}
	return append(opts, host.Cache(cache)), cache.Close, nil
}

// within returns ctx with the deadline of --timeout.
func (l *limitFlags) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.timeout > 0 {
		return context.WithTimeout(ctx, l.timeout)
	}
	return ctx, func() {}
}

// limitError is an error of a guest's limit, in the words of the command line.
type limitError struct {
	error
	text string
}

func (e limitError) Error() string { return e.text }
func (e limitError) Unwrap() error { return e.error }

// byFlag names the flags that raise limits in place of Go options.
var byFlag = strings.NewReplacer("host.Fuel", "--fuel", "host.MemoryLimit", "--memory")

// noFlag finds the advice to raise a limit that has no flag.
var noFlag = regexp.MustCompile(`; raise it with host\.\w+(, or )?`)

// inFlags returns an error with the flags that raise the limit in it, and err itself if no
// limit is in it.
func inFlags(err error) error {
	var limit *host.LimitError
	if err == nil {
		return nil
	}
	text := noFlag.ReplaceAllStringFunc(byFlag.Replace(err.Error()), func(found string) string {
		if strings.HasSuffix(found, ", or ") {
			return "; "
		}
		return ""
	})
	if errors.As(err, &limit) && limit.Limit == "deadline" {
		text += "; raise it with --timeout"
	}
	if text == err.Error() {
		return err
	}
	return limitError{err, text}
}

// logInFlags is inFlags for the errors in a log.
func logInFlags(_ []string, attr slog.Attr) slog.Attr {
	if err, ok := attr.Value.Any().(error); ok {
		attr.Value = slog.AnyValue(inFlags(err))
	}
	return attr
}

// sizeFlag is a number of bytes. It is a flag's value.
type sizeFlag uint64

func (f *sizeFlag) Type() string { return "SIZE" }

func (f *sizeFlag) String() string {
	if *f == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(*f), 10)
}

func (f *sizeFlag) Set(text string) error {
	unit := uint64(1)
	digits := text
	for suffix, size := range map[string]uint64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			digits, unit = rest, size
		}
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n == 0 || n > math.MaxUint64/unit {
		return errors.New("it is a number of bytes, or of KiB, MiB or GiB, as in 64MiB")
	}
	*f = sizeFlag(n * unit)
	return nil
}
