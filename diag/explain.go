package diag

import (
	"embed"
	"strings"
)

// pages holds a page CODE.md for each code.
//
//go:embed explain/*.md
var pages embed.FS

// Explain returns the page about a code in Markdown: what it means, an example
// that is refused with it and one that is accepted. It returns false where there
// is no such code. Case does not matter.
func Explain(code Code) (string, bool) {
	page, err := pages.ReadFile("explain/" + strings.ToUpper(string(code)) + ".md")
	return string(page), err == nil
}

// Codes returns all codes in order.
func Codes() []Code {
	entries, err := pages.ReadDir("explain")
	if err != nil {
		panic("diag: the pages are not embedded: " + err.Error())
	}
	codes := make([]Code, len(entries))
	for i, e := range entries {
		codes[i] = Code(strings.TrimSuffix(e.Name(), ".md"))
	}
	return codes
}
