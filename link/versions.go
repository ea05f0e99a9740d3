package link

import (
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/wit"
)

// versions finds names of interfaces by compatible version, see wit.VersionTrack: 1.2.0
// is met by 1.9.3, 0.2.0 by 0.2.8.
type versions struct {
	names  map[string]bool
	latest map[string]string // by wit.InterfaceTrack
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
	track := wit.InterfaceTrack(name)
	if old, ok := v.latest[track]; !ok || wit.CompareVersions(versionOf(old), versionOf(name)) < 0 {
		v.latest[track] = name
	}
}

// versionOf returns the version in the name of an interface.
func versionOf(name string) string {
	_, version, _ := strings.Cut(name, "@")
	return version
}

// match returns the name at hand that serves for the wanted one: the same, or the
// latest that is compatible.
func (v versions) match(want string) (string, bool) {
	if v.names[want] {
		return want, true
	}
	name, ok := v.latest[wit.InterfaceTrack(want)]
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
