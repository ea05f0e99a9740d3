package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// generator makes the files of one side for one world.
type generator func(r *wit.Resolve, world wit.WorldID, opts gogen.Options) ([]gogen.File, diag.List)

// generateFlags are the flags of generate, host and guest.
type generateFlags struct {
	featureFlags
	world      worldFlag
	out        string
	importPath string
	with       []string
	ownWASI    bool
	versioned  bool
	initials   []string
	optional   []string
	verify     bool
	prune      bool
}

func (a *app) generateCommand(name string, sides ...side) *cobra.Command {
	what := map[string]string{
		"generate": "host and guest bindings",
		"host":     "host bindings",
		"guest":    "guest bindings",
	}[name]
	var flags generateFlags
	cmd := &cobra.Command{
		Use:   name + " [flags] WIT-PATH",
		Short: "Write " + what,
		Long: `Write ` + what + ` for worlds of a WIT package, below the folder OUT.

WIT-PATH is a .wit file, or a folder of .wit files with what they depend on in
its folder deps. An interface becomes the Go package OUT/NAMESPACE/PACKAGE/NAME,
and so does a world. One folder OUT may hold any number of worlds, and both
sides.

The files are written whole or not at all. A file that witgen did not write is
not overwritten, and one that stays as it is is not touched.`,
		Example: `  //go:generate go tool witgen ` + name + ` --world calculator --out gen ./wit`,
		Args:    onePath,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.generate(&flags, args[0], sides)
		},
		ValidArgsFunction: completePath,
	}
	flags.world.add(a, cmd, &flags.featureFlags, "`WORLD` to generate for, as name, ns:pkg/name or ns:pkg/name@1.2.3; may be repeated (default: the only world)")
	f := cmd.Flags()
	f.StringVarP(&flags.out, "out", "o", "gen", "`FOLDER` to write to")
	f.StringVar(&flags.importPath, "import-path", "", "import `PATH` of OUT (default: by the nearest go.mod)")
	f.StringArrayVar(&flags.with, "with", nil, "use a Go package for an interface instead of generating it, as `INTERFACE=IMPORT-PATH`; may be repeated")
	f.BoolVar(&flags.ownWASI, "own-wasi", false, "write the packages of wasi:... interfaces too, instead of using those of witgen's module")
	f.BoolVar(&flags.versioned, "versioned", false, "put every package's version into its path, as v1 or v0.2, not only where there are two versions")
	f.StringSliceVar(&flags.initials, "initialisms", nil, "`WORDS` that Go names spell as given, beside Go's own: KV,OAuth")
	f.StringArrayVar(&flags.optional, "optional", nil, "let guests lack exported functions: a `NAME` such as ns:pkg/interface#function, ns:pkg/interface, or ns:pkg@1.2.3 for what is @since a later version; may be repeated")
	f.BoolVar(&flags.verify, "verify", false, "write nothing; exit with status 1 and a diff where OUT is out of date, or holds what the WIT has no longer")
	f.BoolVar(&flags.prune, "prune", false, "remove what witgen wrote to OUT for this command's sides and does not make now; needs every world of OUT in one command")
	must(cmd.MarkFlagDirname("out"))
	flags.featureFlags.add(cmd)
	return cmd
}

func (a *app) generate(flags *generateFlags, path string, sides []side) error {
	if os.Getenv("GOGC") == "" {
		// A run lives for a moment and holds little. Collecting its garbage less
		// often saves a tenth of its time.
		defer debug.SetGCPercent(debug.SetGCPercent(400))
	}
	opts, err := flags.options()
	if err != nil {
		return err
	}
	result, err := flags.load(a, path)
	if err != nil {
		return err
	}
	worlds, err := flags.world.choose(result)
	if err != nil {
		return err
	}
	done := a.working("generating")
	files, err := a.makeFiles(result.Resolve, worlds, sides, opts)
	done()
	if err != nil {
		return err
	}
	out, err := compare(flags.out, files, flags.prune || flags.verify, sides)
	if err != nil {
		return err
	}
	if flags.verify {
		if !flags.prune {
			out.keepOthers(result.Resolve, files)
		}
		return a.verify(out, flags.prune)
	}
	// The writing is done to its end, or not begun, also where a signal comes.
	if err := a.cleaner.hold(out.write); err != nil {
		return err
	}
	return a.clean(nil)
}

// options returns what the flags say to the generators.
func (flags *generateFlags) options() (gogen.Options, error) {
	opts := gogen.Options{
		ImportPath: flags.importPath,
		OwnWASI:    flags.ownWASI,
		Versioned:  flags.versioned,
		With:       map[string]string{},

		Initialisms: flags.initials,
		Optional:    flags.optional,
	}
	switch flags.out {
	case "":
		return opts, errors.New("--out is empty: name a folder, or . for this one")
	case dash:
		return opts, errors.New("--out names a folder, and - is standard output: write ./- for a folder of that name")
	}
	var err error
	if opts.ImportPath == "" {
		if opts.ImportPath, err = importPathOf(flags.out); err != nil {
			return opts, err
		}
	} else if err = checkImportPath(opts.ImportPath); err != nil {
		return opts, fmt.Errorf("--import-path: %w", err)
	}
	for _, with := range flags.with {
		name, importPath, ok := strings.Cut(with, "=")
		if !ok || name == "" {
			return opts, fmt.Errorf("--with %s: write --with ns:pkg/interface=IMPORT-PATH", with)
		}
		if err := checkImportPath(importPath); err != nil {
			return opts, fmt.Errorf("--with %s: %w", with, err)
		}
		if other, ok := opts.With[name]; ok && other != importPath {
			return opts, fmt.Errorf("--with names two packages for %s: %s and %s", name, other, importPath)
		}
		opts.With[name] = importPath
	}
	return opts, nil
}

// makeFiles makes the files of all sides of all worlds. The error is a diag.List
// where one of them is not supported.
func (a *app) makeFiles(r *wit.Resolve, worlds []wit.WorldID, sides []side, opts gogen.Options) ([]gogen.File, error) {
	var made [][]gogen.File
	var mistakes diag.List
	with := opts.With
	for _, world := range worlds {
		opts.With = withOf(r, world, worlds, with)
		files, lists := make([][]gogen.File, len(sides)), make([]diag.List, len(sides))
		gogen.Concurrently(len(sides), func(i int) {
			files[i], lists[i] = a.generators[sides[i]](r, world, opts)
		})
		made = append(made, files...)
		for _, list := range lists {
			mistakes = appendNew(mistakes, list)
		}
	}
	if err := mistakes.Err(); err != nil {
		return nil, err
	}
	return merge(made...)
}

// withOf returns the entries of --with for one world: all but those that only
// other worlds of the run need. What no world needs the generators report.
func withOf(r *wit.Resolve, world wit.WorldID, worlds []wit.WorldID, with map[string]string) map[string]string {
	of := map[string]string{}
	for name, importPath := range with {
		needs := func(id wit.WorldID) bool { return needsInterface(r, id, name) }
		if needs(world) || !slices.ContainsFunc(worlds, needs) {
			of[name] = importPath
		}
	}
	return of
}

// needsInterface reports whether a world imports or exports the interface of that
// name, which is ns:pkg/name or ns:pkg/name@1.2.3.
func needsInterface(r *wit.Resolve, world wit.WorldID, name string) bool {
	w := r.Worlds[world]
	return slices.ContainsFunc(slices.Concat(w.Imports, w.Exports), func(item *wit.WorldItem) bool {
		id, ok := item.Item.(wit.InterfaceID)
		if !ok {
			return false
		}
		qualified := r.QualifiedName(id)
		unversioned, _, _ := strings.Cut(qualified, "@")
		return name == qualified || name == unversioned
	})
}

// appendNew appends the diagnostics that list does not hold yet: both sides of a
// world find much the same.
func appendNew(list, more diag.List) diag.List {
	for _, d := range more {
		known := false
		for _, other := range list {
			known = known || other.Code == d.Code && other.Span == d.Span && other.Message == d.Message
		}
		if !known {
			list = append(list, d)
		}
	}
	return list
}

// verify shows what a run would change, and what of OUT is no longer made, and fails
// where that is anything. pruned tells that the run would remove the latter.
func (a *app) verify(out *output, pruned bool) error {
	if out.upToDate() {
		return a.clean(nil)
	}
	if a.format != formatText {
		return out.diagnostics()
	}
	if _, err := a.stdout.Write(out.diff()); err != nil {
		return err
	}
	advice := "run the command without --verify"
	switch {
	case len(out.stale) == 0 || pruned:
	case len(out.changes) == 0:
		advice = "remove it, or run the command with --prune for all worlds of OUT"
	default:
		advice += ", with --prune and all worlds of OUT to remove what is no longer made"
	}
	return wrong(fmt.Errorf("%s is out of date: %s; %s", out.dir, out.summary(), advice))
}
