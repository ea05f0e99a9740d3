package gogen

import (
	"go/format"
	"go/scanner"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A name that takes 30 columns.
const wide = "aNameThatTakesThirtyColumnsHer"

func TestBreakLines(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"short", "func f() { g(1, 2) }", "func f() { g(1, 2) }"},
		{"arguments", "func f() {\n\tg(WIDE, WIDE, WIDE, WIDE, 1, 2)\n}",
			"func f() {\n\tg(WIDE, WIDE, WIDE,\n\t\tWIDE, 1, 2)\n}"},
		{"arguments of arguments", "func f() {\n\tx := g(h(WIDE, WIDE, WIDE, WIDE), 1)\n}",
			"func f() {\n\tx := g(h(WIDE, WIDE, WIDE,\n\t\tWIDE), 1)\n}"},
		{"one argument", "func f() {\n\tg(WIDE.WIDE.WIDE(WIDE + 1))\n}",
			"func f() {\n\tg(WIDE.WIDE.WIDE(\n\t\tWIDE + 1))\n}"},
		{"fields", "var v = T{A: WIDE, B: WIDE, C: []int{1, 2}, D: WIDE, E: WIDE}",
			"var v = T{A: WIDE, B: WIDE, C: []int{1, 2},\n\tD: WIDE, E: WIDE}"},
		{"elements", "var v = []T{WIDE, WIDE, WIDE, WIDE, 1}",
			"var v = []T{WIDE, WIDE, WIDE,\n\tWIDE, 1}"},
		{"parameters", "func (x *T) f(ctx context.Context, WIDE, WIDE2 int, WIDE3, WIDE4 string) (int, error) {\n\treturn 0, nil\n}",
			"func (x *T) f(ctx context.Context, WIDE, WIDE2 int,\n\tWIDE3, WIDE4 string) (int, error) {\n\treturn 0, nil\n}"},
		{"results", "func (x *T) f(ctx context.Context) (WIDE[WIDE, WIDE], error) {\n\treturn 0, nil\n}",
			"func (x *T) f(ctx context.Context) (\n\tWIDE[WIDE, WIDE], error) {\n\treturn 0, nil\n}"},
		{"a body", "func (WIDE) WIDE() WIDE { return WIDE }",
			"func (WIDE) WIDE() WIDE {\n\treturn WIDE\n}"},
		{"cases", "func f() {\n\tswitch x {\n\tcase WIDE, WIDE, WIDE, WIDE:\n\t}\n}",
			"func f() {\n\tswitch x {\n\tcase WIDE, WIDE, WIDE,\n\t\tWIDE:\n\t}\n}"},
		{"operands", "var v = WIDE + WIDE + WIDE + WIDE",
			"var v = WIDE + WIDE + WIDE +\n\tWIDE"},
		{"names", "type T struct {\n\tWIDE, WIDE2, WIDE3, WIDE4 int\n}",
			"type T struct {\n\tWIDE, WIDE2, WIDE3,\n\tWIDE4 int\n}"},
		{"type arguments last", "func f() {\n\tx = WIDE[WIDE, WIDE](WIDE, WIDE)\n}",
			"func f() {\n\tx = WIDE[WIDE, WIDE](\n\t\tWIDE, WIDE)\n}"},
		{"what cannot be broken", "var v = `" + strings.Repeat("x", 150) + "`\n\n//go:" + strings.Repeat("y", 150) + "\nfunc f(a, b int) {}",
			"var v = `" + strings.Repeat("x", 150) + "`\n\n//go:" + strings.Repeat("y", 150) + "\nfunc f(a, b int) {}"},
	} {
		source := "package p\n\n" + strings.ReplaceAll(c.source, "WIDE", wide) + "\n"
		want := "package p\n\n" + strings.ReplaceAll(c.want, "WIDE", wide) + "\n"
		got := string(breakLines([]byte(source)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff(tokens(t, source), tokens(t, got)); diff != "" {
			t.Errorf("%s says something else:\n%s", c.name, diff)
		}
		if again := string(breakLines([]byte(got))); again != got {
			t.Errorf("%s: a second time gives\n%s", c.name, again)
		}
		if formatted, err := format.Source([]byte(got)); err != nil || string(formatted) != got {
			t.Errorf("%s: gofmt gives %v\n%s", c.name, err, formatted)
		}
	}
}

// tokens returns the tokens of a file without those that depend on lines.
func tokens(t *testing.T, source string) []string {
	t.Helper()
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", -1, len(source)), []byte(source), func(_ token.Position, msg string) { t.Error(msg) }, 0)
	var list []string
	for {
		_, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return list
		case token.SEMICOLON:
			continue
		case token.RBRACE, token.RPAREN:
			if n := len(list); n > 0 && list[n-1] == token.COMMA.String() {
				list = list[:n-1]
			}
		}
		if text == "" {
			text = tok.String()
		}
		list = append(list, text)
	}
}
