package parser

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/witgen/witgen/diag"
)

// checkText reports what a file may hold nowhere, not even in a comment
// (WIT.md, "Lexical structure"). A file with such a mistake is not parsed.
func checkText(file *diag.File) diag.List {
	text := file.Text
	if bytes.IndexByte(text, 0) >= 0 {
		return notText(file)
	}
	if len(text) > MaxFileSize {
		return TooLarge(file.Name)
	}
	var list diag.List
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		code, message := checkRune(r, n)
		if code != "" {
			if len(list) == maxErrors {
				at := file.Position(list[0].Span.Start)
				not := notText(file)
				not[0].Hint(fmt.Sprintf("the first of more than %d characters that a file may not hold is at %d:%d", maxErrors, at.Line, at.Column))
				return not
			}
			list = append(list, &diag.Diagnostic{Code: code, Span: diag.Span{File: file, Start: i, End: i + n}, Message: message})
		}
		i += n
	}
	return list
}

// TooLarge returns the mistake of a file of more than MaxFileSize bytes.
func TooLarge(name string) diag.List {
	return diag.List{{
		Code: diag.FileTooLarge, File: name,
		Message: fmt.Sprintf("this file has more than %d bytes, and no more are read", MaxFileSize),
	}}
}

// notText is the one mistake of a file that is no text.
func notText(file *diag.File) diag.List {
	d := &diag.Diagnostic{Code: diag.NotText, File: file.Name, Message: "this is not WIT: it is no text in UTF-8"}
	if text := file.Text; len(text) > 1 && (text[0] == 0xff && text[1] == 0xfe || text[0] == 0xfe && text[1] == 0xff) {
		d.Hint("it looks like UTF-16: save it as UTF-8")
	}
	return diag.List{d}
}

// checkRune returns what is wrong with a character of n bytes, or an empty code.
func checkRune(r rune, n int) (diag.Code, string) {
	switch {
	case r == utf8.RuneError && n == 1:
		return diag.InvalidUTF8, "this byte is not valid UTF-8"
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		return diag.ForbiddenCharacter, fmt.Sprintf("the character U+%04X changes the direction of text and is not allowed", r)
	case r == 0x149 || r == 0x673 || r == 0xf77 || r == 0xf79 || r == 0x17a3 || r == 0x17a4 || r == 0x17b4 || r == 0x17b5:
		return diag.ForbiddenCharacter, fmt.Sprintf("the character U+%04X is deprecated by Unicode and is not allowed", r)
	case unicode.IsControl(r):
		return diag.ForbiddenCharacter, fmt.Sprintf("the control character U+%04X is not allowed", r)
	}
	return "", ""
}

// tooManyErrors is the last diagnostic of a file that the parser gives up on.
func tooManyErrors(at diag.Span) *diag.Diagnostic {
	return &diag.Diagnostic{
		Code: diag.TooManySyntaxErrors, Span: at,
		Message: fmt.Sprintf("more than %d mistakes in this file; the rest of it is not read", maxErrors),
	}
}
