package bind_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// rule is a rule that a guest can break: a trap_if of CanonicalABI.md, by its
// function there, or another danger, with guests that break it, or that come
// close and may.
type rule struct {
	of     string
	guests []hostile
}

// hostile is a guest and a call into it.
type hostile struct {
	name string
	// imports are what the guest imports, write makes it.
	imports []string
	write   func(g *hosttest.Guest)
	// host changes what the host supplies.
	host func(h *hosttest.Host)
	opts []host.Option
	// refused is set where Compile refuses the guest. startWithin makes the context of
	// its start end.
	refused     bool
	startWithin func(ctx context.Context) context.Context
	// unmade is what the refusal to make a component of the guest says.
	unmade string
	// early is set where the start function calls an import. In a component that traps:
	// imports need the memory of an instance that does not exist yet.
	early bool
	// heavy marks a guest that takes long. It runs only if WITGEN_TESTS is all.
	heavy bool
	// unlimited marks a guest whose instance has no limit of stacks. Its memory is not
	// compared with the bound that holds with limits.
	unlimited bool
	call      func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error
	want      outcome
}

// outcome is what a call must end with.
type outcome struct {
	// fn is the short name of the function that the error names, and "" where
	// there must be no error.
	fn string
	// rule is of a Trap; text is what the error says beside it.
	rule host.Rule
	text string
	// limit is the name of a LimitError.
	limit string
	// is is what errors.Is finds.
	is error
	// alive is set where the instance serves calls after the error.
	alive bool
}

func trap(fn string, r host.Rule, text string) outcome { return outcome{fn: fn, rule: r, text: text} }

func limit(fn, name string) outcome { return outcome{fn: fn, limit: name} }

func (o outcome) livesOn() outcome { o.alive = true; return o }

// notMade makes a guest one of which no component can be made.
func (h hostile) notMade(text string) hostile { h.unmade = text; return h }

// callsEarly makes a guest one whose start function calls an import.
func (h hostile) callsEarly() hostile { h.early = true; return h }

// starting stands for the function in the errors of a guest that does not start.
const starting = "test:subject/subject@1.2.3"

var allowed = outcome{alive: true}

// rules is the table. Its parts stand in the files hostile_*_test.go.
func rules() []rule {
	var all []rule
	for _, part := range [][]rule{liftRules(), paramRules(), reallocRules(), handleRules(), conductRules(), timeRules(), stackRules(), workRules()} {
		all = append(all, part...)
	}
	return all
}

// TestHostile runs every guest of the table. Each breach ends in a typed error
// that names the function and the rule, what the specification allows in a
// result; afterwards another instance of the same plugin works.
func TestHostile(t *testing.T) {
	t.Parallel()
	count := 0
	for _, r := range rules() {
		t.Run(r.of, func(t *testing.T) {
			for _, test := range r.guests {
				count++
				t.Run(test.name, func(t *testing.T) { runHostile(t, test) })
			}
		})
	}
	if count < 100 {
		t.Errorf("there are %d guests; at least 100 must be", count)
	}
	if os.Getenv(childVariable) != "" {
		t.Cleanup(func() { reportMemory(count) })
	}
}

func runHostile(t *testing.T, test hostile) {
	if test.heavy && os.Getenv("WITGEN_TESTS") != "all" {
		t.Skip("it takes long; run with WITGEN_TESTS=all")
	}
	if test.unlimited && os.Getenv(childVariable) != "" {
		t.Skip("its stacks have no limit, so neither has their memory")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	g := hosttest.NewGuest(test.imports...)
	test.write(g)
	if asComponent && test.unmade != "" {
		if _, err := hosttest.Component(g.Bytes()); err == nil || !strings.Contains(err.Error(), test.unmade) {
			t.Errorf("a component is made of it: %v; want an error that says %q", err, test.unmade)
		}
		return
	}
	if asComponent && test.early {
		test.call, test.startWithin, test.want = nil, nil, outcome{fn: starting, rule: host.RuleStart}
	}
	h := &hosttest.Host{}
	if test.host != nil {
		test.host(h)
	}
	if test.refused {
		_, err := subject.Compile(ctx, wasmOf(t, g), test.opts...)
		checkOutcome(t, err, test.want)
		return
	}
	plugin := compile(t, g, test.opts...)
	startCtx := ctx
	if test.startWithin != nil {
		startCtx = test.startWithin(ctx)
	}
	inst, err := plugin.Instantiate(startCtx, h.Imports())
	if err == nil {
		defer inst.Close(ctx)
		if test.call == nil {
			t.Fatal("the guest starts")
		}
		err = test.call(ctx, inst, h)
		checkState(t, inst, test.want.alive)
	} else if test.call != nil {
		t.Fatal(err)
	}
	checkOutcome(t, err, test.want)
	if test.call == nil {
		return
	}
	other := instantiate(t, plugin, &hosttest.Host{})
	if sum, err := other.Values().Add(ctx, 2, 3); sum != 5 || err != nil {
		t.Errorf("another instance: %d, %v", sum, err)
	}
}

// checkState checks whether an instance lives.
func checkState(t *testing.T, inst *subject.Instance, alive bool) {
	t.Helper()
	sum, err := inst.Values().Add(context.Background(), 2, 3)
	var refused *host.InstanceError
	switch {
	case alive && (err != nil || sum != 5):
		t.Errorf("the instance does not live on: %d, %v", sum, err)
	case !alive && !(errors.As(err, &refused) && errors.Is(err, host.ErrDead)):
		t.Errorf("the instance is not dead: %d, %v", sum, err)
	}
}

func checkOutcome(t *testing.T, err error, want outcome) {
	t.Helper()
	if want.fn == "" {
		if err != nil {
			t.Errorf("the call fails: %v", err)
		}
		return
	}
	fn := want.fn
	if strings.Contains(fn, ".") && !strings.Contains(fn, ":") {
		fn = hosttest.ExportName(fn)
	}
	var trap *host.Trap
	var limit *host.LimitError
	switch {
	case want.limit != "":
		if !errors.As(err, &limit) || limit.Func != fn || limit.Limit != want.limit {
			t.Errorf("got %T %v; want a LimitError of %s for %q", err, err, fn, want.limit)
		}
	case !errors.As(err, &trap) || trap.Func != fn || trap.Rule != want.rule:
		t.Errorf("got %T %v; want a Trap of %s for %q", err, err, fn, want.rule)
	}
	if want.is != nil && !errors.Is(err, want.is) {
		t.Errorf("%v is not %v", err, want.is)
	}
	if err != nil && !strings.Contains(err.Error(), want.text) {
		t.Errorf("%q does not say %q", err, want.text)
	}
}

// TestMain runs the tests twice: on core modules and on components of them. A child
// of TestHostileMemory runs them once, in the form that it is told.
func TestMain(m *testing.M) {
	flag.Parse()
	if form := os.Getenv(childVariable); form != "" {
		asComponent = form == formName(true)
		os.Exit(m.Run())
	}
	code := m.Run()
	measuring := flag.Lookup("test.bench").Value.String() + flag.Lookup("test.fuzz").Value.String()
	if code == 0 && measuring == "" {
		asComponent = true
		code = m.Run()
	}
	os.Exit(code)
}

// childVariable tells a child of TestHostileMemory which form of the guests to run.
// The child prints childReport and their number, then its status.
const (
	childVariable = "WITGEN_HOSTILE_CHILD"
	childReport   = "hostile guests: "
)

func formName(component bool) string {
	if component {
		return "components"
	}
	return "core modules"
}

// reportMemory prints what TestHostileMemory reads of its child.
func reportMemory(guests int) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s%d\n%s", childReport, guests, status)
}
