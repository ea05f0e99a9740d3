package parser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
)

// mistakes returns the mistakes of a text, one a line: place, code, message, and
// hints after "help:".
func mistakes(text string) string {
	_, list := parser.Parse(diag.NewFile("", []byte(text)))
	var b strings.Builder
	for _, d := range list {
		if !d.Span.IsZero() {
			p := d.Span.File.Position(d.Span.Start)
			fmt.Fprintf(&b, "%d:%d ", p.Line, p.Column)
		}
		fmt.Fprintf(&b, "%s %s\n", d.Code, d.Message)
		for _, h := range d.Hints {
			fmt.Fprintf(&b, "help: %s\n", h)
		}
	}
	return b.String()
}

func TestMistakes(t *testing.T) {
	inInterface := func(s string) string { return "interface i {\n" + s + "\n}" }
	inWorld := func(s string) string { return "world w {\n" + s + "\n}" }
	for _, test := range []struct{ name, source, want string }{
		// Grammar.
		{"no semicolon", "package a:b\ninterface i {}", "2:1 W0101 expected `;` or `{`, found keyword `interface`\n"},
		{"a second package line", "package a:b;\npackage a:c;",
			"2:12 W0101 expected `{`, found `;`\nhelp: a file has one `package` line, at its head; further packages are written `package name { ... }`\n"},
		{"a keyword as a name", inInterface("type option = u8;"), "2:6 W0101 expected an identifier, found keyword `option`\nhelp: write `%option` to use the keyword as a name\n"},
		{"no semicolon after an alias", inInterface("type a = u8"), "3:1 W0101 expected `;`, found `}`\nhelp: put a `;` after `u8`\n"},
		{"a semicolon after an include", inWorld("include a with { b as c };"), "2:26 W0101 expected `import`, `export`, `include`, `use`, or a type definition, found `;`\nhelp: remove the `;`: what ends in `}` takes none\n"},
		{"at the end", "interface i {\n  f: func()", "2:12 W0101 expected `;`, found the end of the file\nhelp: put a `;` after `)`\n"},
		{"no braces", "interface i;", "1:12 W0101 expected `{`, found `;`\n"},
		{"at the top level", "f: func();", "1:1 W0101 expected `world`, `interface` or `use`, found the name `f`\n"},
		{"in an interface", inInterface("import f: func();"), "2:1 W0101 expected `type`, `resource` or `func`, found keyword `import`\n"},
		{"in a resource", inInterface("resource r {\ntype a = u8;\n}"), "3:1 W0101 expected `constructor` or a name, found keyword `type`\n"},
		{"a resource", inInterface("resource r()"), "2:11 W0101 expected `;` or `{`, found `(`\n"},
		{"static before async", inInterface("resource r { f: async static func(); }"), "2:23 W0101 expected keyword `func`, found keyword `static`\n"},
		{"two results", inInterface("f: func() -> (a: u8);"), "2:14 W0101 expected a type, found `(`\n"},
		{"no comma", inInterface("f: func(a: u8 b: u8);"), "2:15 W0101 expected `,` or `)`, found the name `b`\n"},
		{"no comma in a record", inInterface("record r {\n  a: u8\n  b: u8\n}"), "4:3 W0101 expected `,` or `}`, found the name `b`\n"},
		{"a list without a length", inInterface("type t = list<u8,>;"), "2:18 W0101 expected the length of the list, found `>`\n"},
		{"a result of nothing", inInterface("type t = result<_>;"), "2:18 W0101 expected `,`, found `>`\n"},
		{"an underscore", inInterface("type t = tuple<_>;"), "2:16 W0101 expected a type, found keyword `_`\n"},
		{"a map without a value", inInterface("type t = map<u8>;"), "2:16 W0101 expected `,`, found `>`\n"},
		{"a handle of a primitive", inInterface("type t = own<u8>;"), "2:14 W0101 expected an identifier, found keyword `u8`\nhelp: write `%u8` to use the keyword as a name\n"},
		{"a use without names", inInterface("use a;"), "2:6 W0101 expected `.`, found `;`\n"},
		{"a path without an interface", inWorld("include a:b;"), "2:12 W0101 expected `/`, found `;`\n"},
		{"a nested namespace", "package a:b:c;", "1:12 W0101 expected `;`, found `:`\n"},
		{"a gate without its field", "@since(1.0.0)\ninterface i {}", "1:8 W0101 expected an identifier, found the number `1`\n"},
		{"a gate with another field", "@unstable(version = 1.0.0)\ninterface i {}", "1:11 W0101 expected `feature`, found `version`\n"},
		{"an external id without quotes", inWorld("@external-id(a) import f: func();"), "2:14 W0101 expected a string, found the name `a`\n"},

		// Tokens.
		{"a character of no token", inInterface("f: func() -> u8?;"), "2:16 W0102 unexpected character `?`\n"},
		{"a lone carriage return", "interface i {}\r", "1:15 W0102 unexpected character U+000D\n"},
		{"a byte order mark in the middle", "interface \ufeffi {}", "1:11 W0102 unexpected character U+FEFF\n"},
		{"a comment without end", "interface i {}\n/* a /* b */", "2:1 W0103 this block comment is not closed\n"},
		{"a string without end", inWorld("@external-id(\"a"), "2:16 W0104 the line ends within a string\nhelp: a string ends with `\"` on the line where it starts; write a line end as \\n\n"},
		{"a string at the end", "@external-id(\"a", "1:16 W0104 the file ends within a string\n"},
		{"an escape", `@external-id("a\q") interface i {}`, "1:17 W0105 there is no escape \\q\n"},
		{"an escaped byte", `@external-id("\4g") interface i {}`, "1:17 W0105 an escaped byte has two hexadecimal digits\n"},
		{"bytes that are no UTF-8", `@external-id("\ff") interface i {}`, "1:14 W0105 the escapes of this string do not make valid UTF-8\n"},
		{"a Unicode escape", `@external-id("\u0041") interface i {}`, "1:17 W0105 expected `{` after \\u\n"},
		{"a Unicode escape without end", `@external-id("\u{41h") interface i {}`, "1:20 W0105 expected `}`\n"},
		{"an underscore at the end", `@external-id("\u{1_}") interface i {}`, "1:18 W0105 an underscore stands between two digits\n"},
		{"a surrogate", `@external-id("\u{d800}") interface i {}`, "1:16 W0105 this is not the number of a Unicode character\n"},
		{"a large number", `@external-id("\u{ffffffffffffffffffff}") interface i {}`, "1:16 W0105 this is not the number of a Unicode character\n"},
		{"a tab in a string", "@external-id(\"a\tb\") interface i {}", "1:16 W0105 a string may not hold U+0009\n"},

		// Names, versions, attributes.
		{"camel case", "interface myInterface {}", "1:11 W0106 `myInterface` is not a valid name: each word between dashes is in lower case or in upper case\nhelp: write `my-interface`\n"},
		{"snake case", inInterface("get_http_URL: func();"), "2:1 W0106 `get_http_URL` is not a valid name: it holds something other than ASCII letters, digits and dashes\nhelp: write `get-http-url`\n"},
		{"a dash at the end", "interface a- {}", "1:11 W0106 `a-` is not a valid name: a dash stands between two words\nhelp: write `a`\n"},
		{"a name in another script", "interface 日本 {}", "1:11 W0106 `日本` is not a valid name: it does not start with an ASCII letter\n"},
		{"a digit at the start", "interface %1a {}", "1:11 W0106 `` is not a valid name: it is empty\n1:12 W0101 expected `{`, found the number `1`\n"},
		{"digits elsewhere", "interface a-1b-URL2 {}", ""},
		{"leading zeros", "package a:b@1.02.3;", "1:13 W0109 `1.02.3` is not a semantic version: a number has no leading zeros\n"},
		{"leading zeros of a pre-release", "package a:b@1.2.3-01;", "1:13 W0109 `1.2.3-01` is not a semantic version: a number has no leading zeros\n"},
		{"blanks in a version", "package a:b@1. 2.3;", "1:13 W0109 `1. 2.3` is not a semantic version: its parts stand together without space or comments\n"},
		{"an empty pre-release", "package a:b@1.2.3-;", "1:13 W0109 `1.2.3-` is not a semantic version: nothing follows the `-`, `+` or `.`\n"},
		{"a large number in a version", "package a:b@18446744073709551616.0.0;", "1:13 W0109 `18446744073709551616.0.0` is not a semantic version: a number is below 2^64\n"},
		{"two numbers", "package a:b@1.2;", "1:16 W0101 expected `.`, found `;`\n"},
		{"an unknown attribute", "@sinc(version = 1.0.0)\ninterface i {}", "1:2 W0110 there is no attribute `sinc`\nhelp: did you mean `@since`?\n"},
		{"a strange attribute", "@inline\ninterface i {}", "1:2 W0110 there is no attribute `inline`\nhelp: the attributes are @since, @unstable, @deprecated and @external-id\n"},
		{"a gated package", "@since(version = 1.0.0) package a:b {}", "1:25 W0111 a nested package takes no attributes\n"},
		{"a long list", inInterface("type t = list<u8, 4294967296>;"), "2:19 W0112 the length of a list is a number below 2^32\n"},
		{"the longest list", inInterface("type t = list<u8, 4294967295>;"), ""},

		// Several in one file.
		{"each item by itself", inInterface("f: func(;\ng: func();\ntype = u8;\nrecord r { a: ?, }\nh: func(a: u8;"),
			"2:9 W0101 expected an identifier, found `;`\n4:6 W0101 expected an identifier, found `=`\n5:15 W0102 unexpected character `?`\n6:14 W0101 expected `,` or `)`, found `;`\n"},
		{"the next line is an item", inInterface("f: func()\ng: func()\n\nresource r"),
			"3:1 W0101 expected `;`, found the name `g`\nhelp: put a `;` after `)`\n5:1 W0101 expected `;`, found keyword `resource`\nhelp: put a `;` after `)`\n6:1 W0101 expected `;` or `{`, found `}`\n"},
		{"a missing brace", "interface i {\n  record r {\n    a: u8,\n  }\n\ninterface j {\n  f: func(;\n}\n",
			"6:1 W0101 expected `type`, `resource` or `func`, found keyword `interface`\n7:11 W0101 expected an identifier, found `;`\n"},
		{"a brace too many", "interface i {}\n}\ninterface j {}", "2:1 W0101 expected `world`, `interface` or `use`, found `}`\n"},
		{"an interface in a resource", inInterface("  resource r {\n    interface j {}\n    f: func(;\n  }"),
			"3:5 W0101 expected `constructor` or a name, found keyword `interface`\n4:13 W0101 expected an identifier, found `;`\n"},
		{"everything open at the end", "package a:b {\nworld w {\nimport i: interface {\nresource r {\nf: func(", "5:9 W0101 expected an identifier, found the end of the file\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakes(test.source)); diff != "" {
				t.Errorf("%s\n%s", test.source, diff)
			}
		})
	}
}

func TestForbiddenText(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"a byte order mark", "\ufeffinterface i {}", ""},
		{"a byte order mark counts as a character", "\ufefff", "1:2 W0101 expected `world`, `interface` or `use`, found the name `f`\n"},
		{"CRLF", "interface i {\r\n// x\r\n/* y\r\n */\r\n}\r\n", ""},
		{"a carriage return in a comment", "// a\rb\ninterface i {}", ""},
		{"UTF-8", "// é 日本\ninterface i {}", ""},
		{"invalid UTF-8", "// \xff\ninterface i {}\n/* \xc3( */", "1:4 W0107 this byte is not valid UTF-8\n3:4 W0107 this byte is not valid UTF-8\n"},
		{"UTF-16", "\xff\xfei\x00", "W0125 this is not WIT: it is no text in UTF-8\nhelp: it looks like UTF-16: save it as UTF-8\n"},
		{"a NUL byte", "interface i {}\x00", "W0125 this is not WIT: it is no text in UTF-8\n"},
		{"many control characters", "interface i {}" + strings.Repeat("\x01", 21), "W0125 this is not WIT: it is no text in UTF-8\nhelp: the first of more than 20 characters that a file may not hold is at 1:15\n"},
		{"Latin-1", "// \xe9\xe8 \ninterface i {}", "1:4 W0107 this byte is not valid UTF-8\n1:5 W0107 this byte is not valid UTF-8\n"},
		{"a surrogate", "// \xed\xa0\x80", "1:4 W0107 this byte is not valid UTF-8\n1:5 W0107 this byte is not valid UTF-8\n1:6 W0107 this byte is not valid UTF-8\n"},
		{"bidirectional overrides", "// é\u202e \u2069", "1:5 W0108 the character U+202E changes the direction of text and is not allowed\n1:7 W0108 the character U+2069 changes the direction of text and is not allowed\n"},
		{"control characters", "\t\x0b\x7f\u0085", "1:2 W0108 the control character U+000B is not allowed\n1:3 W0108 the control character U+007F is not allowed\n1:4 W0108 the control character U+0085 is not allowed\n"},
		{"deprecated characters", "// \u0149\u17a3", "1:4 W0108 the character U+0149 is deprecated by Unicode and is not allowed\n1:5 W0108 the character U+17A3 is deprecated by Unicode and is not allowed\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakes(test.source)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	types := func(n int) string {
		return "interface i {type t = " + strings.Repeat("list<", n-1) + "u8" + strings.Repeat(">", n-1) + ";}"
	}
	packages := func(n int) string { return strings.Repeat("package a:b {", n) + strings.Repeat("}", n) }
	name := func(n int) string { return "interface " + strings.Repeat("a", n) + " {}" }
	bad := func(n int) string { return strings.Repeat("interface;\n", n) }
	for _, test := range []struct{ name, source, want string }{
		{"types", types(100), ""},
		{"a type too many", types(101), "1:523 W0120 types are nested too deep\n"},
		{"packages", packages(100), ""},
		{"a package too many", packages(101), "1:1301 W0121 packages are nested too deep\n"},
		{"a name", name(100_000), ""},
		{"a name too long", name(100_001), "1:11 W0122 this token has 100001 bytes; the most is 100000\n"},
		{"a number too long", "package a:b@" + strings.Repeat("1", 100_001) + ".0.0;", "1:13 W0122 this token has 100001 bytes; the most is 100000\n"},
		{"a string too long", "@external-id(\"" + strings.Repeat("a", 99_999) + "\") interface i {}", "1:14 W0122 this token has 100001 bytes; the most is 100000\n"},
		{"a comment", "// " + strings.Repeat("a", 1<<20), ""},
		{"a file", strings.Repeat(" ", 16<<20), ""},
		{"a file too large", strings.Repeat(" ", 16<<20+1), "W0123 this file has more than 16777216 bytes, and no more are read\n"},
		{"mistakes", bad(20), strings.Repeat("X", 20)},
		{"a mistake too many", bad(1000), strings.Repeat("X", 20) + "21:10 W0124 more than 20 mistakes in this file; the rest of it is not read\n"},
		{"bad bytes", strings.Repeat("\xff", 20), strings.Repeat("X", 20)},
		{"bad bytes too many", strings.Repeat("\xff", 1000), "W0125 this is not WIT: it is no text in UTF-8\nhelp: the first of more than 20 characters that a file may not hold is at 1:1\n"},
		{"bad names too many", "interface i {" + strings.Repeat("f_:func();", 1000) + "}", strings.Repeat("X", 20) + "1:214 W0124 more than 20 mistakes in this file; the rest of it is not read\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := mistakes(test.source)
			// Of mistakes that are there to be counted only X is kept.
			if n := strings.Count(test.want, "X"); n > 0 {
				var lines []string
				for l := range strings.Lines(got) {
					if !strings.HasPrefix(l, "help: ") {
						lines = append(lines, l)
					}
				}
				if len(lines) < n {
					t.Fatalf("only %d mistakes: %s", len(lines), got)
				}
				got = strings.Repeat("X", n) + strings.Join(lines[n:], "")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
