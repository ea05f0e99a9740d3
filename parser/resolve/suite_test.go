package resolve_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
)

// TestSuites runs the test suites of others, which lie outside this repository:
// the environment variable WITGEN_SUITES names their folder.
func TestSuites(t *testing.T) {
	root := os.Getenv("WITGEN_SUITES")
	if root == "" {
		t.Skip("the suites were not given: set WITGEN_SUITES to their folder")
	}
	ok, okAll := runCases(t, filepath.Join(root, "wit-ui", "ok", "*.json"), resolves)
	fail, failAll := runCases(t, filepath.Join(root, "wit-ui", "fail", "*.result"), refuses)
	t.Logf("suite wit-ui: ok %d/%d, fail %d/%d", ok, okAll, fail, failAll)
	result, err := resolve.Dir(filepath.Join(root, "wasi-http-0.2.8"), resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := result.Resolve
	if _, err := resolve.SelectWorld(r, result.Main, "proxy"); err != nil {
		t.Error(err)
	}
	if err := printsBack(result); err != nil {
		t.Error(err)
	}
	t.Logf("suite wasi-http-0.2.8: %s with %d packages, %d interfaces, %d worlds, %d types",
		r.Packages[result.Main].Name, len(r.Packages), len(r.Interfaces), len(r.Worlds), len(r.Types))
}

// runCases checks the cases whose expectations fit a pattern. The input of
// X.wit.json or X.wit.result is the file X.wit or the folder X.
func runCases(t *testing.T, pattern string, check func(input, expected string) error) (passed, all int) {
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Errorf("no case fits %s", pattern)
	}
	for _, expected := range found {
		input := strings.TrimSuffix(expected, filepath.Ext(expected))
		if _, err := os.Stat(input); err != nil {
			input = strings.TrimSuffix(input, ".wit")
		}
		if err := check(input, expected); err != nil {
			t.Errorf("%s\n%v", input, err)
			continue
		}
		passed++
	}
	return passed, len(found)
}

// resolves checks that an input resolves to the model of a JSON file, and that
// the model's text resolves to a model with the same text.
func resolves(input, expected string) error {
	result, err := resolve.Dir(input, resolve.Options{Features: []string{"active"}})
	if err != nil {
		return err
	}
	want, err := os.ReadFile(expected)
	if err != nil {
		return err
	}
	got, err := json.Marshal(result.Resolve)
	if err != nil {
		return err
	}
	var wantValue, gotValue any
	if err := errors.Join(json.Unmarshal(want, &wantValue), json.Unmarshal(got, &gotValue)); err != nil {
		return err
	}
	if diff := cmp.Diff(wantValue, gotValue); diff != "" {
		return fmt.Errorf("the model differs (-want +got):\n%s", diff)
	}
	return printsBack(result)
}

var (
	position = regexp.MustCompile(`[^ ]:(\d+):(\d+)`)
	quoted   = regexp.MustCompile("`([^`]+)`")
)

// refuses checks that the first mistake of an input is where the other tool sees
// it, and that its message has every name that the tool's message has in
// backticks.
func refuses(input, expected string) error {
	_, err := resolve.Dir(input, resolve.Options{})
	if err == nil {
		return errors.New("it resolves")
	}
	var list diag.List
	if !errors.As(err, &list) {
		return fmt.Errorf("not a diagnostic: %w", err)
	}
	text, err := os.ReadFile(expected)
	if err != nil {
		return err
	}
	first := list[0]
	var wrong []string
	if at := position.FindStringSubmatch(string(text)); at != nil {
		line, _ := strconv.Atoi(at[1])
		column, _ := strconv.Atoi(at[2])
		want := diag.Position{Line: line, Column: column}
		if got := first.Span.File.Position(first.Span.Start); got != want {
			wrong = append(wrong, fmt.Sprintf("it is at %v, not %v", got, want))
		}
	}
	for _, name := range quoted.FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(first.Message, name[1]) {
			wrong = append(wrong, fmt.Sprintf("the message does not name %q", name[1]))
		}
	}
	if first.Code == "" {
		wrong = append(wrong, "it has no code")
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s\nwitgen: %v\nexpected: %s", strings.Join(wrong, "\n"), list, text)
	}
	return nil
}
