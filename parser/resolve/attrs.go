package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// docs returns the text of the comments before an item.
func docs(d ast.Docs) string {
	if len(d.Comments) == 0 {
		return ""
	}
	comments := make([]string, len(d.Comments))
	for i, c := range d.Comments {
		comments[i] = c.Text()
	}
	return wit.DocText(comments)
}

// stability returns what the gates before an item say (WIT.md, "Feature Gates").
func (b *builder) stability(attrs []*ast.Attribute) wit.Stability {
	var s wit.Stability
	if len(attrs) == 0 {
		return s
	}
	since := b.attribute(attrs, ast.Since)
	unstable := b.attribute(attrs, ast.Unstable)
	deprecated := b.attribute(attrs, ast.Deprecated)
	switch {
	case since != nil && unstable != nil:
		b.report(diag.SinceAndUnstable, since.Name.Where, "cannot specify both @since and @unstable").
			Relate(unstable.Name.Where, "the @unstable").
			Hint("keep @since where the feature is released, @unstable where it is not")
	case since == nil && unstable == nil && deprecated != nil:
		b.report(diag.DeprecatedAlone, deprecated.Name.Where, "cannot specify @deprecated without @since or @unstable").
			Hint("say with @since which version brought what is deprecated now")
	}
	if since != nil {
		s.Since = since.Version.Text
	} else if unstable != nil {
		s.Feature = unstable.Feature.Text
	}
	if deprecated != nil {
		s.Deprecated = deprecated.Version.Text
	}
	return s
}

// externalID returns what the model holds for @external-id, "" without the attribute.
func (b *builder) externalID(attrs []*ast.Attribute) string {
	if a := b.attribute(attrs, ast.ExternalID); a != nil {
		return wit.NewExternalID(a.ExternalID)
	}
	return ""
}

// attribute returns the first attribute of a kind, or nil.
func (b *builder) attribute(attrs []*ast.Attribute, kind ast.AttributeKind) *ast.Attribute {
	var found *ast.Attribute
	for _, a := range attrs {
		if a.Kind != kind {
			continue
		}
		if found == nil {
			found = a
			continue
		}
		b.report(diag.DuplicateAttribute, a.Name.Where, "cannot specify @%s twice", a.Name.Text).
			Relate(found.Name.Where, fmt.Sprintf("the first @%s", found.Name.Text))
	}
	return found
}
