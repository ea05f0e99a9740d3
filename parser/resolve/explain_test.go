package resolve_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// tooLarge are the examples that their pages only sketch.
var tooLarge = map[diag.Code]func() string{
	diag.TokenTooLong: func() string {
		return "package a:b;\nworld w {\n  @external-id(\"" + strings.Repeat("x", 100_001) + "\")\n  import f: func();\n}\n"
	},
	diag.FileTooLarge: func() string {
		return "package a:b;\n" + strings.Repeat("// more\n", 1<<21) + "\n"
	},
	diag.TooManyItems: func() string {
		var b strings.Builder
		b.WriteString("package a:b;\nworld w0 {}\n")
		for i := range 2000 {
			fmt.Fprintf(&b, "world w%d { import fn%d: func(); include w%d; }\n", i+1, i+1, i)
		}
		return b.String()
	},
	diag.TooManyErrors: func() string {
		var b strings.Builder
		b.WriteString("package a:b;\ninterface i {\n")
		for i := range 2000 {
			fmt.Fprintf(&b, "  fn%d: func() -> nothing;\n", i)
		}
		return b.String() + "}\n"
	},
}

// example is one fenced block of a page.
type example struct {
	name string
	text string
}

// pageExamples returns the blocks of a page that have the word after their language,
// "refused" or "accepted".
func pageExamples(t *testing.T, page, word string) []example {
	t.Helper()
	var found []example
	blocks := strings.Split(page, "```")
	for i := 1; i < len(blocks); i += 2 {
		info, text, _ := strings.Cut(blocks[i], "\n")
		fields := strings.Fields(info)
		if len(fields) < 2 || fields[1] != word {
			continue
		}
		if fields[0] == "wit-escaped" {
			unquoted, err := strconv.Unquote(`"` + strings.ReplaceAll(text, "\n", `\n`) + `"`)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			text = unquoted
		}
		name := "example.wit"
		if len(fields) > 2 {
			name = fields[2]
		}
		found = append(found, example{name, text})
	}
	return found
}

// runExamples resolves examples as one folder and merges the versions of world w where
// there is one.
func runExamples(list []example) error {
	var files []*diag.File
	for _, e := range list {
		files = append(files, diag.NewFile(e.name, []byte(e.text)))
	}
	r, err := resolve.Files(files, resolve.Options{})
	if err != nil {
		return err
	}
	for id, w := range r.Resolve.Worlds {
		if w.Name == "w" {
			_, err = resolve.MergeVersions(r.Resolve, wit.WorldID(id))
		}
	}
	return err
}

func has(err error, code diag.Code) bool {
	var list diag.List
	if !errors.As(err, &list) {
		return false
	}
	for _, d := range list {
		if d.Code == code {
			return true
		}
	}
	return false
}

// TestExplainedExamples runs the examples of the pages of witgen explain: the
// first is refused with the code of its page, the second is accepted.
func TestExplainedExamples(t *testing.T) {
	for _, code := range diag.Codes() {
		if !strings.HasPrefix(string(code), "W") || code == diag.BinaryDependency || code == diag.NoBinaryForm || strings.HasPrefix(string(code), "W07") {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			page, _ := diag.Explain(code)
			refused := pageExamples(t, page, "refused")
			if text, ok := tooLarge[code]; ok {
				refused = []example{{"example.wit", text()}}
			}
			if len(refused) == 0 {
				t.Fatal("the page has no example that is refused")
			}
			if err := runExamples(refused); !has(err, code) {
				t.Errorf("the example is refused with %v", err)
			}
			accepted := pageExamples(t, page, "accepted")
			if len(accepted) == 0 {
				t.Fatal("the page has no example that is accepted")
			}
			if err := runExamples(accepted); err != nil {
				t.Errorf("the mended example is refused: %v", err)
			}
		})
	}
}

func TestExplainedNoBinaryForm(t *testing.T) {
	page, _ := diag.Explain(diag.NoBinaryForm)
	for word, refused := range map[string]bool{"refused": true, "accepted": false} {
		result, err := resolve.Source("x.wit", pageExamples(t, page, word)[0].text, resolve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := resolve.CheckBinary(result.Resolve, result.Main); has(err, diag.NoBinaryForm) != refused {
			t.Errorf("the example %s: %v", word, err)
		}
	}
}

func TestExplainedBinaryDependency(t *testing.T) {
	files := fstest.MapFS{
		"world.wit":      {Data: []byte("package a:b;\nworld w {}\n")},
		"deps/core.wasm": {Data: []byte("\x00asm\x01\x00\x00\x00")},
	}
	_, err := resolve.FS(files, ".", resolve.Options{
		Decode: func(string, []byte) (*wit.Resolve, wit.PackageID, error) {
			return nil, 0, errors.New("no WIT inside")
		},
	})
	if !has(err, diag.BinaryDependency) {
		t.Errorf("it is refused with %v", err)
	}
}
