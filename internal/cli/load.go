package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// featureFlags are the flags that say which @unstable items there are.
type featureFlags struct {
	features []string
	all      bool
}

func (f *featureFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.features, "features", nil, "`FEATURES` whose @unstable items are there (a,b)")
	cmd.Flags().BoolVar(&f.all, "all-features", false, "all @unstable items are there")
	cmd.MarkFlagsMutuallyExclusive("features", "all-features")
}

// load resolves the WIT at a path. The error is a diag.List where the WIT has
// mistakes.
func (f *featureFlags) load(path string) (*resolve.Result, error) {
	result, err := resolve.Dir(path, resolve.Options{Features: f.features, AllFeatures: f.all})
	if errors.Is(err, fs.ErrNotExist) {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			return nil, fmt.Errorf("there is no file or folder %s", path)
		}
	}
	return result, err
}

// worldFlag is the flag that chooses worlds.
type worldFlag struct{ names []string }

func (f *worldFlag) add(cmd *cobra.Command, features *featureFlags, usage string) {
	cmd.Flags().StringArrayVarP(&f.names, "world", "w", nil, usage)
	must(cmd.RegisterFlagCompletionFunc("world", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return completeWorlds(features, args), cobra.ShellCompDirectiveNoFileComp
	}))
}

// completeWorlds returns the names of the worlds in the WIT that a command line
// names, or that lies in the folder wit.
func completeWorlds(features *featureFlags, args []string) []string {
	path := "wit"
	if len(args) > 0 {
		path = args[0]
	}
	result, err := features.load(path)
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
			if name == "" {
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
