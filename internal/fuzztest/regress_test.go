package fuzztest

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/hosttest"
	"github.com/witgen/witgen/internal/hosttest/gen/test/subject/subject"
)

// An instance that is started under a context that has ended takes nothing: not
// even one of the few places that there are. (FuzzCalls)
func TestStartUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	plugin, err := subject.Compile(ctx, busyGuest(), host.InstanceLimit(1))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	var limit *host.LimitError
	if _, err := plugin.Instantiate(ended, (&hosttest.Host{}).Imports()); !errors.As(err, &limit) || limit.Limit != "cancel" {
		t.Fatalf("got %v", err)
	}
	if _, err := plugin.Instantiate(ctx, (&hosttest.Host{}).Imports()); err != nil {
		t.Error(err)
	}
}
