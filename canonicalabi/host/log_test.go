package host

import (
	"errors"
	"fmt"
	"testing"
)

func TestLogAttrs(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "[]"},
		{errors.New("other"), "[]"},
		{&Trap{Func: "f"}, "[function=f]"},
		{fmt.Errorf("wrapped: %w", &Trap{Func: "f", Rule: RuleBounds}), "[function=f rule=pointer out of bounds]"},
		{&LimitError{Func: "f", Limit: "fuel"}, "[function=f limit=fuel]"},
		{&ExitError{Func: "f", Code: 3}, "[function=f code=3]"},
	} {
		if got := fmt.Sprint(LogAttrs(c.err)); got != c.want {
			t.Errorf("%v: got %s, want %s", c.err, got, c.want)
		}
	}
}
