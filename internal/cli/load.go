package cli

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// featureFlags are the flags that say which @unstable items there are.
type featureFlags struct {
	features []string
	all      bool
	// empty allows types without parts, which no binary has.
	empty bool
}

func (f *featureFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.features, "features", nil, "`FEATURES` whose @unstable items are there (a,b)")
	cmd.Flags().BoolVar(&f.all, "all-features", false, "all @unstable items are there")
	cmd.MarkFlagsMutuallyExclusive("features", "all-features")
}

// load reads the WIT at a path: a .wit file, a folder of them, a WebAssembly file
// that carries WIT, or - for one of these files on standard input. The error is a
// diag.List where the WIT has mistakes, or where a file cannot be read.
//
// The main package of a core module whose metadata is one world is the package of
// that world, so that the world is chosen by its own name. DecodeWIT gives that of
// all its worlds together.
func (f *featureFlags) load(a *app, path string) (*resolve.Result, error) {
	result, _, err := f.loadBinary(a, path)
	return result, err
}

// loadBinary is load with what DecodeWIT says of a binary, which is nil for text.
func (f *featureFlags) loadBinary(a *app, path string) (*resolve.Result, *component.WIT, error) {
	result, binary, err := f.open(a, path)
	if binary != nil && len(binary.Worlds) == 1 {
		result.Main = result.Resolve.Worlds[binary.Worlds[0]].Package
	}
	return result, binary, err
}

// open is loadBinary with the main package that DecodeWIT gives.
func (f *featureFlags) open(a *app, path string) (*resolve.Result, *component.WIT, error) {
	opts := resolve.Options{Features: f.features, AllFeatures: f.all, EmptyTypes: f.empty, Decode: component.DecodePackage}
	if isFolder(path) {
		result, err := resolve.Dir(path, opts)
		return result, nil, err
	}
	// A file is read once: it may be a pipe.
	content, err := a.read(path)
	if err != nil {
		return nil, nil, err
	}
	if component.FormOf(content) == component.NotWasm && filepath.Ext(path) != ".wasm" {
		name := shown(path)
		if path != dash {
			name = filepath.Clean(path)
		}
		result, err := resolve.Source(name, string(content), opts)
		return result, nil, err
	}
	binary, err := component.DecodeWIT(content)
	if err != nil {
		return nil, nil, binaryMistake(path, content, err)
	}
	return &resolve.Result{Resolve: binary.Resolve, Main: binary.Package}, binary, nil
}

// worldFlag is the flag that chooses worlds.
type worldFlag struct{ names []string }

func (f *worldFlag) add(a *app, cmd *cobra.Command, features *featureFlags, usage string) {
	cmd.Flags().StringArrayVarP(&f.names, "world", "w", nil, usage)
	must(cmd.RegisterFlagCompletionFunc("world", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return completeWorlds(a, features, args), cobra.ShellCompDirectiveNoFileComp
	}))
}

// completeWorlds returns the names of the worlds in the WIT that a command line
// names, or that lies in the folder wit.
func completeWorlds(a *app, features *featureFlags, args []string) []string {
	path := "wit"
	if len(args) > 0 {
		path = args[0]
	}
	if path == dash {
		return nil // the shell's own input is nothing to read
	}
	result, err := features.load(a, path)
	if err != nil {
		return nil
	}
	var names []string
	for _, id := range result.Resolve.Packages[result.Main].Worlds {
		names = append(names, result.Resolve.Worlds[id].Name)
	}
	return names
}

// choose returns the worlds that the flag names, each once, and the only world
// where it names none.
func (f *worldFlag) choose(r *resolve.Result) ([]wit.WorldID, error) {
	names := f.names
	if len(names) == 0 {
		names = []string{""}
	}
	var worlds []wit.WorldID
	for _, name := range names {
		id, err := resolve.SelectWorld(r.Resolve, r.Main, name)
		if err != nil {
			if name == "" && len(r.Resolve.Packages[r.Main].Worlds) > 0 {
				err = fmt.Errorf("%w\nchoose with --world", err)
			}
			return nil, err
		}
		if !slices.Contains(worlds, id) {
			worlds = append(worlds, id)
		}
	}
	return worlds, nil
}

// one returns the world that the flag names, for a command that takes one.
func (f *worldFlag) one(r *resolve.Result) (wit.WorldID, error) {
	worlds, err := f.choose(r)
	if err != nil {
		return 0, err
	}
	if len(worlds) > 1 {
		return 0, fmt.Errorf("--world names %d worlds, and one is taken here", len(worlds))
	}
	return worlds[0], nil
}
