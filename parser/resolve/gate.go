package resolve

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// shows tells whether an item of the unit's package is part of the model
// (WIT.md, "Feature Gates"): without a gate and with @since it is, with
// @unstable where the feature is active.
func (m *remap) shows(s wit.Stability, span diag.Span) bool {
	switch {
	case s.Since != "":
		name := m.u.name
		if name.Version == "" {
			m.report(diag.GateNeedsVersion, span,
				"package [%s] contains a feature gate with a version specifier, so it must have a version", name).
				Relate(m.u.nameSpan, "the package's name").
				Hint(fmt.Sprintf("write package %s@%s, or drop @since", name, s.Since))
		} else if wit.CompareVersions(s.Since, name.Version) > 0 {
			m.report(diag.UnreleasedVersion, span,
				"feature gate cannot reference unreleased version %s of package [%s] (current version %s)", s.Since, name, name.Version).
				Relate(m.u.nameSpan, "the package's version")
		}
		return true
	case s.Feature != "":
		return m.opts.AllFeatures || slices.Contains(m.opts.Features, s.Feature)
	default:
		return true
	}
}

// refersToGated reports a reference to an item that is not part of the model.
func (m *remap) refersToGated(what, name string, s wit.Stability, defined, span diag.Span) {
	d := m.report(diag.GatedReference, span,
		"found a reference to a %s which is excluded due to its feature not being activated", what)
	if name != "" {
		d.Relate(defined, fmt.Sprintf("%s %q is @unstable(feature = %s)", what, name, s.Feature))
	}
	d.Hint(fmt.Sprintf("gate this with @unstable(feature = %s) too, or activate the feature", s.Feature))
}

// refersToGatedOwner reports a type whose interface or world is not part of the
// model while the type itself is.
func (m *remap) refersToGatedOwner(what, name string, s wit.Stability, defined diag.Span, t *wit.TypeDef) {
	m.report(diag.GatedReference, t.Span,
		"found a reference to a %s which is excluded due to its feature not being activated; this type is not gated by a feature but its %s is", what, what).
		Relate(defined, fmt.Sprintf("%s %q is @unstable(feature = %s)", what, name, s.Feature)).
		Hint(fmt.Sprintf("gate type %q with @unstable(feature = %s) too, or activate the feature", t.Name, s.Feature))
}
