package parser

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// Token is a token of a file as written, with the comments between the token
// before it and itself.
type Token struct {
	Text     string
	Span     diag.Span
	Comments []ast.Comment
}

// Tokens returns the tokens of a file in which Parse finds no mistake. The last
// has no text: it stands for the end of the file and has the comments there.
func Tokens(file *diag.File) []Token {
	s := scanner{file: file, text: file.Text}
	s.scan()
	tokens := make([]Token, len(s.tokens))
	var comments uint32
	for i, t := range s.tokens {
		at := s.span(int(t.start), int(t.end))
		tokens[i] = Token{at.Text(), at, s.comments[comments:t.comments:t.comments]}
		comments = t.comments
	}
	return tokens
}
