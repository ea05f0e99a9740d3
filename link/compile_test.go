package link_test

import (
	"context"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// panicking is a runtime that panics over every module, as wazero has done over
// some.
type panicking struct{ wazero.Runtime }

func (panicking) CompileModule(context.Context, []byte) (wazero.CompiledModule, error) {
	panic("index out of range [3] with length 3")
}

func TestPanicOfTheCompiler(t *testing.T) {
	ctx := t.Context()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	_, err := subject.Compile(ctx, hosttest.NewGuest().Bytes(), host.Runtime(panicking{r}))
	wantsLinkError(t, err, "wazero cannot compile the guest, and panicked: index out of range [3] with length 3")
}
