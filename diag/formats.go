package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// jsonPlace is a place. Lines and columns count from 1, columns count characters, and
// the end is excluded. They are zero where only the file is known, and the file is
// empty where not even that is.
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
// and related (an array of objects with message and the fields of the place). It
// writes an empty array where there are none.
func (l List) WriteJSON(w io.Writer) error {
	out := make([]jsonDiagnostic, len(l))
	for i, d := range l {
		out[i] = jsonDiagnostic{d.Code, d.Message, d.place(), append([]string{}, d.Hints...), []jsonRelated{}}
		for _, r := range d.Related {
			out[i].Related = append(out[i].Related, jsonRelated{r.Message, placeOf(r.Span)})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func (d *Diagnostic) place() jsonPlace {
	if d.Span.IsZero() {
		return jsonPlace{File: d.File}
	}
	return placeOf(d.Span)
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
// ::error file=,line=,col=,endLine=,endColumn=,title=::message. What is not known of
// the place is left out.
func (l List) WriteGitHub(w io.Writer) error {
	var b strings.Builder
	for _, d := range l {
		b.WriteString("::error ")
		at := d.place()
		if at.File != "" {
			fmt.Fprintf(&b, "file=%s,", propertyEscapes.Replace(at.File))
		}
		if at.Line > 0 {
			fmt.Fprintf(&b, "line=%d,col=%d,endLine=%d,endColumn=%d,", at.Line, at.Column, at.EndLine, at.EndColumn)
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
