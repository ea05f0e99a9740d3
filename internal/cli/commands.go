package cli

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/diag"
)

func (a *app) checkCommand() *cobra.Command {
	var features featureFlags
	cmd := &cobra.Command{
		Use:   "check [flags] WIT-PATH...",
		Short: "Report the mistakes in WIT packages",
		Long: `Report the mistakes in WIT packages: .wit files, folders of .wit files with what
they depend on in their folder deps, or WebAssembly files that carry WIT. - is such a
file on standard input. Prints nothing where there are none.`,
		Args: somePaths,
		RunE: func(_ *cobra.Command, paths []string) error {
			var mistakes diag.List
			for _, path := range paths {
				_, err := features.load(a, path)
				var list diag.List
				switch {
				case errors.As(err, &list):
					mistakes = append(mistakes, list...)
				case err != nil:
					return err
				}
			}
			if len(mistakes) == 0 {
				return a.clean(nil)
			}
			return mistakes.Err()
		},
	}
	features.add(cmd)
	return cmd
}

// writeJSON writes a value as JSON for programs and people.
func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// writeLine writes a value as JSON in one line.
func writeLine(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}
