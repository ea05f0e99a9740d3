package roundtrip

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/parser/resolve"
)

// plainCounter is a counter of the host's for the dynamic API.
type plainCounter struct {
	label  string
	value  uint32
	closed bool
}

func (c *plainCounter) Close(context.Context) error {
	c.closed = true
	return nil
}

// thingsImports serves by the dynamic API what the test of it needs of the world
// things; anything else is an error.
func thingsImports(plugin *dynamic.Plugin) dynamic.Imports {
	imports := dynamic.Imports{}
	for _, f := range plugin.Imports() {
		imports[f.Name] = func(context.Context, []any) (any, error) { return nil, fmt.Errorf("%s is not served", f.Name) }
	}
	const of = "roundtrip:things/counters#"
	identity := func(_ context.Context, args []any) (any, error) { return args[0], nil }
	imports[of+"[constructor]counter"] = func(_ context.Context, args []any) (any, error) {
		return &plainCounter{label: "new", value: args[0].(uint32)}, nil
	}
	imports[of+"[method]counter.add"] = func(_ context.Context, args []any) (any, error) {
		c := args[0].(*plainCounter)
		c.value += args[1].(uint32)
		return c.value, nil
	}
	imports[of+"[method]counter.name"] = func(_ context.Context, args []any) (any, error) { return args[0].(*plainCounter).label, nil }
	imports[of+"[static]counter.sum"] = func(_ context.Context, args []any) (any, error) {
		sum := uint64(0)
		for _, c := range args[0].([]any) {
			sum += uint64(c.(*plainCounter).value)
		}
		return sum, nil
	}
	imports[of+"swap"] = func(_ context.Context, args []any) (any, error) { return value.Tuple{args[1], args[0]}, nil }
	imports[of+"slots"], imports[of+"named"] = identity, identity
	imports["adopt"] = identity
	for _, store := range []string{"first", "second"} {
		imports[store+"#open"] = func(_ context.Context, args []any) (any, error) {
			return value.OK(&plainCounter{label: store + args[0].(string)}), nil
		}
		imports[store+"#copy"] = func(_ context.Context, args []any) (any, error) {
			return args[0].(*plainCounter).label == args[1].(*plainCounter).label, nil
		}
	}
	imports["roundtrip:things/pool#[method]conn.name"] = imports[of+"[method]counter.name"]
	return imports
}

// Resources by the dynamic API in the world where the host and the guest both
// define the same ones, and one interface stands there under two names.
func TestDynamicThings(t *testing.T) {
	result, err := resolve.Dir("wit/things", resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	world, err := resolve.SelectWorld(result.Resolve, result.Main, "things")
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := dynamic.CompileWorld(ctx, guest(t, guestbuild.Go, "things"), result.Resolve, world)
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, thingsImports(plugin))
	if err != nil {
		t.Fatal(err)
	}
	call := func(name string, args ...any) any {
		t.Helper()
		v, err := inst.Call(ctx, name, args...)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const of = "roundtrip:things/counters#"
	a := call(of+"[constructor]counter", uint32(5)).(*dynamic.Resource)
	b := call(of+"[constructor]counter", uint32(6)).(*dynamic.Resource)
	name := mangle.String("new")
	if v, err := a.Call(ctx, "name"); err != nil || v != name {
		t.Errorf("a is called %v: %v", v, err)
	}
	same[any](t, "sum", uint64(mangle.Int(uint32(5)))+uint64(mangle.Int(uint32(6))), call(of+"[static]counter.sum", []any{a, b}))
	swapped := call(of+"swap", a, b).(value.Tuple)
	if _, err := inst.Call(ctx, of+"swap", a, b); err == nil || !strings.Contains(err.Error(), "given away") {
		t.Errorf("given away, and again: %v", err)
	}
	slot := call(of+"slots", value.Variant{Case: "many", Value: []any{swapped[0], swapped[1]}}).(value.Variant)
	counters := slot.Value.([]any)
	named := call(of+"named", value.Map{"a": counters[0], "b": counters[1]}).(value.Map)
	if len(named) != 2 {
		t.Errorf("named returns %v", named)
	}
	each := call("hooks#each", []any{named[mangle.String(mangle.String("a"))]}).([]any)
	same[any](t, "hooks#seen", any(name), call("hooks#seen", each[0]))
	same[any](t, "live", uint32(2), call("roundtrip:things/state#live"))
	if err := each[0].(*dynamic.Resource).Close(ctx); err != nil {
		t.Fatal(err)
	}
	same[any](t, "live after Close", uint32(1), call("roundtrip:things/state#live"))

	// The world's own functions take the host's counters.
	mine, lent := &plainCounter{label: "mine"}, &plainCounter{label: "lent"}
	same[any](t, "inspect", "mine,lent,new", call("inspect", mine, lent))
	if !mine.closed || lent.closed {
		t.Errorf("given %t, lent %t are closed", mine.closed, lent.closed)
	}

	// near and far are the same interface, and their buckets are not the same.
	open := func(store string) *dynamic.Resource {
		bucket, _, _ := call(store+"#open", "x").(value.Result).Get()
		return bucket.(*dynamic.Resource)
	}
	near, far := open("near"), open("far")
	same[any](t, "copy", true, call("near#copy", near, near, "key"))
	if _, err := inst.Call(ctx, "far#copy", far, near, "key"); err == nil || !strings.Contains(err.Error(), "to: the far#bucket is not of this instance") {
		t.Errorf("a bucket of another store: %v", err)
	}

	conns := []any{&plainCounter{label: "c"}, &plainCounter{label: "d"}}
	used := call("drain#use-up", &plainCounter{label: "a"}, &plainCounter{label: "b"}, conns).(value.Tuple)
	same[any](t, "use-up", value.Tuple{"a,b,c,d", value.Some(conns[1])}, used)
}
