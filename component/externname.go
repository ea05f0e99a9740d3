package component

import (
	"strings"

	"github.com/witgen/witgen/wit"
)

// nameKind says which production of <externname> a name follows (Explainer.md,
// "Import and Export Definitions").
type nameKind uint8

const (
	labelName nameKind = iota
	constructorName
	methodName
	staticName
	interfaceName
)

// parsedName is an <externname> taken apart.
type parsedName struct {
	kind nameKind
	// resource and label are the parts of a plain name: label alone of a label,
	// resource alone of a constructor.
	resource, label string
	// pkg, path and version are the parts of an interface name: "a:b", "c" (or
	// "c/d" where packages are nested) and what stands behind the @.
	pkg, path, version string
}

// packageName returns the package of an interface name, and false where the name
// has more parts than WIT can say.
func (n parsedName) packageName() (wit.PackageName, bool) {
	namespace, name, _ := strings.Cut(n.pkg, ":")
	ok := n.kind == interfaceName && !strings.Contains(name, ":") && !strings.Contains(n.path, "/")
	return wit.PackageName{Namespace: namespace, Name: name, Version: n.version}, ok
}

// parseName takes a name apart. Where it follows no production it returns what is
// wrong.
func parseName(s string) (n parsedName, wrong string) {
	switch {
	case strings.HasPrefix(s, "["):
		return parseAnnotated(s)
	case strings.Contains(s, ":"):
		return parseInterfaceName(s)
	default:
		n.label = s
		return n, wrongLabel(s)
	}
}

// '[constructor]' <label> | '[method]' <label> '.' <label> | '[static]' <label> '.' <label>
func parseAnnotated(s string) (n parsedName, wrong string) {
	annotation, rest, ok := strings.Cut(s[1:], "]")
	switch {
	case ok && annotation == "constructor":
		n.kind, n.resource = constructorName, rest
		return n, wrongLabel(rest)
	case ok && annotation == "method":
		n.kind = methodName
	case ok && annotation == "static":
		n.kind = staticName
	default:
		return n, "the annotation is not [constructor], [method] or [static]"
	}
	if n.resource, n.label, ok = strings.Cut(rest, "."); !ok {
		return n, "a resource, a dot and a label must follow the annotation"
	}
	if wrong := wrongLabel(n.resource); wrong != "" {
		return n, wrong
	}
	return n, wrongLabel(n.label)
}

// <namespace>+ <words> <projection>+ <interfaceversion>?
func parseInterfaceName(s string) (n parsedName, wrong string) {
	n.kind = interfaceName
	s, version, versioned := strings.Cut(s, "@")
	if versioned {
		n.version = version
		if !validSemver(version) && !canonVersion(version) {
			return n, "the version is no semantic version"
		}
	}
	var ok bool
	if n.pkg, n.path, ok = strings.Cut(s, "/"); !ok {
		return n, "a package must be followed by / and the name of an interface"
	}
	for _, words := range strings.Split(n.pkg, ":") {
		if wrong := wrongLabel(words); wrong != "" {
			return n, wrong
		}
		if words != strings.ToLower(words) {
			return n, "namespaces and packages are written in lower case"
		}
	}
	for _, label := range strings.Split(n.path, "/") {
		if wrong := wrongLabel(label); wrong != "" {
			return n, wrong
		}
	}
	return n, ""
}

// wrongLabel says what keeps s from being a <label>: fragments of letters of one
// case and digits, separated by dashes, of which the first starts with a letter.
func wrongLabel(s string) string {
	if s == "" {
		return "a name is empty"
	}
	for i, fragment := range strings.Split(s, "-") {
		if fragment == "" {
			return "a name starts or ends with a dash or has two in a row"
		}
		lower, upper := false, false
		for _, c := range []byte(fragment) {
			switch {
			case c >= 'a' && c <= 'z':
				lower = true
			case c >= 'A' && c <= 'Z':
				upper = true
			case c < '0' || c > '9':
				return "a name holds other characters than letters, digits and dashes"
			}
		}
		if lower && upper {
			return "a word mixes upper and lower case"
		}
		if first := fragment[0]; i == 0 && first <= '9' {
			return "a name starts with a digit"
		}
	}
	return ""
}

// validSemver reports whether s is a version by semver.org.
func validSemver(s string) bool {
	s, build, hasBuild := strings.Cut(s, "+")
	s, pre, hasPre := strings.Cut(s, "-")
	if hasBuild && !semverIdents(build, false) || hasPre && !semverIdents(pre, true) {
		return false
	}
	numbers := strings.Split(s, ".")
	if len(numbers) != 3 {
		return false
	}
	for _, n := range numbers {
		if !semverNumber(n) {
			return false
		}
	}
	return true
}

// semverNumber reports whether s is a number without leading zeros.
func semverNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}

// semverIdents checks dotted identifiers. In a pre-release, numbers have no
// leading zeros.
func semverIdents(s string, pre bool) bool {
	for _, id := range strings.Split(s, ".") {
		if id == "" {
			return false
		}
		for _, c := range []byte(id) {
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-') {
				return false
			}
		}
		if pre && strings.Trim(id, "0123456789") == "" && !semverNumber(id) {
			return false
		}
	}
	return true
}

// canonVersion reports whether s is a <canonversion>: 1, 0.2, 0.0.3.
func canonVersion(s string) bool {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		if !semverNumber(p) {
			return false
		}
		last := i == len(parts)-1
		if !last && p != "0" || last && p == "0" && len(parts) < 3 {
			return false
		}
	}
	return len(parts) <= 3
}

// uniqueKey is what must differ between two names for them to be strongly unique
// (Explainer.md, "Name Uniqueness").
func (n parsedName) uniqueKey() string {
	resource, label := strings.ToLower(n.resource), strings.ToLower(n.label)
	switch n.kind {
	case labelName:
		return label
	case constructorName:
		return "[constructor]" + resource
	case methodName, staticName:
		if resource == label {
			return label
		}
		return resource + "." + label
	default:
		key := n.pkg + "/" + strings.ToLower(n.path)
		if n.version != "" {
			key += "@" + n.version
		}
		return key
	}
}
