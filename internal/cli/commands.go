package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

func (a *app) checkCommand() *cobra.Command {
	var features featureFlags
	cmd := &cobra.Command{
		Use:   "check [flags] WIT-PATH...",
		Short: "Report the mistakes in WIT packages",
		Long: `Report the mistakes in WIT packages: .wit files, or folders of .wit files with
what they depend on in their folder deps. Prints nothing where there are none.`,
		Args: somePaths,
		RunE: func(_ *cobra.Command, paths []string) error {
			var mistakes diag.List
			for _, path := range paths {
				_, err := features.load(path)
				var list diag.List
				switch {
				case errors.As(err, &list):
					mistakes = append(mistakes, list...)
				case err != nil:
					return err
				}
			}
			if len(mistakes) == 0 && a.format == formatJSON {
				return a.diagnostics(mistakes)
			}
			return mistakes.Err()
		},
	}
	features.add(cmd)
	return cmd
}

func (a *app) witCommand() *cobra.Command {
	var features featureFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "wit [flags] WIT-PATH",
		Short: "Print a WIT package as it is resolved",
		Long: `Print a WIT package as it is resolved, with the packages that it depends on in
one text: names are looked up, includes spread, gates decided, and the imports
that the types of a world need spelled out. The text resolves to the same model.`,
		Args: onePath,
		RunE: func(_ *cobra.Command, args []string) error {
			result, err := features.load(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(a.stdout, result.Resolve)
			}
			_, err = io.WriteString(a.stdout, wit.PrintAll(result.Resolve, result.Main))
			return err
		},
		ValidArgsFunction: completePath,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the model as JSON, in the form of wasm-tools component wit --json")
	features.add(cmd)
	return cmd
}

// writeJSON writes a value as JSON for programs and people.
func writeJSON(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = w.Write(out.Bytes())
	return err
}
