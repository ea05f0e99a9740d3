package resolve_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// tree makes a package of n interfaces, each with a dozen types and functions
// and uses of two others, and a world for every ten.
func tree(n int) string {
	var b strings.Builder
	b.WriteString("package bench:tree@1.0.0;\n")
	for i := range n {
		fmt.Fprintf(&b, "/// Interface %d.\n@since(version = 1.0.0)\ninterface i%d {\n", i, i)
		for _, from := range []int{i - 1, i - 4} {
			if from >= 0 && from/10 == i/10 {
				fmt.Fprintf(&b, "  use i%d.{thing as thing-of-i%d, error as error-of-i%d};\n", from, from, from)
			}
		}
		b.WriteString(`  /// A record.
  record point { x: s32, y: s32, name: string, tags: list<string> }
  variant error { closed, denied(string), other(tuple<u32, point>) }
  enum color { red, green, blue }
  flags mode { read, write, execute }
  type bytes = list<u8>;
  /// A resource.
  resource thing {
    constructor(name: string);
    get: func(at: u64) -> result<bytes, error>;
    put: func(at: u64, what: bytes) -> result<_, error>;
    open: static func(mode: mode) -> result<thing, error>;
  }
  paint: func(points: list<point>, color: option<color>) -> result<list<point>, error>;
  move: func(what: borrow<thing>, to: point);
  merge: func(a: thing, b: thing) -> thing;
}
`)
		if i%10 == 9 {
			fmt.Fprintf(&b, "world w%d {\n", i)
			for j := i - 9; j <= i; j++ {
				fmt.Fprintf(&b, "  import i%d;\n", j)
			}
			fmt.Fprintf(&b, "  export i%d;\n  export run: func() -> result;\n}\n", i)
		}
	}
	return b.String()
}

func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		text := tree(n)
		b.Run(fmt.Sprintf("interfaces=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := resolve.Source("bench.wit", text, resolve.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/interface")
		})
	}
}

// BenchmarkWASIHTTP resolves the WIT of wasi:http with its dependencies, from
// the folder that WITGEN_SUITES names.
func BenchmarkWASIHTTP(b *testing.B) {
	root := os.Getenv("WITGEN_SUITES")
	if root == "" {
		b.Skip("the suites were not given: set WITGEN_SUITES to their folder")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := resolve.Dir(root+"/wasi-http-0.2.8", resolve.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	result, err := resolve.Source("bench.wit", tree(100), resolve.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wit.PrintAll(result.Resolve, result.Main)
		}
	})
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := result.Resolve.MarshalJSON(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
