package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of witgen, of its ABI and of Go",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.stdout, versionText())
			return err
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
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
