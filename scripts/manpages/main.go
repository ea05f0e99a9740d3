// Command manpages writes what a release archive holds beside the program: manual pages
// in man/man1 and completions for shells in completions, below the folder that it is
// given. make manpages runs it.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/witgen/witgen/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manpages FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "manpages:", err)
		os.Exit(1)
	}
}

// write writes all files below a folder, the same for the same commands.
func write(folder string) error {
	man, completions := filepath.Join(folder, "man", "man1"), filepath.Join(folder, "completions")
	if err := errors.Join(os.MkdirAll(man, 0o777), os.MkdirAll(completions, 0o777)); err != nil {
		return err
	}
	root := cli.Commands()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	disableTags(root)
	// The date of the pages is that of SOURCE_DATE_EPOCH, where it is set.
	header := &doc.GenManHeader{Title: "WITGEN", Section: "1", Source: "witgen", Manual: "witgen"}
	if err := doc.GenManTree(root, header, man); err != nil {
		return err
	}
	return errors.Join(
		root.GenBashCompletionFileV2(filepath.Join(completions, "witgen.bash"), true),
		root.GenZshCompletionFile(filepath.Join(completions, "_witgen")),
		root.GenFishCompletionFile(filepath.Join(completions, "witgen.fish"), true),
		root.GenPowerShellCompletionFileWithDesc(filepath.Join(completions, "witgen.ps1")),
	)
}

// disableTags leaves out the line that tells when a page was made.
func disableTags(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	for _, c := range cmd.Commands() {
		disableTags(c)
	}
}
