package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/canonicalabi/dynamic"
	"github.com/witgen/witgen/canonicalabi/dynamic/value"
	"github.com/witgen/witgen/canonicalabi/dynamic/wave"
	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

type callFlags struct {
	featureFlags
	world   worldFlag
	wit     string
	list    bool
	fuel    uint64
	memory  sizeFlag
	timeout time.Duration
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

The guest must carry its WIT, or --wit and --world say what it is. It gets no imports
but those of WASI preview 1, closed: no files, no environment, no output.

The exit status is 1 where a result is err(...), and for any other error.`,
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
	f.StringVar(&flags.wit, "wit", "", "`WIT-PATH` that says what the guest is, whatever it carries")
	flags.world.add(cmd, &flags.featureFlags, "`WORLD` of --wit that the guest is of (default: the only world)")
	f.DurationVar(&flags.timeout, "timeout", 0, "stop after a `TIME` such as 500ms or 10s (default: never)")
	f.Uint64Var(&flags.fuel, "fuel", 0, "stop a call after about so many `INSTRUCTIONS` (default: never)")
	f.Var(&flags.memory, "memory", "most memory that the guest may have, as a `SIZE` such as 64MiB (default 256MiB)")
	flags.featureFlags.add(cmd)
	return cmd
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
		return fmt.Errorf("it is a number of bytes, or of KiB, MiB or GiB, as in 64MiB")
	}
	*f = sizeFlag(n * unit)
	return nil
}

func (a *app) call(ctx context.Context, flags *callFlags, path string, calls []string) (err error) {
	if flags.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, flags.timeout)
		defer cancel()
	}
	guest, err := flags.read(path)
	if err != nil {
		return err
	}
	if flags.list {
		if err := a.listFunctions(guest); err != nil || len(calls) == 0 {
			return err
		}
	}
	plugin, err := guest.Compile(ctx, flags.limits()...)
	if err != nil {
		return err
	}
	closing := context.WithoutCancel(ctx)
	defer func() { err = errors.Join(err, plugin.Close(closing)) }()
	s := &callSession{ctx: ctx, plugin: plugin, resources: map[string]*dynamic.Resource{}}
	if s.inst, err = plugin.Instantiate(ctx, nil); err != nil {
		return err
	}
	failed := false
	for _, text := range calls {
		out, isErr, err := s.call(text)
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

// limits returns the limits that the flags set.
func (flags *callFlags) limits() []host.Option {
	var opts []host.Option
	if flags.fuel > 0 {
		opts = append(opts, host.Fuel(flags.fuel))
	}
	if flags.memory > 0 {
		opts = append(opts, host.MemoryLimit(uint64(flags.memory)))
	}
	return opts
}

// read reads the guest of a file.
func (flags *callFlags) read(path string) (*dynamic.Guest, error) {
	wasm, err := readBinary(path)
	switch {
	case err != nil:
		return nil, missing(path, err)
	case wasm == nil:
		return nil, fmt.Errorf("%s is no WebAssembly file", path)
	case flags.wit == "" && len(flags.world.names) > 0:
		return nil, errors.New("--world names a world of --wit, which is not there")
	case flags.wit == "":
		guest, err := dynamic.Read(wasm)
		return guest, callMistake(path, wasm, err)
	}
	result, err := flags.load(flags.wit)
	if err != nil {
		return nil, err
	}
	world, err := flags.world.one(result)
	if err != nil {
		return nil, err
	}
	guest, err := dynamic.ReadWorld(wasm, result.Resolve, world)
	return guest, callMistake(path, wasm, err)
}

// callMistake returns the error of a binary as a diagnostic.
func callMistake(path string, wasm []byte, err error) error {
	var bad *component.Error
	if !errors.As(err, &bad) {
		return err
	}
	err = binaryMistake(path, wasm, err)
	var list diag.List
	if errors.As(err, &list) && list[0].Code == diag.NoWIT {
		list[0].Hint("--wit and --world say what it is for this call")
	}
	return err
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

// callSession is the calls of one run, with the resources that they returned.
type callSession struct {
	ctx       context.Context
	plugin    *dynamic.Plugin
	inst      *dynamic.Instance
	resources map[string]*dynamic.Resource
	// result is the name that the call at hand gives to the resource in its
	// result, or "".
	result string
}

// call makes one call. out is its result in WAVE, and "" where it has none; failed
// says that it is an err.
func (s *callSession) call(text string) (out string, failed bool, err error) {
	bad := func(err error) (string, bool, error) { return "", false, fmt.Errorf("%s: %w", text, err) }
	c, err := wave.ParseCall(text)
	if err != nil {
		return bad(err)
	}
	f, self, err := s.function(c)
	if err != nil {
		return bad(err)
	}
	if f == nil {
		if err := s.drop(c); err != nil {
			return bad(err)
		}
		return "", false, nil
	}
	codec := s.codec()
	params := f.Func.Params
	if self != nil {
		params = params[1:]
	}
	if f.Unsupported != "" {
		params = nil // they may have no text; the call says why it cannot be made
	}
	if s.result = c.Result; s.result != "" && (f.Func.Result == nil || !holdsResource(f.Resolve, f.Func.Result)) {
		return bad(fmt.Errorf("the result of %s holds no resource that %s could name", f.Name, c.Result))
	}
	var args []any
	if f.Unsupported == "" {
		if args, err = codec.Args(c, params); err != nil {
			return bad(err)
		}
	}
	if self != nil {
		args = append([]any{self}, args...)
	}
	v, err := s.inst.CallFunction(s.ctx, f, args...)
	var badValue *host.BadValueError
	switch {
	case errors.As(err, &badValue): // it names the parameter and not the function
		return bad(err)
	case err != nil || f.Func.Result == nil:
		return "", false, err
	}
	if r, ok := v.(value.Result); ok {
		_, _, isOK := r.Get()
		failed = !isOK
	}
	out, err = codec.Format(f.Func.Result, v)
	return out, failed, err
}

// function finds the function that a call names, and the resource whose method it
// is where the call is of the form c.get(). It returns nil for drop(c).
func (s *callSession) function(c *wave.Call) (*dynamic.Function, *dynamic.Resource, error) {
	if name, method, ok := strings.Cut(c.Func, "."); ok {
		if r := s.resources[name]; r != nil {
			f, err := r.Method(method)
			return f, r, err
		}
	}
	f, err := s.plugin.Lookup(c.Func)
	if err != nil && c.Func == "drop" && c.Result == "" {
		return nil, nil, nil
	}
	return f, nil, err
}

// drop destroys the resource that a call of drop names.
func (s *callSession) drop(c *wave.Call) error {
	codec := s.codec()
	// The argument is any resource: one of a type that nothing else is of.
	resolve := &wit.Resolve{Types: []*wit.TypeDef{{Name: "resource", Kind: &wit.Resource{}}, {Kind: &wit.Own{Resource: 0}}}}
	codec.Resolve = resolve
	args, err := codec.Args(c, []wit.Param{{Name: "resource", Type: wit.TypeID(1)}})
	if err != nil {
		return err
	}
	return args[0].(*dynamic.Resource).Close(s.ctx)
}

// codec reads and writes values, with names for resources.
func (s *callSession) codec() *wave.Codec {
	r, _ := s.plugin.Guest().World()
	return &wave.Codec{
		Resolve:        r,
		ParseResource:  func(_ wit.Type, name string) (any, error) { return s.resource(name) },
		FormatResource: func(_ wit.Type, v any) (string, error) { return s.name(v.(*dynamic.Resource)), nil },
	}
}

func (s *callSession) resource(name string) (*dynamic.Resource, error) {
	r := s.resources[name]
	if r == nil {
		return nil, fmt.Errorf("no call before this one returned a resource %s", name)
	}
	return r, nil
}

// name gives a resource a name: the one that the call asks for, for the first
// resource of its result, else that of its type and a number.
func (s *callSession) name(r *dynamic.Resource) string {
	base, name := s.result, s.result
	s.result = ""
	if base == "" {
		_, base, _ = strings.Cut(r.Name(), "#")
		name = base + "-1"
		for n := 2; s.resources[name] != nil; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
	}
	s.resources[name] = r
	return name
}

// holdsResource reports whether a type holds a resource, at any depth.
func holdsResource(r *wit.Resolve, t wit.Type) bool {
	if id, ok := r.Dealias(t).(wit.TypeID); ok {
		k := r.Types[id].Kind
		if _, ok := k.(*wit.Own); ok {
			return true
		}
		found := false
		if _, ok := k.(*wit.Borrow); !ok {
			wit.EachType(k, func(part wit.Type) { found = found || holdsResource(r, part) })
		}
		return found
	}
	return false
}
