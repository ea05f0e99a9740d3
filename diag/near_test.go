package diag

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	for _, test := range []struct {
		name       string
		candidates string
		want       string
	}{
		{"sting", "u8 string strong", "string"},
		{"unstalbe", "since unstable", "unstable"},
		{"Since", "since", "since"},
		{"x", "yellow", ""},
		{"y", "x z", "x"},
		{"descriptor-typ", "descriptor descriptor-type", "descriptor-type"},
		{"same", "same", ""},
		{strings.Repeat("a", 100_000), "a", ""},
	} {
		if got := Nearest(test.name, strings.FieldsSeq(test.candidates)); got != test.want {
			t.Errorf("Nearest(%.20q, %q) = %q, want %q", test.name, test.candidates, got, test.want)
		}
	}
}
