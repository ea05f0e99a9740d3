package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// row is one piece of work that two sides do.
type row struct {
	name    string
	measure func(w *workshop, pairs int) (result, error)
}

// request returns a row of requests for the handler in a language.
func request(name, language string, measure func(w *workshop, pairs int, language string) (result, error)) row {
	return row{name + ", " + language, func(w *workshop, pairs int) (result, error) { return measure(w, pairs, language) }}
}

// rows are all rows in the order of the table.
var rows = []row{
	request("warm request", "Rust", (*workshop).warmRequest),
	request("warm request", "TinyGo", (*workshop).warmRequest),
	request("fresh instance a request", "Rust", func(w *workshop, pairs int, l string) (result, error) { return w.freshRequest(pairs, l, true) }),
	request("fresh instance a request", "TinyGo", func(w *workshop, pairs int, l string) (result, error) { return w.freshRequest(pairs, l, true) }),
	request("new instance a request", "Rust", func(w *workshop, pairs int, l string) (result, error) { return w.freshRequest(pairs, l, false) }),
	request("new instance a request", "TinyGo", func(w *workshop, pairs int, l string) (result, error) { return w.freshRequest(pairs, l, false) }),
	{"take a fresh calculator, add, give back", func(w *workshop, pairs int) (result, error) { return w.freshAdd(pairs, false) }},
	{"the same", func(w *workshop, pairs int) (result, error) { return w.freshAdd(pairs, true) }},
	{"add through a component", (*workshop).typedAdd},
	{"serve, an instance a request", func(w *workshop, pairs int) (result, error) { return w.serve(pairs, false) }},
	{"serve by Go, an instance a request", func(w *workshop, pairs int) (result, error) { return w.serveGo(pairs, true) }},
	{"serve, instances reused", func(w *workshop, pairs int) (result, error) { return w.serve(pairs, true) }},
	{"serve by Go, no guest", func(w *workshop, pairs int) (result, error) { return w.serveGo(pairs, false) }},
	{"100 MB to standard output, 4 KiB a write", func(w *workshop, pairs int) (result, error) { return w.program100(pairs, "write") }},
	{"100 MB from a file", func(w *workshop, pairs int) (result, error) { return w.program100(pairs, "read") }},
	{"compile CPython", (*workshop).python},
}

func main() {
	pattern := flag.String("rows", ".", "measure the rows whose names match a `regexp`")
	pairs := flag.Int("pairs", 31, "run each side `n` times a row")
	file := flag.String("compile", "", "compile a `component` for WASI, in place of the rows")
	served := flag.String("serve", "", "serve a `component`, or \"plain\", in place of the rows")
	flag.Parse()
	var err error
	switch {
	case *file != "":
		err = compile(*file)
	case *served != "":
		err = answerer(*served)
	default:
		err = run(*pattern, *pairs)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rivals:", err)
		os.Exit(1)
	}
}

// run prints the rows whose names match a pattern.
func run(pattern string, pairs int) (err error) {
	chosen, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	if pairs < 1 {
		return fmt.Errorf("-pairs %d: it is a number from 1 on", pairs)
	}
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "examples", "http")); err != nil {
		return errors.New("run it in the folder internal/testing/rivals of witgen")
	}
	dir, err := os.MkdirTemp("", "rivals")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w := newWorkshop(root, dir)
	fmt.Println("| work | witgen | time | allocations or use | beside it | time | allocations or use | ratio |")
	fmt.Println("|---|---|--:|--:|---|--:|--:|--:|")
	var failed []error
	for _, row := range rows {
		if !chosen.MatchString(row.name) {
			continue
		}
		r, err := row.measure(w, pairs)
		switch {
		case errors.Is(err, errMissing):
			fmt.Printf("| %s | %v |\n", row.name, err)
		case err != nil:
			failed = append(failed, fmt.Errorf("%s: %w", row.name, err))
		default:
			fmt.Printf("| %s | %s | %s | %.2fx |\n", row.name, r.cells(0), r.cells(1), r.ratio)
		}
	}
	return errors.Join(failed...)
}

// cells returns the cells of one side.
func (r *result) cells(i int) string {
	c := r.costs[i]
	used := "0"
	if s := r.sides[i].used; s != nil {
		used = s.String()
	} else if c.allocs >= 0.5 {
		used = fmt.Sprintf("%.0f (%s)", c.allocs, size(c.allocd))
	}
	return fmt.Sprintf("%s | %s | %s", r.sides[i].name, digits(c.time), used)
}

// digits returns a time with three digits.
func digits(d time.Duration) string {
	unit, name := time.Nanosecond, "ns"
	switch {
	case d >= time.Second:
		unit, name = time.Second, "s"
	case d >= time.Millisecond:
		unit, name = time.Millisecond, "ms"
	case d >= time.Microsecond:
		unit, name = time.Microsecond, "µs"
	}
	return three(float64(d)/float64(unit)) + " " + name
}

// size returns a number of bytes with three digits.
func size(bytes float64) string {
	switch {
	case bytes >= 1<<20:
		return three(bytes/(1<<20)) + " MiB"
	case bytes >= 1<<10:
		return three(bytes/(1<<10)) + " KiB"
	}
	return strconv.FormatFloat(bytes, 'f', 0, 64) + " B"
}

// three returns a number with three digits.
func three(x float64) string {
	decimals := 0
	for limit := 100.0; x < limit && decimals < 2; limit /= 10 {
		decimals++
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}
