package wit

import (
	"strings"
	"testing"
)

func TestDocText(t *testing.T) {
	tests := []struct {
		name     string
		comments []string
		want     string
	}{
		{"none", nil, ""},
		{"one line", []string{"/// hello"}, "hello"},
		{"common space goes", []string{"///  a", "///    b"}, "a\n  b"},
		{"an empty line has no space", []string{"/// a", "///", "/// b"}, "a\n\nb"},
		{"lines at the end without text", []string{"/// a", "///", "///"}, "a"},
		{"no text", []string{"///"}, EmptyDocs},
		{"space at the end goes", []string{"/// a  \t"}, "a"},
		{"plain comment", []string{"// a"}, "a"},
		{"block", []string{"/** a\n  b */"}, "a\n  b"},
		{"block of its own lines", []string{"/**\n * a\n */"}, "\n * a"},
		{"plain block", []string{"/* a */"}, "* a */"},
		{"block with carriage returns", []string{"/** a\r\nb */"}, "a\nb"},
		{"tab", []string{"///\ta"}, "\ta"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := DocText(test.comments); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestDocCommentsKeepText(t *testing.T) {
	for _, docs := range []string{"", EmptyDocs, "a", "a\n\n  b", "\n * a", "\ta", " \ta", "/ a", "* a */", "/** a", "a  \nb", "a /* b */ \nc", "/** a */", "*"} {
		comments := docComments(docs)
		if got := DocText(comments); got != docs {
			t.Errorf("%q became %q by way of %q", docs, got, comments)
		}
		for _, c := range comments {
			if strings.HasPrefix(c, "//") && strings.Contains(c, "\n") {
				t.Errorf("%q has a line comment over several lines: %q", docs, c)
			}
		}
	}
}
