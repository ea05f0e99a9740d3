package diag

import (
	"fmt"
	"strings"
)

// writeHead writes the one-line form of d: file:line:col: message [code].
func writeHead(b *strings.Builder, d *Diagnostic) {
	if !d.Span.IsZero() {
		p := d.Span.File.Position(d.Span.Start)
		fmt.Fprintf(b, "%s:%d:%d: ", d.Span.File.Name, p.Line, p.Column)
	}
	b.WriteString(d.Message)
	if d.Code != "" {
		fmt.Fprintf(b, " [%s]", d.Code)
	}
}
