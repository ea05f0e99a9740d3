package gogen

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

const optionalWIT = `package a:b@1.3.0;
interface i {
  old: func();
  @since(version = 1.2.0) middle: func();
  @since(version = 1.3.0) latest: func();
  @since(version = 1.3.0) resource r { get: func(); }
}
@since(version = 1.3.0)
interface j { all: func(); }
world w {
  export i;
  export j;
  export run: func();
  @since(version = 1.3.0) export walk: func();
}
`

func TestOptional(t *testing.T) {
	for _, test := range []struct {
		entry string
		want  []string
	}{
		{"a:b/i#old", []string{"old"}},
		{"a:b/i@1.3.0#old", []string{"old"}},
		{"a:b/i#[method]r.get", []string{"[method]r.get"}},
		{"a:b/i", []string{"[method]r.get", "latest", "middle", "old"}},
		{"a:b/w#run", []string{"run"}},
		{"a:b@1.2.0", []string{"[method]r.get", "all", "latest", "walk"}},
		{"a:b@1.0.0", []string{"[method]r.get", "all", "latest", "middle", "walk"}},
		{"a:b@1.3.0", nil},
	} {
		plan := mustPlan(t, optionalWIT, Options{Optional: []string{test.entry}})
		var got []string
		plan.eachFunction(func(_, _ string, f *wit.Function) {
			if plan.Optional(f) {
				got = append(got, f.Name)
			}
		})
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.entry, diff)
		}
	}
	for _, entry := range []string{"", "a:b", "a:c@1.0.0", "a:b/k", "a:b/i#new", "a:b/i@1.2.0#old", "i#old"} {
		_, diags := planOf(t, optionalWIT, Options{ImportPath: "example.com/gen", Optional: []string{entry}})
		if len(diags) != 1 || diags[0].Code != diag.UnknownOptional {
			t.Errorf("%q: %v", entry, diags)
		}
	}
}
