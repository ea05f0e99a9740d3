package cli

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/witgen/witgen/component"
)

// inspectFile is the JSON of component inspect (docs/json.md).
type inspectFile struct {
	File  string        `json:"file"`
	Form  string        `json:"form"` // "component" or "core module"
	Bytes int           `json:"bytes"`
	Items []inspectItem `json:"items"`
}

// inspectItem is a line of the tree that component inspect shows.
type inspectItem struct {
	// Kind is the word that the line begins with: import, export, custom, with, or the
	// sort of what is defined.
	Kind string `json:"kind"`
	// Index is that of what a definition defines.
	Index *int `json:"index,omitempty"`
	// Module and Name are the names that an import, an export, a custom section or an
	// argument has. Only imports of core modules have a module.
	Module *string       `json:"module,omitempty"`
	Name   *string       `json:"name,omitempty"`
	Text   string        `json:"text"` // the rest of the line
	Items  []inspectItem `json:"items,omitempty"`
}

// inspectJSON returns the tree that component.Inspect shows of a file.
func inspectJSON(path string, wasm []byte, tree string) inspectFile {
	file := inspectFile{File: shown(path), Form: "component", Bytes: len(wasm), Items: []inspectItem{}}
	if component.FormOf(wasm) == component.CoreForm {
		file.Form = "core module"
	}
	var lines []string
	for line := range strings.Lines(tree) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	if len(lines) > 0 {
		if items, _ := inspectItems(lines[1:], 1); items != nil { // the first is the file itself
			file.Items = items
		}
	}
	return file
}

// inspectItems returns the items of the lines that are indented by depth, up to the
// first that is less, and the lines that are left.
func inspectItems(lines []string, depth int) (items []inspectItem, rest []string) {
	for len(lines) > 0 {
		text := strings.TrimLeft(lines[0], " ")
		if (len(lines[0])-len(text))/2 < depth {
			break
		}
		item := inspectLine(text)
		item.Items, lines = inspectItems(lines[1:], depth+1)
		items = append(items, item)
	}
	return items, lines
}

var (
	quoted      = `"(?:[^"\\]|\\.)*"`
	namedLine   = regexp.MustCompile(`^(import|export|custom|with) (` + quoted + `)(?: (` + quoted + `))?(.*)$`)
	indexedLine = regexp.MustCompile(`^((?:core )?[a-z]+) ([0-9]+)(.*)$`)
)

func inspectLine(text string) inspectItem {
	tail := func(s string) string { return strings.TrimLeft(s, ": ") }
	if m := namedLine.FindStringSubmatch(text); m != nil {
		item := inspectItem{Kind: m[1], Name: unquoted(m[2]), Text: tail(m[4])}
		if m[3] != "" {
			item.Module, item.Name = item.Name, unquoted(m[3])
		}
		return item
	}
	if m := indexedLine.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[2]); err == nil {
			return inspectItem{Kind: m[1], Index: &n, Text: tail(m[3])}
		}
	}
	kind, rest, _ := strings.Cut(text, ":")
	return inspectItem{Kind: kind, Text: tail(rest)}
}

func unquoted(s string) *string {
	text, err := strconv.Unquote(s)
	if err != nil {
		text = s
	}
	return &text
}
