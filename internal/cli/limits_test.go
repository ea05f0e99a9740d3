package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Limits are named by the flags that raise them.
func TestInFlags(t *testing.T) {
	limit := func(name, detail string, err error) error {
		return fmt.Errorf("f.wasm: %w", &host.LimitError{Func: "run", Limit: name, Detail: detail, Err: err})
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("other"), "other"},
		{limit("fuel", "the call used up its 5; raise it with host.Fuel", nil), "f.wasm: run: limit reached: fuel: the call used up its 5; raise it with --fuel"},
		{limit("memory", "9; raise it with host.MemoryLimit, or give the guest less", nil), "f.wasm: run: limit reached: memory: 9; raise it with --memory, or give the guest less"},
		{limit("stack", "more than 7 bytes; raise it with host.StackLimit", nil), "f.wasm: run: limit reached: stack: more than 7 bytes"},
		{limit("handles", "9; raise it with host.HandleLimit, or have the guest close some", nil), "f.wasm: run: limit reached: handles: 9; have the guest close some"},
		{limit("deadline", "", context.DeadlineExceeded), "f.wasm: run: limit reached: deadline: context deadline exceeded; raise it with --timeout"},
	} {
		got := inFlags(c.err)
		if got.Error() != c.want || !errors.Is(got, c.err) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if inFlags(nil) != nil {
		t.Error("nil is an error")
	}
}
