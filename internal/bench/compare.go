package bench

import (
	"bytes"
	"fmt"
	"io"
	"slices"
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
	_, err = fmt.Fprintf(w, "The same records as JSON through one string take %.0f times as long as the list (aim: 10).\n", json.Ratio)
	return err
}

// sink keeps a copy from being optimized away.
var sink []byte
