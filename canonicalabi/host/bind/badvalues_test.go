package bind_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

func wantsBadValue(t *testing.T, err error, path, detail string) {
	t.Helper()
	var bad *host.BadValueError
	if !errors.As(err, &bad) || bad.Path != path || bad.Detail != detail {
		t.Errorf("got %T %v; want a BadValueError %s: %s", err, err, path, detail)
	}
}

// Values that WIT does not know are refused with their place, and the guest,
// which would trap, is not entered.
func TestBadValues(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	inst := start(t, hosttest.NewGuest(), &hosttest.Host{})
	v := inst.Values()
	_, err := v.EchoString(ctx, "a\xff")
	wantsBadValue(t, err, "v", "the string is not valid UTF-8")
	_, err = v.EchoStrings(ctx, []string{"a", "\xed\xa0\x80"})
	wantsBadValue(t, err, "v[1]", "the string is not valid UTF-8")
	_, err = v.EchoChar(ctx, 0xd800)
	wantsBadValue(t, err, "v", "U+D800 is not a Unicode scalar value")
	_, err = v.EchoChar(ctx, -1)
	wantsBadValue(t, err, "v", "U+FFFFFFFF is not a Unicode scalar value")
	_, err = v.EchoChars(ctx, []rune{'a', 0x110000})
	wantsBadValue(t, err, "v[1]", "U+110000 is not a Unicode scalar value")
	_, err = v.EchoColor(ctx, 3)
	wantsBadValue(t, err, "v", "3 is not a case of the enum, which has 3")
	_, err = v.EchoPerms(ctx, 8)
	wantsBadValue(t, err, "v", "0x8 has bits that are not flags; there are 3 flags")
	_, err = v.EchoShape(ctx, nil)
	wantsBadValue(t, err, "v", "<nil> is not a case of shape")
	_, err = v.EchoShapes(ctx, []values.Shape{values.ShapeDot{}, values.ShapeLabel{Value: "\xff"}})
	wantsBadValue(t, err, "v[1].label", "the string is not valid UTF-8")
	_, err = v.EchoPeople(ctx, []values.Person{{}, {Letter: 0xdfff}})
	wantsBadValue(t, err, "v[1].letter", "U+DFFF is not a Unicode scalar value")
	_, err = v.EchoMap(ctx, map[uint32]string{7: "\xff"})
	wantsBadValue(t, err, "v[7]", "the string is not valid UTF-8")
	checkState(t, inst, true)
}

// A bad value that a host function returns traps the guest that called it.
func TestBadResults(t *testing.T) {
	t.Parallel()
	g := hosttest.NewGuest("store.find")
	g.Define("run", "", wasmtest.I32(0), wasmtest.I32(0), wasmtest.I32(hosttest.Area), g.Call("store.find"), wasmtest.I64(0))
	h := &hosttest.Host{OnFind: func(context.Context, string) (store.Entry, error) { return nil, nil }}
	inst := start(t, g, h)
	_, err := inst.Run(t.Context(), 0)
	var trap *host.Trap
	var bad *host.BadValueError
	if !errors.As(err, &trap) || trap.Rule != host.RuleImportFailed || !errors.As(err, &bad) {
		t.Errorf("got %v", err)
	}
	checkState(t, inst, false)
}
