package markup

import (
	"encoding/xml"
	"html"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                       "plain",
		"<script>alert(1)</script>":   "&lt;script&gt;alert(1)&lt;/script&gt;",
		`"a" & 'b'`:                   "&#34;a&#34; &amp; &#39;b&#39;",
		"&amp;":                       "&amp;amp;",
		"zero\x00, del\x7f, c1\u0085": "zero\ufffd, del\ufffd, c1\ufffd",
		"tab\tline\n":                 "tab\tline\n",
		"Čapek, 日本, 🙂":                "Čapek, 日本, 🙂",
		"bad \xff\xc3":                "bad \ufffd\ufffd",
	} {
		if got := string(NewWriter(0).Text(in).Bytes()); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com/?a=1&b=2": "https://example.com/?a=1&amp;b=2",
		"HTTP://example.com":           "HTTP://example.com",
		"/books/1":                     "/books/1",
		"a/b:c":                        "a/b:c",
		"?q=a:b":                       "?q=a:b",
		"mailto:a@example.com":         "mailto:a@example.com",
		"javascript:alert(1)":          "#",
		"JaVaScRiPt:alert(1)":          "#",
		" javascript:alert(1)":         "#",
		"java\nscript:alert(1)":        "#",
		"\x01javascript:alert(1)":      "#",
		"data:text/html,<script>":      "#",
		"vbscript:x":                   "#",
		`x" onclick="y`:                "#",
		`/x"onclick="y`:                "/x&#34;onclick=&#34;y",
	} {
		if got, want := string(NewWriter(0).URL("href", in).Bytes()), ` href="`+want+`"`; got != want {
			t.Errorf("URL(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever is escaped holds no markup, is read back as it was, and is good XML.
func FuzzText(f *testing.F) {
	f.Add("<a href='x'>&\x00\xff\u0085</a>")
	f.Add("]]>\r\n\ufffe")
	f.Fuzz(func(t *testing.T, s string) {
		got := string(NewWriter(0).Text(s).Bytes())
		if strings.ContainsAny(got, `<>"'`) || !utf8.ValidString(got) {
			t.Fatalf("Text(%q) = %q", s, got)
		}
		var doc struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte("<a>"+got+"</a>"), &doc); err != nil {
			t.Fatalf("Text(%q) = %q is not XML: %v", s, got, err)
		}
		if back := html.UnescapeString(got); !strings.Contains(got, "\ufffd") && (back != s || doc.Text != s) {
			t.Fatalf("Text(%q) is read as %q in HTML and %q in XML", s, back, doc.Text)
		}
	})
}
