package parser_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/parser/ast"
)

// families are texts of any size, each hard on a part of the parser.
var families = map[string]func(n int) string{
	"functions":             func(n int) string { return "interface i {" + strings.Repeat("f: func(a: list<u8>) -> u8;\n", n) + "}" },
	"interfaces":            func(n int) string { return strings.Repeat("interface i { type t = u8; }\n", n) },
	"one line":              func(n int) string { return strings.Repeat("interface i{record r{a:u8,b:u8}}", n) },
	"a long record":         func(n int) string { return "interface i { record r {" + strings.Repeat("a: u8,", n) + "} }" },
	"a long tuple":          func(n int) string { return "interface i { type t = tuple<" + strings.Repeat("u8,", n) + ">; }" },
	"a long parameter list": func(n int) string { return "interface i { f: func(" + strings.Repeat("a:u8,", n) + "); }" },
	"a long token":          func(n int) string { return "interface " + strings.Repeat("abcdefgh", n) },
	"a long bad name":       func(n int) string { return "interface " + strings.Repeat("aB_", n) + " {}" },
	"a long string":         func(n int) string { return "@external-id(\"" + strings.Repeat(`\u{41}`, n) },
	"bad strings":           func(n int) string { return strings.Repeat("interface i { @external-id(\"\\q \n", n) },
	"attributes":            func(n int) string { return strings.Repeat("@since(version = 1.0.0)\n", n) + "interface i {}" },
	"versions":              func(n int) string { return "package a:b@1.0.0-" + strings.Repeat("a.1-", n) + "b;" },
	"comments":              func(n int) string { return strings.Repeat("// a\n/* b */\n", n) + "interface i {}" },
	"nested comments":       func(n int) string { return strings.Repeat("/*", n) },
	"open braces":           func(n int) string { return strings.Repeat("{", n) },
	"closing braces":        func(n int) string { return strings.Repeat("}", n) },
	"open types":            func(n int) string { return "interface i { type t = " + strings.Repeat("list<", n) },
	"open packages":         func(n int) string { return strings.Repeat("package a:b {\n", n) },
	"open interfaces":       func(n int) string { return strings.Repeat("interface i {\n", n) },
	"open resources":        func(n int) string { return strings.Repeat("interface i {\nresource r {\n", n) },
	"packages without name": func(n int) string { return strings.Repeat("package a:", n) },
	"no WIT at all":         func(n int) string { return strings.Repeat("?", n) },
	"one bad item":          func(n int) string { return "interface i { f: ? " + strings.Repeat("a b ", n) },
	"invalid UTF-8":         func(n int) string { return strings.Repeat("\xff", n) },
	"blank lines":           func(n int) string { return strings.Repeat("\r\n", n) },
}

// allocated returns the bytes that parsing a text allocates.
func allocated(text string) float64 {
	data := []byte(text)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	tree, list := parser.Parse(diag.NewFile("a.wit", data))
	runtime.ReadMemStats(&after)
	runtime.KeepAlive([]any{tree, list})
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// TestLinear parses texts of one kind in two sizes. Memory has to grow as the size does.
func TestLinear(t *testing.T) {
	const small, factor = 1500, 32
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			memory, more := allocated(family(small)), allocated(family(small*factor))
			if more > 2*factor*memory+1<<16 {
				t.Errorf("%d times the text takes %.0f bytes instead of %.0f", factor, more, memory)
			}
		})
	}
}

// TestLargest parses texts that are about as large as they may be. One takes about a
// second on an idle machine; if the time grew as the square of the size, it would take
// hours, and go test would give up. BenchmarkLinear measures the time.
func TestLargest(t *testing.T) {
	if os.Getenv("WITGEN_TESTS") != "all" {
		t.Skip("WITGEN_TESTS is not all: make test runs this")
	}
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			text := family(largest(family))
			guard := time.AfterFunc(5*time.Minute, func() { panic(t.Name() + " hangs") })
			defer guard.Stop()
			if _, list := parser.Parse(diag.NewFile("a.wit", []byte(text))); len(list) > 21 {
				t.Errorf("%d mistakes", len(list))
			}
		})
	}
}

// largest returns the size at which a family's text is no larger than a file may be.
func largest(family func(n int) string) int {
	each := (len(family(2000)) - len(family(1000))) / 1000
	return (parser.MaxFileSize - 1000) / each
}

// BenchmarkLinear parses texts in two sizes. The throughput must be about the same.
func BenchmarkLinear(b *testing.B) {
	for name, family := range families {
		for _, n := range []int{1500, 1500 * 32} {
			data := []byte(family(n))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					parser.Parse(diag.NewFile("a.wit", data))
				}
			})
		}
	}
}

// FuzzParse checks that Parse neither panics nor returns places outside the file,
// and that it reports no more mistakes than it may.
func FuzzParse(f *testing.F) {
	for _, family := range families {
		f.Add(family(3))
	}
	f.Add("package a:b@1.0.0-x;\nworld w { import a: b:c/d; export f: async func(a: map<u8, list<u8, 4>>) -> result<_, e>; include v with { a as b } }")
	f.Add("interface i { /// x\n resource r { constructor(); f: static func(); } use a:b/c@1.0.0.{d as %e}; flags f { a, } }")
	f.Fuzz(func(t *testing.T, text string) {
		file := diag.NewFile("a.wit", []byte(text))
		tree, list := parser.Parse(file)
		if len(list) > 21 {
			t.Errorf("%d mistakes", len(list))
		}
		for _, d := range list {
			if d.Span.IsZero() && d.File == file.Name {
				continue // the file as a whole
			}
			if d.Span.File != file || d.Span.Start < 0 || d.Span.Start > d.Span.End || d.Span.End > len(text) {
				t.Errorf("%v is from %d to %d of %d bytes", d, d.Span.Start, d.Span.End, len(text))
			}
			if _, ok := diag.Explain(d.Code); !ok {
				t.Errorf("nothing explains %s", d.Code)
			}
		}
		end := 0
		for _, c := range tree.Comments {
			if c.Where.Start < end || c.Where.End > len(text) {
				t.Errorf("a comment is from %d to %d", c.Where.Start, c.Where.End)
			}
			end = c.Where.End
		}
		if len(list) > 0 {
			return
		}
		// A file without mistakes has all its comments and tokens.
		var b strings.Builder
		comments := 0
		for _, token := range parser.Tokens(file) {
			comments += len(token.Comments)
			b.WriteString(token.Text)
		}
		if comments != len(tree.Comments) {
			t.Errorf("%d comments before tokens, %d in the tree", comments, len(tree.Comments))
		}
		got := strings.ReplaceAll(b.String(), " ", "")
		if want := without(text, tree.Comments); got != want {
			t.Errorf("the tokens are %q, want %q", got, want)
		}
	})
}

// without returns a text without comments, blanks, line ends and byte order mark,
// also without the blanks in strings.
func without(text string, comments []ast.Comment) string {
	var b strings.Builder
	end := len("\ufeff")
	if !strings.HasPrefix(text, "\ufeff") {
		end = 0
	}
	for _, c := range comments {
		b.WriteString(text[end:c.Where.Start])
		end = c.Where.End
	}
	b.WriteString(text[end:])
	return strings.NewReplacer(" ", "", "\t", "", "\n", "", "\r\n", "").Replace(b.String())
}
