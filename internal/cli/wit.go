package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// witFlags are the flags of wit.
type witFlags struct {
	featureFlags
	json, wasm bool
	out        outFlag
}

func (a *app) witCommand() *cobra.Command {
	var flags witFlags
	cmd := &cobra.Command{
		Use:   "wit [flags] WIT-PATH",
		Short: "Print a WIT package as it is resolved, or write it in binary form",
		Long: `Print a WIT package as it is resolved, with the packages that it depends on in
one text: names are looked up, includes spread, gates decided, and the imports
that the types of a world need spelled out. The text resolves to the same model.

WIT-PATH is a .wit file, a folder of them, or a WebAssembly file: the WIT of a
component is the world root of the package root:component, that of a core
module the world root of root:root, and a WIT package in binary form is printed
as it is. What is @unstable in a binary is printed, since its features were
chosen when it was written.

A record, flags or a tuple without parts is printed, though no binary may have
one: check and --wasm refuse it.

With --wasm the package is written in binary form, to a file or to standard
output where that is no terminal. Read back, it is the same package, with its
documentation.`,
		Example: `  witgen wit --wasm -o pkg.wasm ./wit`,
		Args:    onePath,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.wit(&flags, args[0])
		},
		ValidArgsFunction: completePath,
	}
	cmd.Flags().BoolVar(&flags.json, "json", false, "print the model as JSON, in the form of wasm-tools component wit --json")
	cmd.Flags().BoolVar(&flags.wasm, "wasm", false, "write the package in binary form")
	cmd.MarkFlagsMutuallyExclusive("json", "wasm")
	flags.out.add(cmd)
	flags.featureFlags.add(cmd)
	return cmd
}

func (a *app) wit(flags *witFlags, path string) error {
	flags.empty = !flags.wasm
	result, _, err := flags.open(a, path)
	if err != nil {
		return err
	}
	if flags.wasm {
		wasm, err := encodePackage(result)
		if err != nil {
			return err
		}
		return a.writeBinary(&flags.out, wasm)
	}
	var text bytes.Buffer
	if flags.json {
		err = writeJSON(&text, result.Resolve)
	} else {
		_, err = io.WriteString(&text, wit.Print(result.Resolve, result.Main, otherPackages(result)...))
	}
	if err != nil {
		return err
	}
	return a.writeText(&flags.out, text.Bytes())
}

// otherPackages returns the packages beside the main one in the order of the model, which
// is that of wasm-tools. wit.PrintAll has an order that stays when its text is read and
// printed again.
func otherPackages(result *resolve.Result) []wit.PackageID {
	var others []wit.PackageID
	for i := range result.Resolve.Packages {
		if id := wit.PackageID(i); id != result.Main {
			others = append(others, id)
		}
	}
	return others
}

// encodePackage returns the main package in binary form. The format says which
// packages others come from, and so holds one package only.
func encodePackage(result *resolve.Result) ([]byte, error) {
	if err := resolve.CheckBinary(result.Resolve, result.Main); err != nil {
		return nil, err
	}
	return component.EncodePackage(result.Resolve, result.Main)
}
