package diag

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// at returns the span of the first occurrence of part in the file.
func at(f *File, part string) Span {
	i := strings.Index(string(f.Text), part)
	if i < 0 {
		panic("no " + part)
	}
	return Span{f, i, i + len(part)}
}

func text(t *testing.T, color bool, list ...*Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := List(list).WriteText(&b, color); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	f := NewFile("a.wit", []byte("package a:b;\ninterface i {\n  type foo = u32;\n\ttype 日本 = foo;\n  record r {\n    a: u8,\n  }\n}\n"))
	for _, test := range []struct {
		name string
		d    *Diagnostic
		want string
	}{
		{"one line, related, hint",
			(&Diagnostic{Code: "W0301", Span: at(f, "type foo"), Message: "name `foo` is defined twice"}).
				Relate(at(f, "i {"), "in this interface").Hint("rename one of them"),
			"a.wit:3:3: error[W0301]: name `foo` is defined twice\n" +
				"   |\n" +
				" 3 |   type foo = u32;\n" +
				"   |   ^^^^^^^^\n" +
				"a.wit:2:11: note: in this interface\n" +
				"   |\n" +
				" 2 | interface i {\n" +
				"   |           ---\n" +
				"help: rename one of them\n"},
		{"tabs and wide characters",
			&Diagnostic{Code: "W0106", Span: at(f, "日本"), Message: "bad"},
			"a.wit:4:7: error[W0106]: bad\n" +
				"   |\n" +
				" 4 |     type 日本 = foo;\n" +
				"   |          ^^^^\n"},
		{"behind wide characters",
			&Diagnostic{Code: "W0106", Span: Span{f, at(f, "本 =").Start + 4, at(f, "本 =").Start + 5}, Message: "bad"},
			"a.wit:4:10: error[W0106]: bad\n" +
				"   |\n" +
				" 4 |     type 日本 = foo;\n" +
				"   |               ^\n"},
		{"several lines",
			&Diagnostic{Code: "W0106", Span: at(f, "record r {\n    a: u8,\n  }"), Message: "bad"},
			"a.wit:5:3: error[W0106]: bad\n" +
				"   |\n" +
				" 5 |   record r {\n" +
				"   |   ^^^^^^^^^^\n" +
				".. |\n" +
				" 7 |   }\n" +
				"   | ^^^\n"},
		{"the end of the file",
			&Diagnostic{Code: "W0101", Span: Span{f, len(f.Text), len(f.Text)}, Message: "expected more"},
			"a.wit:9:1: error[W0101]: expected more\n" +
				"   |\n" +
				" 9 |\n" +
				"   | ^\n"},
		{"nowhere", &Diagnostic{Message: "no file"}, "error: no file\n"},
		{"in a file", &Diagnostic{Code: "F0101", File: "a\x1bb.wit", Message: "bad"}, "error[F0101]: a<U+001B>b.wit: bad\n"},
		{"a message that would move the cursor", &Diagnostic{Message: "a\x1b[2Jb"}, "error: a<U+001B>[2Jb\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, text(t, false, test.d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextHidesWhatATerminalWouldActOn(t *testing.T) {
	f := NewFile("a.wit", []byte("a\x1b[31m \u202e b\xff c"))
	got := text(t, false, &Diagnostic{Span: at(f, " c"), Message: "m"})
	want := "a.wit:1:12: error: m\n   |\n 1 | a<U+001B>[31m <U+202E> b\uFFFD c\n   | " + strings.Repeat(" ", 25) + "^^\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextCutsLongLines(t *testing.T) {
	f := NewFile("a.wit", []byte(strings.Repeat("é", 500_000)+"x"+strings.Repeat("y", 1_000_000)))
	got := text(t, false, &Diagnostic{Span: at(f, "x"), Message: "m"})
	want := "a.wit:1:500001: error: m\n   |\n 1 | ..." + strings.Repeat("é", 40) + "x" + strings.Repeat("y", 119) + "...\n" +
		"   | " + strings.Repeat(" ", 43) + "^\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestColor(t *testing.T) {
	f := NewFile("a.wit", []byte("abc\n"))
	d := (&Diagnostic{Code: "W0101", Span: at(f, "b"), Message: "m"}).Hint("h")
	colored := text(t, true, d)
	for _, style := range []string{styleError, styleHint, stylePlace, styleGutter} {
		if !strings.Contains(colored, style) {
			t.Errorf("%q is not in %q", style, colored)
		}
		colored = strings.ReplaceAll(colored, style, "")
	}
	colored = strings.ReplaceAll(colored, styleReset, "")
	if diff := cmp.Diff(text(t, false, d), colored); diff != "" {
		t.Error("without its colours the text is another: " + diff)
	}
}

func TestJSON(t *testing.T) {
	f := NewFile("a.wit", []byte("é b\nc"))
	list := List{
		(&Diagnostic{Code: "W0101", Span: at(f, "b"), Message: "<m>"}).Hint("h").Relate(at(f, "c"), "r"),
		{Code: "W0201", Message: "nowhere"},
		{Code: "B0101", File: "a.wasm", Message: "at offset 0x0: bad"},
	}
	var b strings.Builder
	if err := list.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := []any{
		map[string]any{
			"code": "W0101", "message": "<m>", "file": "a.wit", "line": 1., "column": 3., "endLine": 1., "endColumn": 4.,
			"hints": []any{"h"},
			"related": []any{map[string]any{
				"message": "r", "file": "a.wit", "line": 2., "column": 1., "endLine": 2., "endColumn": 2.,
			}},
		},
		map[string]any{
			"code": "W0201", "message": "nowhere", "file": "", "line": 0., "column": 0., "endLine": 0., "endColumn": 0.,
			"hints": []any{}, "related": []any{},
		},
		map[string]any{
			"code": "B0101", "message": "at offset 0x0: bad", "file": "a.wasm", "line": 0., "column": 0., "endLine": 0., "endColumn": 0.,
			"hints": []any{}, "related": []any{},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGitHub(t *testing.T) {
	f := NewFile("dir,x/a.wit", []byte("a b\n"))
	list := List{
		(&Diagnostic{Code: "W0101", Span: at(f, "b"), Message: "100%"}).Hint("h"),
		{Code: "W0201", Message: "nowhere"},
		{Code: "B0101", File: "a,b.wasm", Message: "bad"},
	}
	var b strings.Builder
	if err := list.WriteGitHub(&b); err != nil {
		t.Fatal(err)
	}
	want := "::error file=dir%2Cx/a.wit,line=1,col=3,endLine=1,endColumn=4,title=W0101::100%25%0Ahelp: h\n" +
		"::error title=W0201::nowhere\n" +
		"::error file=a%2Cb.wasm,title=B0101::bad\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestError(t *testing.T) {
	f := NewFile("a.wit", []byte("é b\n"))
	list := List{{Code: "W0101", Span: at(f, "b"), Message: "m"}, {Message: "n"}, {File: "f", Message: "o"}}
	if got, want := list.Err().Error(), "a.wit:1:3: m [W0101]\nn\nf: o"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := (List)(nil).Err(); err != nil {
		t.Errorf("an empty list is the error %v", err)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("a\tb\n日本\r\n", 2, 9)
	f.Add("", 0, 0)
	f.Add("abc", -5, 100)
	f.Add("abc", 3, 1)
	f.Add("\xff\xfe\n\x00", 1, 4)
	f.Fuzz(func(t *testing.T, source string, start, end int) {
		file := NewFile("a.wit", []byte(source))
		span := Span{file, start, end}
		list := List{(&Diagnostic{Span: span, Message: span.Text()}).Relate(span, "here")}
		for _, err := range []error{list.WriteText(io.Discard, true), list.WriteJSON(io.Discard), list.WriteGitHub(io.Discard)} {
			if err != nil {
				t.Error(err)
			}
		}
		var b strings.Builder
		if err := list.WriteText(&b, false); err != nil {
			t.Error(err)
		}
		if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && hidden(r) }); i >= 0 {
			t.Errorf("the text holds a hidden character at %d: %q", i, b.String())
		}
	})
}
