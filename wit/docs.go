package wit

import (
	"strings"
	"unicode"
)

// DocText returns the documentation that the comments before an item hold: each
// comment is one line comment or block comment with its marks. The space that
// all comments begin with is dropped, and so is space at their ends. The result
// is "" where there are no comments and EmptyDocs where they have no text.
func DocText(comments []string) string {
	if len(comments) == 0 {
		return ""
	}
	texts := make([]string, len(comments))
	indent := -1
	for i, c := range comments {
		if c == "/**/" {
			c = ""
		} else if block, ok := strings.CutPrefix(c, "/**"); ok {
			c = strings.TrimSuffix(block, "*/")
		} else {
			c = strings.TrimLeft(c, "/")
		}
		c = strings.TrimRightFunc(c, unicode.IsSpace)
		texts[i] = c
		if c == "" {
			continue
		}
		space := len(c) - len(strings.TrimLeft(c, " \t\r\n\f"))
		if indent < 0 || space < indent {
			indent = space
		}
	}
	var b strings.Builder
	prefix := strings.Repeat(" ", max(indent, 0))
	for _, text := range texts {
		text = strings.TrimPrefix(text, prefix)
		for line := range strings.SplitSeq(text, "\n") {
			b.WriteString(strings.TrimSuffix(line, "\r"))
			b.WriteByte('\n')
		}
	}
	if docs := strings.TrimRight(b.String(), "\n"); docs != "" {
		return docs
	}
	return EmptyDocs
}

// docComments returns comments whose DocText is docs, as the lines of the text.
func docComments(docs string) []string {
	if docs == "" {
		return nil
	}
	if docs == EmptyDocs {
		return []string{"///"}
	}
	lines := strings.Split(docs, "\n")
	comments := make([]string, len(lines))
	for _, space := range []string{" ", ""} {
		for i, line := range lines {
			comments[i] = "///"
			if line != "" {
				comments[i] += space + line
			}
		}
		if DocText(comments) == docs {
			return comments
		}
	}
	// Space at the end of a line survives in a block only.
	block := []string{"/**" + docs + "*/"}
	if DocText(block) == docs && balanced(docs) {
		return block
	}
	for i, line := range lines {
		comments[i] = strings.TrimRightFunc("/// "+line, unicode.IsSpace)
	}
	return comments
}

// balanced tells whether text may stand in a block comment: blocks nest.
func balanced(text string) bool {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			if depth == 0 {
				return false
			}
			depth--
			i++
		}
	}
	return depth == 0 && !strings.HasPrefix(text, "/") && !strings.HasSuffix(text, "*") && !strings.HasSuffix(text, "/")
}
