package wit

import "strings"

// emptyID stands before the text of an @external-id that is empty or starts with it.
const emptyID = "\x00"

// NewExternalID returns what a field ExternalID of the model holds for the text of an
// attribute @external-id, which may be empty. Where there is no attribute, the field is
// "".
func NewExternalID(text string) string {
	if text == "" || strings.HasPrefix(text, emptyID) {
		return emptyID + text
	}
	return text
}

// ExternalIDText returns the text of the attribute @external-id by what a field
// ExternalID of the model holds, and false where there is no attribute.
func ExternalIDText(id string) (text string, ok bool) {
	return strings.TrimPrefix(id, emptyID), id != ""
}
