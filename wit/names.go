package wit

import "strings"

// CanonicalName returns the form in which two names of one scope must differ: they
// are strongly unique where their canonical names differ (Explainer.md, "Name
// Uniqueness"). It takes a label (a field, case, parameter, type ...) as well as the
// name of an import or export.
//
// The canonical name has no hyphens and no upper case, so foo-bar, FOO-bar and
// foobar are one name. It is l for [method]l.l and [static]l.l, and lacks every
// annotation but [constructor], which leaves its name apart from all others. The
// version of an interface's name stays as it is.
func CanonicalName(name string) string {
	name, version, versioned := strings.Cut(name, "@")
	name = strings.ToLower(strings.ReplaceAll(name, "-", ""))
	for _, annotation := range [...]string{"[method]", "[static]"} {
		member, ok := strings.CutPrefix(name, annotation)
		if !ok {
			continue
		}
		name = member
		if resource, label, _ := strings.Cut(member, "."); resource == label {
			name = label
		}
	}
	if versioned {
		name += "@" + version
	}
	return name
}
