package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// jsonPlace is the place of a span. Lines and columns count from 1, columns count
// characters, and the end is excluded. A span that is nowhere has an empty file
// and zeros.
type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

type jsonDiagnostic struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	jsonPlace
	Hints   []string      `json:"hints"`
	Related []jsonRelated `json:"related"`
}

type jsonRelated struct {
	Message string `json:"message"`
	jsonPlace
}

// WriteJSON writes the diagnostics as an array of objects with the fields code,
// message, file, line, column, endLine, endColumn, hints (an array of strings)
// and related (an array of objects with message and the fields of the place).
func (l List) WriteJSON(w io.Writer) error {
	out := make([]jsonDiagnostic, len(l))
	for i, d := range l {
		out[i] = jsonDiagnostic{d.Code, d.Message, placeOf(d.Span), append([]string{}, d.Hints...), []jsonRelated{}}
		for _, r := range d.Related {
			out[i].Related = append(out[i].Related, jsonRelated{r.Message, placeOf(r.Span)})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func placeOf(s Span) jsonPlace {
	if s.IsZero() {
		return jsonPlace{}
	}
	start, end := s.File.Position(s.Start), s.File.Position(max(s.Start, s.End))
	return jsonPlace{s.File.Name, start.Line, start.Column, end.Line, end.Column}
}

// WriteGitHub writes a line for each diagnostic that GitHub's runners take from
// the output of a step and show beside the line of the change:
// ::error file=,line=,col=,endLine=,endColumn=,title=::message.
func (l List) WriteGitHub(w io.Writer) error {
	var b strings.Builder
	for _, d := range l {
		b.WriteString("::error ")
		if !d.Span.IsZero() {
			at := placeOf(d.Span)
			fmt.Fprintf(&b, "file=%s,line=%d,col=%d,endLine=%d,endColumn=%d,",
				propertyEscapes.Replace(at.File), at.Line, at.Column, at.EndLine, at.EndColumn)
		}
		text := d.Message
		for _, h := range d.Hints {
			text += "\nhelp: " + h
		}
		fmt.Fprintf(&b, "title=%s::%s\n", propertyEscapes.Replace(string(d.Code)), dataEscapes.Replace(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The escapes of GitHub's workflow commands.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
