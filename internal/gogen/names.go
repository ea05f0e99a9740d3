package gogen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
)

// initialisms are the words that Go spells in one case (the list of golint and
// staticcheck), their plurals that APIs are full of, and what package net spells
// in a way of its own.
var initialisms = map[string]string{"ids": "IDs", "urls": "URLs", "uris": "URIs", "ipv4": "IPv4", "ipv6": "IPv6"}

func init() {
	for _, word := range strings.Fields(`
		acl api ascii cpu css dns eof guid html http https id ip json qps ram
		rpc sla smtp sql ssh tcp tls ttl udp ui gid uid uuid uri url utf8 vm xml
		xmpp xsrf xss sip rtp amqp db ts`) {
		initialisms[word] = strings.ToUpper(word)
	}
}

// speller spells WIT names in Go. It holds the words of Options.Initialisms, by
// their lower case; those that Go itself has it knows.
type speller map[string]string

// initialism matches the words that Options.Initialisms may hold.
var initialism = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// newSpeller returns the speller for Options.Initialisms.
func newSpeller(words []string) (speller, diag.List) {
	s := speller{}
	var diags diag.List
	for _, word := range words {
		if !initialism.MatchString(word) {
			diags = append(diags, (&diag.Diagnostic{Code: diag.BadInitialism,
				Message: fmt.Sprintf("--initialisms holds %q, which no word of a Go name is spelled like", word)}).
				Hint("give letters and digits, an upper-case letter first: --initialisms KV,OAuth"))
		}
		s[strings.ToLower(word)] = word
	}
	return s, diags
}

// camel returns a WIT name as an exported Go name: http-url gives HTTPURL.
// Words that WIT spells in upper case stay so.
func (s speller) camel(name string) string {
	var b strings.Builder
	for word := range words(name) {
		b.WriteString(s.word(word))
	}
	return b.String()
}

// lowerCamel returns a WIT name as an unexported Go name: http-url gives
// httpURL. The name may be a keyword; a Scope settles that.
func (s speller) lowerCamel(name string) string {
	var b strings.Builder
	for word := range words(name) {
		if b.Len() == 0 {
			b.WriteString(strings.ToLower(word))
		} else {
			b.WriteString(s.word(word))
		}
	}
	return b.String()
}

func (s speller) word(word string) string {
	lower := strings.ToLower(word)
	if spelled, ok := s[lower]; ok {
		return spelled
	}
	if spelled, ok := initialisms[lower]; ok {
		return spelled
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// Camel returns a WIT name as an exported Go name of the packages that are
// generated.
func (p *Plan) Camel(name string) string { return p.spell.camel(name) }

// LowerCamel returns a WIT name as an unexported Go name, which may be a keyword.
func (p *Plan) LowerCamel(name string) string { return p.spell.lowerCamel(name) }

// spellerOf returns how the names of a package are spelled. Those of a package of
// another module are spelled as Go does: which initialisms it was generated with
// cannot be known.
func (p *Plan) spellerOf(pkg *Package) speller {
	if pkg.Foreign {
		return nil
	}
	return p.spell
}

// LowerFirst returns an exported Go name as an unexported one: HTTPTypes gives
// httpTypes.
func LowerFirst(name string) string {
	end := strings.IndexFunc(name, func(c rune) bool { return c < 'A' || c > 'Z' })
	switch {
	case end < 0:
		return strings.ToLower(name)
	case end > 1:
		end--
	}
	return strings.ToLower(name[:end]) + name[end:]
}

// flat returns a WIT name as Go spells package names: http-types gives
// httptypes. Versions lose their dots.
func flat(name string) string {
	return strings.ToLower(strings.Join(slices.Collect(words(name)), ""))
}

func words(name string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	})
}
