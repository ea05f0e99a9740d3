package wit

import (
	"strings"
)

// CompareVersions orders two semantic versions: negative where a comes before
// b, zero where they are equal, positive where a comes after b. An empty version
// comes before every other. Build metadata counts last, so that the order is
// total.
func CompareVersions(a, b string) int {
	if a == "" || b == "" {
		return len(a) - len(b)
	}
	av, bv := splitVersion(a), splitVersion(b)
	for i := range av.core {
		if c := compareNumber(av.core[i], bv.core[i]); c != 0 {
			return c
		}
	}
	if av.pre == "" || bv.pre == "" {
		// A version without a pre-release comes after those with one.
		if c := len(bv.pre) - len(av.pre); c != 0 {
			return c
		}
	} else if c := compareIdents(av.pre, bv.pre); c != 0 {
		return c
	}
	return compareIdents(av.build, bv.build)
}

// ComparePackages orders packages by namespace, name and version.
func ComparePackages(a, b PackageName) int {
	if c := strings.Compare(a.Namespace, b.Namespace); c != 0 {
		return c
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return CompareVersions(a.Version, b.Version)
}

// VersionTrack returns the part of a version that decides compatibility
// (Explainer, "Import and Export Definitions", canonversion): 1 of 1.2.3, 0.2 of
// 0.2.8, 0.0.3 of 0.0.3 and the whole of a pre-release, without build metadata.
// Two versions with one track are compatible. The track of "" is "".
func VersionTrack(version string) string {
	if version == "" {
		return ""
	}
	v := splitVersion(version)
	switch {
	case v.pre != "":
		return strings.Join(v.core[:], ".") + "-" + v.pre
	case v.core[0] != "0":
		return v.core[0]
	case v.core[1] != "0":
		return "0." + v.core[1]
	default:
		return strings.Join(v.core[:], ".")
	}
}

// InterfaceTrack returns the full name of an interface with the track of its version in
// the place of the version: "a:b/c@0.2" of "a:b/c@0.2.8". Two names with one track are
// compatible. A name without a version stays as it is.
func InterfaceTrack(name string) string {
	base, version, versioned := strings.Cut(name, "@")
	if !versioned {
		return name
	}
	return base + "@" + VersionTrack(version)
}

// parts are the parts of a semantic version, each as it is written.
type parts struct {
	core       [3]string
	pre, build string
}

func splitVersion(s string) parts {
	var p parts
	s, p.build, _ = strings.Cut(s, "+")
	s, p.pre, _ = strings.Cut(s, "-")
	for i := range p.core {
		p.core[i], s, _ = strings.Cut(s, ".")
	}
	return p
}

// compareNumber compares two decimal numbers of any size.
func compareNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// compareIdents compares dotted identifiers by the rules of semantic versions:
// numbers before words, numbers by value, words by bytes, fewer before more.
func compareIdents(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		xn, yn := isNumber(x), isNumber(y)
		c := 0
		switch {
		case xn && yn:
			if c = compareNumber(x, y); c == 0 {
				c = len(x) - len(y)
			}
		case xn:
			c = -1
		case yn:
			c = 1
		default:
			c = strings.Compare(x, y)
		}
		if c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
