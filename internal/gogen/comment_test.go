package gogen

import (
	"go/format"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// What WIT's documentation holds stays documentation.
func TestCommentText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"harmless", "first\r\n\n+build ignore\n  indented\ngo:embed x\n\x00\u202eend  \n",
			"// first\n//\n// '+build ignore'\n//\n//\tindented\n//\n// go:embed x\n// end"},
		{"a list", "See:\n- `a`: one\n  more\n- `b`: two",
			"// See:\n//   - `a`: one\n//     more\n//   - `b`: two"},
		{"indented lines", "See:\n  <https://example.com/x>",
			"// See:\n//\n//\t<https://example.com/x>"},
		{"fenced code", "For example:\n```c\nif (x) {\n\ty();\n\n}\n```\nand so on",
			"// For example:\n//\n//\tif (x) {\n//\t\ty();\n//\n//\t}\n//\n// and so on"},
		{"bare hashes", "#\n\n##\n", ""},
		{"fenced code without an end", "x\n```\ncode", "// x\n//\n//\tcode"},
		{"headings", "Title.\n# One\n## Two words ##\ntext\n#\n### Three.\nmore",
			"// Title.\n//\n// # One\n//\n// # Two words\n//\n// text\n//\n// # Three.\n//\n// more"},
		{"long lines", strings.Repeat("word ", 40), "// " + strings.Repeat("word ", 19) + "word\n// " + strings.Repeat("word ", 19) + "word"},
		{"a long item", "List:\n - " + strings.Repeat("word ", 40) + "\n - b",
			"// List:\n//   - " + strings.Repeat("word ", 18) + "word\n//     " + strings.Repeat("word ", 18) + "word\n//     word word\n//   - b"},
		{"no item by breaking", strings.Repeat("w", 98) + " - " + strings.Repeat("word ", 4), "// " + strings.Repeat("w", 98) + " -\n// word word word word"},
		{"long code", "x\n\n    " + strings.Repeat("code ", 30), "// x\n//\n//\t" + strings.Repeat("code ", 29) + "code"},
	} {
		got := CommentText(c.text)
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
		if directive := regexp.MustCompile(`(?m)^//[a-z]`); directive.MatchString(got) {
			t.Errorf("%s: a line became a directive", c.name)
		}
		if got != "" {
			checkFormatted(t, c.text)
		}
	}
}

// checkFormatted checks that gofmt changes no comment that holds text: not on a
// declaration, a field or a method, and that no line is too long for a reason.
func checkFormatted(t *testing.T, text string) {
	t.Helper()
	indented := strings.ReplaceAll(CommentText(text), "\n", "\n\t")
	source := "package p\n\n" + CommentText(text) + "\ntype S struct {\n\t" + indented + "\n\tF int\n}\n\n" +
		CommentText(text) + "\nfunc f() {}\n\n" + CommentText(text) + "\nvar v int\n\n" +
		"// C.\nconst (\n\t" + indented + "\n\tA = 1\n)\n\n// I.\ntype I interface {\n\t" + indented + "\n\tM()\n}\n"
	formatted, err := format.Source([]byte(source))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if string(formatted) != source {
		t.Errorf("gofmt changes\n%s\nto\n%s", source, formatted)
	}
	for line := range strings.SplitSeq(CommentText(text), "\n") {
		if strings.HasPrefix(line, "//\t") || strings.HasPrefix(line, "// # ") || strings.Contains(line, "longlong") {
			continue // code, a heading, a word that is too long
		}
		if n := utf8.RuneCountInString(line); n > commentWidth+len("// ")+len(" 2) 2) * #") {
			t.Errorf("a line has %d columns: %s", n, line)
		}
	}
}

// gofmt changes no comment, whatever WIT's documentation looks like.
func TestCommentsAreFormatted(t *testing.T) {
	pieces := []string{"word", "`code`", "- ", "* ", "1. ", "2) ", "# ", "## ", "#", "```", "```wit", "\n", "\n", "\n", "\n\n", "  ", "    ", "\t",
		"[link]", "[link]: https://example.com/a", "https://example.com/" + strings.Repeat("long", 30), "Deprecated:", "go:build x", "+build x", "*/", "//", "///",
		"“quoted”", "``two``", "''x''", "key: value.", "|a|b|", "<b>", "é", "\u2028", "...", strings.Repeat("many words ", 12)}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		var b strings.Builder
		for range 1 + random.IntN(14) {
			b.WriteString(pieces[random.IntN(len(pieces))])
			if random.IntN(3) == 0 {
				b.WriteByte(' ')
			}
		}
		if CommentText(b.String()) != "" {
			checkFormatted(t, b.String())
		}
		if t.Failed() {
			t.Fatalf("of %q", b.String())
		}
	}
}
