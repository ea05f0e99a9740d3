package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/witgen/witgen/internal/testing/checkout"
)

// guests builds the guests once. Another value of the variable, which package nested
// sets, stands for another source of theirs.
var guests = sync.OnceValues(func() (*Guests, error) {
	_ = os.Getenv("WITGEN_INPUTS")
	root, err := checkout.Root()
	if err != nil {
		return nil, err
	}
	return Build(root)
})

func newSuite(t testing.TB) *Suite {
	t.Helper()
	g, err := guests()
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSuite(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Every row does the same on both sides.
func TestRows(t *testing.T) {
	s := newSuite(t)
	t.Logf("guests by %s", s.Guests.Compiler)
	for _, row := range s.Rows() {
		t.Run(row.Name, func(t *testing.T) {
			const n = 3
			generated, err := row.Generated(n)
			if err != nil {
				t.Fatal(err)
			}
			byHand, err := row.Hand(n)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprintf("%+v", generated), fmt.Sprintf("%+v", byHand); got != want {
				t.Errorf("generated bindings return %.200s, by hand it is %.200s", got, want)
			}
		})
	}
}

// The side by hand owes nothing to this module.
func TestByHandImportsNothingOfOurs(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./byhand").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(path, "github.com/witgen/") && !strings.HasSuffix(path, "/internal/testing/generated/bench/byhand") {
			t.Errorf("byhand imports %s", path)
		}
	}
	if !strings.Contains(string(out), "wazero") {
		t.Error("go list does not show wazero, which byhand imports")
	}
}

// BenchmarkRows has a benchmark for each row and side; make bench runs it.
func BenchmarkRows(b *testing.B) {
	s := newSuite(b)
	for _, row := range s.Rows() {
		for _, side := range []struct {
			name string
			body Body
		}{{"generated", row.Generated}, {"byhand", row.Hand}} {
			b.Run(benchmarkName(row.Name)+"/"+side.name, func(b *testing.B) {
				b.ReportAllocs()
				if _, err := side.body(b.N); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// benchmarkName makes a name of a row's that benchstat reads.
func benchmarkName(row string) string {
	return strings.NewReplacer(", ", "-", " ", "-", ",", "").Replace(row)
}
