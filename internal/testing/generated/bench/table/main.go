// Command table runs the rows of package bench and prints them as one table of
// Markdown: the time of a call through generated bindings and by hand, the ratio
// of the two, and what each allocates.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"

	"github.com/witgen/witgen/internal/testing/checkout"
	"github.com/witgen/witgen/internal/testing/generated/bench"
)

func main() {
	pairs := flag.Int("pairs", 61, "pairs of samples for each row")
	match := flag.String("rows", ".", "regular expression of the rows to run; all rows come with comparisons in words")
	flag.Parse()
	if err := run(*pairs, *match); err != nil {
		fmt.Fprintln(os.Stderr, "bench-table:", err)
		os.Exit(1)
	}
}

func run(pairs int, match string) error {
	wanted, err := regexp.Compile(match)
	if err != nil {
		return err
	}
	root, err := checkout.Root()
	if err != nil {
		return err
	}
	guests, err := bench.Build(root)
	if err != nil {
		return err
	}
	suite, err := bench.NewSuite(context.Background(), guests)
	if err != nil {
		return err
	}
	defer suite.Close()
	fmt.Printf("%s, %s/%s, %d CPUs; guest by %s, %d bytes; medians of %d pairs.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), guests.Compiler, len(guests.Calls), pairs)
	fmt.Println("| call | generated | by hand | ratio | aim | allocations, generated | by hand |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	for _, row := range suite.Rows() {
		if !wanted.MatchString(row.Name) {
			continue
		}
		r, err := bench.Measure(row, pairs)
		if err != nil {
			return err
		}
		aim := ""
		if row.Aim > 0 {
			aim = fmt.Sprintf("%.1f", row.Aim)
		}
		fmt.Printf("| %s | %s | %s | %.2fx | %s | %s | %s |\n",
			row.Name, duration(r.Generated.Nanos), duration(r.Hand.Nanos), r.Ratio, aim, allocs(r.Generated), allocs(r.Hand))
	}
	if match != "." {
		return nil
	}
	fmt.Println()
	return suite.Compare(os.Stdout, pairs)
}

// duration prints a time with three digits.
func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	default:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
}

// allocs prints how often and how much a call allocates.
func allocs(c bench.Cost) string {
	n := int(c.Allocs + 0.1)
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", n, size(c.Bytes))
}

func size(bytes float64) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%.0f B", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.3g KiB", bytes/(1<<10))
	default:
		return fmt.Sprintf("%.3g MiB", bytes/(1<<20))
	}
}
