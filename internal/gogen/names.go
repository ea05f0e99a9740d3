package gogen

import (
	"slices"
	"strings"
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

// Camel returns a WIT name as an exported Go name: http-url gives HTTPURL.
// Words that WIT spells in upper case stay so.
func Camel(name string) string {
	var b strings.Builder
	for word := range words(name) {
		b.WriteString(camelWord(word))
	}
	return b.String()
}

// LowerCamel returns a WIT name as an unexported Go name: http-url gives
// httpURL. The name may be a keyword; a Scope settles that.
func LowerCamel(name string) string {
	var b strings.Builder
	for word := range words(name) {
		if b.Len() == 0 {
			b.WriteString(strings.ToLower(word))
		} else {
			b.WriteString(camelWord(word))
		}
	}
	return b.String()
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

func camelWord(word string) string {
	if known, ok := initialisms[strings.ToLower(word)]; ok {
		return known
	}
	return strings.ToUpper(word[:1]) + word[1:]
}
