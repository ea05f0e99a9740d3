package link

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// versions finds names of interfaces by compatible version: 1.2.0 is met by
// 1.9.3, 0.2.0 by 0.2.8, 0.0.3 and pre-releases only by themselves (Explainer.md,
// "canonical interface names").
type versions struct {
	names      map[string]bool
	compatible map[string]string // a name's compatible form to the name
}

func noVersions() versions { return versions{map[string]bool{}, map[string]string{}} }

// newVersions returns the interfaces that exported core functions belong to.
func newVersions(functions map[string]api.FunctionDefinition) versions {
	v := noVersions()
	for name := range functions {
		if iface, _, ok := strings.Cut(name, "#"); ok && !strings.HasPrefix(iface, "cabi_post_") {
			v.add(iface)
		}
	}
	return v
}

func (v versions) add(name string) {
	v.names[name] = true
	key := compatible(name)
	if old, ok := v.compatible[key]; !ok || older(old, name) {
		v.compatible[key] = name
	}
}

// older reports whether of two compatible names a has the lower version. Their
// versions have no pre-release, since those are compatible with nothing else.
func older(a, b string) bool {
	numbers := func(name string) []string {
		_, version, _ := strings.Cut(name, "@")
		version, _, _ = strings.Cut(version, "+")
		return strings.Split(version, ".")
	}
	return slices.CompareFunc(numbers(a), numbers(b), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	}) < 0
}

// match returns the name at hand that serves for the wanted one: the same, or the
// latest that is compatible.
func (v versions) match(want string) (string, bool) {
	if v.names[want] {
		return want, true
	}
	name, ok := v.compatible[compatible(want)]
	return name, ok
}

// otherVersion returns a name at hand that differs from the wanted one only in
// its version.
func (v versions) otherVersion(want string) (string, bool) {
	base, _, _ := strings.Cut(want, "@")
	best := ""
	for name := range v.names {
		if b, _, _ := strings.Cut(name, "@"); b == base && name > best {
			best = name
		}
	}
	return best, best != ""
}

// compatible returns a name with only that part of its version that compatible
// versions share.
func compatible(name string) string {
	base, version, ok := strings.Cut(name, "@")
	if !ok {
		return name
	}
	core, _, _ := strings.Cut(version, "+")
	if strings.Contains(core, "-") {
		return name
	}
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return name
	}
	switch {
	case parts[0] != "0":
		return base + "@" + parts[0]
	case parts[1] != "0":
		return base + "@0." + parts[1]
	default:
		return name
	}
}
