package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
)

// format is how diagnostics are shown. It is a flag's value.
type format string

const (
	formatText   format = "text"
	formatJSON   format = "json"
	formatGitHub format = "github"
)

var formats = []string{string(formatText), string(formatJSON), string(formatGitHub)}

func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "FORMAT" }

func (f *format) Set(value string) error {
	if !slices.Contains(formats, value) {
		return fmt.Errorf("it is one of %s", strings.Join(formats, ", "))
	}
	*f = format(value)
	return nil
}

// diagnostics shows a list in the format asked for: text on standard error, the
// formats for programs on standard output.
func (a *app) diagnostics(list diag.List) {
	switch a.format {
	case formatText:
		fmt.Fprintln(a.stderr, list.Error())
	case formatJSON:
		must(writeJSON(a.stdout, asJSON(list)))
	case formatGitHub:
		for _, d := range list {
			fmt.Fprintln(a.stdout, gitHubCommand(d))
		}
	default:
		panic(fmt.Sprintf("cli: unhandled format %q", a.format))
	}
}

// jsonDiagnostic is a diagnostic as --format json prints it (docs/json.md). Lines
// and columns count from 1, columns count characters, and the end is excluded.
type jsonDiagnostic struct {
	Code    diag.Code `json:"code"`
	Message string    `json:"message"`
	jsonPlace
	Hints   []string      `json:"hints"`
	Related []jsonRelated `json:"related"`
}

type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

type jsonRelated struct {
	Message string `json:"message"`
	jsonPlace
}

func placeOf(span diag.Span) jsonPlace {
	if span.IsZero() {
		return jsonPlace{}
	}
	start, end := span.File.Position(span.Start), span.File.Position(span.End)
	return jsonPlace{span.File.Name, start.Line, start.Column, end.Line, end.Column}
}

func asJSON(list diag.List) []jsonDiagnostic {
	out := []jsonDiagnostic{}
	for _, d := range list {
		entry := jsonDiagnostic{Code: d.Code, Message: d.Message, jsonPlace: placeOf(d.Span), Hints: append([]string{}, d.Hints...), Related: []jsonRelated{}}
		for _, r := range d.Related {
			entry.Related = append(entry.Related, jsonRelated{r.Message, placeOf(r.Span)})
		}
		out = append(out, entry)
	}
	return out
}

// gitHubCommand returns a diagnostic as GitHub's runners take it from the output
// of a step: the message then stands at its line of the change.
func gitHubCommand(d *diag.Diagnostic) string {
	properties := "title=" + escapeProperty(string(d.Code))
	if at := placeOf(d.Span); at.File != "" {
		properties = fmt.Sprintf("file=%s,line=%d,col=%d,endLine=%d,endColumn=%d,%s",
			escapeProperty(at.File), at.Line, at.Column, at.EndLine, at.EndColumn, properties)
	}
	text := d.Message
	for _, hint := range d.Hints {
		text += "\nhint: " + hint
	}
	return "::error " + properties + "::" + escapeData(text)
}

var dataEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

func escapeData(text string) string { return dataEscapes.Replace(text) }

var propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")

func escapeProperty(text string) string { return propertyEscapes.Replace(text) }
