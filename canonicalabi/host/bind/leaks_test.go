package bind_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// reporter is a test whose end the tests here call.
type reporter struct {
	errors  []string
	cleanup []func()
}

func (r *reporter) Helper() {}
func (r *reporter) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *reporter) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

func (r *reporter) end() []string {
	for _, f := range r.cleanup {
		f()
	}
	return r.errors
}

// LeakCheck names what a test has not closed, and where it was made.
func TestLeakCheck(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		leave func(plugin *subject.Plugin, inst *subject.Instance, list []shop.Item) error
		want  []string
	}{
		"all closed": {func(p *subject.Plugin, i *subject.Instance, list []shop.Item) error {
			for _, item := range list {
				if err := item.Close(ctx); err != nil {
					return err
				}
			}
			if err := i.Close(ctx); err != nil {
				return err
			}
			return p.Close(ctx)
		}, nil},
		"a resource": {func(p *subject.Plugin, i *subject.Instance, list []shop.Item) error {
			if err := list[0].Close(ctx); err != nil {
				return err
			}
			return p.Close(ctx)
		}, []string{"the test:subject/shop@1.2.3#item was never closed"}},
		"all": {func(*subject.Plugin, *subject.Instance, []shop.Item) error { return nil },
			[]string{"the plugin of test:subject/subject@1.2.3 was never closed", "the instance was never closed", "the test:subject/shop@1.2.3#item was never closed", "the test:subject/shop@1.2.3#item was never closed"}},
	} {
		r := &reporter{}
		plugin := compile(t, keeper(), host.LeakCheck(r))
		inst := instantiate(t, plugin, &hosttest.Host{})
		list := items(t, inst, 2)
		if err := test.leave(plugin, inst, list); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := r.end()
		if len(got) != len(test.want) {
			t.Errorf("%s: %d leaks, want %d:\n%s", name, len(got), len(test.want), strings.Join(got, "\n"))
			continue
		}
		for n, want := range test.want {
			if !strings.HasPrefix(got[n], want) || !strings.Contains(got[n], "bind_test.") || !strings.Contains(got[n], "_test.go:") {
				t.Errorf("%s: got %q; want %q with a place", name, got[n], want)
			}
		}
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

// A dead instance has nothing left to close.
func TestLeakCheckOfDeadInstance(t *testing.T) {
	r := &reporter{}
	plugin := compile(t, spinner(), host.LeakCheck(r))
	inst := instantiate(t, plugin, &hosttest.Host{})
	items(t, inst, 1)
	if err := inst.Values().Nothing(ctxtest.Ends(t.Context(), context.Canceled)); err == nil {
		t.Fatal("the guest ends")
	}
	if err := plugin.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := r.end(); len(got) != 0 {
		t.Errorf("leaks of a dead instance: %q", got)
	}
}
