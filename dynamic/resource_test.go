package dynamic_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/calltest"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var ctx = context.Background()

// call calls a function that must not fail.
func call(t *testing.T, inst *dynamic.Instance, name string, args ...any) any {
	t.Helper()
	v, err := inst.Call(ctx, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if diff := difference(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// demo starts the guest of package calltest.
func demo(t *testing.T, opts ...host.Option) *dynamic.Instance {
	t.Helper()
	return demoOf(t, "demo", opts...)
}

// demoOf starts it for one of its worlds.
func demoOf(t *testing.T, world string, opts ...host.Option) *dynamic.Instance {
	t.Helper()
	r, id := demoWorld(t, world)
	return start(t, calltest.Guest(false), r, id, nil, opts...)
}

func demoComponent(t *testing.T) *dynamic.Instance {
	t.Helper()
	r, id := demoWorld(t, "demo")
	return startComponent(t, calltest.Guest(false), r, id, nil)
}

func demoWorld(t *testing.T, name string) (*wit.Resolve, wit.WorldID) {
	t.Helper()
	r, _ := model(t, calltest.WIT)
	for id, w := range r.Worlds {
		if w.Name == name {
			return r, wit.WorldID(id)
		}
	}
	t.Fatalf("there is no world %s", name)
	return nil, 0
}

// The resources of a guest are made, used, lent, and closed.
func TestGuestResources(t *testing.T) {
	t.Run("core module", func(t *testing.T) { testGuestResources(t, demo(t), demo(t)) })
	t.Run("component", func(t *testing.T) { testGuestResources(t, demoComponent(t), demoComponent(t)) })
}

func testGuestResources(t *testing.T, inst, another *dynamic.Instance) {
	c := call(t, inst, "counter", uint32(5)).(*dynamic.Resource)
	if c.Name() != "demo:calls/counters@1.2.0#counter" {
		t.Errorf("the resource is called %s", c.Name())
	}
	v, err := c.Call(ctx, "increase", uint32(2))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, v, uint32(7))
	expect(t, call(t, inst, "[method]counter.value", c), uint32(7))
	twins := call(t, inst, "twins", uint32(3)).(value.Tuple)
	expect(t, call(t, inst, "counter.sum", c, twins[1]), uint32(10))

	if _, err := c.Call(ctx, "decrease"); err == nil || !strings.Contains(err.Error(), "no method decrease; it has value, increase") {
		t.Errorf("an unknown method: %v", err)
	}
	if err := c.Close(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = inst.Call(ctx, "counter.sum", twins[0], c)
	wantBad(t, err, "b: the demo:calls/counters@1.2.0#counter cannot be used: it is closed")
	other := call(t, another, "counter", uint32(1))
	_, err = inst.Call(ctx, "counter.sum", twins[0], other)
	wantBad(t, err, "b: the demo:calls/counters@1.2.0#counter is not of this instance, which defines the resource")
	_, err = inst.Call(ctx, "counter.sum", twins[0], nil)
	wantBad(t, err, "b: the borrow<counter> is nil")
}

// wantBad expects a *host.BadValueError.
func wantBad(t *testing.T, err error, want string) {
	t.Helper()
	var bad *host.BadValueError
	if !errors.As(err, &bad) || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

// What a function does not take is refused with the place, and the instance lives.
func TestBadValues(t *testing.T) {
	inst := demo(t)
	person := func(change func(value.Record)) value.Record {
		r := value.Record{"name": "Ann", "age": uint8(7), "likes": value.Some("tea")}
		change(r)
		return r
	}
	for _, tt := range []struct {
		name string
		args []any
		want string
	}{
		{"divide", []any{int32(1)}, "demo:calls/operations@1.2.0#divide: the function takes 2 values, and got 1"},
		{"divide", []any{int32(1), 2}, "b: s32 is int32 in Go, and this is int"},
		{"divide", []any{nil, int32(2)}, "a: s32 is int32 in Go, and this is nil"},
		{"echo", []any{person(func(r value.Record) { r["name"] = "\xff" })}, "p.name: the string is not valid UTF-8"},
		{"echo", []any{person(func(r value.Record) { delete(r, "age") })}, "p: the field age of person is missing"},
		{"echo", []any{person(func(r value.Record) { r["size"] = 1 })}, `p: person has no field "size"`},
		{"echo", []any{person(func(r value.Record) { r["likes"] = "tea" })}, "p.likes: option<string> is value.Option in Go, and this is string"},
		{"mood-of", []any{value.Enum("sad")}, `m: "sad" is not a case of mood: happy, ok`},
		{"allow", []any{value.Flags{"read", "fly"}}, `p: "fly" is not a flag of perms: read, write`},
		{"allow", []any{value.Flags{"read", "read"}}, "p: the flag read stands there twice"},
		{"people.add", []any{[]any{"a", 'b'}}, "names[1]: string is string in Go, and this is int32"},
		{"people.add", []any{[]string{"a"}}, "names: list<string> is []any in Go, and this is []string"},
	} {
		_, err := inst.Call(ctx, tt.name, tt.args...)
		wantBad(t, err, tt.want)
	}
	expect(t, call(t, inst, "divide", int32(8), int32(2)), value.OK(int32(4)))
	expect(t, call(t, inst, "divide", int32(8), int32(0)), value.Err("division by zero"))
}

func TestLookup(t *testing.T) {
	plugin := demo(t).Plugin()
	for name, want := range map[string]string{
		"divide":                             "demo:calls/operations@1.2.0#divide",
		"operations.divide":                  "demo:calls/operations@1.2.0#divide",
		"operations#add":                     "demo:calls/operations@1.2.0#add",
		"demo:calls/people#add":              "demo:calls/people@1.2.0#add",
		"demo:calls/people@1.2.0.add":        "demo:calls/people@1.2.0#add",
		"demo:calls/people@1.9.0#add":        "demo:calls/people@1.2.0#add",
		"counter":                            "demo:calls/counters@1.2.0#[constructor]counter",
		"counters.counter.value":             "demo:calls/counters@1.2.0#[method]counter.value",
		"counters#[static]counter.sum":       "demo:calls/counters@1.2.0#[static]counter.sum",
		"crash":                              "crash",
		"add":                                "",
		"demo:calls/people@2.0.0#add":        "",
		"":                                   "",
		"ions.add":                           "",
		"demo:calls/operations@1.2.0#add#":   "",
		"demo:calls/operations@1.2.0#divide": "demo:calls/operations@1.2.0#divide",
	} {
		f, err := plugin.Lookup(name)
		var bad *dynamic.LookupError
		switch {
		case want == "" && !errors.As(err, &bad):
			t.Errorf("%q: %v, %v", name, f, err)
		case want != "" && (err != nil || f.Name != want):
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	_, err := plugin.Lookup("add")
	if want := "add may be any of demo:calls/operations@1.2.0#add, demo:calls/people@1.2.0#add"; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Traps, limits and what is not supported.
func TestFailures(t *testing.T) {
	inst := demoOf(t, "eventual")
	if _, err := inst.Call(ctx, "later"); err == nil || err.Error() != "later: the function needs what is not supported: stream" {
		t.Errorf("a stream: %v", err)
	}
	_, err := inst.Call(ctx, "crash")
	var trap *host.Trap
	if !errors.As(err, &trap) || trap.Func != "crash" {
		t.Errorf("a trap: %v", err)
	}
	if _, err := inst.Call(ctx, "divide", int32(1), int32(1)); !errors.Is(err, host.ErrDead) || !errors.Is(inst.Err(), host.ErrDead) {
		t.Errorf("after a trap: %v", err)
	}
	inst = demo(t, host.Fuel(10000))
	_, err = inst.Call(ctx, "spin")
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "fuel" {
		t.Errorf("fuel: %v", err)
	}
	inst = demo(t, host.LiftLimit(100))
	_, err = inst.Call(ctx, "people.add", []any{"", "", "", "", "", "", "", ""})
	if !errors.As(err, &limit) || limit.Limit != "size of lifted values" {
		t.Errorf("lifting: %v", err)
	}
	if err := inst.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := inst.Call(ctx, "divide", int32(1), int32(1)); !errors.Is(err, host.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// subject starts a guest of package hosttest.
func subject(t *testing.T, g *hosttest.Guest, imports dynamic.Imports) *dynamic.Instance {
	t.Helper()
	result, err := resolve.Dir("../internal/testing/hosttest/subject.wit", resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return start(t, g.Bytes(), result.Resolve, 0, imports)
}

// entry is a resource of the host's.
type entry struct {
	label  string
	closed int
}

func (e *entry) Close(context.Context) error {
	e.closed++
	return nil
}

// Resources of the host go into a guest and come back as what they are; what the
// guest keeps is closed when it drops it.
func TestHostResources(t *testing.T) {
	const store = "test:subject/store@1.2.3#"
	g := hosttest.NewGuest("store.[constructor]entry", "store.[method]entry.name", "store.[resource-drop]entry", "store.take")
	// give makes an entry and gives it away; hand takes one and drops it; visit
	// asks a borrowed one for its name and returns the length.
	g.Define("shop.give", "", wasmtest.I32(0), wasmtest.I32(0), g.Call("store.[constructor]entry"))
	g.Define("shop.hand", "", wasmtest.Get(0), g.Call("store.[resource-drop]entry"), wasmtest.I32(1))
	g.Define("shop.visit", "",
		wasmtest.Get(0), wasmtest.I32(hosttest.Area), g.Call("store.[method]entry.name"),
		wasmtest.Get(0), g.Call("store.[resource-drop]entry"),
		wasmtest.I32(hosttest.Area), wasmtest.Load32(4))
	var made []*entry
	imports := dynamic.Imports{
		// The guest imports version 1.2.3.
		"test:subject/store@1.0.0#[constructor]entry": func(_ context.Context, args []any) (any, error) {
			made = append(made, &entry{label: args[0].(string)})
			return made[len(made)-1], nil
		},
		store + "[method]entry.name": func(_ context.Context, args []any) (any, error) { return args[0].(*entry).label, nil },
	}
	result, err := resolve.Dir("../internal/testing/hosttest/subject.wit", resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	core, err := dynamic.CompileWorld(ctx, g.Bytes(), result.Resolve, 0)
	if err != nil {
		t.Fatal(err)
	}
	component, err := dynamic.Compile(ctx, componentOf(t, g.Bytes(), result.Resolve, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []*dynamic.Plugin{core, component} {
		made = nil
		delete(imports, store+"take")
		testHostResources(t, plugin, imports, &made)
	}
}

func testHostResources(t *testing.T, plugin *dynamic.Plugin, imports dynamic.Imports, made *[]*entry) {
	const store = "test:subject/store@1.2.3#"
	_, err := plugin.Instantiate(ctx, imports)
	var link *host.LinkError
	if !errors.As(err, &link) || !strings.HasSuffix(err.Error(), ": imports: the guest imports functions that the host does not supply: "+store+"take") {
		t.Errorf("without an import: %v", err)
	}
	imports[store+"take"] = func(context.Context, []any) (any, error) { return nil, nil }
	inst, err := plugin.Instantiate(ctx, imports)
	if err != nil {
		t.Fatal(err)
	}
	given := call(t, inst, "shop.give").(*entry)
	if len(*made) != 1 || given != (*made)[0] {
		t.Errorf("the guest gives %v of %v", given, *made)
	}
	mine := &entry{label: "mine"}
	expect(t, call(t, inst, "shop.visit", mine), uint32(4))
	expect(t, mine.closed, 0)
	expect(t, call(t, inst, "shop.hand", mine, "text"), uint32(1))
	expect(t, mine.closed, 1)
	if err := plugin.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// What the host's functions return that is no value, and their errors, end the
// guest and come out of the call.
func TestImportFailures(t *testing.T) {
	g := hosttest.NewGuest("log", "values.echo-u8")
	g.Define("run", "", wasmtest.I32(0), wasmtest.I32(0), g.Call("log"), wasmtest.I64(1))
	g.Define("values.echo-u8", "", wasmtest.Get(0), g.Call("values.echo-u8"))
	broken := errors.New("broken")
	var answer any
	var failure error
	imports := dynamic.Imports{
		"log":                                  func(context.Context, []any) (any, error) { return answer, failure },
		"test:subject/values@1.2.3#echo-u8":    func(context.Context, []any) (any, error) { return answer, failure },
		"test:subject/values@1.2.3#echo-shape": nil, // not imported, and so not missed
	}
	expect(t, call(t, subject(t, g, imports), "run", uint32(1)), uint64(1))
	answer = uint8(3)
	expect(t, call(t, subject(t, g, imports), "echo-u8", uint8(1)), uint8(3))
	_, err := subject(t, g, imports).Call(ctx, "run", uint32(1))
	wantTrap(t, err, "result: the function has no result, and this is uint8")
	answer = "3"
	_, err = subject(t, g, imports).Call(ctx, "echo-u8", uint8(1))
	wantTrap(t, err, "result: u8 is uint8 in Go, and this is string")
	failure = broken
	_, err = subject(t, g, imports).Call(ctx, "echo-u8", uint8(1))
	wantTrap(t, err, "broken")
	if !errors.Is(err, broken) {
		t.Errorf("%v does not wrap the host's error", err)
	}
}

func wantTrap(t *testing.T, err error, detail string) {
	t.Helper()
	var trap *host.Trap
	if !errors.As(err, &trap) || trap.Rule != host.RuleImportFailed || !strings.Contains(trap.Detail, detail) {
		t.Errorf("the error is %v, want a Trap of an import: %s", err, detail)
	}
}

// A guest that carries its WIT needs no model from outside; one that does not is
// an error that says so.
func TestCompile(t *testing.T) {
	if _, err := dynamic.Compile(ctx, calltest.Guest(false)); err == nil || !strings.Contains(err.Error(), "carries no WIT") {
		t.Errorf("a module without WIT: %v", err)
	}
	if _, err := dynamic.Compile(ctx, []byte("\x00asm")); err == nil {
		t.Error("what is no WebAssembly compiles")
	}
}

// The function that docs/call.md shows.
func TestExample(t *testing.T) {
	r, world := demoWorld(t, "chatty")
	v, err := sum(ctx, componentOf(t, calltest.Guest(true), r, world))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, v, int32(5))
}
