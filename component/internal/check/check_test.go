package check_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/testing/comptest"
)

func TestValidate(t *testing.T) {
	for _, test := range comptest.ValidationCases() {
		t.Run(test.Name, func(t *testing.T) {
			c, err := binary.Decode(test.C.Encode())
			if err != nil {
				t.Fatal(err)
			}
			_, err = check.Component(c)
			if test.Rule == "" {
				if err != nil {
					t.Errorf("got %v, want it to be valid", err)
				}
				return
			}
			var bad *binary.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if !strings.Contains(bad.Rule, test.Rule) {
				t.Errorf("got %v, want %q", bad, test.Rule)
			}
			if !inside(c, bad.Offset) {
				t.Errorf("the offset %d lies outside the component", bad.Offset)
			}
		})
	}
}

// inside reports whether an offset lies behind the preamble.
func inside(c *binary.Component, offset int) bool { return offset >= 8 && offset <= c.Size }
