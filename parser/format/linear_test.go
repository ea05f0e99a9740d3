package format

import (
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

// TestLinear formats texts of one kind in two sizes. Memory has to grow as the
// size does, and time may not grow as its square does: between the two there is
// room for a busy machine.
func TestLinear(t *testing.T) {
	cost := func(text string) (allocated float64, took time.Duration) {
		file := diag.NewFile("a.wit", []byte(text))
		took = time.Hour
		for range 3 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			if _, list := Source(file); len(list) > 0 {
				t.Fatal(list)
			}
			took = min(took, time.Since(start))
			runtime.ReadMemStats(&after)
			allocated = float64(after.TotalAlloc - before.TotalAlloc)
		}
		return allocated, took
	}
	const small, factor = 1000, 32
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			memory, took := cost(family(small))
			moreMemory, tookMore := cost(family(small * factor))
			if moreMemory > 2*factor*memory+1<<16 {
				t.Errorf("%d times the text takes %.0f bytes instead of %.0f", factor, moreMemory, memory)
			}
			// A busy machine can make one measurement long, not ten in a row.
			tooLong := func() bool { return tookMore > factor*factor/3*max(took, 100*time.Microsecond) }
			for range 10 {
				if !tooLong() {
					break
				}
				_, tookMore = cost(family(small * factor))
			}
			if tooLong() {
				t.Errorf("%d times the text takes %v instead of %v", factor, tookMore, took)
			}
		})
	}
}
