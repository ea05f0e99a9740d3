package extname

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/wit"
)

func TestParseName(t *testing.T) {
	for _, test := range []struct{ name, key, wrong string }{
		{"a", "a", ""}, {"A-b-C1", "abc1", ""}, {"a1-2-3", "a123", ""},
		{"[constructor]FOO", "[constructor]foo", ""}, {"[method]foo.BAR", "foo.bar", ""}, {"[static]foo.FOO", "foo", ""},
		{"a:b/c", "a:b/c", ""}, {"a:b/C@1.0.0-RC.1+x", "a:b/c@1.0.0-RC.1+x", ""}, {"a:b:c/d/e@0.2", "a:b:c/d/e@0.2", ""},
		{"", "", "empty"}, {"-a", "", "dash"}, {"a--b", "", "dash"}, {"1a", "", "digit"}, {"a_b", "", "other characters"}, {"aB", "", "mixes"},
		{"[method]a", "", "a dot and a label"}, {"[method", "", "annotation"}, {"a:b", "", "must be followed by /"}, {"a:B/c", "", "lower case"},
		{"a:b/c@1.2", "", "not a semantic version"}, {"a:b/c@01.0.0", "", "not a semantic version"}, {"a:b/c@", "", "not a semantic version"}, {"a:b/c@0.0", "", "not a semantic version"},
	} {
		_, wrong := Parse(test.name)
		if test.wrong != "" {
			if !strings.Contains(wrong, test.wrong) {
				t.Errorf("%q: got %q, want %q", test.name, wrong, test.wrong)
			}
			continue
		}
		if key := wit.CanonicalName(test.name); wrong != "" || key != test.key {
			t.Errorf("%q: got key %q (%s), want %q", test.name, key, wrong, test.key)
		}
	}
}
