package bench

import (
	"bytes"
	"fmt"
	"io"
)

// Compare prints what is compared with something else than the work by hand, in
// words, for those of the results that are there.
func Compare(w io.Writer, results map[string]Result, pairs int) {
	if out, ok := results[bytesOutRow]; ok {
		plain := copySpeed(pairs)
		fmt.Fprintf(w, "A plain copy of 1 MiB to a new slice takes %.0f µs: \"%s\" has %.0f%% of its speed (aim: 80%%).\n",
			plain/1e3, bytesOutRow, 100*plain/out.Generated.Nanos)
	}
	records, ok1 := results[recordsRow]
	json, ok2 := results[jsonRow]
	if ok1 && ok2 {
		fmt.Fprintf(w, "The same records as JSON through a string take %.1f times as long (aim: 10).\n", json.Generated.Nanos/records.Generated.Nanos)
	}
}

// sink keeps a copy from being optimized away.
var sink []byte

// copySpeed returns the nanoseconds that a plain copy of 1 MiB to a new slice
// takes.
func copySpeed(pairs int) float64 {
	from := make([]byte, 1<<20)
	body := func(n int) (any, error) {
		for range n {
			sink = bytes.Clone(from)
		}
		return nil, nil
	}
	n, _ := calibrate(body)
	var costs []Cost
	for range pairs {
		costs = append(costs, measure(body, n))
	}
	return median(costs).Nanos
}
