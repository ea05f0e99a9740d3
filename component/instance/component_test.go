package instance_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/internal/hosttest"
	"github.com/witgen/witgen/internal/hosttest/gen/test/subject/subject"
)

// A component of the echo guest gives what the core module gives.
func TestComponentEcho(t *testing.T) {
	ctx := context.Background()
	wasm, err := hosttest.Component(hosttest.NewEcho().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := subject.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	h := &hosttest.Host{}
	inst, err := plugin.Instantiate(ctx, h.Imports())
	if err != nil {
		t.Fatal(err)
	}
	sum, err := inst.Values().Add(ctx, 2, 3)
	if err != nil || sum != 5 {
		t.Fatal(sum, err)
	}
	text, err := inst.Values().EchoString(ctx, "hello")
	if err != nil || text != "hello" {
		t.Fatal(text, err)
	}
}
