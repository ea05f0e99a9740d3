package gogen

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/diag"
)

// TestExplainedExamples runs the examples of the pages of witgen explain about
// this package's codes: the first is refused with the code of its page, the second
// is accepted.
func TestExplainedExamples(t *testing.T) {
	for _, code := range diag.Codes() {
		if !strings.HasPrefix(string(code), "G") || code == diag.UnknownWith || code == diag.ForeignDependency || code == diag.BadInitialism || code == diag.UnknownOptional {
			continue // mistakes in a command line; TestWithMistakes, TestInitialisms and TestOptional make them
		}
		page, _ := diag.Explain(code)
		_, refused, ok1 := strings.Cut(page, "```wit refused\n")
		_, accepted, ok2 := strings.Cut(page, "```wit accepted\n")
		if !ok1 || !ok2 {
			t.Fatalf("the page of %s lacks an example", code)
		}
		refused, _, _ = strings.Cut(refused, "```")
		accepted, _, _ = strings.Cut(accepted, "```")
		opts := Options{ImportPath: "example.com/gen"}
		if _, diags := planOf(t, refused, opts); len(diags) != 1 || diags[0].Code != code {
			t.Errorf("the example of %s is refused with %v", code, diags)
		}
		if _, diags := planOf(t, accepted, opts); len(diags) > 0 {
			t.Errorf("the mended example of %s is refused: %v", code, diags)
		}
	}
}
