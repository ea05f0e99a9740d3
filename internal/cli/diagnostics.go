package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
)

// outputFormat is how diagnostics are shown. It is a flag's value.
type outputFormat string

const (
	formatText   outputFormat = "text"
	formatJSON   outputFormat = "json"
	formatGitHub outputFormat = "github"
)

var formats = []string{string(formatText), string(formatJSON), string(formatGitHub)}

func (f *outputFormat) String() string { return string(*f) }
func (f *outputFormat) Type() string   { return "FORMAT" }

func (f *outputFormat) Set(value string) error {
	if !slices.Contains(formats, value) {
		return fmt.Errorf("it is one of %s", strings.Join(formats, ", "))
	}
	*f = outputFormat(value)
	return nil
}

// clean ends a run without mistakes: in JSON there is an empty list. It prints nothing
// where the output of the run itself went to standard output.
func (a *app) clean(out *outFlag) error {
	if a.format != formatJSON || out != nil && out.toStdout() {
		return nil
	}
	return a.diagnostics(nil)
}

// diagnostics shows a list in the format asked for: text on standard error, the
// formats for programs on standard output.
func (a *app) diagnostics(list diag.List) error {
	switch a.format {
	case formatText:
		return list.WriteText(a.stderr, colourful(a.stderr))
	case formatJSON:
		return list.WriteJSON(a.stdout)
	case formatGitHub:
		return list.WriteGitHub(a.stdout)
	default:
		panic(fmt.Sprintf("cli: unhandled format %q", a.format))
	}
}
