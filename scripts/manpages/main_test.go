package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/internal/cli"
)

// Each command has a manual page that names it, and the shells have their completions.
func TestWrite(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "0")
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := write(dir); err != nil {
			t.Fatal(err)
		}
	}
	pages := 0
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		path := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
		text, err := os.ReadFile(filepath.Join(a, "man", "man1", path+".1"))
		if err != nil {
			t.Error(err)
			return
		}
		pages++
		if !strings.Contains(string(text), path) {
			t.Errorf("the page of %s does not name it", path)
		}
		again, err := os.ReadFile(filepath.Join(b, "man", "man1", path+".1"))
		if err != nil || string(again) != string(text) {
			t.Errorf("the page of %s is another one the second time (%v)", path, err)
		}
		for _, c := range cmd.Commands() {
			check(c)
		}
	}
	check(cli.Commands())
	if pages < 15 {
		t.Errorf("only %d pages", pages)
	}
	for _, name := range []string{"witgen.bash", "_witgen", "witgen.fish", "witgen.ps1"} {
		if info, err := os.Stat(filepath.Join(a, "completions", name)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
