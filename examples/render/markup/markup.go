// Package markup writes HTML and XML, and escapes what is put into them. It is
// plain Go, for guests and for tests alike.
package markup

import (
	"strings"
	"unicode/utf8"
)

// Writer collects a document. Markup goes in by Raw, everything else by the
// method for its place.
type Writer struct{ buf []byte }

// NewWriter returns a Writer with room for size bytes.
func NewWriter(size int) *Writer { return &Writer{make([]byte, 0, size)} }

// Bytes returns the document.
func (w *Writer) Bytes() []byte { return w.buf }

// Raw writes markup as it is. It takes constants only: text of anybody else's
// goes by Text, Attr or URL.
func (w *Writer) Raw(markup string) *Writer {
	w.buf = append(w.buf, markup...)
	return w
}

// Text writes text between tags, or within a quoted attribute: & < > and both
// quotes become references. What neither HTML nor XML can hold, control
// characters and invalid UTF-8, becomes U+FFFD. Text is not for the content of
// script or style.
func (w *Writer) Text(s string) *Writer {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		size, with := 1, ""
		switch {
		case c == '&':
			with = "&amp;"
		case c == '<':
			with = "&lt;"
		case c == '>':
			with = "&gt;"
		case c == '"':
			with = "&#34;"
		case c == '\'':
			with = "&#39;"
		case c < ' ' && c != '\t' && c != '\n' || c == 0x7f:
			with = "\ufffd"
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || r < 0xa0 || r == 0xfffe || r == 0xffff {
				with = "\ufffd"
			}
		}
		if with != "" {
			w.buf = append(append(w.buf, s[start:i]...), with...)
			start = i + size
		}
		i += size
	}
	w.buf = append(w.buf, s[start:]...)
	return w
}

// Attr writes an attribute, whose name is a constant, with a space before it. It
// is not for attributes that hold a URL, a style or a script.
func (w *Writer) Attr(name, value string) *Writer {
	return w.Raw(" ").Raw(name).Raw(`="`).Text(value).Raw(`"`)
}

// URL writes an attribute that holds a URL. A URL that is neither relative nor of
// http, https or mailto becomes "#", so that nobody's link runs a script.
func (w *Writer) URL(name, url string) *Writer {
	if !safe(url) {
		url = "#"
	}
	return w.Attr(name, url)
}

// safe reports whether a URL is relative or has a scheme that is known to do no
// harm. Browsers drop spaces and control characters at the front and line ends
// anywhere, so a URL with any of them is not safe.
func safe(url string) bool {
	for i := 0; i < len(url); i++ {
		if url[i] <= ' ' || url[i] == 0x7f {
			return false
		}
	}
	scheme, _, ok := strings.Cut(url, ":")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		return true
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto":
		return true
	}
	return false
}
