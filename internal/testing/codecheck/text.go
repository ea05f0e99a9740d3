package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// mostLines is how many lines a Go file may have before it has to be looked at again.
const mostLines = 600

//go:embed phrases.txt
var phraseList string

// phrases are those that comments, errors and pages do without, with a remedy.
var phrases = parsePhrases()

type phrase struct {
	pattern *regexp.Regexp
	remedy  string
}

// parsePhrases reads phrases.txt, whose lines are a regular expression, " => " and the
// remedy. A space of the expression stands for any white space.
func parsePhrases() []phrase {
	var list []phrase
	for line := range strings.Lines(phraseList) {
		words, remedy, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			panic("codecheck: phrases.txt: no => in " + line)
		}
		list = append(list, phrase{regexp.MustCompile(`(?i)\b` + strings.ReplaceAll(words, " ", `\s+`) + `\b`), remedy})
	}
	return list
}

// text checks the texts of a folder that Git knows or would add: how long Go files
// are, and the words of comments, strings and pages. What lies in a folder testdata,
// and what is generated, is not looked at.
func text(dir string) ([]finding, error) {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.go", "*.md", "*.wit", "Makefile", "scripts", ".ci")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var found []finding
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if slices.Contains(strings.Split(name, "/"), "testdata") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue // removed, and Git does not know yet
		} else if err != nil {
			return nil, err
		}
		if filepath.Ext(name) != ".go" {
			text := string(source)
			if filepath.Ext(name) != ".md" {
				text = strings.NewReplacer("///", "   ", "//", "  ", "#", " ").Replace(text) // comments go over lines
			}
			found = append(found, words(name, source, 0, text)...)
			continue
		}
		more, err := goText(name, source)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// goText checks the length of a Go file and the words of its comments and strings.
func goText(name string, source []byte) ([]finding, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(tree) {
		return nil, nil
	}
	var found []finding
	if lines := bytes.Count(source, []byte("\n")); lines > mostLines {
		found = append(found, finding{token.Position{Filename: name, Line: lines, Column: 1}, "length", fmt.Sprintf("%d lines; more than %d are to be looked at again", lines, mostLines)})
	}
	slice := func(n ast.Node) (int, string) {
		at := files.Position(n.Pos()).Offset
		return at, string(source[at:files.Position(n.End()).Offset])
	}
	for _, group := range tree.Comments {
		at, text := slice(group)
		found = append(found, words(name, source, at, strings.ReplaceAll(text, "//", "  "))...)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			at, text := slice(lit)
			found = append(found, words(name, source, at, text)...)
		}
		return true
	})
	return found, nil
}

// words finds phrases in a text that stands at an offset of a file.
func words(name string, source []byte, offset int, text string) []finding {
	var found []finding
	for _, p := range phrases {
		for _, at := range p.pattern.FindAllStringIndex(text, -1) {
			before := source[:offset+at[0]]
			line := bytes.Count(before, []byte("\n")) + 1
			column := len(before) - bytes.LastIndexByte(before, '\n')
			found = append(found, finding{
				token.Position{Filename: name, Offset: len(before), Line: line, Column: column}, "words",
				fmt.Sprintf("%q: %s", strings.Join(strings.Fields(text[at[0]:at[1]]), " "), p.remedy),
			})
		}
	}
	return found
}
