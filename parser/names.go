package parser

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// expectedName is how messages call an id.
const expectedName = "an identifier"

// isName reports whether k is an id.
func isName(k kind) bool { return k == tokID || k == tokExplicitID }

// id parses a name.
//
//	id ::= '%'? words in kebab-case
func (p *parser) id() ast.Ident {
	t := p.tokens[p.cur]
	if !isName(t.kind) {
		panic(p.unexpected(expectedName))
	}
	p.cur++
	at := p.tokenSpan(t)
	text := p.source[t.start:t.end]
	if t.kind == tokExplicitID {
		text = text[1:]
	}
	if problem := checkName(text); problem != "" {
		d := p.report(diag.InvalidName, at, "`%s` is not a valid name: %s", shorten(text), problem)
		if kebab := kebabCase(text); kebab != "" && len(text) < 60 {
			d.Hint(fmt.Sprintf("write `%s`", kebab))
		}
	}
	return ast.Ident{Pos: ast.Pos{Where: at}, Text: text}
}

// shorten shortens a text for a message.
func shorten(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "..."
	}
	return text
}

// checkName returns what is wrong with a name, or "". Words of letters and digits
// stand between dashes, each word in lower case or in upper case; the first
// starts with a letter (Explainer.md, "Import and Export Definitions").
func checkName(name string) string {
	if name == "" {
		return "it is empty"
	}
	first := true
	for word := range strings.SplitSeq(name, "-") {
		if word == "" {
			return "a dash stands between two words"
		}
		if first && !isLetter(word[0]) {
			return "it does not start with an ASCII letter"
		}
		first = false
		lower, upper := false, false
		for i := range len(word) {
			switch c := word[i]; {
			case c >= '0' && c <= '9':
			case c >= 'a' && c <= 'z':
				lower = true
			case c >= 'A' && c <= 'Z':
				upper = true
			default:
				return "it holds something other than ASCII letters, digits and dashes"
			}
		}
		if lower && upper {
			return "each word between dashes is in lower case or in upper case"
		}
	}
	return ""
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// kebabCase returns a valid name that is close to name, or "" where there is none.
func kebabCase(name string) string {
	var b strings.Builder
	var last byte = '-'
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_' || c == '-':
			c = '-'
			if last == '-' {
				continue
			}
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
			before := i > 0 && name[i-1] >= 'A' && name[i-1] <= 'Z'
			after := i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z'
			if last != '-' && (!before || after) {
				b.WriteByte('-')
			}
		}
		b.WriteByte(c)
		last = c
	}
	kebab := strings.Trim(b.String(), "-")
	if checkName(kebab) != "" {
		return ""
	}
	return kebab
}

// packageName parses the name in the declaration of a package.
//
//	package-decl ::= 'package' id ':' id ('@' valid-semver)?
func (p *parser) packageName() ast.PackageName {
	start := p.start()
	n := ast.PackageName{Namespace: p.id()}
	p.expect(tokColon)
	n.Name = p.id()
	p.wantLowerCase(n.Namespace, n.Name)
	n.Version = p.optionalVersion()
	n.Pos = p.from(start)
	return n
}

// wantLowerCase reports namespaces and names of packages that have an acronym
// (Explainer.md, "Import and Export Definitions": namespace, words).
func (p *parser) wantLowerCase(names ...ast.Ident) {
	for _, name := range names {
		if lower := strings.ToLower(name.Text); lower != name.Text && checkName(name.Text) == "" {
			p.report(diag.InvalidName, name.Where, "`%s` is not a valid name of a namespace or package: it is in lower case", shorten(name.Text)).
				Hint(fmt.Sprintf("write `%s`", shorten(lower)))
		}
	}
}

// usePath parses the path of an interface or world.
//
//	use-path ::= id | id ':' id '/' id ('@' valid-semver)?
func (p *parser) usePath() *ast.UsePath {
	start := p.start()
	u := &ast.UsePath{Name: p.id()}
	if p.accept(tokColon) {
		n := &ast.PackageName{Namespace: u.Name, Name: p.id()}
		n.Pos = p.from(start)
		p.expect(tokSlash)
		p.wantLowerCase(n.Namespace, n.Name)
		u.Name = p.id()
		n.Version = p.optionalVersion()
		u.Package = n
	}
	u.Pos = p.from(start)
	return u
}

// optionalVersion parses '@' and a version where they are there.
func (p *parser) optionalVersion() *ast.Version {
	if !p.accept(tokAt) {
		return nil
	}
	return p.version()
}

// version parses a semantic version, which spans several tokens. A period ends it
// where no identifier follows: in "a:b/c@1.0.0-rc.{t}" it is part of the use.
//
//	valid-semver ::= integer '.' integer '.' integer ('-' identifiers)? ('+' identifiers)?
func (p *parser) version() *ast.Version {
	start := p.start()
	p.expect(tokInteger)
	p.expect(tokPeriod)
	p.expect(tokInteger)
	p.expect(tokPeriod)
	p.expect(tokInteger)
	p.versionTail(tokMinus)
	p.versionTail(tokPlus)
	v := &ast.Version{Pos: p.from(start)}
	v.Text = p.source[v.Where.Start:v.Where.End]
	if problem := checkVersion(v.Text); problem != "" {
		p.report(diag.InvalidVersion, v.Where, "`%s` is not a semantic version: %s", shorten(v.Text), problem)
	}
	return v
}

// versionTail takes the tokens of a pre-release or of build metadata.
func (p *parser) versionTail(prefix kind) {
	if !p.accept(prefix) {
		return
	}
	for {
		switch {
		case isVersionPart(p.peek()):
			p.cur++
		case p.peek() == tokPeriod && isVersionPart(p.peekAt(1)):
			p.cur += 2
		default:
			return
		}
	}
}

func isVersionPart(k kind) bool { return k == tokID || k == tokInteger || k == tokMinus }

// checkVersion returns what is wrong with a version by semver.org 2.0.0, or "".
func checkVersion(v string) string {
	core, build, hasBuild := strings.Cut(v, "+")
	core, pre, hasPre := strings.Cut(core, "-")
	for number := range strings.SplitSeq(core, ".") {
		if problem := checkNumber(number); problem != "" {
			return problem
		}
	}
	if hasPre {
		for part := range strings.SplitSeq(pre, ".") {
			if problem := checkIdentifier(part); problem != "" {
				return problem
			}
			if strings.Trim(part, "0123456789") == "" && len(part) > 1 && part[0] == '0' {
				return "a number has no leading zeros"
			}
		}
	}
	if hasBuild {
		for part := range strings.SplitSeq(build, ".") {
			if problem := checkIdentifier(part); problem != "" {
				return problem
			}
		}
	}
	return ""
}

// checkNumber returns what is wrong with one of the three numbers of a version.
func checkNumber(s string) string {
	switch {
	case strings.Trim(s, "0123456789") != "" || s == "":
		return "its parts stand together without space or comments"
	case len(s) > 1 && s[0] == '0':
		return "a number has no leading zeros"
	case len(s) > 20 || len(s) == 20 && s > "18446744073709551615":
		return "a number is below 2^64"
	}
	return ""
}

// checkIdentifier returns what is wrong with a part between dots of a pre-release
// or of build metadata.
func checkIdentifier(s string) string {
	if s == "" {
		return "nothing follows the `-`, `+` or `.`"
	}
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && (c < '0' || c > '9') && c != '-' {
			return "it holds something other than ASCII letters, digits, dashes and dots"
		}
	}
	return ""
}
