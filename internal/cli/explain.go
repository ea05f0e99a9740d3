package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/diag"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CODE",
		Short: "Explain the code of a diagnostic",
		Long: `Explain the code of a diagnostic: what it means, an example that is refused with
it, and the same example mended.`,
		Example: "  witgen explain W0302",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return fmt.Errorf("%s takes one code, and got %d\nusage: %s", cmd.CommandPath(), len(args), cmd.UseLine())
		},
		RunE: func(_ *cobra.Command, args []string) error {
			page, ok := diag.Explain(diag.Code(args[0]))
			if !ok {
				return fmt.Errorf("there is no code %s: codes look like W0302 and stand in brackets in each error", args[0])
			}
			_, err := io.WriteString(a.stdout, page)
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, code := range diag.Codes() {
				codes = append(codes, string(code))
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
