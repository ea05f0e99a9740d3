package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionLine is the JSON of version (docs/json.md).
type versionLine struct {
	Version string `json:"version"`
	ABI     string `json:"abi"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

func (a *app) versionCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version [flags]",
		Short: "Print the versions of witgen, of its ABI and of Go",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return writeJSON(a.stdout, versionLine{witgenVersion(), abiVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH})
			}
			_, err := io.WriteString(a.stdout, versionText())
			return err
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func versionText() string {
	return fmt.Sprintf("witgen %s\nABI version %s\n%s %s/%s\n",
		witgenVersion(), abiVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// witgenVersion returns the version of the module that witgen was built from,
// and "devel" where it was built from a checkout that has none.
func witgenVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == "github.com/witgen/witgen" && m.Version != "" && m.Version != "(devel)" {
			return m.Version
		}
	}
	return "devel"
}
