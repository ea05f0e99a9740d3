// Command codecheck checks the rules of CONTRIBUTING.md that go vet and staticcheck
// do not know. It prints a line for each place that breaks one, as
//
//	file:line:column: rule: what is wrong
//
// and ends with status 1 if there is any. make lint runs it.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// finding is a place that breaks a rule.
type finding struct {
	at   token.Position
	rule string
	text string
}

// rules are the checks of one package.
var rules = []func(p *packages.Package) []finding{switches, exported}

func main() {
	guest := flag.String("guest", "", "`packages` that are checked for WebAssembly, too, with spaces between them")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: codecheck [-guest packages] packages")
		os.Exit(2)
	}
	n, err := run(os.Stdout, ".", flag.Args(), strings.Fields(*guest))
	if err != nil {
		fmt.Fprintln(os.Stderr, "codecheck:", err)
		os.Exit(2)
	}
	if n > 0 {
		os.Exit(1)
	}
}

// run checks the packages of the module in a folder and its texts, and returns how
// many findings it has printed.
func run(out io.Writer, dir string, patterns, guest []string) (int, error) {
	all, err := text(dir)
	if err != nil {
		return 0, err
	}
	for _, target := range []struct{ env, patterns []string }{
		{nil, patterns},
		{[]string{"GOOS=wasip1", "GOARCH=wasm"}, guest},
	} {
		if len(target.patterns) == 0 {
			continue
		}
		found, err := code(dir, target.env, target.patterns)
		if err != nil {
			return 0, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b finding) int {
		return cmp.Or(strings.Compare(a.at.Filename, b.at.Filename), cmp.Compare(a.at.Offset, b.at.Offset), strings.Compare(a.text, b.text))
	})
	all = slices.Compact(all) // a file may be in a package and in its test, and in both targets
	for _, f := range all {
		fmt.Fprintf(out, "%s: %s: %s\n", f.at, f.rule, f.text)
	}
	return len(all), nil
}

// code checks packages for a target.
func code(dir string, env, patterns []string) ([]finding, error) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.LoadSyntax | packages.NeedModule, Dir: dir, Env: append(os.Environ(), env...), Tests: env == nil,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s: %v", p.PkgPath, p.Errors[0])
		}
		p.Syntax = slices.DeleteFunc(p.Syntax, ast.IsGenerated)
		for _, rule := range rules {
			found = append(found, rule(p)...)
		}
	}
	for i := range found {
		if rel, err := filepath.Rel(root, found[i].at.Filename); err == nil {
			found[i].at.Filename = filepath.ToSlash(rel)
		}
	}
	return found, nil
}
