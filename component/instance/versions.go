package instance

import (
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// versions finds names of interfaces by compatible version: 1.2.0 is met by
// 1.9.3, 0.2.0 by 0.2.8, 0.0.3 and pre-releases only by themselves (Explainer.md,
// "canonical interface names").
type versions map[string]string // a name's compatible form to the name

// newVersions returns the interfaces that exported core functions belong to.
func newVersions(functions map[string]api.FunctionDefinition) versions {
	v := versions{}
	for name := range functions {
		if iface, _, ok := strings.Cut(name, "#"); ok && !strings.HasPrefix(iface, "cabi_post_") {
			v.add(iface)
		}
	}
	return v
}

func (v versions) add(name string) {
	key := compatible(name)
	if old, ok := v[key]; !ok || old < name {
		v[key] = name
	}
}

// match returns the name at hand that serves for the wanted one.
func (v versions) match(want string) (string, bool) {
	name, ok := v[compatible(want)]
	return name, ok
}

// otherVersion returns a name at hand that differs from the wanted one only in
// its version.
func (v versions) otherVersion(want string) (string, bool) {
	base, _, _ := strings.Cut(want, "@")
	best := ""
	for _, name := range v {
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
