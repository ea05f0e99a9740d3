package witbinary

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var mutations = flag.Int("mutations", 6000, "how many texts TestMutations tries")

// seeds are texts to begin with: random ones, and the examples of the pages about
// diagnostics, refused and accepted.
func seeds() []string {
	var list []string
	for seed := range uint64(40) {
		o := witrand.Everything(int(seed % 3))
		o.Names = seed%2 == 0
		if seed%4 == 1 {
			o.Features = []string{"active"}
		}
		list = append(list, witrand.File(seed, o))
	}
	for _, code := range diag.Codes() {
		page, _ := diag.Explain(code)
		blocks := strings.Split(page, "```")
		for i := 1; i < len(blocks); i += 2 {
			if info, text, _ := strings.Cut(blocks[i], "\n"); strings.HasPrefix(info, "wit ") {
				list = append(list, text)
			}
		}
	}
	return list
}

// encode writes the packages of a text in binary form. ok tells that the parser
// accepts the text.
func encode(text string) (ok bool, err error) {
	result, err := resolve.Source("x.wit", text, resolve.Options{AllFeatures: true})
	if err != nil {
		return false, nil
	}
	for id := range result.Resolve.Packages {
		if resolve.CheckBinary(result.Resolve, wit.PackageID(id)) != nil {
			continue // empty, or with too much in it: that has a code of its own
		}
		if _, err := component.EncodePackage(result.Resolve, wit.PackageID(id)); err != nil {
			return true, err
		}
	}
	return true, nil
}

// volatile are the parts of messages that differ from case to case.
var volatile = regexp.MustCompile("0x[0-9a-f]+|[0-9]+|\"[^\"]*\"|`[^`]*`")

// TestMutations: what the parser accepts can be written in binary form.
func TestMutations(t *testing.T) {
	list := seeds()
	accepted := 0
	found := map[string]string{}
	for i := range *mutations {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		text := mutate(r, list[r.IntN(len(list))])
		ok, err := encode(text)
		if ok {
			accepted++
		}
		if err != nil {
			kind := volatile.ReplaceAllString(err.Error(), "#")
			if before, ok := found[kind]; !ok || len(text) < len(before) {
				found[kind] = text
			}
		}
	}
	for kind, text := range found {
		t.Errorf("%s\nthe smallest text is\n%s", kind, text)
	}
	t.Logf("%d of %d texts are accepted", accepted, *mutations)
	if accepted < *mutations/10 {
		t.Errorf("only %d of %d texts are accepted", accepted, *mutations)
	}
}

// repeat writes n parts.
func repeat(n int, part func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(part(i))
	}
	return b.String()
}

// TestLimits goes to the limits of types: the largest that the parser accepts can be
// written in binary form, and one more is refused by the parser.
func TestLimits(t *testing.T) {
	// A record that counts as 9,999 types.
	e := "record e {" + repeat(9_998, func(i int) string { return fmt.Sprintf("c%d: u8,", i) }) + "}\n"
	for name, test := range map[string]struct {
		limit int // the largest n that is accepted
		text  func(n int) string
	}{
		"depth": {94, func(n int) string {
			return "interface i { type t0 = u8; " + repeat(n, func(i int) string { return fmt.Sprintf("record t%d { a: t%d } ", i+1, i) }) +
				fmt.Sprintf("f: func() -> t%d; }\nworld w { use i.{t%d}; import g: func(x: t%d); export i; }", n, n, n)
		}},
		"parts of a type": {98, func(n int) string {
			return "interface i { " + e + "}\nworld w { use i.{e}; type t = tuple<" + repeat(n, func(int) string { return "e, " }) + "u8>; }"
		}},
		"parts of a function": {98, func(n int) string {
			return "interface i { " + e + "}\nworld w { use i.{e}; import f: func(" + repeat(n, func(i int) string { return fmt.Sprintf("p%d: e, ", i) }) + "); }"
		}},
		"parts of an interface": {98, func(n int) string {
			return "interface i { " + e + repeat(n, func(i int) string { return fmt.Sprintf("fn-%d: func(x: e);\n", i) }) + "}"
		}},
		"parts of a world": {97, func(n int) string {
			return "interface i { " + e + "}\nworld w { use i.{e};" + repeat(n, func(i int) string { return fmt.Sprintf("import x%d: func() -> e; ", i) }) + "}"
		}},
		"size": {268_435_455, func(n int) string { return fmt.Sprintf("interface i { type t = list<u8, %d>; }", n) }},
		"size of strings": {16_777_215, func(n int) string {
			return fmt.Sprintf("interface i { record r { a: list<string, %d>, b: u64 } }", n)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			text := "package a:b;\n" + test.text(test.limit)
			if ok, err := encode(text); !ok || err != nil {
				t.Errorf("%d: accepted %t, encoded %v", test.limit, ok, err)
			}
			if ok, _ := encode("package a:b;\n" + test.text(test.limit+1)); ok {
				t.Errorf("%d is accepted", test.limit+1)
			}
			result, err := resolve.Source("x.wit", text, resolve.Options{})
			if err != nil {
				t.Fatal(err)
			}
			core := (&wasmtest.Module{}).Bytes()
			for id := range result.Resolve.Worlds {
				embedded, err := component.Embed(core, result.Resolve, wit.WorldID(id), component.UTF8)
				if err == nil {
					_, err = component.DecodeWIT(embedded)
				}
				if err != nil {
					t.Errorf("the world does not go into a core module: %v", err)
				}
			}
		})
	}
}
