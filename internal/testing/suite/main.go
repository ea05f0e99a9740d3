// Command suite runs witgen on test data from outside, in the form of
// wit-parser's own tests, and prints how many cases passed.
//
//	suite FOLDER
//
// FOLDER holds, at any depth:
//
//   - folders ok: each X.wit or folder X resolves, with the feature active on,
//     to the model in X.wit.json;
//   - folders fail: each X.wit or folder X is refused, and the first error is
//     where X.wit.result says and holds the names that it has in backticks;
//   - folders of .wit files in neither, which resolve.
//
// The exit status is 1 where a case failed, or where there was none.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/witgen/witgen/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: suite FOLDER")
		os.Exit(2)
	}
	var s suite
	if err := filepath.WalkDir(os.Args[1], s.visit); err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		os.Exit(1)
	}
	fmt.Printf("%d passed, %d failed\n", s.passed, s.failed)
	if s.failed > 0 || s.passed == 0 {
		os.Exit(1)
	}
}

type suite struct{ passed, failed int }

// visit runs the cases of a folder.
func (s *suite) visit(path string, entry fs.DirEntry, err error) error {
	if err != nil || !entry.IsDir() {
		return err
	}
	switch filepath.Base(path) {
	case "ok":
		err = s.folder(path, ".json", checkOK)
	case "fail":
		err = s.folder(path, ".result", checkFail)
	default:
		found, err := filepath.Glob(filepath.Join(path, "*.wit"))
		if err != nil || len(found) == 0 {
			return err
		}
		s.count(path, checkResolves(path))
	}
	if err != nil {
		return err
	}
	return fs.SkipDir
}

// folder runs a case for each file X.wit+suffix, and prints their counts.
func (s *suite) folder(path, suffix string, check func(input, want string) error) error {
	expectations, err := filepath.Glob(filepath.Join(path, "*.wit"+suffix))
	if err != nil {
		return err
	}
	before := *s
	for _, want := range expectations {
		input := strings.TrimSuffix(want, suffix)
		if _, err := os.Stat(input); errors.Is(err, fs.ErrNotExist) {
			input = strings.TrimSuffix(input, ".wit")
		}
		s.count(input, check(input, want))
	}
	fmt.Printf("%s: %d of %d\n", path, s.passed-before.passed, len(expectations))
	return nil
}

func (s *suite) count(input string, err error) {
	if err == nil {
		s.passed++
		return
	}
	s.failed++
	fmt.Printf("%s: %v\n", input, err)
}

// witgen runs the command.
func witgen(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = cli.Run(args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func checkResolves(input string) error {
	if status, stdout, stderr := witgen("check", "--all-features", input); status != 0 {
		return fmt.Errorf("exit status %d: %s%s", status, stdout, stderr)
	}
	return nil
}

func checkOK(input, want string) error {
	status, stdout, stderr := witgen("wit", "--json", "--features", "active", input)
	if status != 0 {
		return fmt.Errorf("exit status %d: %s", status, stderr)
	}
	text, err := os.ReadFile(want)
	if err != nil {
		return err
	}
	var got, wanted any
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		return fmt.Errorf("the output is no JSON: %w", err)
	}
	if err := json.Unmarshal(text, &wanted); err != nil {
		return fmt.Errorf("%s: %w", want, err)
	}
	return difference("$", wanted, got)
}

// difference returns an error that says where two JSON values first differ.
func difference(path string, want, got any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		for key := range w {
			if _, ok := g[key]; !ok {
				return fmt.Errorf("JSON: %s.%s is missing", path, key)
			}
			if err := difference(path+"."+key, w[key], g[key]); err != nil {
				return err
			}
		}
		for key := range g {
			if _, ok := w[key]; !ok {
				return fmt.Errorf("JSON: %s.%s is too much", path, key)
			}
		}
		return nil
	case []any:
		g, ok := got.([]any)
		if !ok || len(w) != len(g) {
			break
		}
		for i := range w {
			if err := difference(fmt.Sprintf("%s[%d]", path, i), w[i], g[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("JSON: %s is %s and should be %s", path, short(got), short(want))
	}
	return nil
}

func short(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	if len(text) > 200 {
		text = append(text[:200], "..."...)
	}
	return string(text)
}

// An expectation of the folder fail gives the place as "--> file:line:column",
// or as "* file:line:column" where it lists several, and quotes names.
var (
	place  = regexp.MustCompile(`(?m)^\s*(?:-->|\*) (\S+):(\d+):(\d+)$`)
	quoted = regexp.MustCompile("`([^`]*)`")
)

func checkFail(input, want string) error {
	status, stdout, stderr := witgen("check", "--format", "json", "--features", "active", input)
	if status != 1 {
		return fmt.Errorf("exit status %d: %s", status, stderr)
	}
	var found []struct {
		File         string
		Line, Column int
		Message      string
	}
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || len(found) == 0 {
		return fmt.Errorf("there are no diagnostics: %s%s", stdout, stderr)
	}
	text, err := os.ReadFile(want)
	if err != nil {
		return err
	}
	first := found[0]
	message := string(text)
	if at := place.FindStringSubmatchIndex(message); at != nil {
		file := message[at[2]:at[3]]
		line, _ := strconv.Atoi(message[at[4]:at[5]])
		column, _ := strconv.Atoi(message[at[6]:at[7]])
		if first.Line != line || first.Column != column || filepath.Base(first.File) != filepath.Base(file) {
			return fmt.Errorf("error at %s:%d:%d, should be at %s:%d:%d: %s; should be: %s",
				first.File, first.Line, first.Column, file, line, column, first.Message, strings.TrimSpace(message[:at[0]]))
		}
		message = message[:at[0]]
	}
	for _, name := range quoted.FindAllStringSubmatch(message, -1) {
		if !strings.Contains(first.Message, name[1]) {
			return fmt.Errorf("the error does not name %q: %s; should be: %s", name[1], first.Message, strings.TrimSpace(message))
		}
	}
	return nil
}
