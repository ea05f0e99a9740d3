package format

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/diag"
)

// families are texts of any size, each hard on a part of the formatter.
var families = map[string]func(n int) string{
	"items":          func(n int) string { return strings.Repeat("interface i{f:func();}", n) },
	"members":        func(n int) string { return "interface i{record r{" + strings.Repeat("a:u8,", n) + "}}" },
	"a long list":    func(n int) string { return "interface i{f:func(" + strings.Repeat("a:u8,", n) + ");}" },
	"a long type":    func(n int) string { return "interface i{f:func()->tuple<" + strings.Repeat("u8,", n) + ">;}" },
	"trailing":       func(n int) string { return "interface i {" + strings.Repeat("/* a */", n) + "}" },
	"comments":       func(n int) string { return strings.Repeat("// a\n", n) },
	"inner comments": func(n int) string { return "interface " + strings.Repeat("// a\n/* b */", n) + " i {}" },
	"in a list":      func(n int) string { return "interface i{f:func(" + strings.Repeat("/* x */", n) + "a:u8);}" },
	"long lines":     func(n int) string { return strings.Repeat("use "+strings.Repeat("a", 90)+" as b;", n) },
}

// TestLinear formats texts of one kind in two sizes. Memory has to grow as the size does.
func TestLinear(t *testing.T) {
	allocated := func(text string) float64 {
		file := diag.NewFile("a.wit", []byte(text))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, list := Source(file); len(list) > 0 {
			t.Fatal(list)
		}
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	const small, factor = 1000, 32
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			memory, more := allocated(family(small)), allocated(family(small*factor))
			if more > 2*factor*memory+1<<16 {
				t.Errorf("%d times the text takes %.0f bytes instead of %.0f", factor, more, memory)
			}
		})
	}
}

// TestLargest formats texts of some megabytes. One takes some seconds on an idle
// machine; if the time grew as the square of the size, it would take hours.
// BenchmarkLinear measures the time.
func TestLargest(t *testing.T) {
	if os.Getenv("WITGEN_TESTS") != "all" {
		t.Skip("WITGEN_TESTS is not all: make test runs this")
	}
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			each := (len(family(2000)) - len(family(1000))) / 1000
			file := diag.NewFile("a.wit", []byte(family(4<<20/each)))
			guard := time.AfterFunc(5*time.Minute, func() { panic(t.Name() + " hangs") })
			defer guard.Stop()
			if _, list := Source(file); len(list) > 0 {
				t.Fatal(list)
			}
		})
	}
}

// BenchmarkLinear formats texts in two sizes. The throughput must be about the same.
func BenchmarkLinear(b *testing.B) {
	for name, family := range families {
		for _, n := range []int{1000, 1000 * 32} {
			file := diag.NewFile("a.wit", []byte(family(n)))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.SetBytes(int64(len(file.Text)))
				for b.Loop() {
					Source(file)
				}
			})
		}
	}
}
