// Package extname takes the names of imports and exports apart (Explainer.md, "Import
// and Export Definitions").
package extname

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/wit"
)

// Kind is the production of <externname> that a name follows.
type Kind uint8

// The kinds of names.
const (
	Label Kind = iota
	Constructor
	Method
	Static
	Interface
)

// Name is an <externname> taken apart.
type Name struct {
	Kind Kind
	// Resource and Label are the parts of a plain name: Label alone of a label,
	// Resource alone of a constructor.
	Resource, Label string
	// pkg, path and version are the parts of an interface name: "a:b", "c" (or
	// "c/d" where packages are nested) and what stands behind the @.
	pkg, Path, Version string
}

// PackageName returns the package of an interface name, and false where the name
// has more parts than WIT can say.
func (n Name) PackageName() (wit.PackageName, bool) {
	namespace, name, _ := strings.Cut(n.pkg, ":")
	ok := n.Kind == Interface && !strings.Contains(name, ":") && !strings.Contains(n.Path, "/")
	return wit.PackageName{Namespace: namespace, Name: name, Version: n.Version}, ok
}

// Parse takes a name apart. wrong is empty where it follows a production, and else
// describes the mistake.
func Parse(s string) (n Name, wrong string) {
	switch {
	case strings.HasPrefix(s, "["):
		return parseAnnotated(s)
	case strings.Contains(s, ":"):
		return parseInterfaceName(s)
	default:
		n.Label = s
		return n, WrongLabel(s)
	}
}

// '[constructor]' <label> | '[method]' <label> '.' <label> | '[static]' <label> '.' <label>
func parseAnnotated(s string) (n Name, wrong string) {
	annotation, rest, ok := strings.Cut(s[1:], "]")
	switch {
	case ok && annotation == "constructor":
		n.Kind, n.Resource = Constructor, rest
		return n, WrongLabel(rest)
	case ok && annotation == "method":
		n.Kind = Method
	case ok && annotation == "static":
		n.Kind = Static
	default:
		return n, "the annotation is not [constructor], [method] or [static]"
	}
	if n.Resource, n.Label, ok = strings.Cut(rest, "."); !ok {
		return n, "a resource, a dot and a label must follow the annotation"
	}
	if wrong := WrongLabel(n.Resource); wrong != "" {
		return n, wrong
	}
	return n, WrongLabel(n.Label)
}

// <namespace>+ <words> <projection>+ <interfaceversion>?
func parseInterfaceName(s string) (n Name, wrong string) {
	n.Kind = Interface
	s, version, versioned := strings.Cut(s, "@")
	if versioned {
		n.Version = version
		if !ValidSemver(version) && !CanonicalVersion(version) {
			return n, "the version is not a semantic version"
		}
	}
	var ok bool
	if n.pkg, n.Path, ok = strings.Cut(s, "/"); !ok {
		return n, "a package must be followed by / and the name of an interface"
	}
	for _, words := range strings.Split(n.pkg, ":") {
		if wrong := WrongLabel(words); wrong != "" {
			return n, wrong
		}
		if words != strings.ToLower(words) {
			return n, "namespaces and packages are written in lower case"
		}
	}
	for _, label := range strings.Split(n.Path, "/") {
		if wrong := WrongLabel(label); wrong != "" {
			return n, wrong
		}
	}
	return n, ""
}

// WrongLabel describes what keeps s from being a <label>: fragments of letters of one
// case and digits, separated by dashes, of which the first starts with a letter. It
// returns "" for a label.
func WrongLabel(s string) string {
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

// ValidSemver reports whether s is a version by semver.org.
func ValidSemver(s string) bool {
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

// CanonicalVersion reports whether s is a <canonversion>: 1, 0.2, 0.0.3.
func CanonicalVersion(s string) bool {
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

// UniqueKey returns a key in which two names must differ to be strongly unique
// (Explainer.md, "Name Uniqueness").
func (n Name) UniqueKey() string {
	resource, label := strings.ToLower(n.Resource), strings.ToLower(n.Label)
	switch n.Kind {
	case Label:
		return label
	case Constructor:
		return "[constructor]" + resource
	case Method, Static:
		if resource == label {
			return label
		}
		return resource + "." + label
	case Interface:
		key := n.pkg + "/" + strings.ToLower(n.Path)
		if n.Version != "" {
			key += "@" + n.Version
		}
		return key
	default:
		panic(fmt.Sprintf("extname: unhandled kind %d", n.Kind))
	}
}
