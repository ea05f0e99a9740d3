package parser

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/witgen/witgen/diag"
)

// checkText reports what a file may hold nowhere, not even in a comment
// (WIT.md, "Lexical structure"). A file with such a mistake is not parsed.
func checkText(file *diag.File) diag.List {
	if len(file.Text) > maxFileSize {
		return diag.List{{
			Code: diag.FileTooLarge, Span: diag.Span{File: file},
			Message: fmt.Sprintf("this file has %d bytes; the most is %d", len(file.Text), maxFileSize),
		}}
	}
	var list diag.List
	text := file.Text
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
				return append(list, tooManyErrors(diag.Span{File: file, Start: i, End: i + n}))
			}
			list = append(list, &diag.Diagnostic{Code: code, Span: diag.Span{File: file, Start: i, End: i + n}, Message: message})
		}
		i += n
	}
	return list
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
