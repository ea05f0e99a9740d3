package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/text"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/work"
)

// Compare measures what is compared with something else than the same work by
// hand, and prints it in words.
func (s *Suite) Compare(w io.Writer, pairs int) error {
	rows := s.Rows()
	row := func(name string) Body {
		return rows[slices.IndexFunc(rows, func(r Row) bool { return r.Name == name })].Generated
	}
	from := make([]byte, 1<<20)
	out, err := Measure(Row{Name: bytesOutRow, Generated: row(bytesOutRow), Hand: body(func() ([]byte, error) {
		sink = bytes.Clone(from)
		return sink, nil
	})}, pairs)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "A plain copy of 1 MiB to a new slice takes %.0f µs; \"%s\" has %.0f%% of its speed (aim: 80%%).\n",
		out.Hand.Nanos/1e3, bytesOutRow, 100/out.Ratio)
	json, err := Measure(Row{Name: jsonRow, Generated: row(jsonRow), Hand: row(recordsRow)}, max(pairs/4, 1))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "The same records as JSON through one string take %.0f times as long as the list (aim: 10).\n", json.Ratio)
	return s.compareMetering(w, pairs)
}

// compareMetering measures what metering costs a guest's own code: one that reads
// and writes JSON, and one that reads a long expression in a few small loops.
func (s *Suite) compareMetering(w io.Writer, pairs int) error {
	ctx := context.Background()
	items, _ := items()
	expression := strings.Repeat("12 * 34 + 567 / 8 - ", 500) + "1"
	eval := func(work work.Interface) Body {
		return body(func() (float64, error) { return work.Eval(ctx, expression) })
	}
	echo := func(t text.Interface) Body {
		return body(func() ([]work.Item, error) { return s.echoJSON(ctx, t, items) })
	}
	for _, row := range []Row{
		{"JSON", 1.1, echo(s.fuelText), echo(s.plainText)},
		{"an expression of 10 KB", 1.1, eval(s.fuel), eval(s.plain)},
	} {
		r, err := Measure(row, max(pairs/2, 1))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "A guest that reads %s takes %.2f times as long with fuel as unmetered (aim: %.1f).\n", row.Name, r.Ratio, row.Aim)
	}
	return nil
}

// sink keeps a copy from being optimized away.
var sink []byte
